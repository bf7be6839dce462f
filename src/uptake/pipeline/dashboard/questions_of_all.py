"""The questions about all customers of a portfolio: the same expressions as for one, and what only all together tell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import ibis
import ibis.expr.types as ir

from uptake.kit.days import Period
from uptake.metrics.activity import power_users
from uptake.metrics.day_numbers import month_span
from uptake.metrics.entitlements import entitlement_use
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import windows
from uptake.pipeline.dashboard.questions import cells, in_order, measured, scored, seen_as_facts
from uptake.scores.adoption import KEYS
from uptake.scores.tables import Tables


def of_all(tables: Tables, as_of: Sequence[date], period: Period, workspace_week: str) -> ir.Table:
    """``measured`` of all customers, on as-of days, and the power users, whom only the whole portfolio tells."""
    spans = windows(tables.facts, tables.customers, as_of=as_of, period=period, workspace_week=workspace_week)
    powerful = power_users(tables.facts, spans).select(*KEYS, "power_users", "power_share", "threshold_uses")
    return measured(tables, spans).join(powerful, list(KEYS)).order_by(*KEYS)


def cells_of_all(tables: Tables, as_of: Sequence[date], period: Period, workspace_week: str) -> ir.Table:
    """``cells`` of all customers, on as-of days."""
    spans = windows(tables.facts, tables.customers, as_of=as_of, period=period, workspace_week=workspace_week)
    return cells(tables.facts, spans, tables.feature_entitlements)


def less_top_of_all(tables: Tables, as_of: Sequence[date], period: Period, workspace_week: str) -> ir.Table:
    """Every customer's score on one as-of day, had its user who uses most never been there.

    The customer's windows stay, and so do the features that are available to it.
    """
    spans = windows(tables.facts, tables.customers, as_of=as_of, period=period, workspace_week=workspace_week)
    people = visitors_behind(tables.facts, spans)
    order = ibis.window(group_by="customer_id", order_by=[people.uses.desc(), people.visitor_id])
    people = people.filter(people.uses > 0).mutate(place=ibis.row_number().over(order))
    tops = people.filter(people.place == 0).select("customer_id", "visitor_id")
    both = ["customer_id", "visitor_id"]
    facts = tables.facts.anti_join(tops, both).union(seen_as_facts(seen(tables), tables.facts))
    others = replace(tables, held_facts=facts, held_sessions=tables.own_sessions.anti_join(tops, both))
    return scored(others, spans).select("customer_id", "score").order_by("customer_id")


def entitled_of_all(tables: Tables, as_of: Sequence[date], period: Period, workspace_week: str) -> ir.Table:
    """``metrics.entitlement_use`` of all customers, on as-of days."""
    spans = windows(tables.facts, tables.customers, as_of=as_of, period=period, workspace_week=workspace_week)
    found = entitlement_use(tables.facts, spans, seats=tables.seats, limits=tables.limits, readings=tables.readings)
    return in_order(found)


def seen(tables: Tables) -> ir.Table:
    """feature_id, first_on (a month's total: the month's last day) of every feature used by anybody."""
    used = tables.facts.filter(tables.facts.feature_id.notnull())
    firsts = month_span(used.group_by("feature_id", is_month_total=used.grain == "month").agg(day=used.day.min()))
    return firsts.group_by("feature_id").agg(first_on=firsts.day.min()).order_by("feature_id")
