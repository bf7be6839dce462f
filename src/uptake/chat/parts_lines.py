"""A line chart as lengths and paths, so that it stands in the page without any script."""

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from uptake.chat.answers import Lines, Point, Series, day_text

HEIGHT = 130  # of the plot
TOP = 14  # above it, for the uppermost label
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50)
MOST_LINES = 4
MOST_TICKS = 4
STYLES = (("c1", "f1", "t1"), ("c2", "f2", "t2"), ("c3", "f3", "t3"), ("c6", "f6", "strong"))
LINE_OF_TEXT = 15


@dataclass(frozen=True)
class Tick:
    """A label on an axis and where it stands; ``at`` is x in percent or y in pixels."""

    text: str
    at: float
    anchor: str = "start"

    @property
    def words_at(self) -> float:
        """Of a y axis: the text's own line."""
        return self.at + 4


@dataclass(frozen=True)
class Line:
    """One series: its path in a box of 100 by HEIGHT, its last point, and its name where there are several."""

    name: str
    path: str
    stroke: str
    fill: str
    ink: str
    end_x: float
    end_y: float
    words: str
    words_y: float


@dataclass(frozen=True)
class Drawing:
    """The chart, and the table behind it."""

    lines: tuple[Line, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    days: tuple[tuple[str, tuple[str, ...]], ...]  # day, value per series
    label: str
    height: int = HEIGHT
    top: int = TOP
    bottom: int = TOP + HEIGHT
    whole: int = TOP + HEIGHT + 22


def drawing(lines: Lines) -> Drawing | None:
    """None where there are fewer than two points to join."""
    series = [one for one in lines.series[:MOST_LINES] if len(_points(one)) > 1]
    if not series:
        return None
    days = sorted({date.fromisoformat(point.day) for one in lines.series for point in one.points})
    values = [value for one in series for _, value in _points(one)]
    low, high, step = _scale(min(values), max(values))
    drawn = [_line(one, STYLES[place], days, low, high, is_one=len(series) == 1) for place, one in enumerate(series)]
    return Drawing(
        lines=tuple(_apart(drawn)),
        y_ticks=tuple(Tick(_number(value), _y(value, low, high)) for value in _ticks(low, high, step)),
        x_ticks=tuple(_months(days)),
        days=tuple(_rows(lines, days)),
        label=f"{lines.caption}. " + " ".join(_said(one) for one in series),
    )


def _points(series: Series) -> list[tuple[date, float]]:
    return [(date.fromisoformat(point.day), point.value) for point in series.points if point.value is not None]


def _scale(low: float, high: float) -> tuple[float, float, float]:
    """Round ends and the step between the axis' labels."""
    span = max(high - low, 1e-9, abs(high) * 0.02)
    sizes = (step * 10**power for power in range(9) for step in (STEPS if power == 0 else (10, 20, 50)))
    step = next(size for size in sizes if span / size <= MOST_TICKS - 1)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    return bottom, top if top > bottom else bottom + step, step


def _ticks(low: float, high: float, step: float) -> list[float]:
    return [low + step * number for number in range(round((high - low) / step) + 1)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-9 else f"{value:,.2f}".rstrip("0")


def _x(day: date, days: list[date]) -> float:
    return 100 * (day - days[0]).days / max(1, (days[-1] - days[0]).days)


def _y(value: float, low: float, high: float) -> float:
    return TOP + HEIGHT * (1 - (value - low) / (high - low))


def _line(
    series: Series, style: tuple[str, str, str], days: list[date], low: float, high: float, *, is_one: bool
) -> Line:
    points = [(_x(day, days), _y(value, low, high)) for day, value in _points(series)]
    x, y = points[-1]
    last = _number(round(_points(series)[-1][1], 1))
    return Line(
        series.name,
        path=_path(series.points, days, low, high),
        stroke=style[0],
        fill=style[1],
        ink=style[2],
        end_x=x,
        end_y=y,
        words=last if is_one else f"{series.name} {last}",
        words_y=y - 10,
    )


def _path(points: tuple[Point, ...], days: list[date], low: float, high: float) -> str:
    """Broken where a value is missing: nothing is invented between."""
    out, is_joined = [], False
    for point in points:
        if point.value is None:
            is_joined = False
            continue
        x, y = _x(date.fromisoformat(point.day), days), _y(point.value, low, high) - TOP
        out.append(f"{'L' if is_joined else 'M'}{x:.2f} {y:.1f}")
        is_joined = True
    return "".join(out)


def _apart(lines: list[Line]) -> list[Line]:
    """The words at the lines' ends, moved so that none stands on another."""
    placed: list[float] = []
    out = []
    for line in sorted(lines, key=lambda one: one.end_y):
        at = max([line.words_y, *(other + LINE_OF_TEXT for other in placed)])
        placed.append(at)
        out.append(Line(**{**vars(line), "words_y": at}))
    return out


def _months(days: list[date]) -> list[Tick]:
    """The first day, then the beginnings of months that leave room for each other."""
    first = days[0]
    ticks = [Tick(f"{first:%b %Y}" if first.day <= 7 else f"{first.day} {first:%b %Y}", 0)]
    beginnings = [day for before, day in pairwise(days) if day.month != before.month]
    for day in beginnings:
        at = _x(day, days)
        if at - ticks[-1].at >= 16 and at <= 94:
            ticks.append(Tick(f"{day:%b %Y}" if day.month == 1 else f"{day:%b}", at, "middle"))
    return ticks


def _rows(lines: Lines, days: list[date]) -> list[tuple[str, tuple[str, ...]]]:
    known = [{point.day: point.value for point in one.points} for one in lines.series]
    return [(day_text(day), tuple(_cell(values.get(str(day))) for values in known)) for day in days]


def _cell(value: float | None) -> str:
    return "–" if value is None else _number(round(value, 1))


def _said(series: Series) -> str:
    points = _points(series)
    return f"{series.name}: from {_number(round(points[0][1], 1))} to {_number(round(points[-1][1], 1))}."
