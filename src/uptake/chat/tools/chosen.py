"""Whom a change is for: customers by name, or the laggards, the leaders, those at risk, all."""

from collections.abc import Callable

from uptake.chat.answers import listed
from uptake.chat.tools.figures import laggards_of, leaders_of, seen
from uptake.chat.tools.tool import MOST_CUSTOMERS, BadArguments, Chosen, access_changed
from uptake.customers.access import access_customers, may_change
from uptake.customers.models import Customer
from uptake.pipeline.insight_view import insights_for
from uptake.team.models import Teammate

DEFAULT_NUMBER = 3
MOST = MOST_CUSTOMERS
"""Customers in one go. Whoever says yes is told how many they are."""


def whom(teammate: Teammate, asked: Chosen) -> list[Customer]:
    """The customers meant, all of them theirs to change. Raises UnknownCustomer, NotAllowed, BadArguments."""
    if asked.customers:
        return _not_too_many(access_changed(teammate, asked.customers))
    if asked.group not in GROUPS:
        raise BadArguments("Say for whom: name customers, or “the 3 laggards”.")
    ids = GROUPS[asked.group](teammate, asked)
    theirs = access_customers(teammate).in_bulk(ids)
    found = [theirs[each] for each in ids if each in theirs and may_change(teammate, theirs[each])]
    if not found:
        raise BadArguments("There is no such customer that is yours to change.")
    return _not_too_many(found[: asked.number] if asked.group == "at risk" and asked.number else found)


def _not_too_many(customers: list[Customer]) -> list[Customer]:
    if len(customers) > MOST:
        raise BadArguments(
            f"That would be {len(customers):,} customers at once; {MOST} is the most. Name some, or take “the 10 laggards”."
        )
    return customers


def _laggards(teammate: Teammate, asked: Chosen) -> list[int]:
    return [row["customer_id"] for row in laggards_of(seen(teammate, asked), asked.number or DEFAULT_NUMBER)]


def _leaders(teammate: Teammate, asked: Chosen) -> list[int]:
    return [row["customer_id"] for row in leaders_of(seen(teammate, asked), asked.number or DEFAULT_NUMBER)]


def _at_risk(teammate: Teammate, _: Chosen) -> list[int]:
    from uptake.chat.tools.noticed import RISKS

    found = insights_for(teammate)
    return list(dict.fromkeys(each.customer_id for each in found if each.kind in RISKS and each.customer_id))


def _all(teammate: Teammate, _: Chosen) -> list[int]:
    return list(access_customers(teammate).filter(is_archived=False).values_list("pk", flat=True))


GROUPS: dict[str, Callable[[Teammate, Chosen], list[int]]] = {
    "laggards": _laggards,
    "leaders": _leaders,
    "at risk": _at_risk,
    "all": _all,
}


def named(customers: list[Customer], most: int = 8) -> str:
    return listed([str(customer) for customer in customers], most)
