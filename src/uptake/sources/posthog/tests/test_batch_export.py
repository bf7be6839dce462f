"""PostHog's batch export."""

import json
from datetime import UTC, datetime
from pathlib import Path

from uptake.sources.posthog.parser import BatchExport
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, csv_table, json_table, records_of, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "batch_events.jsonl"


def read(table, **answers):
    return BatchExport().read(table, Answers(**answers))


def event(properties=None, **more):
    own = {
        "uuid": "u1",
        "event": "exported",
        "distinct_id": "ann@acme.com",
        "timestamp": "2025-11-05T13:36:33.168+00:00",
    }
    return own | {"properties": properties or {}} | more


def test_the_sample_as_python_reads_it(tmp_path):
    records = records_of(SAMPLE)
    table = json_table(tmp_path, records)
    reading = read(table)
    found = rows(table, reading)
    assert reading.mapping["customer"] == "properties.$groups.company"
    assert (reading.questions, reading.warnings) == ((), ())
    assert column(found, "customer") == [record["properties"]["$groups"]["company"] for record in records]
    assert column(found, "visitor") == [record["distinct_id"] for record in records]
    assert column(found, "feature") == [record["event"] for record in records]
    assert column(found, "session") == [record["properties"]["$session_id"] for record in records]
    assert column(found, "event_id") == [record["uuid"] for record in records]
    moments = [datetime.fromisoformat(record["timestamp"]).astimezone(UTC).replace(tzinfo=None) for record in records]
    assert column(found, "at") == moments


def test_properties_as_text_give_the_same_rows(tmp_path):
    records = records_of(SAMPLE)
    as_text = [record | {"properties": json.dumps(record["properties"])} for record in records]
    plain, cells = json_table(tmp_path, records), json_table(tmp_path, as_text)
    assert rows(cells, read(cells)) == rows(plain, read(plain))
    lines = ["uuid,event,distinct_id,timestamp,properties"]
    for record in records:
        quoted = json.dumps(record["properties"]).replace('"', '""')
        lines.append(f'{record["uuid"]},{record["event"]},{record["distinct_id"]},{record["timestamp"]},"{quoted}"')
    table = csv_table(tmp_path, "\n".join(lines))
    assert rows(table, read(table)) == rows(plain, read(plain))


def test_a_numbered_group_is_taken_and_asked_only_where_there_are_several(tmp_path):
    one = json_table(tmp_path, [event({"$group_0": "acme"})])
    assert (read(one).questions, column(rows(one, read(one)), "customer")) == ((), ["acme"])
    two = json_table(tmp_path, [event({"$group_0": "p1"}), event({"$group_0": "p1", "$group_1": "acme"})])
    [question] = read(two).questions
    assert question.choices == ("properties.$group_0", "properties.$group_1")
    assert question.assumed == "properties.$group_0"


def test_by_domain_of_the_persons_address(tmp_path):
    records = [
        event(distinct_id="0190-ab", person_properties={"email": "ann@acme.com"}),
        event(distinct_id="bob@beta.com"),
    ]
    table = json_table(tmp_path, records)
    [question] = read(table).questions
    assert (question.key, question.assumed) == ("customer", None)
    assert column(rows(table, read(table, columns={"customer": "@domain"})), "customer") == ["acme.com", "beta.com"]


def test_other_records_are_not_posthogs(tmp_path):
    assert read(json_table(tmp_path, [{"event": "x", "properties": {"distinct_id": "a", "time": 1}}])) is None
