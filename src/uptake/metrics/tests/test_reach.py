import pytest

from uptake.kit.days import Period
from uptake.metrics.reach import adoption_rate, feature_stickiness, reach, time_to_feature, users_behind
from uptake.metrics.tests.engines import by, customers, day, entitlements, facts
from uptake.metrics.windows import windows


def spans(engine, usage, *ids):
    return windows(usage, customers(engine, *ids), as_of=[day("03-31")], period=Period(30))


def portfolio(engine):
    return facts(
        engine,
        *[(1, f"user {number}", "A", "03-02") for number in range(10)],
        (1, "user 0", "B", "03-02"),
        (1, "user 0", "B", "03-03"),
        (1, "user 10", None, "03-02"),  # an eleventh active visitor
        (2, "ann", "B", "03-04"),
        (3, None, "A", "03-04", 7),  # never says who
        (4, "bob", "C", "01-04"),  # nobody active in the window
    )


def test_reach_is_users_of_active_visitors(engine):
    usage = portfolio(engine)
    rows = engine.rows(reach(usage, spans(engine, usage, 1, 2, 3, 4, 5), entitlements=entitlements(engine)))
    cells = by(rows, "customer_id", "feature_id")
    assert set(cells) == {(customer, feature) for customer in (1, 2, 3, 4) for feature in "ABC"}
    assert cells[1, "A"]["reach"] == pytest.approx(10 / 11)
    assert cells[1, "B"]["reach"] == pytest.approx(1 / 11)
    assert [cells[1, feature]["is_adopted"] for feature in "ABC"] == [True, False, False]
    assert (cells[1, "B"]["users"], cells[1, "B"]["returning_users"]) == (1, 1)
    assert (cells[3, "A"]["uses"], cells[3, "A"]["reach"], cells[3, "A"]["is_adopted"]) == (7, None, None)
    assert (cells[4, "C"]["users"], cells[4, "C"]["reach"], cells[4, "C"]["is_adopted"]) == (0, None, False)


def test_a_tenth_is_adopted(engine):
    usage = facts(engine, *[(1, f"user {number}", "A", "03-02") for number in range(9)], (1, "last", "B", "03-02"))
    cells = by(engine.rows(reach(usage, spans(engine, usage, 1), entitlements=entitlements(engine))), "feature_id")
    assert cells["B"]["is_adopted"] is True


def test_the_matrix_shows_use_beyond_the_entitlement(engine):
    usage = facts(engine, (1, "ann", "A", "03-02"), (2, "bob", "C", "03-02"))
    granted = entitlements(engine, (1, "B", None, None), (9, "B", None, None))
    rows = engine.rows(reach(usage, spans(engine, usage, 1), entitlements=granted))
    assert {(row["feature_id"], row["is_available"], row["users"]) for row in rows} == {("A", False, 1), ("B", True, 0)}


def test_the_people_behind_reach_are_as_many_as_its_users(engine):
    usage = portfolio(engine)
    window = spans(engine, usage, 1, 2, 3, 4)
    people = engine.rows(users_behind(usage, window))
    for cell in engine.rows(reach(usage, window, entitlements=entitlements(engine))):
        behind = [row for row in people if all(row[key] == cell[key] for key in ("customer_id", "feature_id"))]
        assert len(behind) == (cell["users"] or 0)


def test_adoption_rate_is_over_customers_that_say_who(engine):
    usage = portfolio(engine)
    rows = engine.rows(adoption_rate(usage, spans(engine, usage, 1, 2, 3, 4, 5), entitlements=entitlements(engine)))
    rates = {row["feature_id"]: (row["customers_adopted"], row["customers_available"], row["level"]) for row in rows}
    # customers 1, 2 and 4: 3 does not say who, 5 has no history
    assert rates == {"A": (1, 3, "Medium"), "B": (1, 3, "Medium"), "C": (0, 3, "Low")}


def test_feature_stickiness_asks_for_half_of_the_users_to_come_back(engine):
    usage = facts(
        engine,
        *[(1, "ann", feature, number) for feature in "AB" for number in ("03-02", "03-03")],
        (1, "bob", "A", "03-02"),  # one of two came back: enough
        (1, "bob", "B", "03-02"),
        (1, "cem", "B", "03-02", 5),  # one of three: not enough
        (1, None, "C", "03-02"),  # nobody named: no users to come back
        (2, "dee", "A", "01-02"),
    )
    rows = by(engine.rows(feature_stickiness(usage, spans(engine, usage, 1, 2, 3))), "customer_id")
    assert (rows[1]["sticky_features"], rows[1]["features_with_users"]) == (1, 2)
    assert {key: row["feature_stickiness"] for key, row in rows.items()} == {1: 0.5, 2: 0, 3: None}


def test_time_to_feature_counts_from_the_first_ever_usage(engine):
    usage = facts(
        engine,
        (1, "ann", None, "01-05"),
        (1, "bob", "A", "01-15"),
        (1, "ann", "A", "01-12"),
        (1, "ann", "B", "04-01"),  # not yet
    )
    [row] = engine.rows(time_to_feature(usage, spans(engine, usage, 1)))
    assert (row["feature_id"], row["time_to_feature"]) == ("A", 7)
