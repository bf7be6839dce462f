"""Visitor status: how long ago each person was last there."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import day_number
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import Windows, over

STATUS_DAYS = {"active": 7, "engaged": 14, "at_risk": 30}
"""Up to which day a status holds, the as-of day being day 1; after the last of them a visitor is dormant."""


def visitor_status(facts: ir.Table, windows: Windows) -> ir.Table:
    """Visitors ever active up to the as-of day, by the day of their last usage. ``visitors_by_status`` names them.

    Unit:   people.
    Out:    customer_id, as_of, active (last there on day 1–7, the as-of day being day 1), engaged (8–14),
            at_risk (15–30), dormant (over 30), undated (a month's total is the last that names them).
            active = wau; active + engaged + at_risk = mau, where there are no month's totals.
    Absent: null without history and where no usage up to the as-of day says who.
    Source: docs/definitions.md#visitor_status
    """
    people = visitors_by_status(facts, windows)
    statuses = [*STATUS_DAYS, "dormant", "undated"]
    counted = people.group_by("customer_id", "as_of").agg(
        **{status: (people.status == status).sum() for status in statuses}
    )
    rows = over(windows, counted)
    return rows.select("customer_id", "as_of", *statuses)


def visitors_by_status(facts: ir.Table, windows: Windows) -> ir.Table:
    """The people behind ``visitor_status``: customer_id, as_of, visitor_id, last_on, days_quiet, status."""
    people = visitors_behind(facts, windows.of(None))
    # The as-of day is day 1, so a visitor of that day has been quiet for 1 − 1 days.
    day = day_number(people.as_of) - day_number(people.last_on) + 1
    status = ibis.cases(
        (people.last_on.isnull(), "undated"),
        *[(day <= days, status) for status, days in STATUS_DAYS.items()],
        else_="dormant",
    )
    return people.select("customer_id", "as_of", "visitor_id", "last_on", days_quiet=day - 1, status=status)
