"""The run: every day of usage that was not looked at yet becomes alerts, in one transaction a day.

Whoever is killed leaves whole days only, and the next one goes on; doing a day again changes nothing.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings as workspace
from django.db import transaction

from uptake.customers.models import Stakeholder
from uptake.lake.models import Import
from uptake.pipeline import scoring
from uptake.pipeline.alerts.facts import Found, falls, found_by
from uptake.pipeline.facts_about import About, about_customers
from uptake.pipeline.freshness import late
from uptake.pipeline.published import published
from uptake.pipeline.stakeholders import visitor_ids
from uptake.pipeline.state import state
from uptake.pipeline.sync.models import Guide
from uptake.pipeline.sync.visitors import email_key
from uptake.signals.applying import Applied, Finding, apply_day, incident_for
from uptake.signals.models import LIVE, Alert, AlertPolicy, AlertRun, AlertStatus, Incident, Notice
from uptake.signals.rule import COOLDOWN, Rule
from uptake.signals.services import release_incident
from uptake.signals.settings import Setting, policy, rule_settings
from uptake.signals.severity import severity_of
from uptake.signals.watched import State
from uptake.team.models import Teammate

MOST_DAYS = 31
"""After a longer pause the days before are left out: nobody acts on what was a month ago."""

APART = frozenset({"customer_id", "subject", "state", "late_source", "arrived_until"})
"""Columns of a finding that are no evidence of it."""


@dataclass(frozen=True)
class Ran:
    """One day's outcome."""

    as_of: date
    applied: Applied


def token() -> str:
    """Changes with everything that alerts are found in: facts, mappings, the day, and the rules."""
    rules = [(each.rule.slug, each.is_on, sorted(each.values.items())) for each in rule_settings()]
    return hashlib.sha256(repr((state(), rules)).encode()).hexdigest()[:16]


def run_what_is_due() -> list[Ran]:
    """Look at every day that is due, oldest first. Nothing while an import is under way, and nothing twice.

    Without usage there is nothing to do.
    """
    if is_import_under_way():
        return []
    try:
        newest = scoring.newest_day()
    except scoring.NothingToScore:
        return []
    now = token()
    days = days_due(newest, now)
    if not days:
        return []
    known = published()
    settings = [each for each in rule_settings() if each.is_on]
    found = {each.rule.slug: by_day(found_by(each, known, days)) for each in settings}
    fallen = falls(known, days)
    ran = []
    for day in days:
        if is_import_under_way() or token() != now:
            break  # what was found is out of date; the next look begins anew
        findings = _findings(day, settings, {slug: rows.get(day, []) for slug, rows in found.items()})
        done = _apply(day, now, findings, settings, fallen[day], days[-1])
        if done is not None:
            ran.append(Ran(day, done))
    return ran


def days_due(newest: date, now: str) -> list[date]:
    """From the day after the last one looked at up to the newest; the newest again where facts or rules changed."""
    last = AlertRun.objects.order_by("-pk").first()
    if last is None or last.as_of > newest:  # never looked, or an import was undone
        return [newest]
    if last.as_of == newest:
        return [] if last.token == now else [newest]
    first = max(last.as_of + timedelta(days=1), newest - timedelta(days=MOST_DAYS - 1))
    return [first + timedelta(days=ahead) for ahead in range((newest - first).days + 1)]


def is_import_under_way() -> bool:
    """Whether facts are being brought in or taken out, or something of that is still to be settled."""
    return Import.objects.exclude(step="").exclude(state=Import.State.PREVIEW).exists()


def by_day(rows: Sequence[Found]) -> dict[date, list[Found]]:
    """as_of -> rows."""
    told: dict[date, list[Found]] = {}
    for row in rows:
        told.setdefault(row["as_of"], []).append(row)
    return told


@transaction.atomic
def _apply(
    day: date, now: str, findings: Sequence[Finding], settings: Sequence[Setting], fallen: tuple[int, int], newest: date
) -> Applied | None:
    """One day, whole or not at all. None: another process has done it meanwhile."""
    policy()
    AlertPolicy.objects.select_for_update().get(pk=1)  # one at a time
    if day not in days_due(newest, now):
        return None
    incident = incident_for(day, fallen=fallen[0], customers=fallen[1])
    cooldowns = {each.rule.slug: each.values[COOLDOWN.name] for each in settings}
    applied = apply_day(day, findings, cooldowns=cooldowns, incident=incident)
    AlertRun.objects.create(
        as_of=day,
        token=now,
        raised=len(applied.raised),
        updated=applied.updated,
        resolved=applied.resolved,
        held=applied.held,
        unjudged=_unjudged(findings),
    )
    if applied.raised:
        tell_slack([alert.pk for alert in applied.raised])
    return applied


def _unjudged(findings: Sequence[Finding]) -> dict[str, dict[str, list[int]]]:
    told: dict[str, dict[str, dict[int, None]]] = {}
    for each in findings:
        if each.state != State.HOLDS:
            told.setdefault(each.rule, {}).setdefault(each.state, {})[each.customer_id] = None
    return {rule: {state: list(customers) for state, customers in states.items()} for rule, states in told.items()}


def _findings(day: date, settings: Sequence[Setting], rows: Mapping[str, Sequence[Found]]) -> list[Finding]:
    about = about_customers(on=day)
    people = people_named([int(row["subject"]) for row in rows.get("champion_quiet", ())])
    found = [
        finding_of(row, each.rule, day, about[row["customer_id"]], people)
        for each in settings
        for row in rows[each.rule.slug]
        if row["customer_id"] in about
    ]
    return [*found, *_late(day, settings, about.keys(), {each.key for each in found})]


def _late(
    day: date, settings: Sequence[Setting], known: Collection[int], told: Collection[tuple[str, int, str]]
) -> list[Finding]:
    """Whose usage has not come: no rule judges them, and what stands open at them stays as it was."""
    missing = late(day).keys() & set(known)
    rules = [each.rule.slug for each in settings]
    live = Alert.objects.filter(status__in=LIVE, rule__in=rules).values_list("rule", "customer_id", "subject")
    keys = {key for key in live if key[1] in missing} | {(rule, customer, "") for rule in rules for customer in missing}
    return [Finding(*key, state=State.LATE) for key in sorted(keys.difference(told))]


People = Mapping[str, Mapping[str, str]]


def people_named(stakeholders: Sequence[int]) -> People:
    """stakeholder's number as text -> name, role, visitor_key (the id under which they came last): what of an alert only
    some roles read.
    """
    if not stakeholders:
        return {}
    ids = visitor_ids(published())
    rows = Stakeholder.objects.filter(pk__in=stakeholders).values_list("pk", "name", "role", "email")
    return {
        str(pk): {"name": name, "role": role, "visitor_key": next(iter(ids.get(pk, ())), email_key(email))}
        for pk, name, role, email in rows
    }


def finding_of(row: Found, rule: Rule, day: date, about: About, people: People) -> Finding:
    """A row as the alert keeps it: plain values, who is named apart."""
    evidence = evidence_of(row, people)
    holds = row["state"] == State.HOLDS
    return Finding(
        rule=rule.slug,
        customer_id=row["customer_id"],
        subject=row["subject"],
        state=row["state"],
        evidence=evidence,
        severity=severity_of(rule, evidence, day=day, renews_on=about["renews_on"]) if holds else "low",
        arr=about["arr"],
    )


def evidence_of(row: Found, people: People) -> dict[str, object]:
    """Fit for JSON."""
    told = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in APART
    }
    told["subject"] = row["subject"]
    if row["subject"] in people:
        told["people"] = dict(people[row["subject"]])
    if "guide_id" in row:
        told["guide"] = _guide_called(str(row["guide_id"]))
    return told


def _guide_called(guide_id: str) -> str:
    """Its name where the platform told one: nobody knows a guide by its id."""
    return Guide.objects.filter(guide_id=guide_id).values_list("name", flat=True).first() or guide_id


@transaction.atomic
def release_held(incident: Incident, *, by: Teammate) -> int:
    """The fall is real: the alerts held back are raised, and Slack hears of them. How many.

    Raises NotAllowed and IncidentDecided.
    """
    held = list(incident.alerts.filter(status=AlertStatus.HELD).values_list("pk", flat=True))
    released = release_incident(incident, by=by)
    if held:
        tell_slack(held)
    return released


def tell_slack(alerts: Sequence[int]) -> None:
    """Where Slack is set up, within the transaction that raised them."""
    if workspace.UPTAKE.slack_webhook:
        Notice.objects.create(channel=Notice.Channel.SLACK, alerts=list(alerts))


def last_look() -> date | None:
    """The day of usage that was looked at last; None: none was."""
    last = AlertRun.objects.order_by("-pk").first()
    return last.as_of if last else None
