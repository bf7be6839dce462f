"""No login: nobody at the customer was there for a while."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from uptake.insights.words import counted
from uptake.metrics.activity import known_visitors
from uptake.metrics.presence import recency
from uptake.signals.rule import Evidence, Figure, Rule, Threshold, Told, Way
from uptake.signals.told import day_in
from uptake.signals.watched import KEYS, YOUNG_DAYS, State, Watched, about, judged


def no_login(watched: Watched, days: Sequence[date], values: Mapping[str, float], week: str) -> ir.Table:
    """Customers where nobody was active for ``quiet`` days, every day of ``days``; any use counts, log-ins included.

    In:     thresholds quiet (days), least_users (known up to the day; usage that names nobody cannot say, and counts).
    Out:    customer_id, as_of, subject (empty), state, last_on, quiet_days (calendar days since), known_users (null: no
            usage says who).
    States: young under 14 days of history; unmeasured where the newest usage is a month's total.
    Source: docs/definitions.md, section 5.
    """
    quiet = int(values["quiet"])
    facts = watched.tables.facts
    spans = watched.windows(facts, days, quiet, week)
    people = known_visitors(facts, spans).select(*KEYS, known_users="known_visitors")
    rows = about(spans).join(recency(spans), list(KEYS))
    rows = rows.join(people, list(KEYS))
    is_silent = rows.days_since_active >= quiet
    enough = (rows.known_users >= int(values["least_users"])).fill_null(True)
    rows = judged(
        rows,
        watched.late(spans),
        (rows.history_days < YOUNG_DAYS, State.YOUNG),
        (rows.last_active_on.isnull(), State.UNMEASURED),
        (is_silent & enough, State.HOLDS),
    )
    return rows.select(
        *KEYS,
        "state",
        "known_users",
        "history_days",
        "late_source",
        "arrived_until",
        subject=ibis.literal(""),
        last_on=rows.last_active_on,
        quiet_days=rows.days_since_active,
    )


def _tell(customer: str, found: Evidence) -> Told:
    days = counted(found["quiet_days"], "day")
    of = "" if found["known_users"] is None else f" of {counted(found['known_users'], 'known user')}"
    return Told(
        f"Nobody at {customer} was active for {days}",
        f"The last use was on {day_in(found, 'last_on')}; since then nobody{of} was there, up to {day_in(found, 'as_of')}.",
        Figure(f"{found['quiet_days']:,}", "day" if found["quiet_days"] == 1 else "days", "since the last use"),
    )


def _level(found: Evidence) -> int:
    return 3 if found["quiet_days"] >= 30 else 2


def _ways(found: Evidence) -> Sequence[Way]:
    return (
        Way("The last uses before", "rows", {"period": "30d", "as_of": found["last_on"]}),
        Way("Who was there before", "users", {"period": "30d", "as_of": found["last_on"]}, names_people=True),
    )


RULE = Rule(
    slug="no_login",
    title="No log-in",
    meaning="Nobody at the customer was active for {quiet} days. Known users before: at least {least_users}.",
    thresholds=(
        Threshold("quiet", "Days without anybody", "days", 14, 3, 180),
        Threshold("least_users", "Known users, at least", "users", 1, 1, 100_000),
    ),
    find=no_login,
    tell=_tell,
    level=_level,
    ways=_ways,
    steps=(
        "Check that log-in and tracking work for them",
        "Call your contact: has the team or the project changed?",
        "Offer a short session to start again",
    ),
)
