"""Whom a form gives a customer to."""

from uptake.customers.giving import BadOwner, possible_owners
from uptake.team.models import Teammate

NOBODY = "none"


def owner_chosen(text: str) -> Teammate | None:
    """The teammate with this number; None where nobody is chosen. Raises BadOwner."""
    if text == NOBODY:
        return None
    owner = (
        possible_owners().filter(pk=int(text)).first()
        if text.isascii() and text.isdecimal() and len(text) < 16
        else None
    )
    if owner is None:
        raise BadOwner("Choose who looks after the customer; the list may have changed, so reload the page.")
    return owner
