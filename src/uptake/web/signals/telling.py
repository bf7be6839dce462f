"""What the list of alerts says in its headline and figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from uptake.customers.access import access_customers
from uptake.customers.models import Customer
from uptake.insights.small_numbers import many
from uptake.insights.words import counted, money, sentence
from uptake.pipeline.facts_about import about_customers
from uptake.signals.access import told
from uptake.signals.models import Alert, AlertQuerySet, AlertRun, AlertStatus, Severity
from uptake.signals.registry import RULE
from uptake.signals.watched import State
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

LATELY = timedelta(days=30)
GOAL_DAYS = 2
STATES = {
    State.YOUNG: "Young: not enough history yet",
    State.LATE: "Late: usage has not arrived",
    State.UNMEASURED: "Only month’s totals: they do not say on which day",
    State.SEASONAL: "In season: the same weeks a year ago fell alike",
}


@dataclass(frozen=True)
class Figures:
    """How the alerts asked for stand."""

    open: int
    customers: int
    critical: int
    this_week: int
    arr: str  # empty: none known, or in several currencies
    arr_share: float | None  # of the portfolio's
    days_to_take_up: float | None
    recovered: int
    closed: int


def figures(among: AlertQuerySet, teammate: Teammate) -> Figures:
    """A handful of questions to the database."""
    live = among.shown()
    customers = set(live.order_by().values_list("customer_id", flat=True))
    arr, share = _arr(customers, teammate)
    since = timezone.now() - LATELY
    taken = [
        (at - raised).total_seconds() / 86_400
        for raised, at in among.filter(acknowledged_at__gte=since).values_list("raised_at", "acknowledged_at")
        if at is not None
    ]
    lately = among.closed().filter(closed_at__gte=since)
    return Figures(
        open=live.count(),
        customers=len(customers),
        critical=live.filter(severity=Severity.CRITICAL).count(),
        this_week=live.filter(raised_at__gte=timezone.now() - timedelta(days=7)).count(),
        arr=arr,
        arr_share=share,
        days_to_take_up=median(taken) if taken else None,
        recovered=lately.filter(status=AlertStatus.RESOLVED, closed_by=None).count(),
        closed=lately.count(),
    )


def _arr(customers: set[int], teammate: Teammate) -> tuple[str, float | None]:
    """The revenue of these customers in words, and as a share of what the teammate sees; of one currency only."""
    about = about_customers()
    seen = set(access_customers(teammate).order_by().values_list("pk", flat=True))
    rows = [(about[each]["arr"], about[each]["currency"]) for each in customers if each in about]
    currencies = {currency for amount, currency in rows if amount is not None}
    if len(currencies) != 1:
        return "", None
    [currency] = currencies
    behind = sum(amount for amount, _ in rows if amount is not None)
    whole = sum(
        row["arr"] for each, row in about.items() if each in seen and row["currency"] == currency and row["arr"]
    )
    return money(behind, currency), behind / whole if whole else None


def headline(found: Figures, *, is_narrowed: bool) -> str:
    """A finding: how many, and what is behind them."""
    if not found.open:
        return "No alert fits these filters" if is_narrowed else "No alert stands open"
    behind = f", and {found.arr} of ARR behind {'it' if found.open == 1 else 'them'}" if found.arr else ""
    return sentence(f"{many(found.open, 'alert')} at {many(found.customers, 'customer')}{behind}")


def deck(found: Figures, first: Sequence[Alert], teammate: Teammate) -> str:
    """The most severe ones in a line."""
    if not first:
        return ""
    with_people = may(teammate, Right.SEE_PEOPLE)
    said = ". ".join(told(alert, with_people=with_people).headline for alert in first[:2])
    if not found.critical:
        return f"None is critical. {said}."
    return sentence(f"{many(found.critical, 'is critical', 'are critical')}. {said}.")


def stats(found: Figures) -> list[dict[str, Any]]:
    """Label, figure, unit, notes."""
    share = f"{found.arr_share:.0%} of what you see" if found.arr_share is not None else ""
    taken = "–" if found.days_to_take_up is None else f"{found.days_to_take_up:.1f}"
    taken = "< 0.1" if taken == "0.0" else taken
    return [
        {
            "label": "Open",
            "value": f"{found.open:,}",
            "unit": "alert" if found.open == 1 else "alerts",
            "notes": [f"at {counted(found.customers, 'customer')}", f"{found.this_week:,} new in 7 days"],
        },
        {"label": "ARR behind them", "value": found.arr or "–", "unit": "", "notes": [share or "not in one currency"]},
        {
            "label": "Time to take up",
            "value": taken,
            "unit": "days",
            "notes": ["median of 30 days", f"goal {GOAL_DAYS} days"],
        },
        {
            "label": "Recovered",
            "value": f"{found.recovered:,}",
            "unit": f"of {found.closed:,} closed",
            "notes": ["resolved by themselves, 30 days"],
        },
    ]


def unjudged(run: AlertRun | None, teammate: Teammate) -> list[tuple[str, list[Customer], int]]:
    """State in words, a few customers, and how many more; of the last day looked at."""
    if run is None:
        return []
    seen = access_customers(teammate).filter(is_archived=False).in_bulk()
    states: dict[str, set[int]] = {}
    for by_state in run.unjudged.values():
        for state, customers in by_state.items():
            states.setdefault(state, set()).update(each for each in customers if each in seen)
    told = []
    for state, words in STATES.items():
        customers = sorted((seen[each] for each in states.get(state, ())), key=lambda each: each.name.casefold())
        if customers:
            told.append((words, customers[:6], len(customers) - len(customers[:6])))
    return told


def numbers(among: AlertQuerySet) -> dict[str, int]:
    """Of each tab."""
    return {"open": among.shown().count(), "snoozed": among.snoozed().count(), "closed": among.closed().count()}


def siblings(alerts: AlertQuerySet) -> dict[int, int]:
    """customer -> how many of its alerts stand open."""
    return dict(Counter(alerts.shown().order_by().values_list("customer_id", flat=True)))


def kinds() -> list[tuple[str, str]]:
    return [(slug, rule.title) for slug, rule in RULE.items()]
