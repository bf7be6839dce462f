"""Mixpanel's raw events: JSON lines, a CSV with a column per property, and a connector's table."""

import csv
from datetime import UTC, datetime
from pathlib import Path

from uptake.sources.mixpanel.parser import RawEvents
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, csv_table, json_table, published, records_of, rows

SAMPLES = Path(__file__).parents[1] / "sample"


def read(table, **answers):
    return RawEvents().read(table, Answers(**answers))


def event(name="Report Exported", **properties):
    own = {"time": 1762085665, "distinct_id": "ann@acme.com", "$insert_id": "i1", "company_id": ["acme"]}
    return {"event": name, "properties": own | {"$mp_api_timestamp_ms": 1762085665908} | properties}


def test_the_sample_as_python_reads_it(tmp_path):
    records = records_of(SAMPLES / "export.jsonl")
    properties = [record["properties"] for record in records]
    reading = read(table := json_table(tmp_path, records))
    found = rows(table, reading)
    assert (reading.platform, reading.format, reading.confidence) == ("mixpanel", "mixpanel_export", 0.99)
    assert (reading.questions, reading.warnings) == ((), ())
    assert column(found, "customer") == [(each.get("company_id") or [None])[0] for each in properties]
    assert column(found, "visitor") == [each["distinct_id"] for each in properties]
    assert column(found, "feature") == [record["event"] for record in records]
    assert column(found, "at") == [utc(each["time"]) for each in properties]
    assert column(found, "event_id") == [each["$insert_id"] for each in properties]
    assert len(found) - len(set(column(found, "event_id"))) == 3  # repeats in the export


def utc(seconds):
    return datetime.fromtimestamp(seconds, tz=UTC).replace(tzinfo=None)


def test_the_csv_of_the_same_events(tmp_path):
    text = (SAMPLES / "export_utils.csv").read_text(encoding="utf-8")
    records = list(csv.DictReader(text.splitlines()))
    reading = read(table := csv_table(tmp_path, text))
    found = rows(table, reading)
    assert (reading.format, reading.mapping["customer"]) == ("mixpanel_csv", "company_id")
    assert column(found, "customer") == [record["company_id"].strip("[]'") or None for record in records]
    whole = json_table(tmp_path, records_of(SAMPLES / "export.jsonl"))
    assert [row[:9] for row in found] == [row[:9] for row in rows(whole, read(whole))[:60]]


def test_milliseconds_are_told_by_their_size(tmp_path):
    table = json_table(tmp_path, [event(time=1762085665908)])
    assert rows(table, read(table))[0].at == datetime.fromisoformat("2025-11-02 12:14:25.908000")


def test_a_connectors_table(tmp_path):
    text = (
        "name,time,distinct_id,insert_id,properties\n"
        'plays,2025-02-27 08:58:02,ann,i1,"{""account_id"": ""acme"", ""title"": ""x""}"\n'
        "plays,2025-02-27 09:58:02,bob,i2,{broken\n"
    )
    table = csv_table(tmp_path, text)
    reading = read(table)
    assert (reading.format, reading.mapping["customer"]) == ("mixpanel_table", "properties.account_id")
    first, second = rows(table, reading)
    assert first[:4] == ("acme", "ann", "plays", datetime.fromisoformat("2025-02-27 08:58:02"))
    assert (second.customer, second.event_id) == (None, "i2")


def test_published_connector_rows(tmp_path):
    for text in published("usage/mixpanel_event_fivetran.csv"):
        table = csv_table(tmp_path, text)
        reading = read(table)
        found = rows(table, reading)
        assert (len(found), min(column(found, "at"))) == (5, datetime.fromisoformat("2020-08-01 10:16:46"))
        assert [question.key for question in reading.questions] == ["customer"]


def test_a_property_called_like_a_column_changes_nothing(tmp_path):
    text = "event,event_name,name,time,distinct_id,$insert_id\nExport,a,b,1762085665,ann,i1\n"
    table = csv_table(tmp_path, text)
    assert rows(table, read(table))[0].feature == "Export"


def test_the_first_of_several_customers_counts_and_it_says_so(tmp_path):
    reading = read(table := json_table(tmp_path, [event(company_id=["acme", "beta"]), event()]))
    assert column(rows(table, reading), "customer") == ["acme", "acme"]
    assert "1 of 2 sampled rows name several customers" in reading.warnings[0]


def test_the_customer_by_domain_looks_at_the_address_first(tmp_path):
    records = [event(distinct_id="$device:1", **{"$email": "ann@acme.com"}), event(distinct_id="bob@beta.com")]
    table = json_table(tmp_path, records)
    assert column(rows(table, read(table, columns={"customer": "@domain"})), "customer") == ["acme.com", "beta.com"]
    assert column(rows(table, read(table)), "visitor") == ["$device:1", "bob@beta.com"]


def test_timed_events_have_their_length(tmp_path):
    table = json_table(tmp_path, [event(**{"$duration": 12.5}), event()])
    assert column(rows(table, read(table)), "seconds") == [12.5, None]


def test_less_sure_without_any_of_mixpanels_own_names(tmp_path):
    bare = csv_table(tmp_path, "event,time,distinct_id,company\nExport,1762085665,ann,acme\n")
    assert read(bare).confidence == 0.7


def test_posthog_and_others_are_not_mixpanels(tmp_path):
    assert read(json_table(tmp_path, [{"uuid": "u", **event(), "distinct_id": "ann", "timestamp": "x"}])) is None
    assert read(csv_table(tmp_path, "event,time,user\nExport,1,ann\n")) is None
