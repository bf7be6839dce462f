"""Instants to days by plain offsets, checked against Python's own time zones; days to ranges."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from uptake.lake.days import day_as_sql, offsets, runs
from uptake.lake.files import missing

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
]


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2019, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
)
def test_offsets_agree_with_the_time_zone_database(zone, instant):
    table = offsets(zone, date(2019, 1, 1), date(2027, 12, 31))
    naive = instant.replace(tzinfo=None)
    offset = next(offset for until, offset in table if until is None or naive < until)
    assert offset == instant.astimezone(ZoneInfo(zone)).utcoffset()


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
)
@settings(deadline=None)
def test_sql_puts_an_instant_on_the_day_of_the_time_zone_database(zone, instant):
    day = day_as_sql(zone, date(2025, 1, 1), date(2026, 12, 31))
    naive = instant.replace(tzinfo=None)
    [(found,)] = duckdb.execute(
        f"SELECT {day} FROM (SELECT TIMESTAMP '{naive}' AS occurred_at, NULL::DATE AS occurred_on)"
    ).fetchall()
    assert found == instant.astimezone(ZoneInfo(zone)).date()


def test_days_close_together_share_a_range():
    first = date(2026, 3, 1)
    days = [first, first + timedelta(days=7), first + timedelta(days=15)]
    assert runs(days) == [(first, days[1]), (days[2], days[2])]


@pytest.mark.parametrize(
    ("wanted", "present", "gaps"),
    [
        ([(1, 10)], [], [(1, 10)]),
        ([(1, 10)], [(1, 10)], []),
        ([(1, 10)], [(3, 4), (8, 12)], [(1, 2), (5, 7)]),
        ([(1, 3), (3, 6)], [(2, 2)], [(1, 1), (3, 6)]),
    ],
)
def test_missing_ranges(wanted, present, gaps):
    def days(pairs):
        return [(date(2026, 3, a), date(2026, 3, b)) for a, b in pairs]

    assert missing(days(wanted), days(present)) == days(gaps)
