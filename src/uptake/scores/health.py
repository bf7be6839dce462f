"""Health: adoption, engagement, trajectory, event engagement, the CSM's own rating, and usage alerts where weighed.

Two steps, because only the first reads usage: ``health_measures`` holds whatever weights and ratings are, so it can be
kept; ``health_scores`` puts the ratings beside it and weighs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from uptake.kit.days import Period
from uptake.metrics.activity import usage_trend
from uptake.metrics.presence import stickiness
from uptake.metrics.windows import windows
from uptake.scores.adoption import KEYS, adoption_scores
from uptake.scores.alert_burden import alert_burden
from uptake.scores.model import Component, ScoreModel
from uptake.scores.models import HEALTH, PORTFOLIO
from uptake.scores.tables import Tables
from uptake.scores.total import total


class Alerts(NamedTuple):
    """As ``alert_burden`` takes them."""

    alerts: ir.Table
    looks: ir.Table
    late: ir.Table


_OF_THE_TOTAL = ("present", "score", "band", "reason")


def health_measures(
    tables: Tables,
    *,
    as_of: Sequence[date],
    period: Period,
    adoption: ScoreModel = PORTFOLIO,
    workspace_week: str = "1111100",
) -> ir.Table:
    """What health is made of as far as usage tells, for every customer and as-of day.

    Out:    as ``adoption_scores`` without its parts and total; adoption (0–100), stickiness and usage_trend with their
            columns as in metrics/.
    Absent: adoption is null where its score is withheld; the others as their metrics say.
    """
    rows = adoption_scores(tables, as_of=as_of, period=period, model=adoption, workspace_week=workspace_week)
    of_parts = [f"{part.name}_{what}" for part in adoption.components for what in ("value", "points")]
    rows = rows.mutate(adoption=rows.score).drop(*_OF_THE_TOTAL, *of_parts)
    spans = windows(tables.facts, tables.customers, as_of=as_of, period=period, workspace_week=workspace_week)
    for slug, measure in (("stickiness", stickiness), ("usage_trend", usage_trend)):
        if slug not in rows.columns:
            measured = measure(tables.facts, spans)
            new = [column for column in measured.columns if column not in rows.columns]
            rows = rows.join(measured.select(*KEYS, *new), list(KEYS))
    return rows


def health_scores(
    measures: ir.Table,
    *,
    ratings: ir.Table,
    events: ir.Table | None = None,
    alerts: Alerts | None = None,
    model: ScoreModel = HEALTH,
) -> ir.Table:
    """Every customer's health from what was measured.

    In:     measures (``health_measures``); ratings: customer_id, as_of, csm_rating (0–100) of those that have one on
            that day; events: customer_id, as_of, event_engagement (0–100), None while no events are known; alerts: what
            ``alert_burden`` takes, None where nobody ever looked for alerts.
    Out:    measures with csm_rating, event_engagement and alert_burden, and per component NAME_value and NAME_points, and present,
            score, band, reason (``scores.total``).
    Absent: a part that is not measured gives its weight away; under 70% of the weight the score is withheld.
    """
    rows = measures.left_join(ratings, list(KEYS)).select(*measures.columns, "csm_rating")
    if events is None:
        rows = rows.mutate(event_engagement=ibis.null("float64"))
    else:
        rows = rows.left_join(events, list(KEYS)).select(*rows.columns, "event_engagement")
    if alerts is None:
        rows = rows.mutate(
            alert_burden=ibis.null("float64"), alert_points=ibis.null("int64"), open_alerts=ibis.null("int64")
        )
    else:
        rows = alert_burden(rows, alerts=alerts.alerts, looks=alerts.looks, late=alerts.late)
    return total(rows, model)


PHRASES: dict[str, tuple[tuple[float, str], ...]] = {
    "adoption": ((80, "excellent adoption"), (60, "good adoption"), (40, "fair adoption"), (0, "poor adoption")),
    "stickiness": ((80, "daily habit"), (40, "regular visits"), (0, "rare visits")),
    "usage_trend": ((85, "use growing"), (57, "use stable"), (0, "use falling")),
    "event_engagement": ((60, "at our events"), (30, "at some events"), (0, "hardly at events")),
    "csm_rating": ((60, "rated well"), (40, "rated fair"), (0, "rated poor")),
    "alert_burden": ((100, "no open alert"), (60, "open alerts"), (0, "grave open alerts")),
}
"""From which value of a part on which words hold, by metric."""

SHOWN = 3


def why_health(row: Mapping[str, Any], model: ScoreModel) -> str:
    """“fair adoption, use falling, rated poor”: the parts that weigh most; why it is withheld where it is."""
    if row["score"] is None:
        return str(row["reason"])
    present = [part for part in model.components if row[f"{part.name}_value"] is not None and part.weight > 0]
    present.sort(key=lambda part: -part.weight)
    return ", ".join(_phrase(row, part) for part in present[:SHOWN])


def _phrase(row: Mapping[str, Any], part: Component) -> str:
    return next(words for lowest, words in PHRASES[part.metric] if row[f"{part.name}_value"] >= lowest)
