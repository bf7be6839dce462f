"""Finding the customer somebody means."""

from collections.abc import Iterable
from difflib import get_close_matches

from uptake.customers.models import Account, Customer
from uptake.customers.names import name_key
from uptake.kit.errors import ProductError


class UnknownCustomer(ProductError):
    """No customer fits what was typed; the sentence names the closest."""

    status = 404


class AmbiguousCustomer(ProductError):
    """More than one customer fits; the sentence names them. Guessing would show the wrong numbers."""

    status = 409


def find_customer(text: str) -> Customer:
    """The customer somebody typed: by number, name, CRM id, account id, else the beginning of the name.

    ``#12`` is always the customer's number. A bare ``12`` is too, unless another customer is called so: many platforms
    number their accounts, and then the reader must say which. Raises UnknownCustomer and AmbiguousCustomer.
    """
    wanted = text.strip()
    numbered = _by_number(wanted.removeprefix("#"))
    if wanted.startswith("#") and numbered:
        return numbered
    called = _called(wanted)
    if numbered and called and called != numbered:
        raise AmbiguousCustomer(
            f"“{wanted}” is the number of “{numbered}” and a name of “{called}”; "
            f"write #{numbered.pk} or #{called.pk} to say which."
        )
    found = numbered or called or _beginning(wanted)
    if not found:
        raise UnknownCustomer(_unknown(wanted))
    return found


def _by_number(text: str) -> Customer | None:
    """By id; a number too long for one is none."""
    return Customer.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None


def _called(text: str) -> Customer | None:
    """By a whole name, the strongest kind of name first."""
    return (
        Customer.objects.filter(slug=name_key(text)).first()
        or (Customer.objects.filter(crm_id=text).first() if text else None)
        or _only(text, Customer.objects.filter(pk__in=Account.objects.filter(account_id=text).values("customer")))
    )


def _beginning(text: str) -> Customer | None:
    key = name_key(text)
    return _only(text, Customer.objects.filter(slug__startswith=key)[:4]) if key else None


def _only(text: str, found: Iterable[Customer]) -> Customer | None:
    customers = list(found)
    if len(customers) > 1:
        names = ", ".join(f"“{customer}”" for customer in customers[:3])
        raise AmbiguousCustomer(f"“{text}” may be {names}{' or others' if len(customers) > 3 else ''}; say which.")
    return customers[0] if customers else None


def _unknown(text: str) -> str:
    names = dict(Customer.objects.values_list("slug", "name"))
    if not names:
        return f"There is no customer “{text}”: there are no customers yet."
    closest = [f"“{names[slug]}”" for slug in get_close_matches(name_key(text), names, n=3, cutoff=0)]
    return f"There is no customer “{text}”. The closest: {', '.join(closest)}."
