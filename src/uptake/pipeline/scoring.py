"""Scores as commands and pages ask for them: worked out once per state of the facts, kept, read again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.kit.remedies import Mendable, Remedy
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline.at_hand import Bench
from uptake.pipeline.freshness import late, newest_whole_day, rows_as_far_as_usage_came, without_late
from uptake.pipeline.kept import kept_or_made, key_of
from uptake.pipeline.published import Published, published, sessions_ready, workspace_week, yesterday
from uptake.pipeline.questions import Question, answer, hold
from uptake.pipeline.remedies import IMPORT
from uptake.pipeline.state import ByState, usage_state
from uptake.pipeline.still import once_while_still
from uptake.scores.model import ScoreModel
from uptake.scores.models import HEALTH, MODELS, PORTFOLIO, needs_sessions
from uptake.scores.reasons import why

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from uptake.scores.tables import Tables

DEFAULT_PERIOD = Period(30)
EARLIEST_DAY = date(2000, 1, 1)
"""From here every period, and the ones before it, has a first day that a calendar knows."""

Row = Mapping[str, Any]


class NothingToScore(Mendable):
    """There is no usage yet."""

    status = 404


@dataclass(frozen=True)
class Scores:
    """Every customer's score on one day, best first, the withheld ones last."""

    model: ScoreModel
    as_of: date
    period: Period
    rows: Sequence[Row]  # as adoption_scores and trend give them, and ``customer``, ``segment``, ``why``
    earlier_table: pa.Table | None = None  # the rows of one period before

    @cached_property
    def earlier(self) -> Mapping[int, Row]:
        """The rows of one period before, by customer; none for the period “all”."""
        rows = [] if self.earlier_table is None else self.earlier_table.to_pylist()
        return {row["customer_id"]: row for row in rows}

    @property
    def scored(self) -> list[Row]:
        return [row for row in self.rows if row["score"] is not None]

    @property
    def average(self) -> float | None:
        """Over the customers that have a score, each counted alike."""
        found = self.scored
        return sum(row["score"] for row in found) / len(found) if found else None


def model_named(name: str) -> ScoreModel:
    """Raises ProductError naming the models there are."""
    if name not in MODELS:
        raise ProductError(f"There is no score model “{name}” yet; there is: {', '.join(MODELS)}.")
    if name == HEALTH.name:
        from uptake.pipeline.health_scoring import current_model  # it builds on this module

        return current_model()
    return MODELS[name]


@once_while_still
def newest_day() -> date:
    """The default as-of day: that of the newest usage event, at the latest yesterday."""
    newest = newest_whole_day(files.live(DataFile.Table.USAGE_DAILY))
    if newest is None:
        raise NothingToScore("There is no usage yet.", Remedy(IMPORT))
    return min(newest, yesterday())


def as_of_day(asked: date | None) -> date:
    """Raises ProductError for a day that is not complete yet, or from before there was any usage."""
    if asked is None:
        return newest_day()
    if asked < EARLIEST_DAY:
        raise ProductError(f"{asked} is too long ago; the first day is {EARLIEST_DAY}.")
    newest_day()  # without usage there is nothing to score on any day
    if asked > yesterday():
        raise ProductError(f"{asked} is not complete yet; the last complete day is {yesterday()}.")
    return asked


def scores(
    *,
    as_of: date | None = None,
    period: Period = DEFAULT_PERIOD,
    model: ScoreModel = PORTFOLIO,
    known: Published | None = None,
) -> Scores:
    """Every customer's score on a day, with its change against the previous period.

    ``known``: what ``published`` gave, where the caller has asked already.
    """
    day = as_of_day(as_of)
    if model.name == HEALTH.name:
        from uptake.pipeline.health_scoring import health_on

        return health_on(day, period=period, model=model)
    known = _with_what_it_needs(model, known)
    return _SCORES.get((known.token, day, period, model), lambda: _found(known, day, period, model))


_SCORES: ByState[Scores] = ByState(usage_state, size=2)


def _found(known: Published, day: date, period: Period, model: ScoreModel) -> Scores:
    key = key_of(f"{model.name}-{model.version}", known, period, day)
    table = kept_or_made(key, known, [day], lambda bench: scores_made(bench, day, period, model))
    is_now = pc.equal(table["as_of"], day)
    rows = [_named(row, known, model) for row in table.filter(is_now).to_pylist()]
    found = Scores(model, day, period, sorted(rows, key=best_first), table.filter(pc.invert(is_now)))
    return without_late(found)


def _with_what_it_needs(model: ScoreModel, known: Published | None = None) -> Published:
    """What is published, with all sessions where the model is made of them."""
    if not needs_sessions(model):
        return known or published()
    sessions_ready()
    return published()


WEEKS = 13


def weeks(
    known: Published, *, as_of: date, period: Period = DEFAULT_PERIOD, model: ScoreModel = PORTFOLIO
) -> dict[int, list[float | None]]:
    """The score as of each of the last 13 weeks, by customer, oldest first; one query, and only the scores are kept.

    None also where the customer's usage of the day has not come.
    """
    days = _weeks_up_to(as_of)
    known = _with_what_it_needs(model, known)
    key = key_of(f"weeks-{model.name}-{model.version}", known, period, as_of)
    table = kept_or_made(key, known, days, lambda bench: weeks_made(bench, as_of, period, model))
    found: dict[int, dict[date, float | None]] = {}
    missing = late(as_of)
    for customer_id, day, score in zip(*(table[name].to_pylist() for name in WEEK_COLUMNS), strict=True):
        has_come = customer_id not in missing or day <= missing[customer_id].until
        found.setdefault(customer_id, {})[day] = score if has_come else None
    return {customer_id: [by_day.get(day) for day in days] for customer_id, by_day in found.items()}


WEEK_COLUMNS = ("customer_id", "as_of", "score")


def _weeks_up_to(day: date) -> list[date]:
    return [day - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]


def history(*, as_of: date | None = None, period: Period = DEFAULT_PERIOD, model: ScoreModel = PORTFOLIO) -> list[Row]:
    """Scores as of each week back to the first usage, by customer and day; one query for all of them."""
    from uptake.scores.history import weekly

    day = as_of_day(as_of)
    known = _with_what_it_needs(model)
    if model.name == HEALTH.name:
        from uptake.pipeline.health_scoring import health_history

        return health_history(day, period=period, model=model, known=known)
    first = min(file.first_day for file in files.live(DataFile.Table.USAGE_DAILY))
    days = tuple(weekly(first, day))
    key = key_of(f"{model.name}-{model.version}", known, period, f"{first}..{day}")
    of = (period, model, workspace_week())
    table = kept_or_made(key, known, days, lambda bench: bench.answer(Question(_scored, bench.tables, days, of)))
    return rows_as_far_as_usage_came([_named(row, known, model) for row in table.sort_by("as_of").to_pylist()], day)


def score_step(_import_id: int) -> None:
    """The default scores are ready when an import is done."""
    if files.live(DataFile.Table.USAGE_DAILY):
        scores()


def scores_made(bench: Bench, day: date, period: Period = DEFAULT_PERIOD, model: ScoreModel = PORTFOLIO) -> pa.Table:
    """What ``scores`` keeps: the day's rows with their trend, and those of the period before, which tell what moved."""
    from uptake.scores.trend import as_of_days_for_trend  # heavy; scores that are kept are read without

    days = tuple(as_of_days_for_trend([day], period))
    found = hold(bench.engine, "scores", Question(_scored, bench.tables, days, (period, model, workspace_week())))
    asked = (Question(with_trend, found, (day,), (period,)), Question(earlier, found, (day,)))
    return pa.concat_tables([answer(bench.engine, each) for each in asked], promote_options="default")


def weeks_made(bench: Bench, day: date, period: Period = DEFAULT_PERIOD, model: ScoreModel = PORTFOLIO) -> pa.Table:
    """What ``weeks`` keeps."""
    of = (period, model, workspace_week(), WEEK_COLUMNS)
    return bench.answer(Question(_scored, bench.tables, tuple(_weeks_up_to(day)), of))


def _scored(
    tables: "Tables", days: Sequence[date], period: Period, model: ScoreModel, week: str, columns: Sequence[str] = ()
) -> "ir.Table":
    from uptake.scores.adoption import adoption_scores

    found = adoption_scores(tables, as_of=days, period=period, model=model, workspace_week=week)
    return found.select(*columns) if columns else found


def with_trend(scores: "ir.Table", days: Sequence[date], period: Period) -> "ir.Table":
    """Those of the days, with their change against the period before."""
    from uptake.scores.trend import trend

    return trend(scores, as_of=days, period=period)


def earlier(scores: "ir.Table", days: Sequence[date]) -> "ir.Table":
    """Those of before the day."""
    return scores.filter(scores.as_of < days[0])


def before(found: Scores, row: Row) -> Row | None:
    """The same customer's row of one period earlier; None where there is no trend."""
    return None if row["change"] is None else found.earlier.get(row["customer_id"])


def _named(row: Row, known: Published, model: ScoreModel) -> Row:
    name, segment = known.names[row["customer_id"]]
    return {**row, "customer": name, "segment": segment, "why": why(row, model)}


def best_first(row: Row) -> tuple[bool, float, str]:
    """By score, the withheld ones last; equal ones by name."""
    return (row["score"] is None, -(row["score"] or 0.0), row["customer"].casefold())
