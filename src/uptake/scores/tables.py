"""The tables that scores are made from, as the pipeline hands them over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import ibis.expr.types as ir

from uptake.metrics.attributed import Rule, attributed, left_out


@dataclass(frozen=True)
class Tables:
    """All on one engine. Extra columns do no harm."""

    daily: ir.Table  # lake.schemas.USAGE_DAILY
    accounts: ir.Table  # source, account_id, customer_id
    customers: ir.Table  # customer_id, customer, segment, arr, working_week; those to be scored
    event_names: ir.Table  # source, event_name, feature_id, feature, category, importance, kind
    seats: ir.Table  # customer_id, seats, from_day, to_day
    feature_entitlements: ir.Table  # customer_id, feature_id, from_day, to_day
    rules: Sequence[Rule] = ()  # visitors who do not count

    def held(self, keep: Callable[[str, ir.Table], ir.Table]) -> "Tables":
        """The same tables with the usage that counts worked out once; ``keep`` runs an expression and names its rows."""
        copy = replace(self)
        copy.__dict__["facts"] = keep("facts", self.facts)
        return copy

    @cached_property
    def portfolio_accounts(self) -> ir.Table:
        """The accounts of the customers to be scored; usage of any other belongs to no customer."""
        return self.accounts.semi_join(self.customers, "customer_id")

    @cached_property
    def facts(self) -> ir.Table:
        """The usage that counts (metrics.attributed)."""
        return attributed(self.daily, self.portfolio_accounts, self.event_names, self.rules)

    @property
    def left_out(self) -> ir.Table:
        """What does not count, by reason (metrics.attributed)."""
        return left_out(self.daily, self.portfolio_accounts, self.event_names, self.rules)
