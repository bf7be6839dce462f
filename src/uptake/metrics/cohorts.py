"""Cohorts: of the people who began in a month, how many were there in each month since."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import month_span
from uptake.metrics.ratios import ratio
from uptake.metrics.windows import Windows

KEYS = ("customer_id", "as_of")
MOST_MONTHS = 60


def cohorts(facts: ir.Table, windows: Windows) -> ir.Table:
    """Visitors by calendar month of their first usage, and the share of them active in each calendar month since.

    Unit:   ratio 0–1 of the cohort.
    Out:    customer_id, as_of, cohort_month (its 1st), months_since (0: the first month; the as-of day's month may not
            be over), cohorts (the share), cohort_size, cohort_visitors; a row for each month up to that of the as-of
            day, at most 60. ``cohort_visitors_behind`` names them. Whatever the period, up to the as-of day.
    Absent: no row without usage that says who. A month's total counts for its month once that is complete.
    Source: docs/definitions.md#cohorts
    """
    rows = cohort_visitors_behind(facts, windows)
    firsts = rows.filter(rows.months_since == 0)
    sizes = firsts.group_by(*KEYS, "cohort_month", "began", "ends").agg(size=firsts.count())
    counted = rows.group_by(*KEYS, "began", "months_since").agg(there=rows.count())
    months = ibis.range(0, MOST_MONTHS).unnest().name("months_since").as_table()
    grid = sizes.join(months, months.months_since <= sizes.ends - sizes.began)
    grid = grid.mutate(months_since=grid.months_since.cast("int64"))
    grid = grid.left_join(counted, [*KEYS, "began", "months_since"]).select(*grid.columns, "there")
    there = grid.there.fill_null(0)
    return grid.select(
        *KEYS,
        "cohort_month",
        "months_since",
        cohort_size=grid.size,
        cohort_visitors=there,
        cohorts=ratio(there, grid.size),
    )


def cohort_visitors_behind(facts: ir.Table, windows: Windows) -> ir.Table:
    """The people behind ``cohorts``: customer_id, as_of, visitor_id, cohort_month, months_since, began, ends.

    One row per visitor and month in which the visitor was there; began and ends are the months of the first usage and
    of the as-of day, counted from year 0.
    """
    named = facts.filter(facts.visitor_id.notnull()).join(windows.customers.select("customer_id"), "customer_id")
    days = named.select("customer_id", "visitor_id", "day", is_month_total=named.grain == "month").distinct()
    days = month_span(days)
    spans = windows.spans.select("as_of", "as_of_number")
    rows = days.join(spans, days.day_number <= spans.as_of_number)
    rows = rows.mutate(month=_month(rows.day), ends=_month(rows.as_of))
    months = rows.select(*KEYS, "visitor_id", "month", "ends").distinct()
    began = months.month.min().over(ibis.window(group_by=[*KEYS, "visitor_id"]))
    months = months.mutate(began=began)
    year, place = months.began // 12, months.began % 12
    return months.select(
        *KEYS,
        "visitor_id",
        "began",
        "ends",
        cohort_month=ibis.date(year.cast("int32"), (place + 1).cast("int32"), 1),
        months_since=months.month - months.began,
    )


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
