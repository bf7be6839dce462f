"""A list taken back: what nobody changed since becomes what it was; the rest stays, and is said."""

import pytest

from uptake.customers.lists.undoing import take_back
from uptake.customers.models import Account, Contract, Customer, Entitlement, Stakeholder
from uptake.customers.services import assign_account, update_customer
from uptake.pipeline.lists.deciding import StillOpen, undo_list
from uptake.pipeline.lists.tests.conftest import written
from uptake.pipeline.lists.told import undone_sentence
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db

LIST = """\
Customer,CRM id,Domain,Segment,Region,Parent,ARR,Currency,Start,Seats,Contact,Contact email
Acme Logistics,A-1,acme.de,Enterprise,Europe,,100,EUR,2026-01-01,10,Marta,marta@acme.example
Cobalt,C-3,cobalt.example,Small,Europe,Acme Logistics,200,EUR,2026-01-01,20,Ada,ada@cobalt.example
"""


def state():
    """Everything that a list may write, as plain values."""
    return {
        "customers": list(Customer.objects.order_by("pk").values()),
        "domains": sorted(Customer.objects.values_list("name", "domains__domain")),
        "contracts": list(Contract.objects.values()),
        "entitlements": list(Entitlement.objects.values()),
        "people": list(Stakeholder.objects.values()),
    }


def test_an_undo_leaves_everything_as_it_was(there, a_list):
    before = state()
    batch = written(a_list(LIST), there.lea)
    assert state() != before
    undone = undo_list(batch, by=there.lea)
    assert state() == before
    assert undone.state == "undone"
    assert undone.report["undone"] == {
        "restored": 3,
        "removed": 7,
        "removedOf": {"stakeholder": 2, "entitlement": 2, "contract": 2, "customer": 1},
        "stayed": 0,
        "stays": [],
    }
    said = "3 values restored; 1 customer, 2 contracts, 2 entitlements, 2 people removed."
    assert undone_sentence(undone.report["undone"]) == said
    assert AuditRecord.objects.filter(verb="removed", subject="Cobalt").count() == 1


def test_what_somebody_changed_since_stays_and_is_told(there, a_list):
    batch = written(a_list(LIST), there.lea)
    update_customer(there.acme, segment="Key account", by=there.ann)
    Contract.objects.filter(customer=there.acme).update(arr=150)
    undone = undo_list(batch, by=there.lea)
    acme = Customer.objects.get(pk=there.acme.pk)
    assert (acme.segment, acme.region, acme.is_edited) == ("Key account", "", True)
    assert Contract.objects.get().arr == 150
    told = undone.report["undone"]
    assert told["stayed"] == len(told["stays"]) == 2
    assert "Acme Logistics: segment was changed since and stays." in told["stays"]


def test_a_customer_that_something_rests_on_stays(there, a_list):
    batch = written(a_list(LIST), there.lea)
    cobalt = Customer.objects.get(name="Cobalt")
    assign_account(source="pendo", account_id="cobalt-1", customer=cobalt)
    undone = undo_list(batch, by=there.lea)
    assert Account.objects.get().customer == cobalt
    assert [each.domain for each in cobalt.domains.all()] == ["cobalt.example"]
    assert undone.report["undone"]["stays"] == ["Cobalt stays: usage, tasks or something else rests on it by now."]


def test_a_parent_stays_while_a_child_does(there, a_list):
    batch = written(a_list("Customer,Segment,Parent\nHolding,Large,\nSite,Small,Holding\n"), there.lea)
    assign_account(source="pendo", account_id="site", customer=Customer.objects.get(name="Site"))
    undo_list(batch, by=there.lea)
    assert Customer.objects.get(name="Site").parent.name == "Holding"


def test_an_earlier_list_under_a_later_one(there, a_list):
    first = written(a_list("Customer,Segment\nBorealis,One\n"), there.lea)
    second = written(a_list("Customer,Segment\nBorealis,Two\n", name="second.csv"), there.lea)
    told = undo_list(first, by=there.lea).report["undone"]
    assert (told["restored"], told["stayed"]) == (0, 1)
    undo_list(second, by=there.lea)
    assert Customer.objects.get(pk=there.borealis.pk).segment == "One"


def test_undone_once(there, a_list):
    batch = written(a_list(LIST), there.lea)
    undo_list(batch, by=there.lea)
    with pytest.raises(StillOpen):
        undo_list(batch, by=there.lea)


def test_a_csm_may_not(there, a_list):
    batch = written(a_list(LIST), there.lea)
    with pytest.raises(NotAllowed):
        undo_list(batch, by=there.ann)


def test_of_an_import_that_wrote_nothing_nothing_is_taken_back(there):
    before = state()
    assert take_back(999_999, by=there.lea).removed == {}
    assert state() == before
