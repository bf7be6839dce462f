"""Dates in every spelling, what one row stands for, and what must be asked."""

from datetime import date, datetime

import pytest

from uptake.sources.generic.tests.reading_a_table import converted, questions, read, read_with_file
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import csv_table, rows


def table_of(*times: str, header: str = "Timestamp", count: str | None = None) -> str:
    lines = [f"Customer,User,Feature,{header}" + (f",{count}" if count else "")]
    lines += [f'acme,ann,export,"{time}"' + (",2" if count else "") for time in times]
    return "\n".join(lines) + "\n"


NOON = datetime(2025, 8, 31, 12, 5)
SPELLINGS = {
    "iso zone": ("2025-08-31T14:05:00+02:00", NOON),
    "iso zone apart": ("2025-08-31 14:05:00 +0200", NOON),
    "iso z": ("2025-08-31T12:05:00.000Z", NOON),
    "iso utc": ("2025-08-31 12:05:00 UTC", NOON),
    "iso comma": ("2025-08-31 12:05:00,250", datetime(2025, 8, 31, 12, 5, 0, 250_000)),
    "slashes": ("2025/08/31 12:05", NOON),
    "dots, year first": ("2025.08.31 12:05", NOON),
    "epoch s": ("1756641900", NOON),
    "epoch ms": ("1756641900000", NOON),
    "epoch us": ("1756641900000000", NOON),
    "epoch fraction": ("1756641900.5", datetime(2025, 8, 31, 12, 5, 0, 500_000)),
    "compact": ("20250831T120500Z", NOON),
    "german": ("31.08.2025 12:05", NOON),
    "german spaced": ("31. 8. 2025 12:05", NOON),
    "day first": ("31/08/2025 12:05:00", NOON),
    "month first, half days": ("8/31/2025 12:05 PM", NOON),
    "midnight half day": ("8/31/2025 12:05:00 AM", datetime(2025, 8, 31, 0, 5)),
    "two digits": ("31/08/25 12:05", NOON),
    "excel": ("8/31/2025, 12:05:00 PM", NOON),
    "english": ("August 31, 2025 12:05 PM", NOON),
    "english short": ("31-Aug-2025 12:05", NOON),
    "mail": ("Sun, 31 Aug 2025 12:05:00 GMT", NOON),
    "french": ("31 août 2025 12:05", NOON),
    "german name": ("31. August 2025 12:05", NOON),
    "spanish": ("31 de agosto de 2025 12:05", NOON),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_instant_in_any_spelling(tmp_path, spelling):
    written, meant = SPELLINGS[spelling]
    text = table_of(written)
    reading = read(tmp_path, text, Answers(timezone="UTC"))
    assert (reading.grain, reading.questions) == ("event", ())
    assert [row.at for row in converted(tmp_path, text, Answers(timezone="UTC"))] == [meant]


DAYS = {
    "iso": "2025-03-02",
    "iso midnight": "2025-03-02 00:00:00",
    "compact": "20250302",
    "german": "02.03.2025",
    "dutch": "2 mars 2025",
    "german march": "2. März 2025",
    "spanish": "2 de marzo de 2025",
    "english": "Mar 2, 2025",
    "two digits": "2-Mar-25",
}


@pytest.mark.parametrize("spelling", DAYS)
def test_a_day_with_a_count_is_a_daily_total(tmp_path, spelling):
    text = table_of(DAYS[spelling], header="Date", count="Uses")
    answers = Answers(workspace_zone="America/New_York")
    assert read(tmp_path, text, answers).questions == ()  # a day needs no zone
    [row] = converted(tmp_path, text, answers)
    assert (row.day, row.count) == (date(2025, 3, 2), 2)


MONTHS = (
    "2025-08",
    "2025/08",
    "08/2025",
    "8.2025",
    "202508",
    "Aug 2025",
    "August 2025",
    "août 2025",
    "Ago-25",
    "agosto de 2025",
)


@pytest.mark.parametrize("written", MONTHS)
def test_a_month_in_any_spelling(tmp_path, written):
    text = table_of(written, header="Monat", count="Anzahl")
    assert read(tmp_path, text).grain == "month"
    [row] = converted(tmp_path, text)
    assert row.at.date() == date(2025, 8, 1)


@pytest.mark.parametrize(
    ("header", "grain"), [("Month", "month"), ("Mois", "month"), ("Mes", "month"), ("Date", "day")]
)
def test_first_days_are_months_where_the_header_says_so(tmp_path, header, grain):
    assert read(tmp_path, table_of("2025-08-01", "2025-09-01", header=header, count="Uses")).grain == grain


def test_only_first_days_of_several_months_are_months(tmp_path):
    assert (
        read(tmp_path, table_of("2025-08-01", "2025-09-01", "2025-10-01", header="Date", count="Uses")).grain == "month"
    )


def test_days_without_a_count_are_totals_only_if_unique(tmp_path):
    assert read(tmp_path, table_of("2025-08-04", "2025-08-05")).grain == "day"
    reading = read(tmp_path, table_of("2025-08-04", "2025-08-04"), Answers(workspace_zone="Asia/Tokyo"))
    assert reading.grain == "event"
    # Single events on a day of the workspace: midnight in Tokyo is 15:00 UTC the day before
    table = csv_table(tmp_path, table_of("2025-08-04", "2025-08-04"))
    assert [row.at for row in rows(table, reading)] == [datetime(2025, 8, 3, 15)] * 2


def test_midnights_in_utc_are_days_not_instants(tmp_path):
    text = table_of("2025-08-04T00:00:00Z", "2025-08-04T00:00:00Z")
    found = converted(tmp_path, text, Answers(workspace_zone="America/New_York"))
    assert [row.at for row in found] == [datetime(2025, 8, 4, 4)] * 2  # still the 4th in New York


def test_whole_hours_with_a_count_are_hourly_totals(tmp_path):
    assert read(tmp_path, table_of("2025-08-04T09:00:00Z", "2025-08-04T10:00:00Z", count="Uses")).grain == "hour"
    assert read(tmp_path, table_of("2025-08-04T09:00:00Z", "2025-08-04T10:00:01Z", count="Uses")).grain == "event"
    assert read(tmp_path, table_of("2025-08-04T09:00:00Z", "2025-08-04T10:00:00Z")).grain == "event"


def test_a_clock_without_a_zone_is_asked_about(tmp_path):
    text = table_of("2025-08-04 09:15:00")
    reading = read(tmp_path, text, Answers(workspace_zone="Europe/Berlin"))
    assert questions(reading) == {"timezone": "Europe/Berlin"}
    assert [row.at for row in rows(csv_table(tmp_path, text), reading)] == [datetime(2025, 8, 4, 7, 15)]
    [row] = converted(tmp_path, text, Answers(timezone="America/New_York"))
    assert row.at == datetime(2025, 8, 4, 13, 15)


def test_a_date_and_a_time_in_two_columns_belong_together(tmp_path):
    text = "Customer,User,Feature,Date,Time\nacme,ann,export,31/08/2025,12:05\nacme,ann,export,31/08/2025,7:30\n"
    reading = read(tmp_path, text, Answers(timezone="UTC"))
    assert (reading.mapping["timestamp"], reading.mapping["time_of_day"]) == ("Date", "Time")
    assert [r.at for r in converted(tmp_path, text, Answers(timezone="UTC"))] == [NOON, datetime(2025, 8, 31, 7, 30)]


def test_ambiguous_dates_are_asked_and_the_answer_holds(tmp_path):
    text = table_of("03/04/2025", "05/06/2025", header="Date", count="Uses")
    reading = read(tmp_path, text)
    assert questions(reading) == {"dates": None}
    assert reading.questions[0].sentence == "Is “03/04/2025” the 3rd of April or the 4th of March?"
    assert [r.day for r in converted(tmp_path, text, Answers(day_first=True))] == [date(2025, 4, 3), date(2025, 6, 5)]
    assert [r.day for r in converted(tmp_path, text, Answers(day_first=False))] == [date(2025, 3, 4), date(2025, 5, 6)]


@pytest.mark.parametrize(("deciding", "day_first"), [("25/12/2025", True), ("12/25/2025", False)])
def test_one_value_at_the_end_of_a_long_file_decides(tmp_path, deciding, day_first):
    # 2,500 rows that can be read both ways; the deciding one is no part of the sample
    text = table_of(*["03/04/2025"] * 2500, deciding, header="Date", count="Uses")
    reading = read_with_file(csv_table(tmp_path, text))
    assert reading.questions == ()
    assert reading.when.formats[0] == ("%d/%m/%Y" if day_first else "%m/%d/%Y")


def test_a_long_file_that_decides_nothing_or_both_is_asked(tmp_path):
    undecided = csv_table(tmp_path, table_of(*["03/04/2025"] * 30, header="Date", count="Uses"))
    assert questions(read_with_file(undecided)) == {"dates": None}
    both = csv_table(tmp_path, table_of("13/04/2025", "04/13/2025", header="Date", count="Uses"))
    reading = read_with_file(both)
    assert questions(reading) == {"dates": None}
    assert "Some dates" in reading.questions[0].sentence


def test_months_as_first_days_are_not_ambiguous(tmp_path):
    found = converted(tmp_path, table_of("01/02/2025", "01/03/2025", header="Month", count="Uses"))
    assert [row.at.date() for row in found] == [date(2025, 2, 1), date(2025, 3, 1)]


def test_weeks_are_read_with_a_warning(tmp_path):
    text = table_of("2025-W31", header="Week", count="Uses")
    assert any("week" in warning for warning in read(tmp_path, text).warnings)
    assert [row.day for row in converted(tmp_path, text)] == [date(2025, 7, 28)]


def test_rows_that_are_no_dates_stay_unread(tmp_path):
    text = table_of(*["31/08/2025"] * 9, "soon", header="Date", count="Uses")
    assert [row.at for row in converted(tmp_path, text)][-1] is None
