"""How much the open alerts of a customer weigh on a day: what health may take up of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from django.db.models import Q

from uptake.customers.models import Customer
from uptake.signals.access import access_alerts
from uptake.signals.models import Alert, AlertRun, AlertStatus, Reason, Severity
from uptake.signals.watched import State
from uptake.team.models import Teammate

POINTS: Mapping[str, int] = {Severity.CRITICAL: 40, Severity.HIGH: 25, Severity.MEDIUM: 15, Severity.LOW: 5}
"""What an open alert takes of 100 (docs/definitions.md, section 3)."""

ALERTS = pa.schema(
    [("customer_id", pa.int64()), ("raised_on", pa.date32()), ("closed_on", pa.date32()), ("points", pa.int64())]
)
LOOKS = pa.schema([("as_of", pa.date32())])
LATE = pa.schema([("customer_id", pa.int64()), ("as_of", pa.date32())])

COUNTS = ~Q(status=AlertStatus.HELD) & ~Q(status=AlertStatus.DISMISSED, reason=Reason.DATA)
"""Those held back are nobody's yet, and what was wrong data never was an alert."""


@dataclass(frozen=True)
class Burden:
    """Plain tables, as ``scores.alert_burden`` takes them."""

    alerts: pa.Table
    looks: pa.Table  # the days of usage that were looked at
    late: pa.Table  # customers who could not be judged on such a day, because their usage had not come


@dataclass(frozen=True)
class Counted:
    """An alert that was open on the day, and what it takes."""

    alert: Alert
    points: int


def burden(days: Sequence[date]) -> Burden:
    """All that says how much alerts weighed on these days."""
    newest = {run.as_of: run for run in AlertRun.objects.filter(as_of__in=days).order_by("pk")}
    rows = Alert.objects.filter(COUNTS, raised_on__lte=max(days)).order_by("pk")
    alerts = [
        {"customer_id": customer_id, "raised_on": raised_on, "closed_on": closed_on, "points": POINTS[severity]}
        for customer_id, raised_on, closed_on, severity in rows.values_list(
            "customer_id", "raised_on", "closed_on", "severity"
        )
    ]
    late = [{"customer_id": pk, "as_of": day} for day, run in sorted(newest.items()) for pk in sorted(_late(run))]
    return Burden(
        pa.Table.from_pylist(alerts, ALERTS),
        pa.Table.from_pylist([{"as_of": day} for day in sorted(newest)], LOOKS),
        pa.Table.from_pylist(late, LATE),
    )


def alerts_counted(teammate: Teammate, customer: Customer, day: date) -> list[Counted]:
    """The alerts behind the part, what weighs most first."""
    open_then = Q(raised_on__lte=day) & (Q(closed_on=None) | Q(closed_on__gt=day))
    found = access_alerts(teammate).filter(COUNTS, open_then, customer=customer).order_by("raised_on", "pk")
    return sorted((Counted(alert, POINTS[alert.severity]) for alert in found), key=lambda each: -each.points)


def _late(run: AlertRun) -> set[int]:
    return {customer for states in run.unjudged.values() for customer in states.get(State.LATE, ())}
