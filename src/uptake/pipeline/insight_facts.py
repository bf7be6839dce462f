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
from uptake.pipeline.at_hand import Bench
from uptake.pipeline.kept import keep, kept, kept_or_made, key_of
from uptake.pipeline.published import Published, workspace_week
from uptake.pipeline.questions import Question, answer
from uptake.scores.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

BEFORE_THE_END = Period(90)
SHORTEST_ON_OFFER = 30  # days before the end that a feature must have been in use somewhere, to be measured
DECIDED_AFTER = 30  # days after the end of a contract without another: they are gone


def last_days(known: Published, day: date) -> pa.Table:
    """customer_id, visitor_id, last_on (null: only a month's total names them) of every user ever seen up to the day."""
    return kept_or_made(key_of("last-days", known, day), known, [day], lambda bench: last_days_made(bench, day))


def last_days_made(bench: Bench, day: date) -> pa.Table:
    """What ``last_days`` keeps."""
    return bench.answer(Question(_last_days, bench.tables, (day,), (workspace_week(),))).combine_chunks()


def _last_days(tables: Tables, days: Sequence[date], week: str) -> "ir.Table":
    spans = windows(tables.facts, tables.customers, as_of=days, period=Period(None), workspace_week=week)
    people = visitors_by_status(tables.facts, spans).select("customer_id", "visitor_id", "last_on")
    return people.order_by("customer_id", "visitor_id")


def top_users(known: Published, day: date, period: Period) -> pa.Table:
    """customer_id, uses, active_users, top_uses, top_user of the period; users who are named only.

    Of several who use equally the first by id is told, so that it is the same one every time.
    """
    key = key_of("top-users", known, period, day)
    return kept_or_made(key, known, [day], lambda bench: top_users_made(bench, day, period))


def top_users_made(bench: Bench, day: date, period: Period = scoring.DEFAULT_PERIOD) -> pa.Table:
    """What ``top_users`` keeps."""
    return bench.answer(Question(_top_users, bench.tables, (day,), (period, workspace_week())))


def _top_users(tables: Tables, days: Sequence[date], period: Period, week: str) -> "ir.Table":
    spans = windows(tables.facts, tables.customers, as_of=days, period=period, workspace_week=week)
    people = visitors_behind(tables.facts, spans).select("customer_id", "visitor_id", "uses")
    theirs = people.group_by("customer_id").agg(
        uses=people.uses.sum(), active_users=people.count(), top_uses=people.uses.max()
    )
    both = people.select("customer_id", "visitor_id", their_uses="uses").join(theirs, "customer_id")
    both = both.filter(both.their_uses == both.top_uses)
    found = both.group_by("customer_id", "uses", "active_users", "top_uses").agg(top_user=both.visitor_id.min())
    return found.order_by("customer_id")


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
    key = key_of("use-before", known, day, told)
    table = kept(key)
    return _use_before(key, known, day, ended) if table is None else table


def _archived() -> list[int]:
    return list(Customer.objects.filter(is_archived=True).order_by("pk").values_list("pk", flat=True))


def _use_before(key: str, known: Published, day: date, ended: Sequence[Ended]) -> pa.Table:
    everybody = replace(known, customers=customers_table())  # who has left may have left the portfolio as well
    with engine() as opened:
        tables = (everybody.tables(opened), _shifts(opened, day, ended))
        table = answer(opened, Question(_shifted_reach, tables, (day,), (workspace_week(),)))
    keep(key, table, [day])
    return table


def _shifted_reach(tables: "tuple[Tables, ir.Table]", days: Sequence[date], week: str) -> "ir.Table":
    of, shifts = tables
    facts = of.facts.filter(of.facts.grain != "month")  # a month cannot be shifted by days
    facts = _shifted(facts, shifts, "day")
    granted = _shifted(of.feature_entitlements, shifts, "from_day", "to_day")
    customers = of.customers.semi_join(shifts, "customer_id")
    spans = windows(facts, customers, as_of=days, period=BEFORE_THE_END, workspace_week=week)
    cells = reach(facts, spans, entitlements=granted)
    cells = cells.filter(cells.is_available & cells.users.notnull())
    cells = _on_offer(cells, of.facts, shifts, days[0])
    found = cells.select("customer_id", "feature_id", use=ibis.coalesce(cells.reach, 0.0))
    return found.order_by("customer_id", "feature_id")


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
