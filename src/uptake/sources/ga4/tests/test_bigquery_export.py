"""GA4's BigQuery export: values in lists of parameters."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from uptake.sources.ga4.parser import BigQueryExport
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, csv_table, json_table, records_of, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "bigquery_events.jsonl"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def read(table, **answers):
    return BigQueryExport().read(table, Answers(**answers))


def event(params, **more):
    own = {
        "event_name": "export",
        "event_timestamp": "1763037693690000",
        "user_id": "ann@acme.com",
        "user_pseudo_id": "p1",
    }
    return own | {"event_params": [{"key": key, "value": value} for key, value in params.items()]} | more


def params(record):
    return {each["key"]: next(iter(each["value"].values())) for each in record["event_params"]}


def test_the_sample_as_python_reads_it(tmp_path):
    records = records_of(SAMPLE)
    table = json_table(tmp_path, records)
    reading = read(table)
    found = rows(table, reading)
    assert reading.mapping["customer"] == "event_params.account_id"
    assert column(found, "customer") == [params(record)["account_id"] for record in records]
    assert column(found, "visitor") == [record["user_id"] for record in records]
    assert column(found, "feature") == [record["event_name"] for record in records]
    assert column(found, "seconds") == [int(params(record)["engagement_time_msec"]) / 1000 for record in records]
    sessions = [f"{record['user_pseudo_id']}/{params(record)['ga_session_id']}" for record in records]
    assert column(found, "session") == sessions
    moments = [EPOCH + timedelta(microseconds=int(record["event_timestamp"])) for record in records]
    assert column(found, "at") == moments


def test_lists_as_text_in_cells(tmp_path):
    records = records_of(SAMPLE)
    lines = ["event_name,event_timestamp,event_params,user_id,user_pseudo_id"]
    for record in records:
        quoted = json.dumps(record["event_params"]).replace('"', '""')
        lines.append(
            f'{record["event_name"]},{record["event_timestamp"]},"{quoted}",{record["user_id"]},{record["user_pseudo_id"]}'
        )
    cells, plain = (
        csv_table(tmp_path, "\n".join([*lines, "x,1763037693690000,[broken,,p9"])),
        json_table(tmp_path, records),
    )
    found = rows(cells, read(cells))
    assert found[:-1] == rows(plain, read(plain))
    assert found[-1][:3] == (None, "p9", "x")


def test_a_value_of_any_kind_and_a_list_without_it(tmp_path):
    table = json_table(
        tmp_path,
        [
            event({"account_id": {"int_value": 17}}),
            event({"page": {"string_value": "x"}}, user_id=None),
            event({"account_id": None, "other": {"string_value": None, "int_value": "3"}}),
        ],
    )
    found = rows(table, read(table))
    assert column(found, "customer") == ["17", None, None]
    assert column(found, "visitor") == ["ann@acme.com", "p1", "ann@acme.com"]
    assert column(found, "seconds") == [None, None, None]


def test_a_user_property_may_name_the_customer(tmp_path):
    company = [{"key": "company", "value": {"string_value": "Acme"}}]
    table = json_table(tmp_path, [event({"page": {"string_value": "x"}}, user_properties=company)])
    assert column(rows(table, read(table)), "customer") == ["Acme"]


def test_the_reader_names_a_parameter(tmp_path):
    table = json_table(tmp_path, [event({"tier": {"string_value": "north"}, "button": {"string_value": "Save"}})])
    [question] = read(table).questions
    assert question.choices == ("event_params.tier", "event_params.button", "@domain")
    reading = read(table, columns={"customer": "event_params.tier", "feature": "event_params.button"})
    [found] = rows(table, reading)
    assert (found.customer, found.feature, reading.questions) == ("north", "Save", ())
    assert column(rows(table, read(table, columns={"customer": "@domain"})), "customer") == ["acme.com"]
