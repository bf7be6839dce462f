"""Pendo's event breakdown of one feature, which does not say which feature."""

import csv
from datetime import date
from pathlib import Path

import pytest

from uptake.sources.pendo.breakdown import EventBreakdown, feature_of_file
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import column, csv_table, rows

SAMPLE = Path(__file__).parents[1] / "sample" / "feature_event_breakdown.csv"


def read(table, **answers):
    return EventBreakdown().read(table, Answers(**answers))


def test_the_sample_as_python_reads_it(tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    records = list(csv.DictReader(text.splitlines()))
    table = csv_table(tmp_path, text, name="pendo_ui_report_exported_event_breakdown_2025-11-18.csv")
    reading = read(table)
    found = rows(table, reading)
    assert column(found, "customer") == [record["Account ID"] or None for record in records]
    assert column(found, "visitor") == [record["Visitor ID"] for record in records]
    assert column(found, "count") == [int(record["Number of Clicks"]) for record in records]
    assert column(found, "day") == [date.fromisoformat(record["Date"]) for record in records]
    assert set(column(found, "feature")) == {"report exported"}
    assert reading.mapping["feature"] == "file name"
    [question] = reading.questions
    assert (question.key, question.assumed) == ("feature", "report exported")


@pytest.mark.parametrize(
    ("file", "feature"),
    [
        ("pendo_ui_feature_event_breakdown.csv", "pendo ui feature event breakdown"),  # nothing else is said
        ("Report Exported.csv", "Report Exported"),
        ("march.zip › pendo-Report-Exported-2025-03-01.csv.gz", "Report Exported"),
        ("Dashboard Viewed - Event breakdown (1).csv", "Dashboard Viewed"),
        ("Feature - Export Page.csv", "Export Page"),
        ("Breakdowns.csv", "Breakdowns"),
    ],
)
def test_the_feature_of_a_file_name(file, feature):
    assert feature_of_file(file) == feature


def test_the_reader_names_the_feature_or_its_column(tmp_path):
    head = "Visitor ID,Account ID,Date,Number of Clicks,Rage Clicks,Server Name\n"
    table = csv_table(tmp_path, head + "ann,acme,2025-11-18,3,0,app\n")
    assert column(rows(table, read(table, columns={"feature": "Ann's report"})), "feature") == ["Ann's report"]
    assert column(rows(table, read(table, columns={"feature": "Server Name"})), "feature") == ["app"]
    assert read(table, columns={"feature": "Server Name"}).questions == ()


def test_a_feature_column_is_used(tmp_path):
    table = csv_table(tmp_path, "Feature,Visitor ID,Date,Number of Clicks,U-turns\nExport,ann,11/18/2025,3,0\n")
    reading = read(table)
    [found] = rows(table, reading)
    assert (found.customer, found.feature, found.day) == (None, "Export", date(2025, 11, 18))
    assert reading.questions == ()


def test_tables_that_only_resemble_it_are_left_to_others(tmp_path):
    text = "Visitor ID,Account ID,Date,Feature,Number of Events\nann,acme,2025-11-18,Export,3\n"
    assert read(csv_table(tmp_path, text)) is None
    assert read(csv_table(tmp_path, "Visitor ID,Date,Rage Clicks,Clicks\nann,soon,1,1\n")) is None
