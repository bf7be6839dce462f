"""How much is used, by week, and what happened meanwhile."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt

from uptake.charts.look import HEIGHT, PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import count_axis, data, days, moment, nothing, pixel, placed, scale, told, when
from uptake.charts.words import Caption, Table, counted, cut, day_words, figure, short, short_day, table

MOST = 9  # notes on the drawing; more stand in the table
LINE = 17  # pixels from one note to the next
NEAR = 1 / 12  # of the time shown: closer numbers stand one above the other
LONGEST = 46  # characters of a note, so that a phone shows it whole

Row = Mapping[str, Any]


def uses_by_week(weeks: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container") -> Spec:
    """Bars of the uses of each week, the last one with its figure; a week that is not whole is an outline.

    ``weeks``: week_start, week_end, uses (None: not known), is_whole, oldest first.
    """
    known = [week for week in weeks if week["uses"] is not None]
    if not known:
        return nothing("No week has any use yet.", look, width=width, caption=caption)
    bars, ticks = _bars(weeks, known, look)
    return dressed([bars, *_last(known, look, ticks)], look, width=width, caption=caption)


def uses_by_week_table(weeks: Sequence[Row]) -> Table:
    """The same by week."""
    return table("'Week from | Uses", [(_week_told(week), figure(week["uses"])) for week in weeks])


def growth_with_milestones(
    weeks: Sequence[Row], notes: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """The same bars with numbered marks, told beneath: milestones found in the facts, and what teammates noted.

    ``weeks`` as for uses_by_week; ``notes``: on and words, in any order.
    """
    known = [week for week in weeks if week["uses"] is not None]
    if not known:
        return nothing("No week has any use yet.", look, width=width, caption=caption)
    bars, ticks = _bars(weeks, known, look)
    inside = _inside(weeks, notes)
    shown, rest = inside[-MOST:], len(inside[:-MOST])
    marks = _numbered(shown, _length(weeks) * NEAR, look)
    chart = [*marks, bars, *_last(known, look, ticks), *_beneath(shown, look)]
    note = f"{counted(rest, 'earlier note')} in the table." if rest else ""
    return dressed(chart, look, width=width, caption=caption, note=note)


def growth_with_milestones_table(weeks: Sequence[Row], notes: Sequence[Row]) -> Table:
    """The same by week, with what happened in it."""
    rows = [(_week_told(week), figure(week["uses"]), "; ".join(_in_week(week, notes)) or "–") for week in weeks]
    return table("'Week from | Uses | 'What happened", rows)


def _beneath(notes: Sequence[Row], look: Look) -> list[alt.Chart]:
    """The notes by their numbers, beneath the axis."""
    left: dict[str, Any] = {"align": "left", "baseline": "middle"}
    marks = []
    for number, note in enumerate(notes, 1):
        y = HEIGHT + 23 + LINE * number
        marks.append(placed(str(number), x=0, y=y, color=look.ink, fontWeight="bold", **left))
        marks.append(
            placed(f"{short_day(note['on'])}: {cut(note['words'], LONGEST)}", x=16, y=y, color=look.ink_2, **left)
        )
    return marks


def _in_week(week: Row, notes: Sequence[Row]) -> list[str]:
    found = sorted((note for note in notes if week["week_start"] <= note["on"] <= week["week_end"]), key=_on)
    return [f"{short_day(note['on'])}: {note['words']}" for note in found]


def _on(note: Row) -> date:
    found: date = note["on"]
    return found


def _week_told(week: Row) -> str:
    return day_words(week["week_start"]) + ("" if week["is_whole"] else ", part of a week")


def _bars(weeks: Sequence[Row], known: Sequence[Row], look: Look) -> tuple[alt.Chart, list[float]]:
    ticks, axis = count_axis([week["uses"] for week in known])
    rows = [
        {
            "start": moment(week["week_start"], 8),
            "end": moment(week["week_end"], 16),
            "uses": week["uses"],
            "open": not week["is_whole"],
        }
        for week in known
    ]
    fill = alt.FillValue(look.series[0], condition=when("datum.open", look.paper))
    bars = alt.Chart(data(rows)).mark_bar(stroke=look.series[0], strokeWidth=1)
    x = days("start", [week["week_start"] for week in weeks], end=weeks[-1]["week_end"])
    return bars.encode(
        x=x, x2=alt.X2("end"), y=alt.Y("uses:Q", scale=scale(ticks), axis=axis), y2=alt.Y2Datum(0), fill=fill
    ), ticks


def _last(known: Sequence[Row], look: Look, ticks: Sequence[float]) -> list[alt.Chart]:
    """The last whole week's figure above its bar."""
    whole = [week for week in known if week["is_whole"]]
    if not whole:
        return []
    week = whole[-1]
    row = {"start": moment(week["week_end"], 16), "uses": week["uses"]}
    place = alt.Chart(data([row])).encode(x=alt.X("start:Q"), y=alt.Y("uses:Q", scale=scale(ticks)))
    mark: dict[str, Any] = {"align": "right", "baseline": "bottom", "dy": -3, "fontWeight": "bold"}
    return list(told(look, place, text=short(week["uses"]), color=look.words[0], **mark))


def _inside(weeks: Sequence[Row], notes: Sequence[Row]) -> list[Row]:
    """Those that fall into the weeks, oldest first."""
    first, last = weeks[0]["week_start"], weeks[-1]["week_end"]
    return sorted((note for note in notes if first <= note["on"] <= last), key=_on)


def _length(weeks: Sequence[Row]) -> int:
    days: int = (weeks[-1]["week_end"] - weeks[0]["week_start"]).days
    return days


def _numbered(notes: Sequence[Row], near: float, look: Look) -> list[alt.Chart]:
    """A dashed line on the day and a number in a disc above it, higher where the one before is near."""
    rows, level, before = [], 0, None
    for number, note in enumerate(notes, 1):
        level = level + 1 if before and (note["on"] - before).days < near else 0
        before = note["on"]
        rows.append({"on": moment(note["on"], 12), "y": -14.0 - 18 * level, "number": str(number)})
    base = alt.Chart(data(rows)).encode(x=alt.X("on:Q"), y=alt.Y("y:Q", scale=None, axis=None))
    rule = (
        alt.Chart(data(rows)).mark_rule().encode(x=alt.X("on:Q"), y=pixel(alt.YValue, HEIGHT), y2=pixel(alt.Y2Value, 0))
    )
    disc = base.mark_point(filled=True, size=230, color=look.ink, opacity=1)
    return (
        [
            rule,
            disc,
            base.mark_text(baseline="middle", fontWeight="bold", color=look.paper).encode(text=alt.Text("number:N")),
        ]
        if rows
        else []
    )
