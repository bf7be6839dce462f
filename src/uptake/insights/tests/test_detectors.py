"""Each detector fires where it should, and is silent right beside its border."""

import numpy as np
import pytest

from uptake.insights.at_risk import at_risk
from uptake.insights.champions import champion_quiet
from uptake.insights.concentration import concentration
from uptake.insights.movers import movers
from uptake.insights.registry import insights, leading
from uptake.insights.retention import relations, retention
from uptake.insights.segment_gaps import segment_gaps
from uptake.insights.tests.small import cell, champion, feature, presence, row, view
from uptake.insights.underused import underused
from uptake.insights.view import Outcomes

approx = pytest.approx
REPORTS, SEARCH = feature("Reports", 80), feature("Search", 40)


def four(mine, peers=(0.4, 0.4, 0.4), **acme):
    """Acme and three peers, one feature; the median of the four is what counts."""
    rows = [row(1, "Acme", **acme), *(row(2 + n) for n in range(3))]
    cells = {1: {"reports": mine}, **{2 + n: {"reports": cell(reach)} for n, reach in enumerate(peers)}}
    return view(rows, features=[REPORTS], cells=cells, seen=[1])


def test_underused_names_the_feature_the_customers_reach_and_the_peers():
    [found] = underused(four(cell(0.05), active_visitors=20))
    assert found.headline == "Acme hardly uses Reports"
    assert found.sentence == (
        "Reach among Acme's 20 active users in the last 30 days, against the middle of all 4 customers: "
        "Reports 5% against 40%."
    )
    assert found.evidence["features"] == [
        {"feature_id": "reports", "feature": "Reports", "reach": 0.05, "peers_median": 0.4, "peers": 4,
         "among": "all 4 customers"}
    ]  # fmt: skip
    # 35 points × importance 0.8 × half-way between 0.5 and 1, as no ARR is known
    assert found.weight == approx(100 * 0.35 * 0.8 * 0.75)


@pytest.mark.parametrize(
    ("mine", "peers", "fires"),
    [
        (cell(0.09), (0.29, 0.29, 0.29), True),  # 20 points: just enough
        (cell(0.09), (0.28, 0.28, 0.28), False),  # 19 points
        (cell(0.1), (0.9, 0.9, 0.9), False),  # 10% is adopted
        (cell(0.0, available=False), (0.9, 0.9, 0.9), False),  # not in the plan
        (cell(None), (0.9, 0.9, 0.9), False),  # nobody active: a matter of its own
        (cell(0.0), (0.9, 0.9), False),  # three customers are too few to compare
    ],
)
def test_underused_at_its_borders(mine, peers, fires):
    assert bool(underused(four(mine, peers))) is fires


def test_underused_is_silent_where_two_people_are_active():
    assert not underused(four(cell(0.0), active_visitors=2))


@pytest.mark.parametrize(
    ("people", "fires"),
    [
        (presence(known=20, quiet=10), True),
        (presence(known=20, quiet=9), False),
        (presence(known=4, quiet=4), False),  # four people are no base
        (presence(known=5, quiet=3), True),
    ],
)
def test_at_risk_at_its_borders(people, fires):
    assert bool(at_risk(view([row(1, "Acme")], presence={1: people}))) is fires


def test_at_risk_names_people_and_days():
    [found] = at_risk(view([row(1, "Acme")], presence={1: presence(known=20, quiet=14)}))
    assert found.headline == "Acme: 14 of 20 users inactive"
    assert found.sentence == "14 of Acme's 20 known users (70%) were not active in the 30 days up to 30 Jun 2026."


def test_champion_quiet_from_thirty_days_on():
    rows = [row(1, "Acme"), row(2, "Borealis")]
    [found] = champion_quiet(view(rows, champions=[champion(1, 30), champion(2, 29)]))
    assert found.headline == "Acme: Ada Abel inactive for 30 days"
    assert found.sentence == (
        "Ada Abel (CIO), champion at Acme, was last active on 31 May 2026, 30 days before 30 Jun 2026."
    )


def test_names_stay_away_from_readers_without_the_right():
    full = view(
        [row(1, "Acme")],
        champions=[champion(1, 41)],
        presence={1: presence(uses=100, top=80)},
        top_users={1: "ada@acme.example"},
    )
    told = insights(full.seen_by([1], with_people=False))
    assert {each.kind for each in told} == {"champion_quiet", "concentration"}
    assert not any(name in repr(told) for name in ("Ada", "ada@", "CIO"))
    assert "Ada Abel" in repr(insights(full))
    assert "ada@acme.example" in repr(insights(full))


@pytest.mark.parametrize(
    ("people", "seats", "fires"),
    [
        (presence(uses=50, top=25), 10, True),
        (presence(uses=49, top=49), 10, False),  # too little use to tell
        (presence(uses=100, top=49), 10, False),
        (presence(uses=100, top=100), 1, False),  # one seat is all there is
    ],
)
def test_concentration_at_its_borders(people, seats, fires):
    assert bool(concentration(view([row(1, licensed_seats=seats)], presence={1: people}))) is fires


def test_concentration_counts_uses_and_people():
    people = presence(uses=1000, top=720, active=4)
    [found] = concentration(view([row(1, "Acme")], presence={1: people}, top_users={1: "ada@acme.example"}))
    assert found.headline == "Acme: one user makes 72% of the use"
    assert found.sentence == (
        "720 of Acme's 1,000 uses in the last 30 days (72%) came from one user (ada@acme.example); 4 users were active."
    )


def moved(change, depth_before):
    """Acme at 70 with depth 60; depth weighs 30 of 100."""
    now = row(1, "Acme", change=change, previous_score=70 - change)
    before = {**now, "score": 70 - change, "depth_value": depth_before}
    return view([now], before={1: before})


def test_movers_name_the_part_that_moved_them():
    [found] = movers(moved(-9.0, depth_before=90.0))  # 30% of 30 points down: −9
    assert found.headline == "Acme fell 9 points, to 70"
    assert found.sentence == "Acme's adoption score fell from 79 to 70 in 30 days; Depth moved it most (−9 points)."
    assert found.evidence["moves"][0] == {"part": "Depth", "points": approx(-9), "how": "changed"}


def test_movers_at_their_border():
    assert movers(moved(5.0, depth_before=60 - 5 / 0.3))
    assert not movers(moved(4.9, depth_before=60 - 4.9 / 0.3))
    assert not movers(view([row(1, change=None, previous_score=None)]))


def segments(enterprise, small, name="Reports"):
    """(adopted, of) in two segments."""
    rows, cells = [], {}
    for segment, (adopted, of) in (("Enterprise", enterprise), ("SMB", small)):
        for n in range(of):
            number = len(rows)
            rows.append(row(number, segment=segment))
            cells[number] = {"reports": cell(0.5 if n < adopted else 0.0)}
    return view(rows, features=[REPORTS], cells=cells)


def test_segment_gap_names_both_shares_and_their_customers():
    [found] = segment_gaps(segments((13, 20), (9, 50)))
    assert found.headline == "Reports: 65% in Enterprise, 18% in SMB"
    assert found.sentence == (
        "In the last 30 days 13 of 20 customers in Enterprise adopted Reports (65%), 9 of 50 in SMB (18%): "
        "47 points apart; chance alone makes such a gap in under 1 of 1,000 cases."
    )
    assert (found.feature_id, found.customer_id) == ("reports", None)


@pytest.mark.parametrize(
    ("enterprise", "small", "fires"),
    [
        ((8, 8), (0, 8), True),
        ((7, 7), (0, 40), False),  # seven customers are too few
        ((5, 8), (2, 8), False),  # 62% against 25%: chance in 315 of 1,000 cases
        ((500, 1000), (310, 1000), False),  # no noise, but under 20 points
        ((500, 1000), (300, 1000), True),
    ],
)
def test_segment_gap_at_its_borders(enterprise, small, fires):
    assert bool(segment_gaps(segments(enterprise, small))) is fires


def outcomes(use, renewed):
    return Outcomes(np.array(renewed, bool), np.array(use, float).reshape(len(renewed), -1))


def test_use_that_goes_with_renewal_is_told_with_interval_and_n():
    # 30 customers: 15 used it and renewed, 5 used it and churned, 5 and 5 the other way round
    use = [1] * 20 + [0] * 10
    renewed = [True] * 15 + [False] * 5 + [True] * 5 + [False] * 5
    found = view([], features=[REPORTS], outcomes=outcomes(use, renewed))
    [relation] = relations(found)
    # two columns of 0 and 1: the phi coefficient (15 × 5 − 5 × 5) / √(20 × 10 × 20 × 10) = 0.25
    assert relation.correlation.value == approx(0.25)
    assert relation.words.startswith("no relation (rank correlation 0.25, 95% interval −0.1")
    [told] = retention(found)
    assert told.kind == "no_relation"
    assert told.headline == "No relation with renewal: Reports"


def test_relation_that_leaves_zero_out():
    use = [1] * 20 + [0] * 10
    renewed = [True] * 19 + [False] + [True] * 2 + [False] * 8  # phi (19 × 8 − 1 × 2) / √(20 × 10 × 21 × 9)
    [told] = retention(view([], features=[REPORTS], outcomes=outcomes(use, renewed)))
    assert told.headline == "Reports goes with renewal"
    assert told.evidence["correlation"] == approx(150 / (20 * 10 * 21 * 9) ** 0.5)
    assert "rank correlation 0.77, 95% interval 0." in told.sentence
    assert "30 customers: 21 renewed, 9 churned" in told.sentence
    assert told.feature_id == "reports"


@pytest.mark.parametrize(
    ("count", "churned", "told"), [(30, 9, True), (29, 9, False), (30, 3, True), (30, 2, False), (30, 0, False)]
)
def test_retention_is_silent_under_thirty_outcomes_or_three_of_a_kind(count, churned, told):
    renewed = [n >= churned for n in range(count)]
    found = view([], features=[REPORTS], outcomes=outcomes([[n % 7] for n in range(count)], renewed))
    assert bool(retention(found)) is told


def test_customers_without_the_feature_are_no_outcome_of_it():
    use = [[n % 7, n % 5] for n in range(30)]
    use[0][0] = np.nan  # not available to one: 29 are left
    renewed = [n >= 9 for n in range(30)]
    found = relations(view([], features=[REPORTS, SEARCH], outcomes=outcomes(use, renewed)))
    assert [each.feature.name for each in found] == ["Search"]


def test_only_customers_that_the_reader_may_see_are_named():
    rows = [row(1, "Acme"), row(2, "Borealis")]
    people = {1: presence(known=10, quiet=9), 2: presence(known=10, quiet=9)}
    told = insights(view(rows, presence=people, champions=[champion(1, 50), champion(2, 50)], seen=[2]))
    assert {each.customer_id for each in told} == {2}
    assert "Acme" not in repr(told)


def test_more_at_stake_comes_first_and_the_order_is_always_the_same():
    rows = [row(1, "Acme", arr=1000.0), row(2, "Borealis", arr=9000.0), row(3, "Cobalt", arr=1000.0)]
    people = {number: presence(known=10, quiet=9) for number in (3, 2, 1)}
    told = insights(view(rows, presence=people))
    assert [each.headline.split(":")[0] for each in told] == ["Borealis", "Acme", "Cobalt"]


def test_leading_shows_each_kind_before_the_second_of_any():
    rows = [row(n, f"Customer {n}") for n in range(3)]
    people = {0: presence(known=10, quiet=9), 1: presence(known=10, quiet=9), 2: presence(uses=100, top=60)}
    told = leading(insights(view(rows, presence=people)), 2)
    assert [each.kind for each in told] == ["at_risk", "concentration"]
