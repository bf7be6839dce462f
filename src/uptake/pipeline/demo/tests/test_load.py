from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from uptake.customers.models import Contract, Customer, Entitlement, Feature, Stakeholder
from uptake.customers.services import AlreadyThere, attribute_accounts, create_customer
from uptake.customers.tables import customers_table, feature_entitlements_table, seats_table
from uptake.kit.errors import ProductError
from uptake.pipeline.demo.load import load_customers
from uptake.pipeline.demo.plan import make_plan

from .conftest import UNTIL

pytestmark = pytest.mark.django_db


def test_the_portfolio_becomes_rows_of_the_customers_room(plan):
    load_customers(plan)
    assert Customer.objects.count() == 67
    assert Feature.objects.count() == 24
    assert Contract.objects.count() == sum(len(customer.contracts) for customer in plan.customers)
    assert Entitlement.objects.count() == sum(len(customer.entitlements) for customer in plan.customers)
    assert Stakeholder.objects.filter(is_champion=True).count() > 40
    techcorp = Customer.objects.get(name="TechCorp")
    assert techcorp.segment == "enterprise"
    assert (techcorp.time_zone, techcorp.region) == ("America/New_York", "Americas")
    assert set(Customer.objects.values_list("region", flat=True)) == {"Americas", "Europe", "Asia-Pacific"}
    assert techcorp.contracts.get(starts_on__lte=UNTIL, ends_on__gte=UNTIL).arr == Decimal(
        plan.customer("TechCorp").contracts[-1].arr
    )


def test_published_tables_know_revenue_seats_and_features(plan):
    load_customers(plan)
    revenue = {row["customer"]: row["arr"] for row in customers_table(on=UNTIL).to_pylist()}
    churned = {customer.name for customer in plan.customers if customer.churned_on}
    assert {name for name, arr in revenue.items() if arr is None} == churned
    techcorp = Customer.objects.get(name="TechCorp").pk
    seats = [
        row["seats"]
        for row in seats_table().to_pylist()
        if row["customer_id"] == techcorp and row["from_day"] <= UNTIL <= (row["to_day"] or UNTIL)
    ]
    assert seats == [plan.customer("TechCorp").seats]
    granted = [row for row in feature_entitlements_table().to_pylist() if row["customer_id"] == techcorp]
    assert len(granted) == 24
    [launched] = [row for row in granted if row["feature_id"] == "forecasting"]
    assert launched["from_day"] == UNTIL - timedelta(days=45)


@pytest.mark.parametrize("part", ["name", "key", "domain", "crm_id"])
def test_every_platforms_account_finds_its_customer(plan, part):
    load_customers(plan)
    found = attribute_accounts(
        source="generic", account_ids=[getattr(customer, part) for customer in plan.customers], import_id=1
    )
    assert found.created_customers == 0
    assert found.matched == 67


def test_a_failure_on_the_way_leaves_nothing():
    plan = make_plan(customers=5, events=500, until=UNTIL)
    twice = replace(plan, features=(*plan.features, plan.features[0]))
    with pytest.raises(ProductError, match="would be one feature"):
        load_customers(twice)
    assert Customer.objects.count() == 0


def test_a_second_demo_is_refused_and_changes_nothing():
    plan = make_plan(customers=5, events=500, until=UNTIL)
    create_customer(name="OldCorp")
    with pytest.raises(AlreadyThere, match="OldCorp"):
        load_customers(plan)
    assert Customer.objects.count() == 1
    assert Feature.objects.count() == 0
