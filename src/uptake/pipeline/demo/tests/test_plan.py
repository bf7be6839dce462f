from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from uptake.customers.names import name_key
from uptake.kit.errors import ProductError
from uptake.pipeline.demo import names
from uptake.pipeline.demo.commerce import renewal_chance
from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.plan import make_plan
from uptake.pipeline.demo.portfolio import REGIONS

from .conftest import UNTIL


def test_the_default_has_67_customers_and_24_features(plan):
    assert len(plan.customers) == 67
    assert len(plan.features) == 24
    assert {"TechCorp", "OldCorp", "StartupABC", "SmallBiz"} <= {customer.name for customer in plan.customers}
    assert Counter(customer.segment for customer in plan.customers).keys() == {"enterprise", "mid-market", "small"}


def test_the_same_arguments_give_the_same_plan_and_others_another(plan):
    assert make_plan(until=UNTIL) == plan
    assert make_plan(until=UNTIL, seed=8) != plan


def test_names_keys_domains_and_crm_ids_are_each_customers_own():
    plan = make_plan(customers=500, events=20_000, until=UNTIL)
    for part in ("name", "key", "domain", "crm_id"):
        assert len({getattr(customer, part) for customer in plan.customers}) == 500
    every = [company.name for company in names.COMPANIES] + [names.company_name(number) for number in range(20_000)]
    assert len({name_key(name) for name in every}) == len(every)


def test_contracts_follow_each_other_and_one_runs_or_the_customer_has_left(plan):
    for customer in plan.customers:
        terms = customer.contracts
        assert terms[0].starts_on == customer.started_on
        for before, after in pairwise(terms):
            assert before.outcome == "renewed"
            assert before.renews_on == after.starts_on == before.ends_on + timedelta(days=1)
        last = terms[-1]
        if customer.churned_on:
            assert last.renews_on is None
            assert last.ends_on < UNTIL
        else:
            assert last.outcome == "running"
            assert last.starts_on <= UNTIL <= last.ends_on
    assert 2 <= sum(customer.churned_on is not None for customer in plan.customers) <= 6


def test_every_time_zone_lies_in_a_region():
    zones = {*names.ZONES, *(company.time_zone for company in names.COMPANIES)}
    assert {zone.partition("/")[0] for zone in zones} == REGIONS.keys()


def test_renewal_dates_are_spread_over_the_year(plan):
    months = {term.renews_on.month for customer in plan.customers for term in customer.contracts if term.renews_on}
    assert len(months) == 12


def test_renewals_follow_behaviour_with_noise():
    plan = make_plan(customers=2_000, events=20_000, until=UNTIL)
    left = [customer for customer in plan.customers if customer.churned_on]
    levels = [
        customer.behaviour.level((UNTIL - customer.churned_on).days + 60)  # before the use faded out
        for customer in left
    ]
    assert 60 <= len(left) <= 240  # 3 to 12 in a hundred
    assert sum(level < 0.25 for level in levels) > len(left) / 2  # most hardly used it
    assert any(level > 0.5 for level in levels)  # some did, and left all the same
    assert renewal_chance(0.8) > 0.95 > renewal_chance(0.1) > renewal_chance(0.0)


def test_entitlements_have_seats_features_limits_and_some_are_unlimited(plan):
    granted = [one for customer in plan.customers for one in customer.entitlements]
    assert {one.kind for one in granted} == {"seats", "feature", "limit"}
    assert any(one.kind == "seats" and one.granted is None for one in granted)
    assert any(one.kind == "limit" and one.granted is None for one in granted)
    for customer in plan.customers:
        assert customer.seats is None or customer.seats >= customer.people
        features = [one.name for one in customer.entitlements if one.kind == "feature"]
        assert len(features) == len(set(features)) in (14, 20, 24, 23, 19)  # who left early never saw the launch


def test_stakeholders_have_champions_who_are_users_and_sponsors_who_are_not(plan):
    users = set(Crowd(plan).emails())
    people = [(customer, one) for customer in plan.customers for one in customer.stakeholders]
    assert sum(one.is_champion for _, one in people) > 40
    assert all(one.email in users for _, one in people if one.is_champion)
    assert not any(one.email in users for _, one in people if one.is_sponsor)
    assert len({one.email for _, one in people}) == len(people)
    assert len({one.name for _, one in people}) > 0.9 * len(people)  # not the same faces everywhere


def test_too_small_a_portfolio_is_refused():
    with pytest.raises(ProductError, match="at least four customers"):
        make_plan(customers=3, until=UNTIL)
    with pytest.raises(ProductError, match="at least one usage event"):
        make_plan(events=0, until=UNTIL)
