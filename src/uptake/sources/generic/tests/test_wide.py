"""Wide tables: a column per date or per feature."""

from datetime import date

import pytest

from uptake.sources.generic.tests.reading_a_table import converted, questions, read
from uptake.sources.reading import Answers, NotUsage

BY_FEATURE = (
    "Account,User Email,Date,Dashboards,Reports,Alerts,Total\n"
    "acme,ann@a.example,2025-08-04,3,0,5,8\nbolt,bob@b.example,2025-08-05,,2,1,3\n"
)


def test_a_column_per_feature(tmp_path):
    reading = read(tmp_path, BY_FEATURE)
    assert reading.melt.columns == {"Dashboards": "Dashboards", "Reports": "Reports", "Alerts": "Alerts"}  # no Total
    assert (reading.grain, reading.questions) == ("day", ())
    found = {(r.customer, r.visitor, r.feature, r.day): r.count for r in converted(tmp_path, BY_FEATURE)}
    assert found == {  # zeros and empty cells are no use
        ("acme", "ann@a.example", "Dashboards", date(2025, 8, 4)): 3,
        ("acme", "ann@a.example", "Alerts", date(2025, 8, 4)): 5,
        ("bolt", "bob@b.example", "Reports", date(2025, 8, 5)): 2,
        ("bolt", "bob@b.example", "Alerts", date(2025, 8, 5)): 1,
    }


def test_activities_side_by_side_are_features(tmp_path):
    reading = read(
        tmp_path,
        "Customer,Month,Logins,Page Views,Exports,Active Users,MRR\nacme,2025-08,3,9,5,2,900\nbolt,2025-08,1,2,1,1,50\n",
    )
    assert list(reading.melt.columns) == ["Logins", "Page Views", "Exports"]
    assert reading.grain == "month"


HEADINGS = {
    "iso": (("2025-08-04", "2025-08-05", "2025-08-06"), "day", date(2025, 8, 4)),
    "german": (("04.08.2025", "05.08.2025", "06.08.2025"), "day", date(2025, 8, 4)),
    "months": (("Aug 2025", "Sep 2025", "Oct 2025"), "month", date(2025, 8, 1)),
    "iso months": (("2025-08", "2025-09", "2025-10"), "month", date(2025, 8, 1)),
    "german months": (("März 2025", "April 2025", "Mai 2025"), "month", date(2025, 3, 1)),
    "numeric months": (("08.2025", "09.2025", "10.2025"), "month", date(2025, 8, 1)),
    "first days": (("2025-08-01", "2025-09-01", "2025-10-01"), "month", date(2025, 8, 1)),
    "running on": (("01/29/2025", "01/30/2025", "01/31/2025"), "day", date(2025, 1, 29)),
}


@pytest.mark.parametrize("style", HEADINGS)
def test_a_column_per_date(tmp_path, style):
    headings, grain, first = HEADINGS[style]
    text = f"Customer,Feature,{','.join(headings)}\nacme,export,3,0,4\n"
    reading = read(tmp_path, text)
    assert (reading.grain, reading.questions) == (grain, ())
    found = converted(tmp_path, text)
    assert [(row.customer, row.feature, row.count) for row in found] == [("acme", "export", 3), ("acme", "export", 4)]
    assert found[0].at.date() == first


def test_headings_that_can_be_read_both_ways_are_asked(tmp_path):
    # Months on their first day, or the first days of January: both run on evenly
    text = "Customer,Feature,01/02/2025,01/03/2025,01/04/2025\nacme,export,3,0,4\n"
    assert questions(read(tmp_path, text)) == {"dates": None}
    assert read(tmp_path, text, Answers(day_first=True)).grain == "month"
    assert [r.day for r in converted(tmp_path, text, Answers(day_first=False))] == [date(2025, 1, 2), date(2025, 1, 4)]


def test_months_without_a_year_need_one(tmp_path):
    text = "Kunde,Funktion,Jan,Feb,Mär\nacme,export,3,0,4\n"
    assert questions(read(tmp_path, text)) == {"timestamp": None}
    found = converted(tmp_path, text, Answers(columns={"timestamp": "2025"}))
    assert [(row.at.date(), row.count) for row in found] == [(date(2025, 1, 1), 3), (date(2025, 3, 1), 4)]


def test_a_wide_table_without_dates_is_a_snapshot(tmp_path):
    text = "Customer,Dashboards,Reports,Alerts\nacme,3,1,5\n"
    assert questions(read(tmp_path, text)) == {"timestamp": None}
    month = Answers(columns={"timestamp": "2025-10"})
    assert read(tmp_path, text, month).grain == "month"
    assert {row.at.date() for row in converted(tmp_path, text, month)} == {date(2025, 10, 1)}
    day = Answers(columns={"timestamp": "2025-10-31"}, workspace_zone="Europe/Berlin")
    assert {row.day for row in converted(tmp_path, text, day)} == {date(2025, 10, 31)}


def test_two_numeric_columns_are_features_only_if_the_reader_says_so(tmp_path):
    text = "Customer,Date,Dashboards,Reports\nacme,2025-08-04,3,1\nacme,2025-08-05,2,1\n"
    with pytest.raises(NotUsage, match="what was used"):
        read(tmp_path, text)
    reading = read(tmp_path, text, Answers(columns={"feature": "@columns"}))
    assert list(reading.melt.columns) == ["Dashboards", "Reports"]


def test_decimal_commas_in_the_cells(tmp_path):
    text = 'Kunde,Datum,Berichte,Analysen,Alarme\nacme,04.08.2025,"1.234","2","3"\n'
    assert [row.count for row in converted(tmp_path, text)] == [1234, 2, 3]


def test_quarters_are_too_coarse(tmp_path):
    with pytest.raises(NotUsage, match="quarters or years"):
        read(tmp_path, "Customer,Feature,Q1 2025,Q2 2025\nacme,export,3,4\n")
    with pytest.raises(NotUsage, match="quarters or years"):
        read(tmp_path, "Customer,Feature,Quarter,Uses\nacme,export,2025-Q1,4\nacme,export,2025-Q2,5\n")
