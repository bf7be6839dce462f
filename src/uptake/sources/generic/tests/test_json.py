"""JSON records: flat keys, nested keys, odd keys."""

from datetime import datetime

from uptake.sources.generic.parser import GenericFormat
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import json_table, rows


def test_flat_records(tmp_path):
    table = json_table(
        tmp_path,
        [
            {"customer": "acme", "user": 17, "feature": "export", "ts": 1756641900, "count": 3, "note": None},
            {"customer": "bolt", "user": 18, "feature": "import", "ts": 1756641960, "count": 1, "extra": [1, 2]},
        ],
    )
    reading = GenericFormat().read(table, Answers())
    assert reading.questions == ()
    assert reading.json_paths == {name: f'$."{name}"' for name in ("customer", "user", "feature", "ts", "count")}
    first, second = rows(table, reading)
    assert (first.customer, first.visitor, first.feature, first.count) == ("acme", "17", "export", 3)
    assert (first.at, second.at) == (datetime(2025, 8, 31, 12, 5), datetime(2025, 8, 31, 12, 6))


def test_nested_and_odd_keys(tmp_path):
    record = {
        "json": "export",
        "user": {"id": "u1", "email": "ann@acme.example", "company": {"id": "c-1", "name": "Acme"}},
        "properties": {'odd "key".x': 5, "duration (sec)": 12},
        "timestamp": "2025-08-31T12:05:00Z",
    }
    table = json_table(tmp_path, [record, record])
    reading = GenericFormat().read(table, Answers(columns={"feature": "json", "session": 'properties.odd "key".x'}))
    assert reading.mapping["customer"] == "user.company.id"
    assert reading.mapping["visitor"] == "user.id"
    first = rows(table, reading)[0]
    assert (first.customer, first.visitor, first.feature, first.session, first.seconds) == (
        "c-1",
        "u1",
        "export",
        "5",
        12,
    )


def test_a_path_may_be_named_as_such(tmp_path):
    table = json_table(
        tmp_path, [{"a": {"b": "acme"}, "user": "ann", "event": "x", "timestamp": "2025-08-31T12:05:00Z"}]
    )
    assert GenericFormat().read(table, Answers(columns={"customer": '$."a"."b"'})).mapping["customer"] == "a.b"
