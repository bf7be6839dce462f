"""What each role may do (docs/roles.md says it for people). Every door and service asks here."""

from enum import StrEnum

from uptake.kit.errors import ProductError
from uptake.team.models import Role, Teammate


class Right(StrEnum):
    """One thing a teammate may or may not do. Seeing and changing one customer's data is ``customers.access``."""

    SEE_ALL = "see every customer"
    CHANGE_ALL = "change every customer"
    CHANGE_OWN = "change one's own customers"
    SEE_PEOPLE = "see customers' people by name"
    IMPORT = "import usage"
    UNDO = "undo an import"
    EXPORT = "export"
    SET_WEIGHTS = "publish score weights"
    SET_ALERT_RULES = "set alert rules and decide about held alerts"
    EDIT_CATALOGUE = "edit the feature catalogue"
    APPROVE_OUTREACH = "approve what goes out to customers"
    CONNECT = "connect platforms and map accounts"
    MANAGE_TEAM = "manage teammates and keys"
    SEE_AUDIT = "see the audit trail"


_READER = frozenset({Right.SEE_ALL, Right.EXPORT})
_CSM = frozenset({Right.CHANGE_OWN, Right.SEE_PEOPLE, Right.IMPORT, Right.UNDO, Right.EXPORT, Right.APPROVE_OUTREACH})
_RUNS_IT = {Right.SET_WEIGHTS, Right.SET_ALERT_RULES, Right.EDIT_CATALOGUE, Right.CONNECT, Right.SEE_AUDIT}
_LEADER = _CSM | _READER | _RUNS_IT | {Right.CHANGE_ALL}

RIGHTS: dict[str, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.LEADER: _LEADER,
    Role.CSM: _CSM,
    Role.PRODUCT_MANAGER: _READER | {Right.EDIT_CATALOGUE},
    Role.VIEWER: _READER - {Right.EXPORT},
}


class NotAllowed(ProductError):
    """The teammate's role does not allow it; nothing was changed."""

    status = 403


def may(teammate: Teammate, right: Right) -> bool:
    """Whether the role gives the right. Somebody switched off has none."""
    return teammate.is_active and right in RIGHTS.get(teammate.role, frozenset())


def require(teammate: Teammate, right: Right) -> None:
    """Raises NotAllowed saying which roles may."""
    if not may(teammate, right):
        roles = ", ".join(Role(role).label.lower() for role, rights in RIGHTS.items() if right in rights)
        raise NotAllowed(f"Your role does not let you {right}; these do: {roles}.")
