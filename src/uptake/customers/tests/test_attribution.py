"""Accounts find their customer, and an undone import leaves no trace."""

from time import perf_counter

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist

from uptake.customers.inputs import NewCustomer
from uptake.customers.models import Account, AccountProfile, AccountSighting, Customer
from uptake.customers.profiles import note_profiles
from uptake.customers.services import (
    AttributedAccounts,
    ForgottenImport,
    NewStakeholder,
    add_stakeholders,
    assign_account,
    attribute_accounts,
    create_customer,
    create_customers,
    forget_import,
    update_customer,
)
from uptake.customers.tables import accounts_table
from uptake.team.models import AuditRecord, Teammate

pytestmark = pytest.mark.django_db


def matches() -> dict[tuple[str, str], tuple[str, str]]:
    return {(row.source, row.account_id): (row.customer.name, row.matched_by) for row in Account.objects.all()}


def everything() -> dict[str, list[dict[str, object]]]:
    """All rows of the room but the trail and the lock."""
    models = [model for model in apps.get_app_config("customers").get_models() if model.__name__ != "CustomerListLock"]
    return {model.__name__: sorted(model.objects.values(), key=str) for model in models}


def test_each_way_to_find_a_customer():
    create_customer(name="Acme Logistics", crm_id="001A", domains=("acme.com",))
    create_customer(name="001a")  # a name that only looks like Acme's CRM id
    counts = attribute_accounts(
        "pendo",
        ["001A", "acme-logistics", "  ACME   Logistics ", "acme_logistics", "www.Acme.com", "Borealis", "AT&T", "ATT"],
        import_id=1,
    )
    assert matches() == {
        ("pendo", "001A"): ("Acme Logistics", "crm"),
        ("pendo", "acme-logistics"): ("Acme Logistics", "id"),
        ("pendo", "  ACME   Logistics "): ("Acme Logistics", "name"),
        ("pendo", "acme_logistics"): ("Acme Logistics", "name"),
        ("pendo", "www.Acme.com"): ("Acme Logistics", "domain"),
        ("pendo", "Borealis"): ("Borealis", "new"),
        ("pendo", "AT&T"): ("AT&T", "new"),  # a sign more or less is another name
        ("pendo", "ATT"): ("ATT", "new"),
    }
    assert counts == AttributedAccounts(created_customers=3, matched=5, already_known=0, unusable=0)


def test_spellings_of_one_new_customer_are_one_customer_by_its_readable_name():
    counts = attribute_accounts("segment", ["acme-logistics", "ACME LOGISTICS", "Acme Logistics"], import_id=1)
    assert [customer.name for customer in Customer.objects.all()] == ["Acme Logistics"]
    assert counts == AttributedAccounts(created_customers=1, matched=2, already_known=0, unusable=0)
    assert sorted(matched_by for _, matched_by in matches().values()) == ["id", "name", "new"]


def test_again_changes_nothing():
    first = attribute_accounts("pendo", ["a", "b"], import_id=1)
    before, trail = everything(), AuditRecord.objects.count()
    assert first.created_customers == 2
    assert attribute_accounts("pendo", ["b", "a", "a"], import_id=1) == AttributedAccounts(0, 0, 2, 0)
    assert (everything(), AuditRecord.objects.count()) == (before, trail)


def test_ids_that_can_be_no_account_are_counted_and_left():
    counts = attribute_accounts("pendo", ["", "  ", "x" * 501, "nul\x00", "株式会社", "007"], import_id=1)
    assert counts == AttributedAccounts(created_customers=2, matched=0, already_known=0, unusable=4)
    assert set(Customer.objects.values_list("name", flat=True)) == {"株式会社", "007"}  # zeros stay


def test_numbers_are_names_not_our_own_ids():
    first = create_customer(name="Acme")
    attribute_accounts("pendo", [str(first.pk)], import_id=1)
    assert Account.objects.get().customer != first


def test_undo_restores_exactly_what_was_before():
    create_customer(name="Acme", domains=("acme.com",))
    attribute_accounts("pendo", ["Acme", "Borealis"], import_id=1)
    before = everything()
    attribute_accounts("amplitude", ["acme", "borealis", "Cobalt", "cobalt"], import_id=2)
    attribute_accounts("pendo", ["Acme", "Dune"], import_id=2)
    assert forget_import(2) == ForgottenImport(accounts=5, customers=2)  # acme borealis Cobalt cobalt Dune; Cobalt Dune
    assert everything() == before
    assert forget_import(2) == ForgottenImport(0, 0)


def test_an_account_stays_while_another_import_stands_on_it():
    attribute_accounts("pendo", ["Acme"], import_id=1)
    attribute_accounts("pendo", ["Acme"], import_id=2)
    assert forget_import(1) == ForgottenImport(0, 0)
    assert forget_import(2) == ForgottenImport(1, 1)
    assert not Customer.objects.exists()


def test_a_customer_stays_while_another_import_has_an_account_of_it():
    attribute_accounts("pendo", ["Acme"], import_id=1)
    attribute_accounts("mixpanel", ["acme"], import_id=2)
    assert forget_import(1) == ForgottenImport(1, 0)
    assert forget_import(2) == ForgottenImport(1, 1)


def test_what_live_events_stand_on_stays():
    attribute_accounts("segment", ["Acme"], import_id=1)
    attribute_accounts("segment", ["Acme"], import_id=None)
    assert forget_import(1) == ForgottenImport(0, 0)
    assert matches() == {("segment", "Acme"): ("Acme", "new")}


@pytest.mark.parametrize(
    "touch",
    [
        lambda customer: update_customer(customer, segment="smb"),
        lambda customer: add_stakeholders([NewStakeholder(customer, "Ana")]),
        lambda customer: Customer.objects.filter(pk=customer.pk).update(owner=Teammate.objects.create(username="ann")),
        lambda customer: assign_account(source="pendo", account_id="acme-2", customer=customer),
    ],
)
def test_a_customer_somebody_touched_stays(touch):
    attribute_accounts("pendo", ["Acme", "Borealis"], import_id=1)
    touch(Customer.objects.get(name="Acme"))
    assert forget_import(1) == ForgottenImport(accounts=2, customers=1)
    assert Customer.objects.get().name == "Acme"


def test_an_account_that_a_teammate_assigned_stays_where_it_was_put():
    other = create_customer(name="Other")
    attribute_accounts("pendo", ["Acme"], import_id=1)
    assign_account(source="pendo", account_id="Acme", customer=other)
    attribute_accounts("pendo", ["Acme"], import_id=2)
    forget_import(1)
    forget_import(2)
    assert matches() == {("pendo", "Acme"): ("Other", "person")}
    assert not AccountSighting.objects.exclude(account__is_confirmed=True).exists()


def test_undo_leaves_other_imports_customers_alone():
    attribute_accounts("pendo", ["Acme"], import_id=1)
    acme = Customer.objects.get()
    assign_account(source="pendo", account_id="Acme", customer=create_customer(name="Other"))
    attribute_accounts("pendo", ["Borealis"], import_id=2)
    forget_import(2)
    try:
        acme.refresh_from_db()
    except ObjectDoesNotExist:
        pytest.fail("the customer of import 1 went with import 2")


def test_ten_thousand_accounts_take_seconds():
    names = [f"Customer {n}" for n in range(10_000)]
    began = perf_counter()
    attribute_accounts("pendo", names, import_id=1)
    attributed = perf_counter()
    assert forget_import(1) == ForgottenImport(10_000, 10_000)
    assert attributed - began < 15
    assert perf_counter() - attributed < 30


def test_no_query_per_account(django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        attribute_accounts("pendo", [f"Customer {n}" for n in range(150)], import_id=1)
    with django_assert_max_num_queries(30):
        forget_import(1)


# What a platform tells of its accounts


class Told:
    def __init__(self, account_id, name="", domain="", crm_id=""):
        self.account_id, self.name, self.domain, self.crm_id = account_id, name, domain, crm_id


def customer_of(account_id):
    return str(Account.objects.get(source="pendo", account_id=account_id).customer)


def test_a_platforms_words_find_the_customer():
    create_customers(
        [NewCustomer("Acme"), NewCustomer("Bolt", domains=("bolt.example",)), NewCustomer("Cyan", crm_id="001")]
    )
    note_profiles(
        "pendo",
        [Told("a-1", name="ACME"), Told("b-2", name="Something", domain="www.Bolt.example"), Told("c-3", crm_id="001")],
    )
    found = attribute_accounts("pendo", ["a-1", "b-2", "c-3"], import_id=1)
    assert (found.matched, found.created_customers) == (3, 0)
    assert [customer_of(each) for each in ("a-1", "b-2", "c-3")] == ["Acme", "Bolt", "Cyan"]


def test_a_new_customer_is_called_as_the_platform_calls_it():
    note_profiles("pendo", [Told("0017x", name="Northwind Traders"), Told("0018y", name="northwind-traders")])
    attribute_accounts("pendo", ["0017x", "0018y", "0019z"], import_id=1)
    assert [customer_of(each) for each in ("0017x", "0018y", "0019z")] == ["Northwind Traders"] * 2 + ["0019z"]


def test_accounts_may_be_left_to_wait_and_find_a_customer_made_since():
    found = attribute_accounts("pendo", ["acme", "bolt"], import_id=1, makes_customers=False)
    assert (found.waiting, found.created_customers, Customer.objects.count()) == (2, 0, 0)
    assert accounts_table().num_rows == 0
    create_customers([NewCustomer("Acme")])
    again = attribute_accounts("pendo", ["acme"], import_id=2, makes_customers=False)
    assert (again.already_known, customer_of("acme"), customer_of("bolt")) == (1, "Acme", "None")


def test_what_is_told_anew_replaces_what_was_told():
    assert note_profiles("pendo", [Told("a", name="Old"), Told("", name="no id"), Told("b\x00", name="NUL")]) == 1
    note_profiles("pendo", [Told("a", name="New")])
    assert AccountProfile.objects.get().name == "New"
