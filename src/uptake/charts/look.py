"""The look of every chart: one Vega-Lite config, in the page's own colours or in hex for PDF, mail and Slack."""

from dataclasses import dataclass
from typing import Any

import altair as alt

FONT = '-apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif'
HEIGHT = 200


@dataclass(frozen=True)
class Look:
    """Colours by what they are for."""

    ink: str
    ink_2: str
    ink_3: str
    paper: str
    grid: str
    peer: str
    series: tuple[str, ...]


PAGE = Look(
    ink="var(--ink)",
    ink_2="var(--ink-2)",
    ink_3="var(--ink-3)",
    paper="var(--paper)",
    grid="var(--grid)",
    peer="var(--peer)",
    series=tuple(f"var(--c{number})" for number in range(1, 7)),
)
"""Passes through to SVG attributes, where the sheet's variables follow light and dark."""

PRINT = Look(
    ink="#15171a",
    ink_2="#464b52",
    ink_3="#636970",
    paper="#fdfdfb",
    grid="#e3e4dd",
    peer="#cfd2cf",
    series=("#1f5a9e", "#c07a12", "#1c8678", "#b56aa6", "#b8452f", "#777e87"),
)
"""The same in the light hex values, for where there is no sheet."""


def dressed(
    chart: alt.LayerChart | alt.FacetChart, look: Look, *, width: int | str = "container", height: int = HEIGHT
) -> dict[str, Any]:
    """The chart as a Vega-Lite spec in the look. A page draws it as wide as its figure."""
    # Careful: not validated here, which takes most of the time; the tests draw every chart.
    spec = chart.properties(width=width, height=height).configure(**config(look)).to_dict(validate=False)
    return dict(spec)


def config(look: Look) -> dict[str, Any]:
    """What every spec carries."""
    return {
        "background": "transparent",
        "padding": {"left": 0, "right": 0, "top": 6, "bottom": 0},
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": look.ink_3,
            "labelFontSize": 12,
            "domain": False,
            "ticks": False,
            "labelPadding": 8,
            "title": None,
        },
        "axisX": {"grid": False, "domain": True, "domainColor": look.ink, "labelFlush": True, "labelOverlap": "greedy"},
        "axisY": {"orient": "right", "grid": True, "gridColor": look.grid, "tickCount": 5},
        "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
        "area": {"color": look.peer, "opacity": 0.5, "line": False},
        "bar": {"color": look.series[0]},
        "text": {"fontSize": 12, "color": look.ink_3},
        "rule": {"color": look.ink_2, "strokeDash": [2, 3]},
        "range": {"category": list(look.series)},
        "legend": {"disable": True},
    }
