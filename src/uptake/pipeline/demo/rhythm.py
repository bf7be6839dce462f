"""How much work a day brings: weekdays, public holidays, the quiet weeks; and where clocks stand."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from uptake.pipeline.demo.noise import Floats, Integers

WEEKDAYS = (0.97, 1.06, 1.08, 1.03, 0.86, 0.05, 0.035)  # Monday first; a little work gets done at weekends
OPEN_ALL_WEEK = (0.95, 1.02, 1.02, 1.0, 0.98, 0.85, 0.8)
HOLIDAY = 0.08
YEAR_END = 0.12

COUNTRIES = {
    "America/New_York": "US",
    "America/Chicago": "US",
    "America/Los_Angeles": "US",
    "America/Toronto": "CA",
    "America/Sao_Paulo": "BR",
    "Europe/London": "GB",
    "Europe/Berlin": "DE",
    "Europe/Paris": "FR",
    "Europe/Madrid": "ES",
    "Europe/Amsterdam": "NL",
    "Europe/Stockholm": "SE",
    "Asia/Tokyo": "JP",
    "Asia/Kolkata": "IN",
    "Australia/Sydney": "AU",
}
_EUROPE = {"GB", "DE", "FR", "ES", "NL", "SE"}

# Days with a fixed date, month and day; 1 January and Christmas fall into the year's end.
_FIXED = {
    "US": {(6, 19), (7, 4), (11, 11)},
    "CA": {(7, 1), (9, 30)},
    "BR": {(4, 21), (5, 1), (9, 7), (10, 12), (11, 15)},
    "GB": set[tuple[int, int]](),
    "DE": {(5, 1), (10, 3)},
    "FR": {(5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11)},
    "ES": {(1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 8)},
    "NL": {(4, 27)},
    "SE": {(1, 6), (5, 1), (6, 6)},
    "JP": {(1, 2), (1, 3), (2, 11), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)},
    "IN": {(1, 26), (8, 15), (10, 2)},
    "AU": {(1, 26), (4, 25)},
}
# Days counted from Easter Sunday: Good Friday, Easter Monday, Ascension, Whit Monday.
_FROM_EASTER = {
    "DE": (-2, 1, 39, 50),
    "FR": (1, 39, 50),
    "GB": (-2, 1),
    "ES": (-2,),
    "NL": (1, 39, 50),
    "SE": (-2, 1, 39),
    "CA": (-2,),
    "AU": (-2, 1),
    "BR": (-48, -47, -2),
}
# Month, weekday, which one (-1 = last): Memorial Day, Labor Day, Thanksgiving …
_NTH = {
    "US": ((5, 0, -1), (9, 0, 1), (11, 3, 4)),
    "CA": ((9, 0, 1), (10, 0, 2)),
    "GB": ((5, 0, 1), (5, 0, -1), (8, 0, -1)),
}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Butcher's rule)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _nth_weekday(year: int, month: int, weekday: int, which: int) -> date:
    if which < 0:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def holidays(country: str, year: int) -> set[date]:
    """Public holidays on which offices are nearly empty, without the year's end."""
    return (
        {date(year, month, day) for month, day in _FIXED[country]}
        | {easter(year) + timedelta(days=days) for days in _FROM_EASTER.get(country, ())}
        | {_nth_weekday(year, month, weekday, which) for month, weekday, which in _NTH.get(country, ())}
    )


def _season(country: str, day: date) -> float:
    place = (day.month, day.day)
    if place >= (12, 24) or place == (1, 1):
        return YEAR_END
    if place >= (12, 20) or place <= (1, 4):
        return 0.7
    return 0.8 if day.month == 8 and country in _EUROPE else 1.0


def day_factors(country: str, working_days: str, days: Sequence[date]) -> Floats:
    """How likely people are at work on each day, about 1 on a normal working day."""
    free = {day for year in {day.year for day in days} for day in holidays(country, year)}
    week = OPEN_ALL_WEEK if working_days == "all days" else WEEKDAYS
    return np.array([week[day.weekday()] * _season(country, day) * (HOLIDAY if day in free else 1.0) for day in days])


def utc_offsets(zone: str, days: Sequence[date]) -> Integers:
    """Seconds that local noon of each day is ahead of UTC."""
    noons = [datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).utcoffset() for day in days]
    return np.array([0 if noon is None else int(noon.total_seconds()) for noon in noons], dtype=np.int64)
