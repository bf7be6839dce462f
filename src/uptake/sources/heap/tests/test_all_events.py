"""Heap's table of all events."""

from datetime import datetime
from pathlib import Path

import pytest

from uptake.sources.heap.parser import AllEvents
from uptake.sources.reading import Answers, NotUsage
from uptake.sources.tests.by_hand import column, csv_table, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "all_events.csv"


def test_an_event_stands_there_once_per_definition(tmp_path):
    table = csv_table(tmp_path, SAMPLE.read_text(encoding="utf-8"))
    reading = AllEvents().read(table, Answers())
    found = rows(table, reading)
    assert column(found, "event_id") == [
        "7001/dashboard_viewed",
        "7001/any_page_viewed",
        "7002/report_exported",
        "7003/dashboard_viewed",
    ]
    assert column(found, "customer") == ["Acme Logistics"] * 3 + ["Borealis Health"]
    assert column(found, "visitor") == ["91", "91", "91", "92"]
    assert column(found, "session") == ["501", "501", "501", "502"]
    assert found[0].at == datetime.fromisoformat("2025-11-03 10:30:00")
    assert column(found, "seconds") == [None] * 4


def test_user_migrations_are_refused(tmp_path):
    with pytest.raises(NotUsage, match="merged"):
        AllEvents().read(csv_table(tmp_path, "from_user_id,to_user_id,time\n1,2,1762165800000\n"), Answers())


def test_other_events_are_not_heaps(tmp_path):
    assert AllEvents().read(csv_table(tmp_path, "event_id,user_id,time,name\n1,2,3,x\n"), Answers()) is None
