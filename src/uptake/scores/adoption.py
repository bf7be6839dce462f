"""Adoption: the portfolio's breadth, depth, recency and stickiness, or the parts of any other model of usage."""

from collections.abc import Callable, Sequence
from datetime import date

import ibis.expr.types as ir

from uptake.kit.days import Period
from uptake.metrics.activity import activation, active_share, usage_trend
from uptake.metrics.breadth import breadth
from uptake.metrics.depth import depth
from uptake.metrics.entitlements import utilization
from uptake.metrics.presence import calendar_stickiness, recency, stickiness
from uptake.metrics.reach import feature_stickiness
from uptake.metrics.sessions import actions_per_session
from uptake.metrics.windows import Windows, windows
from uptake.scores.model import ScoreModel
from uptake.scores.models import PORTFOLIO
from uptake.scores.tables import Tables
from uptake.scores.total import total

MEASURES: dict[str, Callable[[Tables, Windows], ir.Table]] = {
    "breadth": lambda tables, spans: breadth(tables.facts, spans, entitlements=tables.feature_entitlements),
    "depth": lambda tables, spans: depth(tables.facts, spans),
    "recency": lambda _, spans: recency(spans),
    "stickiness": lambda tables, spans: stickiness(tables.facts, spans),
    "calendar_stickiness": lambda tables, spans: calendar_stickiness(tables.facts, spans),
    "activation": lambda tables, spans: activation(tables.facts, spans, seats=tables.seats),
    "usage_trend": lambda tables, spans: usage_trend(tables.facts, spans),
    "actions_per_session": lambda tables, spans: actions_per_session(tables.facts, tables.own_sessions, spans),
    "utilization": lambda tables, spans: utilization(
        tables.facts, spans, seats=tables.seats, limits=tables.limits, readings=tables.readings
    ),
    "feature_stickiness": lambda tables, spans: feature_stickiness(tables.facts, spans),
}
"""The metrics that a component can name, from the tables. ``active_share`` and the last active day are always there."""

KEYS = ("customer_id", "as_of")
WINDOW_COLUMNS = ("first_ever_on", "history_days", "first_day", "last_day", "days", "weeks", "expected_days")


def adoption_scores(
    tables: Tables,
    *,
    as_of: Sequence[date],
    period: Period,
    model: ScoreModel = PORTFOLIO,
    workspace_week: str = "1111100",
) -> ir.Table:
    """Every customer's score on every as-of day, with all that it is made of. One query, whatever their number.

    Out:    one row per customer and as-of day: customer_id, as_of, the window (first_ever_on, history_days,
            first_day, last_day, days, weeks, expected_days), people (active_visitors, licensed_seats, known_visitors,
            seats_or_known, active_share), last_active_on, days_since_active, per component its metric with numerator
            and denominator columns as in metrics/, NAME_value and NAME_points, and present, score, band, reason (``scores.total``).
            For PORTFOLIO: features_used, features_available, is_entitled; median_uses; quiet_days; dau,
            sticky_visitors, sticky_visitor_days, sticky_days.
            For ACCOUNT: features_used, features_available, is_entitled; session_uses, sessions; expected_uses and the
            other parts of usage_trend; entitlements_measured, entitlements_limited, sum_utilization.
    Absent: a customer without usage has a row with null and the reason “no history”.
    """
    spans = windows(tables.facts, tables.customers, as_of=as_of, period=period, workspace_week=workspace_week)
    rows = spans.table.select(*KEYS, *WINDOW_COLUMNS)
    rows = _beside(rows, active_share(tables.facts, spans, seats=tables.seats))
    rows = _beside(rows, recency(spans).select(*KEYS, "last_active_on", "days_since_active"))
    for slug in dict.fromkeys(part.metric for part in model.components):
        if slug not in rows.columns:
            rows = _beside(rows, MEASURES[slug](tables, spans))
    return total(rows, model)


def _beside(rows: ir.Table, measured: ir.Table) -> ir.Table:
    """Both tables' columns in one row. Every metric has a row for every customer and as-of day."""
    new = [column for column in measured.columns if column not in rows.columns]
    return rows.join(measured.select(*KEYS, *new), list(KEYS))
