"""The period of every customer on every as-of day: when it starts, how many days, weeks and expected days it has.

All as-of days are worked out together, so a year of weekly history is one query. A window's place in time does not
depend on the customer (nothing lies before a customer's first day), so facts are put into windows by a plain join on
the day; the customer's own clipped first day only enters the lengths.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import ibis
import ibis.expr.types as ir

from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.metrics.day_numbers import day_number, days_before, month_span, number_of, working_days_up_to

SHORTEST_WITH_MONTH_TOTALS = 28  # a month's uses say nothing about a period shorter than any month


class BadWindow(ProductError):
    """The days asked for cannot be scored."""


@dataclass(frozen=True)
class Windows:
    """The same period, ending on each as-of day, for every customer. Make it with ``windows``."""

    customers: ir.Table  # customer_id, working_week (never null)
    active_days: ir.Table  # per customer and day with counted usage: from_day, day, is_month_total, names_visitors
    as_of: tuple[date, ...]  # ascending, each once; empty with ``span_rows``
    days: int | None  # nominal length; None: everything up to the as-of day
    shift: int = 0  # how many days before the as-of day the window ends
    span_rows: ir.Table | None = None  # the as-of days as a table (as_of, each once): no day stands in the SQL

    def of(self, days: int | None) -> "Windows":
        """Windows of another length on the same as-of days, whatever the period asked for."""
        return replace(self, days=days, shift=0)

    def previous(self) -> "Windows":
        """The windows of the same length right before. Without meaning for the period ``all``."""
        if self.days is None:
            raise BadWindow("The period “all” has no period before it.")
        return replace(self, shift=self.shift + self.days)

    @property
    def holds_month_totals(self) -> bool:
        """Whether totals of whole months may be counted in these windows."""
        return self.days is None or self.days >= SHORTEST_WITH_MONTH_TOTALS

    @cached_property
    def spans(self) -> ir.Table:
        """as_of, as_of_number, last_day, last_number, start (null: the beginning): the windows before clipping."""
        if self.span_rows is not None:
            return self._spans_of(self.span_rows)
        rows = [
            {
                "as_of": as_of,
                "as_of_number": number_of(as_of),
                "last_day": as_of - timedelta(days=self.shift),
                "last_number": number_of(as_of) - self.shift,
                "start": None if self.days is None else as_of - timedelta(days=self.shift + self.days - 1),
            }
            for as_of in self.as_of
        ]
        kind = "array<struct<as_of: date, as_of_number: int64, last_day: date, last_number: int64, start: date>>"
        spans = ibis.literal(rows, type=kind).unnest().name("span").as_table()
        return spans.select(**{column: spans.span[column] for column in rows[0]})

    def _spans_of(self, rows: ir.Table) -> ir.Table:
        number, days = day_number(rows.as_of), self.days
        return rows.select(
            "as_of",
            as_of_number=number,
            last_day=days_before(rows.as_of, self.shift),
            last_number=number - self.shift,
            start=ibis.null("date") if days is None else days_before(rows.as_of, self.shift + days - 1),
        )

    @cached_property
    def table(self) -> ir.Table:
        """One row per customer and as-of day.

        Out: customer_id, as_of, working_week, first_ever_on, history_days, first_day (clipped to first_ever_on),
             last_day, days, weeks (days / 7), expected_days; last_dated_on: last day known to be active;
             last_month_on: end of the last month of which there is a total, also of the running month;
             names_visitors: some usage up to the as-of day says who; has_month_totals: a month's total reaches into
             the window. All null without any usage up to the as-of day; lengths null where the window lies before
             the customer's first day.
        """
        rows = self._so_far()
        first_day = rows.first_ever_on  # null without history, and so is every length
        if self.days is not None:
            first_day = ibis.ifelse(rows.first_ever_on < rows.start, rows.start, rows.first_ever_on)
        rows = rows.mutate(
            first_day=ibis.ifelse(first_day <= rows.last_day, first_day, ibis.null("date")),
            history_days=rows.as_of_number - day_number(rows.first_ever_on) + 1,
        )
        first_number = day_number(rows.first_day)
        days = rows.last_number - first_number + 1
        expected = working_days_up_to(rows.last_number, rows.working_week) - working_days_up_to(
            first_number - 1, rows.working_week
        )
        return rows.select(
            "customer_id",
            "as_of",
            "working_week",
            "first_ever_on",
            "history_days",
            "first_day",
            "last_day",
            "last_dated_on",
            "last_month_on",
            days=days,
            weeks=days / 7,
            expected_days=expected,
            names_visitors=rows.names_visitors.fill_null(False),
            has_month_totals=(rows.last_month_on >= rows.first_day).fill_null(False),
        )

    def _so_far(self) -> ir.Table:
        """Customers × as-of days, with what is known of the customer up to each."""
        grid = self.customers.cross_join(self.spans)
        days = self.first_seen_by(self.active_days, day_number(self.active_days.from_day))
        news = days.group_by("customer_id", "as_of").agg(
            new_first=days.from_day.min(),
            new_dated=days.day.max(where=~days.is_month_total),
            new_month=days.day.max(where=days.is_month_total),
            new_names=days.names_visitors.cast("int64").max(),
        )
        rows = grid.left_join(news, ["customer_id", "as_of"]).select(
            *grid.columns, "new_first", "new_dated", "new_month", "new_names"
        )
        so_far = ibis.window(group_by="customer_id", order_by="as_of", preceding=None, following=0)
        return rows.mutate(
            first_ever_on=rows.new_first.min().over(so_far),
            last_dated_on=rows.new_dated.max().over(so_far),
            last_month_on=rows.new_month.max().over(so_far),
            names_visitors=rows.new_names.max().over(so_far) == 1,
        )

    def first_seen_by(self, rows: ir.Table, number: ir.IntegerValue) -> ir.Table:
        """``rows`` with ``as_of``, the first as-of day on or after the day ``number``; later rows are left away.

        For what accumulates: aggregate by as_of, then accumulate over a handful of as-of days instead of over rows.
        """
        rows = rows.mutate(seen_number=number)
        numbers = rows.select("seen_number").distinct()
        spans = self.spans
        by = numbers.join(spans, numbers.seen_number <= spans.as_of_number)
        by = by.group_by("seen_number").agg(as_of=by.as_of.min())
        return rows.join(by, "seen_number").drop("seen_number")


def windows(
    facts: ir.Table,
    customers: ir.Table,
    *,
    as_of: Sequence[date] = (),
    period: Period,
    workspace_week: str = "1111100",
    span_rows: ir.Table | None = None,
) -> Windows:
    """The windows of every customer that end on the given days.

    In:     facts as from ``attributed``; customers: customer_id, working_week (null: ``workspace_week``); the days as
            ``as_of``, or as ``span_rows`` (as_of, each once), which makes the SQL the same for any days.
    Raises BadWindow for no as-of day.
    """
    if not as_of and span_rows is None:
        raise BadWindow("No as-of day was given.")
    weeks = customers.select("customer_id", working_week=customers.working_week.fill_null(workspace_week))
    days = () if span_rows is not None else tuple(sorted(set(as_of)))
    return Windows(weeks, customer_days(facts), days, period.days, span_rows=span_rows)


def customer_days(facts: ir.Table) -> ir.Table:
    """Each day on which a customer was active, over the whole history: from_day, day, is_month_total, names_visitors."""
    days = facts.group_by("customer_id", "day", is_month_total=facts.grain == "month").agg(
        names_visitors=facts.visitor_id.notnull().any()
    )
    return month_span(days)


def within_reach(facts: ir.Table, windows: Windows) -> ir.Table:
    """The facts that can fall into any of the windows, by the day as recorded, so that files can be skipped.

    With ``span_rows`` all of them: whoever gives those has few facts.
    """
    if windows.span_rows is not None:
        return facts
    latest = windows.as_of[-1] - timedelta(days=windows.shift)
    facts = facts.filter(facts.day <= latest)
    if windows.days is None:
        return facts
    month = 31  # a month's total counts on its last day, up to 30 days after the day it is recorded on
    earliest = windows.as_of[0] - timedelta(days=windows.shift + windows.days - 1 + month)
    return facts.filter(facts.day >= earliest)


def placed(rows: ir.Table, windows: Windows) -> ir.Table:
    """``rows`` (with day_number, is_month_total) once for every window that holds their day; adds as_of."""
    if not windows.holds_month_totals:
        rows = rows.filter(~rows.is_month_total)
    spans = windows.spans.select("as_of", "last_number")
    if windows.days is None:
        return rows.join(spans, rows.day_number <= spans.last_number).drop("last_number")
    offsets = ibis.range(0, windows.days).unnest().name("offset").as_table()
    calendar = spans.cross_join(offsets)
    calendar = calendar.select("as_of", day_number=calendar.last_number - calendar.offset.cast("int64"))
    return rows.join(calendar, "day_number")


def over(windows: Windows, counted: ir.Table) -> ir.Table:
    """Every row of the windows, with what was counted for it; null where nothing was there to count."""
    columns = [column for column in counted.columns if column not in ("customer_id", "as_of")]
    table = windows.table
    return table.left_join(counted, ["customer_id", "as_of"]).select(*table.columns, *columns)
