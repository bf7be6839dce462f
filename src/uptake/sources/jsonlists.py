"""Where the list of records stands in a JSON file, and records cut out of the middle of one."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uptake.sources.encodings import block_at
from uptake.sources.reading import NotUsage

NAMES = ("results", "data", "events", "records", "rows", "items")
"""Under which platforms put the records; another name counts where it is the only list of objects."""

TAIL = 256 << 10
MAX_DEPTH = 3
_DECODER = json.JSONDecoder()
WRAPPERS = (*NAMES, "result", "response", "body", "payload")
"""Under which an object may hold the one with the list; lists deeper in other objects belong to a record."""

_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Span:
    """``start``: byte of the opening bracket. ``end``: byte after the closing one, None where it must be looked for from the
    end of the file. ``keys``: the objects around it, outermost first."""

    start: int
    end: int | None
    keys: tuple[str, ...]


def find(text: str) -> Span | None:
    """The list of records in an object whose beginning is ``text``; None: it holds none that starts there.

    Raises NotUsage where it holds several and none under a name that says which.
    """
    found = lists_in(text)
    named = [span for span in found if span.keys[-1].lower() in NAMES]
    choices = named or found
    if len(choices) > 1:
        filled = [span for span in choices if span.end is None or text[span.start + 1 : span.end - 1].strip()]
        choices = filled if len(filled) == 1 else choices
    if len(choices) > 1:
        several = ", ".join(".".join(span.keys) for span in choices[:5])
        raise NotUsage(f"The JSON holds several lists ({several}); please give a file with one list of usage records.")
    if not choices:
        return None
    [span] = choices
    end = None if span.end is None else len(text[: span.end].encode())
    return Span(len(text[: span.start].encode()), end, span.keys)


def lists_in(text: str) -> list[Span]:
    """All lists of objects that an object holds as far as ``text`` shows; positions are of characters."""
    return list(_lists(text, _skip(text, 0), ()))


def end_of(path: Path, span: Span) -> int | None:
    """The byte after the list's closing bracket; None: there is none, the file is cut off."""
    if span.end is not None:
        return span.end
    at = max(span.start + 1, path.stat().st_size - TAIL)
    tail = block_at(path, at, TAIL)
    before = '{"a":' * len(span.keys) + "["
    first = next(records_in(block_at(path, span.start, TAIL).decode("utf-8", "replace"), 1, like=None), None)
    position = tail.find(b"]")
    while position >= 0:
        # Behind a bracket inside a record stands more than closes the list, and so what follows is no JSON.
        if _is_json(before + tail[position:].decode("utf-8", "replace")):
            return at + position + 1 if _ends_well(tail[:position], first, all_seen=at == span.start + 1) else None
        position = tail.find(b"]", position + 1)
    return None


def _ends_well(text: bytes, first: dict[str, Any] | None, *, all_seen: bool) -> bool:
    """Whether the list may end here: not, where its records are seen and none of them ends here. Then the bracket is
    one inside a record that is cut off."""
    if first is None:
        return b"{" not in text or not all_seen
    return _ends_with(text, first) or not any(records_in(text.decode("utf-8", "replace"), 1, like=first))


def _ends_with(text: bytes, like: dict[str, Any]) -> bool:
    end = text.rstrip()
    at, tries = end.rfind(b"{"), 0
    while at >= 0 and tries < 5000:
        tries += 1
        try:
            record = json.loads(end[at:])
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict) and 2 * len(record.keys() & like.keys()) >= len(like):
            return True
        at = end.rfind(b"{", 0, at)
    return False


def records_in(text: str, most: int, *, like: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Objects found one after the other in a piece of a list. ``like``: only those that share half its keys, since a piece
    may start inside a record."""
    at, found, tries = text.find("{"), 0, 0
    while at >= 0 and found < most and tries < 5000:
        tries += 1
        try:
            record, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            if like is None:
                return
            record, end = None, at + 1
        if record is not None and like is not None and 2 * len(record.keys() & like.keys()) < len(like):
            record, end = None, at + 1
        if record is not None:
            found += 1
            tries = 0
            yield record
        at = text.find("{", end)


def _lists(text: str, at: int, keys: tuple[str, ...]) -> Iterator[Span]:
    """Lists of objects among the values of the object that starts at ``at``, in character positions.

    A value that does not end within the text is the last that is seen.
    """
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        try:
            key, at = _DECODER.raw_decode(text, at)
        except ValueError:
            return
        at = _skip(text, at)
        if text[at : at + 1] != ":":
            return
        at = _skip(text, at + 1)
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            value, end = None, None
        inside = (*keys, key)
        if text[at : at + 1] == "[" and text[_skip(text, at + 1) : _skip(text, at + 1) + 1] in ("{", "]", ""):
            if end is None or value == [] or isinstance(value[0], dict):
                yield Span(at, end, inside)
        elif text[at : at + 1] == "{" and len(inside) < MAX_DEPTH and key.lower() in WRAPPERS:
            yield from _lists(text, at, inside)
        if end is None:
            return
        at = _skip(text, end)
        at = _skip(text, at + 1) if text[at : at + 1] == "," else at


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
