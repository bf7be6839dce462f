"""A report as a tagged PDF: plain values in, Typst's templates beside this module, nothing written on the way.

What comes from outside reaches a template only as JSON, so that a name is always text and never Typst's code.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from uptake.charts import drawing
from uptake.charts.look import PRINT
from uptake.charts.registry import BY_NAME
from uptake.charts.words import Caption
from uptake.kit.marks import without_steering
from uptake.pipeline.report.branding import Branding

TEMPLATES = Path(__file__).parent / "templates"
FONT = "Libertinus Serif"  # comes with Typst
WIDTH = 620  # pixels of a drawing as wide as the text
LONGEST_WORD = 24
NO_WIDTH_SPACE = "\u200b"

Paper = Literal["a4", "letter"]
PAPERS: dict[str, str] = {"a4": "a4", "letter": "us-letter"}  # as Typst calls them


@dataclass(frozen=True)
class Drawing:
    """A chart as vector picture, with what it shows as words."""

    svg: str
    told: str  # for whoever cannot see it
    finding: str
    unit: str
    note: str


@dataclass(frozen=True)
class Column:
    """``part``: its share of the width that is left; 0: as wide as what stands in it."""

    title: str
    is_number: bool = True
    part: int = 0


@dataclass(frozen=True)
class Table:
    """Rows under a head that is repeated on every page."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Head:
    """What stands on every page."""

    customer: str
    customer_short: str
    edition: str
    as_of: str  # “30 Jun 2026”
    period: str  # “30 days from 1 Jun 2026”
    comparison: str
    late: str = ""  # “Usage has come up to 27 Jun 2026 only”; empty: it has come


def drawn(name: str, *rows: Any, finding: str, unit: str) -> Drawing:
    """A chart of ``charts.registry`` for paper."""
    caption = Caption(finding, unit)
    made = BY_NAME[name].drawn(*rows, caption=caption, look=PRINT, width=WIDTH)
    spec = {**made.spec, "config": {**made.spec["config"], "font": FONT}}
    told = f"{finding}. {unit}."
    return Drawing(_picture(json.dumps(spec, default=str)), told, finding, unit, made.note)


@lru_cache(maxsize=128)
def _picture(spec: str) -> str:
    """Drawing takes most of a report's time; the other edition, the other paper and a link's page show the same."""
    return drawing.svg(json.loads(spec), width=WIDTH)


def typeset(template: str, report: object, *, branding: Branding, paper: str = "a4") -> bytes:
    """The PDF of a report's values by ``templates/<template>.typ``.

    Tagged as PDF/UA asks. The values are all that the template gets. Where a name is in a script that no font at hand has, the document is
    tagged but does not claim PDF/UA.
    """
    import typst

    told = _told(template, report, branding, paper)
    try:
        return bytes(typst.compile(**told, pdf_standards=["ua-1"]))
    except typst.TypstError as why:
        if "could not be displayed" not in str(why):
            raise
        return bytes(typst.compile(**told))


def pictures(template: str, report: object, *, branding: Branding, paper: str = "a4", dots: float = 90) -> list[bytes]:
    """The same pages as PNG, so many dots an inch."""
    import typst

    made = typst.compile(**_told(template, report, branding, paper), format="png", ppi=dots)
    return made if isinstance(made, list) else [made]


def _told(template: str, report: object, branding: Branding, paper: str) -> dict[str, Any]:
    inputs = {"report": as_json(report), "branding": as_json(branding), "paper": PAPERS[paper]}
    return {
        "input": str(TEMPLATES / f"{template}.typ"),
        "root": str(TEMPLATES),
        "font_paths": _fonts(),
        "sys_inputs": inputs,
    }


@cache
def _fonts() -> Any:
    """Typst's own first; the machine's for scripts that those lack. Looked up once, it takes 20 to 50 ms."""
    import typst

    return typst.Fonts()


def as_json(report: object) -> str:
    """A report's values, its words made printable."""
    if not is_dataclass(report) or isinstance(report, type):
        raise TypeError("A report is a dataclass.")
    return json.dumps(asdict(_printable(report)), ensure_ascii=False)


def _printable(value: Any) -> Any:
    """The same value; of its words only the drawings stay as they are."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list | tuple):
        return [_printable(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        kept = {field.name: getattr(value, field.name) for field in fields(value)}
        return replace(value, **{name: each if name == "svg" else _printable(each) for name, each in kept.items()})
    return value


def printable(text: str) -> str:
    """Without signs that steer, and with places to break in words that are longer than a column."""
    seen = without_steering(text)
    shown = "".join("�" if ord(char) < 32 or 127 <= ord(char) < 160 else char for char in seen)
    if len(shown) <= LONGEST_WORD:
        return shown
    return " ".join(map(_breakable, shown.split(" ")))


def _breakable(word: str) -> str:
    if len(word) <= LONGEST_WORD:
        return word
    step = LONGEST_WORD // 2
    return NO_WIDTH_SPACE.join(word[at : at + step] for at in range(0, len(word), step))
