"""One account of a platform: how much it is used on which days, and what of it. Whoever sees its customer sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from uptake.customers.access import access_customers
from uptake.customers.catalogue import resolve_event_names
from uptake.customers.models import Account
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.engine import Engine, engine
from uptake.lake.models import DataFile
from uptake.lake.schemas import USAGE_DAILY
from uptake.pipeline import scoring
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

if TYPE_CHECKING:
    import ibis.expr.types as ir

WEEK, MONTH = 7, 30


class UnknownAccount(ProductError):
    """There is no such account, or it is not the teammate's to see."""

    status = 404


@dataclass(frozen=True)
class AccountUse:
    """An account on the days of a period."""

    account: Account
    first_day: date
    last_day: date
    days: Sequence[Mapping[str, Any]]  # day, uses, visitors; days without use are left out
    dau: float | None  # different users of a day, on average over all days of the period; None where no user is told
    wau: int | None  # of the last 7 days
    mau: int | None  # of the last 30
    minutes: float | None  # of use; None: not measured


@dataclass(frozen=True)
class EventUse:
    """What the platform calls a feature, page or event, on the days of a period."""

    event_name: str
    name: str
    kind: str  # feature, set_aside
    uses: int
    visitors: int
    last_on: date


def access_platform_accounts(teammate: Teammate, source: str) -> QuerySet[Account]:
    """A platform's accounts whose customers the teammate sees, and for who maps accounts also those that wait."""
    mine = Q(customer__in=access_customers(teammate))
    seen = mine | Q(customer=None) if may(teammate, Right.CONNECT) else mine
    return Account.objects.filter(seen, source=source).select_related("customer").order_by("account_id")


def access_account(teammate: Teammate, source: str, account_id: str) -> Account:
    """Raises UnknownAccount."""
    found = access_platform_accounts(teammate, source).filter(account_id=account_id).first()
    if found is None:
        raise UnknownAccount(f"There is no account “{account_id[:80]}”, or it is not yours.")
    return found


def use_of(account: Account, *, as_of: date | None = None, period: Period = scoring.DEFAULT_PERIOD) -> AccountUse:
    """Raises NothingToScore where there is no usage at all."""
    first, last = _days(as_of, period)
    with engine() as opened:
        daily = _daily(opened)
        if daily is None:
            return AccountUse(account, first, last, (), None, None, None, None)
        mine = daily.filter(daily.source == account.source, daily.account_id == account.account_id)
        days = opened.arrow(_by_day(mine, first, last)).to_pylist()
        [people] = opened.arrow(_people(mine, first, last)).to_pylist()
    told = people["named"] > 0
    length = (last - first).days + 1
    return AccountUse(
        account,
        first,
        last,
        days,
        sum(row["visitors"] for row in days) / length if told else None,
        people["of_week"] if told else None,
        people["of_month"] if told else None,
        people["seconds"] / 60 if people["seconds"] is not None else None,
    )


def features_of(
    account: Account, *, as_of: date | None = None, period: Period = scoring.DEFAULT_PERIOD
) -> tuple[date, date, list[EventUse]]:
    """What of the product the account uses, most used first, under the names of the catalogue. Raises as ``use_of``."""
    first, last = _days(as_of, period)
    with engine() as opened:
        daily = _daily(opened)
        rows = []
        if daily is not None:
            mine = daily.filter(daily.source == account.source, daily.account_id == account.account_id)
            rows = opened.arrow(_by_event(mine, first, last)).to_pylist()
    named = resolve_event_names([(account.source, row["event_name"]) for row in rows]).to_pylist()
    known = {row["event_name"]: row for row in named}
    found = [
        EventUse(
            row["event_name"],
            known[row["event_name"]]["feature"] or row["event_name"],
            known[row["event_name"]]["kind"],
            row["uses"],
            row["visitors"],
            row["last_on"],
        )
        for row in rows
    ]
    return first, last, sorted(found, key=lambda each: (-each.uses, each.name))


def _days(as_of: date | None, period: Period) -> tuple[date, date]:
    last = scoring.as_of_day(as_of)
    beginning = min(file.first_day for file in files.live(DataFile.Table.USAGE_DAILY))
    return min(last, max(beginning, period.first_day(last, beginning))), last


def _daily(opened: Engine) -> "ir.Table | None":
    daily = files.live(DataFile.Table.USAGE_DAILY)
    return opened.files("usage_daily", files.selections(daily), USAGE_DAILY) if daily else None


def _between(mine: "ir.Table", first: date, last: date) -> "ir.Table":
    return mine.filter(mine.day >= first, mine.day <= last)


def _by_day(mine: "ir.Table", first: date, last: date) -> "ir.Table":
    """day, uses, visitors"""
    rows = _between(mine, first, last)
    return rows.group_by("day").agg(uses=rows.uses.sum(), visitors=rows.visitor_id.nunique()).order_by("day")


def _people(mine: "ir.Table", first: date, last: date) -> "ir.Table":
    """named, of_week, of_month, seconds: one row"""
    rows = mine.filter(mine.day <= last)
    inside = rows.day >= first
    return rows.agg(
        named=rows.visitor_id.count(where=inside),
        of_week=rows.visitor_id.nunique(where=rows.day > last - timedelta(days=WEEK)),
        of_month=rows.visitor_id.nunique(where=rows.day > last - timedelta(days=MONTH)),
        seconds=rows.sum_duration_seconds.sum(where=inside),
    )


def _by_event(mine: "ir.Table", first: date, last: date) -> "ir.Table":
    """event_name, uses, visitors, last_on"""
    rows = _between(mine, first, last)
    return rows.group_by("event_name").agg(
        uses=rows.uses.sum(), visitors=rows.visitor_id.nunique(), last_on=rows.day.max()
    )
