"""Depth: how much those who use the product use it."""

import ibis.expr.types as ir

from uptake.metrics.visitors import activity
from uptake.metrics.windows import Windows


def depth(facts: ir.Table, windows: Windows) -> ir.Table:
    """Median, over the visitors active in the window, of their feature uses per week of the window.

    Unit:   uses per week.
    Out:    customer_id, as_of, depth, median_uses (in the whole window), weeks (days / 7), active_visitors.
    Absent: null without history and where no usage says who; 0 with history and nothing in the window.
    Source: docs/definitions.md#depth
    """
    rows = activity(facts, windows)
    # Every visitor of a window has the same number of weeks, so the median may be divided instead of its parts.
    return rows.select(
        "customer_id", "as_of", "median_uses", "weeks", "active_visitors", depth=rows.median_uses / rows.weeks
    )
