import pytest

from uptake.kit.days import Period
from uptake.metrics import activity
from uptake.metrics.depth import depth
from uptake.metrics.tests.engines import by, customers, day, facts, seats
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import windows

D = day("03-29")  # a Sunday; 30 days back: Saturday 28 February


def spans(engine, usage, *ids, days=30, as_of=D, weeks=None):
    return windows(usage, customers(engine, *ids, weeks=weeks), as_of=[as_of], period=Period(days))


def small(engine):
    return facts(
        engine,
        (1, "ann", "A", "03-02", 6),
        (1, "ann", "B", "03-02", 2),  # the same day again: one visitor
        (1, "ann", None, "03-10"),  # a log-in: active, not a use
        (1, "bob", None, "03-03"),  # only ever logs in: active with 0 uses
        (1, "cem", "A", "02-28", 30),  # first day of the window
        (1, "dee", "A", "02-27", 9),  # the day before it
        (1, "eve", "A", "03-30", 9),  # after the as-of day
        (1, None, "A", "03-04", 100),  # nobody named: a use, but no visitor
        (2, "ann", "A", "01-05"),  # history, nothing in the window
        (3, None, "A", "03-04", 5),  # never says who
        (5, "fay", "A", "03-30"),  # not yet a customer's usage on the as-of day
    )


def test_active_visitors_are_distinct_people_of_the_window(engine):
    usage = small(engine)
    rows = by(engine.rows(activity.active_visitors(usage, spans(engine, usage, 1, 2, 3, 4, 5))), "customer_id")
    assert {key: row["active_visitors"] for key, row in rows.items()} == {1: 3, 2: 0, 3: None, 4: None, 5: None}
    assert {key: row["uses"] for key, row in rows.items()} == {1: 6 + 2 + 30 + 100, 2: 0, 3: 5, 4: None, 5: None}


def test_the_people_behind_are_as_many_as_the_number(engine):
    usage = small(engine)
    people = engine.rows(visitors_behind(usage, spans(engine, usage, 1, 2, 3)))
    found = {row["visitor_id"]: (row["uses"], row["active_days"], row["expected_active_days"]) for row in people}
    assert found == {"ann": (8, 2, 2), "bob": (0, 1, 1), "cem": (30, 1, 0)}  # 28 February is a Saturday
    assert {row["customer_id"] for row in people} == {1}
    ann = by(people, "visitor_id")["ann"]
    assert (ann["first_on"], ann["last_on"]) == (day("03-02"), day("03-10"))


def test_named_people_are_unknown_while_only_unnamed_usage_is_in_the_window(engine):
    usage = facts(engine, (1, "ann", "A", "01-05"), (1, None, "A", "03-10"))
    rows = engine.rows(activity.active_visitors(usage, spans(engine, usage, 1)))
    assert rows[0]["active_visitors"] is None  # somebody was there; 0 would be wrong


def test_depth_is_the_median_of_uses_per_week(engine):
    usage = small(engine)
    rows = by(engine.rows(depth(usage, spans(engine, usage, 1, 2, 3, 4))), "customer_id")
    assert rows[1]["median_uses"] == 4  # of 0 and 8; cem's 30 were on a Saturday, and he came on no other day
    assert rows[1]["depth"] == pytest.approx(4 / (30 / 7))
    assert [rows[key]["depth"] for key in (2, 3, 4)] == [0, None, None]


def test_who_comes_on_weekends_only_never_lowers_depth(engine):
    """ann used A 12 times in the week and 3 times on Saturday the 14th; bob and cem looked in on that Saturday."""
    working = [(1, "ann", "A", "03-04", 12), (1, "ann", "A", "03-14", 3)]
    weekend = [(1, "bob", "A", "03-14", 1), (1, "cem", "A", "03-14", 5)]
    for rows, median in ((working, 15), (working + weekend, 15), (weekend, 3)):  # nobody else was there: 1 and 5
        usage = facts(engine, *rows, (1, "old", "A", "01-05"))
        [row] = engine.rows(depth(usage, spans(engine, usage, 1)))
        assert row["median_uses"] == median


def test_depth_of_a_young_customer_counts_its_own_weeks(engine):
    usage = facts(engine, (1, "ann", "A", "03-16", 10), (1, "bob", "A", "03-20", 5))
    [row] = engine.rows(depth(usage, spans(engine, usage, 1)))
    assert row["depth"] == pytest.approx(7.5 / 2)  # 16 – 29 March: 14 days


def test_wau_and_mau_do_not_follow_the_period(engine):
    usage = facts(engine, (1, "ann", "A", "03-23"), (1, "bob", "A", "03-22"), (1, "cem", "A", "02-28"))
    for days in (7, 90, None):
        window = spans(engine, usage, 1, days=days)
        assert engine.rows(activity.wau(usage, window))[0]["wau"] == 1
        assert engine.rows(activity.mau(usage, window))[0]["mau"] == 3


def test_active_share_is_of_seats_in_force_else_of_known_visitors(engine):
    usage = facts(
        engine,
        *[(customer, "ann", "A", "03-02") for customer in (1, 2, 3, 4, 5)],
        *[(customer, "bob", "A", "01-02") for customer in (1, 2, 3, 4, 5)],  # known, not active
        *[(5, f"user {number}", "A", "03-02") for number in range(5)],
    )
    licences = seats(
        engine,
        (1, 3, "2026-01-01", None),
        (1, 5, "2026-03-01", "2026-12-31"),  # a second contract adds up
        (1, 99, "2025-01-01", "2026-03-28"),  # ended yesterday
        (2, 10, "2026-01-01", None),
        (2, None, "2026-03-01", None),  # unlimited: no number to divide by
        (3, 10, "2026-03-30", None),  # begins tomorrow
        (5, 3, None, None),
    )
    rows = by(
        engine.rows(activity.active_share(usage, spans(engine, usage, 1, 2, 3, 4, 5), seats=licences)), "customer_id"
    )
    assert {key: row["licensed_seats"] for key, row in rows.items()} == {1: 8, 2: None, 3: None, 4: None, 5: 3}
    assert {key: row["seats_or_known"] for key, row in rows.items()} == {1: 8, 2: 2, 3: 2, 4: 2, 5: 3}
    assert {key: row["active_share"] for key, row in rows.items()} == {1: 1 / 8, 2: 0.5, 3: 0.5, 4: 0.5, 5: 1.0}
    assert rows[5]["active_visitors"] == 6  # more people than seats: the share says 1, the parts say why


def test_activation_counts_everybody_ever_active(engine):
    usage = facts(engine, (1, "ann", "A", "03-02"), (1, "bob", "A", "2024-01-02"), (1, "cem", "A", "03-30"))
    licences = seats(engine, (1, 8, None, None))
    [row] = engine.rows(activity.activation(usage, spans(engine, usage, 1), seats=licences))
    assert (row["known_visitors"], row["activation"]) == (2, 0.25)


def test_known_visitors_grow_from_week_to_week(engine):
    usage = facts(engine, (1, "ann", "A", "03-02"), (1, "bob", "A", "03-10"), (1, "ann", "A", "03-17"))
    as_of = [day("03-01"), day("03-08"), day("03-15"), day("03-22")]
    window = windows(usage, customers(engine, 1), as_of=as_of, period=Period(7))
    rows = by(engine.rows(activity.known_visitors(usage, window)), "as_of")
    assert [rows[end]["known_visitors"] for end in as_of] == [None, 1, 2, 2]


def test_power_users_reach_the_percentile_of_the_whole_portfolio(engine):
    usage = facts(
        engine,
        *[(1, f"user {uses}", "A", "03-02", uses) for uses in (1, 2, 3, 4)],
        (2, "user 50", "A", "03-02", 50),
        (2, "user 60", "A", "03-02", 60),
        (3, "gone", "A", "01-02", 999),
    )
    rows = by(engine.rows(activity.power_users(usage, spans(engine, usage, 1, 2, 3))), "customer_id")
    # 6 visitors: place 0.8 × 5 = 4 counted from 0 is the one with 50 uses
    assert {row["threshold_uses"] for row in rows.values()} == {50}
    assert {key: row["power_users"] for key, row in rows.items()} == {1: 0, 2: 2, 3: 0}
    assert {key: row["power_share"] for key, row in rows.items()} == {1: 0.0, 2: 1.0, 3: None}
    people = engine.rows(activity.power_visitors(usage, spans(engine, usage, 1, 2, 3)))
    assert {row["visitor_id"] for row in people if row["is_power_user"]} == {"user 50", "user 60"}


@pytest.mark.parametrize(
    ("uses", "threshold"), [([7], 7), ([1, 2], 2), ([10, 20, 30, 40, 50], 50), ([5, 5, 5, 5, 9], 9)]
)
def test_between_two_visitors_only_the_upper_one_reaches_the_percentile(engine, uses, threshold):
    # 5 visitors: place 0.8 × 4 = 3.2, between the fourth and the fifth
    usage = facts(engine, *[(1, f"user {number}", "A", "03-02", count) for number, count in enumerate(uses)])
    [row] = engine.rows(activity.power_users(usage, spans(engine, usage, 1)))
    assert (row["threshold_uses"], row["power_users"]) == (threshold, 1)


def test_nobody_is_a_power_user_without_a_use(engine):
    usage = facts(engine, (1, "ann", None, "03-02"), (1, "bob", None, "03-02"))
    assert engine.rows(activity.power_users(usage, spans(engine, usage, 1)))[0]["power_users"] == 0


def test_usage_trend_compares_uses_per_expected_day(engine):
    usage = facts(
        engine,
        (1, "ann", "A", "03-16", 4),
        (1, "ann", "A", "03-23", 6),
        (1, "ann", "A", "03-28", 99),  # a Saturday: shown elsewhere, not compared
        (2, "bob", "A", "03-10", 5),
        (2, "bob", "A", "03-23", 3),  # nothing the week before
        (3, "cem", "A", "03-17", 2),  # 13 days of history: under two periods
        (3, "cem", "A", "03-24", 2),
        (4, "dee", "A", "01-01", 2),  # quiet in both
        (1, "ann", "A", "01-01"),
    )
    rows = by(engine.rows(activity.usage_trend(usage, spans(engine, usage, 1, 2, 3, 4, days=7))), "customer_id")
    assert rows[1]["usage_trend"] == pytest.approx((6 / 5 - 4 / 5) / (4 / 5))
    assert {key: row["usage_trend"] for key, row in rows.items() if key > 1} == {2: None, 3: None, 4: None}
    assert {key: row["is_new"] for key, row in rows.items()} == {1: False, 2: True, 3: False, 4: False}


def test_usage_trend_of_a_clipped_week_before(engine):
    # history from Tuesday 17 March: two periods of 7 days need 14 days; as of Monday 30 March they are there
    usage = facts(engine, (1, "ann", "A", "03-17", 2), (1, "ann", "A", "03-24", 5))
    [row] = engine.rows(activity.usage_trend(usage, spans(engine, usage, 1, days=7, as_of=day("03-30"))))
    assert row["usage_trend"] == pytest.approx((5 / 5 - 2 / 5) / (2 / 5))


def test_period_all_has_no_trend(engine):
    usage = facts(engine, (1, "ann", "A", "01-17", 2), (1, "ann", "A", "03-24", 5))
    [row] = engine.rows(activity.usage_trend(usage, spans(engine, usage, 1, days=None)))
    assert row["usage_trend"] is None
    assert row["is_new"] is False
