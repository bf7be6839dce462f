"""Which customer belongs to which: a group and its subsidiaries. The numbers of a parent stay its own: nothing is added up."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from django.db import transaction

from uptake.customers.models import Customer, CustomerListLock
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

MOST_LEVELS = 5  # group, region, country, company, site: deeper is a mistake, not a structure

K = TypeVar("K", bound=Hashable)


class BadParent(ProductError):
    """The customer cannot belong to that one."""


def line_above(key: K, parent_of: Callable[[K], K | None]) -> list[K]:
    """The customer and those above it, the nearest first. Raises BadParent where the line comes back to itself."""
    line = [key]
    above = parent_of(key)
    while above is not None:
        if above in line:
            raise BadParent("The line of parents comes back to where it began.")
        line.append(above)
        above = parent_of(above)
    return line


@transaction.atomic
def put_under(customer: Customer, parent: Customer | None, *, by: Teammate) -> Customer:
    """Say to which customer this one belongs; None: to none. Raises NotAllowed and BadParent."""
    require(by, Right.CHANGE_ALL)
    CustomerListLock.take()
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    wanted = parent.pk if parent else None
    if current.parent_id == wanted:
        return current
    parents = dict(Customer.objects.values_list("pk", "parent_id")) | {current.pk: wanted}
    try:
        above = line_above(current.pk, parents.get)
    except BadParent:
        raise BadParent(f"{parent} belongs to {current} itself, so it cannot be its parent.") from None
    if len(above) + _levels_below(current.pk, parents) > MOST_LEVELS:
        raise BadParent(f"Under {parent} there would be more than {MOST_LEVELS} levels of customers.")
    current.parent, current.is_edited = parent, True
    current.save(update_fields=["parent", "is_edited"])
    record(by, "changed", current, customer_id=current.pk, changes={"parent": str(parent or "none")})
    return current


def _levels_below(key: int, parents: dict[int, int | None]) -> int:
    """How many levels of children there are; the line above was found free of circles."""
    level, below = {key}, -1
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        below += 1
    return below
