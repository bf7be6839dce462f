"""Which alerts a teammate may see, and what of them."""

from typing import TYPE_CHECKING

from django.db.models import Q

from uptake.customers.access import access_customers, may_change
from uptake.kit.errors import ProductError
from uptake.signals.models import Alert, AlertStatus
from uptake.signals.registry import RULE
from uptake.signals.rule import Evidence, Told
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may

if TYPE_CHECKING:
    from uptake.signals.models import AlertQuerySet


class UnknownAlert(ProductError):
    """There is no such alert, or its customer is not the teammate's to see."""

    status = 404


def access_alerts(teammate: Teammate) -> "AlertQuerySet":
    """The alerts of the customers a teammate may see; those held back are nobody's yet."""
    theirs = access_customers(teammate).filter(is_archived=False)
    return Alert.objects.filter(customer__in=theirs).exclude(status=AlertStatus.HELD)


def routed_to(alerts: "AlertQuerySet", teammate: Teammate) -> "AlertQuerySet":
    """Those that are the teammate's to take up: of their own customers; to who leads also those of nobody's.

    A customer whose owner was switched off is nobody's.
    """
    mine = Q(customer__owner=teammate)
    if may(teammate, Right.CHANGE_ALL):
        mine |= Q(customer__owner=None) | Q(customer__owner__is_active=False)
    return alerts.filter(mine)


def access_alert(teammate: Teammate, alert_id: int) -> Alert:
    """One alert to look at. Raises UnknownAlert."""
    found = access_alerts(teammate).select_related("customer__owner", "acknowledged_by", "closed_by")
    alert = found.filter(pk=alert_id).first()
    if alert is None:
        raise UnknownAlert(f"There is no alert {alert_id}, or it is not yours.")
    return alert


def access_own_alert(teammate: Teammate, alert_id: int) -> Alert:
    """One alert to act on. Raises UnknownAlert, and NotAllowed where it may only be looked at."""
    alert = access_alert(teammate, alert_id)
    require_change(teammate, alert)
    return alert


def require_change(teammate: Teammate, alert: Alert) -> None:
    """Raises NotAllowed where the customer is not the teammate's to change."""
    if not may_change(teammate, alert.customer):
        raise NotAllowed(f"{alert.customer} is not yours to change.")


def evidence_for(alert: Alert, *, with_people: bool) -> Evidence:
    """The numbers behind it; without the right, without whoever is named in them."""
    return {name: value for name, value in alert.evidence.items() if with_people or name != "people"}


def told(alert: Alert, *, with_people: bool) -> Told:
    """The alert in words."""
    return RULE[alert.rule].tell(str(alert.customer), evidence_for(alert, with_people=with_people))
