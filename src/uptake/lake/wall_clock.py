"""The time on the customer's wall: by the workspace's zone, or by the one that the customer keeps for its own."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pyarrow as pa
from django.conf import settings

from uptake.lake.days import local_time, offsets
from uptake.lake.engine import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

SHIFTS = pa.schema(
    [("own_account", pa.string()), ("since", pa.timestamp("us")), ("until", pa.timestamp("us")), ("shift", pa.int64())]
)
BEFORE_ALL, AFTER_ALL = datetime(1900, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001 - as all instants of the facts: UTC


def workspace_zone() -> str:
    return str(settings.UPTAKE.time_zone)


@dataclass(frozen=True)
class WallClock:
    """The clocks of one source's accounts, exact between two days.

    All accounts are read in one go, however many zones their customers keep.
    """

    zone: str
    first: date
    last: date
    shifts: "ir.Table | None"  # SHIFTS of the accounts that keep another zone; None where no account does

    def told(self, rows: "ir.Table", at: str) -> "ir.Table":
        """The rows with ``local``: the wall clock at the instant in column ``at``.

        In: account_id, and the instant in UTC. An account without a customer goes by the workspace's clock.
        """
        import ibis

        usual = local_time(rows[at], self.zone, self.first, self.last)
        if self.shifts is None:
            return rows.mutate(local=usual)
        rows = rows.mutate(local=usual)
        own = self.shifts
        here = [rows.account_id == own.own_account, rows[at] >= own.since, rows[at] < own.until]
        told = rows.left_join(own, here)
        local = ibis.coalesce(told[at] + told["shift"].as_interval("s"), told.local)
        return told.mutate(local=local).select(*rows.columns)

    def dated(self, facts: "ir.Table") -> "ir.Table":
        """Usage events with ``local`` and ``local_day``: their calendar day. A total of a day or month carries its own."""
        import ibis

        told = self.told(facts, "occurred_at")
        return told.mutate(local_day=ibis.coalesce(told.occurred_on, told.local.date()))


def wall_clock(engine: Engine, source: str, zones: pa.Table, first: date, last: date) -> WallClock:
    """``zones``: source, account_id, zone of the accounts of customers that keep their own."""
    usual = workspace_zone()
    accounts: dict[str, list[str]] = defaultdict(list)
    for row in zones.to_pylist():
        if row["source"] == source and row["zone"] != usual:
            accounts[row["zone"]].append(row["account_id"])
    if not accounts:
        return WallClock(usual, first, last, None)
    rows = [
        {"own_account": account, **shift}
        for zone, theirs in sorted(accounts.items())
        for shift in _shifts(zone, first, last)
        for account in theirs
    ]
    name = f"wall_clock_of_{source}_{first:%Y%m%d}_{last:%Y%m%d}"  # others of the same engine stand beside it
    table = engine.small(name, pa.Table.from_pylist(rows, SHIFTS))
    return WallClock(usual, first, last, table)


def _shifts(zone: str, first: date, last: date) -> list[dict[str, datetime | int]]:
    """since, until, shift (seconds from UTC), one after the other."""
    known = offsets(zone, first, last)
    ends = [BEFORE_ALL, *(until or AFTER_ALL for until, _ in known)]
    return [
        {"since": since, "until": until, "shift": int(offset.total_seconds())}
        for (since, until), (_, offset) in zip(pairwise(ends), known, strict=True)
    ]
