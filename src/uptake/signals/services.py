"""What is done about alerts. Each call is one transaction, leaves a line in the audit trail, and asks whether it may."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from uptake.kit.errors import ProductError
from uptake.signals.access import access_alert, access_alerts, access_own_alert, require_change, routed_to
from uptake.signals.models import CLOSED, LIVE, Alert, AlertStatus, Incident, Reason, today
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record, record_all

__all__ = [
    "AlertClosed",
    "BadAlert",
    "access_alert",
    "access_alerts",
    "access_own_alert",
    "acknowledge_alert",
    "dismiss_alert",
    "drop_incident",
    "release_incident",
    "routed_to",
    "snooze_alert",
    "wake_alert",
]

LONGEST_WORDS = 500
LONGEST_SNOOZE = timedelta(days=366)
DROPPED = "Held back as wrong data, and dropped."


class BadAlert(ProductError):
    """What was asked of an alert cannot be; the sentence says why."""


class AlertClosed(ProductError):
    """The alert was resolved or dismissed while the reader still had it on screen."""

    status = 409


class IncidentDecided(ProductError):
    """Somebody decided about the incident already, or the data came."""

    status = 409


@transaction.atomic
def acknowledge_alert(alert: Alert, *, by: Teammate) -> Alert:
    """Say that one is at it. Doing so again changes nothing. Raises NotAllowed, and AlertClosed."""
    alert = _live_now(alert, by)
    if alert.status == AlertStatus.OPEN:
        alert.status, alert.acknowledged_by, alert.acknowledged_at = AlertStatus.ACKNOWLEDGED, by, timezone.now()
        alert.snoozed_until = None
        alert.save(update_fields=["status", "acknowledged_by", "acknowledged_at", "snoozed_until"])
        _note(by, "acknowledged alert", alert)
    return alert


@transaction.atomic
def dismiss_alert(alert: Alert, *, reason: str, words: str = "", by: Teammate) -> Alert:
    """Close it for a reason; it stays in the history and is not raised again before the rule's cooldown is over.

    Raises NotAllowed, BadAlert for no reason that there is, and AlertClosed when it was resolved meanwhile.
    """
    words = " ".join(words.replace("\x00", "").split())
    if reason not in Reason.values:
        raise BadAlert(f"Say why: {', '.join(Reason.values)}.")
    if reason == Reason.OTHER and not words:
        raise BadAlert("Say in a sentence why; the next person will ask.")
    if len(words) > LONGEST_WORDS:
        raise BadAlert(f"The reason has {len(words)} characters; {LONGEST_WORDS} is the most.")
    alert = _now(alert, by)
    if alert.status == AlertStatus.DISMISSED and (alert.reason, alert.closed_by_id) == (reason, by.pk):
        return alert  # pressed twice
    _require_live(alert)
    alert.status, alert.reason, alert.words = AlertStatus.DISMISSED, reason, words
    alert.closed_on, alert.closed_at, alert.closed_by = alert.as_of, timezone.now(), by
    alert.save(update_fields=["status", "reason", "words", "closed_on", "closed_at", "closed_by"])
    _note(by, "dismissed alert", alert, reason=reason, words=words)
    return alert


@transaction.atomic
def snooze_alert(alert: Alert, *, until: date, by: Teammate) -> Alert:
    """Hide it before a day. Should it resolve meanwhile, it does. Raises NotAllowed, BadAlert, and AlertClosed."""
    if not today() < until <= today() + LONGEST_SNOOZE:
        raise BadAlert(f"{until} cannot be: choose a day after today, within a year.")
    alert = _live_now(alert, by)
    if alert.snoozed_until != until:
        alert.snoozed_until = until
        alert.save(update_fields=["snoozed_until"])
        _note(by, "snoozed alert", alert, until=str(until))
    return alert


@transaction.atomic
def wake_alert(alert: Alert, *, by: Teammate) -> Alert:
    """Show a snoozed one again. Raises NotAllowed, and AlertClosed."""
    alert = _live_now(alert, by)
    if alert.snoozed_until is not None:
        alert.snoozed_until = None
        alert.save(update_fields=["snoozed_until"])
        _note(by, "woke alert", alert)
    return alert


def _now(alert: Alert, by: Teammate) -> Alert:
    """The alert as it is, held until the transaction ends; the reader's copy may be old."""
    current = Alert.objects.select_for_update(of=("self",)).select_related("customer__owner").get(pk=alert.pk)
    require_change(by, current)
    return current


def _live_now(alert: Alert, by: Teammate) -> Alert:
    current = _now(alert, by)
    _require_live(current)
    return current


def _require_live(alert: Alert) -> None:
    if alert.status in CLOSED:
        raise AlertClosed(f"This alert of {alert.customer} was {alert.get_status_display().lower()} meanwhile.")


def _note(by: Teammate | None, verb: str, alert: Alert, **details: object) -> None:
    record(by, verb, alert, customer_id=alert.customer_id, alert=alert.pk, rule=alert.rule, **details)


@transaction.atomic
def release_incident(incident: Incident, *, by: Teammate) -> int:
    """The fall is real: the alerts held back are raised. How many. Raises NotAllowed and IncidentDecided."""
    current = _open_incident(incident, by)
    held = list(
        current.alerts.filter(status=AlertStatus.HELD).select_for_update(of=("self",)).select_related("customer")
    )
    Alert.objects.filter(pk__in=[alert.pk for alert in held]).update(status=AlertStatus.OPEN)
    _decide(current, Incident.State.RELEASED, by)
    note_all(by, "raised alert", held)
    return len(held)


@transaction.atomic
def drop_incident(incident: Incident, *, by: Teammate) -> int:
    """The data is wrong: the alerts held back are closed and never shown. How many.

    They may be raised anew after the cooldown of their rules. Raises NotAllowed and IncidentDecided.
    """
    current = _open_incident(incident, by)
    held = list(
        current.alerts.filter(status=AlertStatus.HELD).select_for_update(of=("self",)).select_related("customer")
    )
    for alert in held:
        alert.status, alert.reason, alert.words = AlertStatus.DISMISSED, Reason.DATA, DROPPED
        alert.closed_on, alert.closed_at, alert.closed_by = alert.as_of, timezone.now(), by
    Alert.objects.bulk_update(held, ["status", "reason", "words", "closed_on", "closed_at", "closed_by"])
    _decide(current, Incident.State.DROPPED, by)
    note_all(by, "dismissed alert", held)
    return len(held)


def _open_incident(incident: Incident, by: Teammate) -> Incident:
    require(by, Right.SET_ALERT_RULES)
    current = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if current.state != Incident.State.OPEN:
        raise IncidentDecided(f"The fall of {current.as_of} was {current.get_state_display().lower()} meanwhile.")
    return current


def _decide(incident: Incident, state: Incident.State, by: Teammate) -> None:
    incident.state, incident.decided_by, incident.decided_at = state, by, timezone.now()
    incident.save(update_fields=["state", "decided_by", "decided_at"])
    record(by, f"{state.value} incident", incident, incident=incident.pk)


def note_all(by: Teammate | None, verb: str, alerts: list[Alert]) -> None:
    """One line of the audit trail for each. Their customers must be known."""
    details = [(alert, alert.customer_id, {"alert": alert.pk, "rule": alert.rule}) for alert in alerts]
    record_all(by, verb, details)


def close_switched_off(rule: str, *, by: Teammate) -> int:
    """The live alerts of a rule that is watched no more; within the transaction of the switch."""
    live = list(
        Alert.objects.select_for_update(of=("self",)).select_related("customer").filter(rule=rule, status__in=LIVE)
    )
    for alert in live:
        alert.status, alert.words = AlertStatus.RESOLVED, "The rule was switched off."
        alert.closed_on, alert.closed_at, alert.closed_by = alert.as_of, timezone.now(), by
    Alert.objects.bulk_update(live, ["status", "words", "closed_on", "closed_at", "closed_by"])
    note_all(by, "resolved alert", live)
    return len(live)
