"""The look of every chart: one Vega-Lite config, in the page's own colours or in hex for PDF, mail and Slack."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
from altair.utils import schemapi

from uptake.charts.words import Caption

schemapi.disable_debug_mode()  # Altair checks every part it is given, longer than all else takes; the tests do it here

FONT = '-apple-system, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif'
SERIF = '"Iowan Old Style", Charter, "Bitstream Charter", Cambria, "Liberation Serif", "Times New Roman", serif'
HEIGHT = 200
BANDS = ("excellent", "good", "fair", "poor")

Spec = dict[str, Any]
Width = int | str


@dataclass(frozen=True)
class Look:
    """Colours by what they are for. ``words`` are the series' colours dark enough for text."""

    ink: str
    ink_2: str
    ink_3: str
    paper: str
    grid: str
    peer: str
    series: tuple[str, ...]
    words: tuple[str, ...]
    heat: tuple[str, ...]
    on_heat: str
    bands: Mapping[str, str] = field(hash=False)


PAGE = Look(
    ink="var(--ink)",
    ink_2="var(--ink-2)",
    ink_3="var(--ink-3)",
    paper="var(--paper)",
    grid="var(--grid)",
    peer="var(--peer)",
    series=tuple(f"var(--c{number})" for number in range(1, 7)),
    words=(
        "var(--c1)",
        "light-dark(#8f5a08, #e0a748)",
        "light-dark(#147064, #4fc0b0)",
        "light-dark(#93478a, #e3b3dd)",
        "var(--c5)",
        "var(--ink-3)",
    ),
    heat=tuple(f"var(--h{number})" for number in range(1, 8)),
    on_heat="var(--on-heat)",
    bands={name: f"var(--{name})" for name in BANDS},
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
    words=("#1f5a9e", "#8f5a08", "#147064", "#93478a", "#b8452f", "#636970"),
    heat=("#e6f0f1", "#c9e0e2", "#a5ccd0", "#7db3b9", "#2f7783", "#1b5d69", "#0b424d"),
    on_heat="#ffffff",
    bands=dict(zip(BANDS, ("#0a625c", "#3d9186", "#b47a10", "#b33a24"), strict=True)),
)
"""The same in the light hex values, for where there is no sheet."""

DARK = Look(
    ink="#ecebe6",
    ink_2="#bcbebc",
    ink_3="#9da1a6",
    paper="#131518",
    grid="#2a2e33",
    peer="#434950",
    series=("#7fb0ee", "#e0a748", "#4fc0b0", "#e3b3dd", "#ee8a72", "#8e959d"),
    words=("#7fb0ee", "#e0a748", "#4fc0b0", "#e3b3dd", "#ee8a72", "#9da1a6"),
    heat=("#1a2b2f", "#1d3b41", "#205058", "#25676f", "#5aa9b2", "#86c9d0", "#b7e6ea"),
    on_heat="#0d1b1e",
    bands=dict(zip(BANDS, ("#66d3c5", "#3d9d92", "#dba544", "#f0826a"), strict=True)),
)
"""And in the dark ones, for pictures that stand on a dark ground."""


def dressed(
    layers: Sequence[alt.Chart],
    look: Look,
    *,
    width: Width = "container",
    height: int = HEIGHT,
    caption: Caption | None = None,
    note: str = "",
) -> Spec:
    """The layers, the lowest first, as a Vega-Lite spec in the look. A page draws it as wide as its figure; a number
    is the whole width, names and labels included. Caption and note stand beside a chart; the description says
    them to whoever cannot see it.
    """
    # Careful: put together here, since alt.layer() and configure() copy all rows several times over, and not
    # validated; together that is twenty times faster. The tests hold every chart to Altair's schema, and draw it.
    datasets: dict[str, Any] = {}  # filled as the layers are told: rows that several share stand there once
    inner = {"top_level": False, "datasets": datasets}
    told = [layer.to_dict(validate=False, context=dict(inner)) for layer in layers]
    spec: Spec = {
        "$schema": alt.SCHEMA_URL,
        "width": width,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": config(look),
        "layer": told,
        "datasets": {name: list(rows) for name, rows in datasets.items()},
    }
    if caption is not None:
        spec["description"] = " ".join(filter(None, [f"{caption.finding}. {caption.below}.", note]))
    if note:
        spec["usermeta"] = {"note": note}
    return spec


def note_of(spec: Spec) -> str:
    """How to read the chart, and what it leaves out: a sentence or two to stand beneath it; empty for none."""
    return str(spec.get("usermeta", {}).get("note", ""))


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
        "axisX": {
            "grid": False,
            "domain": True,
            "domainColor": look.ink,
            "labelFlush": True,
            "labelOverlap": "greedy",
            "labelSeparation": 6,
        },
        "axisY": {"orient": "right", "grid": True, "gridColor": look.grid, "tickCount": 5},
        "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
        "area": {"color": look.peer, "opacity": 0.5, "line": False},
        "bar": {"color": look.series[0]},
        "text": {"fontSize": 12, "color": look.ink_3},
        "rule": {"color": look.ink_2, "strokeDash": [2, 3]},
        "range": {"category": list(look.series)},
        "legend": {"disable": True},
    }
