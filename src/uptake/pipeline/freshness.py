"""Whether the usage of a day has come: what has not must not look like a customer that stopped.

A platform that is asked and whose answer for a day is missing makes its accounts' customers late on that day: they get no
score then, no band, and nothing is noticed about them. Sources that send by themselves say nothing by not sending.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from uptake.customers.models import Account
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline.still import once_while_still
from uptake.pipeline.sync.arrived import adds_up_days, asked_connections, came_up_to, came_up_to_in
from uptake.pipeline.workspace import customer_zones

if TYPE_CHECKING:
    from uptake.pipeline.scoring import Row, Scores

WITHHELD = ("score", "band", "change", "previous_score")


@dataclass(frozen=True)
class Late:
    """Up to which day a customer's usage has come, and of which connection."""

    until: date
    name: str

    def __str__(self) -> str:
        return f"usage from {self.name} has come up to {self.until.day} {self.until:%b %Y} only"


def late(day: date) -> dict[int, Late]:
    """customer_id -> since when its usage of this day is missing."""
    missing = {key: told for key, told in _came().items() if told.until < day}
    if not missing:
        return {}
    sources = {source for source, _ in missing}
    theirs = Account.objects.filter(source__in=sources, customer__isnull=False).order_by("source")
    rows = theirs.values_list("source", "customer_id", "customer__time_zone").distinct()
    found: dict[int, Late] = {}
    for source, customer_id, zone in rows:
        told = missing.get((source, zone or ""))
        if told is not None and (customer_id not in found or told.until < found[customer_id].until):
            found[customer_id] = told
    return found


def late_customers(day: date) -> dict[int, str]:
    """customer_id -> why nothing can be said of it on this day."""
    return {customer_id: str(told) for customer_id, told in late(day).items()}


@once_while_still
def _came() -> dict[tuple[str, str], Late]:
    """(source, a customer's own time zone or nothing) -> up to which day it has come."""
    zones = {"", *customer_zones()}
    return {
        (row.source, zone): Late(until, row.name)
        for row in asked_connections()
        for zone, until in came_up_to_in(row, zones).items()
    }


def newest_whole_day(usage: Sequence[DataFile]) -> date | None:
    """The last day of which these derived files show a row.

    A platform that is asked for hours brings some of the day that is under way: that one is none before all of it came.
    """
    partly = {row.source: came_up_to(row) for row in asked_connections() if not adds_up_days(row)}
    days = [files.newest_day([file for file in usage if file.source not in partly])]
    for source, until in partly.items():
        newest = files.newest_day([file for file in usage if file.source == source])
        days.append(min(newest, until) if newest and until else newest)
    return max(filter(None, days), default=None)


def without_late(found: "Scores") -> "Scores":
    """The same with no score for customers whose usage has not come; they stand last, with the reason."""
    rows = rows_as_far_as_usage_came(found.rows, found.as_of)
    return replace(found, rows=[*(r for r in rows if r["score"] is not None), *(r for r in rows if r["score"] is None)])


def rows_as_far_as_usage_came(rows: "Sequence[Row]", last: date) -> "list[Row]":
    """Rows of scores, each of its ``as_of`` up to the last, with none after the day up to which their usage has come."""
    missing = late(last)
    return [
        _withheld(row, str(told)) if (told := missing.get(row["customer_id"])) and told.until < row["as_of"] else row
        for row in rows
    ]


def _withheld(row: "Row", reason: str) -> "Row":
    none = {name: None for name in WITHHELD if name in row}
    return {**row, **none, "reason": reason, "why": reason}
