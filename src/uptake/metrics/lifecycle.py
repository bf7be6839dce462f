"""Lifecycle: who is new, who comes again, who came back, who stays away; period against period."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import month_span
from uptake.metrics.visitors import activity, visitors_behind
from uptake.metrics.windows import Windows, over

STATES = ("new", "returning", "resurrected", "dormant")
KEYS = ("customer_id", "as_of")


def lifecycle(facts: ir.Table, windows: Windows) -> ir.Table:
    """Visitors of this window and the one before it. ``visitors_by_lifecycle`` names them.

    Unit:   people.
    Out:    customer_id, as_of, new (first ever in the window), returning (there in both), resurrected (there, not in the
            window before, but earlier), dormant (there in the window before, not in this one).
            new + returning + resurrected = active_visitors; returning + dormant = those of the window before.
    Absent: null without history, where no usage of either window says who, for the period “all”, and where a month's
            total reaches into either window: it does not say on which days.
    Source: docs/definitions.md#lifecycle
    """
    people = visitors_by_lifecycle(facts, windows)
    counted = people.group_by(*KEYS).agg(**{state: (people.lifecycle == state).sum() for state in STATES})
    if windows.days is None:
        nothing = {state: ibis.null("int64") for state in STATES}
        return windows.table.select(*KEYS, **nothing)
    rows = over(windows, counted)
    known = _known(facts, windows)
    rows = rows.left_join(known, list(KEYS)).select(*rows.columns, "is_known")
    return rows.select(
        *KEYS,
        **{state: ibis.ifelse(rows.is_known, rows[state].fill_null(0), ibis.null("int64")) for state in STATES},
    )


def visitors_by_lifecycle(facts: ir.Table, windows: Windows) -> ir.Table:
    """The people behind ``lifecycle``: customer_id, as_of, visitor_id, lifecycle (new, returning, resurrected, dormant).

    For the period “all” nobody: there is no period before it.
    """
    key = [*KEYS, "visitor_id"]
    there = visitors_behind(facts, windows).select(*key)
    if windows.days is None:
        return there.mutate(lifecycle=ibis.null("string")).filter(ibis.literal(False))
    now, before = ibis.literal(1, "int64"), ibis.literal(0, "int64")
    before_then = visitors_behind(facts, windows.previous()).select(*key)
    both = there.mutate(now=now, before=before).union(before_then.mutate(now=before, before=now))
    people = both.group_by(*key).agg(now=both.now.max(), before=both.before.max())
    people = people.join(windows.table.select(*KEYS, "first_day"), list(KEYS))
    people = people.join(firsts(facts), ["customer_id", "visitor_id"])
    state = ibis.cases(
        (people.now == 0, "dormant"),
        (people.before == 1, "returning"),
        (people.first_on >= people.first_day, "new"),
        else_="resurrected",
    )
    return people.select(*key, lifecycle=state)


def firsts(facts: ir.Table) -> ir.Table:
    """customer_id, visitor_id, first_on: the day from which on the visitor was there; of a month's total its 1st."""
    named = facts.filter(facts.visitor_id.notnull())
    days = named.group_by("customer_id", "visitor_id", is_month_total=named.grain == "month").agg(day=named.day.min())
    days = month_span(days)
    return days.group_by("customer_id", "visitor_id").agg(first_on=days.from_day.min())


def _known(facts: ir.Table, windows: Windows) -> ir.Table:
    """customer_id, as_of, is_known: who was there is known of this window and, if there was one, of that before."""
    now = activity(facts, windows).select(*KEYS, "active_visitors", "has_month_totals")
    before = activity(facts, windows.previous()).select(
        *KEYS, before="active_visitors", days_before="days", month_totals_before="has_month_totals"
    )
    rows = now.join(before, list(KEYS))
    known_before = rows.days_before.isnull() | (rows.before.notnull() & ~rows.month_totals_before)
    return rows.select(*KEYS, is_known=rows.active_visitors.notnull() & ~rows.has_month_totals & known_before)
