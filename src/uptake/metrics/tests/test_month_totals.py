"""A month's total says that something was used in a month, not on which day: no number may pretend to know."""

import pytest

from uptake.kit.days import Period
from uptake.metrics.activity import active_visitors, usage_trend, wau
from uptake.metrics.breadth import breadth
from uptake.metrics.depth import depth
from uptake.metrics.presence import calendar_stickiness, dau, recency, stickiness
from uptake.metrics.reach import feature_stickiness, time_to_feature
from uptake.metrics.status import visitor_status
from uptake.metrics.tests.engines import by, customers, day, entitlements, facts
from uptake.metrics.windows import windows


def monthly(engine):
    return facts(
        engine,
        (1, "ann", "A", "01-01", 20, "month"),
        (1, "ann", "A", "02-01", 40, "month"),
        (1, "ann", "B", "03-01", 60, "month"),
        (2, "bob", "A", "03-20"),  # another customer, day by day
    )


def spans(engine, usage, as_of, days=30):
    return windows(usage, customers(engine, 1), as_of=[day(as_of)], period=Period(days))


def test_it_counts_in_a_period_that_holds_the_end_of_its_month(engine):
    usage, granted = monthly(engine), entitlements(engine)
    at_the_end, before = spans(engine, usage, "03-31"), spans(engine, usage, "03-28")
    assert engine.rows(active_visitors(usage, at_the_end))[0]["uses"] == 60
    assert engine.rows(active_visitors(usage, before))[0]["uses"] == 40  # March is not over: February stands
    assert engine.rows(depth(usage, at_the_end))[0]["depth"] == pytest.approx(60 / (30 / 7))
    [row] = engine.rows(breadth(usage, at_the_end, entitlements=granted))
    assert (row["features_used"], row["features_available"]) == (1, 2)
    assert engine.rows(active_visitors(usage, spans(engine, usage, "03-31", days=90)))[0]["uses"] == 120


def test_who_is_named_by_months_only_counts_for_depth(engine):
    """It does not say that she came on weekends only: the middle of 40 (February's end lies in the period) and 10."""
    usage = facts(engine, (1, "ann", "A", "02-01", 40, "month"), (1, "bob", "A", "03-10", 10))
    assert engine.rows(depth(usage, spans(engine, usage, "03-28")))[0]["median_uses"] == 25


def test_it_says_nothing_about_a_period_shorter_than_a_month(engine):
    usage = monthly(engine)
    window = spans(engine, usage, "03-31", days=7)
    assert engine.rows(active_visitors(usage, window))[0] | {"as_of": None} == {
        "customer_id": 1,
        "as_of": None,
        "active_visitors": None,
        "uses": None,
    }
    assert engine.rows(depth(usage, window))[0]["depth"] is None
    assert engine.rows(breadth(usage, window, entitlements=entitlements(engine)))[0]["breadth"] is None
    assert engine.rows(wau(usage, window))[0]["wau"] is None


def test_it_does_not_know_days(engine):
    usage = monthly(engine)
    window = spans(engine, usage, "03-31")
    for metric, column in (
        (recency(window), "recency"),
        (dau(usage, window), "dau"),
        (stickiness(usage, window), "stickiness"),
        (calendar_stickiness(usage, window), "calendar_stickiness"),
        (feature_stickiness(usage, window), "feature_stickiness"),
        (usage_trend(usage, window), "usage_trend"),
    ):
        assert engine.rows(metric)[0][column] is None, column
    status = engine.rows(visitor_status(usage, window))[0]
    assert [status[name] for name in ("active", "engaged", "at_risk", "dormant", "undated")] == [0, 0, 0, 0, 1]


def test_recency_is_known_again_once_the_month_lies_before_the_window(engine):
    usage = facts(engine, (1, "ann", "A", "02-01", 40, "month"))
    [row] = engine.rows(recency(spans(engine, usage, "03-31")))
    assert (row["recency"], row["last_active_on"]) == (1, day("02-28"))  # at the latest
    assert engine.rows(stickiness(usage, spans(engine, usage, "03-31")))[0]["stickiness"] == 0


def test_recency_is_known_where_finer_usage_is_newer(engine):
    usage = facts(engine, (1, "ann", "A", "02-01", 40, "month"), (1, "ann", "A", "03-10"))
    [row] = engine.rows(recency(spans(engine, usage, "03-10")))
    assert (row["recency"], row["last_active_on"]) == (0, day("03-10"))


def test_time_to_feature_is_none_where_a_month_holds_the_first_use(engine):
    usage = facts(
        engine,
        (1, "ann", "A", "01-05"),
        (1, "ann", "B", "02-01", 5, "month"),
        (1, "ann", "B", "02-20"),  # maybe not the first
        (1, "ann", "C", "02-03"),
    )
    rows = by(engine.rows(time_to_feature(usage, spans(engine, usage, "03-10"))), "feature_id")
    assert {key: row["time_to_feature"] for key, row in rows.items()} == {"A": 0, "B": None, "C": 29}
