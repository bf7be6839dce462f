"""What a teammate does about an alert, or a leader about alerts that are held back."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from uptake.actions.task.services import create_task
from uptake.insights.words import counted
from uptake.kit.errors import ProductError
from uptake.pipeline.alerts.run import release_held
from uptake.signals.access import told
from uptake.signals.models import Alert, Incident
from uptake.signals.registry import RULE
from uptake.signals.services import (
    BadAlert,
    access_alert,
    access_own_alert,
    acknowledge_alert,
    dismiss_alert,
    drop_incident,
    snooze_alert,
    wake_alert,
)
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.web.asking import teammate_of
from uptake.web.signals.views import alert_page, row

VERBS = ("acknowledge", "dismiss", "snooze", "wake")


@require_POST
def act(request: HttpRequest, alert_id: int, verb: str) -> HttpResponse:
    """Take it up, dismiss it with a reason, snooze it until a day, or wake it. For htmx the row as it is now."""
    if verb not in VERBS:
        raise ProductError("An alert can be acknowledged, dismissed, snoozed or woken.")
    teammate = teammate_of(request)
    found = access_own_alert(teammate, alert_id)
    try:
        changed = _done(request, found, verb, teammate)
    except BadAlert as why:
        if request.headers.get("HX-Request"):
            raise
        return alert_page(request, found, wrong=str(why), status=why.status)
    changed = access_alert(teammate, changed.pk)
    if request.headers.get("HX-Request"):
        return row(request, changed)
    return HttpResponseRedirect(_back(request, changed))


def _done(request: HttpRequest, alert: Alert, verb: str, by: Teammate) -> Alert:
    if verb == "acknowledge":
        return acknowledge_alert(alert, by=by)
    if verb == "wake":
        return wake_alert(alert, by=by)
    if verb == "snooze":
        return snooze_alert(alert, until=_day(request.POST.get("until", "")), by=by)
    return dismiss_alert(alert, reason=request.POST.get("reason", ""), words=request.POST.get("words", ""), by=by)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadAlert(f"“{text[:20]}” is no day; write it as 2026-01-29.") from None


def _back(request: HttpRequest, alert: Alert) -> str:
    """Where the button stood, if that is a page of ours."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if ours else reverse("signals:alert", args=[alert.pk])


@require_POST
def make_task(request: HttpRequest, alert_id: int) -> HttpResponse:
    """A task out of it, with the rule's steps as its checklist. One that is open already is no second one."""
    teammate = teammate_of(request)
    alert = access_own_alert(teammate, alert_id)
    full, nameless = (told(alert, with_people=with_people) for with_people in (True, False))
    task = create_task(
        customer=alert.customer,
        title=full.headline[:200],
        title_without_people=nameless.headline[:200],
        why=full.sentence,
        priority=alert.severity,
        checklist=RULE[alert.rule].steps,
        rule=f"alert: {alert.rule} {alert.subject}".strip(),
        by=teammate,
    )
    messages.success(request, f"“{task.title}” is a task, due {task.due_on:%a %-d %b %Y}.")
    return HttpResponseRedirect(_back(request, alert))


@require_POST
def decide(request: HttpRequest, incident_id: int, verb: str) -> HttpResponse:
    """Raise the alerts that are held back, or drop them."""
    teammate = teammate_of(request)
    require(teammate, Right.SET_ALERT_RULES)
    if verb not in {"release", "drop"}:
        raise ProductError("Alerts that are held back can be released or dropped.")
    incident = Incident.objects.filter(pk=incident_id).first()
    if incident is None:
        raise UnknownIncident(f"There is no incident {incident_id}.")
    if verb == "release":
        messages.success(request, f"{counted(release_held(incident, by=teammate), 'alert')} raised.")
    else:
        messages.success(request, f"{counted(drop_incident(incident, by=teammate), 'alert')} dropped.")
    return HttpResponseRedirect(reverse("signals:page"))


class UnknownIncident(ProductError):
    """There is no such incident."""

    status = 404
