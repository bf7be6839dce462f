"""Scores of one and of many, and how much hangs on few users."""

from datetime import date, timedelta

import pytest

from uptake.charts.gauge import score_gauge, score_gauge_table
from uptake.charts.look import PRINT
from uptake.charts.over_time import distribution_over_time, distribution_over_time_table, thinned
from uptake.charts.people import concentration, concentration_table
from uptake.charts.scores import distribution, distribution_table
from uptake.charts.tests.reading import marks_of, rows_of, texts, words
from uptake.charts.words import Caption

BANDS = {"excellent": 80, "good": 60, "fair": 40, "poor": 0}
CAPTION = Caption("A finding", "Score", date(2026, 1, 29))


def drawn(function, *rows, width=600):
    return function(*rows, caption=CAPTION, look=PRINT, width=width)


@pytest.mark.parametrize(
    ("score", "shown", "band", "angle"),
    [
        (72.0, "72", "Good", 39.6),
        (0.0, "0", "Poor", 270.0),
        (100.0, "100", "Excellent", 90.0),
        (59.96, "59.96", "Fair", 17.9),
    ],
)
def test_the_hand_points_at_the_score_and_the_band_has_its_name(score, shown, band, angle):
    spec = drawn(score_gauge, score, shown, BANDS)
    assert {shown, band} <= set(texts(spec))
    hand = spec["layer"][marks_of(spec, "point")[0]]["mark"]
    assert hand["angle"] == pytest.approx(angle, abs=0.1)
    assert {spec["layer"][number]["mark"]["color"] for number in marks_of(spec, "arc")} == set(PRINT.bands.values())


def test_without_a_score_the_gauge_is_grey_has_no_hand_and_says_why():
    spec = drawn(score_gauge, None, "under 14 days of history", BANDS)
    assert {"–", "under 14 days of history"} <= set(texts(spec))
    assert not marks_of(spec, "point")
    assert {spec["layer"][number]["mark"]["color"] for number in marks_of(spec, "arc")} == {PRINT.peer}
    assert score_gauge_table(None, "no history", BANDS).rows[0] == ("Score", "none: no history")


def test_customers_are_counted_by_five_points_in_the_colour_of_their_band():
    spec = drawn(distribution, [0.0, 39.99, 40.0, 79.9, 100.0, 97.0, None], BANDS)
    counted = {(row["low"] - 0.3, row["band"]): row["customers"] for row in rows_of(spec, 0) if row["customers"]}
    assert counted == pytest.approx(
        {(0, "poor"): 1, (35, "poor"): 1, (40, "fair"): 1, (75, "good"): 1, (95, "excellent"): 2}
    )
    assert spec["usermeta"]["note"] == "1 customer without a score is not drawn."
    assert {"Poor", "Excellent"} <= set(texts(spec))
    assert distribution_table([0.0, 100.0, 97.0, None], BANDS).rows == [
        ("0 to under 5", "Poor", "1"), ("95 to 100", "Excellent", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize("width", [340, 720])
def test_thousands_of_customers_fit(width):
    spec = drawn(distribution, [float(number % 101) for number in range(20_000)], BANDS, width=width)
    found = words(spec, width)
    assert {"7,922", "4,158"} <= {word.text for word in found}  # 198 times 40 scores and 2; 198 times 21
    assert all(word.right < width + 7 for word in found)


def spread_of(*days):
    return [
        {"day": date(2026, 1, 29) - timedelta(days=30 * back), "scores": scores}
        for back, scores in zip(range(len(days) - 1, -1, -1), days, strict=True)
    ]


def test_a_ridge_for_each_day_with_its_median():
    spec = drawn(distribution_over_time, spread_of([50.0, None, 52.0], [], [60.0, 70.0, 90.0]))
    assert {"51", "70", "30 Nov 2025", "29 Jan 2026", "Median"} <= set(texts(spec))
    assert "30 Dec" not in texts(spec)  # nobody had a score
    last = rows_of(spec, marks_of(spec, "area")[-1])
    assert max(last, key=lambda row: row["base"] - row["y"])["score"] in (62.5, 72.5, 92.5)
    assert spec["layer"][marks_of(spec, "area")[-1]]["mark"]["color"] == PRINT.series[0]


def test_the_table_over_time_counts_by_fifths_of_the_scale():
    rows = distribution_over_time_table(spread_of([0.0, 19.99, 20.0, 80.0, 100.0], [])).rows
    assert rows == [("30 Dec 2025", "20", "2", "1", "0", "0", "2"), ("29 Jan 2026", "–", "0", "0", "0", "0", "0")]


def test_many_days_are_thinned_evenly_and_the_last_one_stays():
    days = spread_of(*[[50.0]] * 30)
    assert [day["day"] for day in thinned(days, 13)] == [day["day"] for day in days[2::3]]
    assert len([text for text in texts(drawn(distribution_over_time, days)) if text == "50"]) == 10


def test_the_first_users_that_make_four_fifths_are_named():
    spec = drawn(concentration, [(1, 0.5), (2, 0.8), (3, 0.95), (4, 1.0)])
    assert "2 users, 80% of all use" in texts(spec)
    assert [row["share"] for row in rows_of(spec, 1)] == [0, 0.5, 0.8, 0.95, 1.0]
    assert concentration_table([(1, 0.5), (2, 1.0)]).rows == [("1", "50%"), ("2", "100%")]


def test_one_user_is_all_the_use():
    assert "1 user, 100% of all use" in texts(drawn(concentration, [(1, 1.0)], width=340), 340)


def test_ten_thousand_users_are_one_line():
    spec = drawn(concentration, [(number, number / 10_000) for number in range(1, 10_001)])
    assert "8,000 users, 80% of all use" in texts(spec)
    assert "10k" in texts(spec)
