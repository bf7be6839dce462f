"""Reach: how far a feature has got among a customer's people, and among the customers."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.breadth import granted_features, seen_features
from uptake.metrics.day_numbers import day_number, month_span
from uptake.metrics.ratios import ratio
from uptake.metrics.visitors import activity
from uptake.metrics.windows import Windows, over, placed, within_reach

ADOPTED_REACH = 0.1
HIGH, MEDIUM = 0.6, 0.3  # adoption rates over the portfolio
CELL = ("customer_id", "as_of", "feature_id")


def reach(facts: ir.Table, windows: Windows, *, entitlements: ir.Table) -> ir.Table:
    """The matrix: every customer with history × every feature available to it or used by it in the window.

    Unit:   ratio 0–1 of the customer's active visitors.
    Out:    customer_id, as_of, feature_id, reach, is_adopted (reach at least 10%), users (distinct visitors who used
            it; ``users_behind`` names them), active_visitors, returning_users (users on two days or more), uses,
            is_available.
    Absent: reach, users and is_adopted are null where no usage says who; with nobody active reach is null and
            is_adopted false.
    Source: docs/definitions.md#reach
    """
    cells = _cells(facts, windows, entitlements)
    used = _used(facts, windows)
    rows = cells.left_join(used, list(CELL)).select(*cells.columns, "users", "uses", "returning_users")
    people = activity(facts, windows)
    people = people.select("customer_id", "as_of", "active_visitors", all_uses="uses")
    rows = rows.join(people, ["customer_id", "as_of"])
    users = ibis.ifelse(rows.active_visitors.isnull(), ibis.null("int64"), rows.users.fill_null(0))
    share = ratio(users, rows.active_visitors)
    is_adopted = ibis.ifelse(rows.active_visitors == 0, False, share >= ADOPTED_REACH)
    return rows.select(
        *CELL,
        "is_available",
        "active_visitors",
        reach=share,
        is_adopted=is_adopted,
        users=users,
        uses=ibis.ifelse(rows.all_uses.isnull(), ibis.null("int64"), rows.uses.fill_null(0)),
        returning_users=ibis.ifelse(users.isnull(), ibis.null("int64"), rows.returning_users.fill_null(0)),
    )


def users_behind(facts: ir.Table, windows: Windows) -> ir.Table:
    """The people behind ``users``: customer_id, as_of, feature_id, visitor_id, uses, active_days, first_on, last_on.

    The days are null where only a month's total names the visitor.
    """
    used = _used_by_visitor(facts, windows)
    return used.filter(used.visitor_id.notnull())


def adoption_rate(facts: ir.Table, windows: Windows, *, entitlements: ir.Table) -> ir.Table:
    """Customers that adopted a feature, of the customers it is available to.

    Unit:   ratio 0–1, per feature over the portfolio.
    Out:    as_of, feature_id, adoption_rate, customers_adopted, customers_available (with history and with usage that
            says who), level (High from 60%, Medium from 30%, Low).
    Absent: a feature that is available to no such customer has no row.
    Source: docs/definitions.md#adoption_rate
    """
    cells = reach(facts, windows, entitlements=entitlements)
    cells = cells.filter(cells.is_available & cells.is_adopted.notnull())
    rows = cells.group_by("as_of", "feature_id").agg(
        customers_adopted=cells.is_adopted.sum(), customers_available=cells.count()
    )
    rate = ratio(rows.customers_adopted, rows.customers_available)
    return rows.mutate(
        adoption_rate=rate, level=ibis.cases((rate >= HIGH, "High"), (rate >= MEDIUM, "Medium"), else_="Low")
    )


def feature_stickiness(facts: ir.Table, windows: Windows) -> ir.Table:
    """Of the features used, the share where at least half of the users came back on another day of the window.

    Unit:   ratio 0–1.
    Out:    customer_id, as_of, feature_stickiness, sticky_features, features_with_users.
    Absent: null without history, where no usage says who, and where a month's total reaches into the window; 0 with
            history and no feature used.
    Source: docs/definitions.md#feature_stickiness
    """
    used = _used(facts, windows)
    used = used.filter(used.users > 0)
    counted = used.group_by("customer_id", "as_of").agg(
        sticky=(used.returning_users * 2 >= used.users).sum(), with_users=used.count()
    )
    people = activity(facts, windows).select("customer_id", "as_of", "active_visitors", "has_month_totals")
    rows = people.left_join(counted, ["customer_id", "as_of"]).select(*people.columns, "sticky", "with_users")
    known = rows.active_visitors.notnull() & ~rows.has_month_totals
    sticky = ibis.ifelse(known, rows.sticky.fill_null(0), ibis.null("int64"))
    features = ibis.ifelse(known, rows.with_users.fill_null(0), ibis.null("int64"))
    return rows.select(
        "customer_id",
        "as_of",
        sticky_features=sticky,
        features_with_users=features,
        feature_stickiness=ibis.ifelse(features == 0, 0.0, ratio(sticky, features)),
    )


def time_to_feature(facts: ir.Table, windows: Windows) -> ir.Table:
    """Days from the customer's first ever usage to the first use of each feature it has used up to the as-of day.

    Unit:   days; 0 = used on the first day.
    Out:    customer_id, as_of, feature_id, time_to_feature, first_ever_on, first_used_on.
    Absent: a feature never used has no row; null where a month's total holds the first use, or the first ever usage:
            the day is not known.
    Source: docs/definitions.md#time_to_feature
    """
    used = facts.filter(facts.feature_id.notnull())
    firsts = month_span(
        used.group_by("customer_id", "feature_id", is_month_total=used.grain == "month").agg(day=used.day.min())
    )
    firsts = firsts.group_by("customer_id", "feature_id").agg(
        first_number=firsts.day_number.min(),
        first_used_on=firsts.day.min(where=~firsts.is_month_total),
        month_from=firsts.from_day.min(where=firsts.is_month_total),
    )
    spans = windows.spans
    rows = firsts.join(spans, firsts.first_number <= spans.as_of_number)
    rows = rows.select("customer_id", "as_of", "feature_id", "first_used_on", "month_from")
    beginnings = _dated_beginnings(windows)
    rows = rows.left_join(beginnings, "customer_id").select(*rows.columns, "first_ever_on")
    is_dated = rows.month_from.isnull() | (rows.first_used_on < rows.month_from)
    first_used_on = ibis.ifelse(is_dated, rows.first_used_on, ibis.null("date"))
    return rows.select(
        *CELL,
        "first_ever_on",
        first_used_on=first_used_on,
        time_to_feature=day_number(first_used_on) - day_number(rows.first_ever_on),
    )


def _dated_beginnings(windows: Windows) -> ir.Table:
    """customer_id, first_ever_on (null where a month's total may hold the first day)."""
    days = windows.active_days
    firsts = days.group_by("customer_id").agg(
        first_ever_on=days.day.min(where=~days.is_month_total), month_from=days.from_day.min(where=days.is_month_total)
    )
    is_dated = firsts.month_from.isnull() | (firsts.first_ever_on < firsts.month_from)
    return firsts.select("customer_id", first_ever_on=ibis.ifelse(is_dated, firsts.first_ever_on, ibis.null("date")))


def _cells(facts: ir.Table, windows: Windows, entitlements: ir.Table) -> ir.Table:
    """The cells of the matrix, each once: customer_id, as_of, feature_id, is_available."""
    granted = granted_features(windows, entitlements)
    entitled = granted.select("customer_id", "as_of").distinct().mutate(entitled=True)
    known = over(windows, entitled)
    known = known.filter(known.history_days.notnull())
    seen = seen_features(facts, windows)
    all_seen = known.filter(known.entitled.isnull()).join(seen, "as_of").select(*CELL)
    all_granted = granted.semi_join(known, ["customer_id", "as_of"]).select(*CELL)
    available = all_seen.union(all_granted).mutate(available=1)
    used = _used(facts, windows).select(*CELL).mutate(available=0)
    cells = available.union(used)
    cells = cells.group_by(*CELL).agg(available=cells.available.max())
    return cells.select(*CELL, is_available=cells.available == 1)


def _used(facts: ir.Table, windows: Windows) -> ir.Table:
    """Features used in the window: customer_id, as_of, feature_id, uses, users, returning_users."""
    used = _used_by_visitor(facts, windows)
    named = used.visitor_id.notnull()
    return used.group_by(*CELL).agg(
        uses=used.uses.sum(),
        users=used.visitor_id.count(),
        returning_users=(named & (used.active_days >= 2)).sum(),
    )


def _used_by_visitor(facts: ir.Table, windows: Windows) -> ir.Table:
    days = within_reach(facts, windows).join(windows.customers.select("customer_id"), "customer_id")
    days = days.filter(days.feature_id.notnull())
    days = days.group_by("customer_id", "feature_id", "visitor_id", "day", is_month_total=days.grain == "month").agg(
        uses=days.uses.sum()
    )
    days = placed(month_span(days), windows)
    return days.group_by(*CELL, "visitor_id").agg(
        uses=days.uses.sum(),
        active_days=(~days.is_month_total).sum(),
        first_on=days.day.min(where=~days.is_month_total),
        last_on=days.day.max(where=~days.is_month_total),
    )
