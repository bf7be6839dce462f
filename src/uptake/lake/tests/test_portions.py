"""Days derived in portions are the days derived at once, and each portion reads only what it needs."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from uptake.lake import files, portions
from uptake.lake.derive import derive_daily
from uptake.lake.models import DataFile
from uptake.lake.tests.conftest import MARCH, NO_ZONES, daily_rows

AUCKLAND = pa.table({"source": ["pendo"], "account_id": ["acme"], "zone": ["Pacific/Auckland"]})
WEEK = [f"2026-03-{day:02}T{hour}:30" for day in range(2, 9) for hour in ("00", "11", "23")]


@pytest.fixture
def small_portions(monkeypatch):
    monkeypatch.setattr(portions, "ROWS_AT_ONCE", 6)
    monkeypatch.setattr(portions, "READ_AT_MOST", 100)  # a file of the tests is one part, read by every portion


def cut(zones=("UTC",)) -> list[portions.Portion]:
    return portions.portions(files.live(DataFile.Table.USAGE_EVENTS), MARCH, zones)


def derived(engine, zones=NO_ZONES) -> tuple[list[dict], int]:
    """The days, and in how many files they are."""
    derive_daily(engine, "pendo", MARCH, zones)
    rows = sorted(daily_rows(engine), key=repr)
    return rows, len(files.live(DataFile.Table.USAGE_DAILY))


@pytest.mark.parametrize("zones", [NO_ZONES, AUCKLAND])
def test_days_in_portions_are_the_same_days(engine, bring, monkeypatch, zones):
    bring(*({"at": at} for at in WEEK))
    bring(*({"at": at, "event_id": at} for at in WEEK), *({"at": at, "event_name": "Share"} for at in WEEK))
    bring(*({"at": at} for at in WEEK[5:]))  # the same uses again
    whole, count = derived(engine, zones)
    assert count == 1
    monkeypatch.setattr(portions, "ROWS_AT_ONCE", 6)
    monkeypatch.setattr(portions, "READ_AT_MOST", 100)
    in_portions, count = derived(engine, zones)
    assert count > 3
    assert in_portions == whole


def test_every_day_is_in_one_portion(bring, small_portions):
    bring(*({"at": at} for at in WEEK))
    [(first, last)] = MARCH
    days = [
        begin + timedelta(days=n)
        for portion in cut()
        for begin, end in portion.ranges
        for n in range((end - begin).days + 1)
    ]
    assert days == [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert len(cut()) > 1


def test_a_portion_reads_the_utc_days_that_its_days_touch_anywhere(bring, small_portions):
    bring(*({"at": at} for at in WEEK))
    for portion in cut(["UTC"]):
        assert portion.utc_days == (portion.ranges[0][0], portion.ranges[-1][1])
    for portion in cut(["Asia/Tokyo", "America/Lima"]):
        assert portion.utc_days == (
            portion.ranges[0][0] - timedelta(days=1),
            portion.ranges[-1][1] + timedelta(days=1),
        )


def test_totals_of_days_are_not_cut(bring, small_portions):
    bring(*({"at": at} for at in WEEK), {"at": "2026-03-02T00:00", "grain": "day", "occurred_on": date(2026, 3, 2)})
    assert cut() == [portions.Portion(MARCH, None)]


def test_facts_in_no_order_of_time_are_not_read_over_and_over(bring, small_portions, monkeypatch):
    monkeypatch.setattr(portions, "READ_AT_MOST", 2)
    bring(*({"at": at} for at in WEEK))  # one part that every portion would read
    assert cut() == [portions.Portion(MARCH, None)]
