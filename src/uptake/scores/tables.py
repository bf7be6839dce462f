"""The tables that scores are made from, as the pipeline hands them over."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import ibis.expr.types as ir

from uptake.metrics.attributed import Rule, attributed
from uptake.metrics.sessions import attributed_sessions


@dataclass(frozen=True)
class Tables:
    """All on one engine. Extra columns do no harm."""

    daily: ir.Table  # lake.schemas.USAGE_DAILY
    accounts: ir.Table  # source, account_id, customer_id
    customers: ir.Table  # customer_id, customer, segment, arr, working_week; those to be scored
    event_names: ir.Table  # source, event_name, feature_id, feature, category, importance, tags, kind
    seats: ir.Table  # customer_id, seats, from_day, to_day, price
    feature_entitlements: ir.Table  # customer_id, feature_id, from_day, to_day
    limits: ir.Table  # customer_id, name, granted, unit, from_day, to_day, price, counted_feature, counted_per
    readings: ir.Table  # customer_id, name, used, read_on
    sessions: ir.Table  # lake.schemas.SESSIONS; of days that nobody asked for yet there may be none
    rules: Sequence[Rule] = ()  # visitors who do not count
    held_facts: ir.Table | None = None  # ``facts``, where they were worked out before
    held_sessions: ir.Table | None = None  # ``own_sessions``, likewise

    def held(self, facts: ir.Table) -> "Tables":
        """The same tables with the usage that counts as it was worked out."""
        return replace(self, held_facts=facts)

    @property
    def shape(self) -> Hashable:
        """All that an expression over these tables can depend on: names and columns, and the rules."""
        named = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "rules"}
        tables = tuple((part, table.get_name(), table.schema()) for part, table in named.items() if table is not None)
        return tables, tuple((rule.kind, rule.pattern, rule.title) for rule in self.rules)

    @cached_property
    def portfolio_accounts(self) -> ir.Table:
        """The accounts of the customers to be scored; usage of any other belongs to no customer."""
        return self.accounts.semi_join(self.customers, "customer_id")

    @cached_property
    def facts(self) -> ir.Table:
        """The usage that counts (metrics.attributed)."""
        if self.held_facts is not None:
            return self.held_facts
        return attributed(self.daily, self.portfolio_accounts, self.event_names, self.rules)

    @cached_property
    def own_sessions(self) -> ir.Table:
        """The sessions of the customers' people (metrics.sessions)."""
        if self.held_sessions is not None:
            return self.held_sessions
        return attributed_sessions(self.sessions, self.portfolio_accounts, self.rules)
