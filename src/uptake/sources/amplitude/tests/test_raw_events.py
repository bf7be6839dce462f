"""Amplitude's raw events, as JSON lines and with JSON in a connector's cells."""

import json
from datetime import datetime
from pathlib import Path

from uptake.sources.amplitude.parser import RawEvents
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, csv_table, json_table, published, records_of, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "export_api.zip"


def read(table, **answers):
    return RawEvents().read(table, Answers(**answers))


def event(**more):
    own = {
        "event_type": "Report Exported",
        "event_time": "2025-03-10 09:15:04.120000",
        "amplitude_id": 45,
        "user_id": "ann@acme.com",
        "device_id": "d1",
        "$insert_id": "i1",
        "uuid": "u1",
        "session_id": 1741598000000,
        "groups": {"company": ["Acme"]},
        "user_properties": {},
    }
    return own | more


def test_the_sample_as_python_reads_it(tmp_path):
    records = records_of(SAMPLE)
    table = json_table(tmp_path, records)
    reading = read(table)
    found = rows(table, reading)
    assert (reading.platform, reading.grain, reading.confidence) == ("amplitude", "event", 0.99)
    assert reading.mapping["customer"] == "groups.company"
    assert (reading.questions, reading.warnings) == ((), ())
    assert column(found, "customer") == [(record["groups"].get("company") or [None])[0] for record in records]
    assert column(found, "visitor") == [record["user_id"] or str(record["amplitude_id"]) for record in records]
    assert column(found, "feature") == [record["event_type"] for record in records]
    assert column(found, "at") == [datetime.fromisoformat(record["event_time"]) for record in records]
    ids = column(found, "event_id")
    assert ids == [f"{record['device_id']}/{record['$insert_id']}" for record in records]
    assert len(set(ids)) == len({record["uuid"] for record in records}) - 1  # one event came twice, with another uuid


def test_all_three_spellings_of_a_time_are_utc(tmp_path):
    spellings = ["2025-03-10 09:15:04.120000", "2025-03-10T09:15:04.120", "2025-03-10T09:15:04.120000+00:00"]
    table = json_table(tmp_path, [event(event_time=spelling) for spelling in spellings])
    assert set(column(rows(table, read(table, workspace_zone="Asia/Tokyo")), "at")) == {
        datetime.fromisoformat("2025-03-10 09:15:04.120000")
    }


def test_people_without_a_user_id(tmp_path):
    table = json_table(
        tmp_path, [event(user_id=None), event(user_id=""), event(user_id=None, amplitude_id=None), event()]
    )
    assert column(rows(table, read(table)), "visitor") == ["45", "45", "d1", "ann@acme.com"]


def test_a_session_is_one_persons_and_minus_one_is_none(tmp_path):
    table = json_table(tmp_path, [event(), event(amplitude_id=46), event(session_id=-1), event(session_id=None)])
    assert column(rows(table, read(table)), "session") == ["45/1741598000000", "46/1741598000000", None, None]


def test_the_id_of_an_event_falls_back_to_its_uuid(tmp_path):
    table = json_table(tmp_path, [event(), event(**{"$insert_id": None}), event(device_id=None)])
    assert column(rows(table, read(table)), "event_id") == ["d1/i1", "u1", "u1"]


def test_the_customer_may_be_a_property(tmp_path):
    table = json_table(
        tmp_path,
        [event(groups={}, user_properties={"Company ID": "c1", "company size": 50}, event_properties={"plan": "pro"})],
    )
    reading = read(table)
    assert reading.mapping["customer"] == "user_properties.Company ID"
    assert column(rows(table, reading), "customer") == ["c1"]


def test_segments_group_is_the_company(tmp_path):
    table = json_table(tmp_path, [event(groups={"[Segment] Group": ["acct_1"]}), event(groups={})])
    reading = read(table)
    assert reading.questions == ()
    assert column(rows(table, reading), "customer") == ["acct_1", None]


def test_without_any_customer_it_asks_and_takes_the_domain(tmp_path):
    table = json_table(tmp_path, [event(groups={}), event(groups={}, user_id="bob@gmail.com")])
    [question] = read(table).questions
    assert (question.key, question.assumed) == ("customer", None)
    assert "@domain" in question.choices
    answered = read(table, columns={"customer": "@domain"})
    assert answered.questions == ()
    assert column(rows(table, answered), "customer") == ["acme.com", None]


HEAD = "event_type,event_time,amplitude_id,user_id,device_id,_insert_id,uuid,session_id,groups,user_properties\n"


def test_json_in_cells(tmp_path):
    text = (
        'Export,2025-03-01T19:42:58.123,45,ann,d1,,u1,-1,"{""company"": [""Acme, Inc""]}",{}\n'
        'Export,2025-03-01T19:42:58.123,45,,d1,i2,u2,17,"{""company"": ""Beta""}",{}\n'
        "Export,2025-03-01T19:42:58.123,45,,d1,i3,u3,17,{broken,{}\n"
    )
    table = csv_table(tmp_path, HEAD + text)
    found = rows(table, read(table))
    assert column(found, "customer") == ["Acme, Inc", "Beta", None]
    assert column(found, "visitor") == ["ann", "45", "45"]
    assert column(found, "event_id") == ["u1", "d1/i2", "d1/i3"]
    assert column(found, "session") == [None, "45/17", "45/17"]


def test_the_readers_path_goes_before_the_choice(tmp_path):
    table = json_table(tmp_path, [event(user_properties={"region": "north"})])
    reading = read(
        table, columns={"customer": "user_properties.region", "feature": "device_id", "count": "amplitude_id"}
    )
    [found] = rows(table, reading)
    assert (found.customer, found.feature, found.count) == ("north", "d1", 45)
    assert reading.mapping["count"] == "amplitude_id"


def test_published_rows(tmp_path):
    for text in published("usage/amplitude_event_fivetran.csv"):
        table = csv_table(tmp_path, text)
        found = rows(table, read(table))
        first, last = (
            datetime.fromisoformat("2025-02-01 19:42:58.123000"),
            datetime.fromisoformat("2025-03-01 19:42:58.123000"),
        )
        assert (len(found), min(column(found, "at")), max(column(found, "at"))) == (10, first, last)
    for text in published("apis/amplitude/export_events.ndjson"):
        table = json_table(tmp_path, [json.loads(line) for line in text.splitlines()])
        assert read(table).mapping["customer"] == "groups.account"


def test_other_tables_are_not_amplitudes(tmp_path):
    assert read(json_table(tmp_path, [{"event_type": "x", "event_time": "2025-01-01"}])) is None
