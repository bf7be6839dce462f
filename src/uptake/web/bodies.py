"""How much of a request is taken before any view runs, and where it lies until then.

Django keeps a request's whole body on the disk before the first view runs. So who sends is looked up here, before the
first byte is received: strangers get a form's worth, and only teammates who may import get the room for files.
"""

import tempfile
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from importlib import import_module
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest, parse_cookie

from uptake.pipeline.home import uploads
from uptake.pipeline.preview import size_in_bytes
from uptake.team.models import Teammate
from uptake.team.rights import Right, may
from uptake.team.services import BadKey, teammate_of_key

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

FORM_BYTES = 6 * 1024 * 1024
FILES_AT_ONCE = 20  # as large as one may be
API = "/api/"
TAKES_FILES = ("/c/", "/api/usage/upload", "/api/customers/import", "/imports/customers/")
TOO_LARGE = b"This is more than Uptake takes at once. Send fewer or smaller files."


class Handler(ASGIHandler):
    """Django, but a body that does not fit in memory lies in the home's uploads: on the disk that is meant for it."""

    async def read_body(self, receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> IO[bytes]:
        file = self._open_body()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                file.close()
                raise RequestAborted
            file.write(message.get("body", b""))
            more = message.get("more_body", False)
        file.seek(0)
        return file

    def _open_body(self) -> IO[bytes]:
        """For Django to close with the request."""
        most: int = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
        return tempfile.SpooledTemporaryFile(most, dir=str(uploads()))


def limited(app: App) -> App:
    """The application behind a limit: 413 for a body that says or turns out to be too long."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        length = _length(scope)
        most = await _most(scope, length)
        if length is not None and length > most:
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


async def _most(scope: Message, length: int | None) -> int:
    """Who sends is asked only where it matters: what is no longer than a form may come from anybody."""
    is_long = length is None or length > FORM_BYTES
    takes_files = scope["method"] == "POST" and scope["path"].startswith(TAKES_FILES)
    if is_long and takes_files and await sync_to_async(_may_send_files)(scope):
        return FILES_AT_ONCE * size_in_bytes(settings.UPTAKE.max_upload_size)
    return FORM_BYTES


def _may_send_files(scope: Message) -> bool:
    close_old_connections()
    try:
        sender = _sender(scope)
    finally:
        close_old_connections()
    return sender is not None and not sender.has_one_time_password and may(sender, Right.IMPORT)


def _sender(scope: Message) -> Teammate | None:
    """Whose key or session the request carries, as the API and the pages will see it; a key opens no page."""
    if scope["path"].startswith(API) and (key := _header(scope, b"authorization")):
        scheme, _, text = key.partition(" ")
        try:
            return teammate_of_key(text) if scheme.lower() == "bearer" else None
        except BadKey:
            return None
    session = parse_cookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    if not session or "\0" in session:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session)
    user = get_user(request)
    return user if isinstance(user, Teammate) else None


def _length(scope: Message) -> int | None:
    """What the request says its body has; None where it says nothing that can be read."""
    told = _header(scope, b"content-length")
    return int(told[:18]) if told.isascii() and told.isdecimal() else None


def _header(scope: Message, wanted: bytes) -> str:
    return "; ".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})
