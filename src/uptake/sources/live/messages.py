"""One message -> one canonical row: of the Segment protocol, or an event of our own.

A row is what became of a message, whatever it is: a use; a ``group`` or ``identify``, which says where a person belongs and
is no use; or odd, with the reason. Nothing is dropped.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from uptake.customers.names import LONGEST_TEXT
from uptake.lake.schemas import MISSING
from uptake.sources.expressions import MOST_USES
from uptake.sources.live.bodies import UNREADABLE, BadLine, Sent
from uptake.sources.live.clock import Clock, Odd

USE, GROUP, IDENTIFY, ALIAS, NONE, ODD = "use", "group", "identify", "alias", "none", "odd"
NO_USE: Mapping[str, str] = {
    GROUP: "group: says which customer a user belongs to, which is no use",
    IDENTIFY: "identify: says who a user is, which is no use",
    ALIAS: "alias: says who a user was before, which is no use",
    NONE: "the count is 0: no use",
}
"""Kinds that are no record of use, rather than a bad one, and why."""
SHOWN_OF_ODD = 2_000  # characters
SEGMENT = ("track", "page", "screen", "identify", "group", "alias")

_NOTHING = frozenset(MISSING)
_LONGEST_NOTHING = max(map(len, MISSING))


class Row(NamedTuple):
    """The columns in which rows are spooled."""

    kind: str = USE
    event_id: str | None = None
    visitor_id: str | None = None
    other_id: str | None = None  # the same person before it logged in
    account_id: str | None = None
    event_name: str | None = None
    occurred: int | None = None  # microseconds since 1970
    uses: int = 1
    seconds: float | None = None
    session_id: str | None = None
    email: str | None = None
    name: str | None = None  # of a group's company
    domain: str | None = None
    reason: str | None = None  # why it is odd
    text: str | None = None  # the odd message itself
    moved: bool = False  # it was in the future and counts as of when it came


def rows_of(sent: Sent, *, received: int, kind: str | None = None) -> list[Row]:
    """A row for each message, in their order.

    ``kind``: of Segment messages that do not say theirs, by the address they came to; empty: they must; None: a message
    that says none is an event of our own.
    """
    clock = Clock(received, sent.sent_at)
    copies: dict[str, int] = {}
    return [_row(message, kind, clock, sent.context, copies) for message in sent.messages]


def _row(
    message: object, kind: str | None, clock: Clock, context: Mapping[str, Any] | None, copies: dict[str, int]
) -> Row:
    if isinstance(message, BadLine):
        return Row(ODD, occurred=clock.received, reason=UNREADABLE, text=message.text)
    if not isinstance(message, dict):
        return _odd(message, clock, "the event is no object")
    is_segment = kind is not None or message.get("type") in SEGMENT
    try:
        row = _segment(message, kind, clock, context) if is_segment else _own(message, clock)
    except Odd as why:
        row = _odd(message, clock, str(why))
    return row if row.event_id is not None else row._replace(event_id=_by_content(message, clock, copies))


def _odd(message: object, clock: Clock, reason: str) -> Row:
    told = _first(message, IDS) if isinstance(message, dict) else None
    event_id = told if isinstance(told, str) and len(told) <= LONGEST_TEXT else None
    return Row(ODD, event_id=event_id, occurred=clock.received, reason=reason, text=_said(message)[:SHOWN_OF_ODD])


def _by_content(message: Mapping[str, Any], clock: Clock, copies: dict[str, int]) -> str:
    """An event without an id is known again by what it says, as many times as it stands in the request.

    One that does not even say when it happened cannot be told from the next one like it: it is always new.
    """
    said = _said(message) if _first(message, TIMES) is not None else f"{clock.received} {_said(message)}"
    mark = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=12).hexdigest()
    copies[mark] = copies.get(mark, 0) + 1
    return f"content-{mark}-{copies[mark]}"


# Segment


def _segment(message: Mapping[str, Any], kind: str | None, clock: Clock, shared: Mapping[str, Any] | None) -> Row:
    inner = message.get("context")
    context: Mapping[str, Any] = inner if isinstance(inner, dict) else shared or {}
    user, anonymous = _id(message, "userId", "the user id"), _id(message, "anonymousId", "the anonymous id")
    at, moved = clock.true(message.get("timestamp"))
    row = Row(
        event_id=_id(message, "messageId", "the message id"),
        visitor_id=user or anonymous,
        other_id=anonymous if user else None,
        account_id=_account(context.get("groupId")),
        occurred=at,
        session_id=_session(context, anonymous),
        email=_email(message, context),
        moved=moved,
    )
    told = message.get("type", kind)
    if not isinstance(told, str) or told not in _SEGMENT:
        raise Odd("the type is none of " + ", ".join(SEGMENT))
    return _SEGMENT[told](message, row)


def _track(message: Mapping[str, Any], row: Row) -> Row:
    return row._replace(event_name=_event_name(message.get("event")))


def _viewed(what: str) -> Callable[[Mapping[str, Any], Row], Row]:
    """“Viewed Docs Home Page”, as Segment's own integrations call it; without a name the catalogue knows it for a load."""

    def make(message: Mapping[str, Any], row: Row) -> Row:
        properties = message.get("properties")
        inner: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
        named = [_text(message.get(key)) or _text(inner.get(key)) for key in ("category", "name")]
        title = " ".join(each for each in named if each)
        return row._replace(event_name=_event_name(f"Viewed {title} {what}" if title else f"Loaded a {what}"))

    return make


def _identify(message: Mapping[str, Any], row: Row) -> Row:
    return row._replace(kind=IDENTIFY)


def _group(message: Mapping[str, Any], row: Row) -> Row:
    account = _account(message.get("groupId"))
    if account is None:
        raise Odd("the group has no id")
    traits = _traits(message)
    return row._replace(
        kind=GROUP,
        account_id=account,
        name=_cut(_text(traits.get("name"))),
        domain=_domain(_text(traits.get("domain")) or _text(traits.get("website"))),
    )


def _alias(message: Mapping[str, Any], row: Row) -> Row:
    return row._replace(kind=ALIAS)


_SEGMENT: Mapping[str, Callable[[Mapping[str, Any], Row], Row]] = {
    "track": _track,
    "page": _viewed("Page"),
    "screen": _viewed("Screen"),
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}


def _traits(message: Mapping[str, Any]) -> Mapping[str, Any]:
    traits = message.get("traits")
    return traits if isinstance(traits, dict) else {}


def _email(message: Mapping[str, Any], context: Mapping[str, Any]) -> str | None:
    """Of the traits, which some SDKs send in the context only."""
    told = context.get("traits")
    inner: Mapping[str, Any] = told if isinstance(told, dict) else {}
    found = (
        inner.get("email") if message.get("type") == "group" else _traits(message).get("email") or inner.get("email")
    )
    return found.strip()[:LONGEST_TEXT] if isinstance(found, str) and "@" in found else None


def _session(context: Mapping[str, Any], anonymous: str | None) -> str | None:
    """As in files: sessions are counted per device by their start, so that two devices can share a number."""
    session = _text(context.get("sessionId"))
    return f"{anonymous}/{session}"[:LONGEST_TEXT] if session and anonymous else None


# Our own

IDS = ("id", "eventId", "event_id", "messageId", "message_id")
CUSTOMERS = ("customer", "customerId", "customer_id", "account", "accountId", "account_id")
VISITORS = ("user", "userId", "user_id", "visitor", "visitorId", "visitor_id")
FEATURES = ("feature", "event", "eventName", "event_name")
TIMES = ("timestamp", "time", "occurredAt", "occurred_at")
COUNTS = ("count", "eventCount", "event_count")
DURATIONS = ("duration", "durationSeconds", "duration_seconds")
SESSIONS = ("session", "sessionId", "session_id")


def _own(message: Mapping[str, Any], clock: Clock) -> Row:
    at, moved = clock.true(_first(message, TIMES))
    count = _count(_first(message, COUNTS))
    row = Row(
        event_id=_short(_text(_first(message, IDS)), "the event id"),
        visitor_id=_short(_text(_first(message, VISITORS)), "the user id"),
        account_id=_account(_first(message, CUSTOMERS)),
        event_name=_event_name(_first(message, FEATURES)),
        occurred=at,
        uses=count,
        seconds=_seconds(_first(message, DURATIONS)),
        session_id=_short(_text(_first(message, SESSIONS)), "the session id"),
        moved=moved,
    )
    return row if count else row._replace(kind=NONE)


def _first(message: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((message[name] for name in names if message.get(name) is not None), None)


def _count(told: object) -> int:
    number = _number(told, "the count is not a whole number") if told is not None else 1.0
    if number != int(number):
        raise Odd("the count is not a whole number")
    if number < 0:
        raise Odd("the count is negative")
    if number > MOST_USES:
        raise Odd(f"the count is over {MOST_USES:,}")
    return int(number)


def _seconds(told: object) -> float | None:
    if told is None:
        return None
    number = _number(told, "the duration is not a number")
    if number < 0:
        raise Odd("the duration is negative")
    return number


def _number(told: object, reason: str) -> float:
    """Raises Odd. Numbers as text are numbers."""
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        raise Odd(reason)
    try:
        number = float(told)
    except (ValueError, OverflowError) as why:
        raise Odd(reason) from why
    if not abs(number) < float("inf"):
        raise Odd(reason)
    return number


# Texts


def _text(value: object) -> str | None:
    """A name or id; None for nothing, for the words that platforms write for nothing, and for what is no single value."""
    if type(value) is str:
        text = value.strip()
        if "\0" in text:
            text = text.replace("\0", "")
        return None if len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING else text
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if abs(value) < 1 << 128 else None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1 << 53 else str(value)
    return None


def _short(text: str | None, what: str) -> str | None:
    if text is not None and len(text) > LONGEST_TEXT:
        raise Odd(f"{what} is over {LONGEST_TEXT} characters")
    return text


def _cut(text: str | None) -> str | None:
    return text[:LONGEST_TEXT] if text else None


def _domain(text: str | None) -> str | None:
    """Of an address of a website, too."""
    host = text.partition("://")[2] or text if text else ""
    return host.partition("/")[0].partition(":")[0][:253] or None


def _id(message: Mapping[str, Any], key: str, what: str) -> str | None:
    value = message.get(key)
    return None if value is None else _short(_text(value), what)


def _account(value: object) -> str | None:
    """A list names several; the first one counts, as in files."""
    if isinstance(value, list):
        value = value[0] if value else None
    return _short(_text(value), "the customer")


def _event_name(value: object) -> str:
    name = _short(_text(value), "the feature")
    if name is None:
        raise Odd("no feature")
    return name


def _said(message: object) -> str:
    """The message as text, always the same for the same message."""
    try:
        return orjson.dumps(message, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:  # what only Python's own JSON reads
        return json.dumps(message, sort_keys=True)


# Columns


def columns_of(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Column by column; those that say of no row anything but what is usual are left out."""
    found = dict(zip(Row._fields, map(list, zip(*rows, strict=True)), strict=True))
    usual = Row()._asdict()
    return {name: values for name, values in found.items() if any(value != usual[name] for value in values)}


def dumped(told: Mapping[str, Any]) -> bytes:
    """As JSON; a text that no encoding can hold has question marks for what is wrong with it."""
    try:
        return orjson.dumps(told)
    except orjson.JSONEncodeError:
        return orjson.dumps(_whole(told))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {key: _whole(inner) for key, inner in value.items()}
    return [_whole(inner) for inner in value] if isinstance(value, list) else value
