"""In which time zone a Pendo subscription's days begin, told by the instants at which they do."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

WELL_KNOWN = (
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Honolulu",
)
DATE_LINE_HOURS = range(10, 15)  # of the UTC day: midnight of this day far in the west, or of the next far in the east


def zone_of(midnights: Sequence[datetime], *, ahead: bool) -> str | None:
    """A zone in which all these are midnights, a well-known one first; None: there is none, or nothing to tell by.

    ``ahead``: of two zones a whole day apart take the one that is ahead of UTC. Zones that were alike on these days cannot
    be told apart, and need not: they give each of them the same day.
    """
    if not midnights:
        return None
    return next((zone for zone in _zones() if _fits(zone, midnights, ahead=ahead)), None)


def is_by_the_date_line(midnights: Sequence[datetime]) -> bool:
    """Whether the instants alone leave open which day they begin."""
    return any(each.hour in DATE_LINE_HOURS for each in midnights)


def _fits(zone: str, midnights: Sequence[datetime], *, ahead: bool) -> bool:
    for each in midnights:
        local = each.astimezone(ZoneInfo(zone))
        if (local.hour, local.minute) != (0, 0):
            return False
        if is_by_the_date_line([each]) and (local.date() > each.date()) != ahead:
            return False
    return True


@cache
def _zones() -> tuple[str, ...]:
    others = (zone for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc/"))
    return (*WELL_KNOWN, *(zone for zone in others if zone not in WELL_KNOWN))
