"""All the customers shown, given to one CSM at once: exactly those that the page counted."""

import hashlib
from collections.abc import Mapping
from typing import Any

from uptake.customers.giving import give_customers, possible_owners
from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.pipeline.portfolio import Portfolio
from uptake.team.models import Teammate
from uptake.team.rights import Right, may
from uptake.web.owners import owner_chosen
from uptake.web.portfolio.words import many


class OthersNow(ProductError):
    """The filters fit other customers than the page showed."""

    status = 409


def offered(found: Portfolio, teammate: Teammate) -> dict[str, Any]:
    """What the form needs; nothing for roles that give no customers away."""
    if not may(teammate, Right.CHANGE_ALL):
        return {}
    return {"new_owners": possible_owners(), "seen": _seen(found)}


def _seen(found: Portfolio) -> str:
    """Stands for these customers."""
    numbers = ",".join(str(number) for number in sorted(row["customer_id"] for row in found.rows))
    return hashlib.sha256(numbers.encode()).hexdigest()[:16]


def give(found: Portfolio, posted: Mapping[str, str], by: Teammate) -> str:
    """Give them away; what became of it, in a sentence. Raises OthersNow where the page showed other customers."""
    owner = owner_chosen(posted.get("owner", ""))
    if posted.get("seen") != _seen(found):
        raise OthersNow("The filters fit other customers by now. Nothing was changed; reload the page and look again.")
    customers = list(Customer.objects.filter(pk__in=[row["customer_id"] for row in found.rows]))
    moved = give_customers(customers, owner, by=by)
    whose = f"looked after by {owner}" if owner else "nobody's"
    return f"{many(moved, 'customer').capitalize()} {'is' if moved == 1 else 'are'} now {whose}."
