"""Activity: how many people use the product, how much, and how many of those who could."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import month_span
from uptake.metrics.ratios import ratio
from uptake.metrics.visitors import activity, visitors_behind
from uptake.metrics.windows import Windows, over

POWER_SHARE = (4, 5)  # the 80th percentile


def active_visitors(facts: ir.Table, windows: Windows) -> ir.Table:
    """Distinct visitors with any usage, log-ins included, in the window. ``visitors_behind`` names them.

    Unit:   people.
    Out:    customer_id, as_of, active_visitors, uses (of features, also those that name nobody).
    Absent: null without history and where no usage says who; 0 with history and nothing in the window.
    Source: docs/definitions.md#active_visitors
    """
    return activity(facts, windows).select("customer_id", "as_of", "active_visitors", "uses")


def wau(facts: ir.Table, windows: Windows) -> ir.Table:
    """Distinct visitors in the 7 days ending on the as-of day, whatever the period.

    Unit:   people.
    Out:    customer_id, as_of, wau.
    Absent: as active_visitors; null too where a month's total reaches into the 7 days and nothing finer is there.
    Source: docs/definitions.md#wau
    """
    return activity(facts, windows.of(7)).select("customer_id", "as_of", wau="active_visitors")


def mau(facts: ir.Table, windows: Windows) -> ir.Table:
    """Distinct visitors in the 30 days ending on the as-of day, whatever the period.

    Unit:   people.
    Out:    customer_id, as_of, mau.
    Absent: as active_visitors.
    Source: docs/definitions.md#mau
    """
    return activity(facts, windows.of(30)).select("customer_id", "as_of", mau="active_visitors")


def known_visitors(facts: ir.Table, windows: Windows) -> ir.Table:
    """Distinct visitors ever active up to the as-of day.

    Unit:   people.
    Out:    customer_id, as_of, known_visitors.
    Absent: null without history and where no usage up to the as-of day says who.
    Source: docs/definitions.md#known_visitors
    """
    named = facts.filter(facts.visitor_id.notnull())
    firsts = month_span(
        named.group_by("customer_id", "visitor_id", is_month_total=named.grain == "month").agg(day=named.day.min())
    )
    firsts = firsts.group_by("customer_id", "visitor_id").agg(first_number=firsts.day_number.min())
    firsts = windows.first_seen_by(firsts, firsts.first_number)
    rows = over(windows, firsts.group_by("customer_id", "as_of").agg(newcomers=firsts.count()))
    so_far = ibis.window(group_by="customer_id", order_by="as_of", preceding=None, following=0)
    return rows.select("customer_id", "as_of", known_visitors=rows.newcomers.sum().over(so_far))


def licensed_seats(windows: Windows, seats: ir.Table) -> ir.Table:
    """Seats that the contracts in force on the as-of day grant together.

    Unit:   people.
    In:     seats: customer_id, seats (null: unlimited), from_day, to_day (null: open).
    Out:    customer_id, as_of, licensed_seats.
    Absent: null without seats in force, and where one of them is unlimited: there is no number to divide by.
    Source: docs/definitions.md#licensed_seats
    """
    spans = windows.spans.select("as_of")
    held = seats.join(
        spans,
        [
            seats.from_day.isnull() | (seats.from_day <= spans.as_of),
            seats.to_day.isnull() | (seats.to_day >= spans.as_of),
        ],
    )
    held = held.group_by("customer_id", "as_of").agg(granted=held.seats.sum(), is_unlimited=held.seats.isnull().any())
    rows = over(windows, held)
    limit = ibis.ifelse(rows.is_unlimited, ibis.null("int64"), rows.granted).nullif(0)
    return rows.select("customer_id", "as_of", licensed_seats=limit)


def people_base(facts: ir.Table, windows: Windows, seats: ir.Table) -> ir.Table:
    """What people are measured against: seats, else the visitors known.

    Out: customer_id, as_of, licensed_seats, known_visitors, seats_or_known.
    """
    known = known_visitors(facts, windows)
    rows = known.join(licensed_seats(windows, seats), ["customer_id", "as_of"])
    return rows.select(
        "customer_id",
        "as_of",
        "licensed_seats",
        "known_visitors",
        seats_or_known=ibis.coalesce(rows.licensed_seats, rows.known_visitors),
    )


def activation(facts: ir.Table, windows: Windows, *, seats: ir.Table) -> ir.Table:
    """Visitors ever active up to the as-of day, of the seats; without seats, of the known visitors.

    Unit:   ratio 0–1; more people than seats still is 1 (the parts tell).
    Out:    customer_id, as_of, activation, known_visitors, licensed_seats, seats_or_known.
    Absent: null without history and where no usage says who.
    Source: docs/definitions.md#activation
    """
    rows = people_base(facts, windows, seats)
    share = ratio(rows.known_visitors, rows.seats_or_known)
    return rows.select(
        "customer_id",
        "as_of",
        "known_visitors",
        "licensed_seats",
        "seats_or_known",
        activation=ibis.ifelse(share > 1, 1.0, share),
    )


def active_share(facts: ir.Table, windows: Windows, *, seats: ir.Table) -> ir.Table:
    """Visitors active in the window, of the seats; without seats, of the known visitors.

    Unit:   ratio 0–1; more people than seats still is 1 (the parts tell).
    Out:    customer_id, as_of, active_share, active_visitors, licensed_seats, known_visitors, seats_or_known.
    Absent: null without history and where no usage says who.
    Source: docs/definitions.md#active_share
    """
    rows = active_visitors(facts, windows).join(people_base(facts, windows, seats), ["customer_id", "as_of"])
    share = ratio(rows.active_visitors, rows.seats_or_known)
    return rows.select(
        "customer_id",
        "as_of",
        "active_visitors",
        "licensed_seats",
        "known_visitors",
        "seats_or_known",
        active_share=ibis.ifelse(share > 1, 1.0, share),
    )


def power_users(facts: ir.Table, windows: Windows) -> ir.Table:
    """Visitors whose uses reach the 80th percentile of all active visitors of the whole portfolio.

    Unit:   people, and their share (0–1) of the customer's active visitors.
    Out:    customer_id, as_of, power_users, active_visitors, power_share, threshold_uses.
    Absent: as active_visitors; the share is null where nobody was active.
    Source: docs/definitions.md#power_users
    """
    people = power_visitors(facts, windows)
    counted = people.group_by("customer_id", "as_of").agg(powerful=people.is_power_user.sum())
    threshold = people.select("as_of", "threshold_uses").distinct()
    rows = activity(facts, windows).select("customer_id", "as_of", "active_visitors")
    rows = rows.left_join(counted, ["customer_id", "as_of"]).select(*rows.columns, "powerful")
    rows = rows.left_join(threshold, "as_of").select(*rows.columns, "threshold_uses")
    count = ibis.ifelse(rows.active_visitors.isnull(), ibis.null("int64"), rows.powerful.fill_null(0))
    return rows.select(
        "customer_id",
        "as_of",
        "active_visitors",
        "threshold_uses",
        power_users=count,
        power_share=ratio(count, rows.active_visitors),
    )


def power_visitors(facts: ir.Table, windows: Windows) -> ir.Table:
    """The people behind ``power_users``: ``visitors_behind`` with threshold_uses and is_power_user.

    With n active visitors the percentile lies at place 0.8 × (n − 1) in their order by uses. Between two neighbours
    only the upper one reaches it, so the place is rounded up, in whole numbers: no engine's rounding can tip it.
    """
    people = visitors_behind(facts, windows)
    everyone = ibis.window(group_by="as_of")
    part, whole = POWER_SHARE
    people = people.mutate(
        place=ibis.row_number().over(ibis.window(group_by="as_of", order_by="uses")),
        wanted=(part * (people.count().over(everyone) - 1) + whole - 1) // whole,
    )
    threshold = people.uses.max(where=people.place == people.wanted).over(everyone)
    people = people.mutate(threshold_uses=threshold)
    return people.mutate(is_power_user=(people.uses >= people.threshold_uses) & (people.uses > 0)).drop(
        "place", "wanted"
    )


def usage_trend(facts: ir.Table, windows: Windows) -> ir.Table:
    """Change of uses per expected day from the previous window to this one; uses on expected days only.

    Unit:   ratio; −0.2 = a fifth less.
    Out:    customer_id, as_of, usage_trend, expected_uses, expected_days, previous_expected_uses,
            previous_expected_days, is_new (nothing before, something now).
    Absent: null under two periods of history, for the period “all”, where nothing was used before, and where a
            month's total reaches into either window: it does not say on which days.
    Source: docs/definitions.md#usage_trend
    """
    columns = ("expected_uses", "expected_days", "has_month_totals", "history_days")
    now = activity(facts, windows).select("customer_id", "as_of", *columns)
    if windows.days is None:
        return now.select(
            "customer_id",
            "as_of",
            "expected_uses",
            "expected_days",
            previous_expected_uses=ibis.null("int64"),
            previous_expected_days=ibis.null("int64"),
            is_new=ibis.literal(False),
            usage_trend=ibis.null("float64"),
        )
    before = activity(facts, windows.previous())
    before = before.select(
        "customer_id",
        "as_of",
        previous_expected_uses="expected_uses",
        previous_expected_days="expected_days",
        previous_has_month_totals="has_month_totals",
    )
    rows = now.join(before, ["customer_id", "as_of"])
    known = (
        (rows.history_days >= 2 * windows.days) & ~rows.has_month_totals & ~rows.previous_has_month_totals
    ).fill_null(False)
    rate = ratio(rows.expected_uses, rows.expected_days)
    previous_rate = ratio(rows.previous_expected_uses, rows.previous_expected_days)
    change = ratio(rate - previous_rate, previous_rate)
    is_new = known & (rows.previous_expected_uses == 0) & (rows.expected_uses > 0)
    return rows.select(
        "customer_id",
        "as_of",
        "expected_uses",
        "expected_days",
        "previous_expected_uses",
        "previous_expected_days",
        is_new=is_new.fill_null(False),
        usage_trend=ibis.ifelse(known, change, ibis.null("float64")),
    )
