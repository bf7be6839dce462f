"""The specs are drawn, by the library that draws them for PDF and mail."""

import gzip
import json
from datetime import date, timedelta

import pytest
import vl_convert

from uptake.charts.browser import bundle
from uptake.charts.look import PAGE, PRINT
from uptake.charts.weekly import average_by_week, score_by_week

DAYS = [date(2026, 6, 30) - timedelta(days=7 * back) for back in range(12, -1, -1)]


def averages(values):
    return [
        {"day": day, "average": value, "low": value - 10, "high": value + 12, "shown": f"{value:.0f}"}
        for day, value in zip(DAYS, values, strict=True)
    ]


def test_the_average_is_drawn_with_its_last_value_and_the_months():
    svg = vl_convert.vegalite_to_svg(average_by_week(averages(range(50, 63)), look=PRINT, width=480))
    assert "Average 62" in svg
    assert all(f">{month}<" in svg for month in ("Apr 2026", "May", "Jun"))
    assert PRINT.series[0] in svg


def test_a_customer_is_drawn_from_the_week_it_has_a_score():
    weeks = [
        {"day": day, "score": None if place < 5 else 40 + place, "peers": 55.0, "shown": f"{40 + place}"}
        for place, day in enumerate(DAYS)
    ]
    assert "Score 52" in vl_convert.vegalite_to_svg(score_by_week(weeks, look=PRINT, width=480))


def test_without_any_score_only_the_peers_are_drawn():
    weeks = [{"day": day, "score": None, "peers": 55.0, "shown": "–"} for day in DAYS]
    assert "Score" not in vl_convert.vegalite_to_svg(score_by_week(weeks, look=PRINT, width=480))


@pytest.mark.parametrize("values", [[0] * 13, [100] * 13])
def test_the_scale_stays_within_0_and_100(values):
    scale = average_by_week(averages(values))["layer"][1]["encoding"]["y"]["scale"]["domain"]
    assert 0 <= scale[0] < scale[1] <= 100


def test_pages_get_the_sheets_own_colours():
    spec = json.dumps(average_by_week(averages(range(50, 63)), look=PAGE))
    assert "var(--c1)" in spec
    assert "#1f5a9e" not in spec


def test_the_browsers_bundle_is_made_once(home):
    file = bundle(home)
    made = file.stat().st_mtime_ns
    assert b"vegaEmbed" in gzip.decompress(file.read_bytes())
    assert bundle(home).stat().st_mtime_ns == made
    assert [each.name for each in file.parent.iterdir()] == [file.name]
