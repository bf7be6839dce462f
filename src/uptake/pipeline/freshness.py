"""Whether the usage of a day has come: what has not must not look like a customer that stopped.

A platform that is asked and whose answer for a day is missing makes its accounts' customers late on that day: they get no
score then, no band, and nothing is noticed about them. Sources that send by themselves say nothing by not sending.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from uptake.customers.models import Account
from uptake.pipeline.sync.arrived import came_up_to
from uptake.pipeline.sync.models import ASKED, Connection

if TYPE_CHECKING:
    from uptake.pipeline.scoring import Row, Scores

WITHHELD = ("score", "band", "change", "previous_score")


def late_sources(day: date) -> dict[str, str]:
    """Source -> why its usage of this day is not there, in words."""
    asked = Connection.objects.filter(platform__in=ASKED).exclude(state=Connection.State.REMOVED)
    came = [(row, to) for row in asked if (to := came_up_to(row)) is not None]
    return {
        row.source: f"usage from {row.name} has come up to {to.day} {to:%b %Y} only" for row, to in came if to < day
    }


def late_customers(day: date) -> dict[int, str]:
    """customer_id -> why nothing can be said of it on this day."""
    late = late_sources(day)
    if not late:
        return {}
    theirs = Account.objects.filter(source__in=late, customer__isnull=False).order_by("source")
    return {customer_id: late[source] for source, customer_id in theirs.values_list("source", "customer_id")}


def without_late(found: "Scores") -> "Scores":
    """The same with no score for customers whose usage has not come; they stand last, with the reason."""
    late = late_customers(found.as_of)
    if not late:
        return found
    rows: Sequence[Row] = [
        {**row, **dict.fromkeys(WITHHELD), "reason": late[row["customer_id"]], "why": late[row["customer_id"]]}
        if row["customer_id"] in late
        else row
        for row in found.rows
    ]
    return replace(found, rows=[*(r for r in rows if r["score"] is not None), *(r for r in rows if r["score"] is None)])
