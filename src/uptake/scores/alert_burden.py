"""Alert burden: how free a customer is of open usage alerts."""

import ibis
import ibis.expr.types as ir

KEYS = ("customer_id", "as_of")


def alert_burden(rows: ir.Table, *, alerts: ir.Table, looks: ir.Table, late: ir.Table) -> ir.Table:
    """100 less what the alerts that were open on the day take, at least 0.

    In:     rows: customer_id, as_of; alerts: customer_id, raised_on, closed_on (null: open), points; looks: as_of, the
            days on which alerts were looked for; late: customer_id, as_of of who could not be judged.
    Out:    rows with alert_burden (0–100), alert_points (what the open ones take together), open_alerts (count).
    Absent: null on days without a look, and for customers whose usage had not come by the day.
    Source: docs/definitions.md, section 3, Health.
    """
    there = alerts.closed_on.isnull() | (alerts.closed_on > looks.as_of)
    both = alerts.join(looks, [alerts.raised_on <= looks.as_of, there])
    taken = both.group_by(*KEYS).agg(alert_points=both.points.sum(), open_alerts=both.count())
    looked = looks.select("as_of", is_looked=ibis.literal(True))
    not_judged = late.select(*KEYS, is_late=ibis.literal(True))
    found = rows.left_join(looked, "as_of").select(*rows.columns, "is_looked")
    found = found.left_join(not_judged, list(KEYS)).select(*found.columns, "is_late")
    found = found.left_join(taken, list(KEYS)).select(*found.columns, "alert_points", "open_alerts")
    judged = found.is_looked.fill_null(False) & ~found.is_late.fill_null(False)
    points = found.alert_points.fill_null(0)
    left = 100.0 - ibis.ifelse(points > 100, 100, points)
    return found.mutate(
        alert_burden=ibis.ifelse(judged, left, ibis.null("float64")),
        alert_points=ibis.ifelse(judged, points, ibis.null("int64")),
        open_alerts=ibis.ifelse(judged, found.open_alerts.fill_null(0), ibis.null("int64")),
    ).drop("is_looked", "is_late")
