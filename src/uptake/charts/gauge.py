"""One score, large."""

from collections.abc import Mapping
from math import cos, pi, sin
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, SERIF, Look, Spec, Width, dressed
from uptake.charts.marks import data, placed
from uptake.charts.words import Caption, Table, table

RADIUS, THICK = 104, 10
HEIGHT = 142
BASE = 128  # the line the half circle stands on
GAP = 0.6  # points of score between two bands

Bands = Mapping[str, float]


def score_gauge(
    score: float | None,
    shown: str,
    bands: Bands,
    *,
    caption: Caption,
    look: Look = PAGE,
    width: Width = "container",
) -> Spec:
    """The bands as a half circle, a hand at the score, its figure and the band's name in the middle.

    ``score``: 0–100; None: none yet. ``shown``: the score as it is read, or why there is none. ``bands``: the lowest
    score of each band, best first.
    """
    parts = [*_arcs(bands, look, is_known=score is not None), *_edges(bands, look)]
    middle: dict[str, Any] = {"x": alt.ExprRef("width / 2"), "align": "center"}
    if score is None:
        parts.append(
            placed("–", y=BASE - 26, font=SERIF, fontSize=52, baseline="alphabetic", color=look.ink_3, **middle)
        )
        parts.append(placed(shown, y=BASE + 2, baseline="alphabetic", color=look.ink_2, **middle))
    else:
        band = next(name for name, lowest in bands.items() if score >= lowest)
        parts.append(
            placed(shown, y=BASE - 18, font=SERIF, fontSize=58, baseline="alphabetic", color=look.ink, **middle)
        )
        parts.append(
            placed(band.title(), y=BASE + 2, fontWeight="bold", color=look.ink_2, baseline="alphabetic", **middle)
        )
        parts += _hand(score, look)
    return dressed(parts, look, width=width, height=HEIGHT, caption=caption)


def score_gauge_table(score: float | None, shown: str, bands: Bands) -> Table:
    """The same in words."""
    rows = [("Score", shown if score is not None else f"none: {shown}")]
    rows += [(name.title(), f"from {lowest:g}") for name, lowest in bands.items()]
    return table("'What | Of 100", rows)


def _angle(score: float) -> float:
    """Clockwise from noon, as Vega counts."""
    return pi * (score / 100 - 0.5)


def _turn(score: float) -> alt.ExprRef:
    """The same as an expression: as a number the schema takes no angle before noon."""
    return alt.ExprRef(f"{_angle(score):.5f}")


def _arcs(bands: Bands, look: Look, *, is_known: bool) -> list[alt.Chart]:
    found, high = [], 100.0
    for name, low in bands.items():
        colour = look.bands[name] if is_known else look.peer
        arc = alt.Chart(data([{}])).mark_arc(
            x=alt.ExprRef("width / 2"),
            y=BASE,
            radius=RADIUS,
            radius2=RADIUS - THICK,
            theta=_turn(low + (GAP if low else 0)),
            theta2=_turn(high - (GAP if high < 100 else 0)),
            color=colour,
        )
        found.append(arc)
        high = low
    return found


def _edges(bands: Bands, look: Look) -> list[alt.Chart]:
    """0, the borders of the bands, and 100, around the half circle."""
    inner = [
        placed(f"{low:g}", **_around(low, RADIUS + 14), align="center", baseline="middle", color=look.ink_3)
        for low in bands.values()
        if low
    ]
    under = [
        placed(
            f"{score}",
            **_around(score, RADIUS - THICK / 2, down=11),
            align="center",
            baseline="middle",
            color=look.ink_3,
        )
        for score in (0, 100)
    ]
    return inner + under


def _around(score: float, radius: float, down: float = 0) -> dict[str, Any]:
    angle = _angle(score)
    return {
        "x": alt.ExprRef(f"width / 2 + {radius * sin(angle):.2f}"),
        "y": round(BASE - radius * cos(angle) + down, 2),
    }


def _hand(score: float, look: Look) -> list[alt.Chart]:
    """A triangle inside the half circle that points at the score."""
    held = min(100.0, max(0.0, score))
    place = _around(held, RADIUS - THICK - 11)
    return [
        alt.Chart(data([{}])).mark_point(
            shape="triangle-up",
            filled=True,
            size=130,
            opacity=1,
            color=look.ink,
            angle=_angle(held) * 180 / pi % 360,
            **place,
        )
    ]
