"""Parts that several charts are made of: data, axes, words on the drawing, and what is drawn where nothing is known."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import altair as alt

from uptake.charts.look import Look, Spec, Width, dressed
from uptake.charts.words import Caption, steps

EPOCH = date(1970, 1, 1).toordinal()
NONE = alt.InlineData(values=({},))


def data(rows: Iterable[dict[str, Any]]) -> alt.InlineData:
    """Plain values; days as numbers. A tuple: Altair copies lists whenever it touches a chart."""
    return alt.InlineData(
        values=tuple(
            {name: moment(value) if isinstance(value, date) else value for name, value in row.items()} for row in rows
        )
    )


def moment(day: date, hour: int = 0) -> float:
    """Days since 1970, with the hour as a part: dates have no zone, and must not move in a reader's."""
    return day.toordinal() - EPOCH + round(hour / 24, 4)


# ── Axes ────────────────────────────────────────────────────────────────────────────────────────────────────────────

NUMBERS = "replace(format(datum.value, abs(datum.value) < 9999.5 ? ',~r' : '~s'), 'G', 'B')"


def ticked(values: Sequence[float], **more: Any) -> alt.Axis:
    """An axis with exactly these ticks: Vega thins them out where it is not told their number."""
    return alt.Axis(values=list(values), tickCount=len(values), **more)


def count_axis(values: Iterable[float | None], *, low: float = 0.0) -> tuple[list[float], alt.Axis]:
    """From 0 (or below) to a round number above the highest value: the domain's steps, and the axis with them."""
    known = [value for value in values if value is not None]
    ticks = steps(min([low, *known]), max([low, *known]) or 1.0, whole=all(value == int(value) for value in known))
    return ticks, ticked(ticks, labelExpr=NUMBERS)


def scale(ticks: Sequence[float]) -> alt.Scale:
    """Exactly from the first to the last tick."""
    return alt.Scale(domain=[ticks[0], ticks[-1]], nice=False, zero=False)


def day_axis(days: Sequence[date], **more: Any) -> alt.Axis:
    """Each day of a short time, Mondays of some weeks, else months, named as Nov 2025 · Dec · Jan 2026."""
    first, last = days[0], days[-1]
    span = (last - first).days
    every = [first + timedelta(days=number) for number in range(span + 1)]
    if span <= 10:
        marked, name = every, "utcFormat(864e5 * datum.value, '%-d %b')"
    elif span <= 70:
        marked, name = [day for day in every if day.weekday() == 0], "utcFormat(864e5 * datum.value, '%-d %b')"
    else:
        step = 1 if span <= 550 else 3 if span <= 1500 else 12
        marked = [day for day in every if day.day == 1 and (day.month - 1) % step == 0]
        name = YEARS if step == 12 else MONTHS
    if span > 10 and (not marked or (marked[0] - first).days * 6 > span):
        marked = [first, *marked]  # the beginning is named where the next name leaves it room
    axis = {
        "values": [moment(day) for day in marked],
        "labelExpr": name,
        "labelAlign": "left",
        "labelPadding": 6,
        "tickCount": len(marked),
        **more,
    }
    return alt.Axis(**axis)


YEARS = "utcFormat(864e5 * datum.value, '%Y')"
MONTHS = "utcFormat(864e5 * datum.value, datum.index == 0 || utcmonth(864e5 * datum.value) == 0 ? '%b %Y' : '%b')"


def days(name: str, over: Sequence[date], *, end: date | None = None, **axis: Any) -> alt.X:
    """The horizontal axis of time, from the first of the days to the end of the last."""
    domain = [moment(over[0]), moment((end or over[-1]) + timedelta(days=1))]
    return alt.X(f"{name}:Q", scale=alt.Scale(domain=domain, nice=False, zero=False), axis=day_axis(over, **axis))


# ── Words on the drawing ────────────────────────────────────────────────────────────────────────────────────────────


def pixel(channel: Any, value: Any) -> Any:
    """A place in pixels: ``pixel(alt.YValue, 20)``. Altair's own constructors of these are untyped."""
    return channel(value)


def when(test: str, value: str) -> dict[str, str]:
    """The value of a channel on rows that pass the test. Channels take it as ``condition``."""
    return {"test": test, "value": value}


def told(look: Look, chart: alt.Chart, **mark: Any) -> tuple[alt.Chart, alt.Chart]:
    """Text with a halo of paper, so that lines end at it."""
    halo = {**mark, "stroke": look.paper, "strokeWidth": 4, "strokeJoin": "round", "color": look.paper}
    return chart.mark_text(**halo), chart.mark_text(**mark)


def placed(words: str | list[str], *, x: Any, y: Any, **mark: Any) -> alt.Chart:
    """Words at a place of the drawing, in pixels or as an expression."""
    chart: alt.Chart = alt.Chart(NONE).mark_text(text=words, x=x, y=y, **mark)
    return chart


def nothing(words: str, look: Look, *, width: Width, caption: Caption | None, height: int = 80) -> Spec:
    """What is drawn where there is nothing to draw: why not."""
    middle: dict[str, Any] = {"x": alt.ExprRef("width / 2"), "y": height / 2, "align": "center", "baseline": "middle"}
    line = alt.Chart(NONE).mark_rule(color=look.grid, strokeDash=[1, 0]).encode(y=pixel(alt.YValue, height))
    return dressed([line, placed(words, **middle, color=look.ink_3)], look, width=width, height=height, caption=caption)


def apart(places: Sequence[float], gap: float, least: float, most: float) -> list[float]:
    """The same places, moved as little as it takes to stand a gap apart between two bounds."""
    order = sorted(range(len(places)), key=lambda each: places[each])
    moved, at = list(places), least - gap
    for each in order:
        at = moved[each] = max(places[each], at + gap)
    at = most + gap
    for each in reversed(order):
        at = moved[each] = min(moved[each], at - gap)
    return moved
