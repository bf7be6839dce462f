"""One customer's figures among those of its peers."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import data, nothing
from uptake.charts.rows import along, column, numbered, row_of
from uptake.charts.words import Caption, Table, figure, table

ROW = 30

Row = Mapping[str, Any]


def peers_spread(
    lines: Sequence[Row], who: str = "Customer", *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """A row for each figure on a scale of its own: a thin line from the peers' 10th to their 90th percentile, a thick
    one for their middle half, a tick for the median, and the customer's dot.

    ``lines``: title, value, low, lower, peer_median, upper, high (percentiles 10 to 90), shown, percentile (0–100).
    """
    if not lines:
        return nothing("There is nothing to compare with yet.", look, width=width, caption=caption)
    names = [line["title"] for line in lines]
    base = alt.Chart(data(numbered(map(_on_its_scale, lines)))).encode(y=row_of(names, look))
    x = alt.X("low:Q", scale=along(), axis=None)
    marks = [
        base.mark_rule(color=look.peer, strokeWidth=2, strokeDash=[1, 0]).encode(x=x, x2=alt.X2("high")),
        base.mark_bar(size=12, color=look.peer).encode(x=alt.X("lower:Q"), x2=alt.X2("upper")),
        base.mark_tick(size=16, thickness=1.5, color=look.ink_2, orient="vertical").encode(x=alt.X("median:Q")),
        base.mark_point(
            filled=True, size=110, color=look.series[0], stroke=look.paper, strokeWidth=1.5, opacity=1
        ).encode(x=alt.X("value:Q")),
    ]
    marks += column(
        [line["shown"] for line in lines], names, look, 44, head="● " + who[:10], strong=True, color=look.words[0]
    )
    marks += column([ordinal(line["percentile"]) for line in lines], names, look, 112, head="Percentile")
    note = "Line: the peers from the 10th to the 90th percentile. Thick: their middle half. Tick: their median."
    return dressed(marks, look, width=width, height=ROW * len(lines), caption=caption, note=note)


def peers_spread_table(lines: Sequence[Row], who: str = "Customer") -> Table:
    """The same by figure."""
    rows = [
        (line["title"], line["shown"], figure(line["peer_median"], 2), _range(line), ordinal(line["percentile"]))
        for line in lines
    ]
    return table(f"'Figure | {who} | Peers’ median | Middle half | Percentile", rows)


def _range(line: Row) -> str:
    return f"{figure(line['lower'], 2)} to {figure(line['upper'], 2)}"


def _on_its_scale(line: Row) -> dict[str, float]:
    """0 to 1 over all that the row shows, with a little air at both ends."""
    points = {name: line[name] for name in ("value", "low", "lower", "upper", "high")} | {"median": line["peer_median"]}
    least, most = min(points.values()), max(points.values())
    span = most - least
    return {name: 0.03 + 0.94 * ((value - least) / span if span else 0.5) for name, value in points.items()}


def ordinal(percentile: float) -> str:
    """41st."""
    number = int(percentile + 0.5)
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
