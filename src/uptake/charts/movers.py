"""Who moved between two days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import data, nothing, ticked, when
from uptake.charts.rows import ROW, column, numbered, row_of
from uptake.charts.words import Caption, Table, counted, day_words, figure, short_day, signed, table

MOST_MOVERS = 24

Row = Mapping[str, Any]


def movers(
    rows: Sequence[Row], before: date, after: date, *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """A line for each customer from its score on one day (ring) to that on another (triangle, which points its way).

    ``rows``: customer, before, after (0–100; None on either day: not drawn), in the order to be shown. Of more than 24
    those that moved farthest stay.
    """
    known = [row for row in rows if row["before"] is not None and row["after"] is not None]
    if not known:
        return nothing("No customer has a score on both days.", look, width=width, caption=caption)
    farthest = sorted(range(len(known)), key=lambda place: -abs(_change(known[place])))[:MOST_MOVERS]
    shown = [known[place] for place in sorted(farthest)]
    names = [row["customer"] for row in shown]
    lines = numbered({"before": row["before"], "after": row["after"], "change": _change(row)} for row in shown)
    base = alt.Chart(data(lines)).encode(y=row_of(names, look))
    up = when("datum.change >= 0", look.series[0])
    axis = ticked([0, 50, 100], grid=True, gridColor=look.grid, domain=False)
    x = alt.X("before:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=axis)
    marks = [
        base.mark_rule(strokeWidth=2.5, strokeDash=[1, 0]).encode(
            x=x, x2=alt.X2("after"), color=alt.ColorValue(look.series[4], condition=up)
        ),
        base.mark_point(filled=True, size=54, fill=look.paper, strokeWidth=1.5, opacity=1).encode(
            x=alt.X("before:Q"), stroke=alt.StrokeValue(look.series[4], condition=up)
        ),
        *(_heads(base, look, rises=rises) for rises in (True, False)),
        *column([figure(row["after"]) for row in shown], names, look, 38, head=short_day(after), strong=True),
        *column([signed(_change(row)) for row in shown], names, look, 92, head="Change"),
    ]
    rest = len(rows) - len(shown)
    note = f"Ring: {day_words(before)}. Triangle: {day_words(after)}; it points the way."
    if rest:
        note += f" {counted(rest, 'more customer')} in the table."
    return dressed(marks, look, width=width, height=ROW * len(shown), caption=caption, note=note)


def movers_table(rows: Sequence[Row], before: date, after: date) -> Table:
    """The same by customer."""
    lines = [(row["customer"], figure(row["before"]), figure(row["after"]), _change_told(row)) for row in rows]
    return table(f"'Customer | {day_words(before)} | {day_words(after)} | Change", lines)


def _heads(base: alt.Chart, look: Look, *, rises: bool) -> alt.Chart:
    chosen = base.transform_filter("datum.change > 0" if rises else "datum.change < 0")
    shape, colour = ("triangle-right", look.series[0]) if rises else ("triangle-left", look.series[4])
    marks: alt.Chart = chosen.mark_point(shape=shape, filled=True, size=110, opacity=1, color=colour).encode(
        x=alt.X("after:Q")
    )
    return marks


def _change(row: Row) -> float:
    return float(row["after"] - row["before"])


def _change_told(row: Row) -> str:
    return "–" if row["before"] is None or row["after"] is None else signed(_change(row))
