"""Usage alerts: what stands open, what is done about it, and the rules tried on history."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Day, Id, Paged, PageOf, Text, example, paged
from uptake.customers.access import access_customer
from uptake.pipeline.alerts.simulate import MOST_WEEKS, WEEKS, Downturn, Load, Seen, simulate
from uptake.signals.access import access_alert, access_alerts, access_own_alert, evidence_for, routed_to, told
from uptake.signals.models import Alert, Reason, Severity
from uptake.signals.registry import RULE, rule_named
from uptake.signals.services import acknowledge_alert, dismiss_alert, snooze_alert
from uptake.signals.settings import Setting, alert_budget, rule_settings
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require

router = Router(by_alias=True)

Number = Annotated[float, Field(allow_inf_nan=False)]


class AlertsAsked(Paged):
    """Which alerts."""

    state: Literal["open", "snoozed", "closed", "all"] = "open"
    whose: Literal["", "me"] = Field("", description="`me`: those that are the caller's to take up.")
    rule: str = ""
    severity: Literal["", "critical", "high", "medium", "low"] = ""
    customer_id: Id | None = None


ALERT = {
    "alertId": 12,
    "customerId": 7,
    "customer": "Acme Logistics",
    "rule": "usage_drop",
    "title": "Usage drop",
    "severity": "high",
    "status": "open",
    "headline": "Use at Acme Logistics fell by 38%",
    "sentence": "1,204 uses on the 22 working days up to 29 Jan 2026, 1,942 on the 22 working days before: 38% less a day.",
    "evidence": {"change": -0.38, "uses": 1204, "uses_before": 1942, "days": 22, "days_before": 22},
    "steps": ["See who stayed away and what they used"],
    "owner": "Ann Berg",
    "raisedOn": "2026-01-23",
    "asOf": "2026-01-29",
    "snoozedUntil": None,
    "acknowledgedBy": None,
    "acknowledgedAt": None,
    "closedOn": None,
    "reason": "",
    "words": "",
}


class AlertTold(Camel):
    """One alert: a sentence with the customer's own numbers, and the numbers."""

    model_config = example(ALERT)

    alert_id: int
    customer_id: int
    customer: str
    rule: str
    title: str
    severity: str
    status: str
    headline: str
    sentence: str
    evidence: dict[str, Any] = Field(description="The rule's own columns; `people` only for roles that see names.")
    steps: list[str] = Field(description="What to do, in the order to do it.")
    owner: str | None = Field(description="Whose it is; null: nobody's customer, the leaders'.")
    raised_on: date = Field(description="The day of usage on which it first held.")
    as_of: date = Field(description="The day of usage that the numbers are of.")
    snoozed_until: date | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    closed_on: date | None
    reason: str = Field(description="Of a dismissal: agreed, data, unimportant, other.")
    words: str


class Alerts(PageOf):
    """Most severe first; closed ones newest first."""

    model_config = example({"page": 1, "pageSize": 50, "pages": 1, "total": 1, "alerts": [ALERT]})

    alerts: list[AlertTold]


class Dismissal(Camel):
    """Why an alert is dismissed."""

    model_config = example({"reason": "agreed", "words": "They pause until the new budget."})

    reason: Reason
    words: Text = ""


class Snooze(Camel):
    """Until which day it is hidden."""

    model_config = example({"until": "2026-02-09"})

    until: Day


def _told(alert: Alert, teammate: Teammate) -> dict[str, Any]:
    with_people = may(teammate, Right.SEE_PEOPLE)
    said, customer = told(alert, with_people=with_people), alert.customer
    return {
        "alertId": alert.pk,
        "customerId": customer.pk,
        "customer": customer.name,
        "rule": alert.rule,
        "title": RULE[alert.rule].title,
        "severity": alert.severity,
        "status": "snoozed" if alert.is_snoozed else alert.status,
        "headline": said.headline,
        "sentence": said.sentence,
        "evidence": evidence_for(alert, with_people=with_people),
        "steps": list(RULE[alert.rule].steps),
        "owner": str(customer.owner) if customer.owner else None,
        "raisedOn": alert.raised_on,
        "asOf": alert.as_of,
        "snoozedUntil": alert.snoozed_until,
        "acknowledgedBy": str(alert.acknowledged_by) if alert.acknowledged_by else None,
        "acknowledgedAt": alert.acknowledged_at,
        "closedOn": alert.closed_on,
        "reason": alert.reason,
        "words": alert.words,
    }


@router.get("/alerts", response=Alerts, summary="Usage alerts")
def list_alerts(request: HttpRequest, asked: Query[AlertsAsked]) -> dict[str, Any]:
    """Of the customers the caller may see. Alerts that are held back with an incident are nobody's yet."""
    teammate = caller(request)
    found = access_alerts(teammate).select_related("customer__owner", "acknowledged_by")
    if asked.whose == "me":
        found = routed_to(found, teammate)
    if asked.customer_id is not None:
        found = found.filter(customer=access_customer(teammate, asked.customer_id))
    if asked.rule:
        found = found.filter(rule=rule_named(asked.rule).slug)
    if asked.severity:
        found = found.filter(severity=Severity(asked.severity))
    chosen = {
        "open": lambda: found.shown().most_severe_first(),
        "snoozed": lambda: found.snoozed().order_by("snoozed_until", "pk"),
        "closed": lambda: found.closed().order_by("-closed_at", "-pk"),
        "all": lambda: found.order_by("-raised_on", "-pk"),
    }[asked.state]()
    alerts, place = paged(chosen, asked)
    return {**place, "alerts": [_told(alert, teammate) for alert in alerts]}


@router.post("/alerts/{int:alert_id}/acknowledge", response=AlertTold, summary="Take an alert up")
def acknowledge(request: HttpRequest, alert_id: Id) -> dict[str, Any]:
    """The caller is at it. Again changes nothing. 409: it was closed meanwhile."""
    teammate = caller(request)
    acknowledge_alert(access_own_alert(teammate, alert_id), by=teammate)
    return _told(access_alert(teammate, alert_id), teammate)


@router.post("/alerts/{int:alert_id}/dismiss", response=AlertTold, summary="Dismiss an alert")
def dismiss(request: HttpRequest, alert_id: Id, sent: Dismissal) -> dict[str, Any]:
    """Close it for a reason; the same is not raised again before the rule's cooldown is over. 409: closed meanwhile."""
    teammate = caller(request)
    dismiss_alert(access_own_alert(teammate, alert_id), reason=sent.reason, words=sent.words, by=teammate)
    return _told(access_alert(teammate, alert_id), teammate)


@router.post("/alerts/{int:alert_id}/snooze", response=AlertTold, summary="Snooze an alert")
def snooze(request: HttpRequest, alert_id: Id, sent: Snooze) -> dict[str, Any]:
    """Hide it until a day after today. It still resolves by itself. 409: closed meanwhile."""
    teammate = caller(request)
    snooze_alert(access_own_alert(teammate, alert_id), until=sent.until, by=teammate)
    return _told(access_alert(teammate, alert_id), teammate)


THRESHOLDS = {"fall": 20.0, "least_uses": 50.0, "period": 30.0, "alike": 10.0, "cooldown_days": 30.0}
A_RULE = {
    "rule": "usage_drop",
    "title": "Usage drop",
    "says": "Uses per expected day fell by more than 20% against the 30 days before, with at least 50 uses before.",
    "isOn": True,
    "version": 0,
    "thresholds": THRESHOLDS,
}


class RuleTold(Camel):
    """A rule as it is set; version 0: as it comes with Uptake."""

    rule: str
    title: str
    says: str
    is_on: bool
    version: int
    thresholds: dict[str, float]


class AlertRules(Camel):
    """Every rule, and how many alerts a CSM can look after in a week."""

    model_config = example({"budgetPerWeek": 10, "rules": [A_RULE]})

    budget_per_week: int
    rules: list[RuleTold]


class ToSimulate(Camel):
    """Thresholds not named are as they are set."""

    model_config = example({"rule": "usage_drop", "thresholds": {"fall": 30}, "weeks": 12})

    rule: Text
    thresholds: dict[Text, Number] = Field({}, max_length=20)
    weeks: int = Field(WEEKS, ge=1, le=MOST_WEEKS)


class SimulatedWeek(Camel):
    """Seven days."""

    first_day: date
    last_day: date
    alerts: int


class SimulatedAlert(Camel):
    """An alert that would have been raised."""

    customer_id: int
    customer: str
    headline: str
    raised_on: date
    resolved_on: date | None
    held: bool = Field(description="On a day when so many customers fell at once that it would have been held back.")


class DownturnTold(Camel):
    """What really happened, and the first alert that stood in the 60 days before; null: missed."""

    customer_id: int
    customer: str
    on: date
    what: str
    warned_on: date | None


class LoadTold(Camel):
    """One CSM's busiest week; owner null: customers of nobody."""

    owner: str | None
    this_rule: int
    all_rules: int
    weeks_over_budget: int
    weeks_over_by_this_rule: int


class Simulated(Camel):
    """The rule as if it had been watched every day of these weeks, with nobody at work. Nothing is changed."""

    model_config = example(
        {
            "rule": {**A_RULE, "thresholds": {**THRESHOLDS, "fall": 30.0}},
            "firstDay": "2025-11-07",
            "lastDay": "2026-01-29",
            "perWeek": 1.2,
            "standing": 2,
            "weeks": [{"firstDay": "2026-01-23", "lastDay": "2026-01-29", "alerts": 1}],
            "alerts": [
                {
                    "customerId": 7,
                    "customer": "Acme Logistics",
                    "headline": "Use at Acme Logistics fell by 38%",
                    "raisedOn": "2026-01-23",
                    "resolvedOn": None,
                    "held": False,
                }
            ],
            "downturns": [
                {
                    "customerId": 9,
                    "customer": "Birch Foods",
                    "on": "2026-01-15",
                    "what": "fell by 12 points within 30 days",
                    "warnedOn": None,
                }
            ],
            "missed": 1,
            "unjudged": {"young": 2},
            "budgetPerWeek": 10,
            "loads": [
                {"owner": "Ann Berg", "thisRule": 1, "allRules": 4, "weeksOverBudget": 0, "weeksOverByThisRule": 0}
            ],
        }
    )

    rule: RuleTold
    first_day: date
    last_day: date
    per_week: float = Field(description="New alerts a week; those that stood on the first day are counted apart.")
    standing: int
    weeks: list[SimulatedWeek]
    alerts: list[SimulatedAlert]
    downturns: list[DownturnTold]
    missed: int
    unjudged: dict[str, int] = Field(
        description="Customers that were young, late, unmeasured or seasonal on the last day."
    )
    budget_per_week: int
    loads: list[LoadTold]


def _rule(setting: Setting) -> dict[str, Any]:
    return {
        "rule": setting.rule.slug,
        "title": setting.rule.title,
        "says": setting.says,
        "isOn": setting.is_on,
        "version": setting.version,
        "thresholds": dict(setting.values),
    }


@router.get("/alerts/rules", response=AlertRules, summary="Alert rules")
def alert_rules(request: HttpRequest) -> dict[str, Any]:
    """As they are set, and the alert budget. For roles that set them."""
    require(caller(request), Right.SET_ALERT_RULES)
    return {"budgetPerWeek": alert_budget(), "rules": [_rule(setting) for setting in rule_settings()]}


@router.post("/alerts/rules/simulate", response=Simulated, summary="Try an alert rule on history")
def simulate_rule(request: HttpRequest, sent: ToSimulate) -> dict[str, Any]:
    """How many alerts a week, at which customers, and which downturns it would have missed. Nothing is changed."""
    teammate = caller(request)
    require(teammate, Right.SET_ALERT_RULES)
    now = next(each for each in rule_settings() if each.rule is rule_named(sent.rule))
    values = {**now.values, **sent.thresholds}
    found = simulate(sent.rule, by=teammate, values=values, weeks=sent.weeks)
    return {
        "rule": _rule(found.setting),
        "firstDay": found.first_day,
        "lastDay": found.last_day,
        "perWeek": found.per_week,
        "standing": found.standing,
        "weeks": [
            {"firstDay": week.first_day, "lastDay": week.last_day, "alerts": week.alerts} for week in found.weeks
        ],
        "alerts": [_simulated(each) for each in found.alerts],
        "downturns": [_downturn(each) for each in found.downturns],
        "missed": len(found.missed),
        "unjudged": dict(found.unjudged),
        "budgetPerWeek": found.budget,
        "loads": [_load(each) for each in found.loads],
    }


def _simulated(seen: Seen) -> dict[str, Any]:
    return {
        "customerId": seen.customer.pk,
        "customer": seen.customer.name,
        "headline": seen.told.headline,
        "raisedOn": seen.raised_on,
        "resolvedOn": seen.resolved_on,
        "held": seen.was_held,
    }


def _downturn(each: Downturn) -> dict[str, Any]:
    return {
        "customerId": each.customer.pk,
        "customer": each.customer.name,
        "on": each.on,
        "what": each.what,
        "warnedOn": each.warned_on,
    }


def _load(load: Load) -> dict[str, Any]:
    return {
        "owner": str(load.owner) if load.owner else None,
        "thisRule": load.this_rule,
        "allRules": load.all_rules,
        "weeksOverBudget": load.weeks_over,
        "weeksOverByThisRule": load.weeks_over_by_this,
    }
