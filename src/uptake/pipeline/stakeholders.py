"""Stakeholders among the users: under which visitor ids they come, and how much they were there."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from uptake.customers.models import Stakeholder
from uptake.pipeline import scoring
from uptake.pipeline.at_hand import Bench
from uptake.pipeline.kept import kept_or_made, key_of
from uptake.pipeline.published import Published, workspace_week
from uptake.pipeline.questions import Question
from uptake.pipeline.sync.visitors import email_key, told_emails

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from uptake.scores.tables import Tables

STAKEHOLDERS = pa.schema([("customer_id", pa.int64()), ("stakeholder_id", pa.int64()), ("email_key", pa.string())])
TOLD = pa.schema([("source", pa.string()), ("visitor_id", pa.string()), ("email_key", pa.string())])


@dataclass(frozen=True)
class Known:
    """Stakeholders with an address, and what platforms tell of visitors who may be they."""

    stakeholders: pa.Table
    told: pa.Table

    @property
    def asked(self) -> str:
        """Names both: equal texts give equal answers from the same facts."""
        told = repr((self.stakeholders.to_pylist(), self.told.to_pylist()))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def known_stakeholders(*, champions_only: bool = False) -> Known:
    """Of customers in the portfolio."""
    rows = Stakeholder.objects.filter(customer__is_archived=False).exclude(email="").order_by("pk")
    if champions_only:
        rows = rows.filter(is_champion=True)
    marked = [
        (customer_id, pk, email_key(email)) for customer_id, pk, email in rows.values_list("customer_id", "pk", "email")
    ]
    people = [dict(zip(STAKEHOLDERS.names, each, strict=True)) for each in marked]
    told = [vars(each) for each in told_emails({email for *_, email in marked})]
    return Known(pa.Table.from_pylist(people, STAKEHOLDERS), pa.Table.from_pylist(told, TOLD))


@dataclass(frozen=True)
class StakeholderUse:
    """What a stakeholder did under all their visitor ids together, as of a day."""

    stakeholder_id: int
    last_on: date | None  # None: only a month's total names them
    active_days: int  # of the last 30
    active_days_before: int | None  # of the 30 before; None: the customer had not begun by then
    uses: int  # in the last 30 days
    features: int
    visitor_ids: Sequence[str] = ()  # the one that came last first


def stakeholder_use(known: Published, day: date) -> Mapping[int, StakeholderUse]:
    """stakeholder_id -> use, of all who were ever seen up to the day."""
    who = known_stakeholders()
    if not who.stakeholders.num_rows:
        return {}
    ids = _ids(known, who, day)
    key = key_of("stakeholders", known, day, who.asked)
    rows = kept_or_made(key, known, [day], partial(_use_made, who=who, day=day)).to_pylist()
    return {
        row["stakeholder_id"]: replace(StakeholderUse(**row), visitor_ids=ids.get(row["stakeholder_id"], ()))
        for row in rows
    }


def visitor_ids(known: Published) -> Mapping[int, Sequence[str]]:
    """stakeholder_id -> their visitor ids, the one that came last first, as far as usage goes."""
    who = known_stakeholders()
    return _ids(known, who, scoring.newest_day()) if who.stakeholders.num_rows else {}


def _ids(known: Published, who: Known, day: date) -> dict[int, list[str]]:
    key = key_of("stakeholder-ids", known, day, who.asked)
    found: dict[int, list[str]] = {}
    for row in kept_or_made(key, known, [day], partial(_ids_made, who=who, day=day)).to_pylist():
        found.setdefault(row["stakeholder_id"], []).append(row["visitor_id"])
    return found


def _asked(bench: Bench, who: Known) -> "tuple[Tables, ir.Table, ir.Table]":
    engine = bench.engine
    return bench.tables, engine.small("stakeholders", who.stakeholders), engine.small("told_emails", who.told)


def _use_made(bench: Bench, *, who: Known, day: date) -> pa.Table:
    return bench.answer(Question(_use, _asked(bench, who), (day,), (workspace_week(),))).combine_chunks()


def _ids_made(bench: Bench, *, who: Known, day: date) -> pa.Table:
    return bench.answer(Question(_seen, _asked(bench, who), (day,))).combine_chunks()


def _theirs(asked: "tuple[Tables, ir.Table, ir.Table]") -> "ir.Table":
    from uptake.metrics.stakeholders import stakeholder_facts  # heavy; what is kept is read without

    of, people, told = asked
    return stakeholder_facts(of.daily, of.portfolio_accounts, of.event_names, of.rules, people, told)


def _use(asked: "tuple[Tables, ir.Table, ir.Table]", days: Sequence[date], week: str) -> "ir.Table":
    from uptake.metrics.stakeholders import stakeholder_use as use

    of = asked[0]
    found = use(of.facts, _theirs(asked), of.customers, as_of=days, workspace_week=week)
    return found.drop("customer_id", "as_of").order_by("stakeholder_id")


def _seen(asked: "tuple[Tables, ir.Table, ir.Table]", days: Sequence[date]) -> "ir.Table":
    rows = _theirs(asked)
    rows = rows.filter(rows.day <= days[0])
    found = rows.group_by("stakeholder_id", "visitor_id").agg(newest=rows.day.max())
    return found.order_by("stakeholder_id", found.newest.desc(), "visitor_id")
