"""Mixpanel's time: UTC, or the project's local clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from uptake.sources.mixpanel.parser import RawEvents
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, json_table, rows

NEW_YORK = ZoneInfo("America/New_York")
TRUE = [datetime(2022, 1, 10, 15, n, tzinfo=UTC) for n in range(6)] + [
    datetime(2022, 7, 10, 15, n, tzinfo=UTC) for n in range(6)
]


def read(table, **answers):
    return RawEvents().read(table, Answers(**answers))


def written_locally(zone, moments=TRUE, late=0):
    """Events as a project of before 2023 exports them; ``late``: seconds until Mixpanel had them."""
    walls = [moment.astimezone(zone).replace(tzinfo=UTC) for moment in moments]
    return [
        {
            "event": "Export",
            "properties": {
                "time": int(wall.timestamp()),
                "distinct_id": "ann",
                "company_id": "acme",
                "$mp_api_timestamp_ms": int((moment.timestamp() + 2 + late) * 1000),
            },
        }
        for wall, moment in zip(walls, moments, strict=True)
    ]


def test_a_local_clock_is_noticed_and_asked(tmp_path):
    reading = read(json_table(tmp_path, written_locally(NEW_YORK)))
    [question] = reading.questions
    assert (question.key, question.assumed) == ("timezone", None)
    assert "100% of the sampled events carry a time 5 hours earlier" in question.sentence
    assert "America/New_York" in question.choices
    assert "Europe/Berlin" not in question.choices


def test_with_the_zone_the_instants_are_true_in_winter_and_summer(tmp_path):
    table = json_table(tmp_path, written_locally(NEW_YORK))
    reading = read(table, timezone="America/New_York")
    assert (reading.questions, reading.warnings) == ((), ())
    assert column(rows(table, reading), "at") == [moment.replace(tzinfo=None) for moment in TRUE]


def test_half_hours_count_too(tmp_path):
    [question] = read(json_table(tmp_path, written_locally(ZoneInfo("Asia/Kolkata")))).questions
    assert "5.5 hours later" in question.sentence
    assert question.choices == ("Asia/Kolkata",)


def test_utc_is_not_asked_though_some_events_came_late(tmp_path):
    records = written_locally(UTC, TRUE[:9]) + written_locally(UTC, TRUE[9:], late=5000)
    reading = read(json_table(tmp_path, records))
    assert (reading.questions, reading.warnings) == ((), ())


def test_a_zone_for_times_that_are_utc_is_doubted(tmp_path):
    [warning] = read(json_table(tmp_path, written_locally(UTC)), timezone="America/New_York").warnings
    assert "look like UTC already" in warning


def test_without_evidence_utc_is_taken_and_said(tmp_path):
    records = written_locally(NEW_YORK)
    for record in records:
        del record["properties"]["$mp_api_timestamp_ms"]
    reading = read(json_table(tmp_path, records))
    assert reading.questions == ()
    assert "taken as UTC" in reading.warnings[0]
