"""Mixpanel's Events page as CSV, and profiles, which are no usage."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from uptake.sources.mixpanel.profiles import Profiles
from uptake.sources.mixpanel.screen import EventsPage
from uptake.sources.reading import Answers, NotUsage
from uptake.sources.tests.by_hand import column, csv_table, json_table, records_of, rows

SAMPLES = Path(__file__).parents[1] / "sample"


def read(table, **answers):
    return EventsPage().read(table, Answers(**answers))


def test_the_sample_as_python_reads_it(tmp_path):
    text = (SAMPLES / "ui_events_table.csv").read_text(encoding="utf-8")
    records = list(csv.DictReader(text.splitlines()))
    table = csv_table(tmp_path, text)
    reading = read(table)
    found = rows(table, reading)
    assert (reading.platform, reading.confidence) == ("mixpanel", 0.7)
    assert column(found, "customer") == [record["company_id"] for record in records]  # “(not set)” goes later
    assert column(found, "visitor") == [record["Distinct ID"] for record in records]
    assert column(found, "feature") == [record["Event Name"] for record in records]
    assert column(found, "at") == [datetime.fromisoformat(record["Time"]) for record in records]


HEAD = "Event,Time,Distinct ID,Account\n"


def test_the_projects_zone_is_asked_unless_it_is_known(tmp_path):
    table = csv_table(tmp_path, HEAD + "Export,2025-11-02 12:14:25,ann,acme\n")
    [question] = read(table, workspace_zone="Europe/Berlin").questions
    assert (question.key, question.assumed) == ("timezone", "Europe/Berlin")
    reading = read(table, timezone="America/New_York")
    assert reading.questions == ()
    assert rows(table, reading)[0].at == datetime.fromisoformat("2025-11-02 17:14:25")
    for time in ("2025-11-02T12:14:25Z", "2025-11-02T12:14:25+02:00", "1762085665"):
        assert read(csv_table(tmp_path, HEAD + f"Export,{time},ann,acme\n")).questions == ()


@pytest.mark.parametrize(("count", "warned"), [(9_999, 0), (10_000, 1)])
def test_a_page_that_ends_at_the_limit_is_suspected(tmp_path, count, warned):
    table = csv_table(tmp_path, HEAD + "Export,2025-11-02 12:14:25,ann,acme\n" * count)
    assert len(read(table).warnings) == warned


def test_profiles_are_refused(tmp_path):
    records = records_of(SAMPLES / "engage_profiles.json")
    for table in (json_table(tmp_path, records), csv_table(tmp_path, "$distinct_id,$email,$last_seen\nann,a@b.c,x\n")):
        with pytest.raises(NotUsage, match="profiles: one row per user"):
            Profiles().read(table, Answers())
