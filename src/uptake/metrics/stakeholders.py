"""Stakeholders among the users: which visitor ids are theirs, and what they did under all of them together."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from uptake.kit.days import Period
from uptake.metrics.attributed import Rule, attributed
from uptake.metrics.day_numbers import day_number
from uptake.metrics.status import visitors_by_status
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import windows

DAYS = 30


def stakeholder_facts(
    daily: ir.Table,
    accounts: ir.Table,
    event_names: ir.Table,
    rules: Sequence[Rule],
    stakeholders: ir.Table,
    told_emails: ir.Table,
) -> ir.Table:
    """The usage that counts of people whom we know by their e-mail address.

    A visitor is a stakeholder of their account's customer where the platform tells the stakeholder's address of them,
    or, where it tells none, where the visitor's id is the address itself. What is compared is the whole address, trimmed
    and in lower case; nothing is guessed. An id means another person on another platform.

    In:     as ``attributed``; stakeholders: customer_id, stakeholder_id, email_key; told_emails: source, visitor_id
            (unique within it), email_key.
    Out:    as ``attributed``, with source and stakeholder_id.
    """
    named = daily.filter(daily.visitor_id.notnull())
    who = named.select("source", "account_id", "visitor_id").distinct()
    who = who.join(accounts.select("source", "account_id", "customer_id"), ["source", "account_id"])
    place = ("source", "account_id", "visitor_id", "customer_id")
    told = who.join(told_emails, ["source", "visitor_id"]).select(*place, "email_key")
    untold = who.anti_join(told_emails, ["source", "visitor_id"])
    own = untold.mutate(email_key=untold.visitor_id.strip().lower()).select(*place, "email_key")
    both = ibis.union(told, own).join(stakeholders, ["customer_id", "email_key"])
    both = both.select("source", "account_id", "visitor_id", "stakeholder_id").distinct()
    rows = named.join(both, ["source", "account_id", "visitor_id"])
    rows = rows.select(*daily.columns, "stakeholder_id")
    return attributed(rows, accounts, event_names, rules, also=("source", "stakeholder_id"))


def stakeholder_use(
    facts: ir.Table, theirs: ir.Table, customers: ir.Table, *, as_of: Sequence[date], workspace_week: str
) -> ir.Table:
    """When each stakeholder among the users was last there, and how much in the 30 days and the 30 before.

    In:     facts (``attributed``); theirs (``stakeholder_facts``); customers: customer_id, working_week.
    Unit:   days, uses, features.
    Out:    customer_id, as_of, stakeholder_id, last_on, first_on, active_days (of 30), uses, features,
            active_days_before (of the 30 days before; null: the customer had not begun by then).
    Absent: who was never seen up to the as-of day has no row. last_on is null where only a month's total names them.
    """
    as_people = theirs.mutate(visitor_id=theirs.stakeholder_id.cast("string"))
    spans = windows(facts, customers, as_of=as_of, period=Period(DAYS), workspace_week=workspace_week)
    keys = ["customer_id", "as_of", "visitor_id"]
    ever = visitors_by_status(as_people, spans).select(*keys, "last_on")
    now = visitors_behind(as_people, spans).select(*keys, "uses", "active_days")
    rows = ever.left_join(now, keys).select(*ever.columns, "uses", "active_days")
    more = _features(as_people, rows)
    rows = rows.left_join(more, keys).select(*rows.columns, "features", "days_before")
    begun = spans.table.select("customer_id", "as_of", "history_days")
    rows = rows.join(begun, ["customer_id", "as_of"])
    return rows.select(
        "customer_id",
        "as_of",
        "last_on",
        stakeholder_id=rows.visitor_id.cast("int64"),
        uses=rows.uses.fill_null(0),
        active_days=rows.active_days.fill_null(0),
        features=rows.features.fill_null(0),
        active_days_before=ibis.ifelse(
            rows.history_days >= 2 * DAYS, rows.days_before.fill_null(0), ibis.null("int64")
        ),
    )


def _features(facts: ir.Table, rows: ir.Table) -> ir.Table:
    """customer_id, as_of, visitor_id, features (used in the 30 days), days_before (active ones of the 30 before)."""
    dated = facts.filter(facts.grain != "month")
    both = rows.select("customer_id", "as_of", "visitor_id").join(
        dated.select("customer_id", "visitor_id", "feature_id", "day"), ["customer_id", "visitor_id"]
    )
    back = day_number(both.as_of) - day_number(both.day)
    return both.group_by("customer_id", "as_of", "visitor_id").agg(
        features=both.feature_id.nunique(where=(back >= 0) & (back < DAYS)),
        days_before=both.day.nunique(where=(back >= DAYS) & (back < 2 * DAYS)),
    )
