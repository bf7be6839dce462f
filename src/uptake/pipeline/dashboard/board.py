"""What is of the whole portfolio and stands behind every customer's dashboard: all customers' figures, the features
seen and since when, and from how many uses on somebody is a power user.

Worked out once per state of the facts, day and period, kept in the lake as scores are, and held in this process.
"""

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connections

from uptake.kit.days import Period
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline import scoring
from uptake.pipeline.feature_use import HIGH, MEDIUM
from uptake.pipeline.kept import kept_or_made, key_of
from uptake.pipeline.published import Published, published, sessions_ready, workspace_week
from uptake.pipeline.questions import Question
from uptake.pipeline.state import ByState, usage_state
from uptake.scores.models import ACCOUNT

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from uptake.scores.tables import Tables

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Row = Mapping[str, Any]

MADE_IN_A_MOMENT = 1_000_000  # rows of usage_daily, of which all customers' figures are made in a few seconds

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Board:
    """All customers on one day. Tables are in the order of customers and days."""

    known: Published
    as_of: date
    period: Period
    figures: pa.Table  # questions.measured, one row per customer on the as-of day and on that of the previous period
    cells: pa.Table  # questions.cells, on the same days
    less_top: pa.Table  # customer_id, score
    entitled: pa.Table  # metrics.entitlement_use
    seen: pa.Table  # feature_id, first_on

    @cached_property
    def today(self) -> pa.Table:
        """The figures on the as-of day."""
        return self.figures.filter(pc.equal(self.figures["as_of"], self.as_of)).combine_chunks()

    @cached_property
    def ids(self) -> Ints:
        """The customers of ``today``, in its order."""
        found: Ints = self.today["customer_id"].to_numpy()
        return found

    @cached_property
    def columns(self) -> "Columns":
        """``today`` as numbers, nan where there is none."""
        return Columns(self.today)

    def rows(self, customer_id: int) -> dict[date, Row]:
        """One customer's figures by as-of day; empty for one that is not in the portfolio."""
        return {row["as_of"]: row for row in self._of(self.figures, customer_id).to_pylist()}

    def cells_of(self, customer_id: int) -> list[Row]:
        found: list[Row] = self._of(self.cells, customer_id).to_pylist()
        return found

    def entitled_of(self, customer_id: int) -> list[Row]:
        found: list[Row] = self._of(self.entitled, customer_id).to_pylist()
        return found

    def score_less_top(self, customer_id: int) -> float | None:
        found = self._of(self.less_top, customer_id)["score"].to_pylist()
        return found[0] if found else None

    @staticmethod
    def _of(table: pa.Table, customer_id: int) -> pa.Table:
        """The rows of one customer, which stand together."""
        ids = table["customer_id"].to_numpy()
        first, end = np.searchsorted(ids, [customer_id, customer_id + 1])
        return table.slice(int(first), int(end - first))

    @cached_property
    def levels(self) -> dict[str, str]:
        """feature_id -> High, Medium, Low: the adoption rate over all customers it is available to."""
        cells = self.cells_today
        counted = cells.filter(pc.and_(cells["is_available"], pc.is_valid(cells["is_adopted"])))
        adopted = counted.append_column("adopted", counted["is_adopted"].cast(pa.int64()))
        sums = adopted.group_by("feature_id").aggregate([("adopted", "sum"), ("adopted", "count")]).to_pylist()
        rates = {row["feature_id"]: row["adopted_sum"] / row["adopted_count"] for row in sums}
        return {name: "High" if rate >= HIGH else "Medium" if rate >= MEDIUM else "Low" for name, rate in rates.items()}

    def uses_of(self, features: Collection[str]) -> Floats:
        """Uses of some features together, by customer, in the order of ``ids``; nan where uses are not known."""
        return self._together(frozenset(features), count=False)

    def used_of(self, features: Collection[str]) -> Floats:
        """How many of some features were used, by customer; nan where uses are not known."""
        return self._together(frozenset(features), count=True)

    def _together(self, features: frozenset[str], *, count: bool) -> Floats:
        """Worked out once: the features with a tag are the same ones on every customer's page."""
        found = self._sums.get((features, count))
        if found is None:
            cells = self.cells_today
            chosen = cells.filter(pc.is_in(cells["feature_id"], value_set=pa.array(sorted(features), pa.string())))
            amounts = (pc.greater(chosen["uses"], 0) if count else chosen["uses"]).cast(pa.float64()).to_numpy()
            sums: Floats = np.zeros(len(self.ids))
            np.add.at(sums, np.searchsorted(self.ids, chosen["customer_id"].to_numpy()), amounts)
            found = self._sums[features, count] = np.where(np.isnan(self.columns["uses"]), np.nan, sums)
        return found

    @cached_property
    def _sums(self) -> dict[tuple[frozenset[str], bool], Floats]:
        return {}

    @cached_property
    def cells_today(self) -> pa.Table:
        return self.cells.filter(pc.equal(self.cells["as_of"], self.as_of))

    def weeks_of(self, customer_id: int) -> list[tuple[date, float | None]]:
        """The score as of each of the last 13 weeks, oldest first."""
        found = self._weeks.get(customer_id, [None] * scoring.WEEKS)
        days = [self.as_of - timedelta(days=7 * back) for back in range(scoring.WEEKS - 1, -1, -1)]
        return list(zip(days, found, strict=True))

    @cached_property
    def _weeks(self) -> dict[int, list[float | None]]:
        return scoring.weeks(self.known, as_of=self.as_of, period=self.period, model=ACCOUNT)

    @cached_property
    def reach(self) -> "Reach":
        return Reach(self.cells_today.combine_chunks())


class Reach:
    """How far each feature reaches at each customer it is available to."""

    def __init__(self, cells: pa.Table) -> None:
        theirs = cells.filter(pc.and_(cells["is_available"], pc.is_valid(cells["reach"])))
        names = theirs["feature_id"].combine_chunks()
        self.features: list[str] = pc.unique(names).to_pylist()
        self._places: Ints = pc.index_in(names, pa.array(self.features, pa.string())).to_numpy().astype(np.int64)
        self._customers: Ints = theirs["customer_id"].to_numpy()
        self._reach: Floats = theirs["reach"].to_numpy()

    def medians(self, among: Ints) -> tuple[dict[str, float], dict[str, int]]:
        """feature_id -> the middle reach among these customers, and of how many it is."""
        chosen = np.isin(self._customers, among)
        places, values = self._places[chosen], self._reach[chosen]
        order = np.lexsort((values, places))
        places, values = places[order], values[order]
        found, starts, counts = np.unique(places, return_index=True, return_counts=True)
        middles = (values[starts + (counts - 1) // 2] + values[starts + counts // 2]) / 2
        names = [self.features[place] for place in found.tolist()]
        return dict(zip(names, middles.tolist(), strict=True)), dict(zip(names, counts.tolist(), strict=True))


class Columns(dict[str, Floats]):
    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __missing__(self, name: str) -> Floats:
        self[name] = self._table[name].cast(pa.float64()).to_numpy()
        return self[name]


def known_now() -> Published:
    """What is published, with the sessions of all facts."""
    sessions_ready()
    return _with_sessions(published())


def _with_sessions(known: Published) -> Published:
    """With those that are there now: another process may have derived them since."""
    live = files.live(DataFile.Table.SESSIONS)
    is_same = [file.path for file in live] == [file.path for file in known.sessions]
    return known if is_same else replace(known, sessions=live)


def board(day: date, period: Period) -> Board:
    """Worked out by whoever asks first."""
    return _BOARDS.get((day, period), lambda: _found(day, period))


def board_at_hand(day: date, period: Period) -> Board | None:
    """The board where it is there or made in a moment; else None, and it is being made beside.

    With millions of rows of usage it takes longer than anybody waits for a page; the newest day is worked out ahead.
    """
    known = published()
    rows = sum(file.row_count for file in known.daily)
    if rows <= MADE_IN_A_MOMENT or ((day, period) not in _in_the_making and _is_kept(known, day, period)):
        return board(day, period)
    _make_beside(day, period)
    return None


def _make_beside(day: date, period: Period) -> None:
    """One at a time for each day and period; whoever asks meanwhile finds it in the making."""
    with _turn:
        if (day, period) in _in_the_making:
            return
        _in_the_making.add((day, period))
    threading.Thread(target=_make, args=(day, period), name="dashboards", daemon=True).start()


def _make(day: date, period: Period) -> None:
    try:
        board(day, period).weeks_of(0)
    except Exception:  # whoever asks for it again starts it again
        logger.exception("All customers' figures could not be worked out.")
    finally:
        _in_the_making.discard((day, period))
        connections.close_all()


_in_the_making: set[tuple[date, Period]] = set()
_turn = threading.Lock()


def get_ready() -> Sequence[Callable[[], object]]:
    """What works out and keeps all that the dashboards need that are asked for first: in pieces, so that more pressing
    work may come in between.
    """
    from uptake.pipeline.dashboard.hours import keep_hours

    parts = (partial(_keep_part, what) for what in PARTS)
    return (
        sessions_ready,
        *parts,
        lambda: board(scoring.newest_day(), scoring.DEFAULT_PERIOD).weeks_of(0),
        lambda: keep_hours(known_now()),
    )


def _keep_part(what: str) -> None:
    _part(what, known_now(), scoring.newest_day(), scoring.DEFAULT_PERIOD)


_BOARDS: ByState[Board] = ByState(usage_state, size=6)


def _found(day: date, period: Period) -> Board:
    """What is kept was made with all sessions; only to make it one must see to them."""
    known = published()
    return _made(_with_sessions(known) if _is_kept(known, day, period) else known_now(), day, period)


def _made(known: Published, day: date, period: Period) -> Board:
    figures, cells, less_top, entitled = (_part(what, known, day, period).combine_chunks() for what in PARTS)
    return Board(known, day, period, figures, cells, less_top, entitled, seen=seen_features(known, day))


def _part(what: str, known: Published, day: date, period: Period) -> pa.Table:
    """One of PARTS, kept or made."""
    build, both = PARTS[what]
    on = _days(day, period) if both else (day,)
    of = (period, workspace_week())
    key = _key(what, known, day, period)
    return kept_or_made(key, known, on, lambda bench: bench.answer(Question(build, bench.tables, on, of)))


def _days(day: date, period: Period) -> tuple[date, ...]:
    """The as-of day, and that of the previous period."""
    return (day,) if period.days is None else (day - timedelta(days=period.days), day)


def _key(what: str, known: Published, day: date, period: Period) -> str:
    return key_of(f"account-{what}-{ACCOUNT.version}", known, period, workspace_week(), day)


def _is_kept(known: Published, day: date, period: Period) -> bool:
    keys = [_key(what, known, day, period) for what in PARTS]
    there = DataFile.objects.filter(table=DataFile.Table.SCORES, key__in=keys, retired_at=None)
    return there.values("key").distinct().count() == len(keys)


def seen_features(known: Published, day: date) -> pa.Table:
    """feature_id, first_on of every feature that anybody in the portfolio has used."""
    return kept_or_made(
        key_of("seen-features", known), known, [day], lambda bench: bench.answer(Question(_seen, bench.tables))
    )


def _figures(tables: "Tables", days: Sequence[date], period: Period, week: str) -> "ir.Table":
    from uptake.pipeline.dashboard.questions_of_all import of_all  # heavy; who only reads what is kept does without

    return of_all(tables, days, period, week)


def _cells(tables: "Tables", days: Sequence[date], period: Period, week: str) -> "ir.Table":
    from uptake.pipeline.dashboard.questions_of_all import cells_of_all

    return cells_of_all(tables, days, period, week)


def _less_top(tables: "Tables", days: Sequence[date], period: Period, week: str) -> "ir.Table":
    from uptake.pipeline.dashboard.questions_of_all import less_top_of_all

    return less_top_of_all(tables, days, period, week)


def _entitled(tables: "Tables", days: Sequence[date], period: Period, week: str) -> "ir.Table":
    from uptake.pipeline.dashboard.questions_of_all import entitled_of_all

    return entitled_of_all(tables, days, period, week)


def _seen(tables: "Tables", _days: Sequence[date] = ()) -> "ir.Table":
    from uptake.pipeline.dashboard.questions_of_all import seen

    return seen(tables)


PARTS: "Mapping[str, tuple[Callable[..., ir.Table], bool]]" = {
    "figures": (_figures, True),
    "cells": (_cells, True),
    "less-top": (_less_top, False),
    "entitled": (_entitled, False),
}
"""What is kept of a board, in the order of its fields; whether of the previous period's day too."""
