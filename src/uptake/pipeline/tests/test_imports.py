"""What an import says of itself, and that no row is lost or counted twice when a time zone changes."""

import csv
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from uptake.customers.models import Customer
from uptake.customers.services import archive_customer, update_customer
from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import Import
from uptake.lake.schemas import USAGE_DAILY
from uptake.pipeline import durable, imports, preview, scoring, workspace
from uptake.pipeline.explaining import open_score
from uptake.sources import staging
from uptake.sources.reading import Answers

pytestmark = pytest.mark.django_db

EVENTS = ("customer", "user", "feature", "timestamp")


@pytest.fixture
def bring(tmp_path, settings):
    """Files of a header and rows each, by the steps of the durable import."""

    def import_files(*tables, names=()) -> Import:
        paths = [_written(tmp_path / name, *table) for name, table in zip(names or _names(tables), tables, strict=True)]
        answers = Answers(yes=True, workspace_zone=settings.UPTAKE.time_zone)
        batch, _ = preview.start_preview(paths, answers)
        preview.confirm(batch, answers)
        for step in (imports.stage, imports.convert, imports.commit, imports.finish):
            step(batch.pk)
        batch.refresh_from_db()
        return batch

    return import_files


def _names(tables):
    return [f"{Import.objects.count()}-{number}.csv" for number, _ in enumerate(tables)]


def _written(path: Path, header, *rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def zone(settings):
    def change(name: str) -> None:
        settings.UPTAKE.time_zone = name

    yield change
    settings.UPTAKE.time_zone = "UTC"


def daily() -> list[tuple[str, str, int]]:
    """(day, feature, uses) as it is shown."""
    with engine() as opened:
        table = opened.files("usage_daily", files.selections(files.live("usage_daily")), USAGE_DAILY)
        return sorted((str(row["day"]), row["event_name"], row["uses"]) for row in opened.arrow(table).to_pylist())


# Days


def test_no_row_is_lost_where_time_zone_data_differ(bring, zone):
    """DuckDB's own data move Vancouver's clocks back in November 2026; Python's may not: half past midnight, or 23:30."""
    zone("America/Vancouver")
    batch = bring([EVENTS, ("Acme", "ann", "Export", "2026-11-15T07:30:00Z")])
    here = datetime.fromisoformat("2026-11-15T07:30:00+00:00").astimezone(ZoneInfo("America/Vancouver")).date()
    assert daily() == [(str(here), "Export", 1)]
    assert batch.first_day == here


def test_an_undo_after_a_change_of_the_zone_leaves_nothing(bring, zone):
    batch = bring([EVENTS, ("Acme", "ann", "Export", "2025-03-10T23:30:00Z")])
    zone("Europe/Berlin")
    imports.derive_again_if_stale()
    assert daily() == [("2025-03-11", "Export", 1)]
    imports.retire(batch.pk)
    assert daily() == []


def test_an_import_after_a_change_of_the_zone_brings_all_days_into_it(bring, zone):
    bring(
        [EVENTS, ("Acme", "ann", "Export", "2025-03-10T23:30:00Z"), ("Acme", "ann", "Export", "2025-03-10T09:30:00Z")]
    )
    zone("Europe/Berlin")
    bring([EVENTS, ("Acme", "bob", "Share", "2025-03-11T12:00:00Z")])
    assert daily() == [("2025-03-10", "Export", 1), ("2025-03-11", "Export", 1), ("2025-03-11", "Share", 1)]
    assert not imports.days_are_stale()


def test_who_begins_to_work_brings_all_days_into_the_zone(bring, zone):
    bring([EVENTS, ("Acme", "ann", "Export", "2025-03-10T23:30:00Z")])
    update_customer(Customer.objects.get(), time_zone="Asia/Tokyo")
    assert imports.days_are_stale()
    durable.settle_days()
    assert daily() == [("2025-03-11", "Export", 1)]


def test_a_corrected_total_replaces_the_old_one_in_another_zone(bring, zone):
    header = ("customer", "user", "feature", "date", "uses")
    bring([header, ("Acme", "ann", "Export", "2025-03-10", 5), ("Acme", "ann", "Export", "2025-03-11", 5)])
    zone("Europe/Berlin")
    batch = bring([header, ("Acme", "ann", "Export", "2025-03-10", 9), ("Acme", "ann", "Export", "2025-03-11", 5)])
    assert daily() == [("2025-03-10", "Export", 9), ("2025-03-11", "Export", 5)]
    assert batch.duplicate_count == 1  # that of the 11th says nothing new


def test_hours_begin_in_the_readers_zone(bring, zone):
    """Midnight in Kolkata is 18:30 in UTC; cut to the full hour of UTC it would be the day before."""
    zone("Asia/Kolkata")
    header = ("customer", "user", "feature", "timestamp", "uses")
    days = ("2025-03-10 00:00", 5), ("2025-03-10 09:00", 7), ("2025-03-11 00:00", 2)
    bring([header, *(("Acme", "ann", "Export", at, uses) for at, uses in days)])
    assert daily() == [("2025-03-10", "Export", 12), ("2025-03-11", "Export", 2)]


def test_the_default_day_is_the_last_with_a_row(bring, zone):
    bring([EVENTS, ("Acme", "ann", "Export", "2025-03-01T09:30:00Z")])
    later = bring([EVENTS, ("Acme", "ann", "Export", "2025-03-20T09:30:00Z")])
    zone("Europe/Berlin")
    imports.derive_again_if_stale()
    imports.retire(later.pk)
    assert scoring.newest_day() == date(2025, 3, 1)


def test_a_day_is_complete_when_it_is_over_for_every_customer(bring, zone, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.fromisoformat("2025-03-10T15:30:00+00:00").astimezone(tz)

    monkeypatch.setattr(workspace, "datetime", Clock)
    zone("Asia/Tokyo")
    assert workspace.yesterday() == date(2025, 3, 10)
    customer = Customer.objects.create(name="Acme", slug="acme", time_zone="America/Los_Angeles")
    assert workspace.yesterday() == date(2025, 3, 9)
    archive_customer(customer)
    assert workspace.yesterday() == date(2025, 3, 10)


# What the report says

WITH_ID = (*EVENTS, "event_id")


def test_a_clash_counts_once_however_many_files_it_is_in(bring):
    clash = [("Acme", "ann", feature, "2025-03-01T09:30:00Z", "x1") for feature in ("Export", "Share")]
    first = bring([WITH_ID, *clash, ("acme", "ann", "Share", "2025-03-01T09:31:00Z", "x2")])
    other = ("Beta", "ann", "Share", "2025-03-01T09:33:00Z", "x2")  # x2 clashes with the first import's
    second = bring([WITH_ID, *clash, other])
    assert (first.report["clashes"], second.report["clashes"]) == (1, 2)


@pytest.mark.parametrize("large", [0, 1 << 20])
def test_customers_are_counted_as_they_are_attributed_and_visitors_at_their_account(bring, monkeypatch, large):
    """Also where a file is so large that it goes straight into the lake."""
    monkeypatch.setattr(staging, "LARGE", large)
    rows = [("Acme", "ann"), ("acme", "bob"), ("Beta", "ann")]
    batch = bring([EVENTS, *((*who, "Export", "2025-03-01T09:30:00Z") for who in rows)])
    assert (batch.report["customers"], batch.report["visitors"]) == (2, 3)


def test_files_of_one_import_are_not_an_earlier_import(bring):
    one = ("Acme", "ann", "Export", "2025-03-01T09:30:00Z")
    batch = bring([EVENTS, one], [EVENTS, one, ("Acme", "ann", "Export", "2025-03-02T09:30:00Z")])
    assert batch.report["duplicateReasons"] == [{"reason": "the same row in another file of this import", "rows": 1}]
    again = bring([EVENTS, one], [EVENTS, one, one])  # two of the three are twice the same, one of two is live
    assert again.report["duplicateReasons"] == [
        {"reason": "the same row in another file of this import", "rows": 1},
        {"reason": "already live from an earlier import", "rows": 1},
    ]
    assert again.imported_count == 1
    assert daily() == [("2025-03-01", "Export", 2), ("2025-03-02", "Export", 1)]


def test_what_is_no_name_of_a_customer_is_unassigned(bring):
    rows = [(account, "ann", "Export", "2025-03-01T09:30:00Z") for account in ("A" * 501, "Acme")]
    batch = bring([EVENTS, *rows])
    assert (batch.report["unassigned"], batch.report["customers"]) == (1, 1)


@pytest.mark.parametrize("large", [0, 1 << 20])
def test_who_is_at_no_customer_is_no_user(bring, monkeypatch, large):
    monkeypatch.setattr(staging, "LARGE", large)
    rows = [("Acme", "ann"), ("Acme", "bob"), ("", "cem"), ("", "dan"), ("", "ann")]
    batch = bring([EVENTS, *((*who, "Export", "2025-03-01T09:30:00Z") for who in rows)])
    assert (batch.report["visitors"], batch.report["unassigned"], batch.imported_count) == (2, 3, 5)


def test_no_use_is_no_bad_row_and_too_much_use_is(bring):
    header = ("customer", "user", "feature", "date", "uses")
    day = "2025-03-01"
    uses = [*([0] * 30), *([1] * 10), 1_000_000_001, 1_000_000_000]
    batch = bring([header, *(("Acme", f"u{n}", "Export", day, each) for n, each in enumerate(uses))])
    assert batch.report["refused"] == [{"reason": "the count is 0: no use", "rows": 30}]
    assert batch.report["setAside"] == [{"reason": "the count is over 1,000,000,000", "rows": 1}]
    assert sum(uses for _, _, uses in daily()) == 1_000_000_010


def test_a_column_of_too_many_different_features_is_probably_the_wrong_one(bring, monkeypatch):
    monkeypatch.setattr(imports, "MOST_EVENT_NAMES", 2)
    rows = [("Acme", "ann", feature, "2025-03-01T09:30:00Z") for feature in ("a1", "b2", "c3")]
    with pytest.raises(ProductError, match=r"“feature”, has over 2 different values.*wrong column"):
        bring([EVENTS, *rows])
    assert list((files.root() / "usage_events").glob("*")) == []


def test_a_files_name_is_no_formula(bring):
    good = [("Acme", f"u{n}", "Export", "2025-03-01T09:30:00Z") for n in range(20)]
    batch = bring([EVENTS, *good, ("=Acme", "ann", "Export", "never")], names=["=HYPERLINK(1).csv"])
    with Path(batch.report["setAsideFile"]).open(encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["file"], row["text"]) == ("'=HYPERLINK(1).csv", "'=Acme,ann,Export,never")


# What is asked for meanwhile


def test_bringing_back_waits_for_the_undo_and_is_not_lost():
    batch = Import.objects.create(state=Import.State.UNDONE, step="score")  # its facts are away, its scoring runs
    Import.objects.filter(pk=batch.pk).update(step=imports.REDO_STEP)
    assert not imports.begin_step(batch.pk, "finish")
    imports.finish(batch.pk)
    assert imports.begin_step(batch.pk, imports.REDO_STEP)


def test_an_archived_customer_is_refused_in_a_sentence(bring):
    bring([EVENTS, ("Acme", "ann", "Export", "2025-03-01T09:30:00Z")])
    archive_customer(Customer.objects.get())
    with pytest.raises(ProductError, match="Acme is archived"):
        open_score("Acme")
