"""What rules look at, and what all of them share: windows, who is late, and the states a customer can be in."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import ibis
import ibis.expr.types as ir

from uptake.kit.days import Period
from uptake.metrics.day_numbers import day_number, month_span
from uptake.metrics.stakeholders import stakeholder_facts
from uptake.metrics.windows import Windows, windows
from uptake.scores.tables import Tables

KEYS = ("customer_id", "as_of")
YOUNG_DAYS = 14  # docs/definitions.md, section 0: under so many days of history there is no score, and no alert
LATE_DAYS = 3  # a week-end and a day: from then on a source that brings nothing is late
ENDED_DAYS = 90  # a source silent for longer has ended: where another goes on, nobody waits for it


class State(StrEnum):
    """What a rule says of a customer on a day. Where nothing is the matter, there is no row."""

    HOLDS = "holds"
    YOUNG = "young"  # not enough history yet
    LATE = "late"  # usage has not arrived
    UNMEASURED = "unmeasured"  # totals of whole months do not say on which day
    SEASONAL = "seasonal"  # the same weeks a year ago fell alike


@dataclass(frozen=True)
class Watched:
    """All on one engine. Extra columns do no harm."""

    tables: Tables
    champions: ir.Table  # customer_id, stakeholder_id, email_key (their address, trimmed, in lower case)
    told_emails: ir.Table  # source, visitor_id, email_key: whose visitor ids these are, as platforms tell
    guide_events: ir.Table  # source, account_id, visitor_id, guide_id, kind, day, as platforms bring them

    @property
    def shape(self) -> Hashable:
        """All that an expression over these tables can depend on."""
        own_tables = (self.champions, self.told_emails, self.guide_events)
        own = tuple((table.get_name(), table.schema()) for table in own_tables)
        return self.tables.shape, own

    @property
    def champion_facts(self) -> ir.Table:
        """The usage of champions, with stakeholder_id (metrics.stakeholders)."""
        of = self.tables
        return stakeholder_facts(
            of.daily, of.portfolio_accounts, of.event_names, of.rules, self.champions, self.told_emails
        )

    def windows(self, facts: ir.Table, days: Sequence[date], length: int, week: str) -> Windows:
        """The last ``length`` days of every customer up to each of the days."""
        return windows(facts, self.tables.customers, as_of=days, period=Period(length), workspace_week=week)

    def late(self, spans: Windows) -> ir.Table:
        """Customers whose usage has not arrived: customer_id, as_of, late_source, arrived_until.

        A source is late when its newest day lies over three days back. A customer is, when one of its sources is that
        brought something in the last 90 days, or when all of them are.
        """
        daily = self.tables.daily
        days = daily.select("source", "day", is_month_total=daily.grain == "month").distinct()
        days = month_span(days)
        seen = days.join(
            spans.spans.select("as_of", "as_of_number"), day_number(days.from_day) <= spans.spans.as_of_number
        )
        seen = seen.group_by("source", "as_of", "as_of_number").agg(newest=seen.day_number.max(), until=seen.day.max())
        theirs = self.tables.portfolio_accounts.select("customer_id", "source").distinct()
        rows = theirs.join(seen, "source")
        rows = rows.mutate(age=rows.as_of_number - rows.newest)
        found = rows.group_by(*KEYS).agg(
            least=rows.age.min(),
            waiting=rows.age.max(where=rows.age <= ENDED_DAYS),
            late_source=rows.source.min(where=rows.age > LATE_DAYS),
            arrived_until=rows.until.min(where=rows.age > LATE_DAYS),
        )
        is_late = (found.least > LATE_DAYS) | (found.waiting > LATE_DAYS).fill_null(False)
        return found.filter(is_late).select(*KEYS, "late_source", "arrived_until")


def judged(rows: ir.Table, late: ir.Table, *states: tuple[ir.BooleanValue, State]) -> ir.Table:
    """``rows`` with ``state``, the first that fits; customers whose usage is late are nothing else. Others leave.

    ``states``: conditions on ``rows``; what is null does not fit.
    """
    found = ibis.cases(*[(fits.fill_null(False), str(state)) for fits, state in states])
    rows = rows.mutate(state=found)
    rows = rows.filter(rows.state.notnull())
    both = rows.left_join(late, list(KEYS))
    both = both.select(*rows.columns, "late_source", "arrived_until")
    return both.mutate(state=ibis.ifelse(both.late_source.notnull(), str(State.LATE), both.state))


def about(spans: Windows) -> ir.Table:
    """What rules ask of every customer with history: customer_id, as_of, history_days, working_week, has_month_totals."""
    rows = spans.table.select(*KEYS, "history_days", "working_week", "has_month_totals")
    return rows.filter(rows.history_days.notnull())
