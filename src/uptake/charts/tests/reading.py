"""Reads a drawing back: which words stand where."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from uptake.charts import drawing
from uptake.charts.look import Spec

LETTER = 5.8  # pixels of an average letter at 12 px
SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Word:
    """A text and the stretch it takes."""

    text: str
    left: float
    right: float
    y: float
    is_turned: bool


def words(spec: Spec, width: int) -> list[Word]:
    """Every text of the drawing that can be seen."""
    found: list[Word] = []
    _walk(ET.fromstring(drawing.svg(spec, width=width)), 0.0, 0.0, found)
    return found


def texts(spec: Spec, width: int = 688) -> list[str]:
    """The same, as texts alone."""
    return [word.text for word in words(spec, width)]


def size(spec: Spec, width: int) -> tuple[float, float]:
    """How wide and high the drawing is."""
    root = ET.fromstring(drawing.svg(spec, width=width))
    return float(root.attrib["width"]), float(root.attrib["height"])


def _walk(part: ET.Element, x: float, y: float, found: list[Word]) -> None:
    dx, dy, is_turned = _moved(part.attrib.get("transform", ""))
    x, y = x + dx, y + dy
    if part.tag == f"{SVG}text" and part.attrib.get("opacity") != "0" and "stroke" not in part.attrib:
        pixels = float(part.attrib.get("font-size", "12px").removesuffix("px"))
        for line in [part, *part.iter(f"{SVG}tspan")]:
            if line.text:
                length = LETTER * pixels / 12 * len(line.text)
                start = {"start": 0.0, "middle": -length / 2, "end": -length}[part.attrib.get("text-anchor", "start")]
                found.append(Word(line.text, x + start, x + start + length, y, is_turned))
        return
    for inner in part:
        _walk(inner, x, y, found)


def _moved(transform: str) -> tuple[float, float, bool]:
    if "translate(" not in transform:
        return 0.0, 0.0, False
    x, y = transform.split("translate(")[1].split(")", maxsplit=1)[0].split(",")
    return float(x), float(y), "rotate(" in transform


def rows_of(spec: Spec, number: int) -> list[dict[str, object]]:
    """The rows that a layer draws."""
    rows: list[dict[str, object]] = spec["datasets"][spec["layer"][number]["data"]["name"]]
    return rows


def marks_of(spec: Spec, kind: str) -> list[int]:
    """The numbers of the layers with a mark of the kind."""
    return [number for number, layer in enumerate(spec["layer"]) if layer["mark"]["type"] == kind]
