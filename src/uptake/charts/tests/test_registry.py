"""What holds for every chart: it is drawn in light and dark, nothing is cut off, and a table says the same."""

import json
import struct
from dataclasses import replace
from datetime import date

import altair as alt
import pytest
from altair.utils.schemapi import debug_mode

from uptake.charts import drawing
from uptake.charts.look import DARK, PAGE, PRINT
from uptake.charts.registry import BY_NAME, CHARTS
from uptake.charts.tests.reading import size, words
from uptake.charts.words import Caption

each_chart = pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)


def example(chart, look=PRINT, width=688):
    rows = chart.example()
    return chart.draw(*rows.rows, caption=rows.caption, look=look, width=width)


@each_chart
def test_a_spec_is_one_that_altair_would_write(chart):
    with debug_mode(True):
        read = alt.LayerChart.from_dict(example(chart, PAGE, "container"), validate=True)
        assert read.to_dict(validate=True)["height"] == example(chart)["height"]


@each_chart
@pytest.mark.parametrize("width", [340, 720])
def test_nothing_is_cut_off(chart, width):
    spec = example(chart, width=width)
    assert size(spec, width)[0] == width
    high = size(spec, width)[1]
    for word in words(spec, width):
        if word.is_turned:
            continue
        assert word.left > -7, word  # letters are counted as of one width: a few pixels are within that
        assert word.right < width + 7, word
        assert 0 < word.y < high + 1, word


@each_chart
@pytest.mark.parametrize(("look", "other"), [(PRINT, DARK), (DARK, PRINT)], ids=["light", "dark"])
def test_light_and_dark_have_their_own_colours_in_the_same_drawing(chart, look, other):
    svg = drawing.svg(example(chart, look))
    assert look.ink_3 in svg or look.ink in svg
    assert other.ink not in svg
    assert other.ink_3 not in svg
    assert [word.text for word in words(example(chart, look), 688)] == [
        word.text for word in words(example(chart, other), 688)
    ]


@each_chart
def test_pages_get_the_sheets_variables_and_no_colour_of_their_own(chart):
    spec = json.dumps(example(chart, PAGE, "container"))
    assert "var(--" in spec
    assert PRINT.series[0] not in spec
    assert PRINT.ink not in spec
    with pytest.raises(ValueError, match="hex values"):
        drawing.svg(json.loads(spec))


@each_chart
def test_whoever_cannot_see_it_hears_finding_unit_and_day(chart):
    caption = chart.example().caption
    drawn = chart.drawn(*chart.example().rows, caption=caption)
    assert drawn.spec["description"].startswith(f"{caption.finding}. {caption.unit}, as of 29 Jan 2026.")
    assert drawn.note in drawn.spec["description"]


@each_chart
def test_the_table_has_a_cell_for_each_column(chart):
    told = chart.tell(*chart.example().rows)
    assert len(told.rows) > 1
    assert {len(row) for row in told.rows} == {len(told.columns)}
    assert all(text and isinstance(text, str) for row in told.rows for text in row)
    assert "None" not in str(told.rows)


EMPTY = {  # what each chart says of nothing at all, and of rows that hold nothing
    "score_by_week": ([[]], "No week has a score yet."),
    "active_users": ([[]], "Nobody was active in this period."),
    "user_statuses": ([[]], "Nobody has used the product yet."),
    "lifecycle_by_week": ([[]], "No week has users yet."),
    "entitlements": ([[]], "The contract names no entitlement."),
    "feature_reach": ([[]], "No feature was used in this period."),
    "funnel": ([[]], "Nobody was active in this period."),
    "weekday_by_hour": ([[[0] * 24] * 7], "No use in this period says at which hour it was."),
    "uses_by_week": ([[]], "No week has any use yet."),
    "growth_with_milestones": ([[], []], "No week has any use yet."),
    "peers_spread": ([[]], "There is nothing to compare with yet."),
    "cohorts": ([[]], "Nobody has used the product yet."),
    "concentration": ([[]], "Nobody was active in this period."),
    "average_by_week": ([[]], "No week has a score yet."),
    "distribution": ([[], {"good": 60, "poor": 0}], "No customer has a score yet."),
    "distribution_over_time": ([[]], "No customer had a score on these days."),
    "movers": ([[], date(2026, 1, 1), date(2026, 1, 29)], "No customer has a score on both days."),
    "segment_by_feature": ([[]], "No feature is available to anybody here."),
}


@pytest.mark.parametrize("name", EMPTY)
def test_without_rows_the_drawing_says_why_it_is_empty(name):
    rows, sentence = EMPTY[name]
    chart = BY_NAME[name]
    spec = chart.draw(*rows, caption=Caption("Nothing yet", "Users"), look=PRINT, width=340)
    assert [word.text for word in words(spec, 340)] == [sentence]
    assert chart.tell(*rows).columns


def test_every_chart_is_tried_empty_but_the_gauge_which_has_its_own_words():
    assert set(EMPTY) == set(BY_NAME) - {"score_gauge"}
    assert len(BY_NAME) == len(CHARTS)


def test_a_picture_carries_its_caption_and_note_where_no_words_stand_around_it():
    chart = BY_NAME["concentration"]
    caption = replace(chart.example().caption, finding="A fifth of the users makes 80% of the use & <more>")
    spec = chart.draw(*chart.example().rows, caption=caption, look=PRINT, width=308)
    told = [word.text for word in words(drawing.captioned(spec, caption, width=308), 308)]
    for sentence in (caption.finding, caption.below, "Thin line: if all used alike."):
        assert set(sentence.split()) <= set(" ".join(told).split())
    assert max(map(len, told)) < 56


def test_a_png_is_framed_in_paper_and_twice_as_dense():
    png = drawing.png(example(BY_NAME["funnel"], width=300))
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", png[16:20])[0] == 2 * (300 + 2 * drawing.AIR)
