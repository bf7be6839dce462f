"""Where the scores of many customers stand."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import count_axis, data, nothing, pixel, placed, scale, ticked
from uptake.charts.words import Caption, Table, counted, figure, table

STEP = 5
HEIGHT = 190

Row = Mapping[str, Any]
Bands = Mapping[str, float]


def distribution(
    scores: Sequence[float | None], bands: Bands, *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """How many customers stand in each five points of score, under the names of the bands with their counts.

    ``scores``: 0–100, None: no score. ``bands``: the lowest score of each band, best first.
    """
    known = [score for score in scores if score is not None]
    if not known:
        return nothing("No customer has a score yet.", look, width=width, caption=caption)
    counts = counts_by_step(known)
    ticks, axis = count_axis(counts)
    rows = [
        {"low": low + 0.3, "high": low + STEP - 0.3, "customers": count, "band": band_of(low, bands)}
        for low, count in zip(range(0, 100, STEP), counts, strict=True)
    ]
    marks_at = sorted({0.0, *bands.values(), 100.0})
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=ticked(marks_at))
    colours = alt.Scale(domain=list(bands), range=[look.bands[name] for name in bands])
    bars = (
        alt.Chart(data(rows))
        .mark_bar()
        .encode(
            x=x,
            x2=alt.X2("high"),
            y=alt.Y("customers:Q", scale=scale(ticks), axis=axis),
            y2=alt.Y2Datum(0),
            color=alt.Color("band:N", scale=colours),
        )
    )
    without = len(scores) - len(known)
    note = (
        f"{counted(without, 'customer')} without a score {'is' if without == 1 else 'are'} not drawn."
        if without
        else ""
    )
    marks = [bars, *_bands_named(known, bands, look)]
    return dressed(marks, look, width=width, height=HEIGHT, caption=caption, note=note)


def distribution_table(scores: Sequence[float | None], bands: Bands) -> Table:
    """The same by five points."""
    counts = counts_by_step([score for score in scores if score is not None])
    rows = [
        (f"{low} to under {low + STEP}" if low < 95 else "95 to 100", band_of(low, bands).title(), figure(count))
        for low, count in zip(range(0, 100, STEP), counts, strict=True)
        if count
    ]
    return table("'Score | 'Band | Customers", rows)


def band_of(score: float, bands: Bands) -> str:
    """What a score is called."""
    return next((name for name, lowest in bands.items() if score >= lowest), "")


def counts_by_step(scores: Sequence[float]) -> list[int]:
    """How many scores each five points hold."""
    counts = [0] * (100 // STEP)
    for score in scores:
        counts[min(int(max(score, 0) // STEP), len(counts) - 1)] += 1
    return counts


def _bands_named(scores: Sequence[float], bands: Bands, look: Look) -> list[alt.Chart]:
    """Each band's name and count above its stretch, where thin lines part them."""
    counts = {name: sum(band_of(score, bands) == name for score in scores) for name in bands}
    marks: list[alt.Chart] = []
    for name, low in bands.items():
        if low:
            line = alt.Chart(data([{"low": low}])).mark_rule(color=look.grid, strokeDash=[1, 0])
            marks.append(line.encode(x=alt.X("low:Q"), y=pixel(alt.YValue, -32), y2=pixel(alt.Y2Value, HEIGHT)))
        x = alt.ExprRef(f"width * {low / 100} + {4 if low else 0}")
        marks.append(placed(name.title(), x=x, y=-25, align="left", fontWeight="bold", color=look.ink))
        marks.append(placed(figure(counts[name]), x=x, y=-10, align="left", color=look.ink_3))
    return marks
