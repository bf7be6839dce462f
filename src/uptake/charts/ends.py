"""Lines named at their end: a point on the last value and the name in bold, in the line's colour, none over another."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from uptake.charts.look import Look
from uptake.charts.marks import apart, data, pixel, told

GAP = 15  # pixels between two names


@dataclass(frozen=True)
class End:
    """Where a line ends: when, at which value, what it is, and which of the look's series it is."""

    day: float
    value: float
    words: str
    series: int
    is_falling: bool = False


def ends(lines: Sequence[End], look: Look, ticks: Sequence[float], height: int) -> list[alt.Chart]:
    """The marks at the ends, on the axis of these ticks. A name stands above its point, below it where the line falls."""
    if not lines:
        return []
    size = ticks[-1] - ticks[0]
    level = [height * (1 - (line.value - ticks[0]) / size) for line in lines]
    wanted = [y + (15 if line.is_falling else -13) for y, line in zip(level, lines, strict=True)]
    found = apart(wanted, GAP, -14, height - 6)
    return [mark for line, y in zip(lines, found, strict=True) for mark in _end(line, y, look, ticks)]


def _end(line: End, y: float, look: Look, ticks: Sequence[float]) -> list[alt.Chart]:
    scale = alt.Scale(domain=[ticks[0], ticks[-1]], nice=False, zero=False)
    place = alt.Chart(data([{"day": line.day, "value": line.value}])).encode(x=alt.X("day:Q"))
    point = place.mark_point(filled=True, size=60, color=look.series[line.series], opacity=1)
    name = {"text": line.words, "align": "right", "dx": -7, "fontWeight": "bold", "baseline": "middle"}
    halo, words = told(look, place.encode(y=pixel(alt.YValue, y)), **name, color=look.words[line.series])
    return [point.encode(y=alt.Y("value:Q", scale=scale)), halo, words]
