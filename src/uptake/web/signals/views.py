"""The list of alerts, and one of them with its evidence."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from uptake.customers.access import access_customer
from uptake.signals.access import access_alert, access_alerts
from uptake.signals.models import Alert, AlertRun, AlertStatus, Incident, Notice, Reason, Severity
from uptake.signals.settings import rule_settings
from uptake.team.models import AuditRecord
from uptake.team.rights import Right, may
from uptake.web.asking import teammate_of
from uptake.web.signals import telling
from uptake.web.signals.asked import STATES, WHOSE, Asked
from uptake.web.signals.shown import shown, snooze_days

PER_PAGE = 10


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list."""
    asked, teammate = Asked.of(request), teammate_of(request)
    theirs = access_alerts(teammate)
    among = asked.among(theirs, teammate)
    found = telling.figures(among, teammate)
    chosen = asked.chosen(among)
    part = Paginator(chosen, PER_PAGE).get_page(asked.page)
    run = AlertRun.objects.order_by("-pk").first()
    numbers = telling.numbers(among)
    context = {
        "asked": asked,
        "headline": telling.headline(found, is_narrowed=asked.is_narrowed),
        "deck": telling.deck(found, list(among.shown().select_related("customer").most_severe_first()[:2]), teammate),
        "stats": telling.stats(found),
        "found": found,
        "alerts": shown(list(part), teammate, telling.siblings(theirs)),
        "page": part,
        "pages": [
            (number, asked.query(page=number) if isinstance(number, int) else "")
            for number in part.paginator.get_elided_page_range(part.number)
        ],
        "tabs": [
            (label, asked.query(state=state), numbers[state], asked.state == state) for state, label in STATES.items()
        ],
        "customer": access_customer(teammate, asked.customer) if asked.customer else None,
        "whose": WHOSE.items(),
        "kinds": telling.kinds(),
        "severities": Severity.choices,
        "clear": Asked(whose=asked.whose, state=asked.state).query(),
        "everything": Asked(whose="all", state=asked.state).query(),
        "run": run,
        "unjudged": telling.unjudged(run, teammate),
        "rules": rule_settings(),
        **_doing(),
        **incident_context(request),
    }
    return render(request, "signals/page.html", context)


def incident_context(request: HttpRequest) -> dict[str, object]:
    """What waits for a leader, and what could not be told."""
    incident = Incident.objects.filter(state=Incident.State.OPEN).first()
    held = Alert.objects.filter(incident=incident, status=AlertStatus.HELD).count() if incident else 0
    leads = may(teammate_of(request), Right.SET_ALERT_RULES)
    untold = Notice.objects.filter(state=Notice.State.FAILED).order_by("-pk").first() if leads else None
    newer = untold and Notice.objects.filter(channel=untold.channel, state=Notice.State.SENT, pk__gt=untold.pk).exists()
    return {"incident": incident, "held": held, "may_set": leads, "untold": None if newer else untold}


def _doing() -> dict[str, object]:
    return {"snooze_days": snooze_days(), "reasons": Reason.choices}


@require_safe
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One alert: what it says, what is behind it, what to do, and what was done."""
    return alert_page(request, access_alert(teammate_of(request), alert_id))


def alert_page(request: HttpRequest, found: Alert, *, wrong: str = "", status: int = 200) -> HttpResponse:
    """``wrong``: why what was asked could not be done."""
    history = AuditRecord.objects.filter(customer_id=found.customer_id, details__alert=found.pk)
    context = {
        "each": shown([found], teammate_of(request))[0],
        "history": history.select_related("teammate").order_by("-at", "-pk"),
        "wrong": wrong,
        **_doing(),
    }
    return render(request, "signals/alert.html", context, status=status)


def row(request: HttpRequest, found: Alert) -> HttpResponse:
    """The alert as it stands in the list now."""
    [each] = shown([found], teammate_of(request))
    return render(request, "signals/_alert.html", {"each": each, "just_now": True, **_doing()})
