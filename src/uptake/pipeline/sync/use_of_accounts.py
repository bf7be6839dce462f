"""How much each account is used, whoever's it is: what makes one worth mapping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import DataFile
from uptake.lake.schemas import USAGE_DAILY
from uptake.pipeline.questions import Question, answer
from uptake.pipeline.state import ByState

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAYS = 90


@dataclass(frozen=True)
class Use:
    """Of one account on the days looked at."""

    uses: int
    visitors: int
    last_on: date


@dataclass(frozen=True)
class UseOfAccounts:
    """On the last 90 days that have usage."""

    first_day: date | None
    last_day: date | None
    by_account: Mapping[tuple[str, str], Use]

    def of(self, source: str, account_id: str) -> Use | None:
        """None: not used on these days."""
        return self.by_account.get((source, account_id))

    def uses(self, source: str, account_id: str) -> int:
        found = self.of(source, account_id)
        return found.uses if found else 0


def use_of_accounts() -> UseOfAccounts:
    """Worked out once per state of the facts."""
    return _USES.get((), _made)


def _facts_state() -> str:
    return f"{files.root()}|{files.state_token(DataFile.Table.USAGE_DAILY)}"


_USES: ByState[UseOfAccounts] = ByState(_facts_state, size=1)


def _made() -> UseOfAccounts:
    daily = files.live(DataFile.Table.USAGE_DAILY)
    last = files.newest_day(daily)
    if last is None:
        return UseOfAccounts(None, None, {})
    first = last - timedelta(days=DAYS - 1)
    with engine() as opened:
        table = opened.files("usage_daily", files.selections(daily), USAGE_DAILY)
        rows: pa.Table = answer(opened, Question(_asked, table, (first, last)))
    found = {
        (row["source"], row["account_id"]): Use(row["uses"], row["visitors"], row["last_on"])
        for row in rows.to_pylist()
    }
    return UseOfAccounts(first, last, found)


def _asked(daily: "ir.Table", days: Sequence[date]) -> "ir.Table":
    """source, account_id, uses, visitors, last_on"""
    first, last = days
    rows = daily.filter(daily.account_id.notnull(), daily.day >= first, daily.day <= last)
    return rows.group_by("source", "account_id").agg(
        uses=rows.uses.sum(), visitors=rows.visitor_id.nunique(), last_on=rows.day.max()
    )
