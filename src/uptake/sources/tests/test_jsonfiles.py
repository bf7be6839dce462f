import json
from pathlib import Path

import duckdb
import pytest

from uptake.sources.reading import NotUsage
from uptake.sources.tables import tolerant
from uptake.sources.tests.opening import broken_of, rows_of, seconds, table_of, tables_of

SHARED = Path(__file__).parents[5] / "shared/samples/usage"


def event(number: int) -> dict:
    # brackets and braces inside values: what a search for the list's end may stumble over
    return {"event": f"Export ]}} {number}", "properties": {"time": number, "groups": ["a", "b"], "steps": [{"k": 1}]}}


EVENTS = [event(n) for n in range(5)]


def lines(events: list[dict], end: str = "\n") -> str:
    return "".join(json.dumps(each) + end for each in events)


def records(table) -> list[tuple[int, dict | None]]:
    return [(row, json.loads(text) if text else None) for row, text in rows_of(table)]


def numbered(events: list[dict]) -> list[tuple[int, dict]]:
    return list(enumerate(events, 1))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_json_lines(tmp_path, end):
    table = table_of(tmp_path, lines(EVENTS, end), "usage.csv")
    assert (table.kind, table.columns, table.numbered, table.first_row) == ("json", (), False, 1)
    assert records(table) == numbered(EVENTS)
    assert list(table.sample) == EVENTS


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b""), ("cp1252", b"")]
)
@pytest.mark.parametrize("shape", ["lines", "list", "object"])
def test_encodings(tmp_path, encoding, mark, shape):
    events = [{"event": "Öffnen", "n": 1}, {"event": "Café", "n": 2}]
    if shape == "lines":
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events)
    else:
        text = json.dumps(events if shape == "list" else {"results": events}, ensure_ascii=False)
    table = table_of(tmp_path, mark + text.encode(encoding))
    assert records(table) == numbered(events)


def test_bad_lines_stay_in_place_without_json(tmp_path):
    text = lines(EVENTS[:2]) + '{"event": "cut\n' + "[1, 2]\n" + lines(EVENTS[2:4]) + '{"event": "Exp'
    table = table_of(tmp_path, text)
    assert records(table) == [
        (1, EVENTS[0]), (2, EVENTS[1]), (3, None), (4, None), (5, EVENTS[2]), (6, EVENTS[3]), (7, None)
    ]  # fmt: skip
    with duckdb.connect() as con:
        texts = [line for [line] in con.execute(f"SELECT line FROM {table.relation} WHERE json IS NULL").fetchall()]
    assert texts == ['{"event": "cut', "[1, 2]", '{"event": "Exp']


def test_blank_lines_are_no_records_but_rows(tmp_path):
    one, two, three = (json.dumps(each) for each in EVENTS[:3])
    table = table_of(tmp_path, f"\n{one}\n\n{two}\n  \n{three}\n\n")
    assert records(table) == [(2, EVENTS[0]), (4, EVENTS[1]), (6, EVENTS[2])]
    assert broken_of(table) == []
    with_returns = table_of(tmp_path, f"{one}\r\n\r\n{two}\r\n")
    assert records(with_returns) == [(1, EVENTS[0]), (3, EVENTS[1])]


def test_lines_that_are_no_text_are_broken_and_the_others_are_read(tmp_path):
    one, two = (json.dumps(each).encode() for each in EVENTS[:2])
    good = json.dumps({"event": "Größe"}, ensure_ascii=False).encode()
    table = table_of(tmp_path, one + b"\n" + b'{"event": "\xe4"}\r\n' + good + b"\n" + b'{"a": "\x01"}\n' + two + b"\n")
    with duckdb.connect() as con:
        repaired = tolerant(table, con, tmp_path / "work")
    assert records(table) == [(1, EVENTS[0]), (3, {"event": "Größe"}), (5, EVENTS[1])]
    assert broken_of(repaired) == [(2, "not readable as UTF-8 text"), (4, "a control character in the line")]


def test_a_line_of_many_megabytes(tmp_path):
    long = {"event": "x" * 10_000_000, "n": 1}
    table = table_of(tmp_path, lines([EVENTS[0], long, EVENTS[1]]))
    assert records(table) == numbered([EVENTS[0], long, EVENTS[1]])
    longer = {"event": "x" * 17_000_000, "n": 1}
    table = table_of(tmp_path, lines([EVENTS[0], longer, EVENTS[1]]))
    assert records(table) == [(1, EVENTS[0]), (3, EVENTS[1])]
    with duckdb.connect() as con:
        assert broken_of(tolerant(table, con, tmp_path / "work")) == [(2, "longer than 16 MB")]


@pytest.mark.parametrize("indent", [None, 1])
def test_a_list(tmp_path, indent):
    table = table_of(tmp_path, "\n " + json.dumps(EVENTS, indent=indent) + "\n")
    assert records(table) == numbered(EVENTS)
    assert list(table.sample) == EVENTS
    assert not table.numbered


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("key", ["results", "data", "events", "whatever"])
def test_an_object_that_holds_the_list(tmp_path, indent, key):
    around = {"page": 0, "meta": {"tags": ["a", "b"]}, key: EVENTS, "next": {"page": [1, 2]}, "warnings": ["x ]"]}
    table = table_of(tmp_path, json.dumps(around, indent=indent))
    assert records(table) == numbered(EVENTS)
    assert list(table.sample) == EVENTS


def test_a_list_deeper_in_an_object(tmp_path):
    table = table_of(tmp_path, json.dumps({"status": "ok", "data": {"count": 5, "events": EVENTS}, "next": None}))
    assert records(table) == numbered(EVENTS)


def test_the_named_list_wins_over_others(tmp_path):
    table = table_of(tmp_path, json.dumps({"columns": [{"name": "event"}], "results": EVENTS}))
    assert records(table) == numbered(EVENTS)
    with pytest.raises(NotUsage, match="several lists"):
        table_of(tmp_path, json.dumps({"one": EVENTS, "two": EVENTS}))


@pytest.mark.parametrize("indent", [None, 1])
def test_a_long_list_in_an_object(tmp_path, indent):
    events = [event(n) for n in range(20_000)]  # more than the megabyte that is looked at
    table = table_of(tmp_path, json.dumps({"page": 0, "results": events, "tags": ["a"]}, indent=indent))
    assert records(table) == numbered(events)
    times = [each["properties"]["time"] for each in table.sample]
    assert times[:1000] == list(range(1000))
    assert times[-1] == 19_999
    assert any(5_000 < each < 15_000 for each in times[1000:])


def test_elements_that_are_no_objects_count_and_have_no_json(tmp_path):
    table = table_of(tmp_path, json.dumps([EVENTS[0], 3, None, EVENTS[1]]))
    assert records(table) == [(1, EVENTS[0]), (2, None), (3, None), (4, EVENTS[1])]


def test_objects_one_after_the_other_over_several_lines(tmp_path):
    table = table_of(tmp_path, "\n".join(json.dumps(each, indent=2) for each in EVENTS))
    assert records(table) == numbered(EVENTS)


def test_a_file_of_one_line(tmp_path):
    assert records(table_of(tmp_path, lines(EVENTS[:1]))) == numbered(EVENTS[:1])
    assert records(table_of(tmp_path, json.dumps({"results": EVENTS[:1]}))) == numbered(EVENTS[:1])


AMPLITUDE = {
    "event_type": "Export",
    "event_time": "2025-03-01 09:15:00",
    "user_id": "ann",
    "data": {"path": "/2/httpapi"},
}
GA4 = {"event_date": "20250301", "event_name": "export", "event_params": [{"key": "a", "value": {}}], "stream_id": "1"}
PLAIN = {"customer": "Acme", "feature": "Export", "timestamp": "2025-03-01", "status": "ok", "message": "done"}


@pytest.mark.parametrize("record", [AMPLITUDE, GA4, PLAIN])
def test_a_file_of_one_event_is_neither_a_wrapping_nor_an_error(tmp_path, record):
    assert records(table_of(tmp_path, lines([record]))) == numbered([record])


WHOLE = json.dumps({"page": 1, "results": EVENTS, "next": None})


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("shape", ["list", "object"])
def test_wherever_it_is_cut_off_it_is_refused(tmp_path, shape, indent):
    text = json.dumps(EVENTS[:2] if shape == "list" else {"results": EVENTS[:2], "next": None}, indent=indent)
    whole = len(text.rstrip("}] \n")) + 1
    for keep in [*range(15, whole - 40, 3), *range(whole - 40, whole)]:
        with pytest.raises(NotUsage, match=r"cut off|damaged"):
            rows_of(table_of(tmp_path, text[:keep]))


def test_a_cut_list_says_where(tmp_path):
    with pytest.raises(NotUsage, match=r"cut off after 200 bytes.*export it again"):
        table_of(tmp_path, WHOLE[:200])


def test_damage_inside_a_list_is_refused(tmp_path):
    text = json.dumps(EVENTS).replace('"time": 3', '"time": x')
    with pytest.raises(NotUsage, match="damaged"):
        rows_of(table_of(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"error": "Unauthorized: bad api secret"}', "an error answer.*Unauthorized: bad api secret"),
        ('{"status": 429, "error": "Too many requests"}\n', "an error answer.*Too many requests"),
        ('{\n  "name": "Acme",\n  "plan": "Pro"\n}\n', "a single JSON object without a list of records"),
        ('{"results": []}', "an empty list “results”"),
        ("[]", "an empty list"),
        ('["a", "b"]', "without records"),
        ("terminated early", "Mixpanel broke the export off"),
        (lines(EVENTS) + "terminated early\n", "Mixpanel broke the export off"),
    ],
)
def test_what_is_no_list_of_records_is_refused(tmp_path, text, says):
    with pytest.raises(NotUsage, match=says):
        table_of(tmp_path, text)


def test_a_header_in_brackets_is_no_json(tmp_path):
    table = table_of(tmp_path, "[Segment] Group,Day,Uses\nAcme,2025-03-01,3\nBlue,2025-03-02,4\n")
    assert table.kind == "delimited"


def test_a_hundred_megabytes_are_looked_at_in_no_time(tmp_path):
    line = json.dumps(
        {"event": "Report Exported", "properties": {"distinct_id": "ann@acme.example", "time": 1762085665}}
    )
    for name, text in {"lines": (line + "\n") * 1_000_000, "list": "[" + ",\n".join([line] * 1_000_000) + "]"}.items():
        path = tmp_path / name
        path.write_text(text)
        [table] = tables_of(path)
        assert len(table.sample) > 1000
        looking = min(seconds(lambda path=path: tables_of(path)) for _ in range(3))
        counting = f"SELECT count(DISTINCT line) FROM {table.relation}"
        with duckdb.connect() as con:
            reading = seconds(lambda con=con, counting=counting: con.execute(counting).fetchall())
        assert looking < reading, name  # the one reads a few thousand lines, the other all; a share, as machines differ


def test_shared_samples_read_as_the_json_module_reads_them(tmp_path):
    for path in sorted(
        [*SHARED.glob("*.json"), *SHARED.glob("*.jsonl")]
    ):  # none where only this project is checked out
        text = path.read_text()
        expected = (
            [json.loads(line) for line in text.splitlines()] if path.suffix == ".jsonl" else json.loads(text)["results"]
        )
        [table] = tables_of(path, work=tmp_path)
        assert records(table) == numbered(expected)
