"""The rules: how they are set, what they would have done, and the alert budget."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from uptake.kit.errors import ProductError
from uptake.pipeline.alerts.simulate import MOST_WEEKS, WEEKS, Simulation, simulate
from uptake.pipeline.scoring import NothingToScore
from uptake.signals.rule import COOLDOWN, BadThreshold, Threshold
from uptake.signals.settings import Setting, alert_budget, change_rule, rule_setting, rule_settings, set_alert_budget
from uptake.team.models import AuditRecord
from uptake.team.rights import Right, require
from uptake.web.asking import teammate_of

MOST_SHOWN = 30
TALLEST = 88.0  # px


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every rule with its thresholds in a sentence."""
    require(teammate_of(request), Right.SET_ALERT_RULES)
    return render(request, "signals/rules.html", {"rules": rule_settings(), "budget": alert_budget()})


@require_POST
def budget(request: HttpRequest) -> HttpResponse:
    """How many alerts a CSM can look after in a week."""
    text = request.POST.get("per_week", "").strip()
    require(teammate_of(request), Right.SET_ALERT_RULES)
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise BadThreshold(f"“{text[:20]}” is no number of alerts.")
    kept = set_alert_budget(int(text), by=teammate_of(request))
    messages.success(request, f"The budget is {kept} alerts a week for each CSM.")
    return HttpResponseRedirect(reverse("signals:rules"))


@dataclass(frozen=True)
class Field:
    """A threshold in the form."""

    threshold: Threshold
    value: str


@dataclass(frozen=True)
class Bar:
    """A week of the drawing."""

    label: str
    alerts: int
    x: str
    middle: str
    width: str
    height: str
    top: str


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """One rule: try other thresholds on history (the address says them), then save them. A POST saves or switches."""
    teammate = teammate_of(request)
    require(teammate, Right.SET_ALERT_RULES)
    setting, wrong, found = rule_setting(slug), "", None
    given = request.POST if request.method == "POST" else request.GET
    typed = {each.name: given.get(each.name, "").strip()[:20] for each in thresholds_of(setting)}
    try:
        values = _values(setting, typed)
        if request.method == "POST" and given.get("do") == "simulate":
            return _to_simulation(setting, {**typed, "weeks": given.get("weeks", "").strip()[:20]})
        if request.method == "POST":
            return _saved(request, setting, values)
        if given:  # replaying weeks takes a moment: not before somebody asks for it
            found = simulate(slug, by=teammate, values=values, weeks=_weeks(given.get("weeks", "")))
    except NothingToScore as why:
        wrong = str(why)
    except ProductError as why:
        wrong = str(why)
    context = {
        "setting": setting,
        "fields": [
            Field(each, typed[each.name] or f"{setting.values[each.name]:g}") for each in thresholds_of(setting)
        ],
        "found": found,
        "is_changed": found is not None and found.setting.values != setting.values,
        "bars": _bars(found) if found else [],
        "shown": found.alerts[:MOST_SHOWN] if found else [],
        "weeks": given.get("weeks") or WEEKS,
        "most_weeks": MOST_WEEKS,
        "wrong": wrong,
        "is_asked": bool(given),
        "versions": AuditRecord.objects.filter(verb="changed alert rule", details__rule=slug).select_related(
            "teammate"
        )[:20],
    }
    return render(request, "signals/rule.html", context, status=400 if wrong and request.method == "POST" else 200)


def _to_simulation(setting: Setting, typed: Mapping[str, str]) -> HttpResponse:
    """The address says what is tried, so that it can be passed on; the form's token stays out of it."""
    return HttpResponseRedirect(f"{reverse('signals:rule', args=[setting.rule.slug])}?{urlencode(typed)}")


def thresholds_of(setting: Setting) -> tuple[Threshold, ...]:
    return (*setting.rule.thresholds, COOLDOWN)


def _values(setting: Setting, typed: Mapping[str, str]) -> dict[str, float]:
    """Those that were typed, the others as they are set. Raises BadThreshold."""
    values = dict(setting.values)
    for each in thresholds_of(setting):
        text = typed[each.name].replace(",", ".")
        if text:
            try:
                values[each.name] = float(text)
            except ValueError:
                raise BadThreshold(f"{each.title}: “{text}” is no number.") from None
    return setting.rule.with_defaults(values)


def _weeks(text: str) -> int:
    if not text:
        return WEEKS
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise ProductError(f"“{text[:20]}” is no number of weeks.")
    return int(text)


def _saved(request: HttpRequest, setting: Setting, values: Mapping[str, float]) -> HttpResponse:
    do = request.POST.get("do", "save")
    is_on = {"on": True, "off": False}.get(do, setting.is_on)
    kept = change_rule(
        setting.rule.slug, is_on=is_on, values=setting.values if do == "off" else values, by=teammate_of(request)
    )
    words = "is watched" if kept.is_on else "is switched off; its open alerts were closed"
    messages.success(request, f"“{kept.rule.title}” {words}. {kept.says if kept.is_on else ''}".strip())
    return HttpResponseRedirect(reverse("signals:rule", args=[setting.rule.slug]))


def _bars(found: Simulation) -> list[Bar]:
    tallest = max([1, *(week.alerts for week in found.weeks)])
    width = 100 / len(found.weeks)
    return [
        Bar(
            label=f"{week.first_day.day} {week.first_day:%b} to {week.last_day.day} {week.last_day:%b}",
            alerts=week.alerts,
            x=f"{width * place + width * 0.12:.2f}%",
            middle=f"{width * (place + 0.5):.2f}%",
            width=f"{width * 0.76:.2f}%",
            height=f"{TALLEST * week.alerts / tallest:.1f}",
            top=f"{100 - TALLEST * week.alerts / tallest:.1f}",
        )
        for place, week in enumerate(found.weeks)
    ]
