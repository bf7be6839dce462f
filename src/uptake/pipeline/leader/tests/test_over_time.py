"""Scores over time and movers, worked out by hand (the table stands in conftest)."""

from datetime import date, timedelta

import numpy as np
import pytest

from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.leader import Asked, leader_view, movers, spread
from uptake.pipeline.leader.tests.conftest import BOREALIS
from uptake.pipeline.tests.by_hand import LAST

pytestmark = pytest.mark.django_db(transaction=True)

MAY = date(2026, 5, 31)


def test_every_week_as_it_was_scored_then(portfolio_of_four):
    view = leader_view(portfolio_of_four.lea)
    days = spread.table(view)
    assert [each.day for each in days] == [LAST - timedelta(days=7 * back) for back in range(13)]
    assert (days[0].scored.count, days[0].median) == (3, pytest.approx(BOREALIS))
    assert days[0].average == pytest.approx((100 + BOREALIS) / 3)
    assert [(name, figure.count) for name, figure in days[0].bands] == [
        ("excellent", 1), ("good", 1), ("fair", 0), ("poor", 1),
    ]  # fmt: skip
    for each in (days[1], days[5]):
        then = scoring.scores(as_of=each.day).scored
        assert each.scored.count == len(then)
        assert each.average == pytest.approx(np.mean([row["score"] for row in then]))
    assert days[0].average == pytest.approx(view.total.average.value)


def test_a_year_by_four_weeks(portfolio_of_four):
    view = leader_view(portfolio_of_four.lea, Asked(every=28))
    days = spread.table(view)
    # the first use was on 30 June 2025, and a score needs 14 days: of 13 days 28 apart the oldest is 29 July 2025
    assert [each.day for each in days] == [LAST - timedelta(days=28 * back) for back in range(13)]
    assert days[-1].day == date(2025, 7, 29)
    assert days[1].average == pytest.approx(np.mean([row["score"] for row in scoring.scores(as_of=days[1].day).scored]))


def test_days_without_a_score_are_left_out(portfolio_of_four):
    view = leader_view(portfolio_of_four.lea, Asked(as_of=date(2025, 8, 1)))
    # used first on 30 June: 14 days of history on 13 July, so of the Fridays before 1 August three have scores
    assert [each.day for each in spread.table(view)] == [date(2025, 8, 1), date(2025, 7, 25), date(2025, 7, 18)]


def test_by_arr_the_average_and_not_the_counts(portfolio_of_four):
    day = spread.table(leader_view(portfolio_of_four.lea, Asked(weight="arr")))[0]
    assert day.average == pytest.approx((100 * 30_000 + BOREALIS * 10_000) / 40_000)
    assert day.scored.count == 3


def test_nobody_has_no_days(portfolio_of_four):
    assert spread.table(leader_view(portfolio_of_four.cem, Asked(as_of=date(2025, 7, 1)))) == []


def ways(who, **asked):
    view = leader_view(who, Asked(**asked))
    lines = {line.group.title: line for line in movers.table(view, view.groups)}
    lines["All"] = movers.table(view, view.everybody)[0]
    return {title: {name: figure.count for name, figure in line.ways if figure.count} for title, line in lines.items()}


def test_who_moved_between_two_days(portfolio_of_four):
    found = ways(portfolio_of_four.lea, since=MAY)
    assert found == {
        "Enterprise": {"stable": 1},
        "Small": {"fell": 1},
        "Not set": {"stable": 1, "neither": 1},
        "All": {"stable": 2, "fell": 1, "neither": 1},
    }
    assert ways(portfolio_of_four.lea) == found  # 31 May is one period before


def test_the_part_that_moved_it_most_and_all_parts_add_up(portfolio_of_four):
    view = leader_view(portfolio_of_four.lea, Asked(since=MAY))
    [fell] = movers.farthest(view, "fell")
    assert (fell.row["customer"], fell.then) == ("Borealis", pytest.approx(100))
    assert fell.points == pytest.approx(BOREALIS - 100)
    depth = 30 * (55 / (30 / 7) / 20 - 1)  # −10.75; breadth: half of the features, −15; recency one day, −0.9
    assert [(move.title, pytest.approx(move.points)) for move in fell.moves][:2] == [("Breadth", -15), ("Depth", depth)]
    assert sum(move.points for move in fell.moves) == pytest.approx(fell.points)
    total = movers.table(view, view.everybody)[0]
    assert (total.average.value, total.average.count) == (pytest.approx((BOREALIS - 100) / 3), 3)


def test_who_came_and_who_went(portfolio_of_four):
    """On 10 July 2025 all three had 11 days of history. Nobody had usage on 1 June 2025."""
    came = ways(portfolio_of_four.lea, since=date(2025, 7, 10))["All"]
    assert came == {"came": 3, "neither": 1}
    back = leader_view(portfolio_of_four.lea, Asked(as_of=date(2025, 7, 10), since=MAY))
    assert {name: figure.count for name, figure in movers.table(back, back.everybody)[0].ways if figure.count} == {
        "went": 3, "neither": 1,
    }  # fmt: skip
    went = movers.farthest(back, "went")
    assert [each.points for each in went] == [None] * 3
    then = leader_view(portfolio_of_four.lea, Asked(since=date(2025, 6, 1)))
    assert {each.reason_then for each in movers.farthest(then, "came")} == {"no history"}


def test_the_whole_time_moves_from_thirty_days_before(portfolio_of_four):
    assert leader_view(portfolio_of_four.lea, Asked(period=Period(None))).since == MAY
    assert leader_view(portfolio_of_four.lea, Asked(period=Period(7))).since == LAST - timedelta(days=7)
