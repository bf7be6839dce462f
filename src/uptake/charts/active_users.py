"""How many people come, by day."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.ends import End, ends
from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import count_axis, data, days, moment, nothing, scale, when
from uptake.charts.words import Caption, Table, brief, day_words, figure, table

HEIGHT = 220
NOON = 10  # o'clock: lines run through the middle of a day's bar
LINES = (("mau", "MAU", 1), ("wau", "WAU", 2), ("dau", "DAU", 0))
"""Column, name, and place in the look's series."""

Day = Mapping[str, Any]


def active_users(series: Sequence[Day], *, caption: Caption, look: Look = PAGE, width: Width = "container") -> Spec:
    """Users of each day as bars, weekends pale; over them lines of the last 30, the last 7 days and the single day,
    this one through working days alone. What is incomplete is dashed and never the last value named.

    ``series``: day, dau, wau, mau (None: not known), is_complete, is_weekend, oldest first.
    """
    known = [value for day in series for name, _, _ in LINES if (value := day[name]) is not None]
    if not known:
        return nothing("Nobody was active in this period.", look, width=width, caption=caption)
    ticks, axis = count_axis(known)
    level = {"scale": scale(ticks), "axis": axis}
    lines = [_line(series, name, look.series[place], level) for name, _, place in LINES]
    named = [end for line in LINES if (end := _end(series, *line))]
    chart = [_bars(series, look, level), *(part for line in lines for part in line), *ends(named, look, ticks, HEIGHT)]
    return dressed(chart, look, width=width, height=HEIGHT, caption=caption)


def active_users_table(series: Sequence[Day]) -> Table:
    """The same by day."""
    rows = [(_day_told(day), figure(day["dau"]), figure(day["wau"]), figure(day["mau"])) for day in series]
    return table("'Day | DAU | WAU, 7 days | MAU, 30 days", rows)


def _day_told(day: Day) -> str:
    kind = "" if day["is_complete"] else ", not over yet"
    return f"{day['day']:%a} {day_words(day['day'])}{kind}"


def _bars(series: Sequence[Day], look: Look, level: Mapping[str, Any]) -> alt.Chart:
    """Working days filled; weekends and unfinished days as outlines."""
    rows = [
        {"day": moment(day["day"], 2), "end": moment(day["day"], 18), "dau": day["dau"], "open": _is_off(day)}
        for day in series
        if day["dau"] is not None
    ]
    fill = alt.FillValue(look.peer, condition=when("datum.open", look.paper))
    x = days("day", [day["day"] for day in series])
    bars: alt.Chart = (
        alt.Chart(data(rows))
        .mark_bar(stroke=look.peer, strokeWidth=1)
        .encode(x=x, x2=alt.X2("end"), y=alt.Y("dau:Q", **level), y2=alt.Y2Datum(0), fill=fill)
    )
    return bars


def _is_off(day: Day) -> bool:
    return bool(day["is_weekend"]) or not day["is_complete"]


def _line(series: Sequence[Day], name: str, colour: str, level: Mapping[str, Any]) -> list[alt.Chart]:
    """Whole as far as days are complete, dashed from there; single days leave weekends out."""
    chosen = [day for day in series if not (name == "dau" and day["is_weekend"])]
    rows = [{"day": moment(day["day"], NOON), name: day[name], "open": not day["is_complete"]} for day in chosen]
    whole = [row for row in rows if not row["open"]]
    dashed = [*whole[-1:], *(row for row in rows if row["open"])]
    y = alt.Y(f"{name}:Q", **level)
    drawn = [alt.Chart(data(whole)).mark_line(color=colour).encode(x=alt.X("day:Q"), y=y)]
    if len(dashed) > 1:
        drawn.append(alt.Chart(data(dashed)).mark_line(color=colour, strokeDash=[2, 4]).encode(x=alt.X("day:Q"), y=y))
    return drawn


def _end(series: Sequence[Day], name: str, words: str, place: int) -> End | None:
    """The last complete value; of single days, that of the last working day."""
    chosen = [
        day
        for day in series
        if day["is_complete"] and day[name] is not None and not (name == "dau" and day["is_weekend"])
    ]
    if not chosen:
        return None
    return End(moment(chosen[-1]["day"], NOON), chosen[-1][name], f"{words} {brief(chosen[-1][name])}", place)
