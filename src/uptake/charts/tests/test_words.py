"""Figures as they are read, axes, and names that must not stand on one another."""

from datetime import date

import pytest

from uptake.charts.marks import apart, day_axis
from uptake.charts.words import brief, figure, percent, short, signed, steps, table, wrapped


@pytest.mark.parametrize(
    ("value", "whole", "on_a_mark", "in_a_column"),
    [
        (None, "–", "–", "–"),
        (0, "0", "0", "0"),
        (2.5, "3", "2.5", "3"),  # half up
        (-8.5, "−9", "−8.5", "−9"),
        (-0.2, "0", "−0.2", "0"),  # never −0
        (9_999, "9,999", "9,999", "9,999"),
        (9_999.6, "10,000", "10k", "10,000"),
        (12_345, "12,345", "12.3k", "12,345"),
        (99_999.7, "100,000", "100k", "100k"),
        (999_960, "999,960", "1M", "1M"),
        (1_234_567, "1,234,567", "1.2M", "1.2M"),
        (3e9, "3,000,000,000", "3B", "3B"),
        (-4.2e12, "−4,200,000,000,000", "−4.2T", "−4.2T"),
    ],
)
def test_figures(value, whole, on_a_mark, in_a_column):
    assert (figure(value), short(value), brief(value)) == (whole, on_a_mark, in_a_column)


def test_shares_and_changes():
    assert [percent(share) for share in (None, 0, 0.004, 0.005, 0.725, 1.0, -0.4)] == [
        "–", "0%", "<1%", "1%", "73%", "100%", "−40%",
    ]  # fmt: skip
    assert [signed(points) for points in (9.4, -8, 0.4, -0.4)] == ["+9", "−8", "stable", "stable"]


@pytest.mark.parametrize(
    ("low", "high", "whole", "ticks"),
    [
        (0, 147, True, [0, 50, 100, 150]),
        (0, 3, True, [0, 1, 2, 3]),
        (0, 1, True, [0, 1]),  # nobody is half there
        (-34, 125, True, [-50, 0, 50, 100, 150]),
        (0, 0.37, False, [0, 0.1, 0.2, 0.3, 0.4]),
        (0, 7e9, True, [0, 2e9, 4e9, 6e9, 8e9]),
        (5, 5, False, [4, 6]),
    ],
)
def test_axes_have_round_steps(low, high, whole, ticks):
    assert steps(low, high, whole=whole) == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("first", "count", "format_"),
    [
        (date(2026, 1, 27), 3, "%-d %b"),  # three days: each
        (date(2026, 1, 1), 4, "%-d %b"),  # a month: its Mondays
    ],
)
def test_short_times_are_named_by_day(first, count, format_):
    last = date(2026, 1, 29)
    axis = day_axis([first, last]).to_dict()
    assert len(axis["values"]) == count
    assert format_ in axis["labelExpr"]


def test_long_times_are_named_by_month_quarter_or_year():
    last = date(2026, 1, 29)
    with_its_beginning = [date(2025, 11, 15), last]  # 1 December leaves it room
    assert len(day_axis(with_its_beginning).to_dict()["values"]) == 3
    assert len(day_axis([date(2023, 6, 15), last]).to_dict()["values"]) == 11  # quarters
    assert len(day_axis([date(2016, 6, 15), last]).to_dict()["values"]) == 10  # years


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ([], []),
        ([50], [50]),
        ([50, 50, 50], [50, 65, 80]),
        ([10, 100, 101], [10, 100, 115]),
        ([199, 198, 190], [200, 185, 170]),  # pushed up from the edge, in their order
    ],
)
def test_names_stand_apart(places, found):
    assert apart(places, 15, 0, 200) == found


def test_sentences_break_between_words():
    assert wrapped("A fifth of the users", 8) == ["A fifth", "of the", "users"]
    assert wrapped("Unbreakablylong word", 8) == ["Unbreakablylong", "word"]


def test_a_table_knows_which_columns_hold_numbers():
    told = table("'Week from | Uses", [("1 Jan 2026", "7")])
    assert [(column.title, column.is_number) for column in told.columns] == [("Week from", False), ("Uses", True)]
    assert [text for _, text in told.cells[0]] == ["1 Jan 2026", "7"]
