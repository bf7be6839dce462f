"""What the contract grants and how much of it is used."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import data, nothing, placed
from uptake.charts.rows import along
from uptake.charts.words import Caption, Table, figure, percent, short, table

ROW = 46
FARTHEST = 1.5  # of what is granted: a bar beyond it would press all others flat

Row = Mapping[str, Any]


def entitlements(lines: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container") -> Spec:
    """A bar for each entitlement against the line of what is granted; what goes beyond it is set off in red, with a
    tip where it goes on. What has no limit or is not measured says so and has no bar.

    ``lines``: name, used, granted, utilization (None: not measured or unlimited), unit.
    """
    if not lines:
        return nothing("The contract names no entitlement.", look, width=width, caption=caption)
    top = min(FARTHEST, max([1.0, *(line["utilization"] or 0 for line in lines)]))
    marks = [*_bars([_bar(line, top, number) for number, line in enumerate(lines)], top, look), *_words(lines, look)]
    return dressed(marks, look, width=width, height=ROW * len(lines), caption=caption)


def entitlements_table(lines: Sequence[Row]) -> Table:
    """The same by entitlement."""
    rows = [
        (line["name"], figure(line["used"]), _granted(line), line["unit"] or "–", percent(line["utilization"]))
        for line in lines
    ]
    return table("'Entitlement | Used | Granted | 'Unit | Share", rows)


def _bar(line: Row, top: float, number: int) -> dict[str, Any]:
    """From 0 to the limit, and what is used within and beyond it."""
    share, y = line["utilization"], ROW * number + 31
    if share is None:
        return {"y": y, "used": None, "over": 0}
    return {
        "y": y,
        "used": max(0.0, min(share, 1)),
        "zero": 0,
        "full": 1,
        "over": min(share, top),
        "goes_on": share > top,
    }


def _bars(bars: Sequence[dict[str, Any]], top: float, look: Look) -> list[alt.Chart]:
    def base(kept: Sequence[dict[str, Any]]) -> alt.Chart:
        return alt.Chart(data(kept)).encode(y=alt.Y("y:Q", scale=None, axis=None))

    limited = base([bar for bar in bars if bar["used"] is not None])
    beyond = base([bar for bar in bars if bar["over"] > 1])
    on = base([bar for bar in bars if bar.get("goes_on")])
    x = alt.X("zero:Q", scale=along(top), axis=None)
    tip: dict[str, Any] = {"shape": "triangle-right", "filled": True, "size": 150, "opacity": 1}
    return [
        limited.mark_bar(orient="horizontal", size=10, color=look.grid).encode(x=x, x2=alt.X2("full")),
        limited.mark_bar(orient="horizontal", size=10, color=look.series[0]).encode(x=x, x2=alt.X2("used")),
        beyond.mark_bar(orient="horizontal", size=10, color=look.series[4]).encode(
            x=alt.X("full:Q"), x2=alt.X2("over")
        ),
        limited.mark_tick(size=18, thickness=2, color=look.ink, orient="vertical").encode(x=alt.X("full:Q")),
        on.mark_point(color=look.series[4], **tip).encode(x=alt.X("over:Q")),
    ]


def _words(lines: Sequence[Row], look: Look) -> list[alt.Chart]:
    """Above each bar its name, at the right how much is used."""
    right: dict[str, Any] = {"x": alt.ExprRef("width"), "align": "right", "baseline": "middle"}
    marks = []
    for number, line in enumerate(lines):
        y = ROW * number + 15
        name: dict[str, Any] = {"align": "left", "baseline": "middle", "limit": alt.ExprRef("width - 140")}
        marks.append(placed(line["name"], x=0, y=y, color=look.ink, fontWeight="bold", **name))
        marks.append(placed(percent(line["utilization"]), y=y, color=look.ink, fontWeight="bold", **right))
        marks.append(placed(_told(line), y=y, dx=-44, color=look.ink_3, **right))
    return marks


def _told(line: Row) -> str:
    if line["used"] is None:
        return "not measured"
    if line["granted"] is None:
        return f"{short(line['used'])}, no limit"
    return f"{short(line['used'])} of {short(line['granted'])}"


def _granted(line: Row) -> str:
    return "no limit" if line["granted"] is None else figure(line["granted"])
