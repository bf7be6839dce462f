"""Scores as commands and pages ask for them: worked out once per state of the facts, kept, read again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import DataFile
from uptake.pipeline.published import Published, published, workspace_week, yesterday
from uptake.scores.model import ScoreModel
from uptake.scores.models import HEALTH, MODELS, PORTFOLIO
from uptake.scores.reasons import why

DEFAULT_PERIOD = Period(30)
EXPRESSIONS = "1"  # changes with what the metrics make of the same days: scores kept by an older version are not shown

Row = Mapping[str, Any]


class NothingToScore(ProductError):
    """There is no usage yet."""

    status = 404


@dataclass(frozen=True)
class Scores:
    """Every customer's score on one day, best first, the withheld ones last."""

    model: ScoreModel
    as_of: date
    period: Period
    rows: Sequence[Row]  # as adoption_scores and trend give them, and ``customer``, ``segment``, ``why``
    earlier: Mapping[int, Row] = field(default_factory=dict)  # health's rows of one period before, by customer

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


def newest_day() -> date:
    """The default as-of day: that of the newest usage event, at the latest yesterday."""
    last = DataFile.objects.filter(table=DataFile.Table.USAGE_DAILY, retired_at=None)
    days = [day for file in last for _, day in files.covered([file])]
    if not days:
        raise NothingToScore("There is no usage yet. Start with: uptake import FILE")
    return min(max(days), yesterday())


def as_of_day(asked: date | None) -> date:
    """Raises ProductError for a day that is not complete yet."""
    if asked is None:
        return newest_day()
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
    known = known or published()
    key = f"{model.name}-{model.version}|{EXPRESSIONS}|{period}|{day}|{known.token}"
    table = kept(key) or _worked_out(key, known, [day], period, model, with_trend=True)
    rows = [_named(row, known, model) for row in table.filter(pc.equal(table["as_of"], day)).to_pylist()]
    return Scores(model, day, period, sorted(rows, key=best_first))


WEEKS = 13


def weeks(
    known: Published, *, as_of: date, period: Period = DEFAULT_PERIOD, model: ScoreModel = PORTFOLIO
) -> dict[int, list[float | None]]:
    """The score as of each of the last 13 weeks, by customer, oldest first; one query, and only the scores are kept."""
    days = [as_of - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]
    key = f"weeks-{model.name}-{model.version}|{EXPRESSIONS}|{period}|{as_of}|{known.token}"
    table = kept(key) or _worked_out(key, known, days, period, model, with_trend=False, columns=WEEK_COLUMNS)
    found: dict[int, dict[date, float | None]] = {}
    for customer_id, day, score in zip(*(table[name].to_pylist() for name in WEEK_COLUMNS), strict=True):
        found.setdefault(customer_id, {})[day] = score
    return {customer_id: [by_day.get(day) for day in days] for customer_id, by_day in found.items()}


WEEK_COLUMNS = ("customer_id", "as_of", "score")


def history(*, as_of: date | None = None, period: Period = DEFAULT_PERIOD, model: ScoreModel = PORTFOLIO) -> list[Row]:
    """Scores as of each week back to the first usage, by customer and day; one query for all of them."""
    from uptake.scores.history import weekly

    day = as_of_day(as_of)
    known = published()
    if model.name == HEALTH.name:
        from uptake.pipeline.health_scoring import health_history

        return health_history(day, period=period, model=model, known=known)
    first = min(file.first_day for file in files.live(DataFile.Table.USAGE_DAILY))
    key = f"{model.name}-{model.version}|{EXPRESSIONS}|{period}|{first}..{day}|{known.token}"
    table = kept(key) or _worked_out(key, known, weekly(first, day), period, model, with_trend=False)
    return [_named(row, known, model) for row in table.sort_by("as_of").to_pylist()]


def score_step(_import_id: int) -> None:
    """The default scores are ready when an import is done."""
    if files.live(DataFile.Table.USAGE_DAILY):
        scores()


def _worked_out(
    key: str,
    known: Published,
    days: Sequence[date],
    period: Period,
    model: ScoreModel,
    *,
    with_trend: bool,
    columns: Sequence[str] = (),
) -> pa.Table:
    from uptake.scores.adoption import adoption_scores  # heavy; scores that are kept are read without
    from uptake.scores.trend import as_of_days_for_trend, trend

    with engine() as opened:
        tables = known.tables(opened)
        wanted = as_of_days_for_trend(days, period) if with_trend else days
        found = adoption_scores(tables, as_of=wanted, period=period, model=model, workspace_week=workspace_week())
        if with_trend:
            # Both days stay: what moved a score is told from the row of the period before.
            found = opened.keep("scores", found)
            now = trend(found, as_of=days, period=period)
            before = found.filter(~found.as_of.isin(days))
            table = pa.concat_tables([opened.arrow(now), opened.arrow(before)], promote_options="default")
        else:
            table = opened.arrow(found.select(*columns) if columns else found)
    keep(key, table, days)
    return table


def kept(key: str) -> pa.Table | None:
    """What was worked out for this key before; None if nobody did."""
    file = DataFile.objects.filter(table=DataFile.Table.SCORES, key=key).first()
    return None if file is None else pq.read_table(files.root() / file.path)


def keep(key: str, table: pa.Table, days: Sequence[date]) -> None:
    """Keep a table in the lake under all that it was made from. ``|`` ends the part of the key that names the file."""
    path = files.new_path(DataFile.Table.SCORES, key.partition("|")[0])
    pq.write_table(table, path, compression="zstd")
    files.list_derived(DataFile.Table.SCORES, files.NewFile(path, "", table.num_rows, min(days), max(days)), key=key)


def before(found: Scores, row: Row) -> Row | None:
    """The same customer's row of one period earlier; None where there is no trend."""
    if row["change"] is None or found.period.days is None:
        return None
    if found.earlier:
        return found.earlier.get(row["customer_id"])
    day = found.as_of - timedelta(days=found.period.days)
    known = published()
    table = kept(f"{found.model.name}-{found.model.version}|{EXPRESSIONS}|{found.period}|{found.as_of}|{known.token}")
    rows: list[Row] = [] if table is None else table.to_pylist()
    return next(each for each in rows if each["as_of"] == day and each["customer_id"] == row["customer_id"])


def _named(row: Row, known: Published, model: ScoreModel) -> Row:
    name, segment = known.names[row["customer_id"]]
    return {**row, "customer": name, "segment": segment, "why": why(row, model)}


def best_first(row: Row) -> tuple[bool, float, str]:
    """By score, the withheld ones last; equal ones by name."""
    return (row["score"] is None, -(row["score"] or 0.0), row["customer"].casefold())
