"""Pendo's totals per day or hour, from the API and from connectors."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from uptake.sources.pendo.parser import AggregatedEvents
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, csv_table, json_table, published, records_of, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "feature_events.json"
BERLIN = ZoneInfo("Europe/Berlin")


def read(table, **answers):
    return AggregatedEvents().read(table, Answers(**answers))


def row(day, **more):
    own = {"accountId": "acme", "visitorId": "ann", "featureId": "f1", "numEvents": 2, "numMinutes": 1, "day": day}
    return own | more


def midnights(zone, *days):
    starts = (datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) for day in days)
    return [row(round(start.timestamp() * 1000)) for start in starts]


def test_the_sample_as_python_reads_it(tmp_path):
    records = records_of(SAMPLE)
    table = json_table(tmp_path, records, name="feature_events.json")
    reading = read(table)
    found = rows(table, reading)
    assert (reading.platform, reading.grain, reading.confidence) == ("pendo", "day", 0.99)
    assert column(found, "customer") == [record["accountId"] for record in records]
    assert column(found, "visitor") == [record["visitorId"] for record in records]
    assert column(found, "feature") == [record["featureId"] for record in records]
    assert column(found, "count") == [record["numEvents"] for record in records]
    assert column(found, "seconds") == [record["numMinutes"] * 60 for record in records]
    # The subscription is in Berlin, whose clock changed inside the file.
    days = [datetime.fromtimestamp(record["day"] / 1000, tz=UTC).astimezone(BERLIN).date() for record in records]
    assert column(found, "day") == days
    assert reading.questions == ()


def test_a_day_is_the_subscriptions_day_wherever_that_is(tmp_path):
    for zone in ("America/New_York", "Pacific/Honolulu", "Asia/Tokyo", "Australia/Sydney", "Europe/Berlin", "UTC"):
        table = json_table(tmp_path, midnights(zone, "2025-07-01", "2025-06-30"), name=zone)
        reading = read(table)
        assert column(rows(table, reading), "day") == [date(2025, 7, 1), date(2025, 6, 30)], zone
        assert reading.questions == (), zone


def test_days_beside_the_date_line_are_asked(tmp_path):
    table = json_table(tmp_path, midnights("Pacific/Auckland", "2025-07-01", "2025-12-01"))
    reading = read(table)
    [question] = reading.questions
    assert (question.key, question.assumed) == ("timezone", "Pacific/Auckland")
    assert column(rows(table, reading), "day") == [date(2025, 7, 1), date(2025, 12, 1)]
    assert read(table, timezone="Pacific/Auckland").questions == ()
    assert read(table, workspace_zone="Pacific/Auckland").questions == ()
    samoa = json_table(tmp_path, midnights("Pacific/Pago_Pago", "2025-07-01"), name="samoa")
    assert column(rows(samoa, read(samoa, timezone="Pacific/Pago_Pago")), "day") == [date(2025, 7, 1)]


def test_a_zone_whose_midnight_it_is_not_changes_no_day(tmp_path):
    table = json_table(tmp_path, midnights("America/Los_Angeles", "2025-07-01"))
    reading = read(table, timezone="Asia/Tokyo")
    assert column(rows(table, reading), "day") == [date(2025, 7, 1)]
    [warning] = reading.warnings
    assert "Asia/Tokyo" in warning
    elsewhere = read(table, workspace_zone="Asia/Tokyo")
    assert column(rows(table, elsewhere), "day") == [date(2025, 7, 1)]
    assert elsewhere.warnings == ()


def test_hours_are_instants(tmp_path):
    table = json_table(tmp_path, [{**row(None), "hour": 1751320800000}])
    reading = read(table)
    assert reading.grain == "hour"
    [found] = rows(table, reading)
    assert (found.at, found.day) == (datetime.fromisoformat("2025-06-30 22:00:00"), None)


def test_pages_and_track_events_are_named_by_their_ids(tmp_path):
    page = {key: value for key, value in row(1762128000000).items() if key != "featureId"} | {"pageId": "p1"}
    track = page | {"pageId": None, "trackTypeId": "t1"}
    table = json_table(tmp_path, [page, track])
    assert column(rows(table, read(table)), "feature") == ["p1", "t1"]


def test_rows_without_any_id_count_as_one_feature_and_say_so(tmp_path):
    record = {key: value for key, value in row(1762128000000).items() if key != "featureId"}
    table = json_table(tmp_path, [record])
    reading = read(table)
    assert column(rows(table, reading), "feature") == ["All activity"]
    assert "All activity" in reading.warnings[0]


CONNECTOR = "account_id,visitor_id,feature_id,timestamp,num_events,num_minutes,remote_ip,server_name,_fivetran_synced\n"


def connector(*lines):
    return CONNECTOR + "\n".join(lines) + "\n"


def test_a_connectors_hours(tmp_path):
    text = connector(
        "acme,ann,f1,2021-06-21 08:00:00,3,2,1.1.1.1,app,2021-06-22 01:00:00",
        ",bob,f1,2021-06-21 13:00:00,1,,1.1.1.1,app,2021-06-22 01:00:00",
    )
    table = csv_table(tmp_path, text)
    reading = read(table)
    assert (reading.format, reading.grain) == ("pendo_connector", "hour")
    first, second = rows(table, reading)
    assert first[:7] == ("acme", "ann", "f1", datetime.fromisoformat("2021-06-21 08:00:00"), None, 3, 120)
    assert second[:7] == (None, "bob", "f1", datetime.fromisoformat("2021-06-21 13:00:00"), None, 1, None)


@pytest.mark.parametrize("hour", [0, 4, 22])
def test_a_connectors_timestamps_that_are_all_midnights_are_days(tmp_path, hour):
    starts = [datetime.fromisoformat("2025-06-01 00:00") + timedelta(days=n, hours=hour) for n in range(25)]
    table = csv_table(tmp_path, connector(*(f"acme,ann,f1,{start},1,1,1.1.1.1,app,x" for start in starts)))
    reading = read(table)
    # 22:00 UTC is Berlin's midnight of the next day, 04:00 New York's of the same.
    first = date(2025, 6, 2) if hour == 22 else date(2025, 6, 1)
    assert reading.grain == "day"
    assert column(rows(table, reading), "day") == [first + timedelta(days=n) for n in range(25)]


def test_a_time_or_minutes_that_cannot_be_read_are_left_to_be_refused(tmp_path):
    starts = [datetime.fromisoformat("2025-06-01 22:00:00") + timedelta(days=n) for n in range(25)]
    lines = [f"acme,ann,f1,{start},1,1,1.1.1.1,app,x" for start in starts]
    table = csv_table(tmp_path, connector(*lines, "acme,ann,f1,tomorrow,1,many,1.1.1.1,app,x"))
    reading = read(table)
    assert rows(table, reading)[-1].at is None
    assert "tomorrow" not in reading.when.expression
    assert rows(table, reading)[0].seconds == 60


def test_rows_that_differ_by_address_are_two_and_a_reload_is_the_same(tmp_path):
    text = connector(
        "acme,ann,f1,2021-06-21 08:00:00,3,2,1.1.1.1,app,2021-06-22 01:00:00",
        "acme,ann,f1,2021-06-21 08:00:00,3,2,2.2.2.2,app,2021-06-22 01:00:00",
        "acme,ann,f1,2021-06-21 08:00:00,3,2,1.1.1.1,app,2021-06-23 07:00:00",  # loaded once more
    )
    table = csv_table(tmp_path, text)
    first, other_address, reloaded = column(rows(table, read(table)), "identity")
    assert first == reloaded != other_address


def test_headers_in_capitals(tmp_path):
    text = connector("acme,ann,f1,2021-06-21 08:00:00,3,2,1.1.1.1,app,x").replace(CONNECTOR, CONNECTOR.upper())
    table = csv_table(tmp_path, text)
    assert rows(table, read(table))[0][:3] == ("acme", "ann", "f1")


def test_the_reader_decides(tmp_path):
    table = json_table(tmp_path, [row(1762128000000, server="app.acme.com", visitorId="ann@acme.com")])
    assert rows(table, read(table, columns={"customer": "server"}))[0].customer == "app.acme.com"
    assert rows(table, read(table, columns={"customer": "@domain"}))[0].customer == "acme.com"


@pytest.mark.parametrize(("name", "uses", "seconds"), [("feature", 6, 360), ("page", 82, 3960)])
def test_published_connector_rows(tmp_path, name, uses, seconds):
    for text in published(f"usage/pendo_{name}_event_fivetran.csv"):
        table = csv_table(tmp_path, text)
        found = rows(table, read(table))
        assert (len(found), sum(column(found, "count")), sum(column(found, "seconds"))) == (5, uses, seconds)


def test_other_tables_are_not_pendos(tmp_path):
    assert read(csv_table(tmp_path, "customer,user,feature,timestamp\na,b,c,2025-01-01\n")) is None
    assert read(json_table(tmp_path, [{"accountId": "a", "totalEvents": 3}])) is None
