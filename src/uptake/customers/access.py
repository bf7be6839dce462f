"""Finding the customer somebody means."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from uptake.customers.models import Account, Customer
from uptake.customers.names import name_key
from uptake.kit.errors import ProductError
from uptake.kit.marks import without_steering
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may

if TYPE_CHECKING:
    from django.db.models import QuerySet


class UnknownCustomer(ProductError):
    """No customer fits what was typed; the sentence names the closest."""

    status = 404


class AmbiguousCustomer(ProductError):
    """More than one customer fits; the sentence names them. Guessing would show the wrong numbers."""

    status = 409


def access_customers(teammate: Teammate) -> "QuerySet[Customer]":
    """The customers a teammate may see: all of them, or a CSM's own and those that nobody owns yet.

    A CSM sees the others too, but may not change them, where the workspace says so (UPTAKE_CSM_SEES).
    """
    everybody = Customer.objects.all()
    if may(teammate, Right.SEE_ALL) or settings.UPTAKE.csm_sees == "all":
        return everybody
    return everybody.filter(Q(owner=teammate) | Q(owner=None))


def access_customer(teammate: Teammate, customer_id: int) -> Customer:
    """One customer to look at. Raises UnknownCustomer, whether there is none or it is not theirs to see."""
    customer = access_customers(teammate).filter(pk=customer_id).first()
    if customer is None:
        raise UnknownCustomer(f"There is no customer {customer_id}, or it is not yours.")
    return customer


def access_own_customer(teammate: Teammate, customer_id: int) -> Customer:
    """One customer to change. Raises UnknownCustomer, and NotAllowed where it may only be looked at."""
    customer = access_customer(teammate, customer_id)
    if not may_change(teammate, customer):
        raise NotAllowed(f"{customer} is not yours to change.")
    return customer


def may_change(teammate: Teammate, customer: Customer) -> bool:
    """Whether the teammate may change what belongs to this customer: its tasks, its rating, its drafts."""
    if may(teammate, Right.CHANGE_ALL):
        return True
    return may(teammate, Right.CHANGE_OWN) and customer.owner_id in (None, teammate.pk)


def find_customer(text: str, *, among: "QuerySet[Customer] | None" = None) -> Customer:
    """The customer somebody typed: by number, name, CRM id, account id, else the beginning of the name.

    ``#12`` is always the customer's number. A bare ``12`` is too, unless another customer is called so: many platforms
    number their accounts, and then the reader must say which. Raises UnknownCustomer and AmbiguousCustomer.
    """
    wanted = without_steering(text).strip()  # as names are kept
    among = Customer.objects.all() if among is None else among
    numbered = _by_number(wanted.removeprefix("#"), among)
    if wanted.startswith("#") and numbered:
        return numbered
    called = _called(wanted, among)
    if numbered and called and called != numbered:
        raise AmbiguousCustomer(
            f"“{wanted}” is the number of “{numbered}” and a name of “{called}”; "
            f"write #{numbered.pk} or #{called.pk} to say which."
        )
    found = numbered or called or _beginning(wanted, among)
    if not found:
        raise UnknownCustomer(_unknown(wanted, among))
    return found


def _by_number(text: str, among: "QuerySet[Customer]") -> Customer | None:
    """By id; a number too long for one is none."""
    return among.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None


def _called(text: str, among: "QuerySet[Customer]") -> Customer | None:
    """By a whole name, the strongest kind of name first."""
    return (
        among.filter(slug=name_key(text)).first()
        or (among.filter(crm_id=text).first() if text else None)
        or _only(text, among.filter(pk__in=Account.objects.filter(account_id=text).values("customer")))
    )


def _beginning(text: str, among: "QuerySet[Customer]") -> Customer | None:
    key = name_key(text)
    return _only(text, among.filter(slug__startswith=key)[:4]) if key else None


def _only(text: str, found: Iterable[Customer]) -> Customer | None:
    customers = list(found)
    if len(customers) > 1:
        names = ", ".join(f"“{customer}”" for customer in customers[:3])
        raise AmbiguousCustomer(f"“{text}” may be {names}{' or others' if len(customers) > 3 else ''}; say which.")
    return customers[0] if customers else None


def _unknown(text: str, among: "QuerySet[Customer]") -> str:
    names = dict(among.values_list("slug", "name"))
    if not names:
        return f"There is no customer “{text}”: there are no customers yet."
    closest = [f"“{names[slug]}”" for slug in get_close_matches(name_key(text), names, n=3, cutoff=0)]
    return f"There is no customer “{text}”. The closest: {', '.join(closest)}."
