"""Who was active: the visitors behind every number about people, and the sums that those numbers are made of."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import is_working_day, month_span
from uptake.metrics.windows import Windows, over, placed, within_reach


def visitors_behind(facts: ir.Table, windows: Windows) -> ir.Table:
    """The people behind ``active_visitors``: one row per customer, as-of day and visitor active in the window.

    Out: customer_id, as_of, visitor_id, uses (of features), active_days, expected_active_days (on working days),
         first_on, last_on (null where only a month's total names the visitor), has_month_totals.
    """
    people = _by_visitor(facts, windows)
    return people.filter(people.visitor_id.notnull()).select(
        "customer_id",
        "as_of",
        "visitor_id",
        "uses",
        "active_days",
        "expected_active_days",
        "first_on",
        "last_on",
        "has_month_totals",
    )


def activity(facts: ir.Table, windows: Windows) -> ir.Table:
    """What was counted in each window, and whether it was measured at all. The metrics choose from this table.

    Out: the columns of ``Windows.table`` and
         uses (of features, also those that name nobody), expected_uses (on working days),
         active_visitors (distinct), median_uses (over those active on a working day; where nobody was, over all),
         visitor_days (sum over days of distinct visitors), expected_visitor_days (over working days only),
         expected_visitors (distinct on working days).
    Absent: all null without history. Where nothing happened in the window: 0; but null where a month's total that
         reaches into the window leaves open whether something did, and for people where no usage up to the as-of day
         says who. Where there is usage in the window and none of it says who, people are null.
    """
    people = _by_visitor(facts, windows)
    # Whoever comes on days off only never lowers a score. A month's total does not say on which days somebody came.
    people = people.mutate(counts_for_depth=(people.expected_active_days > 0) | people.has_month_totals)
    named = people.visitor_id.notnull()
    counted = people.group_by("customer_id", "as_of").agg(
        uses=people.uses.sum(),
        expected_uses=people.expected_uses.sum(),
        active_visitors=people.visitor_id.count(),
        median_uses=ibis.ifelse(named & people.counts_for_depth, people.uses, ibis.null("int64")).median(),
        median_of_all=ibis.ifelse(named, people.uses, ibis.null("int64")).median(),
        visitor_days=people.active_days.sum(where=named),
        expected_visitor_days=people.expected_active_days.sum(where=named),
        expected_visitors=(named & (people.expected_active_days > 0)).sum(),
    )
    counted = counted.mutate(median_uses=counted.median_uses.coalesce(counted.median_of_all)).drop("median_of_all")
    rows = over(windows, counted)
    happened = rows.uses.notnull()
    silent = rows.days.notnull() & ~happened & ~rows.has_month_totals
    people_known = (happened & (rows.active_visitors > 0)) | (silent & rows.names_visitors)
    usage = {column: _absent_unless(happened | silent, rows[column]) for column in ("uses", "expected_uses")}
    who = {
        column: _absent_unless(people_known, rows[column])
        for column in (
            "active_visitors",
            "median_uses",
            "visitor_days",
            "expected_visitor_days",
            "expected_visitors",
        )
    }
    return rows.select(*windows.table.columns, **usage, **who)


def _absent_unless(measured: ir.BooleanValue, column: ir.NumericValue) -> ir.NumericValue:
    """Nothing counted is 0 where it was measured and null where it was not."""
    return ibis.ifelse(measured, column.fill_null(0), ibis.null(column.type()))


def _by_visitor(facts: ir.Table, windows: Windows) -> ir.Table:
    """One row per customer, as-of day and visitor, null for usage that names nobody."""
    days = within_reach(facts, windows)
    # Days first, windows after: a day lies in several windows, and there are far fewer days than facts.
    days = days.group_by("customer_id", "visitor_id", "day", is_month_total=days.grain == "month").agg(
        uses=ibis.ifelse(days.kind == "feature", days.uses, 0).sum()
    )
    days = month_span(days).join(windows.customers, "customer_id")
    days = days.mutate(is_expected=is_working_day(days.day_number, days.working_week) & ~days.is_month_total)
    days = placed(days, windows)
    return days.group_by("customer_id", "as_of", "visitor_id").agg(
        uses=days.uses.sum(),
        expected_uses=days.uses.sum(where=days.is_expected).fill_null(0),
        active_days=(~days.is_month_total).sum(),
        expected_active_days=days.is_expected.sum(),
        first_on=days.day.min(where=~days.is_month_total),
        last_on=days.day.max(where=~days.is_month_total),
        has_month_totals=days.is_month_total.any(),
    )
