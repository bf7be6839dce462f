"""Answers are kept as JSON and come back the same."""

import json

import pytest

from uptake.chat import answers
from uptake.chat.answers import (
    Answer,
    Button,
    Buttons,
    Cell,
    Change,
    Changes,
    Column,
    Confirm,
    FeatureShare,
    FeatureShares,
    Heat,
    HeatRow,
    Item,
    Items,
    Lines,
    Note,
    Point,
    Series,
    Stat,
    Stats,
    Table,
    Text,
)

ONE_OF_EACH = (
    Text("<b>not markup</b>"),
    Stats((Stat("Average", "62", "of 100", "+4", "good", "/portfolio/"),)),
    Table("Leaders", (Column("Customer", "name"),), ((Cell("Acme", values=(1.0, None)),),), "All 5", "/portfolio/"),
    FeatureShares("Features", "%", (FeatureShare("Search", None, 0, 0, ""),)),
    Heat("Finding", "%", ("Search",), (HeatRow("Acme", (0.5, None)),)),
    Lines("Score", "0–100", (Series("Acme", (Point("2026-06-30", None),)),)),
    Changes("Health", (Change("Acme", "–", "62", "first"),)),
    Items("Insights", (Item("Finding", steps=("one", "two")),)),
    Buttons((Button("Do", "several", {"steps": [["update_health", {"customers": [1]}]]}),)),
    Confirm("Sure?", "create_tasks", {"customers": [1, 2]}),
    Note("By the way"),
)


def test_every_part_survives_json():
    assert {type(part) for part in ONE_OF_EACH} == set(answers.PARTS.values())
    answer = Answer("Finding", ONE_OF_EACH)
    assert Answer.from_json(json.loads(json.dumps(answer.to_json()))) == answer
    assert answer.confirm == ONE_OF_EACH[-2]


def test_unknown_keys_of_another_version_are_left_out():
    assert answers.part_from_json({"part": "text", "text": "a", "colour": "red"}) == Text("a")


@pytest.mark.parametrize(
    ("score", "text"), [(None, "–"), (0.0, "0"), (61.5, "62"), (79.6, "79.6"), (80.0, "80"), (99.99, "100")]
)
def test_scores_never_seem_to_be_of_the_next_band(score, text):
    assert answers.score_text(score) == text


@pytest.mark.parametrize(
    ("points", "text", "way"), [(None, "–", ""), (0.4, "stable", "flat"), (-0.5, "−1", "down"), (5.2, "+5", "up")]
)
def test_changes_have_a_sign_and_a_way(points, text, way):
    assert answers.change_text(points) == text
    assert answers.change_way(points) == way


def test_lists_of_names_stay_short():
    assert answers.listed(["A"]) == "A"
    assert answers.listed(["A", "B", "C"]) == "A, B and C"
    assert answers.listed(list("ABCDEFG"), 3) == "A, B, C and 4 others"
    assert answers.listed([]) == "nobody"


def test_ratios_say_the_share_where_the_whole_is_known():
    assert answers.ratio_cell(145, 200) == Cell("145", "/200", "73%", 0.725)
    assert answers.ratio_cell(5, None).text == "5"
    assert answers.ratio_cell(None, 10).text == "–"


def test_a_button_that_leads_nowhere_is_left_out():
    assert Buttons((Button("There"), Button("Here", href="/portfolio/"))).buttons == (
        Button("Here", href="/portfolio/"),
    )
