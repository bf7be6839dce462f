"""Amplitude's charts as CSV: a column per day."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from uptake.sources.amplitude.chart import ChartCsv, NotDaily
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, csv_table, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "chart_event_segmentation.csv"
ABOVE = "Report Exported by company\nhttps://app.amplitude.com/analytics/example/chart/abc123\n"


def read(table, **answers):
    return ChartCsv().read(table, Answers(**answers))


def chart(tmp_path, text):
    return csv_table(tmp_path, ABOVE + text)


def test_the_sample_as_python_reads_it(tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    header, *lines = list(csv.reader(text.replace("\t", "").splitlines()))[3:]
    cells = {
        (line[1], day): int(cell)
        for line in lines
        for day, cell in zip(header[2:], line[2:], strict=True)
        if cell != "0"
    }
    table = csv_table(tmp_path, text)
    reading = read(table)
    found = rows(table, reading)
    assert (reading.grain, reading.mapping["customer"]) == ("day", "gp:company")
    assert {(row.customer, row.day.isoformat()): row.count for row in found} == cells
    assert len(found) == len(cells)
    assert set(column(found, "feature")) == {"Report Exported"}
    assert set(column(found, "visitor")) == {None}
    assert reading.questions == ()


def test_the_event_may_stand_in_the_title_only(tmp_path):
    table = chart(tmp_path, 'gp:company,"Nov 3, 2025","Nov 4, 2025","Nov 5, 2025"\nAcme,1,0,2\n')
    reading = read(table)
    assert [(row.feature, row.day, row.count) for row in rows(table, reading)] == [
        ("Report Exported by company", date(2025, 11, 3), 1),
        ("Report Exported by company", date(2025, 11, 5), 2),
    ]
    [question] = reading.questions
    assert (question.key, question.assumed) == ("feature", "Report Exported by company")
    assert set(column(rows(table, read(table, columns={"feature": "Export"})), "feature")) == {"Export"}


def test_a_chart_by_something_else_asks_for_the_customer(tmp_path):
    table = chart(tmp_path, "Event,gp:plan,2025-11-03,2025-11-04,2025-11-05\nExport,pro,1,1,1\n")
    [question] = read(table).questions
    assert (question.key, question.choices, question.assumed) == ("customer", ("gp:plan",), "gp:plan")
    bare = chart(tmp_path, "Event,2025-11-03,2025-11-04,2025-11-05\nExport,1,1,1\n")
    [question] = read(bare).questions
    assert (question.key, question.assumed) == ("customer", None)


def test_months_and_hours(tmp_path):
    months = chart(tmp_path, "Event,gp:company,2025-09-01,2025-10-01,2025-11-01\nExport,Acme,1,1,1\n")
    assert read(months).grain == "month"
    hours = chart(
        tmp_path, "Event,gp:company,2025-11-03T08:00:00,2025-11-03T09:00:00,2025-11-03T10:00:00\nExport,Acme,1,0,2\n"
    )
    reading = read(hours, timezone="Europe/Berlin")
    assert (reading.grain, reading.questions) == ("hour", ())
    assert column(rows(hours, reading), "at") == [
        datetime.fromisoformat("2025-11-03 07:00:00"),
        datetime.fromisoformat("2025-11-03 09:00:00"),
    ]


def test_weeks_are_refused(tmp_path):
    with pytest.raises(NotDaily, match="every 7 days"):
        read(chart(tmp_path, "Event,gp:company,2025-11-03,2025-11-10,2025-11-17\nExport,Acme,1,1,1\n"))


@pytest.mark.parametrize(("count", "warned"), [(299, 0), (300, 1), (301, 0), (10_000, 1)])
def test_a_chart_that_ends_at_the_limit_is_suspected(tmp_path, count, warned):
    lines = "".join(f"Export,Customer {n},1,1,1\n" for n in range(count))
    table = chart(tmp_path, "Event,gp:company,2025-11-03,2025-11-04,2025-11-05\n" + lines)
    assert sum("limit" in warning for warning in read(table).warnings) == warned


def test_other_wide_tables_are_not_charts(tmp_path):
    days = [date(2025, 11, 3) + timedelta(days=n) for n in range(3)]
    text = f"Customer,{','.join(map(str, days))}\nAcme,1,1,1\n"
    assert read(csv_table(tmp_path, text)) is None
