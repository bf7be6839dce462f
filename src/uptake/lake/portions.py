"""Days in portions: so many facts at a time that grouping them fits into the engine's memory.

A day is part of every group's key, so days can be derived apart. Grouping 100 million facts at once spills to disk and
takes several times as long; a portion reads only the parts of the files that its days lie in, which the files' own
statistics tell where the facts came roughly in the order of time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from uptake.lake import files
from uptake.lake.days import utc_days
from uptake.lake.models import DataFile

ROWS_AT_ONCE = 4_000_000  # their groups take some 600 MB
READ_AT_MOST = 8  # times the facts, by all portions together; reading costs a tenth of grouping with spilling
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Portion:
    """Days to derive together. ``utc_days``: facts of any other UTC day do not matter; None: it cannot be told."""

    ranges: Sequence[files.Range]
    utc_days: files.Range | None


@dataclass(frozen=True)
class _RowGroup:
    """A part of a Parquet file: how many rows, and the UTC days between which they lie."""

    rows: int
    first: date
    last: date


def portions(facts: Sequence[DataFile], ranges: Sequence[files.Range], zones: Iterable[str]) -> list[Portion]:
    """The days in portions, each day in one of them. One portion where cutting does not pay or is not safe.

    Totals of days and months are not cut: they stand on another day than that on which they began.
    """
    whole = [Portion(ranges, None)]
    if sum(file.row_count for file in facts) <= ROWS_AT_ONCE:
        return whole
    groups = _row_groups(facts)
    if groups is None:
        return whole
    known = sorted(set(zones))
    cut = [Portion(each, utc_days(each[0][0], each[-1][1], known)) for each in _cut(ranges, _rows_by_day(groups))]
    return cut if _rows_read(cut, groups) <= READ_AT_MOST * sum(group.rows for group in groups) else whole


def _row_groups(facts: Sequence[DataFile]) -> list[_RowGroup] | None:
    """By the statistics that the files keep; None where they say too little or there are totals of days."""
    import pyarrow.parquet as pq

    found = []
    for file in facts:
        about = pq.read_metadata(files.root() / file.path)
        place = {about.schema.column(n).path: n for n in range(about.num_columns)}
        for number in range(about.num_row_groups):
            group = about.row_group(number)
            at, on = (group.column(place[name]).statistics for name in ("occurred_at", "occurred_on"))
            if at is None or not at.has_min_max or on is None or on.null_count != group.num_rows:
                return None
            found.append(_RowGroup(group.num_rows, at.min.date(), at.max.date()))
    return found


def _rows_by_day(groups: Iterable[_RowGroup]) -> Counter[date]:
    """About how many rows each day has: those of a part are taken to lie evenly over its days."""
    rows: Counter[date] = Counter()
    for group in groups:
        days = (group.last - group.first).days + 1
        for day in _days(group.first, group.last):
            rows[day] += group.rows // days
    return rows


def _cut(ranges: Sequence[files.Range], rows_by_day: Counter[date]) -> list[list[files.Range]]:
    cut: list[list[files.Range]] = []
    rows = 0
    for first, last in sorted(ranges):
        for day in _days(first, last):
            if not cut or rows + rows_by_day[day] > ROWS_AT_ONCE:
                cut.append([])
                rows = 0
            rows += rows_by_day[day]
            portion = cut[-1]
            if portion and day > first and portion[-1][1] == day - DAY:
                portion[-1] = (portion[-1][0], day)
            else:
                portion.append((day, day))
    return cut


def _rows_read(cut: Sequence[Portion], groups: Sequence[_RowGroup]) -> int:
    spans = [portion.utc_days for portion in cut if portion.utc_days]
    return sum(group.rows for first, last in spans for group in groups if group.first <= last and first <= group.last)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))
