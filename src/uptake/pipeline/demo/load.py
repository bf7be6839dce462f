"""The demo's customers as real rows of the customers room, made by its own services."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction

from uptake.customers.features import define_features
from uptake.customers.inputs import (
    NewContract,
    NewCustomer,
    NewEntitlement,
    NewFeature,
    NewReading,
    NewStakeholder,
)
from uptake.customers.models import Customer, Feature
from uptake.customers.services import (
    add_contracts,
    add_stakeholders,
    create_customers,
    grant_entitlements,
    note_readings,
)
from uptake.pipeline.demo import mobile
from uptake.pipeline.demo.pendo import feature_id
from uptake.pipeline.demo.portfolio import CustomerPlan, EntitlementPlan, FeaturePlan, Plan
from uptake.team.models import Teammate


@transaction.atomic
def load_customers(plan: Plan, owners: Sequence[Teammate] = ()) -> None:
    """Write the plan's features, customers, contracts, entitlements, readings and stakeholders, all or nothing.

    Customers whose last contract has ended stay in the portfolio, not archived. Raises AlreadyThere when the workspace
    has one of the customers already: the demo is for an empty one. The owners take the customers in turn.
    """
    customers = create_customers(
        _customer(customer, plan, owners[number % len(owners)] if owners else None)
        for number, customer in enumerate(plan.customers)
    )
    features = define_features(_feature(number, feature) for number, feature in enumerate(plan.features))
    by_name = {feature.name: feature for feature in features}
    both = list(zip(customers, plan.customers, strict=True))
    add_contracts(
        NewContract(
            customer=row,
            starts_on=term.starts_on,
            ends_on=term.ends_on,
            renews_on=term.renews_on,
            arr=Decimal(term.arr),
            plan=term.plan,
        )
        for row, customer in both
        for term in customer.contracts
    )
    grant_entitlements(
        _entitlement(row, granted, by_name) for row, customer in both for granted in customer.entitlements
    )
    note_readings(NewReading(row, one.name, one.used, one.on) for row, customer in both for one in customer.readings)
    add_stakeholders(
        NewStakeholder(row, one.name, one.email, one.role, is_champion=one.is_champion, is_sponsor=one.is_sponsor)
        for row, customer in both
        for one in customer.stakeholders
    )


def _customer(customer: CustomerPlan, plan: Plan, owner: Teammate | None) -> NewCustomer:
    return NewCustomer(
        name=customer.name,
        segment=customer.segment,
        region=customer.region,
        owner=owner,
        domains=(customer.domain,),
        crm_id=customer.crm_id,
        time_zone=customer.time_zone,
        working_days=customer.working_days,
        csm_rating=customer.csm_rating,
        csm_rated_on=None if customer.csm_rating is None else plan.until,
        started_on=customer.started_on,
    )


def _feature(number: int, feature: FeaturePlan) -> NewFeature:
    return NewFeature(
        name=feature.name,
        category=feature.category,
        importance=feature.importance,
        cadence=feature.cadence,
        expected_adoption_days=feature.expected_adoption_days,
        value_sentence=feature.value_sentence,
        minutes_saved=None if feature.minutes_saved is None else Decimal(str(feature.minutes_saved)),
        tags=feature.tags,
        # So that Pendo's totals find it without the list of names, and those of the mobile app under their own.
        event_names=(("pendo", feature_id(number)), *mobile.event_names(number)),
    )


def _entitlement(row: Customer, granted: EntitlementPlan, features: dict[str, Feature]) -> NewEntitlement:
    return NewEntitlement(
        customer=row,
        kind=granted.kind,
        starts_on=granted.starts_on,
        ends_on=granted.ends_on,
        feature=features[granted.name] if granted.kind == "feature" else None,
        name=granted.name,
        granted=granted.granted,
        unit=granted.unit,
        price=None if granted.price is None else Decimal(granted.price),
        counted_feature=features[granted.counted] if granted.counted else None,
        counted_per=granted.counted_per,
    )
