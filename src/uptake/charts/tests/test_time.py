"""Charts over time: what is drawn of each day and week."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from uptake.charts.active_users import active_users, active_users_table
from uptake.charts.growth import (
    growth_with_milestones,
    growth_with_milestones_table,
    uses_by_week,
    uses_by_week_table,
)
from uptake.charts.lifecycle import lifecycle_by_week, lifecycle_by_week_table
from uptake.charts.look import PRINT
from uptake.charts.marks import moment
from uptake.charts.tests.reading import marks_of, rows_of, size, texts, words
from uptake.charts.weekly import score_by_week, score_by_week_table
from uptake.charts.words import Caption

LAST = date(2026, 1, 29)  # a Thursday
CAPTION = Caption("More people", "Users", LAST)


def days(*values, incomplete=0):
    """A row a day up to the last one: DAU, and ten times as much as WAU and MAU."""
    found = []
    for back, value in zip(range(len(values) - 1, -1, -1), values, strict=True):
        day = LAST - timedelta(days=back)
        many = None if value is None else 10 * value
        found.append({"day": day, "dau": value, "wau": many, "mau": many, "is_complete": back >= incomplete,
                      "is_weekend": day.weekday() >= 5})  # fmt: skip
    return found


def weeks(**columns):
    """A row a week up to the last day."""
    length = len(next(iter(columns.values())))
    return [
        {
            "week_start": LAST - timedelta(days=7 * back + 6),
            "week_end": LAST - timedelta(days=7 * back),
            "is_whole": True,
            **{name: values[length - 1 - back] for name, values in columns.items()},
        }
        for back in range(length - 1, -1, -1)
    ]


def drawn(function, *rows, **more):
    return function(*rows, caption=CAPTION, look=PRINT, width=600, **more)


def test_single_days_are_bars_and_their_line_leaves_weekends_out():
    spec = drawn(active_users, days(40, 5, 6, 42, 44, 45))  # Sat 24 to Thu 29: weekend first? no: Sat is the first
    bars = rows_of(spec, 0)
    assert [(row["dau"], row["open"]) for row in bars] == [
        (40, True), (5, True), (6, False), (42, False), (44, False), (45, False),
    ]  # fmt: skip
    dau = [row for number in marks_of(spec, "line") for row in rows_of(spec, number) if "dau" in row]
    assert [row["dau"] for row in dau] == [6, 42, 44, 45]
    assert {"DAU 45", "WAU 450", "MAU 450"} <= set(texts(spec))


def test_a_day_that_is_not_over_is_dashed_and_not_the_value_named():
    spec = drawn(active_users, days(42, 44, 10, incomplete=1))
    dashed = [number for number in marks_of(spec, "line") if spec["layer"][number]["mark"].get("strokeDash")]
    assert [
        [row["dau"] for row in rows_of(spec, number)] for number in dashed if "dau" in rows_of(spec, number)[0]
    ] == [[44, 10]]
    assert "DAU 44" in texts(spec)
    assert active_users_table(days(42, 44, 10, incomplete=1)).rows[-1] == (
        "Thu 29 Jan 2026, not over yet", "10", "100", "100",
    )  # fmt: skip


def test_days_without_a_number_are_gaps_not_zeros():
    rows = rows_of(drawn(active_users, days(42, None, 44)), 0)
    assert [row["dau"] for row in rows] == [42, 44]
    assert active_users_table(days(42, None, 44)).rows[1][1:] == ("–", "–", "–")


@pytest.mark.parametrize("values", [[5], [0, 0, 0], [1] * 800, [12_345_678] * 40])
def test_one_day_no_users_two_years_and_millions_are_drawn_with_their_names(values):
    spec = drawn(active_users, days(*values))
    told = {word.text: word for word in words(spec, 600)}
    shown = {5: "5", 0: "0", 1: "1", 12_345_678: "12.3M"}[values[0]]
    assert f"DAU {shown}" in told
    ends = sorted(word.y for text, word in told.items() if text[:4] in ("DAU ", "WAU ", "MAU "))
    assert all(below - above >= 14.9 for above, below in pairwise(ends))


def test_the_pieces_of_a_week_stand_on_one_another_and_dormant_below_zero():
    spec = drawn(lifecycle_by_week, weeks(new=[2, 3], returning=[10, 20], resurrected=[1, 0], dormant=[4, None]))
    assert [(row["place"], row["low"], row["high"]) for row in rows_of(spec, 0)] == [
        (0, 0, 10), (1, 10, 11), (2, 11, 13), (0, 0, 20), (2, 20, 23),
    ]  # fmt: skip
    assert [(row["low"], row["high"]) for row in rows_of(spec, 1)] == [(-4, 0)]
    assert {"New 3", "Returning 20", "Resurrected 0", "Dormant –"} <= set(texts(spec))
    assert "−5" not in texts(spec)  # below the line people are counted as well


def test_the_table_of_the_lifecycle_keeps_none_apart_from_0():
    rows = lifecycle_by_week_table(weeks(new=[None], returning=[0], resurrected=[1_000_000], dormant=[3])).rows
    assert rows == [("23 Jan 2026", "–", "0", "1,000,000", "3")]


def test_weeks_are_bars_and_one_that_is_not_whole_is_an_outline():
    some = weeks(uses=[900, 2200, None, 4428])
    some[0]["is_whole"] = False
    spec = drawn(uses_by_week, some)
    assert [(row["uses"], row["open"]) for row in rows_of(spec, 0)] == [(900, True), (2200, False), (4428, False)]
    assert "4,428" in texts(spec)
    assert uses_by_week_table(some).rows[0] == ("2 Jan 2026, part of a week", "900")
    assert uses_by_week_table(some).rows[2] == ("16 Jan 2026", "–")


def test_weeks_without_use_are_zeros():
    assert "0" in texts(drawn(uses_by_week, weeks(uses=[0, 0, 0])))


def test_milestones_are_numbered_in_the_order_of_their_days():
    notes = [{"on": LAST, "words": "Most uses in a week"}, {"on": date(2026, 1, 9), "words": "First API use"}]
    spec = drawn(growth_with_milestones, weeks(uses=[1, 2, 3]), notes)
    told = texts(spec)
    assert [told.index("9 Jan: First API use") < told.index("29 Jan: Most uses in a week")] == [True]
    assert told.count("1") >= 2  # in its disc and before its words
    assert growth_with_milestones_table(weeks(uses=[1, 2, 3]), notes).rows[-1] == (
        "23 Jan 2026", "3", "29 Jan: Most uses in a week",
    )  # fmt: skip


def test_many_milestones_of_few_days_stand_above_one_another_and_the_oldest_wait_in_the_table():
    notes = [{"on": LAST - timedelta(days=back), "words": f"Milestone {back} " + "x" * 90} for back in range(12)]
    spec = drawn(growth_with_milestones, weeks(uses=range(1, 53)), notes)
    rules = next(number for number in marks_of(spec, "point") if "number" in rows_of(spec, number)[0])
    assert len({row["y"] for row in rows_of(spec, rules)}) == 9
    assert spec["usermeta"]["note"] == "3 earlier notes in the table."
    assert all(word.right < 607 for word in words(spec, 600))
    outside = [{"on": date(2020, 1, 1), "words": "Long before"}]
    assert "usermeta" not in drawn(growth_with_milestones, weeks(uses=[1]), outside)


def test_a_score_between_weeks_without_is_a_dot():
    rows = [
        {"day": LAST - timedelta(days=7 * back), "score": score, "peers": None, "shown": f"{score}"}
        for back, score in zip((3, 2, 1, 0), (50.0, None, 60.0, 61.0), strict=True)
    ]
    spec = score_by_week(rows, caption=CAPTION, look=PRINT, width=600)
    small = [number for number in marks_of(spec, "point") if spec["layer"][number]["mark"]["size"] < 30]
    assert [[row["score"] for row in rows_of(spec, number)] for number in small] == [[50.0]]
    assert "Score 61.0" in texts(spec)
    assert "Peers’ median" not in texts(spec)
    assert score_by_week_table(rows).rows[1] == ("15 Jan 2026", "–", "–")


def test_a_day_is_the_same_day_in_every_zone():
    assert moment(date(1970, 1, 2)) == 1
    assert moment(date(2026, 1, 29), 12) == 20482.5
    assert size(drawn(uses_by_week, weeks(uses=[1, 2])), 600)[0] == 600
