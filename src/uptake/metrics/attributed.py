"""From usage as the platforms name it to usage by customer and feature, and what does not count.

A daily row leaves for the first of these reasons, in this order: its account belongs to no customer, its event name is
not in the catalogue, its event name is set aside as not being feature use, its visitor is not human. ``attributed``
keeps the others; ``left_out`` counts those that left, so that the two always add up to what went in.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import ibis
import ibis.expr.types as ir

COUNTED_KINDS = ("feature", "login")


class Rule(Protocol):
    """Visitors who are not people at a customer; ``customers.visitor_rules.active_rules`` gives them."""

    @property
    def kind(self) -> str:
        """internal, service or test."""

    @property
    def pattern(self) -> str:
        """Regular expression that RE2 and Java read alike, searched anywhere in the visitor's id."""

    @property
    def title(self) -> str:
        """As pages name it."""


class VisitorRule(NamedTuple):
    """A Rule as a plain value."""

    kind: str
    pattern: str
    title: str


def attributed(
    daily: ir.Table, accounts: ir.Table, event_names: ir.Table, rules: Sequence[Rule], *, also: Sequence[str] = ()
) -> ir.Table:
    """The usage that counts, with customer and feature. ``also``: columns of ``daily`` that are carried along.

    In:     daily (lake.schemas.USAGE_DAILY); accounts: source, account_id (unique), customer_id; event_names: source,
            event_name (unique), feature_id, kind (feature, login, set_aside); rules in their order.
    Out:    customer_id, visitor_id (null: the row names nobody), feature_id (null: a login), kind (feature, login),
            day, grain, uses, fact_rows, sum_duration_seconds. Not aggregated: a row in is at most one row out.
    """
    catalogue = event_names.filter(event_names.kind.isin(COUNTED_KINDS))
    catalogue = catalogue.select(
        "source",
        "event_name",
        "kind",
        feature_id=ibis.ifelse(catalogue.kind == "feature", catalogue.feature_id, ibis.null("string")),
    )
    facts = daily.join(accounts.select("source", "account_id", "customer_id"), ["source", "account_id"])
    facts = facts.join(catalogue, ["source", "event_name"])
    if rules:
        facts = facts.anti_join(_left_out_visitors(daily, rules), "visitor_id")
    return facts.select(
        "customer_id",
        "visitor_id",
        "feature_id",
        "kind",
        "day",
        "grain",
        "uses",
        "fact_rows",
        "sum_duration_seconds",
        *also,
    )


def _left_out_visitors(daily: ir.Table, rules: Sequence[Rule]) -> ir.Table:
    """The visitor_id of ``not_human``: all patterns as one, which costs a fraction of asking them one by one."""
    any_of = "|".join(f"(?:{rule.pattern})" for rule in rules)
    visitors = _visitors(daily)
    return visitors.filter(visitors.visitor_id.re_search(any_of))


def _visitors(daily: ir.Table) -> ir.Table:
    """Out: visitor_id (unique, never null).

    Taken as a value of its group: a filter on what is grouped by would be run on every row before they are grouped.
    """
    named = daily.filter(daily.visitor_id.notnull())
    return named.group_by(who=named.visitor_id).agg(visitor_id=named.visitor_id.arbitrary()).select("visitor_id")


def not_human(daily: ir.Table, rules: Sequence[Rule]) -> ir.Table:
    """Visitors that a rule leaves out.

    The patterns run once per distinct visitor, not once per row.
    Out: visitor_id (unique), rule (place of the first rule that fits, from 0), visitor_kind, title.
    """
    visitors = _visitors(daily)
    fits = [visitors.visitor_id.re_search(rule.pattern) for rule in rules]
    first = ibis.cases(*[(fit, place) for place, fit in enumerate(fits)]).cast("int64")
    found = visitors.mutate(rule=first)
    found = found.filter(found.rule.notnull())
    return found.mutate(
        visitor_kind=ibis.cases(*[(found.rule == place, rule.kind) for place, rule in enumerate(rules)]),
        title=ibis.cases(*[(found.rule == place, rule.title) for place, rule in enumerate(rules)]),
    )


def left_out(daily: ir.Table, accounts: ir.Table, event_names: ir.Table, rules: Sequence[Rule]) -> ir.Table:
    """What ``attributed`` leaves out, counted by reason.

    Out:    reason (no customer, not in the catalogue, not feature use, internal, service, test), rule (the event
            name, or the title of the visitor rule; null: none), daily_rows, fact_rows, uses, visitors (distinct ids).
    """
    rows = daily.left_join(accounts.select("source", "account_id", "customer_id"), ["source", "account_id"])
    rows = rows.select(*daily.columns, "customer_id")
    rows = rows.left_join(event_names.select("source", "event_name", "kind"), ["source", "event_name"])
    rows = rows.select(*daily.columns, "customer_id", "kind")
    if rules:
        people = not_human(daily, rules).select("visitor_id", "visitor_kind", "title")
        rows = rows.left_join(people, "visitor_id").select(
            *daily.columns, "customer_id", "kind", "visitor_kind", "title"
        )
    else:
        rows = rows.mutate(visitor_kind=ibis.null("string"), title=ibis.null("string"))
    rows = rows.mutate(
        reason=ibis.cases(
            (rows.customer_id.isnull(), "no customer"),
            (rows.kind.isnull(), "not in the catalogue"),
            (~rows.kind.isin(COUNTED_KINDS), "not feature use"),
            else_=rows.visitor_kind,
        )
    )
    rows = rows.filter(rows.reason.notnull())
    rows = rows.mutate(
        rule=ibis.cases(
            (rows.reason == "no customer", ibis.null("string")),
            (rows.reason.isin(["not in the catalogue", "not feature use"]), rows.event_name),
            else_=rows.title,
        )
    )
    return rows.group_by("reason", "rule").agg(
        daily_rows=rows.count(),
        fact_rows=rows.fact_rows.sum(),
        uses=rows.uses.sum(),
        visitors=rows.visitor_id.nunique(),
    )
