"""One customer's numbers on one day, worked out: what every tile and every list behind a number is made from.

Kept in this process while nothing changes, so that a list that is opened is counted from the very same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from uptake.kit.days import Period
from uptake.pipeline.dashboard.board import Board, board_at_hand, known_now, seen_features
from uptake.pipeline.dashboard.days import Days
from uptake.pipeline.dashboard.facts import Asked, Desk, desk
from uptake.pipeline.freshness import Late, late
from uptake.pipeline.published import Published, workspace_week
from uptake.pipeline.state import ByState, usage_state

Row = Mapping[str, Any]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Worked:
    """What was worked out."""

    asked: Asked
    known: Published
    board: Board | None  # None: all customers' figures of this day are still being worked out
    seen: pa.Table  # feature_id, first_on, of the whole portfolio
    working_week: str
    zone: str
    rows: Mapping[date, Row]  # questions.measured, by as-of day
    cells: Sequence[Row]  # questions.cells
    users: pa.Table  # questions.people
    days: Days
    entitled: Sequence[Row]  # metrics.entitlement_use
    weeks: Sequence[tuple[date, float | None]]  # the score as of each of the last 13 weeks
    score_less_top: float | None
    queries: int
    answers: dict[str, pa.Table]  # to the questions that only lists ask, as they come

    @property
    def as_of(self) -> date:
        return self.asked.as_of

    @cached_property
    def now(self) -> Row:
        """Without a score where the customer's usage of the day has not come."""
        row = self.rows[self.asked.as_of]
        return {**row, "score": None, "band": None, "reason": str(self.late)} if self.late else row

    @cached_property
    def late(self) -> Late | None:
        """Since when usage of the day is missing; None where it has come."""
        return late(self.asked.as_of).get(self.asked.customer_id)

    @property
    def before(self) -> Row | None:
        """The row of the previous period; None under two periods of history."""
        day = self.asked.before
        return self.rows.get(day) if day and self.has_trend else None

    @property
    def has_trend(self) -> bool:
        """Two periods of history; under that nothing is compared with the period before."""
        length = self.asked.period.days
        return length is not None and (self.now["history_days"] or 0) >= 2 * length

    @cached_property
    def today(self) -> "Users":
        return Users(self._users_on(self.asked.as_of), self.power_from(self.asked.as_of))

    @cached_property
    def earlier(self) -> "Users | None":
        day = self.asked.before
        return None if day is None else Users(self._users_on(day), self.power_from(day))

    def power_from(self, day: date) -> int | None:
        """From how many uses on somebody is a power user."""
        row = self.rows.get(day)
        found: int | None = None if row is None else row.get("threshold_uses")
        return found

    def _users_on(self, day: date) -> pa.Table:
        return self.users.filter(pc.equal(self.users["as_of"], day)).combine_chunks()

    @cached_property
    def cells_now(self) -> Mapping[str, Row]:
        return {cell["feature_id"]: cell for cell in self.cells if cell["as_of"] == self.asked.as_of}

    @cached_property
    def cells_before(self) -> Mapping[str, Row]:
        return {cell["feature_id"]: cell for cell in self.cells if cell["as_of"] == self.asked.before}

    def is_working(self, day: date) -> bool:
        return self.working_week[day.weekday()] == "1"

    @property
    def first_day(self) -> date | None:
        """Of the period, clipped to the customer's first use."""
        found: date | None = self.now["first_day"]
        return found

    @property
    def period_days(self) -> list[date]:
        """The days of the period that count for this customer."""
        first = self.first_day
        if first is None:
            return []
        return [first + timedelta(days=ahead) for ahead in range((self.as_of - first).days + 1)]


class Users:
    """Every user ever seen, on one as-of day, as columns."""

    def __init__(self, table: pa.Table, power_from: int | None) -> None:
        self.table = table
        self.status: Sequence[str] = table["status"].to_pylist()
        self.uses = _numbers(table["uses"])
        self.is_there = ~np.isnan(self.uses)  # in the period
        self.power_from = power_from
        limit = np.inf if power_from is None else power_from
        self.is_power: Bools = self.is_there & (self.uses >= limit) & (self.uses > 0)

    def __len__(self) -> int:
        return len(self.table)

    def flag(self, name: str) -> Bools:
        found: Bools = pc.fill_null(self.table[name], False).to_numpy(zero_copy_only=False).astype(np.bool_)
        return found

    def of_status(self, *statuses: str) -> Bools:
        found: Bools = np.array([status in statuses for status in self.status], np.bool_)
        return found


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = column.cast(pa.float64()).to_numpy()
    return found


def worked_out(customer_id: int, day: date, period: Period) -> Worked:
    """Once per state of the facts. Without the board from the customer's own usage alone."""
    everybody = board_at_hand(day, period)
    asked = Asked(customer_id, day, period)
    return _WORKED.get((asked, everybody is not None), lambda: _worked(asked, everybody))


_WORKED: ByState[Worked] = ByState(usage_state, size=24)


def _worked(asked: Asked, everybody: Board | None) -> Worked:
    known = everybody.known if everybody else known_now()
    seen = everybody.seen if everybody else seen_features(known, asked.as_of)
    with desk(known, asked, seen) as opened:
        users, days = opened.ask("people", "days")
        of_all = _from_board(everybody, asked.customer_id) if everybody else _from_desk(opened, asked)
        queries = opened.queries
    [about] = known.customers.filter(pc.equal(known.customers["customer_id"], asked.customer_id)).to_pylist()
    return Worked(
        asked=asked,
        known=known,
        board=everybody,
        seen=seen,
        working_week=about["working_week"] or workspace_week(),
        zone=about["time_zone"] or "",
        users=users,
        days=Days(days, asked),
        queries=queries,
        answers={},
        **of_all,
    )


def _from_board(everybody: Board, customer_id: int) -> dict[str, Any]:
    """What the portfolio's tables hold of the customer."""
    return {
        "rows": everybody.rows(customer_id),
        "cells": everybody.cells_of(customer_id),
        "entitled": everybody.entitled_of(customer_id),
        "weeks": everybody.weeks_of(customer_id),
        "score_less_top": everybody.score_less_top(customer_id),
    }


def _from_desk(opened: Desk, asked: Asked) -> dict[str, Any]:
    """The same from its own usage; without the weeks, which nobody waits for."""
    figures, cells, entitled = opened.ask("figures", "features", "entitled")
    rows = figures.to_pylist()
    mine = {row["as_of"]: row for row in rows if row["customer_id"] == asked.customer_id}
    less_top = {row["as_of"]: row["score"] for row in rows if row["customer_id"] != asked.customer_id}
    return {
        "rows": mine,
        "cells": cells.to_pylist(),
        "entitled": entitled.to_pylist(),
        "weeks": [],
        "score_less_top": less_top[asked.as_of],
    }
