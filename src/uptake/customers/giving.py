"""Customers given to a CSM, and their segment and region kept: by leaders and admins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import transaction

from uptake.customers.models import Customer, CustomerListLock
from uptake.customers.services import update_customer
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.rights import RIGHTS, Right, require
from uptake.team.services import record_all

if TYPE_CHECKING:
    from django.db.models import QuerySet

LONGEST = {"segment": 100, "region": 100}  # characters, as the database keeps them


class BadOwner(ProductError):
    """Nobody who could look after a customer."""


class Kept(TypedDict, total=False):
    """What may be said of a customer here; what is left out stays."""

    owner: Teammate | None
    segment: str
    region: str


def possible_owners() -> "QuerySet[Teammate]":
    """Who may be a customer's CSM: people who log in and whose role changes customers of their own."""
    roles = [role for role, rights in RIGHTS.items() if Right.CHANGE_OWN in rights]
    everybody = Teammate.objects.filter(is_active=True, is_service=False, role__in=roles)
    return everybody.order_by("first_name", "last_name", "pk")


def owner_called(email: str) -> Teammate | None:
    """The possible owner with this address; None for an empty one. Raises BadOwner."""
    if not email.strip():
        return None
    owner = possible_owners().filter(email__iexact=email.strip()).first()
    if owner is None:
        raise BadOwner(f"Nobody with the address {email.strip()[:100]} can look after a customer.")
    return owner


def keep_facts(customer: Customer, *, by: Teammate, **said: Unpack[Kept]) -> Customer:
    """Say who looks after the customer, and in which segment and region it is. Raises NotAllowed and BadOwner."""
    require(by, Right.CHANGE_ALL)
    _check(**said)
    changes = {name: value for name, value in said.items() if getattr(customer, name) != value}
    return update_customer(customer, by=by, **changes) if changes else customer  # type: ignore[arg-type]


@transaction.atomic
def give_customers(customers: Sequence[Customer], owner: Teammate | None, *, by: Teammate) -> int:
    """Give them all to one teammate, or to nobody; returns how many were somebody else's until now."""
    require(by, Right.CHANGE_ALL)
    _check(owner=owner)
    CustomerListLock.take()
    theirs = Customer.objects.select_for_update().filter(pk__in=[customer.pk for customer in customers])
    moving = [customer for customer in theirs if customer.owner_id != (owner and owner.pk)]
    Customer.objects.filter(pk__in=[customer.pk for customer in moving]).update(owner=owner, is_edited=True)
    told = {"changes": {"owner": str(owner)}}
    record_all(by, "changed", [(customer, customer.pk, told) for customer in moving])
    return len(moving)


def _check(**said: Unpack[Kept]) -> None:
    owner = said.get("owner")
    if owner is not None and not possible_owners().filter(pk=owner.pk).exists():
        raise BadOwner(f"{owner} cannot look after a customer: CSMs, leaders and admins who log in can.")
    for name, longest in LONGEST.items():
        text = said.get(name)
        if isinstance(text, str) and (len(text) > longest or not text.isprintable()):
            raise ProductError(f"The {name} must be one line of at most {longest} characters.")
