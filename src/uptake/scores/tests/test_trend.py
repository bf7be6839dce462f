from datetime import date, timedelta

import pytest

from uptake.kit.days import Period
from uptake.metrics.tests.engines import by
from uptake.scores.adoption import adoption_scores
from uptake.scores.tests.by_hand import World, score_by_hand
from uptake.scores.tests.worlds import tables
from uptake.scores.trend import as_of_days_for_trend, trend

D = date(2026, 3, 31)
PERIOD = Period(14)


def begun(customer, days_ago, every=1):
    """ann uses A each ``every`` days from ``days_ago`` on, once; twice in the last two weeks."""
    return [
        (customer, "ann", "A", D - timedelta(days=ago), 1 if ago > 13 else 2) for ago in range(days_ago, -1, -every)
    ]


def trends(engine, world, as_of, period=PERIOD, customers=(1, 2, 3, 4)):
    days = as_of_days_for_trend(as_of, period)
    scores = adoption_scores(tables(engine, world, customers), as_of=days, period=period)
    return by(engine.rows(trend(scores, as_of=as_of, period=period)), "customer_id", "as_of")


def test_change_is_against_one_period_before(engine):
    world = World(begun(1, 60) + begun(2, 27) + begun(3, 26))
    rows = trends(engine, world, [D])
    assert set(rows) == {(customer, D) for customer in (1, 2, 3, 4)}
    before = score_by_hand(world, 1, D - timedelta(days=14), 14)["score"]
    assert rows[1, D]["previous_score"] == pytest.approx(before)
    assert rows[1, D]["change"] == pytest.approx(score_by_hand(world, 1, D, 14)["score"] - before)
    assert rows[1, D]["change"] > 0
    assert rows[2, D]["change"] is not None  # 28 days of history: two periods
    assert rows[3, D]["change"] is None  # 27
    assert rows[3, D]["score"] is not None
    assert rows[4, D]["change"] is None  # no usage at all


def test_no_trend_under_two_periods_even_where_both_scores_are_there(engine):
    # as of 30 days ago both had a score: 29 and 30 days of history then, 59 and 60 now
    rows = trends(engine, World(begun(1, 58) + begun(2, 59)), [D], period=Period(30), customers=(1, 2))
    assert (rows[1, D]["change"], rows[1, D]["previous_score"]) == (None, None)
    assert rows[2, D]["change"] is not None


def test_no_trend_from_a_withheld_score(engine):
    rows = trends(engine, World(begun(1, 18)), [D], period=Period(7), customers=(1,))
    # 19 days of history are over two periods of 7, but 7 days ago there were 12: no score then
    assert (rows[1, D]["change"], rows[1, D]["previous_score"]) == (None, None)


def test_several_days_at_once(engine):
    world, as_of = World(begun(1, 60)), [D, D - timedelta(days=14)]
    rows = trends(engine, world, as_of, customers=(1,))
    assert set(rows) == {(1, day) for day in as_of}
    assert rows[1, D]["previous_score"] == rows[1, as_of[1]]["score"]


def test_period_all_has_no_trend(engine):
    rows = trends(engine, World(begun(1, 60)), [D], period=Period(None), customers=(1,))
    assert rows[1, D]["change"] is None
    assert rows[1, D]["score"] is not None
