"""Segment's warehouse table of tracked events."""

import csv
from datetime import datetime
from pathlib import Path

from uptake.sources.reading import Answers
from uptake.sources.segment.parser import Tracks
from uptake.sources.tests.by_hand import column, csv_table, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "tracks.csv"
HEAD = "id,anonymous_id,user_id,event,event_text,timestamp"


def read(table, **answers):
    return Tracks().read(table, Answers(**answers))


def test_the_sample_as_python_reads_it(tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    records = list(csv.DictReader(text.splitlines()))
    table = csv_table(tmp_path, text)
    reading = read(table, workspace_zone="Asia/Tokyo")
    found = rows(table, reading)
    assert (reading.platform, reading.mapping["customer"]) == ("segment", "context_group_id")
    assert column(found, "customer") == [record["context_group_id"] or None for record in records]
    assert column(found, "visitor") == [record["user_id"] or record["anonymous_id"] for record in records]
    assert column(found, "feature") == [record["event_text"] for record in records]
    assert column(found, "event_id") == [record["id"] for record in records]
    moments = [datetime.fromisoformat(record["timestamp"].removesuffix(" UTC")) for record in records]
    assert column(found, "at") == moments


def test_slugs_stand_in_where_the_name_is_empty(tmp_path):
    table = csv_table(tmp_path, f"{HEAD},company_id\ni1,a1,,report_exported,,2025-11-09 07:10:42,acme\n")
    [found] = rows(table, read(table))
    assert (found.customer, found.visitor, found.feature) == ("acme", "a1", "report_exported")


def test_the_customer_may_be_a_trait(tmp_path):
    text = f"{HEAD},context_group_id,context_traits_company_id,context_traits_company_size\ni1,a1,u1,e,E,2025-11-09,,acme,5\n"
    table = csv_table(tmp_path, text)
    assert read(table).mapping["customer"] == "context_traits_company_id"


def test_without_a_customer_it_asks(tmp_path):
    table = csv_table(tmp_path, f"{HEAD}\ni1,a1,ann@acme.com,e,E,2025-11-09\n")
    [question] = read(table).questions
    assert (question.key, question.assumed) == ("customer", None)
    assert column(rows(table, read(table, columns={"customer": "@domain"})), "customer") == ["acme.com"]
    assert column(rows(table, read(table, columns={"customer": "anonymous_id"})), "customer") == ["a1"]


def test_an_empty_timestamp_column_gives_way(tmp_path):
    text = "id,anonymous_id,user_id,event,event_text,timestamp,received_at\ni1,a1,u1,e,E,,2025-11-09 07:10:42 UTC\n"
    table = csv_table(tmp_path, text)
    assert rows(table, read(table))[0].at == datetime.fromisoformat("2025-11-09 07:10:42")


def test_sessions_are_one_devices(tmp_path):
    text = (
        f"{HEAD},context_session_id\ni1,a1,u1,e,E,2025-11-09,17\ni2,a2,u1,e,E,2025-11-09,17\ni3,a2,u1,e,E,2025-11-09,\n"
    )
    table = csv_table(tmp_path, text)
    assert column(rows(table, read(table)), "session") == ["a1/17", "a2/17", None]
