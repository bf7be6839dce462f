"""Whose customers an import of a list was about."""

from typing import Any

from uptake.customers.lists.rows import Of
from uptake.customers.lists.writing import MODELS
from uptake.customers.models import ListChange


def touched_customers(import_id: int) -> set[int]:
    """The ids of customers that the list made or changed, or whose contract, entitlement or person."""
    changes = ListChange.objects.filter(import_id=import_id).order_by()
    found = set(changes.filter(of=Of.CUSTOMER).values_list("object_id", flat=True))
    for of in (Of.CONTRACT, Of.ENTITLEMENT, Of.STAKEHOLDER):
        items: Any = MODELS[of]._base_manager.filter(pk__in=changes.filter(of=of).values("object_id"))
        found |= set(items.values_list("customer_id", flat=True))
    return found
