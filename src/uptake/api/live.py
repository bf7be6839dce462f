"""The door for live events: a small application in front of the pages, because events come by the ten thousand a second.

``POST /api/v1/usage`` takes our own events, ``POST /v1/…`` what SDKs send that speak the Segment protocol. A request is
answered when what it brought is durable; it becomes facts within a minute (``pipeline.live``). An answer is always JSON: a
refusal has ``code`` and ``message``, which SDKs read, and success is exactly 200, because some take nothing else for it.
"""

import asyncio
import base64
import binascii
import contextlib
import os
import shutil
import time
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.db import close_old_connections

from uptake.pipeline.home import home
from uptake.pipeline.live.arrivals import frame_of
from uptake.pipeline.live.keys import KEY_PREFIX, Known, KnownKeys
from uptake.pipeline.live.spool import Spool, waiting_bytes
from uptake.pipeline.preview import size_in_bytes
from uptake.sources.live.bodies import GZIP, MOST_BYTES, BodyRefused, Sent, read, too_large, unpacked
from uptake.sources.live.messages import NO_USE, ODD, Row, rows_of

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
T = TypeVar("T")

OWN = "/api/v1/usage"
PATHS: dict[str, str | None] = {
    OWN: None,
    "/v1/batch": "",
    "/v1/import": "",
    **{f"/v1/{kind}": kind for kind in ("track", "page", "screen", "identify", "group", "alias")},
    # What scripts in a browser shorten them to.
    "/v1/t": "track",
    "/v1/p": "page",
    "/v1/s": "screen",
    "/v1/i": "identify",
    "/v1/g": "group",
    "/v1/a": "alias",
}
"""Address -> the type of messages that do not say theirs (``rows_of``)."""

NAMELESS_BYTES = 1 << 20  # of a body whose sender is named in the body alone
NAMELESS_AT_ONCE_BYTES = 8 << 20  # of all such bodies; anybody may send them, so they take no room from known senders
BODY_WITHIN_SECONDS = 15.0
AT_ONCE_BYTES = 128 << 10  # a larger body is read beside the loop: others are answered meanwhile
AT_ONCE_PACKED_BYTES = 16 << 10
READ_ON_BYTES = 64 << 20  # of a body that is refused: senders read an answer only when they have sent it all
READ_ON_SECONDS = 15.0
SHOWN_ODD = 20
ANSWER_WITHIN_SECONDS = 13.0  # SDKs wait for 15
LEAST_FREE_BYTES = 256 << 20  # of the disk; the database needs some as well
LOOK_EVERY_SECONDS = 1.0
RETRY_AFTER_SECONDS = 10
JSON, PROBLEM = b"application/json", b"application/problem+json"
FROM_ANYWHERE = (b"access-control-allow-origin", b"*")  # scripts on the pages of customers' products send too
PREFLIGHT = [
    FROM_ANYWHERE,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding"),
    (b"access-control-max-age", b"86400"),
]


class Refused(BodyRefused):
    """``retry_after``: seconds after which it may go well."""

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(status, code, message)
        self.retry_after = retry_after


class Door:
    """What one process keeps for its live events."""

    def __init__(self) -> None:
        self.keys = KnownKeys()
        self.spool = Spool()
        self.in_memory = 0  # bytes of requests under way whose sender is known
        self.nameless_in_memory = 0
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-bodies")
        self._looked_at = float("-inf")
        self._waiting = 0
        self._free = LEAST_FREE_BYTES

    async def take(self, scope: Message, receive: Receive, told: "Body") -> bytes:
        """Raises BodyRefused; nothing was kept then."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        self._refuse_if_full()
        key = _key_of(headers.get(b"authorization", ""))
        source = await self._source(key) if key is not None else None
        length = headers.get(b"content-length", "")
        most = MOST_BYTES if source else NAMELESS_BYTES
        if length.isdecimal() and int(length[:18]) > most:
            raise _too_long(source)
        body = await self._received(receive, told, most, source)
        kind, received = PATHS[scope["path"]], time.time_ns() // 1_000
        if source is None:  # the key stands in the body, which is short then
            sent = await self._worked(partial(_read, body, headers), body)
            source = await self._source(sent.write_key)
            make = partial(_made, source, sent, kind, received)
        else:
            make = partial(_read_and_made, source, body, headers, kind, received)
        rows, frame = await self._worked(make, body)
        if rows:
            await self._kept(frame)
        return _answer(rows)

    async def _source(self, key: str | None) -> Known:
        """Who sends. Raises Refused."""
        if not key:
            raise Refused(
                401, "missing_write_key", f"Send the source's write key ({KEY_PREFIX}…) as user name or Bearer."
            )
        is_fresh, source = self.keys.at_hand(key)
        if not is_fresh:
            source = await asyncio.to_thread(_with_connection, partial(self.keys.find, key))
        if source is None:
            raise Refused(401, "invalid_write_key", "No source has this write key.")
        if not source.is_active:
            raise Refused(403, "source_paused", "This source is paused; nothing is taken from it.")
        return source

    async def _received(self, receive: Receive, told: "Body", most: int, source: Known | None) -> bytes:
        told.is_nameless = source is None
        try:
            async with asyncio.timeout(BODY_WITHIN_SECONDS):
                while not told.is_whole:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise _Gone
                    piece = message.get("body", b"")
                    told.size += len(piece)
                    told.is_whole = not message.get("more_body", False)
                    if told.size > most:
                        raise _too_long(source)
                    self._hold(told, piece)
        except TimeoutError as why:
            raise Refused(408, "slow_body", "The body took too long to come; send again.") from why
        return b"".join(told.pieces)

    def _hold(self, told: "Body", piece: bytes) -> None:
        """Raises Refused where there is no room for the piece."""
        if told.is_nameless:
            held, limit = self.nameless_in_memory, NAMELESS_AT_ONCE_BYTES
        else:
            held, limit = self.in_memory, size_in_bytes(settings.UPTAKE.live_memory)
        if held + len(piece) > limit:
            raise Refused(429, "rate_limited", "Too many events at once; send again later.", 1)
        told.pieces.append(piece)
        self._count(told, len(piece))

    def let_go(self, told: "Body") -> None:
        """Nothing of it is needed any more."""
        told.pieces.clear()
        self._count(told, -told.held)

    def _count(self, told: "Body", size: int) -> None:
        told.held += size
        if told.is_nameless:
            self.nameless_in_memory += size
        else:
            self.in_memory += size

    async def _kept(self, frame: bytes) -> None:
        try:
            kept = asyncio.wrap_future(self.spool.put(frame))
            await asyncio.wait_for(asyncio.shield(kept), ANSWER_WITHIN_SECONDS)
        except TimeoutError as why:
            raise Refused(503, "slow_storage", "The disk takes long; send again.", RETRY_AFTER_SECONDS) from why
        except OSError as why:
            raise Refused(
                503, "storage_failed", "The events could not be kept; send again.", RETRY_AFTER_SECONDS
            ) from why

    def _refuse_if_full(self) -> None:
        if time.monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            self._waiting = waiting_bytes()
            self._free = shutil.disk_usage(home()).free
        if self._waiting > size_in_bytes(settings.UPTAKE.live_spool):
            raise Refused(
                429, "rate_limited", "More events wait than there is room for; send again later.", RETRY_AFTER_SECONDS
            )
        if self._free < LEAST_FREE_BYTES:
            raise Refused(503, "storage_full", "The disk is nearly full; send again later.", 60)

    async def _worked(self, work: Callable[[], T], body: bytes) -> T:
        """What is short at once, the rest one by one beside the loop."""
        if len(body) <= (AT_ONCE_PACKED_BYTES if body.startswith(GZIP) else AT_ONCE_BYTES):
            return work()
        return await asyncio.get_running_loop().run_in_executor(self._beside, work)


class _Gone(Exception):
    """The sender hung up."""


class Body:
    """How much of a request's body has come."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0
        self.held = 0
        self.is_whole = False
        self.is_nameless = False


def _with_connection(ask: Callable[[], Known | None]) -> Known | None:
    close_old_connections()
    try:
        return ask()
    finally:
        close_old_connections()


def _key_of(header: str) -> str | None:
    """The write key of an Authorization header: Bearer, or the user name of Basic. Raises Refused."""
    if not header:
        return None
    scheme, _, text = header.partition(" ")
    if scheme.lower() == "bearer":
        return text.strip()
    if scheme.lower() != "basic":
        raise Refused(401, "unknown_authorization", "Send the write key as Basic or Bearer authorization.")
    try:
        return base64.b64decode(text.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, ValueError) as why:
        raise Refused(401, "unknown_authorization", "The Basic authorization cannot be read.") from why


def _too_long(source: Known | None) -> BodyRefused:
    if source is not None:
        return too_large()
    return Refused(413, "payload_too_large", f"Over {NAMELESS_BYTES:,} bytes the write key must stand in the header.")


def _read(body: bytes, headers: dict[bytes, str]) -> Sent:
    plain = unpacked(body, headers.get(b"content-encoding", "").strip().lower())
    return read(plain, headers.get(b"content-type", "").lower())


def _read_and_made(
    source: Known, body: bytes, headers: dict[bytes, str], kind: str | None, received: int
) -> tuple[list[Row], bytes]:
    return _made(source, _read(body, headers), kind, received)


def _made(source: Known, sent: Sent, kind: str | None, received: int) -> tuple[list[Row], bytes]:
    rows = rows_of(sent, received=received, kind=kind)
    return rows, frame_of(source.connection_id, rows, received=received) if rows else b""


def _answer(rows: list[Row]) -> bytes:
    """Which events are duplicates is found out later; which are odd is said at once."""
    odd = [(place, row.reason) for place, row in enumerate(rows) if row.kind == ODD]
    told: dict[str, Any] = {"success": True, "received": len(rows)}
    if odd:
        told |= {
            "setAside": len(odd),
            "reasons": [{"event": place, "reason": reason} for place, reason in odd[:SHOWN_ODD]],
        }
    if no_use := sum(row.kind in NO_USE for row in rows):
        told["noUse"] = no_use
    return orjson.dumps(told)


_door: Door | None = None
_pid = 0


def door() -> Door:
    """Of this process."""
    global _door, _pid
    if _door is None or _pid != os.getpid():
        _door, _pid = Door(), os.getpid()
    return _door


def with_live_events(app: App) -> App:
    """The application behind the door: what is no live event goes through."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in PATHS:
            await app(scope, receive, send)
        elif scope["method"] == "POST":
            await _taken(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await _send(send, 204, b"", PREFLIGHT)
        else:
            why = Refused(405, "method_not_allowed", f"{scope['method']} is not offered here; POST is.")
            await _send(send, 405, _refusal(scope, why), [*_headers(scope, why), (b"allow", b"POST")])

    return wrapped


async def _taken(scope: Message, receive: Receive, send: Send) -> None:
    here, body = door(), Body()
    try:
        answer = await here.take(scope, receive, body)
    except _Gone:
        return
    except BodyRefused as why:
        here.let_go(body)
        if why.status != 408:
            await _read_on(receive, body)
        headers = _headers(scope, why) + ([] if body.is_whole else [(b"connection", b"close")])
        await _send(send, why.status, _refusal(scope, why), headers)
        return
    finally:
        here.let_go(body)
    await _send(send, 200, answer, [(b"content-type", JSON), FROM_ANYWHERE])


async def _read_on(receive: Receive, body: Body) -> None:
    """Receive the rest and forget it, so that the sender gets to read why it was refused; not without end."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(READ_ON_SECONDS):
            while not body.is_whole and body.size <= READ_ON_BYTES:
                message = await receive()
                body.size += len(message.get("body", b""))
                body.is_whole = message["type"] == "http.disconnect" or not message.get("more_body", False)


def _refusal(scope: Message, why: BodyRefused) -> bytes:
    told: dict[str, Any] = {"code": why.code, "message": str(why)}
    if scope["path"] == OWN:  # as every refusal of the API
        problem = {"type": "about:blank", "title": HTTPStatus(why.status).phrase, "status": why.status}
        told = {**problem, "detail": str(why), **told}
    return orjson.dumps(told)


def _headers(scope: Message, why: BodyRefused) -> list[tuple[bytes, bytes]]:
    headers = [(b"content-type", PROBLEM if scope["path"] == OWN else JSON), FROM_ANYWHERE]
    retry_after = getattr(why, "retry_after", None)
    if retry_after is not None:
        headers.append((b"retry-after", str(retry_after).encode()))
    if why.status == 401:
        headers.append((b"www-authenticate", b'Basic realm="uptake"'))
    return headers


async def _send(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
