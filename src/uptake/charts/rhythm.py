"""When people come: weekday by hour."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import data, nothing, when
from uptake.charts.words import Caption, Table, figure, short, table

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROW = 26
LETTER = 7.0  # pixels of a figure; cells narrower than theirs show colour alone

Cells = Sequence[Sequence[int]]


def weekday_by_hour(cells: Cells, *, caption: Caption, look: Look = PAGE, width: Width = "container") -> Spec:
    """Uses of each hour of the week as a heat table in seven steps, the busiest hour framed and told in words.

    ``cells``: seven rows from Monday, of 24 hours each. Hours that no day uses at either end are left out.
    """
    if not any(map(any, cells)):
        return nothing("No use in this period says at which hour it was.", look, width=width, caption=caption)
    first, last = _used_hours(cells)
    most = max(map(max, cells))
    rows = [
        {
            "day": DAYS[day],
            "hour": hour,
            "uses": uses,
            "step": step_of(uses, most),
            "shown": short(uses),
            "is_peak": uses == most,
        }
        for day, hours in enumerate(cells)
        for hour, uses in enumerate(hours)
        if first <= hour <= last
    ]
    marks = _heat(rows, look, last - first + 1)
    return dressed(marks, look, width=width, height=ROW * 7, caption=caption, note=_note(cells, first, last))


def weekday_by_hour_table(cells: Cells) -> Table:
    """The same by hour, a column a weekday."""
    rows = [(f"{hour}:00", *(figure(cells[day][hour]) for day in range(7))) for hour in range(24)]
    return table(f"'Hour | {' | '.join(DAYS)}", rows)


def step_of(value: float, most: float) -> int:
    """Which of seven equal steps up to the highest value; 0 for none."""
    return 0 if value <= 0 or most <= 0 else min(7, ceil(7 * value / most))


def _used_hours(cells: Cells) -> tuple[int, int]:
    used = [hour for hour in range(24) if any(hours[hour] for hours in cells)]
    return used[0], used[-1]


def _heat(rows: Sequence[dict[str, Any]], look: Look, hours: int) -> list[alt.Chart]:
    x = alt.X(
        "hour:O",
        scale=alt.Scale(padding=0),
        axis=alt.Axis(
            orient="top", domain=False, labelPadding=4, labelAngle=0, labelOverlap="parity", labelSeparation=3
        ),
    )
    y = alt.Y(
        "day:O",
        sort=list(DAYS),
        scale=alt.Scale(padding=0),
        axis=alt.Axis(orient="left", grid=False, labelColor=look.ink),
    )
    base = alt.Chart(data(rows)).encode(x=x, y=y)
    steps = alt.Scale(domain=list(range(8)), range=[look.paper, *look.heat])
    cells = base.mark_rect(stroke=look.paper, strokeWidth=1).encode(color=alt.Color("step:O", scale=steps))
    peak = base.transform_filter("datum.is_peak").mark_rect(filled=False, stroke=look.ink, strokeWidth=2)
    ink = alt.ColorValue(look.ink, condition=when("datum.step > 4", look.on_heat))
    room = 4 + LETTER * max(len(row["shown"]) for row in rows)
    size = alt.ExprRef(f"width / {hours} > {room} ? 1 : 0")
    return [cells, peak, base.mark_text(opacity=size, baseline="middle").encode(text=alt.Text("shown:N"), color=ink)]


def _note(cells: Cells, first: int, last: int) -> str:
    most = max(map(max, cells))
    day, hour = next((day, hours.index(most)) for day, hours in enumerate(cells) if most in hours)
    told = f"Framed: {LONG_DAYS[day]}, {hour} to {hour + 1} o’clock, {figure(most)} uses. The stronger the colour, the more uses."
    return told if last - first == 23 else f"{told} Hours without any use, early and late, are left out."
