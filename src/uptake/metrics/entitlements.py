"""Entitlements: how much of what the contracts grant is used, and what the rest costs."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import is_working_day, month_span
from uptake.metrics.ratios import ratio
from uptake.metrics.visitors import activity
from uptake.metrics.windows import Windows, over, placed, within_reach

KEYS = ("customer_id", "as_of")
SEATS_NAME = "Seats"
MONTH_DAYS = 30
USE = ("used", "basis", "measured_on")
NOT_MEASURED = "not measured"


def entitlement_use(
    facts: ir.Table, windows: Windows, *, seats: ir.Table, limits: ir.Table, readings: ir.Table
) -> ir.Table:
    """Seats and limits in force on the as-of day, and how much of each is used.

    Unit:   ratio, of what is granted; 1.2 = a fifth more than granted.
    In:     seats: customer_id, seats (null: unlimited), price, from_day, to_day (null: open); limits: customer_id, name,
            granted (null: unlimited), unit, price, counted_feature (feature_id; null: none), counted_per (day, month,
            period), from_day, to_day; readings: customer_id, name, used, read_on.
    Out:    customer_id, as_of, name, kind (seats, limit), granted, unit, price, used, basis (what ``used`` is, in
            words), measured_on (of a reading), utilization (used / granted), unused_value (the part of the price
            that is granted and not used). What has the same name on the same day is one row: it adds up, unlimited wins,
            and one of them without a price leaves all without.
    Absent: a customer without entitlements has no row. used is null where nothing measures it; utilization too
            where it is unlimited or nothing is granted; unused_value too where it has no price.
    Source: docs/definitions.md#entitlement_use
    """
    granted = _granted(windows, seats, limits)
    used = _seats_used(facts, windows).union(_limits_used(facts, windows, limits, readings))
    rows = granted.left_join(used, [*KEYS, "name", "kind"]).select(*granted.columns, *USE)
    share = ratio(rows.used, rows.granted)
    unused = rows.price * ibis.ifelse(share > 1, 0.0, 1 - share)
    return rows.mutate(utilization=share, unused_value=unused, basis=rows.basis.fill_null(NOT_MEASURED))


def utilization(
    facts: ir.Table, windows: Windows, *, seats: ir.Table, limits: ir.Table, readings: ir.Table
) -> ir.Table:
    """Mean over limited entitlements that are measured of min(1, used / granted).

    Unit:   ratio 0–1.
    In:     as ``entitlement_use``, which has the entitlements behind it.
    Out:    customer_id, as_of, utilization, entitlements_measured, entitlements_limited, sum_utilization.
    Absent: null without a limited entitlement that is measured.
    Source: docs/definitions.md#utilization
    """
    lines = entitlement_use(facts, windows, seats=seats, limits=limits, readings=readings)
    lines = lines.mutate(capped=ibis.ifelse(lines.utilization > 1, 1.0, lines.utilization))
    counted = lines.group_by(*KEYS).agg(
        entitlements_limited=(lines.granted > 0).sum(),
        entitlements_measured=lines.capped.count(),
        sum_utilization=lines.capped.sum(),
    )
    rows = over(windows, counted)
    measured = rows.entitlements_measured.fill_null(0)
    return rows.select(
        *KEYS,
        "sum_utilization",
        entitlements_limited=rows.entitlements_limited.fill_null(0),
        entitlements_measured=measured,
        utilization=ratio(rows.sum_utilization, measured),
    )


def _granted(windows: Windows, seats: ir.Table, limits: ir.Table) -> ir.Table:
    """What is in force: customer_id, as_of, name, kind, granted (null: unlimited), unit, price."""
    of_seats = seats.select(
        "customer_id",
        "from_day",
        "to_day",
        name=ibis.literal(SEATS_NAME),
        kind=ibis.literal("seats"),
        granted=seats.seats.cast("float64"),
        unit=ibis.literal("seats"),
        price=seats.price,
    )
    of_limits = limits.select(
        "customer_id", "from_day", "to_day", "name", kind=ibis.literal("limit"), granted=limits.granted,
        unit=limits.unit, price=limits.price,
    )  # fmt: skip
    rows = _in_force(windows, of_seats.union(of_limits))
    sums = rows.group_by(*KEYS, "name", "kind").agg(
        granted=rows.granted.sum(),
        is_unlimited=rows.granted.isnull().any(),
        unit=rows.unit.max(),
        price=rows.price.sum(),
        is_unpriced=rows.price.isnull().any(),
    )
    nothing = ibis.null("float64")
    return sums.select(
        *KEYS,
        "name",
        "kind",
        "unit",
        granted=ibis.ifelse(sums.is_unlimited, nothing, sums.granted),
        price=ibis.ifelse(sums.is_unpriced, nothing, sums.price),
    )


def _in_force(windows: Windows, rows: ir.Table) -> ir.Table:
    """``rows`` of these customers, once for each as-of day from from_day to to_day; adds as_of."""
    rows = rows.join(windows.customers.select("customer_id"), "customer_id")
    spans = windows.spans.select("as_of")
    return rows.join(
        spans,
        [
            rows.from_day.isnull() | (rows.from_day <= spans.as_of),
            rows.to_day.isnull() | (rows.to_day >= spans.as_of),
        ],
    )


def _seats_used(facts: ir.Table, windows: Windows) -> ir.Table:
    rows = activity(facts, windows)
    return rows.select(
        *KEYS,
        name=ibis.literal(SEATS_NAME),
        kind=ibis.literal("seats"),
        used=rows.active_visitors.cast("float64"),
        basis=ibis.literal("users active in the period"),
        measured_on=ibis.null("date"),
    )


def _limits_used(facts: ir.Table, windows: Windows, limits: ir.Table, readings: ir.Table) -> ir.Table:
    """By uses where a feature is counted and its uses are known; else by the newest reading."""
    names = _in_force(windows, limits).select(*KEYS, "name").distinct()
    counted = _by_uses(facts, windows, limits)
    rows = names.left_join(counted, [*KEYS, "name"]).select(*names.columns, "counted", "counted_words")
    read = _newest_reading(windows, readings)
    rows = rows.left_join(read, [*KEYS, "name"]).select(*rows.columns, "read", "read_on")
    is_counted = rows.counted.notnull()
    by_reading = ibis.ifelse(rows.read.notnull(), "as read", ibis.null("string"))
    return rows.select(
        *KEYS,
        "name",
        kind=ibis.literal("limit"),
        used=ibis.coalesce(rows.counted, rows.read),
        basis=ibis.ifelse(is_counted, rows.counted_words, by_reading),
        measured_on=ibis.ifelse(is_counted, ibis.null("date"), rows.read_on),
    )


def _by_uses(facts: ir.Table, windows: Windows, limits: ir.Table) -> ir.Table:
    """customer_id, as_of, name, counted, counted_words of limits that a feature's uses are counted against."""
    rows = _in_force(windows, limits.filter(limits.counted_feature.notnull()))
    rows = rows.group_by(*KEYS, "name").agg(feature_id=rows.counted_feature.max(), per=rows.counted_per.max())
    for name, window in (("period", windows), ("month", windows.of(MONTH_DAYS))):
        used = _uses(facts, window, name)
        rows = rows.left_join(used, [*KEYS, "feature_id"]).select(
            *rows.columns, f"{name}_uses", f"{name}_expected_uses"
        )
        lengths = activity(facts, window).select(
            *KEYS,
            **{f"{name}_days": "expected_days", f"{name}_all": "uses", f"{name}_month_totals": "has_month_totals"},
        )
        new = [column for column in lengths.columns if column not in KEYS]
        rows = rows.left_join(lengths, list(KEYS)).select(*rows.columns, *new)
    uses, month = _known(rows, "period"), _known(rows, "month")
    on_days = ibis.ifelse(rows.period_month_totals, ibis.null("int64"), rows.period_expected_uses.fill_null(0))
    a_day = ibis.ifelse(uses.isnull(), ibis.null("float64"), ratio(on_days, rows.period_days))
    return rows.select(
        *KEYS,
        "name",
        counted=ibis.cases((rows.per == "day", a_day), (rows.per == "month", month), else_=uses),
        counted_words=ibis.cases(
            (rows.per == "day", "uses a working day"),
            (rows.per == "month", "uses in 30 days"),
            else_="uses in the period",
        ),
    )


def _known(rows: ir.Table, name: str) -> ir.FloatingValue:
    """The feature's uses of a window: 0 where there were none, null where the window's usage is not known."""
    uses = rows[f"{name}_uses"].fill_null(0).cast("float64")
    return ibis.ifelse(rows[f"{name}_all"].isnull(), ibis.null("float64"), uses)


def _uses(facts: ir.Table, windows: Windows, name: str) -> ir.Table:
    """customer_id, as_of, feature_id, NAME_uses, NAME_expected_uses (on working days)."""
    rows = within_reach(facts, windows)
    rows = rows.filter(rows.feature_id.notnull())
    days = rows.group_by("customer_id", "feature_id", "day", is_month_total=rows.grain == "month").agg(
        uses=rows.uses.sum()
    )
    days = month_span(days).join(windows.customers, "customer_id")
    days = days.mutate(is_expected=is_working_day(days.day_number, days.working_week) & ~days.is_month_total)
    days = placed(days, windows)
    return days.group_by(*KEYS, "feature_id").agg(
        **{f"{name}_uses": days.uses.sum(), f"{name}_expected_uses": days.uses.sum(where=days.is_expected).fill_null(0)}
    )


def _newest_reading(windows: Windows, readings: ir.Table) -> ir.Table:
    """customer_id, as_of, name, read, read_on: the newest up to the as-of day; of two on a day the higher."""
    spans = windows.spans.select("as_of")
    rows = readings.join(spans, readings.read_on <= spans.as_of)
    rows = rows.mutate(newest=rows.read_on.max().over(ibis.window(group_by=[*KEYS, "name"])))
    rows = rows.filter(rows.read_on == rows.newest)
    return rows.group_by(*KEYS, "name").agg(read=rows.used.max(), read_on=rows.read_on.max())
