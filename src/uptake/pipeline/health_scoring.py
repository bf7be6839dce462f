"""Every customer's health on a day, by the workspace's weights. What usage tells is kept; weighing it is quick."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from uptake.customers.models import Customer
from uptake.kit.days import Period
from uptake.lake import files
from uptake.lake.engine import Engine, engine
from uptake.lake.models import DataFile
from uptake.pipeline import scoring
from uptake.pipeline.at_hand import Bench
from uptake.pipeline.freshness import rows_as_far_as_usage_came, without_late
from uptake.pipeline.kept import kept_or_made, key_of
from uptake.pipeline.models import HealthModel
from uptake.pipeline.published import Published, published, workspace_week
from uptake.pipeline.questions import Question, answer, hold
from uptake.pipeline.scoring import Row, Scores
from uptake.pipeline.state import ByState, measured_state, usage_state
from uptake.scores.model import ScoreModel
from uptake.scores.models import HEALTH, PORTFOLIO
from uptake.signals.burden import burden

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from uptake.scores.tables import Tables

RATINGS = pa.schema([("customer_id", pa.int64()), ("as_of", pa.date32()), ("csm_rating", pa.float64())])


def current_model() -> ScoreModel:
    """Health as the workspace weighs it now."""
    row = HealthModel.objects.filter(is_current=True).first()
    if row is None:
        return HEALTH
    known = {part.name for part in HEALTH.components}
    return HEALTH.with_weights({name: weight for name, weight in row.weights.items() if name in known})


def health_rows(*, as_of: date | None = None, model: ScoreModel | None = None) -> list[Row]:
    """Every customer's health on a day with all that it is made of, best first; by default by the current weights.

    Rows as ``scores.health.health_scores`` gives them, with change and previous_score, customer, segment and why.
    """
    return list(scoring.scores(as_of=as_of, model=model or current_model()).rows)


def health_on(day: date, *, period: Period, model: ScoreModel) -> Scores:
    """As ``scoring.scores``, for health. Call that."""
    return _MADE.get((day, period, model.version), lambda: _made(day, period, model))


_MADE: ByState[Scores] = ByState(measured_state, size=4)
_MEASURED: ByState[tuple[Published, pa.Table]] = ByState(usage_state, size=2)


def _made(day: date, period: Period, model: ScoreModel) -> Scores:
    from uptake.scores.trend import as_of_days_for_trend  # heavy, as all that runs expressions

    days = tuple(as_of_days_for_trend([day], period))
    known, measures = _MEASURED.get((day, period), lambda: _measured(days, period))
    with engine() as opened:
        found = hold(opened, "health", _question(opened, measures, days, model))
        now = answer(opened, Question(scoring.with_trend, found, (day,), (period,))).to_pylist()
        before = answer(opened, Question(scoring.earlier, found, (day,)))
    rows = sorted((_named(row, known, model) for row in now), key=scoring.best_first)
    return without_late(Scores(model, day, period, rows, before))


def health_history(day: date, *, period: Period, model: ScoreModel, known: Published) -> list[Row]:
    """As ``scoring.history``, for health. Call that."""
    from uptake.scores.history import weekly

    first = min(file.first_day for file in files.live(DataFile.Table.USAGE_DAILY))
    days = tuple(weekly(first, day))
    measures = _measures(known, days, period)
    with engine() as opened:
        rows = answer(opened, _question(opened, measures, days, model)).sort_by("as_of").to_pylist()
    return rows_as_far_as_usage_came([_named(row, known, model) for row in rows], day)


def _measured(days: Sequence[date], period: Period) -> tuple[Published, pa.Table]:
    known = published()
    return known, _measures(known, days, period)


def _measures(known: Published, days: Sequence[date], period: Period) -> pa.Table:
    """What usage tells of health, kept like scores: neither weights nor ratings change it."""
    what = f"health-{PORTFOLIO.version}"
    key = key_of(what, known, period, f"{days[0]}..{days[-1]}/{len(days)}")
    return kept_or_made(key, known, days, lambda bench: measures_made(bench, days, period))


def measures_made(bench: Bench, days: Sequence[date], period: Period = scoring.DEFAULT_PERIOD) -> pa.Table:
    """What usage tells of health on these days, as it is kept."""
    return bench.answer(Question(_measure, bench.tables, tuple(days), (period, workspace_week())))


def _measure(tables: "Tables", days: Sequence[date], period: Period, week: str) -> "ir.Table":
    from uptake.scores.health import health_measures

    return health_measures(tables, as_of=days, period=period, workspace_week=week)


def _question(opened: Engine, measures: pa.Table, days: Sequence[date], model: ScoreModel) -> Question:
    told = burden(days)
    tables = (
        opened.small("health_measures", measures),
        opened.small("ratings", _ratings(days)),
        opened.small("health_alerts", told.alerts),
        opened.small("alert_looks", told.looks),
        opened.small("late_customers", told.late),
    )
    return Question(_weighed, tables, of=(model,))


def _weighed(tables: "tuple[ir.Table, ...]", _days: Sequence[date], model: ScoreModel) -> "ir.Table":
    from uptake.scores.health import Alerts, health_scores

    measures, ratings, *alerts = tables
    return health_scores(measures, ratings=ratings, alerts=Alerts(*alerts), model=model)


def _ratings(days: Sequence[date]) -> pa.Table:
    """The CSM's ratings as they stood on each day. Today's holds for the newest day of usage too."""
    rated = Customer.objects.filter(csm_rating__isnull=False, is_archived=False)
    rows = list(rated.order_by("pk").values_list("pk", "csm_rating", "csm_rated_on"))
    newest = scoring.newest_day()
    known = [
        (pk, day, float(rating))
        for day in days
        for pk, rating, rated_on in rows
        if rating is not None and (rated_on is None or rated_on <= day or day >= newest)
    ]
    columns = zip(*known, strict=True) if known else ((), (), ())
    return pa.table(
        [pa.array(column, kind) for column, kind in zip(columns, RATINGS.types, strict=True)], schema=RATINGS
    )


def _named(row: Row, known: Published, model: ScoreModel) -> Row:
    from uptake.scores.health import why_health

    name, segment = known.names[row["customer_id"]]
    return {**row, "customer": name, "segment": segment, "why": why_health(row, model)}
