"""Rhythm: on which weekdays and at which hours a product is used, by the clock on the customer's wall."""

from datetime import date

import ibis
import ibis.expr.types as ir

from uptake.lake.days import local_time
from uptake.metrics.day_numbers import day_number
from uptake.metrics.windows import Windows, placed, within_reach

KEYS = ("customer_id", "as_of")


def hourly_uses(events: ir.Table, zone: str, first: date, last: date) -> ir.Table:
    """Uses by local day and hour.

    In:     events: customer_id, occurred_at, event_count of features' single events and hours' totals, exact between the
            two days; what stands for a whole day or month has no hour and must be left out.
    Out:    customer_id, day, hour (0–23), uses. On the day the clock goes forward there is no use in the hour that is
            left out; on the day it goes back one hour holds two.
    """
    local = local_time(events.occurred_at, zone, first, last)
    rows = events.mutate(day=local.date(), hour=local.hour().cast("int64"))
    return rows.group_by("customer_id", "day", "hour").agg(uses=rows.event_count.sum())


def uses_by_hour(hourly: ir.Table, windows: Windows) -> ir.Table:
    """Uses of features in the window by weekday and hour in the customer's time zone.

    Unit:   uses.
    In:     hourly as from ``hourly_uses``.
    Out:    customer_id, as_of, weekday (0: Monday), hour (0–23), uses_by_hour, active_days (days of the window with use
            at that weekday and hour); a row where there were any.
    Absent: no row without uses that have an hour.
    Source: docs/definitions.md#uses_by_hour
    """
    rows = within_reach(hourly, windows).join(windows.customers.select("customer_id"), "customer_id")
    rows = rows.mutate(day_number=day_number(rows.day), is_month_total=ibis.literal(False))
    rows = placed(rows, windows)
    rows = rows.mutate(weekday=rows.day_number % 7)
    return rows.group_by(*KEYS, "weekday", "hour").agg(uses_by_hour=rows.uses.sum(), active_days=rows.day.nunique())
