"""Charts of named rows: the name on the left, the drawing, figures in columns on the right."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.look import Look
from uptake.charts.marks import data, pixel, placed

ROW = 26  # pixels from row to row
LIMIT = 132  # pixels of a name; longer ones end in an ellipsis, and stand whole in the table


def name_axis(names: Sequence[str], look: Look, *, limit: int = LIMIT, **more: Any) -> alt.Axis:
    """Rows are told apart by their number: two may have the same name."""
    told = f"{json.dumps(list(names))}[datum.value]"
    kept: dict[str, Any] = {
        "labelExpr": told,
        "labelLimit": limit,
        "labelColor": look.ink,
        "labelAngle": 0,
        "labelPadding": 12,
        **more,
    }
    return alt.Axis(grid=False, orient="left", **kept)


def row_of(names: Sequence[str], look: Look, **more: Any) -> alt.Y:
    """The vertical place of a row, by its number in ``row``."""
    domain = list(range(len(names)))
    return alt.Y(
        "row:O",
        scale=alt.Scale(domain=domain, paddingInner=0.3, paddingOuter=0.15),
        axis=name_axis(names, look, **more),
    )


def numbered(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows with their number in ``row``."""
    return [{**row, "row": number} for number, row in enumerate(rows)]


def along(most: float = 1.0) -> alt.Scale:
    """From 0 at the left edge to ``most`` at the right one."""
    return alt.Scale(domain=[0, most], nice=False, zero=False)


def bars(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], look: Look, *, size: int = 14, track: bool = True
) -> list[alt.Chart]:
    """A bar a row, as long as its ``length`` (0 to 1), before a track of the whole length."""
    base = alt.Chart(data(numbered(rows))).encode(y=row_of(names, look))
    bar = base.mark_bar(size=size, color=look.series[0]).encode(x=alt.X("length:Q", scale=along(), axis=None))
    if not track:
        return [bar]
    return [
        base.mark_bar(size=size, color=look.grid).encode(x=pixel(alt.XValue, 0), x2=pixel(alt.X2Value, "width")),
        bar,
    ]


def column(
    words: Sequence[str],
    names: Sequence[str],
    look: Look,
    right: int,
    *,
    head: str = "",
    strong: bool = False,
    **mark: Any,
) -> list[alt.Chart]:
    """A column of words to the right of the drawing, ending so many pixels after it, with its heading."""
    end = alt.ExprRef(f"width + {right}")
    given: dict[str, Any] = {
        "align": "right",
        "baseline": "middle",
        "color": look.ink if strong else look.ink_3,
        **mark,
    }
    if strong:
        given["fontWeight"] = "bold"
    rows = numbered({"words": text} for text in words)
    cells = alt.Chart(data(rows)).mark_text(x=end, **given).encode(y=row_of(names, look), text=alt.Text("words:N"))
    return [cells, *([placed(head, x=end, y=-8, **given)] if head else [])]
