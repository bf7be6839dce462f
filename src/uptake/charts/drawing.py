"""Specs drawn as pictures, for where no browser does it: SVG for the PDF, PNG for mail and Slack."""

import json
from typing import Any

from uptake.charts.look import PRINT, SERIF, Look, Spec, note_of
from uptake.charts.words import Caption, wrapped

WIDTH = 720
AIR = 16  # pixels around a framed picture
LETTER = 8.8  # pixels of a bold serif letter at 17 px, for where a title breaks
SMALL = 6.0  # and of a plain one at 12 px


def svg(spec: Spec, *, width: int = WIDTH, look: Look | None = None) -> str:
    """The spec as an SVG text, on nothing, or on a look's paper with air around it. Its colours are hex values: nothing
    here knows the sheet's variables.
    """
    import vl_convert  # heavy

    return vl_convert.vegalite_to_svg(_measured(spec, width, look), allowed_base_urls=[])


def png(spec: Spec, *, width: int = WIDTH, look: Look = PRINT, scale: float = 2.0) -> bytes:
    """The spec as a picture on the look's paper, with air around it."""
    import vl_convert  # heavy

    return vl_convert.vegalite_to_png(_measured(spec, width, look), scale=scale, allowed_base_urls=[])


def captioned(spec: Spec, caption: Caption, *, width: int = WIDTH, look: Look = PRINT) -> Spec:
    """The spec with its finding, unit and note drawn above it, for where no words stand around it."""
    note, most = note_of(spec), int(width / SMALL)
    title: dict[str, Any] = {
        "text": wrapped(caption.finding, int(width / LETTER)),
        "subtitle": [*wrapped(caption.below, most), *(wrapped(note, most) if note else [])],
        "anchor": "start",
        "frame": "bounds",
        "font": SERIF,
        "fontSize": 17,
        "color": look.ink,
        "subtitleFontSize": 12,
        "subtitleColor": look.ink_3,
        "subtitlePadding": 4,
        "lineHeight": 21,
        "subtitleLineHeight": 16,
        "offset": 14,
    }
    return {**spec, "title": title}


def _measured(spec: Spec, width: int, look: Look | None) -> Spec:
    """With a width in pixels and in hex colours, framed in paper where a look is given."""
    if "var(--" in json.dumps(spec):
        raise ValueError("A picture needs a look of hex values: PRINT or DARK.")
    size = width if spec["width"] == "container" else spec["width"]
    if look is None:
        return {**spec, "width": size}
    return {**spec, "width": size + 2 * AIR, "background": look.paper, "padding": AIR}
