"""The parts of the settings that a teammate may see."""

from uptake.team.models import Teammate
from uptake.team.rights import Right, may

PARTS = (
    ("My account", "settings:page", None),
    ("Health weights", "settings:health", Right.SET_WEIGHTS),
    ("Team", "settings:team", Right.MANAGE_TEAM),
    ("API keys", "settings:keys", Right.MANAGE_TEAM),
    ("Webhooks", "settings:webhooks", Right.MANAGE_TEAM),
    ("Audit trail", "settings:audit", Right.SEE_AUDIT),
)


def tabs(teammate: Teammate) -> list[tuple[str, str]]:
    """(title, name of the address)."""
    return [(title, name) for title, name, right in PARTS if right is None or may(teammate, right)]
