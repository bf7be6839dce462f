"""Dates as people and programs write them, and how DuckDB reads them.

A value has a shape (ISO, numbers with a separator, month names, epoch …); a column has the shape of nearly all its
values. Whether 03/04 is April or March no single value says: the whole column does, or the reader.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

import duckdb

from uptake.sources.generic.headers import plain
from uptake.sources.generic.months import MONTH_WORD, MONTHS
from uptake.sources.reading import Table

Shape = Literal[
    "iso", "numeric", "named", "compact", "epoch", "iso_month", "numeric_month", "compact_month", "named_month", "week"
]
MONTH_SHAPES: tuple[Shape, ...] = ("iso_month", "numeric_month", "compact_month", "named_month")
FEWEST_READABLE = 0.5  # share of a column's values that must have its shape; the rest becomes rows set aside

_TIME = r"(?:,?[T ]\s*(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<F>\d{1,9}))?)?\s*(?P<ampm>[AaPp]\.?\s?[Mm]\.?)?)?"
_UTC_OR_NONE = r"\s*(?P<zone>Z|UTC|GMT)?"
_SPELLINGS: tuple[tuple[Shape, str], ...] = (
    (
        "iso",
        r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?:[T ]\s*(?P<H>\d{1,2})(?::(?P<M>\d{2})"
        r"(?::(?P<S>\d{2})(?:[.,](?P<F>\d{1,9}))?)?)?\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    ),
    (
        "numeric",
        r"(?P<a>\d{1,2})(?P<sep>[-/.])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<y>\d{4}|\d{2})" + _TIME + _UTC_OR_NONE,
    ),
    (
        "compact",
        r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:[T_ ]?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2}))?(?P<zone>Z)?",
    ),
    ("epoch", r"(?P<epoch>\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16})"),
    ("iso_month", r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})"),
    ("numeric_month", r"(?P<m>\d{1,2})(?P<sep>[-/.])\s?(?P<y>\d{4})"),
    ("compact_month", r"(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])"),
    (
        "named",
        r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(?:le\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.)?[\s-]*(?:de\s+)?"
        + MONTH_WORD
        + r"\.?,?[\s-]*(?:del?\s+)?(?P<y>\d{4}|\d{2})"
        + _TIME
        + _UTC_OR_NONE,
    ),
    (
        "named",
        r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
        + MONTH_WORD
        + r"\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})"
        + _TIME
        + _UTC_OR_NONE,
    ),
    ("named_month", MONTH_WORD + r"\.?[\s\-/']*(?:del?\s+)?(?P<y>\d{4}|\d{2})"),
    ("named_month", r"(?P<y>\d{4})[\s\-/]+" + MONTH_WORD + r"\.?"),
    ("week", r"(?P<y>\d{4})-?W(?P<w>\d{1,2})"),
)
_PATTERNS = tuple((shape, re.compile(pattern, re.IGNORECASE)) for shape, pattern in _SPELLINGS)
_COARSE = re.compile(r"(?:[QT][1-4][\s\-/']*(?:20)?\d{2}|20\d{2}[\s\-/]*[QT][1-4]|20\d{2})", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """One value read. For shape ``numeric`` day and month are ``first`` and ``second``, in an order still open."""

    shape: Shape
    first: int
    second: int
    year: int
    clock: tuple[int, int, int, int] | None = None  # hour, minute, second, microsecond
    zone: str | None = None
    separator: str = ""
    short_year: bool = False
    half_days: str = ""  # how AM/PM is written
    text: str = ""

    def moment(self, day_first: bool) -> datetime | None:
        """Date and clock as written, zone left aside; None for a day that does not exist."""
        month, day = (self.second, self.first) if day_first or self.shape != "numeric" else (self.first, self.second)
        try:
            return datetime(self.year, month, day, *(self.clock or (0, 0, 0, 0)))  # noqa: DTZ001 - a wall clock
        except ValueError:
            return None


@lru_cache(maxsize=1 << 16)  # columns repeat themselves
def read(text: str) -> Cell | None:
    """One value, or None where it is no date. A plain number is one only where it is an epoch after 1999."""
    text = text.strip()
    if not 5 <= len(text) <= 48 or not any(sign.isdigit() for sign in text[:24]):
        return None
    folded = plain(text) if not text.isascii() else text
    for shape, pattern in _PATTERNS:
        if found := pattern.fullmatch(folded):
            return _cell(shape, found.groupdict(), text)
    return None


def is_coarse(text: str) -> bool:
    """A quarter or a year: too coarse to place use in time."""
    return _COARSE.fullmatch(text.strip()) is not None


def _cell(shape: Shape, part: dict[str, Any], text: str) -> Cell | None:
    if shape == "epoch":
        return _epoch_cell(part["epoch"], text)
    if shape == "week":
        return _week_cell(int(part["y"]), int(part["w"]), text)
    if part.get("word"):
        part["m"] = MONTHS[part["word"].casefold()]
    short = len(part["y"]) == 2
    year = int(part["y"]) + ((2000 if int(part["y"]) < 69 else 1900) if short else 0)
    first, second = int(part.get("a") or part.get("d") or 1), int(part.get("b") or part["m"])
    if not (1900 <= year <= 2199 and 1 <= first <= 31 and 1 <= second <= (31 if shape == "numeric" else 12)):
        return None
    if shape == "numeric" and min(first, second) > 12:
        return None
    clock = _clock(part)
    if part.get("H") is not None and clock is None:
        return None
    half_days = part.get("ampm") or ""
    return Cell(shape, first, second, year, clock, part.get("zone"), part.get("sep") or "", short, half_days, text)


def _clock(part: dict[str, Any]) -> tuple[int, int, int, int] | None:
    if part.get("H") is None:
        return None
    hour, minute, second = int(part["H"]), int(part.get("M") or 0), int(part.get("S") or 0)
    if half := (part.get("ampm") or "").casefold():
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return hour, minute, second, int((part.get("F") or "0").ljust(6, "0")[:6])


def _epoch_cell(text: str, original: str) -> Cell | None:
    unit = epoch_unit(text)
    seconds = float(text) / {"s": 1, "ms": 1_000, "us": 1_000_000}[unit]
    if not 946_684_800 <= seconds < 4_102_444_800:  # 2000 to 2100
        return None
    at = datetime.fromtimestamp(seconds, tz=UTC)
    return Cell("epoch", at.day, at.month, at.year, (at.hour, at.minute, at.second, at.microsecond), "Z", text=original)


def epoch_unit(text: str) -> Literal["s", "ms", "us"]:
    whole = len(text.partition(".")[0])
    return "s" if whole <= 10 else "ms" if whole <= 13 else "us"


def _week_cell(year: int, week: int, text: str) -> Cell | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Cell("week", monday.day, monday.month, monday.year, text=text)


@dataclass(frozen=True)
class Dates:
    """A column of dates: one cell per row of the sample, None where there is none of the column's shape."""

    shape: Shape
    cells: tuple[Cell | None, ...]
    filled: int

    @property
    def read(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell is not None)

    @property
    def share(self) -> float:
        return len(self.read) / self.filled

    @property
    def year_first(self) -> bool:
        """25-08-14: years of two digits stand first where the last number would be a year yet to come."""
        if self.shape != "numeric" or not all(cell.short_year for cell in self.read):
            return False
        this_year = datetime.now(UTC).year
        return any(cell.year > this_year + 1 for cell in self.read)

    @property
    def day_first(self) -> bool | None:
        """What the sample decides about numeric dates; None: nothing, or both (``mixed``)."""
        if self.shape != "numeric" or self.year_first:
            return True
        if any(cell.separator == "." for cell in self.read):
            return True  # nobody writes month.day.year
        days, months = any(cell.first > 12 for cell in self.read), any(cell.second > 12 for cell in self.read)
        return None if days == months else days

    @property
    def mixed(self) -> bool:
        return any(cell.first > 12 for cell in self.read) and any(cell.second > 12 for cell in self.read)

    @property
    def example(self) -> Cell | None:
        """A value that can be read both ways."""
        return next(
            (cell for cell in self.read if cell.first != cell.second and max(cell.first, cell.second) < 13), None
        )

    def moments(self, day_first: bool) -> tuple[datetime | None, ...]:
        if self.year_first:
            turned = (replace(c, year=2000 + c.first, first=c.year % 100) if c else None for c in self.cells)
            return tuple(cell.moment(True) if cell else None for cell in turned)
        return tuple(cell.moment(day_first) if cell else None for cell in self.cells)

    @property
    def has_clock(self) -> bool:
        """Whether any value says more than the day: all at 00:00 is how spreadsheets and databases write days."""
        return any(cell.clock and any(cell.clock) for cell in self.read)

    @property
    def zoned(self) -> bool:
        return all(cell.zone for cell in self.read)

    @property
    def on_whole_hours(self) -> bool:
        return all(cell.clock is None or not any(cell.clock[1:]) for cell in self.read)

    def first_of_months(self, day_first: bool) -> bool:
        return self.shape in MONTH_SHAPES or all(
            moment.day == 1 for moment in self.moments(day_first) if moment is not None
        )


def look(cells: Iterable[str | None]) -> Dates | None:
    """The column's dates, or None where under half of its values have one shape. ``cells`` in row order."""
    found: list[Cell | None] = []
    filled = 0
    for text in cells:
        filled += text is not None
        found.append(read(text) if text is not None else None)
    shapes = Counter(cell.shape for cell in found if cell)
    if not shapes:
        return None
    shape, count = shapes.most_common(1)[0]
    if count < FEWEST_READABLE * filled:
        return None
    return Dates(shape, tuple(cell if cell and cell.shape == shape else None for cell in found), filled)


def settle(table: Table, column: str, con: duckdb.DuckDBPyConnection) -> bool | None:
    """Whether the whole column writes the day first; None where no value decides it, or some say yes and some no.

    ``column`` is the column as an expression over ``table.relation``. One pass over the file.
    """
    first, second = (
        rf"try_cast(regexp_extract({column}, '^\s*{skip}([0-9]{{1,2}})[-/.]', 1) AS INT)"
        for skip in ("", r"[0-9]{1,2}[-/.]\s?")
    )
    row = con.execute(f"SELECT max({first}), max({second}) FROM {table.relation}").fetchone()
    highest_first, highest_second = row if row else (None, None)
    days, months = (highest_first or 0) > 12, (highest_second or 0) > 12
    return None if days == months else days


@dataclass(frozen=True)
class Headings:
    """Headers that are dates. ``days``: header -> ISO text. ``day_first`` is None where numeric ones can be read both ways."""

    days: dict[str, str]
    months: bool
    day_first: bool | None
    example: str = ""


def headings(names: Sequence[str], day_first: bool | None = None) -> Headings:
    """Which of the headers are dates; ``day_first`` is the reader's answer."""
    found = {name: cell for name in names if (cell := read(name)) and cell.shape != "epoch"}
    numeric = Dates("numeric", tuple(cell for cell in found.values() if cell.shape == "numeric"), len(found) or 1)
    order: bool | None = day_first if day_first is not None else True
    if numeric.read and day_first is None:
        settled = numeric.day_first
        order = settled if settled is not None or numeric.mixed else _order_of_headings(numeric)
    moments = {name: cell.moment(order is not False) for name, cell in found.items()}
    days = {name: moment.date().isoformat() for name, moment in moments.items() if moment}
    months = all(cell.shape in MONTH_SHAPES for cell in found.values())
    months = months or (len(days) > 1 and order is not None and all(day.endswith("-01") for day in days.values()))
    return Headings(days, bool(found) and months, order, numeric.example.text if numeric.example else "")


def _order_of_headings(numeric: Dates) -> bool | None:
    """Headings run on in time: the one order in which they step by equal days, or by months, is right."""
    even = [order for order in (True, False) if _even(numeric.moments(order))]
    return even[0] if len(even) == 1 else None


def _even(moments: Sequence[datetime | None]) -> bool:
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(moments) or len(known) < 3:
        return False
    pairs = list(pairwise(known))
    days = {later - earlier for earlier, later in pairs}
    months = {(later.year - earlier.year) * 12 + later.month - earlier.month for earlier, later in pairs}
    same_day = len({moment.day for moment in known}) == 1
    return (len(days) == 1 and min(days) > timedelta(0)) or (same_day and len(months) == 1 and min(months) > 0)
