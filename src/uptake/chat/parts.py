"""An answer made ready for its templates: which part is drawn by which, what stands side by side, what was pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide

from uptake.chat.answers import PARTS, Answer, Buttons, Cell, Column, Confirm, Lines, Part, Table, Text
from uptake.chat.conversation import LEAVE_IT
from uptake.chat.parts_lines import Drawing, drawing

_NAMES = {kind: name for name, kind in PARTS.items()}
MOST_SIDE_BY_SIDE = 6  # columns of a table that may stand beside another


@dataclass(frozen=True)
class Pressable:
    """A button with its place in the message, and the answer it led to when it was pressed."""

    of: Any
    key: str
    is_pressed: bool
    answered_by: int | None
    icon: str = ""


@dataclass(frozen=True)
class TableView:
    """A table with each cell beside its column."""

    part: Table
    rows: tuple[tuple[tuple[Column, Cell], ...], ...]


@dataclass(frozen=True)
class Drawn:
    """One part, or two tables side by side, and its template."""

    template: str
    part: Any
    key: str
    buttons: tuple[Pressable, ...] = ()
    is_left: bool = False
    drawing: Drawing | None = None
    tables: tuple[TableView, ...] = ()


@dataclass(frozen=True)
class DrawnAnswer:
    """``deck`` stands beneath the headline. A plain answer is a sentence or two, without the rule of a result."""

    headline: str
    deck: str
    parts: tuple[Drawn, ...]
    is_plain: bool
    tone: str = ""


def drawn_answer(told: Mapping[str, Any], pressed: Mapping[str, int | None], tone: str = "") -> DrawnAnswer:
    """Of an answer's JSON and the buttons that were pressed (place -> the answer's message)."""
    answer = Answer.from_json(told)
    parts = answer.parts
    deck = parts[0].text if parts and isinstance(parts[0], Text) else ""
    skip = 1 if deck else 0
    drawn = tuple(_drawn(parts, skip, pressed))
    figures = [part for part in parts if not isinstance(part, (Text, Buttons, Confirm))]
    return DrawnAnswer(answer.headline, deck, drawn, is_plain=not figures, tone=tone)


def _drawn(parts: Sequence[Part], start: int, pressed: Mapping[str, int | None]) -> Sequence[Drawn]:
    out: list[Drawn] = []
    place = start
    while place < len(parts):
        part = parts[place]
        if place + 1 < len(parts) and _are_alike(part, parts[place + 1]):
            out.append(_side_by_side((part, parts[place + 1]), str(place)))
            place += 2
            continue
        out.append(_one(part, str(place), pressed))
        place += 1
    return out


def _side_by_side(pair: Sequence[Any], key: str) -> Drawn:
    return Drawn("chat/parts/_tables.html", pair, key, tables=tuple(_table(each) for each in pair))


def _table(part: Table) -> TableView:
    return TableView(part, tuple(tuple(zip(part.columns, row, strict=False)) for row in part.rows))


def _are_alike(one: Part, other: Part) -> bool:
    if not (isinstance(one, Table) and isinstance(other, Table)):
        return False
    titles = [column.title for column in one.columns]
    return len(titles) <= MOST_SIDE_BY_SIDE and titles == [column.title for column in other.columns]


def _one(part: Part, key: str, pressed: Mapping[str, int | None]) -> Drawn:
    return Drawn(
        f"chat/parts/_{_NAMES[type(part)]}.html",
        part,
        key,
        buttons=_pressable(part, key, pressed),
        is_left=LEAVE_IT in pressed,
        drawing=drawing(part) if isinstance(part, Lines) else None,
        tables=(_table(part),) if isinstance(part, Table) else (),
    )


def _pressable(part: Part, key: str, pressed: Mapping[str, int | None]) -> tuple[Pressable, ...]:
    if isinstance(part, Confirm):
        return (Pressable(part, key, key in pressed, pressed.get(key)),)
    if not isinstance(part, Buttons):
        return ()
    keys = [(button, f"{key}.{number}") for number, button in enumerate(part.buttons)]
    return tuple(
        Pressable(button, place, place in pressed, pressed.get(place), icon=_known_icon(button.icon))
        for button, place in keys
    )


def _known_icon(name: str) -> str:
    """The icon's name, or nothing: an old message may name one that the library has no more."""
    try:
        return name if name and lucide(name) else ""
    except IconDoesNotExist:
        return ""
