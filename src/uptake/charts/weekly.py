"""Scores by week, as lines."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, dressed

Week = Mapping[str, Any]

ROOM = 6  # of a name: a sixth of the axis


def average_by_week(weeks: Sequence[Week], *, look: Look = PAGE, width: int | str = "container") -> dict[str, Any]:
    """The portfolio's average score by week, before the middle half of the customers.

    ``weeks``: day, average, low and high (the quartiles) of each week, oldest first; at least two of them.
    """
    data = _data(weeks, ("average", "low", "high"))
    base = alt.Chart(data).encode(x=_days(weeks))
    scale = _scale([week[name] for week in weeks for name in ("average", "low", "high")])
    half = base.mark_area().encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    line = base.mark_line(color=look.series[0]).encode(y=alt.Y("average:Q", scale=scale))
    ends = _end(weeks, "average", f"Average {weeks[-1]['shown']}", look.series[0], look, scale)
    return dressed(alt.layer(half, line, *ends), look, width=width)


def score_by_week(weeks: Sequence[Week], *, look: Look = PAGE, width: int | str = "container") -> dict[str, Any]:
    """One customer's score by week, and the median of its peers behind it.

    ``weeks``: day, score and peers of each week, oldest first; None where there is none.
    """
    data = _data(weeks, ("score", "peers"))
    base = alt.Chart(data).encode(x=_days(weeks))
    scale = _scale([week[name] for week in weeks for name in ("score", "peers")])
    peers = base.mark_line(color=look.series[5], strokeWidth=1.5).encode(y=alt.Y("peers:Q", scale=scale))
    line = base.mark_line(color=look.series[0]).encode(y=alt.Y("score:Q", scale=scale))
    known = [week for week in weeks if week["score"] is not None]
    marks = _end(known, "score", f"Score {known[-1]['shown']}", look.series[0], look, scale) if known else ()
    return dressed(alt.layer(peers, line, *marks), look, width=width)


def _data(weeks: Sequence[Week], names: Sequence[str]) -> alt.InlineData:
    return alt.InlineData(
        values=[{"day": _text(week["day"]), **{name: week[name] for name in names}} for week in weeks]
    )


def _days(weeks: Sequence[Week]) -> alt.X:
    """Named by month, at the first week of each; the first month only where the next name leaves it room."""
    days = [week["day"] for week in weeks]
    months = [day for place, day in enumerate(days) if place == 0 or day.month != days[place - 1].month]
    if len(months) > 1 and (months[1] - months[0]).days * ROOM < (days[-1] - days[0]).days:
        del months[0]
    axis = alt.Axis(values=[_text(day) for day in months], format="%b %Y", labelAlign="left", labelPadding=6)
    return alt.X("day:T", scale=alt.Scale(type="utc"), axis=axis)


def _scale(values: Sequence[float | None]) -> alt.Scale:
    """From a ten below the lowest to a ten above the highest, with room for words: lines need not start at 0."""
    known = [value for value in values if value is not None]
    low, high = (min(known, default=0) - 6) // 10 * 10, -(-(max(known, default=100) + 6) // 10) * 10
    return alt.Scale(domain=[max(0, low), min(100, high)], nice=False, zero=False)


def _end(
    weeks: Sequence[Week], name: str, words: str, colour: str, look: Look, scale: alt.Scale
) -> tuple[alt.Chart, alt.Chart, alt.Chart]:
    """A point on the last value, and what the line is, in bold and in its colour."""
    last = weeks[-1]
    is_falling = len(weeks) > 1 and last[name] < weeks[-2][name]  # then the line comes from above
    place = alt.Chart(alt.InlineData(values=[{"day": _text(last["day"]), name: last[name]}])).encode(
        x="day:T", y=alt.Y(f"{name}:Q", scale=scale)
    )
    told: dict[str, Any] = {
        "text": words,
        "align": "right",
        "dx": -8,
        "dy": 14 if is_falling else -12,
        "fontWeight": "bold",
    }
    return (
        place.mark_point(filled=True, size=60, color=colour, opacity=1),
        place.mark_text(
            **told, stroke=look.paper, strokeWidth=4, strokeJoin="round"
        ),  # a halo, so that lines end at it
        place.mark_text(**told, color=colour),
    )


def _text(day: date) -> str:
    return day.isoformat()
