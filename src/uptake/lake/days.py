"""From an instant to its calendar day: the one way, for filters, groups and drill-downs alike."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

from uptake.kit.days import zone_named

if TYPE_CHECKING:
    import ibis.expr.types as ir


def offsets(zone: str, first: date, last: date) -> list[tuple[datetime | None, timedelta]]:
    """The zone's offsets from UTC between two days, as (until, offset); the last one has no end.

    Engines disagree about time zones and carry data of different ages, so both get these plain values.
    """
    tz = zone_named(zone)
    start = datetime.combine(first - timedelta(days=2), time(), UTC)
    days = [start + timedelta(days=n) for n in range((last - first).days + 5)]
    found: list[tuple[datetime | None, timedelta]] = []
    for before, after in pairwise(days):
        if _offset(tz, before) != _offset(tz, after):
            found.append((_change(tz, before, after).replace(tzinfo=None), _offset(tz, before)))
    return [*found, (None, _offset(tz, days[-1]))]


def utc_days(first: date, last: date, zones: Sequence[str]) -> tuple[date, date]:
    """The first and the last UTC day on which it may be one of these days in any of the zones."""
    shifts = [shift for zone in zones for _, shift in offsets(zone, first, last)]
    before, after = any(shift > timedelta() for shift in shifts), any(shift < timedelta() for shift in shifts)
    return first - timedelta(days=before), last + timedelta(days=after)


def _offset(tz: tzinfo, instant: datetime) -> timedelta:
    return instant.astimezone(tz).utcoffset() or timedelta()


def _change(tz: tzinfo, before: datetime, after: datetime) -> datetime:
    """The second at which the offset changes, by halving the day."""
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        before, after = (middle, after) if _offset(tz, middle) == _offset(tz, before) else (before, middle)
    return after


def local_time(instant: "ir.TimestampValue", zone: str, first: date, last: date) -> "ir.TimestampValue":
    """The wall clock in ``zone``; exact for instants between the two days."""
    import ibis

    *changes, (_, final) = offsets(zone, first, last)
    moved = _moved(instant, final)
    if not changes:
        return moved
    branches = [
        (instant < ibis.timestamp(until.isoformat()), _moved(instant, offset)) for until, offset in changes if until
    ]
    return ibis.cases(*branches, else_=moved)


def day_as_sql(zone: str, first: date, last: date) -> str:
    """``day_of`` in SQL, for a query over usage events that is written by hand."""
    *changes, (_, final) = offsets(zone, first, last)
    cases = [
        f"WHEN occurred_at < TIMESTAMP '{until.isoformat(' ')}' THEN {_moved_as_sql(offset)}"
        for until, offset in changes
        if until
    ]
    local = f"CASE {' '.join(cases)} ELSE {_moved_as_sql(final)} END" if cases else _moved_as_sql(final)
    return f"coalesce(occurred_on, CAST({local} AS DATE))"


def _moved_as_sql(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    return f"occurred_at + INTERVAL ({seconds}) SECOND" if seconds else "occurred_at"


def _moved(instant: "ir.TimestampValue", offset: timedelta) -> "ir.TimestampValue":
    import ibis

    seconds = int(offset.total_seconds())
    return instant + ibis.interval(seconds=seconds) if seconds else instant


def day_of(events: "ir.Table", zone: str, first: date, last: date) -> "ir.DateValue":
    """The calendar day of each usage event in ``zone``. A daily or monthly total carries its own day."""
    import ibis

    return ibis.coalesce(events.occurred_on, local_time(events.occurred_at, zone, first, last).date())


def runs(days: list[date], gap: int = 7) -> list[tuple[date, date]]:
    """Days as ranges; days closer than ``gap`` share one, so that a stray old event does not drag a year along."""
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and (day - found[-1][1]).days <= gap:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
