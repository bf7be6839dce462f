from uptake.kit.days import Period
from uptake.metrics.breadth import breadth, features_behind
from uptake.metrics.tests.engines import by, customers, day, entitlements, facts
from uptake.metrics.windows import windows

D = day("03-31")


def spans(engine, usage, *ids, as_of=(D,), days=30):
    return windows(usage, customers(engine, *ids), as_of=as_of, period=Period(days))


def test_breadth_is_of_all_features_seen_in_the_portfolio(engine):
    usage = facts(
        engine,
        (1, "ann", "A", "03-02", 5),
        (1, "bob", "A", "03-09"),
        (1, None, "B", "03-09"),  # nobody named: the feature was used all the same
        (1, "ann", "C", "03-01"),  # before the window, yet seen
        (1, "ann", None, "03-09"),  # a log-in is no feature
        (2, "cem", "D", "01-01"),
        (2, "cem", "E", "04-01"),  # not seen yet
        (3, "dee", None, "03-09"),  # active, used nothing
    )
    rows = by(
        engine.rows(breadth(usage, spans(engine, usage, 1, 2, 3, 4), entitlements=entitlements(engine))), "customer_id"
    )
    assert {key: row["features_used"] for key, row in rows.items()} == {1: 2, 2: 0, 3: 0, 4: None}
    assert {key: row["features_available"] for key, row in rows.items()} == {1: 4, 2: 4, 3: 4, 4: None}
    assert {key: row["breadth"] for key, row in rows.items()} == {1: 0.5, 2: 0.0, 3: 0.0, 4: None}


def test_entitlements_say_what_is_available_on_the_day(engine):
    usage = facts(
        engine,
        *[(customer, "ann", feature, "03-02") for customer in (1, 2, 3) for feature in "ABC"],
    )
    granted = entitlements(
        engine,
        (1, "A", "2026-01-01", None),
        (1, "A", "2026-03-01", "2026-12-31"),  # granted twice, counted once
        (1, "X", "2026-01-01", "2026-03-31"),  # last day; nobody has ever used it
        (1, "B", "2026-04-01", None),  # from tomorrow
        (1, "C", "2025-01-01", "2026-03-30"),  # until yesterday
        (2, "A", "2025-01-01", "2025-12-31"),  # nothing in force: as without entitlements
    )
    window = spans(engine, usage, 1, 2, 3)
    rows = by(engine.rows(breadth(usage, window, entitlements=granted)), "customer_id")
    assert {key: (row["features_used"], row["features_available"]) for key, row in rows.items()} == {
        1: (1, 2),  # B and C were used too, but are not among the available
        2: (3, 3),
        3: (3, 3),
    }
    assert {key: row["is_entitled"] for key, row in rows.items()} == {1: True, 2: False, 3: False}
    behind = engine.rows(features_behind(usage, window, entitlements=granted))
    for key, row in rows.items():
        assert sum(feature["customer_id"] == key for feature in behind) == row["features_used"]


def test_features_behind_tell_how_much_and_when(engine):
    usage = facts(engine, (1, "ann", "A", "03-02", 5), (1, "bob", "A", "03-09", 2), (1, "bob", "A", "03-09"))
    [row] = engine.rows(features_behind(usage, spans(engine, usage, 1), entitlements=entitlements(engine)))
    assert (row["feature_id"], row["uses"], row["active_days"]) == ("A", 8, 2)
    assert (row["first_on"], row["last_on"]) == (day("03-02"), day("03-09"))


def test_every_as_of_day_sees_its_own_window(engine):
    usage = facts(engine, (1, "ann", "A", "03-02"), (1, "ann", "B", "03-12"), (1, "ann", "A", "03-20"))
    as_of = [day(end) for end in ("03-01", "03-08", "03-15", "03-22")]
    window = spans(engine, usage, 1, as_of=as_of, days=7)
    rows = by(engine.rows(breadth(usage, window, entitlements=entitlements(engine))), "as_of")
    assert [(rows[end]["features_used"], rows[end]["features_available"]) for end in as_of] == [
        (None, None),
        (1, 1),
        (1, 2),
        (1, 2),
    ]
