"""What stands in and around charts in words: captions, figures, days, and the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor, log10

MINUS = "−"


@dataclass(frozen=True)
class Caption:
    """What the chart shows as a finding, of what unit and period, and as of which day."""

    finding: str
    unit: str
    as_of: date | None = None

    @property
    def below(self) -> str:
        """“Distinct users, 90 days, as of 30 Jun 2026”."""
        return f"{self.unit}, as of {day_words(self.as_of)}" if self.as_of else self.unit


@dataclass(frozen=True)
class Column:
    """One column of the table beside a chart."""

    title: str
    is_number: bool = True


@dataclass(frozen=True)
class Table:
    """The chart as a table, in words and figures as they are read."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]

    @property
    def cells(self) -> list[list[tuple[Column, str]]]:
        """Each row's texts beside their columns."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def table(titles: str, rows: Sequence[Sequence[str]]) -> Table:
    """Columns by their titles, parted by bars; those that hold words begin with a quote: ``"'Week | Uses"``."""
    parts = [title.strip() for title in titles.split("|")]
    return Table([Column(part.removeprefix("'"), not part.startswith("'")) for part in parts], rows)


def rounded(value: float, decimals: int = 0) -> float:
    """Half up, away from zero."""
    size = 10.0**decimals
    whole = floor(abs(value) * size + 0.5 + 1e-9) / size
    return -whole if value < 0 else whole


def figure(value: float | None, decimals: int = 0) -> str:
    """1,234; −3; – for none."""
    if value is None:
        return "–"
    return f"{rounded(value, decimals) + 0.0:,.{decimals}f}".replace("-", MINUS)


def short(value: float | None) -> str:
    """A figure that fits on a mark: 940, 9,400, 12.3k, 1.2M, 3B; – for none."""
    if value is None or abs(value) < 9_999.5:
        return figure(value, 0 if value is None or value == int(value) or abs(value) >= 10 else 1)
    for size, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        scaled = value / size
        if abs(scaled) >= 0.9995:
            decimals = 0 if abs(scaled) >= 99.95 or rounded(scaled, 1) == int(rounded(scaled, 1)) else 1
            return figure(scaled, decimals) + unit
    return figure(value)


def brief(value: float | None) -> str:
    """Every digit up to 99,999, then 123k: for a column beside bars."""
    return figure(value) if value is None or abs(value) < 99_999.5 else short(value)


def percent(share: float | None) -> str:
    """0.634 as 63%; some, but under half a percent, as <1%; – for none."""
    if share is None:
        return "–"
    return "<1%" if 0 < share < 0.005 else f"{figure(100 * share)}%"


def signed(points: float) -> str:
    """+9, −8; “stable” where it rounds to nothing."""
    whole = rounded(points)
    return "stable" if whole == 0 else f"{'+' if whole > 0 else MINUS}{abs(whole):,.0f}"


def day_words(day: date) -> str:
    """29 Jan 2026."""
    return f"{day.day} {day:%b %Y}"


def short_day(day: date) -> str:
    """29 Jan."""
    return f"{day.day} {day:%b}"


def counted(number: int, noun: str) -> str:
    """3 users."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def steps(low: float, high: float, count: int = 4, *, whole: bool = False) -> list[float]:
    """Round numbers at even distance from at most ``low`` to at least ``high``: an axis. ``whole``: no halves."""
    span = high - low or abs(high) or 1.0
    rough = span / count
    size = 10.0 ** floor(log10(rough))
    step = next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= rough * 0.999)
    if whole:
        step = max(1.0, floor(step) if step < 10 else step)
    first, last = floor(low / step + 1e-9), -floor(-(high / step) + 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def wrapped(text: str, most: int) -> list[str]:
    """Lines of at most so many characters, broken between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
