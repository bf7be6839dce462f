import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest

from uptake.customers.visitor_rules import BUILT_IN
from uptake.pipeline.demo import crowd as crowd_module
from uptake.pipeline.demo.crowd import HUMAN, Crowd
from uptake.pipeline.demo.events import UsageEvents
from uptake.pipeline.demo.exports import write_events
from uptake.pipeline.demo.features import LAUNCHED_DAYS_AGO
from uptake.pipeline.demo.plan import make_plan

from .conftest import UNTIL, read_csv

RECENT = UNTIL - timedelta(days=89)


@pytest.mark.parametrize("until", [UNTIL, date(2026, 1, 1), date(2025, 8, 31)])
def test_the_last_90_days_hold_45_000_events(until):
    plan = make_plan(until=until)
    assert sum(map(len, UsageEvents(plan, Crowd(plan)).blocks(days=90))) == pytest.approx(45_000, rel=0.03)


def test_the_year_before_is_thinner_and_growing(uses):
    per_day = Counter(use.day for use in uses)
    assert min(per_day) >= UNTIL - timedelta(days=454)
    assert max(per_day) == UNTIL
    recent = sum(uses for day, uses in per_day.items() if day >= RECENT) / 90
    before = sum(uses for day, uses in per_day.items() if day < RECENT) / 365
    assert 0.3 < before / recent < 0.8


def test_exactly_24_features_are_used_in_the_last_90_days(plan, uses):
    assert {use.feature for use in uses if use.day >= RECENT} == {feature.name for feature in plan.features}


def test_every_customer_has_events_and_only_of_features_its_plan_grants(plan, by_customer):
    for customer in plan.customers:
        granted = {plan.features[number].name for number in customer.entitled}
        machine = "Data Import"  # service accounts do nothing else
        assert by_customer[customer.name]
        assert {use.feature for use in by_customer[customer.name]} <= granted | {machine}


def test_events_stand_in_the_order_of_time(uses):
    assert all(before.at <= after.at for before, after in pairwise(uses))


def test_a_day_has_two_to_six_features_with_repeats(uses):
    features, total = defaultdict(set), Counter()
    for use in uses:
        features[use.user, use.day].add(use.feature)
        total[use.user, use.day] += 1
    assert 2 < sum(map(len, features.values())) / len(features) < 4
    assert max(map(len, features.values())) <= 8  # 6, the launched and the stalled one
    assert sum(total[day] > len(features[day]) for day in total) > 0.4 * len(total)


def test_people_work_on_workdays_in_their_own_hours(plan, by_customer):
    tokyo = [use for use in by_customer["Sakura Robotics"] if use.customer]
    hours = Counter((use.at + timedelta(hours=9)).hour for use in tokyo)  # Japan keeps one time all year
    assert sum(hours[hour] for hour in range(8, 18)) > 0.9 * len(tokyo)
    weekend = Counter((use.at + timedelta(hours=9)).weekday() >= 5 for use in tokyo)
    assert weekend[True] < 0.1 * len(tokyo)
    all_week = Counter((use.at + timedelta(hours=10)).weekday() for use in by_customer["Coral Bay Hotels"])
    assert all_week[5] > 0.5 * all_week[2]


def test_hardly_anybody_works_between_the_years(uses):
    per_day = Counter(use.day for use in uses)
    quiet = [date(2025, 12, day) for day in (24, 26, 29, 30, 31)]
    normal = [date(2025, 12, day) for day in (8, 9, 10, 11, 12)]
    assert 0 < sum(per_day[day] for day in quiet) < 0.3 * sum(per_day[day] for day in normal)


def test_a_few_events_name_neither_customer_nor_person(uses):
    anonymous = [use for use in uses if not use.customer]
    assert 0.001 < len(anonymous) / len(uses) < 0.004
    assert all(re.fullmatch("[0-9a-f]{16}", use.user) for use in anonymous)


def test_service_accounts_and_test_users_are_the_ones_that_the_rules_leave_out(plan):
    crowd = Crowd(plan)
    patterns = [re.compile(rule.pattern) for rule in BUILT_IN]
    caught = [any(pattern.search(email) for pattern in patterns) for email in crowd.emails()]
    assert caught == [kind != HUMAN for kind in crowd.kind.tolist()]
    assert 2 <= sum(caught) <= 20


def test_the_launched_feature_comes_half_way_through_the_last_90_days(uses):
    launch = UNTIL - timedelta(days=LAUNCHED_DAYS_AGO)
    launched = [use for use in uses if use.feature == "Forecasting"]
    assert min(use.day for use in launched) >= launch
    assert len({use.customer for use in launched if use.day < launch + timedelta(days=15)}) >= 5
    assert len({use.customer for use in launched}) >= 15


def test_the_stalled_feature_was_tried_by_many_and_kept_by_few(plan, by_customer):
    tried = [customer for customer in plan.customers if customer.behaviour.trial_days_ago is not None]
    idle = [
        customer
        for customer in tried
        if all(
            use.day <= UNTIL - timedelta(days=14)
            for use in by_customer[customer.name]
            if use.feature == "Advanced Analytics"
        )
    ]
    assert len(tried) >= 20
    assert len(idle) >= 0.6 * len(tried)
    assert len(idle) < len(tried)
    for customer in tried:
        [granted] = [one for one in customer.entitlements if one.name == "Advanced Analytics"]
        assert granted.starts_on == UNTIL - timedelta(days=customer.behaviour.trial_days_ago)


def test_nobody_of_a_churned_customer_comes_after_the_contract(plan, by_customer):
    churned = [customer for customer in plan.customers if customer.churned_on]
    assert churned
    for customer in churned:
        assert max(use.day for use in by_customer[customer.name]) <= customer.churned_on


def test_who_began_later_began_on_the_day_of_the_plan(plan, by_customer):
    late = [customer for customer in plan.customers if customer.behaviour.first_days_ago < 454]
    assert len(late) > 20
    for customer in late:
        began = UNTIL - timedelta(days=customer.behaviour.first_days_ago)
        first = by_customer[customer.name][0].day
        assert abs((first - began).days) <= 1  # the local day may begin or end on the next one in UTC


def test_events_do_not_depend_on_how_the_work_is_cut(tmp_path, monkeypatch):
    plan = make_plan(customers=12, events=3_000, until=UNTIL)
    [whole] = write_events(plan, tmp_path / "whole", "csv")
    monkeypatch.setattr(crowd_module, "BLOCK_PAIRS", 1)  # a day at a time
    largest = max(map(len, UsageEvents(plan, Crowd(plan)).blocks()))
    [cut] = write_events(plan, tmp_path / "cut", "csv")
    assert cut.read_bytes() == whole.read_bytes()
    assert largest < 300  # of more than 10,000: memory holds days, not the whole


def test_it_scales_to_many_customers_with_few_events(tmp_path):
    wide = make_plan(customers=500, events=20_000, until=UNTIL)
    [path] = write_events(wide, tmp_path / "wide", "csv", days=90)
    rows = list(read_csv(path))
    assert len(rows) == pytest.approx(20_000, rel=0.03)
    assert min(use.day for use in rows) == RECENT
    assert len({use.customer for use in rows if use.customer}) > 400


@pytest.mark.parametrize(("customers", "events"), [(4, 1_000), (67, 9_000), (10, 200_000), (1_000, 30_000)])
def test_the_events_asked_for_come_whatever_the_size(customers, events):
    plan = make_plan(customers=customers, events=events, until=UNTIL)
    assert sum(map(len, UsageEvents(plan, Crowd(plan)).blocks(days=90))) == pytest.approx(events, rel=0.012)
