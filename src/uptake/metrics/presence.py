"""Presence: how lately, and how regularly, a customer's people come."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import day_number, working_days_up_to
from uptake.metrics.ratios import ratio
from uptake.metrics.visitors import activity
from uptake.metrics.windows import Windows

STICKINESS_DAYS = 30  # whatever the period asked for


def recency(windows: Windows) -> ir.Table:
    """Share of the window's expected days that have passed since the customer was last active, at most 1.

    Unit:   ratio 0–1; 0 = active on the last expected day, 1 = on none of the window's expected days.
    Out:    customer_id, as_of, recency, quiet_days (expected days after the last active day, up to the as-of day),
            expected_days, last_active_on, days_since_active (calendar days).
    Absent: null without history, in a window without expected days, and where the newest usage is a month's total
            that reaches into the window: it does not say on which day.
    Source: docs/definitions.md#recency
    """
    rows = windows.table
    last = ibis.greatest(rows.last_dated_on, rows.last_month_on)
    untold = rows.has_month_totals & ((rows.last_month_on > rows.last_dated_on).fill_null(True))
    last = ibis.ifelse(untold, ibis.null("date"), last)
    number, today = day_number(last), day_number(rows.as_of)
    quiet = working_days_up_to(today, rows.working_week) - working_days_up_to(number, rows.working_week)
    share = ratio(quiet, rows.expected_days)
    return rows.select(
        "customer_id",
        "as_of",
        "expected_days",
        recency=ibis.ifelse(share > 1, 1.0, share),
        quiet_days=quiet,
        last_active_on=last,
        days_since_active=today - number,
    )


def dau(facts: ir.Table, windows: Windows) -> ir.Table:
    """Daily active visitors: mean over the window's expected days of the day's distinct visitors.

    Unit:   people.
    Out:    customer_id, as_of, dau, expected_visitor_days (sum of the days' visitors), expected_days.
    Absent: as active_visitors; null too where a month's total reaches into the window.
    Source: docs/definitions.md#dau
    """
    rows = activity(facts, windows)
    mean = ratio(rows.expected_visitor_days, rows.expected_days)
    return rows.select(
        "customer_id",
        "as_of",
        "expected_visitor_days",
        "expected_days",
        dau=_unless_month_totals(rows, mean),
    )


def stickiness(facts: ir.Table, windows: Windows) -> ir.Table:
    """Daily active visitors over the distinct visitors of the same expected days, always of the last 30 days.

    Unit:   ratio 0–1; 0.25 = of those who come, a quarter is there on a working day.
    Out:    customer_id, as_of, stickiness, dau, sticky_visitors (distinct on expected days), sticky_visitor_days (sum
            of the days' visitors), sticky_days (expected days). A young customer's 30 days start on its first day.
    Absent: null without history, where no usage says who, and where a month's total reaches into the 30 days; 0 with
            history and nobody on an expected day.
    Source: docs/definitions.md#stickiness
    """
    rows = activity(facts, windows.of(STICKINESS_DAYS))
    mean = ratio(rows.expected_visitor_days, rows.expected_days)
    share = ibis.ifelse(rows.expected_visitors == 0, 0.0, ratio(mean, rows.expected_visitors))
    # Without an expected day in the window there is nothing to be regular on.
    share = ibis.ifelse(rows.expected_days > 0, share, ibis.null("float64"))
    return rows.select(
        "customer_id",
        "as_of",
        stickiness=_unless_month_totals(rows, share),
        dau=_unless_month_totals(rows, mean),
        sticky_visitors=_unless_month_totals(rows, rows.expected_visitors),
        sticky_visitor_days=_unless_month_totals(rows, rows.expected_visitor_days),
        sticky_days=rows.expected_days,
    )


def calendar_stickiness(facts: ir.Table, windows: Windows) -> ir.Table:
    """Stickiness over all of the last 30 calendar days, weekends like any other: the number that Pendo shows.

    Unit:   ratio 0–1.
    Out:    customer_id, as_of, calendar_stickiness, visitor_days, active_visitors, days.
    Absent: as stickiness.
    Source: docs/definitions.md#calendar_stickiness
    """
    rows = activity(facts, windows.of(STICKINESS_DAYS))
    mean = ratio(rows.visitor_days, rows.days)
    share = ibis.ifelse(rows.active_visitors == 0, 0.0, ratio(mean, rows.active_visitors))
    return rows.select(
        "customer_id",
        "as_of",
        "visitor_days",
        "active_visitors",
        "days",
        calendar_stickiness=_unless_month_totals(rows, share),
    )


def _unless_month_totals(rows: ir.Table, value: ir.NumericValue) -> ir.NumericValue:
    """A month's total does not say on which days its visitors came."""
    return ibis.ifelse(rows.has_month_totals, ibis.null(value.type()), value)
