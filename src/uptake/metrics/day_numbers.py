"""Days as numbers, so that every engine does the same arithmetic on them, and the customer's working week.

Day 0 is Monday, 1 January 1900. A working week is seven characters, Monday first: ``1111100``.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

DAY_ZERO = date(1900, 1, 1)  # a Monday


def number_of(day: date) -> int:
    """The number of a day that is known here."""
    return (day - DAY_ZERO).days


def day_number(day: ir.DateValue) -> ir.IntegerValue:
    """The number of a day in a column."""
    return day.delta(ibis.date(DAY_ZERO), unit="day")


def days_before(day: ir.DateValue, days: int) -> ir.DateValue:
    """The day so many days earlier. A day less an interval is an instant on DuckDB, which takes the way over one."""
    return (day - ibis.interval(days=days)).cast("timestamp").date() if days else day


def is_working_day(number: ir.IntegerValue, working_week: ir.StringValue) -> ir.BooleanValue:
    """Whether the day falls in the working week."""
    return working_week.substr(number % 7, 1) == "1"


def working_days_up_to(number: ir.IntegerValue, working_week: ir.StringValue) -> ir.IntegerValue:
    """Working days from day 0 up to this day, both in. The count over a span is a difference of two of these."""
    whole_weeks = _ones(working_week) * (number // 7)
    return whole_weeks + _ones(working_week.substr(0, number % 7 + 1))


def _ones(text: ir.StringValue) -> ir.IntegerValue:
    return text.replace("0", "").length().cast("int64")


def month_span(rows: ir.Table) -> ir.Table:
    """Give each row the days it stands for: ``from_day`` to ``day``, and ``day_number`` of the latter.

    In:  rows with day and is_month_total.
    Out: a month's total (recorded on any day of its month) stands for the whole month and counts on its last day, when
         it is complete; every other row stands for its own day.
    """
    year, month = rows.day.year(), rows.day.month()
    month_start = ibis.date(year, month, 1)
    next_month = ibis.date(ibis.ifelse(month == 12, year + 1, year), ibis.ifelse(month == 12, 1, month + 1), 1)
    month_end = ibis.date(year, month, (day_number(next_month) - day_number(month_start)).cast("int32"))
    rows = rows.mutate(
        from_day=ibis.ifelse(rows.is_month_total, month_start, rows.day),
        day=ibis.ifelse(rows.is_month_total, month_end, rows.day),
    )
    return rows.mutate(day_number=day_number(rows.day))
