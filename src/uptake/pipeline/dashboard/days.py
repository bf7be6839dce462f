"""A customer's use by day: from the changes of each day the users of any window follow, without asking again.

Told as the metrics tell it (``active_visitors``, ``wau``, ``mau``): None before the first use ever, where usage of the
window names nobody, and where a month's total reaches into it.
"""

from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from uptake.pipeline.dashboard.facts import WEEKS, Asked

Ints = npt.NDArray[np.int64]


class Days:
    """``questions.days`` of one customer; days after the as-of day are left out."""

    def __init__(self, table: pa.Table, asked: Asked) -> None:
        self.asked = asked
        kinds = table["kind"].to_pylist()
        self._kinds = {kind: table.filter(pc.equal(table["kind"], kind)) for kind in dict.fromkeys(kinds)}
        self._empty = table.slice(0, 0)
        by_day = self._of("day")
        by_day = by_day.filter(pc.less_equal(by_day["day"], asked.as_of))
        days: list[date] = by_day["day"].to_pylist()
        self.days = days  # with use, ascending
        self._visitors: dict[date, int] = dict(zip(days, by_day["amount"].to_pylist(), strict=True))
        self._uses: dict[date, int] = dict(zip(days, by_day["uses"].to_pylist(), strict=True))
        self._unnamed = {day for day, key in zip(days, by_day["key"].to_pylist(), strict=True) if key == "unnamed"}
        self._months: list[date] = sorted(self._of("month")["day"].to_pylist())
        self._first_named = next((day for day in days if self._visitors[day]), None)
        self._starts = _Changes(days, [self._visitors[day] for day in days])
        self._ends = {length: self._changes(f"end{length}") for length in (7, 30)}

    @property
    def first(self) -> date | None:
        """The first day with use that has a day."""
        return self.days[0] if self.days else None

    def uses_on(self, day: date) -> int:
        return self._uses.get(day, 0)

    def visitors(self, day: date, length: int = 1) -> int | None:
        """Distinct users in the so many (1, 7, 30) days that end on this one."""
        start = day - timedelta(days=length - 1)
        if self.month_reaches(start, day):
            return None
        if self.first is None or day < self.first:
            return None
        there = self._visitors.get(day, 0) if length == 1 else self._starts.up_to(day) - self._ends[length].up_to(day)
        if there:
            return there
        happened = any(start <= each <= day for each in self._unnamed)
        named_before = self._first_named is not None and self._first_named <= day
        return 0 if named_before and not happened else None

    def uses(self, first: date, last: date) -> int | None:
        """Uses between two days, both in; None before the first use, and where a month's total reaches into them."""
        if self.first is None or last < self.first or self.month_reaches(first, last):
            return None
        return sum(self._uses[day] for day in self.days if first <= day <= last)

    def feature_weeks(self) -> dict[str, list[int]]:
        """feature_id -> uses in each of the last 13 weeks, oldest first; only features used in them."""
        found: dict[str, list[int]] = {}
        table = self._of("feature")
        for feature_id, back, uses in zip(
            table["key"].to_pylist(), table["number"].to_pylist(), table["uses"].to_pylist(), strict=True
        ):
            found.setdefault(feature_id, [0] * WEEKS)[WEEKS - 1 - back] = uses
        return found

    def cohorts(self) -> dict[date, dict[int, int]]:
        """Month of the first use (its first day) -> months since -> users who were there."""
        found: dict[date, dict[int, int]] = {}
        table = self._of("cohort")
        for key, since, people in zip(
            table["key"].to_pylist(), table["number"].to_pylist(), table["amount"].to_pylist(), strict=True
        ):
            month = int(key)
            found.setdefault(date(month // 12, month % 12 + 1, 1), {})[since] = people
        return found

    def lifecycle(self, back: int) -> dict[str, int] | None:
        """New, returning, resurrected, dormant of the week so many weeks before that of the as-of day; None: not known."""
        last = self.asked.as_of - timedelta(days=7 * back)
        before = last - timedelta(days=7)
        if self.visitors(last, 7) is None or self.month_reaches(before - timedelta(days=6), last):
            return None
        if self.first is not None and self.first <= before and self.visitors(before, 7) is None:
            return None
        return {state: self._life.get((state, back), 0) for state in ("new", "returning", "resurrected", "dormant")}

    @cached_property
    def _life(self) -> dict[tuple[str, int], int]:
        table = self._of("life")
        keys = zip(table["key"].to_pylist(), table["number"].to_pylist(), strict=True)
        return dict(zip(keys, table["amount"].to_pylist(), strict=True))

    def month_reaches(self, first: date, last: date) -> bool:
        """Whether a month's total reaches into these days, both in: it says on no day who was there."""
        return any(end >= first and end.replace(day=1) <= last for end in self._months)

    def _of(self, kind: str) -> pa.Table:
        return self._kinds.get(kind, self._empty)

    def _changes(self, kind: str) -> "_Changes":
        table = self._of(kind)
        return _Changes(table["day"].to_pylist(), table["amount"].to_pylist())


class _Changes:
    """Amounts by day, added up."""

    def __init__(self, days: list[date], amounts: list[int]) -> None:
        self._days: Ints = np.array([day.toordinal() for day in days], np.int64)
        self._sums: Ints = np.concatenate([[0], np.cumsum(np.array(amounts, np.int64))])

    def up_to(self, day: date) -> int:
        return int(self._sums[np.searchsorted(self._days, day.toordinal(), "right")])
