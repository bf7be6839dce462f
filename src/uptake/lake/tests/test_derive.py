"""usage_daily counts each use once, whatever is imported twice, and goes back when an import is undone."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from django.utils import timezone

from uptake.lake import files
from uptake.lake.derive import derive_daily
from uptake.lake.models import DataFile
from uptake.lake.tests.conftest import MARCH, NO_ZONES, daily_rows


def uses(engine) -> dict[tuple[str, str], int]:
    """(event name, day) -> uses."""
    return {(row["event_name"], row["day"].isoformat()[5:]): row["uses"] for row in daily_rows(engine)}


def derive(engine, zones=NO_ZONES, ranges=MARCH) -> int:
    return derive_daily(engine, "pendo", ranges, zones)


def test_equal_rows_inside_one_file_are_all_kept(engine, bring):
    bring({}, {}, {"at": "2026-03-02T10:00", "event_count": 3})
    derive(engine)
    assert uses(engine) == {("Export", "03-02"): 1 + 1 + 3}


def test_rows_without_an_id_count_as_often_as_in_the_fullest_file(engine, bring):
    bring({}, {}, {"at": "2026-03-03T09:00"})
    bring({}, {}, {})  # the same two clicks again, and one that the first export had not seen
    derive(engine)
    assert uses(engine) == {("Export", "03-02"): 3, ("Export", "03-03"): 1}


def test_an_event_id_counts_once_and_a_clash_counts_twice(engine, bring):
    bring({"event_id": "e1"}, {"event_id": "e2"}, {"event_id": "e2"}, has_repeats=True)
    bring({"event_id": "e1"}, {"event_id": "e2", "event_name": "Share"})  # e2 on other content: a clash
    derive(engine)
    assert uses(engine) == {("Export", "03-02"): 2, ("Share", "03-02"): 1}


def test_totals_of_one_import_add_up_and_a_newer_import_replaces_them(engine, bring):
    day = {"grain": "day", "at": "2026-03-02T00:00", "occurred_on": date(2026, 3, 2)}
    bring(day | {"event_count": 4}, day | {"event_count": 2})  # two servers
    derive(engine)
    assert uses(engine) == {("Export", "03-02"): 6}
    newer = bring(day | {"event_count": 7})
    derive(engine)
    assert uses(engine) == {("Export", "03-02"): 7}
    files.retire_facts(newer)
    derive(engine)
    assert uses(engine) == {("Export", "03-02"): 6}


def test_hours_and_days_of_the_same_use_do_not_add_up(engine, bring):
    bring({"grain": "hour", "at": "2026-03-02T09:00", "event_count": 2}, {"grain": "hour", "at": "2026-03-02T10:00"})
    bring({"grain": "day", "at": "2026-03-02T00:00", "occurred_on": date(2026, 3, 2), "event_count": 5})
    derive(engine)
    assert uses(engine) == {("Export", "03-02"): 5}


def test_a_total_keeps_its_own_day_in_any_zone(engine, bring, settings):
    settings.UPTAKE.time_zone = "America/New_York"
    try:  # midnight of 2 March in Berlin is still 1 March in New York
        bring({"grain": "day", "at": "2026-03-01T23:00", "occurred_on": date(2026, 3, 2)}, {"at": "2026-03-02T03:00"})
        derive(engine)
        assert uses(engine) == {("Export", "03-02"): 1, ("Export", "03-01"): 1}
    finally:
        settings.UPTAKE.time_zone = "UTC"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-28T22:59:59", "03-28"),
        ("2026-03-28T23:00:00", "03-29"),  # midnight in Berlin, winter time
        ("2026-03-29T21:59:59", "03-29"),  # the day of the change has 23 hours
        ("2026-03-29T22:00:00", "03-30"),  # midnight, summer time
    ],
)
def test_a_day_with_a_clock_change(engine, bring, at, day):
    bring({"at": at})
    derive(engine, zones=pa.table({"source": ["pendo"], "account_id": ["acme"], "zone": ["Europe/Berlin"]}))
    assert uses(engine) == {("Export", day): 1}


def test_customers_may_keep_their_own_zone(engine, bring):
    bring({"at": "2026-03-02T23:30"}, {"at": "2026-03-02T23:30", "account_id": "bolt"})
    derive(engine, zones=pa.table({"source": ["pendo"], "account_id": ["bolt"], "zone": ["Asia/Tokyo"]}))
    assert {row["account_id"]: row["day"].day for row in daily_rows(engine)} == {"acme": 2, "bolt": 3}


def test_each_account_goes_by_its_own_clock_and_the_others_by_the_workspaces(engine, bring):
    zones = {"bolt": "Asia/Tokyo", "cyan": "Europe/Berlin", "dune": "America/New_York"}
    before, after = "2026-03-28T22:30", "2026-03-29T22:30"  # Berlin: 23:30 in winter, 00:30 in summer
    accounts = ("acme", *zones, None)
    rows = [{"at": at, "account_id": account} for at in (before, after) for account in accounts]
    bring(*rows)
    bring(*rows, {"at": after, "account_id": "cyan"})  # shares its days with the first: looked through for duplicates
    table = pa.table({"source": ["pendo"] * 3, "account_id": list(zones), "zone": list(zones.values())})
    derive(engine, zones=table, ranges=[(date(2026, 3, 27), date(2026, 3, 31))])
    assert {(row["account_id"], row["day"].day): row["uses"] for row in daily_rows(engine)} == {
        ("acme", 28): 1, ("acme", 29): 1, (None, 28): 1, (None, 29): 1,
        ("bolt", 29): 1, ("bolt", 30): 1,
        ("cyan", 28): 1, ("cyan", 30): 2,
        ("dune", 28): 1, ("dune", 29): 1,
    }  # fmt: skip


def test_deriving_one_day_again_leaves_the_others(engine, bring):
    bring({"at": "2026-03-02T09:00"}, {"at": "2026-03-03T09:00"}, {"at": "2026-03-04T09:00"})
    derive(engine)
    bring({"at": "2026-03-03T11:00"})
    derive(engine, ranges=[(date(2026, 3, 3), date(2026, 3, 3))])
    assert uses(engine) == {("Export", "03-02"): 1, ("Export", "03-03"): 2, ("Export", "03-04"): 1}
    assert len(files.live("usage_daily")) == 2


def test_a_day_without_facts_any_more_is_gone(engine, bring):
    only = bring({})
    derive(engine)
    files.retire_facts(only)
    assert derive(engine) == 0
    assert daily_rows(engine) == []
    assert files.live("usage_daily") == []


def test_durations_add_up_and_stay_unknown_where_nobody_measured(engine, bring):
    bring({"duration_seconds": 30.0}, {"duration_seconds": 12.5}, {"event_name": "Share"})
    derive(engine)
    assert {row["event_name"]: row["sum_duration_seconds"] for row in daily_rows(engine)} == {
        "Export": 42.5,
        "Share": None,
    }


def test_whole_numbers_stay_whole(engine, bring):
    bring({}, {})
    derive(engine)
    [row] = daily_rows(engine)
    assert (type(row["uses"]), type(row["fact_rows"])) == (int, int)


def test_a_months_total_stands_on_the_months_last_day(engine, bring):
    bring({"grain": "month", "at": "2026-01-01T00:00", "occurred_on": date(2026, 1, 31), "event_count": 10})
    derive(engine, ranges=[(date(2026, 1, 31), date(2026, 1, 31))])
    assert uses(engine) == {("Export", "01-31"): 10}


def test_a_corrected_total_replaces_one_whose_midnight_was_another_zones(engine, bring):
    """5 uses of 10 March by midnight in UTC, then 9 of the same day by midnight in Berlin."""
    bring({"grain": "day", "at": "2026-03-10T00:00", "occurred_on": date(2026, 3, 10), "event_count": 5})
    bring({"grain": "day", "at": "2026-03-09T23:00", "occurred_on": date(2026, 3, 10), "event_count": 9})
    derive(engine)
    assert uses(engine) == {("Export", "03-10"): 9}


NEW_YORK = pa.table({"source": ["pendo"], "account_id": ["acme"], "zone": ["America/New_York"]})


@pytest.mark.parametrize("day", [3, 4])
def test_hours_replace_the_total_of_their_own_local_day(engine, bring, day):
    """9 p.m. of 3 March in New York is 2 a.m. of the 4th in UTC; whichever days are derived, each gives the same."""
    bring(
        {"grain": "day", "at": "2026-03-03T05:00", "occurred_on": date(2026, 3, 3), "event_count": 3},
        {"grain": "day", "at": "2026-03-04T05:00", "occurred_on": date(2026, 3, 4), "event_count": 4},
    )
    bring({"grain": "hour", "at": "2026-03-04T02:00", "event_count": 2})
    derive(engine, NEW_YORK, [(date(2026, 3, day), date(2026, 3, day))])
    assert uses(engine) == {("Export", f"03-0{day}"): {3: 2, 4: 4}[day]}


def test_a_months_total_stays_apart_from_that_of_its_last_day(engine, bring):
    bring({"grain": "day", "at": "2026-03-31T00:00", "occurred_on": date(2026, 3, 31)})
    bring({"grain": "month", "at": "2026-03-01T00:00", "occurred_on": date(2026, 3, 31), "event_count": 50})
    derive(engine)
    assert sorted((row["grain"], row["uses"]) for row in daily_rows(engine)) == [("day", 1), ("month", 50)]


def test_files_of_neighbouring_days_may_hold_the_same_use(engine, bring):
    """Days of the catalogue are those of the zone in which a file came: the 11th in UTC is the 10th in Los Angeles."""
    bring({"at": "2026-03-11T00:10"})
    later = bring({"at": "2026-03-11T00:10"}, {"at": "2026-03-10T20:00", "event_name": "Share"})
    later.data_files.update(first_day=date(2026, 3, 10), last_day=date(2026, 3, 10))
    derive(engine)
    assert uses(engine) == {("Export", "03-11"): 1, ("Share", "03-10"): 1}


def test_the_newest_day_is_the_last_that_still_shows_a_row(engine, bring):
    bring({"at": "2026-03-01T09:00"})
    undone = bring({"at": "2026-03-20T09:00"})
    derive(engine)
    assert files.newest_day(files.live("usage_daily")) == date(2026, 3, 20)
    files.retire_facts(undone)
    derive(engine, ranges=[(date(2026, 3, 19), date(2026, 3, 21))])
    assert files.newest_day(files.live("usage_daily")) == date(2026, 3, 1)


def test_days_that_newer_files_hold_are_deleted_when_nobody_reads_them_any_more(duck, bring):
    facts = bring({})
    derive(duck)
    derive(duck)
    [old] = DataFile.objects.filter(table="usage_daily").exclude(retired_at=None)
    assert (files.root() / old.path).is_file()
    assert files.sweep_retired() == 0  # somebody may have listed it a moment ago
    DataFile.objects.filter(pk=old.pk).update(retired_at=timezone.now() - files.LONGEST_READ - timedelta(seconds=1))
    files.retire_facts(facts)
    facts.data_files.update(retired_at=timezone.now() - timedelta(days=30))
    assert files.sweep_retired() == 1
    assert not (files.root() / old.path).exists()
    assert (files.root() / facts.data_files.get().path).is_file()  # an undone import may come back
    assert uses(duck) == {("Export", "03-02"): 1}
