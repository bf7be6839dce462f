"""When an event happened: by the sender's clock, put right where the sender says what that clock shows now."""

from datetime import UTC, datetime

from uptake.sources.expressions import EARLIEST
from uptake.sources.times import MICROSECONDS_FROM, MILLISECONDS_FROM

SECOND = 1_000_000  # all instants here are whole microseconds since 1970
DAY = 24 * 3600 * SECOND
MOST_LAG = DAY
"""A ``sentAt`` further back is no slow clock but a batch that was stored and is sent again as it was."""

MOST_AHEAD = DAY
"""An event at most so far in the future is one by a clock that is ahead: it counts as of when it came."""

ORDER = 60 * SECOND  # nothing is sent before it happened: a ``sentAt`` further before the event is another clock's
FIRST = int(datetime.combine(EARLIEST, datetime.min.time(), UTC).timestamp()) * SECOND
BAD = "the date is not readable"
EARLY = f"the date is before {EARLIEST.year}"
FUTURE = "the date is in the future"


class Odd(ValueError):
    """Why a message cannot be a usage event, in words for the list of what was set aside."""


class Clock:
    """The clock of one request."""

    def __init__(self, received: int, sent_at: object = None) -> None:
        self.received = received
        self.sent: int | None = None
        self.shift = 0
        if sent_at is not None:
            try:
                self.sent = instant(sent_at)
            except Odd:
                return  # what cannot be read corrects nothing
            shift = received - self.sent
            if shift <= MOST_LAG or self.sent < FIRST:  # a clock that was never set shows the 1970s
                self.shift = shift

    def true(self, told: object) -> tuple[int, bool]:
        """The instant, and whether it was in the future and counts as of when it came. Raises Odd."""
        if told is None or told == "":
            return self.received, False
        at = instant(told)
        if self.shift and self.sent is not None and at <= self.sent + ORDER:
            at += self.shift
        if at <= self.received:
            if at < FIRST:
                raise Odd(EARLY)
            return at, False
        if at > self.received + MOST_AHEAD:
            raise Odd(FUTURE)
        return self.received, True


def instant(told: object) -> int:
    """ISO 8601 (UTC where it names no zone), or seconds, milliseconds or microseconds since 1970. Raises Odd."""
    if isinstance(told, str):
        try:
            at = datetime.fromisoformat(told)
        except ValueError:
            return _epoch(told)
        try:
            return _micros(at if at.tzinfo else at.replace(tzinfo=UTC))
        except OverflowError as why:
            raise Odd(BAD) from why
    if isinstance(told, int | float) and not isinstance(told, bool):
        return _epoch(told)
    raise Odd(BAD)


def _epoch(told: str | float) -> int:
    try:
        number = float(told)
    except ValueError as why:
        raise Odd(BAD) from why
    if not abs(number) < 1e18:  # also what is no number
        raise Odd(BAD)
    if abs(number) >= MICROSECONDS_FROM:
        return round(number)
    return round(number * (1_000 if abs(number) >= MILLISECONDS_FROM else SECOND))


def _micros(at: datetime) -> int:
    passed = at - _BEGINNING
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
