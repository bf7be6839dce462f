"""A conversation followed live: parts are sent again as they change, read from the database a few times a second.

Nothing is remembered here: whoever connects is told how things stand, so that a dropped connection, a reload or a
restarted server loses nothing.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string

from uptake.chat.conversation import access_conversation
from uptake.chat.conversation_view import Shown, accounts_of, messages_of, show
from uptake.chat.importing import UNDER_WAY, life_of, state_of
from uptake.chat.models import Conversation, Message
from uptake.chat.views import drawn
from uptake.chat.views_request import Request
from uptake.kit.marks import without_steering

PAUSE_SECONDS = 0.2
MOST_SECONDS = 300  # the browser connects again
MOST_WATCHED = 50
LONGEST_NUMBER = 18  # digits; no message has a longer one


async def stream(request: Request, pk: int) -> HttpResponse | StreamingHttpResponse:
    """Events ``part`` ({id, state, html}) until nothing is under way, then ``done``. 404: no such one, or not yours.

    ``?watch=12,14``: messages that the page holds as under way. They are told even if they are over by now.
    """
    conversation = await sync_to_async(access_conversation)(request.user, pk)
    asked = request.GET.get("watch", "").split(",")[:MOST_WATCHED]
    watched = {int(one) for one in asked if one.isdecimal() and len(one) <= LONGEST_NUMBER}
    response = StreamingHttpResponse(_events(request, conversation, watched), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"  # a proxy must not hold it back
    return response


async def _events(request: Request, conversation: Conversation, watched: set[int]) -> AsyncIterator[str]:
    sent: dict[int, str] = {}
    until = time.monotonic() + MOST_SECONDS
    yield "retry: 1000\n\n"
    while time.monotonic() < until:
        events, is_live = await sync_to_async(_look)(request, conversation, watched, sent)
        for event in events:
            yield event
        if not is_live:
            yield "event: done\ndata: {}\n\n"
            return
        await asyncio.sleep(PAUSE_SECONDS)


def _look(
    request: Request, conversation: Conversation, watched: set[int], sent: dict[int, str]
) -> tuple[list[str], bool]:
    """What changed since the last look, and whether anything is still under way."""
    found = [each for each in messages_of(conversation).filter(kind=Message.Kind.IMPORT) if _is_due(each, watched)]
    watched |= {each.pk for each in found}
    events: list[str] = []
    for message in found:
        seen = f"{message.version}.{state_of(message.batch)}"
        if sent.get(message.pk) != seen:
            shown = show(message)
            sent[message.pk] = shown.state
            events += _told(request, conversation, shown)
    return events, any(life_of(each.batch) in UNDER_WAY for each in found)


def _is_due(message: Message, watched: set[int]) -> bool:
    return message.pk in watched or life_of(message.batch) in UNDER_WAY


def _told(request: Request, conversation: Conversation, shown: Shown) -> Iterator[str]:
    yield _event(f"m-{shown.message.pk}", shown.state, drawn(request, shown))
    if not shown.is_live:
        accounts = accounts_of(conversation)
        html = render_to_string("chat/_ledger.html", {"accounts": accounts}, request).strip()
        yield _event("ledger", accounts.state, html)


def _event(element: str, state: str, html: str) -> str:
    return f"event: part\ndata: {json.dumps({'id': element, 'state': state, 'html': without_steering(html)})}\n\n"
