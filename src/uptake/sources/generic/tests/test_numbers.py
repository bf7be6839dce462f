"""Decimal signs, thousands, units of time: a wrong factor is the worst bug."""

import pytest

from uptake.sources.generic.tests.reading_a_table import converted, questions, read, read_with_file
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import csv_table, rows


def table_of(header: str, *values: str, beside: str = "", beside_values: tuple[str, ...] = ()) -> str:
    lines = [f"Customer,Feature,Date,{header}" + (f",{beside}" if beside else "")]
    for n, value in enumerate(values):
        extra = f',"{beside_values[n]}"' if beside else ""
        lines.append(f'acme,export,2025-08-{n + 1:02d},"{value}"{extra}')
    return "\n".join(lines) + "\n"


COUNTS = {
    "plain": (("7", "12"), [7, 12]),
    "thousands with comma": (("1,234", "12"), [1234, 12]),
    "thousands with dot": (("1.234", "12"), [1234, 12]),
    "millions": (("1.234.567", "12"), [1234567, 12]),
    "thousands with space": (("1 234", "12"), [1234, 12]),
    "thousands with narrow space": (("1\u202f234", "12"), [1234, 12]),
    "swiss": (("1'234", "12"), [1234, 12]),
    "written by pandas": (("7.0", "12.0"), [7, 12]),
}


@pytest.mark.parametrize("spelling", COUNTS)
def test_counts(tmp_path, spelling):
    values, meant = COUNTS[spelling]
    text = table_of("Uses", *values)
    assert read(tmp_path, text).questions == ()
    assert [row.count for row in converted(tmp_path, text)] == meant


LENGTHS = {
    "seconds": ("Duration (sec)", ("90", "30"), [90, 30]),
    "minutes": ("Dauer (Min.)", ("1.5", "2"), [90, 120]),
    "minutes, decimal comma": ("Durée (min)", ("1,5", "2"), [90, 120]),
    "hours": ("duration_hours", ("0.25", "1"), [900, 3600]),
    "hours, decimal comma": ("Duración (horas)", ("0,25", "1"), [900, 3600]),
    "milliseconds": ("duration_ms", ("90000", "2000"), [90, 2]),
    "clock": ("Time spent", ("00:01:30", "01:00:00"), [90, 3600]),
    "comma and thousands": ("Minuten", ("1.234,5", "2"), [74070, 120]),
    "point and thousands": ("Minutes", ("1,234.5", "2"), [74070, 120]),
}


@pytest.mark.parametrize("unit", LENGTHS)
def test_durations_become_seconds(tmp_path, unit):
    header, values, meant = LENGTHS[unit]
    text = table_of(header, *values)
    reading = read(tmp_path, text)
    assert (reading.questions, reading.mapping["duration"]) == ((), header)
    assert [row.seconds for row in converted(tmp_path, text)] == meant


def test_a_duration_without_a_unit_is_asked_about(tmp_path):
    text = table_of("Duration", "90", "30")
    reading = read(tmp_path, text)
    assert questions(reading) == {"duration": "Duration in seconds"}
    assert [row.seconds for row in rows(csv_table(tmp_path, text), reading)] == [90, 30]
    answered = converted(tmp_path, text, Answers(columns={"duration": "Duration in minutes"}))
    assert [row.seconds for row in answered] == [5400, 1800]


def test_a_clock_of_two_parts_is_not_guessed(tmp_path):
    text = table_of("Dauer", "1:30", "2:00")
    reading = read(tmp_path, text)
    assert reading.duration_seconds == "NULL"
    assert any("minutes:seconds" in warning for warning in reading.warnings)
    answered = converted(tmp_path, text, Answers(columns={"duration": "Dauer in minutes:seconds"}))
    assert [row.seconds for row in answered] == [90, 120]
    answered = converted(tmp_path, text, Answers(columns={"duration": "Dauer in hours:minutes"}))
    assert [row.seconds for row in answered] == [5400, 7200]


def test_words_for_nothing_are_no_duration_and_no_error(tmp_path):
    text = table_of("Minutes", "2", "N/A", "3", "4", "5", "many")
    # “many” stays text, so that the import can set the row aside
    assert "N/A" not in read(tmp_path, text).duration_seconds
    assert [row.seconds for row in converted(tmp_path, text)] == [120, None, 180, 240, 300, None]


def test_a_count_column_without_numbers_is_not_passed_over(tmp_path):
    text = table_of("Uses", "seven", "twelve")
    assert questions(read(tmp_path, text)) == {"count": None}
    assert "seven" in read(tmp_path, text).questions[0].sentence
    assert [row.count for row in converted(tmp_path, text, Answers(columns={"count": "@none"}))] == [1, 1]


def test_an_undecided_decimal_sign_is_asked(tmp_path):
    # All values have the sign: 1.234 may be a count of a thousand or a decimal with three places
    text = table_of("Uses", "1.234", "5.678")
    assert questions(read(tmp_path, text)) == {"decimal": None}
    assert [r.count for r in converted(tmp_path, text, Answers(decimal=","))] == [1234, 5678]
    # With a decimal point the counts would be fractions; they are given on as they are, and set aside there
    assert "1234" not in str(read(tmp_path, text, Answers(decimal=".")).event_count)


def test_thousands_of_a_duration_are_asked_even_beside_small_numbers(tmp_path):
    assert questions(read(tmp_path, table_of("Minutes", "1.234", "12"))) == {"decimal": None}


def test_another_column_of_the_sheet_settles_the_sign(tmp_path):
    text = table_of("Uses", "1.234", "5.678", beside="Minutes", beside_values=("1,5", "2"))
    assert read(tmp_path, text).questions == ()
    assert [(row.count, row.seconds) for row in converted(tmp_path, text)] == [(1234, 90), (5678, 120)]


def test_a_value_outside_the_sample_settles_the_sign(tmp_path):
    lines = ["Customer,User,Feature,Date,Uses"]
    lines += [f'acme,u{n},export,2025-08-05,"1.234"' for n in range(2500)]
    table = csv_table(tmp_path, "\n".join([*lines, 'acme,v,export,2025-08-05,"12"']))
    reading = read_with_file(table)
    assert reading.questions == ()
    assert {row.count for row in rows(table, reading)} == {1234, 12}


def test_a_number_in_another_spelling_is_left_for_the_import_to_refuse(tmp_path):
    text = table_of("Uses", "1,234", "12", "3")
    reading = read(tmp_path, text)
    odd = rows(csv_table(tmp_path, text + 'acme,export,2025-08-09,"a lot"\n'), reading)
    assert [row.count for row in odd] == [1234, 12, 3, None]
