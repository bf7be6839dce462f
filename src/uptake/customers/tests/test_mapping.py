"""Whose an account is: suggested, said, said in a file, and taken back."""

import pytest

from uptake.customers.mapping import (
    BadMapping,
    Suggesting,
    UnknownMapping,
    changes_of_mapping,
    make_customers_of,
    map_accounts,
    map_by_csv,
    mapping_csv,
    profiles_of,
    undo_mapping,
    waiting,
)
from uptake.customers.models import Account, Customer
from uptake.customers.profiles import note_profiles
from uptake.customers.services import NewCustomer, attribute_accounts, create_customers
from uptake.team.models import Role
from uptake.team.rights import NotAllowed
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db


class Told:
    def __init__(self, account_id, name="", domain="", crm_id=""):
        self.account_id, self.name, self.domain, self.crm_id = account_id, name, domain, crm_id


@pytest.fixture
def lea():
    return add_teammate(email="lea@ours.example", role=Role.LEADER, password="correct horse battery 1")[0]


@pytest.fixture
def accounts():
    """Three customers, and accounts of Pendo that fit none of them."""
    create_customers(
        [NewCustomer("Acme Logistics"), NewCustomer("Bolt & Sons"), NewCustomer("Cyan", domains=("cyan-labs.example",))]
    )
    note_profiles(
        "pendo", [Told("1", name="Acme Logistic"), Told("2", name="Bolt and Sons Ltd"), Told("3", domain="zzz.io")]
    )
    attribute_accounts("pendo", ["1", "2", "3", "cyanlabs"], import_id=5, makes_customers=False)
    return {account.account_id: account for account in Account.objects.all()}


def whose(account_id):
    return str(Account.objects.get(account_id=account_id).customer)


def customer(name):
    return Customer.objects.get(name=name).pk


def test_likely_customers_are_suggested_with_a_reason(accounts):
    told = profiles_of(accounts.values())
    suggesting = Suggesting()
    found = {key: suggesting.suggest(each, told.get(("pendo", key))) for key, each in accounts.items()}
    assert found["1"][0].customer == "Acme Logistics"
    assert found["1"][0].why == "“Acme Logistic” is spelt nearly like it"
    assert found["2"][0].customer == "Bolt & Sons"
    assert found["3"] == []
    assert found["cyanlabs"][0].customer == "Cyan"


def test_mapping_and_taking_it_back(accounts, lea):
    assert waiting(Account.objects.all()).count() == 4
    done = map_accounts(lea, {accounts["1"].pk: customer("Acme Logistics"), accounts["3"].pk: None})
    assert (whose("1"), whose("3")) == ("Acme Logistics", "None")
    assert {each.account_id for each in waiting(Account.objects.all())} == {"2", "cyanlabs"}
    assert [taken for _, taken in changes_of_mapping(lea)] == [True]
    undo_mapping(lea, done.pk)
    assert waiting(Account.objects.all()).count() == 4
    assert Account.objects.get(account_id="1").created_by_import == 5
    assert [taken for _, taken in changes_of_mapping(lea)] == [False]
    with pytest.raises(UnknownMapping):
        undo_mapping(lea, done.pk)


def test_what_was_mapped_again_since_is_taken_back_in_order(accounts, lea):
    first = map_accounts(lea, {accounts["1"].pk: customer("Cyan")})
    second = map_accounts(lea, {accounts["1"].pk: customer("Acme Logistics")})
    with pytest.raises(BadMapping, match="take that back first"):
        undo_mapping(lea, first.pk)
    undo_mapping(lea, second.pk)
    assert whose("1") == "Cyan"


def test_customers_are_made_of_accounts(accounts, lea):
    make_customers_of(lea, [accounts["2"].pk, accounts["3"].pk])
    assert (whose("2"), whose("3")) == ("Bolt and Sons Ltd", "3")
    with pytest.raises(BadMapping, match="some customer's already"):
        make_customers_of(lea, [accounts["2"].pk])


def test_the_file_goes_round(accounts, lea):
    assert mapping_csv(lea).splitlines()[:2] == [
        "source,account,customer,name at the platform",
        "pendo,1,,Acme Logistic",
    ]
    filled = "\ufeffSource;Account;Customer\r\npendo;1;acme logistics\r\npendo;2;Bolt & Sons\r\npendo;3;\r\n"
    change, same = map_by_csv(lea, filled)
    assert (whose("1"), whose("2"), whose("3"), same) == ("Acme Logistics", "Bolt & Sons", "None", 0)
    assert map_by_csv(lea, filled) == (None, 2)
    undo_mapping(lea, change.pk)
    assert whose("1") == "None"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source,account\npendo,1\n", "no column “customer”"),
        ("source,account,customer\npendo,1,Acme Logistics\npendo,77,Cyan\n", "Row 3: pendo has no account “77”"),
        ("source,account,customer\npendo,1,Nobody Known\n", "Row 2: there is no customer “Nobody Known”"),
    ],
)
def test_a_file_that_cannot_be_changes_nothing(accounts, lea, text, said):
    with pytest.raises(BadMapping, match=said):
        map_by_csv(lea, text)
    assert whose("1") == "None"


def test_only_who_connects_platforms_maps(accounts):
    ann, _ = add_teammate(email="ann@ours.example", role=Role.CSM, password="correct horse battery 1")
    for ask in (lambda: map_accounts(ann, {}), lambda: mapping_csv(ann), lambda: undo_mapping(ann, 1)):
        with pytest.raises(NotAllowed):
            ask()
