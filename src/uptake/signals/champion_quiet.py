"""Champion quiet: who spoke for the product stays away."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from uptake.insights.words import counted
from uptake.metrics.day_numbers import day_number, month_span
from uptake.signals.rule import Evidence, Figure, Rule, Threshold, Told, Way
from uptake.signals.told import day_in
from uptake.signals.watched import KEYS, YOUNG_DAYS, State, Watched, about, judged


def champion_quiet(watched: Watched, days: Sequence[date], values: Mapping[str, float], week: str) -> ir.Table:
    """Champions who used the product and were not there for ``quiet`` days, every day of ``days``.

    All of a champion's visitor ids count together (``metrics.stakeholders``). One who was never seen among the users
    is not called quiet: the name may differ. A month's total that names them counts up to the month's end, so nobody is
    called quiet too early.

    In:     thresholds quiet (days), least_days (days on which they were there before).
    Out:    customer_id, as_of, subject (stakeholder_id as text), state, last_on, quiet_days, days_there.
    Source: docs/definitions.md, section 5; insights.champions tells the same of one day.
    """
    facts, champions = watched.tables.facts, watched.champions
    spans = watched.windows(facts, days, int(values["quiet"]), week)
    there = watched.champion_facts
    there = there.mutate(is_month_total=there.grain == "month")
    there = month_span(there.select("customer_id", "stakeholder_id", "day", "is_month_total").distinct())
    there = spans.first_seen_by(there, day_number(there.from_day))
    news = there.group_by("customer_id", "stakeholder_id", "as_of").agg(newest=there.day.max(), more=there.count())
    grid = champions.select("customer_id", "stakeholder_id").distinct().cross_join(spans.spans.select("as_of"))
    rows = grid.left_join(news, [*KEYS, "stakeholder_id"]).select(*grid.columns, "newest", "more")
    so_far = ibis.window(group_by="stakeholder_id", order_by="as_of", preceding=None, following=0)
    rows = rows.mutate(last_on=rows.newest.max().over(so_far), days_there=rows.more.sum().over(so_far))
    rows = rows.join(about(spans), list(KEYS))
    rows = rows.mutate(quiet_days=day_number(rows.as_of) - day_number(rows.last_on))
    is_quiet = (rows.quiet_days >= int(values["quiet"])) & (rows.days_there >= int(values["least_days"]))
    rows = judged(
        rows, watched.late(spans), (is_quiet & (rows.history_days < YOUNG_DAYS), State.YOUNG), (is_quiet, State.HOLDS)
    )
    return rows.select(
        *KEYS,
        "state",
        "last_on",
        "quiet_days",
        "days_there",
        "history_days",
        "late_source",
        "arrived_until",
        subject=rows.stakeholder_id.cast("string"),
    )


def _tell(customer: str, found: Evidence) -> Told:
    people = found.get("people") or {}
    name = people.get("name")
    who = f"{name}, champion at {customer}," if name else f"A champion at {customer}"
    role = f" ({people['role']})" if name and people.get("role") else ""
    days = counted(found["quiet_days"], "day")
    return Told(
        f"{who} has been away for {days}",
        f"{f'{name}{role}' if name else 'The champion'} was last active on {day_in(found, 'last_on')}, {days} before "
        f"{day_in(found, 'as_of')}, after {counted(found['days_there'], 'day')} of use.",
        Figure(f"{found['quiet_days']:,}", "day" if found["quiet_days"] == 1 else "days", "since their last use"),
    )


def _level(found: Evidence) -> int:
    return 2 if found["quiet_days"] >= 60 else 1


def _ways(found: Evidence) -> Sequence[Way]:
    visitor = (found.get("people") or {}).get("visitor_key")
    theirs = Way(
        "What they used before", "rows", {"user": visitor or "", "period": "30d", "as_of": found["last_on"]}, True
    )
    everybody = Way("Everybody at the customer", "users", {"period": "30d"}, names_people=True)
    return (theirs, everybody) if visitor else (everybody,)


RULE = Rule(
    slug="champion_quiet",
    title="Champion quiet",
    meaning="A stakeholder marked champion was inactive for {quiet} days. Days there before: at least {least_days}.",
    thresholds=(
        Threshold("quiet", "Days away", "days", 30, 3, 365),
        Threshold("least_days", "Days there before, at least", "days", 1, 1, 1000),
    ),
    find=champion_quiet,
    tell=_tell,
    level=_level,
    ways=_ways,
    steps=(
        "Find out whether they are away, in another role, or gone",
        "Ask them, or their manager, who takes over",
        "Mark a second champion among the active users",
    ),
)
