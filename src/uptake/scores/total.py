"""From metrics to a total, set-wise: values, points, how much was present, and why a score is withheld."""

import functools
import operator

import ibis
import ibis.expr.types as ir

from uptake.scores.bands import band
from uptake.scores.model import Component, ScoreModel

NO_HISTORY = "no history"
NOT_ENOUGH_DATA = "not enough data"


def too_young(model: ScoreModel) -> str:
    """Why a young customer has no score."""
    return f"under {model.least_history_days} days of history"


def total(rows: ir.Table, model: ScoreModel) -> ir.Table:
    """Scores from metrics.

    In:     one row per thing scored: history_days (null: none), and per component a column named as its metric.
    Out:    the same rows with, for each component, NAME_value (0–100; null: absent) and NAME_points (its part of the
            score), and present (share of the weight, 0–1), score (0–100), band, reason (why the score is withheld).
    Absent: a component that is null gives its weight to the others in proportion. Score, points and band are null
            with a reason: no history, under 14 days of history, not enough data (under 70% present). The points of a
            row add up to its score.
    """
    # Few and wide steps: each one on top of a large expression costs compile time.
    present = functools.reduce(operator.add, [_weight_present(rows, part) for part in model.components])
    tolerance = 1e-9  # 0.7 of the weight is enough, however the weights add up as floats
    rows = rows.mutate(
        **{f"{part.name}_value": part.value(rows[part.metric]) for part in model.components},
        present=present / model.weight,
        reason=ibis.cases(
            (rows.history_days.isnull(), NO_HISTORY),
            (rows.history_days < model.least_history_days, too_young(model)),
            (present / model.weight < model.least_present - tolerance, NOT_ENOUGH_DATA),
        ),
    )
    rows = rows.mutate(**{f"{part.name}_points": _points(rows, part, model) for part in model.components})
    points = [rows[f"{part.name}_points"].fill_null(0.0) for part in model.components]
    score = ibis.ifelse(rows.reason.isnull(), functools.reduce(operator.add, points), ibis.null("float64"))
    return rows.mutate(score=score, band=band(score))


def _weight_present(rows: ir.Table, part: Component) -> ir.FloatingValue:
    return ibis.ifelse(rows[part.metric].notnull(), float(part.weight), 0.0)


def _points(rows: ir.Table, part: Component, model: ScoreModel) -> ir.FloatingValue:
    """The part's share of the score; null where it is absent or the score is withheld."""
    share = part.weight / model.weight
    points = rows[f"{part.name}_value"] * share / rows.present.nullif(0.0)
    return ibis.ifelse(rows.reason.isnull(), points, ibis.null("float64"))
