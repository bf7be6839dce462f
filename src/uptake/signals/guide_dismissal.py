"""Guide dismissal: most in-app guides are waved away."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from uptake.insights.words import counted, percent
from uptake.metrics.attributed import not_human
from uptake.metrics.day_numbers import day_number
from uptake.metrics.ratios import ratio
from uptake.metrics.windows import placed
from uptake.signals.rule import Evidence, Figure, Rule, Threshold, Told, Way
from uptake.signals.told import day_in
from uptake.signals.watched import KEYS, YOUNG_DAYS, State, Watched, about, judged


def guide_dismissal(watched: Watched, days: Sequence[date], values: Mapping[str, float], week: str) -> ir.Table:
    """Customers who dismissed over ``share`` percent of their guide views, every day of ``days``.

    A view is a user, a guide and a day, however many of its steps were seen; it counts as dismissed where the user
    dismissed the guide that day. Visitors whom a rule leaves out do not count.

    In:     thresholds share (%), least_views, period (days).
    Out:    customer_id, as_of, subject (empty), state, views, dismissed, share (0–1), users (distinct), guide_id (the one
            dismissed most), guide_dismissed, period.
    Source: docs/definitions.md, section 5.
    """
    length = int(values["period"])
    spans = watched.windows(watched.tables.facts, days, length, week)
    views = placed(_views(watched), spans)
    guides = views.group_by(*KEYS, "guide_id").agg(guide_dismissed=views.dismissed.sum())
    first = ibis.window(group_by=KEYS, order_by=[ibis.desc("guide_dismissed"), "guide_id"])
    guides = guides.mutate(place=ibis.row_number().over(first))
    guides = guides.filter(guides.place == 0).drop("place")
    found = views.group_by(*KEYS).agg(
        views=views.count(), dismissed=views.dismissed.sum(), users=views.visitor_id.nunique()
    )
    found = found.mutate(share=ratio(found.dismissed, found.views).round(9))
    found = found.filter((found.views >= int(values["least_views"])) & (found.share > values["share"] / 100))
    rows = found.join(guides, list(KEYS)).join(about(spans), list(KEYS))
    rows = judged(
        rows, watched.late(spans), (rows.history_days < YOUNG_DAYS, State.YOUNG), (rows.views > 0, State.HOLDS)
    )
    return rows.select(
        *KEYS,
        "state",
        "views",
        "dismissed",
        "share",
        "users",
        "guide_id",
        "guide_dismissed",
        "history_days",
        "late_source",
        "arrived_until",
        subject=ibis.literal(""),
        period=ibis.literal(length, "int64"),
    )


def _views(watched: Watched) -> ir.Table:
    """customer_id, visitor_id, guide_id, dismissed (1 or 0), day_number, is_month_total, each view once."""
    events, tables = watched.guide_events, watched.tables
    events = events.filter(events.kind.isin(("seen", "dismissed")) & events.visitor_id.notnull())
    if tables.rules:
        events = events.anti_join(not_human(events, tables.rules), "visitor_id")
    events = events.join(tables.portfolio_accounts, ["source", "account_id"])
    views = events.group_by("customer_id", "visitor_id", "guide_id", "day").agg(
        dismissed=(events.kind == "dismissed").cast("int64").max()
    )
    return views.mutate(day_number=day_number(views.day), is_month_total=ibis.literal(False))


def _tell(customer: str, found: Evidence) -> Told:
    guide = found.get("guide", found["guide_id"])  # alerts of older versions keep the id only
    return Told(
        f"{customer} dismisses {percent(found['share'])} of the guides it sees",
        f"{counted(found['dismissed'], 'view')} of {found['views']:,} by {counted(found['users'], 'user')} were dismissed in the "
        f"{counted(found['period'], 'day')} up to {day_in(found, 'as_of')}; “{guide}” most often, "
        f"{counted(found['guide_dismissed'], 'time')}.",
        Figure(percent(found["share"]).removesuffix("%"), "%", "of guide views dismissed"),
    )


def _level(_: Evidence) -> int:
    return 0


def _ways(found: Evidence) -> Sequence[Way]:
    return (Way("What they use instead", "features", {"period": f"{found['period']}d"}),)


RULE = Rule(
    slug="guide_dismissal",
    title="Guides dismissed",
    meaning="Over {share}% of at least {least_views} guide views in {period} days were dismissed.",
    thresholds=(
        Threshold("share", "Share dismissed, over", "%", 60, 1, 99),
        Threshold("least_views", "Guide views, at least", "views", 20, 1, 100_000),
        Threshold("period", "Days looked at", "days", 30, 7, 180),
    ),
    find=guide_dismissal,
    tell=_tell,
    level=_level,
    ways=_ways,
    steps=(
        "Look at the guide that is dismissed most: is it for these users?",
        "Ask a user what would have helped",
        "Limit the guide to those who need it, or take it down",
    ),
)
