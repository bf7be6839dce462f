"""What a kept answer holds that its reader may lose the right to: customers, and people's names.

An answer is worked out once and shown for as long as the conversation stands. Meanwhile a customer may be given to
somebody else, and the reader may get another role.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from uptake.chat.answers import Answer
from uptake.customers.access import access_customers
from uptake.customers.models import Customer
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

LOST = "You may no longer see this answer; ask again."
_ADDRESS = re.compile(r"/customers/([0-9]{1,15})/")


def held(teammate: Teammate, answer: Answer) -> dict[str, Any]:
    """To be kept beside the answer: the customers in it, and whether it may name people."""
    known = access_customers(teammate).order_by().values_list("pk", "name")
    return {"holds": {"customers": _in(answer.to_json(), known), "people": may(teammate, Right.SEE_PEOPLE)}}


def may_still_see(teammate: Teammate, parts: Mapping[str, Any]) -> bool:
    """Whether the reader may see today what the answer in these parts of a message holds."""
    holds = parts.get("holds")
    if holds is None:  # kept before this was noted
        holds = {"customers": _in(parts.get("answer"), Customer.objects.values_list("pk", "name")), "people": True}
    if holds["people"] and not may(teammate, Right.SEE_PEOPLE):
        return False
    named = Customer.objects.filter(pk__in=holds["customers"])
    return may(teammate, Right.SEE_ALL) or not named.exclude(pk__in=access_customers(teammate).values("pk")).exists()


def _in(told: Any, customers: Iterable[tuple[int, str]]) -> list[int]:
    """The customers that are named, or whose page is linked to."""
    text = "\n".join(_texts(told))
    linked = {int(number) for number in _ADDRESS.findall(text)}
    return sorted({number for number, name in customers if number in linked or _names(text, name)})


def _names(text: str, name: str) -> bool:
    return name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for value in told.values():
            yield from _texts(value)
    elif isinstance(told, (list, tuple)):
        for value in told:
            yield from _texts(value)
