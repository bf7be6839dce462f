"""Heat tables of shares: seven steps of one hue, the figure in each cell where the cell has room for it."""

import json
from collections.abc import Sequence

import altair as alt

from uptake.charts.look import Look
from uptake.charts.marks import data, when
from uptake.charts.rows import name_axis
from uptake.charts.words import figure

ROW = 26
ROOM_FOR_FIGURES = 21  # pixels of a cell's width; narrower ones show colour alone

Share = float | None


def share_step(share: Share) -> int:
    """Which of seven steps, for 1% and up; 0 for less; −1 for none."""
    return -1 if share is None else 0 if share < 0.005 else min(7, 1 + int(min(share, 1.0) * 7 - 1e-9))


def grid(
    rows: Sequence[Sequence[Share]],
    names: Sequence[str],
    heads: Sequence[str],
    look: Look,
    *,
    tall_heads: bool = False,
    hides_none: bool = False,
) -> tuple[list[alt.Chart], int]:
    """A row each of the names, a column each of the heads: the marks, and how high they are. None is a dash, or empty."""
    none = "" if hides_none else "–"
    cells = [
        {
            "row": row,
            "column": column,
            "step": share_step(share),
            "shown": none if share is None else figure(100 * share),
        }
        for row, shares in enumerate(rows)
        for column, share in enumerate(shares)
    ]
    x = _across(heads, look, tall=tall_heads)
    y = alt.Y("row:O", scale=alt.Scale(domain=list(range(len(names))), padding=0), axis=name_axis(names, look))
    base = alt.Chart(data(cells)).encode(x=x, y=y)
    colours = alt.Scale(domain=list(range(-1, 8)), range=[look.paper, look.paper, *look.heat])
    tiles = base.mark_rect(stroke=look.paper, strokeWidth=1).encode(color=alt.Color("step:O", scale=colours))
    ink = alt.ColorValue(look.ink, condition=[when("datum.step > 4", look.on_heat), when("datum.step < 1", look.ink_3)])
    room = alt.ExprRef(f"width / {len(heads)} > {ROOM_FOR_FIGURES} ? 1 : 0")
    words = base.mark_text(baseline="middle", opacity=room).encode(text=alt.Text("shown:N"), color=ink)
    return [tiles, words], ROW * len(names)


def _across(heads: Sequence[str], look: Look, *, tall: bool) -> alt.X:
    """The columns with their names above them; tall ones stand upright."""
    turned: dict[str, object] = {"labelAngle": -90, "labelAlign": "left", "labelBaseline": "middle", "labelLimit": 118}
    axis = alt.Axis(
        orient="top",
        domain=False,
        labelPadding=4,
        labelColor=look.ink_2,
        labelOverlap="parity",
        labelExpr=f"{json.dumps(list(heads))}[datum.value]",
        **(turned if tall else {"labelAngle": 0}),
    )
    return alt.X("column:O", scale=alt.Scale(domain=list(range(len(heads))), padding=0), axis=axis)
