"""Files of one export agree on the customer."""

from uptake.sources.agree import agree_on_customer
from uptake.sources.amplitude.parser import RawEvents
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, json_table, rows


def hour(folder, *groups, **properties):
    """An hour of Amplitude's export: an event for each of these groups."""
    own = {
        "event_type": "Export",
        "event_time": "2025-03-10 09:15:04",
        "amplitude_id": 45,
        "user_properties": properties,
    }
    table = json_table(folder, [own | {"groups": each} for each in groups])
    return table, RawEvents().read(table, Answers())


def test_an_hour_without_customers_takes_that_of_the_others(tmp_path):
    named = hour(tmp_path, {"company": ["Acme"]}, {"company": ["Beta"]}, {"company": ["Acme"]})
    anonymous = hour(tmp_path, {}, {})
    other_key = hour(tmp_path, {}, {"company": ["Beta"]}, {}, org="Beta Inc")
    assert [question.key for question in anonymous[1].questions] == ["customer"]
    assert other_key[1].mapping["customer"] == "user_properties.org"
    more = hour(tmp_path, {"company": ["Acme"]}, {"company": ["Acme"]})
    read = [named, anonymous, other_key, more]
    agreed = agree_on_customer(read)
    assert [reading.mapping["customer"] for reading in agreed] == ["groups.company"] * 4
    assert all(reading.questions == () for reading in agreed)
    found = [column(rows(table, reading), "customer") for (table, _), reading in zip(read, agreed, strict=True)]
    assert found == [["Acme", "Beta", "Acme"], [None, None], [None, "Beta", None], ["Acme", "Acme"]]


def test_where_no_file_names_customers_each_goes_on_asking(tmp_path):
    read = [hour(tmp_path, {}, {}), hour(tmp_path, {}, {})]
    assert agree_on_customer(read) == [reading for _, reading in read]
