"""Journeys: what a person used first, and what after; and the days that a customer remembers."""

from functools import reduce

import ibis
import ibis.expr.types as ir

from uptake.metrics.catalogue import tagged
from uptake.metrics.day_numbers import day_number, month_span
from uptake.metrics.reach import CELL, time_to_feature
from uptake.metrics.windows import Windows

KEYS = ("customer_id", "as_of")
RECORDS = {"most_users": "users", "most_uses": "uses"}
FIRST_OF_TAG = ("api", "integration", "report")


def journey(facts: ir.Table, windows: Windows) -> ir.Table:
    """A person's features in the order of their first use, up to the as-of day, whatever the period.

    Unit:   place in the order, from 1.
    Out:    customer_id, as_of, visitor_id, feature_id, journey (the place), first_on, uses, active_days.
    Absent: no row without uses that say who. first_on is null, and the place after all dated ones, where a month's total
            holds the first use.
    Source: docs/definitions.md#journey
    """
    used = facts.filter(facts.feature_id.notnull() & facts.visitor_id.notnull())
    used = used.join(windows.customers.select("customer_id"), "customer_id")
    days = used.group_by("customer_id", "visitor_id", "feature_id", "day", is_month_total=used.grain == "month").agg(
        uses=used.uses.sum()
    )
    days = month_span(days)
    spans = windows.spans.select("as_of", "as_of_number")
    rows = days.join(spans, days.day_number <= spans.as_of_number)
    found = rows.group_by(*KEYS, "as_of_number", "visitor_id", "feature_id").agg(
        uses=rows.uses.sum(),
        active_days=(~rows.is_month_total).sum(),
        dated=rows.day.min(where=~rows.is_month_total),
        month_from=rows.from_day.min(where=rows.is_month_total),
    )
    is_dated = found.month_from.isnull() | (found.dated < found.month_from).fill_null(False)
    found = found.mutate(first_on=ibis.ifelse(is_dated, found.dated, ibis.null("date")))
    found = found.mutate(when=day_number(found.first_on).fill_null(found.as_of_number + 1))
    order = ibis.window(group_by=[*KEYS, "visitor_id"], order_by=["when", "feature_id"])
    place = ibis.row_number().over(order) + 1
    return found.select(*KEYS, "visitor_id", "feature_id", "first_on", "uses", "active_days", journey=place)


def milestones(facts: ir.Table, windows: Windows, *, cells: ir.Table, features: ir.Table) -> ir.Table:
    """The days that a customer's way into the product is told by, up to the as-of day, whatever the period.

    Unit:   day.
    In:     cells as from ``reach``, on the same as-of days; features as from ``catalogue``.
    Out:    customer_id, as_of, kind, milestones (the day), feature_id, amount. Kinds: first_use (of anything); core (first
            use of the core feature ``feature_id``); all_core (by then every available core feature was used once); api,
            integration, report (first use of a feature with that tag); most_users, most_uses (the first of the days with
            the most users or uses of features, and how many: ``amount``).
    Absent: no row for what did not happen, and where a month's total holds the day.
    Source: docs/definitions.md#milestones
    """
    firsts = time_to_feature(facts, windows).join(windows.customers.select("customer_id"), "customer_id")
    found = [
        *(_first_use(firsts), _core(firsts, features), _all_core(firsts, cells, features)),
        _first_of_tags(firsts, features),
        _records(facts, windows),
    ]
    return reduce(lambda above, below: above.union(below), found)


def _told(rows: ir.Table, kind: str | ir.StringValue, day: ir.DateValue, **more: ir.Value) -> ir.Table:
    return rows.select(
        *KEYS,
        kind=ibis.literal(kind) if isinstance(kind, str) else kind,
        milestones=day,
        feature_id=more.get("feature_id", ibis.null("string")),
        amount=more.get("amount", ibis.null("int64")),
    )


def _first_use(firsts: ir.Table) -> ir.Table:
    rows = firsts.group_by(*KEYS).agg(day=firsts.first_ever_on.min())
    rows = rows.filter(rows.day.notnull())
    return _told(rows, "first_use", rows.day)


def _core(firsts: ir.Table, features: ir.Table) -> ir.Table:
    core = features.filter(features.category == "core").select("feature_id")
    rows = firsts.filter(firsts.first_used_on.notnull()).join(core, "feature_id")
    return _told(rows, "core", rows.first_used_on, feature_id=rows.feature_id)


def _all_core(firsts: ir.Table, cells: ir.Table, features: ir.Table) -> ir.Table:
    core = features.filter(features.category == "core").select("feature_id")
    rows = cells.filter(cells.is_available).select(*CELL).join(core, "feature_id")
    rows = rows.left_join(firsts.select(*CELL, "first_used_on"), list(CELL)).select(*CELL, "first_used_on")
    counted = rows.group_by(*KEYS).agg(
        day=rows.first_used_on.max(), available=rows.count(), used=rows.first_used_on.count()
    )
    counted = counted.filter(counted.used == counted.available)
    return _told(counted, "all_core", counted.day)


def _first_of_tags(firsts: ir.Table, features: ir.Table) -> ir.Table:
    tags = tagged(features)
    rows = firsts.join(tags.filter(tags.tag.isin(FIRST_OF_TAG)), "feature_id")
    counted = rows.group_by(*KEYS, "tag").agg(
        day=rows.first_used_on.min(), used=rows.count(), dated=rows.first_used_on.count()
    )
    counted = counted.filter(counted.used == counted.dated)  # one that is not dated may have been the first
    return _told(counted, counted.tag, counted.day)


def _records(facts: ir.Table, windows: Windows) -> ir.Table:
    rows = facts.filter(facts.grain != "month").join(windows.customers.select("customer_id"), "customer_id")
    days = rows.group_by("customer_id", "day").agg(
        users=rows.visitor_id.nunique(), uses=ibis.ifelse(rows.kind == "feature", rows.uses, 0).sum()
    )
    spans = windows.spans.select("as_of")
    days = days.join(spans, days.day <= spans.as_of)
    users, uses = (_record(days, kind, amount) for kind, amount in RECORDS.items())
    return users.union(uses)


def _record(days: ir.Table, kind: str, amount: str) -> ir.Table:
    """The first of the days with the highest amount; none where it is 0."""
    most = days[amount].max().over(ibis.window(group_by=list(KEYS)))
    days = days.mutate(most=most)
    days = days.filter((days[amount] == days.most) & (days.most > 0))
    rows = days.group_by(*KEYS).agg(day=days.day.min(), amount=days.most.max())
    return _told(rows, kind, rows.day, amount=rows.amount.cast("int64"))
