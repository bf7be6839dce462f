"""Breadth: how many of the features it could use a customer uses."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import month_span
from uptake.metrics.ratios import ratio
from uptake.metrics.windows import Windows, over, placed, within_reach


def breadth(facts: ir.Table, windows: Windows, *, entitlements: ir.Table) -> ir.Table:
    """Available features used at least once in the window, of the available features.

    Unit:   ratio 0–1.
    In:     entitlements: customer_id, feature_id, from_day, to_day (null: open).
    Out:    customer_id, as_of, breadth, features_used (of the available ones; ``features_behind`` names them),
            features_available, is_entitled (the available ones are those granted, else all seen in the portfolio).
    Absent: null without history, without available features, and where a month's total that reaches into the window
            leaves open whether something was used; 0 with history and nothing in the window.
    Source: docs/definitions.md#breadth
    """
    used = _used(facts, windows, entitlements)
    used = used.group_by("customer_id", "as_of").agg(all_used=used.count(), granted_used=used.is_granted.sum())
    rows = over(windows, used)
    rows = rows.join(available_features(facts, windows, entitlements=entitlements), ["customer_id", "as_of"])
    count = ibis.ifelse(rows.is_entitled, rows.granted_used, rows.all_used)
    is_silent = rows.days.notnull() & ~rows.has_month_totals
    count = ibis.ifelse(rows.all_used.notnull() | is_silent, count.fill_null(0), ibis.null("int64"))
    return rows.select(
        "customer_id",
        "as_of",
        "features_available",
        "is_entitled",
        features_used=count,
        breadth=ratio(count, rows.features_available),
    )


def features_behind(facts: ir.Table, windows: Windows, *, entitlements: ir.Table) -> ir.Table:
    """The features behind ``features_used``: customer_id, as_of, feature_id, uses, active_days, first_on, last_on.

    The days are null for a feature that only month's totals name.
    """
    used = _used(facts, windows, entitlements)
    available = available_features(facts, windows, entitlements=entitlements)
    used = used.join(available.select("customer_id", "as_of", "is_entitled"), ["customer_id", "as_of"])
    return used.filter(used.is_granted | ~used.is_entitled).drop("is_granted", "is_entitled")


def available_features(facts: ir.Table, windows: Windows, *, entitlements: ir.Table) -> ir.Table:
    """Features that the entitlements in force on the as-of day grant; without any, all seen up to it in the portfolio.

    Unit:   features.
    Out:    customer_id, as_of, features_available, is_entitled.
    Absent: null without history.
    Source: docs/definitions.md#available_features
    """
    granted = granted_features(windows, entitlements)
    granted = granted.group_by("customer_id", "as_of").agg(granted=granted.count())
    seen = seen_features(facts, windows)
    seen = seen.group_by("as_of").agg(seen=seen.count())
    rows = over(windows, granted)
    rows = rows.left_join(seen, "as_of").select("customer_id", "as_of", "history_days", "granted", "seen")
    count = ibis.coalesce(rows.granted, rows.seen, 0)
    return rows.select(
        "customer_id",
        "as_of",
        features_available=ibis.ifelse(rows.history_days.notnull(), count, ibis.null("int64")),
        is_entitled=rows.granted.notnull(),
    )


def granted_features(windows: Windows, entitlements: ir.Table) -> ir.Table:
    """Features granted on the as-of day, each once: customer_id, as_of, feature_id."""
    spans = windows.spans.select("as_of")
    granted = entitlements.join(
        spans,
        [
            entitlements.from_day.isnull() | (entitlements.from_day <= spans.as_of),
            entitlements.to_day.isnull() | (entitlements.to_day >= spans.as_of),
        ],
    )
    return granted.filter(granted.feature_id.notnull()).select("customer_id", "as_of", "feature_id").distinct()


def seen_features(facts: ir.Table, windows: Windows) -> ir.Table:
    """Features used by anybody in the portfolio up to the as-of day, each once: as_of, feature_id."""
    used = facts.filter(facts.feature_id.notnull())
    firsts = month_span(used.group_by("feature_id", is_month_total=used.grain == "month").agg(day=used.day.min()))
    firsts = firsts.group_by("feature_id").agg(first_number=firsts.day_number.min())
    spans = windows.spans
    seen = firsts.join(spans, firsts.first_number <= spans.as_of_number)
    return seen.select("as_of", "feature_id")


def _used(facts: ir.Table, windows: Windows, entitlements: ir.Table) -> ir.Table:
    """Features used in the window, granted or not: customer_id, as_of, feature_id, uses, active_days, …, is_granted."""
    days = within_reach(facts, windows)
    days = days.filter(days.feature_id.notnull())
    days = days.group_by("customer_id", "feature_id", "day", is_month_total=days.grain == "month").agg(
        uses=days.uses.sum()
    )
    days = placed(month_span(days), windows)
    used = days.group_by("customer_id", "as_of", "feature_id").agg(
        uses=days.uses.sum(),
        active_days=(~days.is_month_total).sum(),
        first_on=days.day.min(where=~days.is_month_total),
        last_on=days.day.max(where=~days.is_month_total),
    )
    granted = granted_features(windows, entitlements).mutate(granted=True)
    rows = used.left_join(granted, ["customer_id", "as_of", "feature_id"])
    return rows.select(*used.columns, is_granted=rows.granted.notnull())
