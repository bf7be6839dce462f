"""Leaders give customers to CSMs; nobody else does, and nobody gets one who could not look after it."""

import pytest

from uptake.customers.giving import BadOwner, give_customers, keep_facts, owner_called
from uptake.customers.models import Customer
from uptake.customers.services import create_customer
from uptake.kit.errors import ProductError
from uptake.team.models import AuditRecord, Role
from uptake.team.rights import NotAllowed
from uptake.team.services import add_teammate, switch_teammate

pytestmark = pytest.mark.django_db


def teammate(name, role):
    return add_teammate(email=f"{name}@us.example", role=role, name=name.title())[0]


@pytest.fixture
def team():
    return {
        name: teammate(name, role)
        for name, role in (("ann", Role.CSM), ("ben", Role.CSM), ("lea", Role.LEADER), ("vic", Role.VIEWER))
    }


def test_a_leader_keeps_owner_segment_and_region(team):
    acme = create_customer(name="Acme", owner=team["ann"], segment="Small", region="Europe")
    keep_facts(acme, by=team["lea"], owner=team["ben"], segment="Enterprise")
    acme.refresh_from_db()
    assert (acme.owner, acme.segment, acme.region, acme.is_edited) == (team["ben"], "Enterprise", "Europe", True)
    trail = AuditRecord.objects.get(verb="changed")
    assert (trail.teammate, trail.details["changes"]) == (team["lea"], {"owner": "Ben", "segment": "Enterprise"})
    keep_facts(acme, by=team["lea"], segment="Enterprise")
    assert AuditRecord.objects.filter(verb="changed").count() == 1  # the same again is no change


def test_others_may_not_and_nobody_gets_what_they_cannot_look_after(team):
    acme = create_customer(name="Acme", owner=team["ann"])
    with pytest.raises(NotAllowed):
        keep_facts(acme, by=team["ann"], segment="Enterprise")
    with pytest.raises(NotAllowed):
        give_customers([acme], team["ann"], by=team["ben"])
    with pytest.raises(BadOwner):
        keep_facts(acme, by=team["lea"], owner=team["vic"])
    switch_teammate(team["ben"], active=False)
    with pytest.raises(BadOwner):
        give_customers([acme], team["ben"], by=team["lea"])
    with pytest.raises(ProductError, match="at most 100"):
        keep_facts(acme, by=team["lea"], region="x" * 101)
    assert owner_called("ANN@us.example") == team["ann"]
    assert owner_called(" ") is None
    with pytest.raises(BadOwner):
        owner_called("vic@us.example")


def test_several_are_given_at_once(team):
    some = [create_customer(name=name, owner=team["ann"]) for name in ("Acme", "Birch")]
    birch, cobalt = some[1], create_customer(name="Cobalt", owner=team["ben"])
    assert give_customers([*some, cobalt], team["ben"], by=team["lea"]) == 2
    assert {customer.owner for customer in Customer.objects.all()} == {team["ben"]}
    assert {line.customer_id for line in AuditRecord.objects.filter(verb="changed")} == {each.pk for each in some}
    assert give_customers([birch], None, by=team["lea"]) == 1
    birch.refresh_from_db()
    assert birch.owner is None
