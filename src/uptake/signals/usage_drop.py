"""Usage drop: uses per expected day fell against the period before."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from uptake.insights.words import counted, percent, whole
from uptake.metrics.activity import usage_trend
from uptake.metrics.day_numbers import day_number
from uptake.signals.rule import Evidence, Figure, Rule, Threshold, Told, Way
from uptake.signals.told import day_in, working_days
from uptake.signals.watched import KEYS, State, Watched, about, judged

YEAR = 364  # whole weeks, so that the same weekdays meet


def usage_drop(watched: Watched, days: Sequence[date], values: Mapping[str, float], week: str) -> ir.Table:
    """Customers whose uses per expected day fell by more than ``fall`` percent, every day of ``days``.

    In:     thresholds fall (%), least_uses (on the expected days before), period (days), alike (points).
    Out:    customer_id, as_of, subject (empty), state, and change (ratio), uses, days, uses_before, days_before (both on
            expected days), change_year_ago (null: no such history), working_week, history_days, period.
    States: young under two periods of history; unmeasured where month's totals reach into them; seasonal where the same
            weeks a year ago fell as well, by at most ``alike`` points less than now.
    Source: docs/definitions.md, section 5.
    """
    length = int(values["period"])
    facts = without_people(watched.tables.facts)
    spans = watched.windows(facts, days, length, week)
    a_year_before = [day - timedelta(days=YEAR) for day in days]
    then = usage_trend(facts, watched.windows(facts, a_year_before, length, week))
    then = then.select(
        "customer_id",
        number=day_number(then.as_of) + YEAR,
        change_year_ago=then.usage_trend.round(9),
        uses_year_ago=then.previous_expected_uses,
    )
    rows = about(spans.of(2 * length)).join(usage_trend(facts, spans), list(KEYS))
    rows = rows.mutate(number=day_number(rows.as_of), change=rows.usage_trend.round(9))
    rows = rows.left_join(then, ["customer_id", "number"]).select(*rows.columns, "change_year_ago", "uses_year_ago")
    enough = rows.previous_expected_uses >= int(values["least_uses"])
    fell = enough & (rows.change < -values["fall"] / 100)
    alike = (
        (rows.uses_year_ago >= int(values["least_uses"]))
        & (rows.change_year_ago < 0)
        & (rows.change >= (rows.change_year_ago - values["alike"] / 100).round(9))
    )
    rows = judged(
        rows,
        watched.late(spans),
        (rows.history_days < 2 * length, State.YOUNG),
        (rows.change.isnull() & rows.has_month_totals, State.UNMEASURED),
        (fell & alike.fill_null(False), State.SEASONAL),
        (fell, State.HOLDS),
    )
    return rows.select(
        *KEYS,
        "state",
        "change",
        "change_year_ago",
        "working_week",
        "history_days",
        "late_source",
        "arrived_until",
        subject=ibis.literal(""),
        uses=rows.expected_uses,
        days=rows.expected_days,
        uses_before=rows.previous_expected_uses,
        days_before=rows.previous_expected_days,
        period=ibis.literal(length, "int64"),
    )


def without_people(facts: ir.Table) -> ir.Table:
    """The same uses by customer and day, naming nobody: what ``usage_trend`` needs, and a fraction of the rows."""
    days = facts.group_by("customer_id", "kind", "day", "grain").agg(uses=facts.uses.sum())
    return days.mutate(visitor_id=ibis.null("string"))


def _tell(customer: str, found: Evidence) -> Told:
    now, before = (working_days(found[name], found["working_week"]) for name in ("days", "days_before"))
    fall = percent(-found["change"])
    season = ""
    if found["change_year_ago"] is not None:
        way = "fell" if found["change_year_ago"] < 0 else "grew"
        season = f" In the same weeks a year ago it {way} by {percent(abs(found['change_year_ago']))}."
    return Told(
        f"Use at {customer} fell by {fall}",
        f"{counted(found['uses'], 'use')} on the {now} up to {day_in(found, 'as_of')}, "
        f"{whole(found['uses_before'])} on the {before} before: {fall} less a day.{season}",
        Figure(f"−{fall.removesuffix('%')}", "%", "uses per expected day"),
    )


def _level(found: Evidence) -> int:
    return 3 if found["change"] <= -0.6 else 2 if found["change"] <= -0.35 else 1


def _ways(found: Evidence) -> Sequence[Way]:
    period = f"{found['period']}d"
    return (
        Way(f"The uses of these {found['period']} days", "rows", {"period": period}),
        Way("Who stayed away", "users", {"period": period, "status": "dormant"}, names_people=True),
    )


RULE = Rule(
    slug="usage_drop",
    title="Usage drop",
    meaning="Uses per expected day fell by more than {fall}% against the {period} days before, with at least "
    "{least_uses} uses before. Not where the same weeks a year ago fell alike, within {alike} points.",
    thresholds=(
        Threshold("fall", "Fall that is too much", "%", 20, 1, 99),
        Threshold("least_uses", "Uses before, at least", "uses", 50, 1, 1_000_000),
        Threshold("period", "Days compared with the days before", "days", 30, 7, 180),
        Threshold("alike", "A year ago alike, within", "points", 10, 0, 100),
    ),
    find=usage_drop,
    tell=_tell,
    level=_level,
    ways=_ways,
    steps=(
        "See who stayed away and what they used",
        "Ask the customer what changed: people, priorities, or something that broke",
        "Agree on one step to bring the use back",
    ),
    seasons=True,
)
