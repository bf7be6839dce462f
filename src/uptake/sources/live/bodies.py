"""The body of a request -> the messages in it. Unpacked no further than the limit, whatever the sender declares."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from uptake.kit.errors import ProductError

MOST_BYTES = 9 << 20
"""Unpacked. An SDK sends up to 4 MiB and one last message on top, which may be 4 MiB itself."""

MOST_OBJECTS = 400_000
"""Objects and lists in one body: in memory an empty one takes thirty times its two characters."""

MOST_MEMBERS = 1_000
"""Parts of one gzip body, each packed by itself. An empty one has twenty bytes and costs as much work as a full one."""

PACKED_BLOCK = 16 << 10  # what lies behind a member's end is copied each time, so little is handed over at once
GZIP = b"\x1f\x8b"
LINES = ("ndjson", "jsonl", "jsonlines", "json-lines", "json-seq")  # in a content type: one object a line
BATCHES = ("batch", "events")
UNREADABLE = "the line is not readable"


class BodyRefused(ProductError):
    """Nothing of the body was taken. ``code`` is for programs, the sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True)
class BadLine:
    """A line that is no JSON object; the lines around it are taken."""

    text: str


@dataclass(frozen=True)
class Sent:
    """What one request says."""

    messages: list[Any]
    sent_at: object = None  # by the sender's clock
    write_key: str | None = None
    context: Mapping[str, Any] | None = None  # of all messages that have none


def too_large() -> BodyRefused:
    return BodyRefused(
        413,
        "payload_too_large",
        f"The body has more than {MOST_BYTES:,} bytes unpacked; nothing of it was taken. Send fewer events at once.",
    )


def unpacked(body: bytes, encoding: str = "") -> bytes:
    """The body as it was before it was compressed. Raises BodyRefused."""
    if encoding not in {"", "identity", "gzip"}:
        raise BodyRefused(415, "unknown_encoding", f"“{encoding[:40]}” is not unpacked here; send gzip or plain JSON.")
    if not body.startswith(GZIP):
        if len(body) > MOST_BYTES:
            raise too_large()
        return body
    pieces, size = [], 0
    for piece in _inflated(body):
        size += len(piece)
        if size > MOST_BYTES:
            raise too_large()
        pieces.append(piece)
    return b"".join(pieces)


def _inflated(body: bytes) -> Iterator[bytes]:
    """Of a file that may have several members, in pieces; one byte more than the limit of each is enough to refuse."""
    packed, at = memoryview(body), 0
    for _ in range(MOST_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            if at == len(packed):
                raise BodyRefused(400, "invalid_gzip", "The gzip body ends too early; nothing of it was taken.")
            block = packed[at : at + PACKED_BLOCK]
            try:
                yield member.decompress(block, MOST_BYTES + 1)
            except zlib.error as why:
                raise BodyRefused(400, "invalid_gzip", "The body is not valid gzip; nothing of it was taken.") from why
            at += len(block) - len(member.unused_data) - len(member.unconsumed_tail)
        if at == len(packed):
            return
    raise BodyRefused(
        413, "too_many_members", f"The gzip body has more than {MOST_MEMBERS:,} parts; pack all events into one."
    )


def read(body: bytes, content_type: str = "") -> Sent:
    """Messages of one object, a list, ``{"batch": […]}``, ``{"events": […]}``, or of one object a line.

    Raises BodyRefused.
    """
    if body.count(b"{") + body.count(b"[") > MOST_OBJECTS:
        raise BodyRefused(
            413, "too_many_objects", f"The body holds more than {MOST_OBJECTS:,} objects; send fewer events at once."
        )
    if any(word in content_type for word in LINES):
        return Sent(_lines(body))
    try:
        found = parsed(body)
    except ValueError as why:
        if _first_line_is_object(body):
            return Sent(_lines(body))
        raise BodyRefused(
            400, "invalid_json", f"The body is not valid JSON: {_in_short(why)}. Nothing was taken."
        ) from why
    return _sent(found)


def _sent(found: object) -> Sent:
    if isinstance(found, list):
        return Sent(found)
    if not isinstance(found, dict):
        raise BodyRefused(
            400, "invalid_json", "The body must be an event, a list of events, or an object with a batch."
        )
    name = next((name for name in BATCHES if name in found), None)
    messages = [found] if name is None else found[name]
    if not isinstance(messages, list):
        raise BodyRefused(400, "invalid_batch", f"“{name}” must be a list of events.")
    key, context = found.get("writeKey"), found.get("context")
    return Sent(
        messages,
        sent_at=found.get("sentAt"),
        write_key=key if isinstance(key, str) else None,
        context=context if isinstance(context, dict) else None,
    )


def parsed(text: bytes) -> Any:
    """Raises ValueError. What only Python's own JSON writes (NaN, lone surrogates) is read, so that one odd value in an
    event's properties does not cost the whole batch."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as why:
        try:
            return json.loads(text.decode())
        except RecursionError as deep:
            raise ValueError("it is nested too deeply") from deep
        except json.JSONDecodeError:
            raise why from None


def _lines(body: bytes) -> list[Any]:
    found: list[Any] = []
    for line in filter(None, (each.strip(b" \t\r\x1e") for each in body.split(b"\n"))):
        try:
            found.append(parsed(line))
        except ValueError:
            found.append(BadLine(line[:2_000].decode("utf-8", "replace")))
    return found


def _first_line_is_object(body: bytes) -> bool:
    first, _, rest = body.strip().partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(parsed(first), dict)
    except ValueError:
        return False


def _in_short(why: ValueError) -> str:
    if isinstance(why, UnicodeDecodeError):
        return f"byte {why.start:,} is no UTF-8"
    return str(why)[:100]
