"""When an event happened, whatever the sender's clock shows."""

from datetime import UTC, datetime, timedelta

import pytest

from uptake.sources.live.clock import BAD, EARLY, FUTURE, Clock, Odd, instant

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def micros(at: datetime) -> int:
    return round((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


def true(told: datetime | None, sent_at: datetime | None = None) -> tuple[datetime, bool]:
    clock = Clock(micros(NOW), sent_at.isoformat() if sent_at else None)
    at, moved = clock.true(told.isoformat() if told else None)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at), moved


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_without_a_time_it_happened_when_it_came():
    assert true(None) == (NOW, False)


def test_without_a_time_of_sending_the_time_is_taken_as_it_is():
    assert true(NOW - 3 * DAY) == (NOW - 3 * DAY, False)


@pytest.mark.parametrize("wrong", [2 * HOUR, -5 * HOUR, 900 * DAY, NOW - datetime(1971, 1, 1, tzinfo=UTC)])
def test_a_wrong_clock_is_put_right(wrong):
    """``wrong``: how far behind the sender's clock is. It happened ten minutes before it was sent, whatever is shown."""
    if wrong == 900 * DAY:
        wrong = -wrong  # ahead by years: no storing explains a time of sending in the future
    assert true(NOW - 10 * MINUTE - wrong, NOW - wrong) == (NOW - 10 * MINUTE, False)


def test_a_batch_that_was_stored_for_days_is_no_slow_clock():
    assert true(NOW - 4 * DAY, NOW - 3 * DAY) == (NOW - 4 * DAY, False)


def test_an_event_after_its_sending_is_by_another_clock():
    """The server that sends has a wrong clock; the event's own time, of a browser, is left alone."""
    assert true(NOW - MINUTE, NOW - 3 * HOUR) == (NOW - MINUTE, False)


def test_a_clock_that_is_ahead_counts_as_of_reception():
    assert true(NOW + HOUR) == (NOW, True)
    assert true(NOW + DAY) == (NOW, True)


@pytest.mark.parametrize(("told", "why"), [(NOW + DAY + MINUTE, FUTURE), (datetime(1999, 12, 31, tzinfo=UTC), EARLY)])
def test_what_cannot_be_is_odd(told, why):
    with pytest.raises(Odd, match=why):
        true(told)


@pytest.mark.parametrize(
    "told",
    [
        "2026-06-30T12:00:00Z", "2026-06-30 12:00:00", "2026-06-30T14:00:00.000000000+02:00", "20260630T120000Z",
        1782820800, 1782820800.0, 1782820800000, 1782820800000000, "1782820800000",
    ],
)  # fmt: skip
def test_all_ways_to_write_an_instant(told):
    assert instant(told) == micros(NOW)


@pytest.mark.parametrize(
    "told", ["", "yesterday", "2026-13-01", True, [], {}, float("nan"), float("inf"), 1e300, "nan", "9" * 400]
)
def test_what_is_no_instant(told):
    with pytest.raises(Odd, match=BAD):
        instant(told)


def test_the_first_instant_there_is_can_be_read_and_is_too_early():
    with pytest.raises(Odd, match=EARLY):
        Clock(micros(NOW)).true("0001-01-01T00:00:00+14:00")


def test_a_time_of_sending_that_cannot_be_read_corrects_nothing():
    assert Clock(micros(NOW), "soon").true((NOW - HOUR).isoformat()) == (micros(NOW - HOUR), False)
