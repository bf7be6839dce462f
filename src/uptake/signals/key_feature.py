"""Key feature abandoned: what matters most was used every week, and then no more."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from uptake.insights.words import counted
from uptake.metrics.day_numbers import day_number
from uptake.metrics.windows import placed
from uptake.signals.rule import Evidence, Figure, Rule, Threshold, Told, Way
from uptake.signals.told import day_in
from uptake.signals.watched import KEYS, State, Watched, about, judged


def key_feature_abandoned(watched: Watched, days: Sequence[date], values: Mapping[str, float], week: str) -> ir.Table:
    """Important features used in each of the weeks before and unused since, every day of ``days``.

    In:     thresholds importance (0–100), quiet (days unused), weeks (before these days), least_uses (in the weeks).
    Out:    customer_id, as_of, subject (feature_id), state, feature, importance, uses_before, users_before (distinct, 0:
            none is named), last_on, quiet_days, quiet, weeks.
    States: unmeasured where month's totals reach into the days: they do not say in which week.
    Source: docs/definitions.md, section 5.
    """
    quiet, weeks = int(values["quiet"]), int(values["weeks"])
    tables = watched.tables
    spans = watched.windows(tables.facts, days, quiet + 7 * weeks, week)
    used = _used(tables.facts, key_features(tables.event_names, int(values["importance"])))
    used = placed(used, spans)
    used = used.mutate(age=day_number(used.as_of) - used.day_number)
    before = used.age >= quiet
    found = used.group_by("customer_id", "as_of", "feature_id", "feature", "importance").agg(
        uses_now=used.uses.sum(where=~before).fill_null(0),
        uses_before=used.uses.sum(where=before).fill_null(0),
        weeks_used=((used.age - quiet) // 7).nunique(where=before),
        users_before=used.visitor_id.nunique(where=before),
        last_on=used.day.max(),
    )
    found = found.filter(
        (found.uses_now == 0) & (found.weeks_used == weeks) & (found.uses_before >= int(values["least_uses"]))
    )
    rows = found.join(about(spans), list(KEYS))
    rows = judged(
        rows, watched.late(spans), (rows.has_month_totals, State.UNMEASURED), (rows.weeks_used > 0, State.HOLDS)
    )
    return rows.select(
        *KEYS,
        "state",
        "feature",
        "importance",
        "uses_before",
        "users_before",
        "last_on",
        "history_days",
        "late_source",
        "arrived_until",
        subject=rows.feature_id,
        quiet_days=day_number(rows.as_of) - day_number(rows.last_on),
        quiet=ibis.literal(quiet, "int64"),
        weeks=ibis.literal(weeks, "int64"),
    )


def key_features(event_names: ir.Table, importance: int) -> ir.Table:
    """feature_id (unique), feature, importance, of those that matter so much."""
    named = event_names.filter((event_names.kind == "feature") & (event_names.importance >= importance))
    return named.group_by("feature_id").agg(feature=named.feature.min(), importance=named.importance.max())


def _used(facts: ir.Table, features: ir.Table) -> ir.Table:
    used = facts.filter(facts.feature_id.notnull() & (facts.grain != "month")).join(features, "feature_id")
    used = used.group_by("customer_id", "feature_id", "feature", "importance", "visitor_id", "day").agg(
        uses=used.uses.sum()
    )
    return used.filter(used.uses > 0).mutate(day_number=day_number(used.day), is_month_total=ibis.literal(False))


def _tell(customer: str, found: Evidence) -> Told:
    by = f" by {counted(found['users_before'], 'user')}" if found["users_before"] else ""
    return Told(
        f"{customer} stopped using {found['feature']}",
        f"{found['feature']} (importance {found['importance']}) was used in each of the {found['weeks']} weeks before, "
        f"{counted(found['uses_before'], 'time')}{by}; the last time on {day_in(found, 'last_on')}, "
        f"{counted(found['quiet_days'], 'day')} before {day_in(found, 'as_of')}.",
        Figure("0", "uses", f"in the last {counted(found['quiet'], 'day')}"),
    )


def _level(found: Evidence) -> int:
    return 2 if found["importance"] >= 90 else 1


def _ways(found: Evidence) -> Sequence[Way]:
    filters = {"feature": found["subject"], "period": f"{7 * found['weeks']}d", "as_of": found["last_on"]}
    return (
        Way(f"The uses of {found['feature']} before", "rows", filters),
        Way("All features of the customer", "features", {}),
    )


RULE = Rule(
    slug="key_feature",
    title="Key feature abandoned",
    meaning="A feature of importance {importance} or more, used in each of the {weeks} weeks before (at least {least_uses} "
    "times together), was unused for {quiet} days.",
    thresholds=(
        Threshold("importance", "Importance, at least", "of 100", 70, 0, 100),
        Threshold("quiet", "Days unused", "days", 14, 3, 90),
        Threshold("weeks", "Used in each of the weeks before", "weeks", 4, 1, 12),
        Threshold("least_uses", "Uses in these weeks, at least", "uses", 4, 1, 100_000),
    ),
    find=key_feature_abandoned,
    tell=_tell,
    level=_level,
    ways=_ways,
    steps=(
        "Ask who used the feature whether something broke or was replaced",
        "Check permissions, connections and the last release",
        "Show what is new in it, or send the training",
    ),
)
