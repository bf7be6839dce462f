"""Concentration: how much of the use hangs on few people."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.ratios import ratio
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import Windows, over

MOST_OF = (4, 5)  # 80%
KEYS = ("customer_id", "as_of")


def concentration(facts: ir.Table, windows: Windows) -> ir.Table:
    """The share of the window's uses that the visitor with the most of them made. ``visitors_behind`` has all of them.

    Unit:   ratio 0–1 of the uses that say who.
    Out:    customer_id, as_of, concentration, top_uses, named_uses, visitors_for_80 (the fewest visitors that made 80% of
            them together).
    Absent: null without uses in the window that say who.
    Source: docs/definitions.md#concentration
    """
    people = visitors_behind(facts, windows).select(*KEYS, "visitor_id", "uses")
    group = list(KEYS)
    order = [people.uses.desc(), people.visitor_id]
    people = people.mutate(
        all_uses=people.uses.sum().over(ibis.window(group_by=group)),
        so_far=people.uses.sum().over(ibis.cumulative_window(group_by=group, order_by=order)),
    )
    part, whole = MOST_OF
    is_needed = (people.so_far - people.uses) * whole < people.all_uses * part
    counted = people.group_by(*KEYS).agg(
        top_uses=people.uses.max(), named_uses=people.uses.sum(), visitors_for_80=is_needed.sum()
    )
    rows = over(windows, counted.filter(counted.named_uses > 0))
    return rows.select(
        *KEYS,
        "top_uses",
        "named_uses",
        "visitors_for_80",
        concentration=ratio(rows.top_uses, rows.named_uses),
    )
