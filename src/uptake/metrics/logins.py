"""How often people log in, or come, where nothing says when they log in."""

import ibis
import ibis.expr.types as ir

from uptake.metrics.day_numbers import month_span
from uptake.metrics.ratios import ratio
from uptake.metrics.sessions import sessions_by_visitor
from uptake.metrics.visitors import activity, visitors_behind
from uptake.metrics.windows import Windows, placed, within_reach

LOGINS, SESSIONS, ACTIVE_DAYS = "logins", "sessions", "active days"
KEYS = ("customer_id", "as_of")


def login_frequency(facts: ir.Table, windows: Windows, *, sessions: ir.Table | None = None) -> ir.Table:
    """Log-ins per active visitor and week; where the window holds none, sessions; without those, active days.

    Unit:   per week.
    In:     sessions as from ``attributed_sessions``; None: they are not looked at.
    Out:    customer_id, as_of, login_frequency, login_basis (logins, sessions, active days), login_count (of the basis,
            by active visitors; ``logins_behind`` has them by person), active_visitors, weeks.
    Absent: null without history and where no usage says who; null too where days are counted and a month's total
            reaches into the window; 0 with history and nothing in the window.
    Source: docs/definitions.md#login_frequency
    """
    people = logins_behind(facts, windows, sessions=sessions)
    counted = people.group_by(*KEYS).agg(login_basis=people.login_basis.max(), counted=people.login_count.sum())
    rows = activity(facts, windows).select(*KEYS, "active_visitors", "weeks", "has_month_totals")
    rows = rows.left_join(counted, list(KEYS)).select(*rows.columns, "login_basis", "counted")
    untold = (rows.login_basis == ACTIVE_DAYS) & rows.has_month_totals
    count = ibis.ifelse(untold.fill_null(False), ibis.null("int64"), rows.counted)
    count = ibis.ifelse(rows.active_visitors == 0, 0, count)
    each = ibis.ifelse(rows.active_visitors == 0, 0.0, ratio(ratio(count, rows.active_visitors), rows.weeks))
    return rows.select(
        *KEYS, "active_visitors", "weeks", "login_basis", login_frequency=each, login_count=count.cast("int64")
    )


def logins_behind(facts: ir.Table, windows: Windows, *, sessions: ir.Table | None = None) -> ir.Table:
    """The people behind ``login_frequency``: customer_id, as_of, visitor_id, login_count, login_basis.

    Every active visitor of the window, counted by what is there for the customer: one log-in makes log-ins the basis.
    """
    key = [*KEYS, "visitor_id"]
    people = visitors_behind(facts, windows).select(*key, "active_days")
    logins = _logins_by_visitor(facts, windows)
    people = people.left_join(logins, key).select(*people.columns, "logins")
    if sessions is None:
        people = people.mutate(sessions=ibis.literal(0, "int64"))
    else:
        came = sessions_by_visitor(facts, sessions, windows).select(*key, "sessions")
        people = people.left_join(came, key).select(*people.columns, "sessions")
    people = people.mutate(logins=people.logins.fill_null(0), sessions=people.sessions.fill_null(0))
    customer = ibis.window(group_by=list(KEYS))
    any_login, any_session = people.logins.sum().over(customer) > 0, people.sessions.sum().over(customer) > 0
    return people.select(
        *key,
        login_basis=ibis.cases((any_login, LOGINS), (any_session, SESSIONS), else_=ACTIVE_DAYS),
        login_count=ibis.cases((any_login, people.logins), (any_session, people.sessions), else_=people.active_days),
    )


def _logins_by_visitor(facts: ir.Table, windows: Windows) -> ir.Table:
    """customer_id, as_of, visitor_id, logins."""
    rows = within_reach(facts, windows).join(windows.customers.select("customer_id"), "customer_id")
    rows = rows.filter(rows.visitor_id.notnull() & (rows.kind == "login"))
    days = rows.group_by("customer_id", "visitor_id", "day", is_month_total=rows.grain == "month").agg(
        uses=rows.uses.sum()
    )
    days = placed(month_span(days), windows)
    return days.group_by(*KEYS, "visitor_id").agg(logins=days.uses.sum())
