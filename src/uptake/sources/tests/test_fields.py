"""Values by name: columns, JSON keys, and keys of JSON inside cells."""

import duckdb
import pytest

from uptake.sources.fields import Fields, NoSuchColumn, first_of_list, json_path
from uptake.sources.tests.by_hand import csv_table, json_table


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("acme", "acme"),
        ('["acme"]', "acme"),
        ('["acme", "beta"]', "acme"),
        ("['acme']", "acme"),  # as Python prints a list
        ("['acme', 'beta']", "acme"),
        ('["O\'Brien"]', "O'Brien"),
        ("[\"O'Brien\", 'beta']", "O'Brien"),
        ("[1234, 5]", "1234"),
        ("[Foo] Inc", "[Foo] Inc"),  # only looks like a list
        ("[]", None),
        ("[null]", None),
        ("", ""),
        (None, None),
    ],
)
def test_first_entry_of_a_list_however_it_is_written(text, first):
    assert duckdb.execute(f"SELECT {first_of_list('v')} FROM (SELECT ?::VARCHAR AS v)", [text]).fetchone() == (first,)


@pytest.mark.parametrize(
    "key",
    ["$insert_id", "Cart Size (# of Items)", "a.b", 'say "hi"', "a*", "*", "a/b~c", "back\\slash", "名前", "0", "it's"],
)
def test_any_name_can_be_a_key(tmp_path, key):
    table = json_table(tmp_path, [{"properties": {"a": "wrong", key: "right"}}])
    fields = Fields(table)
    taken = fields.text("properties", key)
    [path] = fields.json_paths.values()
    assert path == json_path(("properties", key))
    query = f"SELECT json_extract_string(json, [?])[1] AS {taken} FROM {table.relation}"
    assert duckdb.execute(query, [path]).fetchone() == ("right",)


def test_broken_json_in_a_cell_is_no_value_and_no_error(tmp_path):
    table = csv_table(tmp_path, 'id,groups\n1,"{""company"": [""acme""]}"\n2,{broken\n3,\n4,"{""other"": 1}"\n')
    taken = Fields(table).first("groups", "company")
    found = duckdb.execute(f"SELECT {taken} FROM {table.relation} ORDER BY id").fetchall()
    assert found == [("acme",), (None,), (None,), (None,)]


def test_a_json_record_may_hold_json_as_text(tmp_path):
    table = json_table(tmp_path, [{"event": "[Amplitude] Page Viewed", "properties": '{"company": "acme"}'}])
    fields = Fields(table)
    assert fields.present("properties", "company") == ["acme"]
    assert fields.text("properties", "company").startswith("CASE WHEN json_valid")
    assert fields.json_paths == {"properties": '$."properties"'}


def test_paths_are_found_whatever_the_case_and_the_dots(tmp_path):
    fields = Fields(json_table(tmp_path, [{"properties": {"$groups": {"Company": "acme"}, "a.b": 1}}]))
    assert fields.resolve("properties.$groups.company") == ("properties", "$groups", "Company")
    assert fields.resolve("properties.a.b") == ("properties", "a.b")


def test_an_unknown_column_is_refused_with_at_most_twenty_that_there_are(tmp_path):
    table = csv_table(tmp_path, ",".join(f"c{n}" for n in range(30)) + "\n" + ",".join("x" * 30) + "\n")
    with pytest.raises(NoSuchColumn) as refusal:
        Fields(table).resolve("company")
    assert str(refusal.value).startswith("usage.csv has no column “company”. It has: c0, c1, ")
    assert str(refusal.value).endswith("c19 and 10 more.")
