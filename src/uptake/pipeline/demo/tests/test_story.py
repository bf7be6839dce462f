"""The story must come out of the numbers: the portfolio score worked out here in plain loops."""

from collections import Counter
from datetime import timedelta
from statistics import mean, median

import pytest

from uptake.pipeline.demo.crowd import HUMAN, Crowd

from .conftest import UNTIL


def score(customer, uses, granted, as_of):
    """Adoption (portfolio) over 30 days by docs/definitions.md; None under 14 days of history."""
    uses = [use for use in uses if use.day <= as_of]
    if not uses or (as_of - uses[0].day).days + 1 < 14:
        return None
    first = max(as_of - timedelta(days=29), uses[0].day)
    days = [first + timedelta(days=number) for number in range((as_of - first).days + 1)]
    expected = [day for day in days if customer.working_days == "all days" or day.weekday() < 5]
    period = [use for use in uses if use.day >= first]
    if not period:
        return 0.0
    breadth = len({use.feature for use in period} & granted) / len(granted)
    weekly = median(Counter(use.user for use in period).values()) / (len(days) / 7)
    gap = sum(day > uses[-1].day for day in expected)
    visits = {(use.user, use.day) for use in period if use.day in expected}
    people = {user for user, _ in visits}
    stickiness = len(visits) / len(expected) / len(people) if people else 0
    return (
        30 * breadth + 30 * min(1, weekly / 20) + 20 * (1 - min(1, gap / len(expected))) + 20 * min(1, stickiness / 0.5)
    )


@pytest.fixture(scope="module")
def scores(plan, by_customer):
    crowd = Crowd(plan)
    humans = {email for email, kind in zip(crowd.emails(), crowd.kind.tolist(), strict=True) if kind == HUMAN}

    def at(as_of):
        found = {}
        for customer in plan.customers:
            uses = [use for use in by_customer[customer.name] if use.user in humans]
            granted = {plan.features[number].name for number in customer.entitled}
            found[customer.name] = score(customer, uses, granted, as_of)
        return found

    return {"now": at(UNTIL), "before": at(UNTIL - timedelta(days=30))}


def test_the_portfolio_is_in_the_middle_with_a_wide_spread_and_all_bands_filled(scores):
    found = [value for value in scores["now"].values() if value is not None]
    assert len(found) == 65  # two began under 14 days ago
    assert 55 <= mean(found) <= 65
    assert max(found) >= 85
    assert min(found) <= 15
    bands = Counter(next(limit for limit in (80, 60, 40, 0) if value >= limit) for value in found)
    assert bands[80] >= 8
    assert bands[60] >= 15
    assert bands[40] >= 10
    assert bands[0] >= 8


def test_techcorp_is_healthy(scores, plan):
    assert 80 <= scores["now"]["TechCorp"] <= 95
    assert plan.customer("TechCorp").behaviour.archetype == "champion"


def test_oldcorp_declines(scores, plan, by_customer):
    assert 25 <= scores["now"]["OldCorp"] <= 42
    assert scores["now"]["OldCorp"] < scores["before"]["OldCorp"] - 12
    recent = [use for use in by_customer["OldCorp"] if use.day > UNTIL - timedelta(days=30)]
    earlier = [use for use in by_customer["OldCorp"] if use.day <= UNTIL - timedelta(days=30)]
    before = [use for use in earlier if use.day > UNTIL - timedelta(days=60)]
    assert len(recent) < 0.5 * len(before)
    assert len({use.user for use in recent}) < len({use.user for use in before})
    [champion] = [one for one in plan.customer("OldCorp").stakeholders if one.is_champion]
    assert champion.email in {use.user for use in earlier}
    assert champion.email not in {use.user for use in recent}  # quiet for over 30 days


def test_startupabc_has_barely_started(scores, by_customer):
    uses = by_customer["StartupABC"]
    assert 30 <= (UNTIL - uses[0].day).days <= 45
    assert len({use.user for use in uses}) <= 5
    assert len({use.feature for use in uses}) <= 6
    assert 20 <= scores["now"]["StartupABC"] <= 42


def test_smallbiz_is_small_and_flat(scores, by_customer):
    assert 42 <= scores["now"]["SmallBiz"] <= 60
    assert abs(scores["now"]["SmallBiz"] - scores["before"]["SmallBiz"]) < 8
    assert len({use.user for use in by_customer["SmallBiz"]}) <= 6


def test_customers_who_left_have_nothing_and_new_ones_no_score(scores, plan):
    assert all(scores["now"][customer.name] == 0 for customer in plan.customers if customer.churned_on)
    assert scores["now"]["Fathom Charts"] is scores["now"]["Ridgeway"] is None
