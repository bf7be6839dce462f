"""Customers are made, changed and refused as a whole."""

from datetime import date
from decimal import Decimal
from time import perf_counter

import pytest
from django.db import IntegrityError, transaction

from uptake.customers.features import define_features
from uptake.customers.inputs import NewFeature
from uptake.customers.models import Contract, Customer, Entitlement, EntitlementReading, Stakeholder
from uptake.customers.services import (
    AlreadyThere,
    NewContract,
    NewCustomer,
    NewEntitlement,
    NewStakeholder,
    add_contract,
    add_contracts,
    add_stakeholders,
    archive_customer,
    create_customer,
    create_customers,
    grant_entitlements,
    note_reading,
    update_customer,
)
from uptake.kit.errors import ProductError
from uptake.team.models import AuditRecord, Teammate

pytestmark = pytest.mark.django_db
START = date(2026, 1, 1)


@pytest.fixture
def acme() -> Customer:
    return create_customer(name="Acme Logistics")


def test_customer_keeps_what_was_said_and_leaves_a_trail():
    ann = Teammate.objects.create(username="ann")
    made = create_customer(
        name=" Acme Logistics ",
        segment="enterprise",
        domains=("www.Acme.com", "acme.com", "acme.de"),
        crm_id="001A",
        time_zone="Europe/Berlin",
        working_days="all days",
        owner=ann,
        csm_rating=70,
        csm_rated_on=START,
        by=ann,
    )
    stored = Customer.objects.get(pk=made.pk)
    assert (stored.name, stored.slug, stored.owner, stored.csm_rating) == ("Acme Logistics", "acme-logistics", ann, 70)
    assert sorted(stored.domains.values_list("domain", flat=True)) == [
        "acme.com",
        "acme.de",
    ]  # www. and case do not count
    [trail] = AuditRecord.objects.all()
    assert (trail.teammate, trail.verb, trail.subject) == (ann, "created", "Acme Logistics")


def test_many_come_back_in_the_order_given():
    made = create_customers([NewCustomer("Zeta"), NewCustomer("Alpha", segment="smb")])
    assert [(row.name, row.segment) for row in made] == [("Zeta", ""), ("Alpha", "smb")]
    assert {row.pk for row in made} == set(Customer.objects.values_list("pk", flat=True))
    assert AuditRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (NewCustomer(" "), "needs a name"),
        (
            NewCustomer("acme_logistics"),
            "already a customer called “acme_logistics”",
        ),  # the same name as Acme Logistics
        (NewCustomer("B", crm_id="001A"), "CRM id “001A”"),
        (NewCustomer("B", domains=("ACME.com",)), "domain “acme.com”"),
        (NewCustomer("B", domains=("acme",)), "is no domain"),
        (NewCustomer("B", time_zone="Mars/Base"), "no time zone"),
        (NewCustomer("B", working_days="sometimes"), "no working days"),
        (NewCustomer("B", csm_rating=101), "from 0 to 100"),
        (NewCustomer("B\x00"), "NUL"),
        (NewCustomer("B" * 501), "longer than 500"),
    ],
)
def test_one_wrong_customer_refuses_all(wrong, sentence):
    create_customer(name="Acme Logistics", crm_id="001A", domains=("acme.com",))
    with pytest.raises(ProductError, match=sentence):
        create_customers([NewCustomer("Right"), wrong])
    assert Customer.objects.count() == 1


def test_a_name_twice_in_one_call_is_refused():
    with pytest.raises(AlreadyThere, match="More than one customer called"):
        create_customers([NewCustomer("Acme"), NewCustomer("ACME")])


def test_change_keeps_the_rest_and_marks_the_customer_as_edited(acme):
    changed = update_customer(acme, name="Acme Freight", domains=("acme.com",))
    changed = update_customer(changed, segment="smb")
    assert (changed.name, changed.slug, changed.segment, changed.is_edited) == (
        "Acme Freight",
        "acme-freight",
        "smb",
        True,
    )
    assert [row.domain for row in changed.domains.all()] == ["acme.com"]
    create_customer(name="Acme Logistics")  # its old name is free again
    with pytest.raises(AlreadyThere):
        update_customer(changed, name="acme logistics")


def test_archived_customers_stay(acme):
    assert archive_customer(acme).is_archived
    assert not archive_customer(acme, archived=False).is_archived


def test_contracts_entitlements_and_people(acme):
    [export] = define_features([NewFeature("Export")])
    add_contract(acme, starts_on=START, arr=Decimal("12000.50"), currency="EUR")
    grant_entitlements(
        [
            NewEntitlement(acme, "seats", START, granted=40),
            NewEntitlement(acme, "feature", START, feature=export),
            NewEntitlement(acme, "limit", START, name="API calls per day", granted=None, unit="calls"),
        ]
    )
    add_stakeholders([NewStakeholder(acme, "Ana", "ana@acme.com", is_champion=True), NewStakeholder(acme, "No Mail")])
    assert Contract.objects.get().arr == Decimal("12000.50")
    assert Entitlement.objects.count() == 3
    assert Stakeholder.objects.get(is_champion=True).name == "Ana"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda c, f: grant_entitlements([NewEntitlement(c, "seats", START, granted=Decimal("1.5"))]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "seats", START, granted=-1)]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "seats", START, feature=f)]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "feature", START)]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "limit", START, granted=5)]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "wishes", START)]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "seats", START, date(2025, 12, 31))]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "limit", START, name="Calls", counted_feature=f)]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "limit", START, name="Calls", counted_per="day")]),
        lambda c, f: grant_entitlements([NewEntitlement(c, "seats", START, counted_feature=f, counted_per="day")]),
        lambda c, f: note_reading(c, name="Storage", used=-1, on=START),
        lambda c, f: note_reading(c, name=" ", used=1, on=START),
        lambda c, f: add_contracts([NewContract(c, START, Decimal(-1))]),
        lambda c, f: add_contracts([NewContract(c, START, Decimal(1), date(2025, 12, 31))]),
        lambda c, f: add_contracts([NewContract(c, START, Decimal(1), currency="Euro")]),
        lambda c, f: add_stakeholders([NewStakeholder(c, "A", "a@acme.com"), NewStakeholder(c, "B", "a@acme.com")]),
    ],
)
def test_what_cannot_be_agreed_is_refused(acme, wrong):
    [feature] = define_features([NewFeature("Export")])
    with pytest.raises(ProductError):
        wrong(acme, feature)
    assert [model.objects.count() for model in (Contract, Entitlement, Stakeholder)] == [0, 0, 0]


@pytest.mark.parametrize(
    "row",
    [
        lambda c: Contract(customer=c, starts_on=START, ends_on=date(2025, 1, 1), arr=1),
        lambda c: Contract(customer=c, starts_on=START, arr=-1),
        lambda c: Entitlement(customer=c, kind="feature", starts_on=START),
        lambda c: Entitlement(customer=c, kind="limit", starts_on=START),
        lambda c: Entitlement(customer=c, kind="limit", name="Calls", counted_per="day", starts_on=START),
        lambda c: EntitlementReading(customer=c, name="Storage", used=-1, on=START),
        lambda c: Entitlement(customer=c, kind="seats", granted=-1, starts_on=START),
        lambda c: Customer(name="ACME logistics", slug="acme-logistics"),
        lambda c: Customer(name="B", slug="b", csm_rating=101),
    ],
)
def test_the_database_refuses_what_slips_past_the_services(acme, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row(acme).save()


def test_ten_thousand_customers_take_seconds():
    began = perf_counter()
    create_customers(NewCustomer(f"Customer {n}", domains=(f"c{n}.com",), crm_id=str(n)) for n in range(10_000))
    assert perf_counter() - began < 15
    assert Customer.objects.count() == 10_000
