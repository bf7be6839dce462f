"""Heat tables: the step and the figure of each cell."""

from datetime import date

import pytest

from uptake.charts.features import segment_by_feature, segment_by_feature_table
from uptake.charts.look import PRINT
from uptake.charts.people import cohorts, cohorts_table
from uptake.charts.rhythm import weekday_by_hour, weekday_by_hour_table
from uptake.charts.tests.reading import rows_of, texts
from uptake.charts.words import Caption

CAPTION = Caption("A finding", "Uses", date(2026, 1, 29))


def drawn(function, *rows, width=700):
    return function(*rows, caption=CAPTION, look=PRINT, width=width)


def week(**uses):
    """Seven days of 24 hours; ``d1h9=70``: Tuesday, 9 to 10."""
    cells = [[0] * 24 for _ in range(7)]
    for place, count in uses.items():
        day, hour = place[1:].split("h")
        cells[int(day)][int(hour)] = count
    return cells


def test_the_busiest_hour_is_the_strongest_and_hours_nobody_uses_are_left_out():
    spec = drawn(weekday_by_hour, week(d0h8=10, d1h9=70, d6h17=1))
    cells = rows_of(spec, 0)
    assert (min(cell["hour"] for cell in cells), max(cell["hour"] for cell in cells)) == (8, 17)
    assert {(cell["day"], cell["hour"]): cell["step"] for cell in cells if cell["uses"]} == {
        ("Mon", 8): 1, ("Tue", 9): 7, ("Sun", 17): 1,
    }  # fmt: skip
    assert [cell["is_peak"] for cell in cells].count(True) == 1
    assert spec["usermeta"]["note"].startswith("Framed: Tuesday, 9 to 10 o’clock, 70 uses.")
    assert "left out" in spec["usermeta"]["note"]
    assert "70" in texts(spec)


def test_on_a_narrow_page_colour_stands_alone_and_the_table_has_the_figures():
    cells = week(**{f"d{day}h{hour}": 1000 + hour for day in range(7) for hour in range(24)})
    assert "1,023" not in texts(drawn(weekday_by_hour, cells, width=340), 340)
    assert "left out" not in drawn(weekday_by_hour, cells)["usermeta"]["note"]
    assert weekday_by_hour_table(cells).rows[23] == ("23:00", *["1,023"] * 7)


def test_cohorts_are_a_triangle_with_the_number_who_began():
    rows = [
        {"month": date(2025, 11, 1), "size": 40, "shares": [1.0, 0.5, 0.0]},
        {"month": date(2025, 12, 1), "size": 0, "shares": [None, None]},  # nobody began: no row
        {"month": date(2026, 1, 1), "size": 1200, "shares": [1.0]},
    ]
    spec = drawn(cohorts, rows)
    assert [(cell["row"], cell["column"], cell["step"], cell["shown"]) for cell in rows_of(spec, 0)] == [
        (0, 0, 7, "100"), (0, 1, 4, "50"), (0, 2, 0, "0"), (1, 0, 7, "100"), (1, 1, -1, ""), (1, 2, -1, ""),
    ]  # fmt: skip
    assert {"Nov 2025, 40", "Jan 2026, 1,200"} <= set(texts(spec))
    assert cohorts_table(rows).rows[2] == ("Jan 2026", "1,200", "100%", "–", "–")


def test_of_many_cohorts_the_last_two_years_are_drawn():
    rows = [
        {"month": date(2020 + number // 12, number % 12 + 1, 1), "size": 5, "shares": [1.0]} for number in range(60)
    ]
    told = texts(drawn(cohorts, rows))
    assert "Dec 2024, 5" in told
    assert "Jan 2023, 5" in told
    assert "Dec 2022, 5" not in told


def cell(segment, feature, share):
    return {"segment": segment, "feature": feature, "share": share}


def test_features_stand_from_the_most_adopted_and_none_is_a_dash():
    cells = [
        cell("Small", "API", 0.2),
        cell("Small", "Search", 0.9),
        cell("Large", "API", None),
        cell("Large", "Search", 1.0),
    ]
    spec = drawn(segment_by_feature, cells)
    assert [(each["row"], each["column"], each["shown"]) for each in rows_of(spec, 0)] == [
        (0, 0, "90"), (0, 1, "20"), (1, 0, "100"), (1, 1, "–"),
    ]  # fmt: skip
    assert {"Small", "Large", "Search", "API"} <= set(texts(spec))
    assert segment_by_feature_table(cells).rows[2] == ("Large", "API", "–")


@pytest.mark.parametrize("width", [340, 700])
def test_of_300_features_those_in_which_segments_differ_most_are_drawn(width):
    cells = [
        cell(segment, f"F{number}", share)
        for number in range(300)
        for segment, share in (("A", 0.5), ("B", number / 300))
    ]
    spec = drawn(segment_by_feature, cells, width=width)
    assert len(rows_of(spec, 0)) == 2 * 24
    assert "276 more features" in spec["usermeta"]["note"]
    assert len(segment_by_feature_table(cells).rows) == 600
