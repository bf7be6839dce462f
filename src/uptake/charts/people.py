"""People: how far they come, how long they stay, how much hangs on few."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.heat import grid
from uptake.charts.look import HEIGHT, PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import NUMBERS, count_axis, data, nothing, pixel, ticked, told
from uptake.charts.rows import ROW, bars, column
from uptake.charts.words import Caption, Table, brief, counted, figure, percent, table

MOST_COHORTS = 24

Row = Mapping[str, Any]


def funnel(steps: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container") -> Spec:
    """A bar for each step, of the length of the first one's share, with people and share beside it.

    ``steps``: title, visitors, share (0–1, of all; None: not known), the widest first.
    """
    most = max((step["visitors"] for step in steps), default=0)
    if not most:
        return nothing("Nobody was active in this period.", look, width=width, caption=caption)
    return _counted_bars(steps, most, "visitors", look, width, caption)


def funnel_table(steps: Sequence[Row]) -> Table:
    """The same by step."""
    rows = [(step["title"], figure(step["visitors"]), percent(step["share"])) for step in steps]
    return table("'Step | Users | Share", rows)


def user_statuses(counts: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container") -> Spec:
    """Users by how long ago they were last there. ``counts``: title, people, share (0–1)."""
    total = sum(count["people"] for count in counts)
    if not total:
        return nothing("Nobody has used the product yet.", look, width=width, caption=caption)
    return _counted_bars(counts, total, "people", look, width, caption)


def user_statuses_table(counts: Sequence[Row]) -> Table:
    """The same by status."""
    rows = [(count["title"], figure(count["people"]), percent(count["share"])) for count in counts]
    return table("'Status | Users | Share", rows)


def _counted_bars(rows: Sequence[Row], most: int, name: str, look: Look, width: Width, caption: Caption) -> Spec:
    names = [row["title"] for row in rows]
    marks = bars([{"length": row[name] / most} for row in rows], names, look)
    marks += column([brief(row[name]) for row in rows], names, look, 52, strong=True)
    marks += column([percent(row["share"]) for row in rows], names, look, 96)
    return dressed(marks, look, width=width, height=ROW * len(rows), caption=caption)


def cohorts(rows: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container") -> Spec:
    """Users by the month of their first use (rows) and the share of them there in each month since, as percent.

    ``rows``: month, size, shares (0–1; None: not over yet), the oldest first; two years of them at most are drawn.
    """
    known = [row for row in rows if row["size"]][-MOST_COHORTS:]
    if not known:
        return nothing("Nobody has used the product yet.", look, width=width, caption=caption)
    length = max(len(row["shares"]) for row in known)
    names = [f"{row['month']:%b %Y}, {figure(row['size'])}" for row in known]
    cells = [[*row["shares"], *[None] * (length - len(row["shares"]))] for row in known]
    marks, height = grid(cells, names, [str(number) for number in range(length)], look, hides_none=True)
    note = "Across: months since the first use. Beside each month: how many began in it."
    return dressed(marks, look, width=width, height=height, caption=caption, note=note)


def cohorts_table(rows: Sequence[Row]) -> Table:
    """The same by month of first use."""
    length = max((len(row["shares"]) for row in rows), default=0)
    lines = [
        (f"{row['month']:%b %Y}", figure(row["size"]), *(percent(_at(row["shares"], place)) for place in range(length)))
        for row in rows
    ]
    heads = "".join(f" | Month {number}" for number in range(length))
    return table(f"'First use | Users{heads}", lines)


def _at(shares: Sequence[float | None], place: int) -> float | None:
    return shares[place] if place < len(shares) else None


def concentration(
    curve: Sequence[tuple[int, float]], *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """Which share of the use so many users make, the most active first; the thin line is where all use alike.

    ``curve``: (users, share 0–1), rising, the last one (all users, 1).
    """
    if not curve:
        return nothing("Nobody was active in this period.", look, width=width, caption=caption)
    everybody = curve[-1][0]
    ticks, _ = count_axis([everybody])
    axis = ticked([*(tick for tick in ticks if tick < 0.9 * everybody), everybody], labelExpr=NUMBERS)
    x = alt.X("users:Q", scale=alt.Scale(domain=[0, everybody], nice=False), axis=axis)
    shares = ticked([0, 0.25, 0.5, 0.75, 1], format=".0%")
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=shares)
    start: list[tuple[int, float]] = [(0, 0.0)]
    rows = data({"users": users, "share": share} for users, share in [*start, *curve])
    alike = data([{"users": 0, "share": 0}, {"users": everybody, "share": 1}])
    marks = [
        alt.Chart(alike).mark_line(color=look.series[5], strokeWidth=1).encode(x=x, y=y),
        alt.Chart(rows).mark_line(color=look.series[0]).encode(x=x, y=y),
        *_at_80(curve, look),
    ]
    note = "Across: users, the most active first. Thin line: if all used alike."
    return dressed(marks, look, width=width, caption=caption, note=note)


def _at_80(curve: Sequence[tuple[int, float]], look: Look) -> list[alt.Chart]:
    """The first users that together make four fifths."""
    users, share = next(each for each in curve if each[1] >= 0.8 - 1e-9 or each is curve[-1])
    place = alt.Chart(data([{"users": users, "share": share}])).encode(x=alt.X("users:Q"), y=alt.Y("share:Q"))
    is_late = users > 0.55 * curve[-1][0]
    words = f"{counted(users, 'user')}, {percent(share)} of all use"
    mark: dict[str, Any] = {"align": "right" if is_late else "left", "dx": -10 if is_late else 10, "dy": 14}
    return [
        place.mark_rule().encode(y2=pixel(alt.Y2Value, HEIGHT)),
        place.mark_point(filled=True, size=70, color=look.series[0], opacity=1),
        *told(look, place, text=words, fontWeight="bold", color=look.words[0], baseline="middle", **mark),
    ]


def concentration_table(curve: Sequence[tuple[int, float]]) -> Table:
    """The same, so many users at a time."""
    return table("Users | Share of all use", [(figure(users), percent(share)) for users, share in curve])
