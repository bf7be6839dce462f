"""How much of a request is taken before anybody looked at it.

Django keeps a request's whole body on the disk before the first view runs. Strangers therefore get a form's worth, and
only who carries a login or a key may send files.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from uptake.pipeline.preview import size_in_bytes

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

FORM_BYTES = 6 * 1024 * 1024
FILES_AT_ONCE = 20  # as large as one may be
TAKES_FILES = ("/c/", "/api/usage/upload")
TOO_LARGE = b"This is more than Uptake takes at once. Send fewer or smaller files."


def limited(app: App) -> App:
    """The application behind a limit: 413 for a body that says or turns out to be too long."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        most = _most(scope)
        if _length(scope) > most:
            await _refuse(send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            return {"type": "http.disconnect"} if taken > most else message

        await app(scope, counted, send)

    return wrapped


def _most(scope: Message) -> int:
    names = {name for name, _ in scope["headers"]}
    known = b"authorization" in names or settings.SESSION_COOKIE_NAME.encode() in _header(scope, b"cookie")
    if known and scope["path"].startswith(TAKES_FILES):
        return FILES_AT_ONCE * size_in_bytes(settings.UPTAKE.max_upload_size)
    return FORM_BYTES


def _length(scope: Message) -> int:
    told = _header(scope, b"content-length")
    return int(told) if told.isdigit() else 0


def _header(scope: Message, wanted: bytes) -> bytes:
    found: bytes = b"; ".join(value for name, value in scope["headers"] if name == wanted)
    return found


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})
