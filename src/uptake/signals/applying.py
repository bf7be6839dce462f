"""A day of usage becomes alerts: raised, updated in place, resolved, or held back. The run calls it, day by day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from uptake.customers.models import Customer
from uptake.signals.life import Step, step
from uptake.signals.models import CLOSED, LIVE, Alert, AlertStatus, Incident
from uptake.signals.rule import Evidence
from uptake.signals.services import note_all
from uptake.team.services import record

FALL = 5.0  # points of score in a day
WIDE_SHARE = 0.15
FEWEST_FALLEN = 3  # one or two customers are no portfolio


@dataclass(frozen=True)
class Finding:
    """What a rule says of a customer on the day."""

    rule: str
    customer_id: int
    subject: str
    state: str
    evidence: Evidence = field(default_factory=dict)
    severity: str = "medium"
    arr: float | None = None

    @property
    def key(self) -> tuple[str, int, str]:
        return self.rule, self.customer_id, self.subject


@dataclass(frozen=True)
class Applied:
    """What a day changed."""

    raised: Sequence[Alert] = ()
    updated: int = 0
    resolved: int = 0
    held: int = 0


def is_wide_fall(fallen: int, customers: int) -> bool:
    """Whether so many customers fell at once that the data is more likely wrong than all of them are leaving."""
    return fallen >= FEWEST_FALLEN and fallen > WIDE_SHARE * customers


def incident_for(day: date, *, fallen: int, customers: int) -> Incident | None:
    """The incident under which alerts of this day are held back; None: there is none, or somebody has decided.

    Opens one for a wide fall of the day, and clears the open one where its own day shows no such fall any more: the
    data came. Within the run's transaction.
    """
    wide = is_wide_fall(fallen, customers)
    current = Incident.objects.select_for_update(of=("self",)).filter(state=Incident.State.OPEN).first()
    if current is not None and current.as_of == day and not wide:
        Alert.objects.filter(
            incident=current, status=AlertStatus.HELD
        ).delete()  # what still holds is raised in a moment
        current.state, current.decided_at = Incident.State.CLEARED, timezone.now()
        current.save(update_fields=["state", "decided_at"])
        record(None, "cleared incident", current, incident=current.pk)
        return None
    if current is None and wide and not Incident.objects.filter(as_of=day).exists():
        current = Incident.objects.create(as_of=day, fallen=fallen, customers=customers)
        record(None, "opened incident", current, incident=current.pk, fallen=fallen, customers=customers)
    return current


def apply_day(
    day: date, findings: Sequence[Finding], *, cooldowns: Mapping[str, float], incident: Incident | None = None
) -> Applied:
    """Bring the alerts of the rules in ``cooldowns`` to what was found on the day. Within the run's transaction.

    Doing it again changes nothing. While an incident is open, what is new is held back with it, and what stands open
    stays as it is: nobody knows what of it is true.
    """
    found = {each.key: each for each in findings}
    live = {_key(alert): alert for alert in _live(cooldowns)}
    closed = _last_closed(day, max(cooldowns.values(), default=0))
    raised, updated, resolved = [], [], []
    for key in sorted({*found, *live}):
        finding, alert = found.get(key), live.get(key)
        todo = step(
            finding.state if finding else None,
            is_live=alert is not None,
            closed_on=closed.get(key),
            day=day,
            cooldown_days=cooldowns[key[0]],
        )
        if alert is not None and incident is not None and alert.status != AlertStatus.HELD:
            continue
        if todo == Step.RAISE and finding is not None:
            raised.append(_raised(finding, day, incident))
        elif todo == Step.UPDATE and alert is not None and finding is not None:
            updated.append(_updated(alert, finding, day))
        elif todo == Step.RESOLVE and alert is not None:
            resolved.append(_resolved(alert, day, finding))
    return _kept(raised, updated, resolved)


def _key(alert: Alert) -> tuple[str, int, str]:
    return alert.rule, alert.customer_id, alert.subject


def _live(cooldowns: Mapping[str, float]) -> Sequence[Alert]:
    known = Alert.objects.select_for_update(of=("self",)).select_related("customer")
    return list(known.filter(rule__in=cooldowns, status__in=LIVE))


def _last_closed(day: date, longest: float) -> dict[tuple[str, int, str], date]:
    """When the last alert of each kind closed, of those whose cooldown may last."""
    rows = (
        Alert.objects.filter(status__in=CLOSED)
        .order_by("closed_on")
        .values_list("rule", "customer_id", "subject", "closed_on")
    )
    return {
        (rule, customer_id, subject): closed_on
        for rule, customer_id, subject, closed_on in rows
        if closed_on is not None and (day - closed_on).days < longest
    }


def _raised(finding: Finding, day: date, incident: Incident | None) -> Alert:
    return Alert(
        rule=finding.rule,
        customer_id=finding.customer_id,
        subject=finding.subject,
        severity=finding.severity,
        status=AlertStatus.OPEN if incident is None else AlertStatus.HELD,
        evidence=dict(finding.evidence),
        arr=finding.arr,
        raised_on=day,
        as_of=day,
        incident=incident,
    )


def _updated(alert: Alert, finding: Finding, day: date) -> Alert:
    alert.evidence, alert.severity, alert.arr, alert.as_of = dict(finding.evidence), finding.severity, finding.arr, day
    return alert


def _resolved(alert: Alert, day: date, finding: Finding | None) -> Alert:
    alert.words = "It no longer holds." if finding is None else "The same weeks a year ago fell alike."
    alert.status, alert.closed_on, alert.closed_at = AlertStatus.RESOLVED, day, timezone.now()
    return alert


def _kept(raised: list[Alert], updated: list[Alert], resolved: list[Alert]) -> Applied:
    customers = Customer.objects.in_bulk([alert.customer_id for alert in raised])
    for alert in raised:
        alert.customer = customers[alert.customer_id]
    raised = Alert.objects.bulk_create(raised)
    Alert.objects.bulk_update(updated, ["evidence", "severity", "arr", "as_of"], batch_size=500)
    Alert.objects.bulk_update(resolved, ["words", "status", "closed_on", "closed_at"], batch_size=500)
    opened = [alert for alert in raised if alert.status == AlertStatus.OPEN]
    note_all(None, "raised alert", opened)
    note_all(None, "resolved alert", resolved)
    return Applied(opened, len(updated), len(resolved), len(raised) - len(opened))
