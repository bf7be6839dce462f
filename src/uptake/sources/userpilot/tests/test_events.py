"""Userpilot's events."""

from datetime import datetime
from pathlib import Path

from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import csv_table, rows
from uptake.sources.userpilot.parser import Events

SAMPLE = Path(__file__).parents[1] / "sample" / "events.csv"


def test_the_sample(tmp_path):
    table = csv_table(tmp_path, SAMPLE.read_text(encoding="utf-8"))
    reading = Events().read(table, Answers())
    first, _, last = rows(table, reading)
    assert first[:4] == (
        "acme-logistics",
        "ana@acmelogistics.example",
        "Report Exported",
        datetime.fromisoformat("2025-11-03 09:15:00"),
    )
    assert first.event_id == "e-1"
    assert last[:3] == (None, "eva@dune.example", "page_view")  # no name: the event's type
    assert reading.confidence == 0.97


def test_other_events_are_not_userpilots(tmp_path):
    table = csv_table(tmp_path, "company_id,user_id,event_name,inserted_at\na,b,c,2025-01-01\n")
    assert Events().read(table, Answers()) is None
