"""Sessions: how often people come, for how long, what they do meanwhile, and whether others are there with them.

Only single events that say who can be put into sessions; totals of an hour, a day or a month cannot. So a window's
sessions are known where there are some, and 0 where nothing happened and there were some before; else they are null.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from uptake.metrics.attributed import Rule, not_human
from uptake.metrics.day_numbers import day_number
from uptake.metrics.ratios import ratio
from uptake.metrics.windows import Windows, over, placed, within_reach

KEYS = ("customer_id", "as_of")


def attributed_sessions(sessions: ir.Table, accounts: ir.Table, rules: Sequence[Rule]) -> ir.Table:
    """The sessions of customers' people, as ``attributed`` gives their usage.

    In:     sessions (lake.schemas.SESSIONS); accounts: source, account_id (unique), customer_id.
    Out:    customer_id, visitor_id, day, started_at, ended_at, uses (of whatever was used, also what is set aside).
    """
    rows = sessions.join(accounts.select("source", "account_id", "customer_id"), ["source", "account_id"])
    if rules:
        rows = rows.anti_join(not_human(sessions, rules), "visitor_id")
    return rows.select("customer_id", "visitor_id", "day", "started_at", "ended_at", "uses")


def session(sessions: ir.Table, windows: Windows) -> ir.Table:
    """Sessions that began in the window. ``sessions_behind`` lists them, ``sessions_by_visitor`` counts them by person.

    Unit:   sessions.
    In:     sessions as from ``attributed_sessions``.
    Out:    customer_id, as_of, session.
    Absent: null without history, and where usage in the window cannot be put into sessions; 0 with sessions before and
            nothing in the window.
    Source: docs/definitions.md#session
    """
    return _counted(sessions, windows).select(*KEYS, session="sessions")


def session_minutes(sessions: ir.Table, windows: Windows) -> ir.Table:
    """Mean length of the window's sessions: last minus first event, plus the last event's own duration where known.

    Unit:   minutes.
    Out:    customer_id, as_of, session_minutes, total_minutes, sessions.
    Absent: as session; 0 with sessions before and nothing in the window.
    Source: docs/definitions.md#session_minutes
    """
    rows = _counted(sessions, windows)
    minutes = rows.seconds / 60
    mean = ibis.ifelse(rows.sessions == 0, 0.0, ratio(minutes, rows.sessions))
    return rows.select(*KEYS, "sessions", session_minutes=mean, total_minutes=minutes)


def actions_per_session(facts: ir.Table, sessions: ir.Table, windows: Windows) -> ir.Table:
    """Uses of features by single events that say who, of the sessions: what the catalogue sets aside is no use.

    Unit:   uses per session.
    In:     facts as from ``attributed``; sessions as from ``attributed_sessions``.
    Out:    customer_id, as_of, actions_per_session, session_uses, sessions.
    Absent: as session; 0 with sessions before and nothing in the window.
    Source: docs/definitions.md#actions_per_session
    """
    rows = _counted(sessions, windows)
    used = _uses_by_visitor(facts, windows)
    used = used.group_by(*KEYS).agg(used=used.uses.sum())
    rows = rows.left_join(used, list(KEYS)).select(*rows.columns, "used")
    uses = ibis.ifelse(rows.sessions.isnull(), ibis.null("int64"), rows.used.fill_null(0))
    each = ibis.ifelse(rows.sessions == 0, 0.0, ratio(uses, rows.sessions))
    return rows.select(*KEYS, "sessions", session_uses=uses, actions_per_session=each)


def multi_user_sessions(sessions: ir.Table, windows: Windows) -> ir.Table:
    """Of the window's sessions, the share during which somebody else of the same customer was there too.

    Unit:   ratio 0–1.
    Out:    customer_id, as_of, multi_user_sessions, shared_sessions, sessions.
    Absent: as session; 0 with sessions before and nothing in the window.
    Source: docs/definitions.md#multi_user_sessions
    """
    rows = _counted(_marked(_mine(sessions, windows)), windows)
    share = ibis.ifelse(rows.sessions == 0, 0.0, ratio(rows.shared, rows.sessions))
    return rows.select(*KEYS, "sessions", shared_sessions="shared", multi_user_sessions=share)


def sessions_behind(sessions: ir.Table, windows: Windows) -> ir.Table:
    """The sessions themselves: customer_id, as_of, visitor_id, day, started_at, ended_at, minutes, is_shared."""
    rows = _marked(_mine(sessions, windows))
    rows = placed(_dated(rows), windows)
    return rows.select(
        *KEYS, "visitor_id", "day", "started_at", "ended_at", minutes=_seconds(rows) / 60, is_shared=rows.is_shared
    )


def sessions_by_visitor(facts: ir.Table, sessions: ir.Table, windows: Windows) -> ir.Table:
    """The people behind the sessions: customer_id, as_of, visitor_id, sessions, minutes, session_uses.

    Sessions add up to ``session``, uses to ``session_uses``.
    """
    rows = placed(_dated(_mine(sessions, windows)), windows)
    key = [*KEYS, "visitor_id"]
    came = rows.group_by(key).agg(sessions=rows.count(), minutes=_seconds(rows).sum() / 60)
    used = _uses_by_visitor(facts, windows).select(*key, session_uses="uses")
    came = came.mutate(session_uses=ibis.literal(0, "int64"))
    used = used.select(*key, sessions=ibis.literal(0, "int64"), minutes=ibis.literal(0.0), session_uses="session_uses")
    both = came.select(*key, "sessions", "minutes", "session_uses").union(used)
    people = both.group_by(key).agg(
        sessions=both.sessions.sum(), minutes=both.minutes.sum(), session_uses=both.session_uses.sum()
    )
    return people.filter((people.sessions > 0) | (people.session_uses > 0))


def _counted(sessions: ir.Table, windows: Windows) -> ir.Table:
    """customer_id, as_of, sessions, seconds, shared (where marked) of every window, with absent and 0 told apart."""
    rows = sessions if "is_shared" in sessions.columns else _mine(sessions, windows)
    sums = {"seconds": _seconds(rows).sum()}
    if "is_shared" in rows.columns:
        sums["shared"] = rows.is_shared.cast("int64").sum()
    days = rows.group_by("customer_id", "day").agg(sessions=rows.count(), **sums)
    days = placed(_dated(days), windows)
    counted = days.group_by(*KEYS).agg(**{name: days[name].sum() for name in ("sessions", *sums)})
    table = over(windows, counted)
    table = table.left_join(_beginnings(sessions), "customer_id").select(*table.columns, "began_on")
    table = table.left_join(_active_windows(windows), list(KEYS)).select(*table.columns, "active_days")
    is_silent = table.active_days.isnull() & table.days.notnull() & ~table.has_month_totals
    is_zero = table.sessions.isnull() & is_silent & (table.began_on <= table.as_of).fill_null(False)
    return table.select(
        *KEYS, **{name: ibis.ifelse(is_zero, 0, table[name]).cast(counted[name].type()) for name in ("sessions", *sums)}
    )


def _beginnings(sessions: ir.Table) -> ir.Table:
    """customer_id, began_on: the day of its first session."""
    return sessions.group_by("customer_id").agg(began_on=sessions.day.min())


def _active_windows(windows: Windows) -> ir.Table:
    """customer_id, as_of, active_days of the windows in which anything was used."""
    days = placed(windows.active_days, windows)
    return days.group_by(*KEYS).agg(active_days=days.count())


def _uses_by_visitor(facts: ir.Table, windows: Windows) -> ir.Table:
    """Feature uses of the events that stand in sessions: customer_id, as_of, visitor_id, uses."""
    used = within_reach(facts, windows).join(windows.customers.select("customer_id"), "customer_id")
    used = used.filter(used.visitor_id.notnull() & (used.kind == "feature") & (used.grain == "event"))
    days = used.group_by("customer_id", "visitor_id", "day").agg(uses=used.uses.sum())
    days = placed(_dated(days), windows)
    return days.group_by(*KEYS, "visitor_id").agg(uses=days.uses.sum())


def _mine(sessions: ir.Table, windows: Windows) -> ir.Table:
    """The sessions of these customers that can fall into any of the windows."""
    return within_reach(sessions, windows).join(windows.customers.select("customer_id"), "customer_id")


def _dated(rows: ir.Table) -> ir.Table:
    return rows.mutate(day_number=day_number(rows.day), is_month_total=ibis.literal(False))


def _seconds(rows: ir.Table) -> ir.IntegerValue:
    return rows.ended_at.epoch_seconds() - rows.started_at.epoch_seconds()


def _marked(sessions: ir.Table) -> ir.Table:
    """``sessions`` with is_shared: at some moment of it somebody else of the same customer was in a session.

    One person's sessions that touch each other (of two platforms, say) are one stay. Stays of one person never touch,
    so a stay that touches any other of the customer touches somebody else's; and in the order of their beginnings it
    does if one before it ended no sooner than it began, or the next one begins no later than it ends.
    """
    person = ["customer_id", "visitor_id"]
    rows = _begun(_in_order(sessions, person), person)
    rows = rows.mutate(
        stay=rows.begins.cast("int64").sum().over(ibis.cumulative_window(group_by=person, order_by="place"))
    )
    stays = rows.group_by(*person, "stay").agg(started_at=rows.started_at.min(), ended_at=rows.ended_at.max())
    stays = _begun(_in_order(stays, ["customer_id"]), ["customer_id"])
    following = stays.started_at.lead().over(ibis.window(group_by="customer_id", order_by="place"))
    stays = stays.mutate(is_shared=~stays.begins | (following <= stays.ended_at).fill_null(False))
    rows = rows.join(stays.select(*person, "stay", "is_shared"), [*person, "stay"])
    return rows.select(*sessions.columns, "is_shared")


def _in_order(rows: ir.Table, group: list[str]) -> ir.Table:
    """``rows`` with their place in time within the group: every later step goes by it, also where two begin together."""
    place = ibis.row_number().over(ibis.window(group_by=group, order_by=["started_at", "ended_at"]))
    return rows.mutate(place=place)


def _begun(rows: ir.Table, group: list[str]) -> ir.Table:
    """``rows`` with begins: all that began before in the group had ended."""
    before = rows.ended_at.max().over(ibis.window(group_by=group, order_by="place", rows=(None, -1)))
    return rows.mutate(begins=(before < rows.started_at).fill_null(True))
