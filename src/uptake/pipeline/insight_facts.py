"""The facts that only insights ask for: users' last days, who uses most, and use before a contract ended.

Each is one query for all customers, kept in the lake as scores are.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import ibis
import pyarrow as pa

from uptake.customers.models import Contract, Customer
from uptake.customers.tables import customers_table
from uptake.kit.days import Period
from uptake.lake.engine import Engine, engine
from uptake.metrics.day_numbers import day_number, number_of
from uptake.metrics.reach import reach
from uptake.metrics.status import visitors_by_status
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import windows
from uptake.pipeline import scoring
from uptake.pipeline.published import Published, workspace_week

if TYPE_CHECKING:
    import ibis.expr.types as ir

BEFORE_THE_END = Period(90)
SHORTEST_ON_OFFER = 30  # days before the end that a feature must have been in use somewhere, to be measured
DECIDED_AFTER = 30  # days after the end of a contract without another: they are gone


def last_days(known: Published, day: date) -> pa.Table:
    """customer_id, visitor_id, last_on (null: only a month's total names them) of every user ever seen up to the day."""
    key = f"last-days|{scoring.EXPRESSIONS}|{day}|{known.token}"
    return scoring.kept(key) or _last_days(key, known, day)


def _last_days(key: str, known: Published, day: date) -> pa.Table:
    with engine() as opened:
        tables = known.tables(opened)
        spans = windows(
            tables.facts, tables.customers, as_of=[day], period=Period(None), workspace_week=workspace_week()
        )
        people = visitors_by_status(tables.facts, spans).select("customer_id", "visitor_id", "last_on")
        table = opened.arrow(people.order_by("customer_id", "visitor_id")).combine_chunks()
    scoring.keep(key, table, [day])
    return table


def top_users(known: Published, day: date, period: Period) -> pa.Table:
    """customer_id, uses, active_users, top_uses, top_user of the period; users who are named only.

    Of several who use equally the first by id is told, so that it is the same one every time.
    """
    key = f"top-users|{scoring.EXPRESSIONS}|{period}|{day}|{known.token}"
    return scoring.kept(key) or _top_users(key, known, day, period)


def _top_users(key: str, known: Published, day: date, period: Period) -> pa.Table:
    with engine() as opened:
        tables = known.tables(opened)
        spans = windows(tables.facts, tables.customers, as_of=[day], period=period, workspace_week=workspace_week())
        people = visitors_behind(tables.facts, spans).select("customer_id", "visitor_id", "uses")
        theirs = people.group_by("customer_id").agg(
            uses=people.uses.sum(), active_users=people.count(), top_uses=people.uses.max()
        )
        both = people.select("customer_id", "visitor_id", their_uses="uses").join(theirs, "customer_id")
        both = both.filter(both.their_uses == both.top_uses)
        found = both.group_by("customer_id", "uses", "active_users", "top_uses").agg(top_user=both.visitor_id.min())
        table = opened.arrow(found.order_by("customer_id"))
    scoring.keep(key, table, [day])
    return table


class Ended(NamedTuple):
    """How the last contract that ended went on."""

    customer_id: int
    ended_on: date
    renewed: bool


def ended_contracts(day: date) -> list[Ended]:
    """One per customer whose last ended contract is decided by the day, customers out of the portfolio too.

    Renewed: another contract runs on after it, begun at the latest 30 days later. Churned: none, and the 30 days are
    over; before that it is open, and the customer is left out.
    """
    theirs: dict[int, list[tuple[date, date | None]]] = {}
    terms = Contract.objects.order_by("customer_id", "starts_on", "pk").values_list(
        "customer_id", "starts_on", "ends_on"
    )
    for customer_id, starts_on, ends_on in terms:
        theirs.setdefault(customer_id, []).append((starts_on, ends_on))
    found = [_ended(customer_id, contracts, day) for customer_id, contracts in theirs.items()]
    return [each for each in found if each is not None]


def _ended(customer_id: int, contracts: Sequence[tuple[date, date | None]], day: date) -> Ended | None:
    last = max((ends_on for _, ends_on in contracts if ends_on and ends_on <= day), default=None)
    if last is None:
        return None
    until = last + timedelta(days=DECIDED_AFTER)
    follows = any(starts_on <= until and (ends_on is None or ends_on > last) for starts_on, ends_on in contracts)
    return Ended(customer_id, last, follows) if follows or until <= day else None


def use_before(known: Published, day: date, ended: Sequence[Ended]) -> pa.Table:
    """customer_id, feature_id, use: reach over the last 90 days of the contract that ended; 0 where nobody was active.

    Use after the end would say nothing: who has left uses nothing. Every customer's days are shifted so that its
    contract ends on the as-of day, and ``metrics.reach`` counts as always. Only features available then have a row, and
    only those that anybody used 30 days before the end: what came later nobody who left could have used. A feature that
    no such customer ever used before its end has no row; it could not be related to anything.
    """
    told = hashlib.sha256(repr((ended, _archived())).encode()).hexdigest()[:16]
    key = f"use-before|{scoring.EXPRESSIONS}|{day}|{known.token}|{told}"
    return scoring.kept(key) or _use_before(key, known, day, ended)


def _archived() -> list[int]:
    return list(Customer.objects.filter(is_archived=True).order_by("pk").values_list("pk", flat=True))


def _use_before(key: str, known: Published, day: date, ended: Sequence[Ended]) -> pa.Table:
    everybody = replace(known, customers=customers_table())  # who has left may have left the portfolio as well
    with engine() as opened:
        tables = everybody.tables(opened)
        shifts = _shifts(opened, day, ended)
        facts = tables.facts.filter(tables.facts.grain != "month")  # a month cannot be shifted by days
        facts = _shifted(facts, shifts, "day")
        granted = _shifted(tables.feature_entitlements, shifts, "from_day", "to_day")
        customers = tables.customers.semi_join(shifts, "customer_id")
        spans = windows(facts, customers, as_of=[day], period=BEFORE_THE_END, workspace_week=workspace_week())
        cells = reach(facts, spans, entitlements=granted)
        cells = cells.filter(cells.is_available & cells.users.notnull())
        cells = _on_offer(cells, tables.facts, shifts, day)
        found = cells.select("customer_id", "feature_id", use=ibis.coalesce(cells.reach, 0.0))
        table = opened.arrow(found.order_by("customer_id", "feature_id"))
    scoring.keep(key, table, [day])
    return table


def _on_offer(cells: "ir.Table", facts: "ir.Table", shifts: "ir.Table", day: date) -> "ir.Table":
    firsts = facts.group_by("feature_id").agg(first_on=facts.day.min())
    rows = cells.join(firsts, "feature_id").join(shifts, "customer_id")
    return rows.filter(day_number(rows.first_on) + rows["shift"] <= number_of(day) - SHORTEST_ON_OFFER)


def _shifts(opened: Engine, day: date, ended: Sequence[Ended]) -> "ir.Table":
    rows = {
        "customer_id": pa.array([each.customer_id for each in ended], pa.int64()),
        "shift": pa.array([(day - each.ended_on).days for each in ended], pa.int64()),
    }
    return opened.small("shifts", pa.table(rows))


def _shifted(rows: "ir.Table", shifts: "ir.Table", *columns: str) -> "ir.Table":
    """The rows of customers with an outcome, their days moved forward."""
    rows = rows.join(shifts, "customer_id")
    moved = {name: (rows[name] + rows["shift"].as_interval("D")).cast("date") for name in columns}
    return rows.mutate(**moved).drop("shift")
