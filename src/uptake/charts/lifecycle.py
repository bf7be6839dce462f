"""Who is new, who comes back, who stays away, by week."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import NUMBERS, apart, count_axis, data, days, moment, nothing, placed, scale, ticked
from uptake.charts.words import Caption, Table, day_words, figure, short, table

HEIGHT = 220
KINDS = (("returning", "Returning", 0), ("resurrected", "Resurrected", 1), ("new", "New", 2), ("dormant", "Dormant", 5))
"""From the zero line upwards, and the last one below it: column, name, and place in the look's series."""

Week = Mapping[str, Any]


def lifecycle_by_week(
    weeks: Sequence[Week], *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """Bars of the users of each week, stacked; below zero, hollow, those of the week before who stayed away.

    ``weeks``: week_start, week_end, new, returning, resurrected, dormant (None: not known), oldest first.
    """
    known = [week for week in weeks if any(week[name] is not None for name, _, _ in KINDS)]
    if not known:
        return nothing("No week has users yet.", look, width=width, caption=caption)
    totals = [sum(week[name] or 0 for name, _, _ in KINDS[:-1]) for week in known]
    ticks, _ = count_axis(totals, low=-max(week["dormant"] or 0 for week in known))
    axis = ticked(ticks, labelExpr=NUMBERS.replace("datum.value", "abs(datum.value)"), orient="left")
    colours = alt.Scale(domain=[0, 1, 2], range=[look.series[place] for place in (0, 1, 2)])
    x = days("week_start", [week["week_start"] for week in weeks], end=weeks[-1]["week_end"], domain=False)
    y = alt.Y("low:Q", scale=scale(ticks), axis=axis)
    pieces = list(_pieces(known))
    there, away = ([piece for piece in pieces if (piece["low"] < 0) == is_away] for is_away in (False, True))
    ends = {"x2": alt.X2("week_end"), "y2": alt.Y2("high")}
    bars = alt.Chart(data(there)).mark_bar(stroke=look.paper, strokeWidth=0.5)
    bars = bars.encode(x=x, y=y, color=alt.Color("place:N", scale=colours), **ends)
    hollow = (
        alt.Chart(data(away)).mark_bar(fill=look.paper, stroke=look.series[5], strokeWidth=1).encode(x=x, y=y, **ends)
    )
    zero = alt.Chart(data([{"y": 0}])).mark_rule(color=look.ink, strokeDash=[1, 0]).encode(y=alt.Y("y:Q"))
    chart = [bars, hollow, zero, *_named(known[-1], look, ticks)]
    return dressed(chart, look, width=width, height=HEIGHT, caption=caption)


def lifecycle_by_week_table(weeks: Sequence[Week]) -> Table:
    """The same by week."""
    names = ("new", "returning", "resurrected", "dormant")
    rows = [(day_words(week["week_start"]), *(figure(week[name]) for name in names)) for week in weeks]
    return table("'Week from | New | Returning | Resurrected | Dormant", rows)


def _stacked(week: Week) -> list[tuple[int, float, float]]:
    """(place in the series, from, to) of each piece of the week's bar."""
    found, at = [], 0.0
    for name, _, place in KINDS[:-1]:
        found.append((place, at, at + (week[name] or 0)))
        at += week[name] or 0
    return [*found, (KINDS[-1][2], -(week["dormant"] or 0), 0.0)]


def _pieces(weeks: Sequence[Week]) -> list[dict[str, Any]]:
    return [
        {
            "week_start": moment(week["week_start"], 8),
            "week_end": moment(week["week_end"], 16),
            "place": place,
            "low": low,
            "high": high,
        }
        for week in weeks
        for place, low, high in _stacked(week)
        if high > low
    ]


def _named(week: Week, look: Look, ticks: Sequence[float]) -> list[alt.Chart]:
    """What each piece is and how much, beside the last bar."""
    pieces = _stacked(week)
    middles = [HEIGHT * (1 - ((low + high) / 2 - ticks[0]) / (ticks[-1] - ticks[0])) for _, low, high in pieces]
    return [
        placed(
            f"{title} {short(week[name])}",
            x=alt.ExprRef("width + 8"),
            y=y,
            align="left",
            baseline="middle",
            color=look.words[place],
            fontWeight="bold",
        )
        for (name, title, place), y in zip(KINDS, apart(middles, 15, 4, HEIGHT - 4), strict=True)
    ]
