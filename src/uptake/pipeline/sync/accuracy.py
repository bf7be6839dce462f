"""Whether what was kept is what the platform says: some days are asked for once more and their totals compared."""

import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import DataFile
from uptake.lake.schemas import USAGE_DAILY
from uptake.pipeline.sync.arrived import days_that_came
from uptake.pipeline.sync.connections import SOON, client_of
from uptake.pipeline.sync.models import Connection
from uptake.pipeline.sync.platforms import PLATFORMS
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

if TYPE_CHECKING:
    import ibis.expr.types as ir

DAYS = 3


class NothingToCheck(ProductError):
    """No day came yet, or the platform does not add up by itself."""

    status = 409


@dataclass(frozen=True)
class CheckedDay:
    """One day: what the platform says, and what is kept."""

    day: date
    theirs: int
    ours: int


def check_accuracy(teammate: Teammate, connection: Connection) -> list[CheckedDay]:
    """Compare some days that came, chosen at random. Raises NotAllowed, NothingToCheck, and what the client raises.

    Rows that were set aside are in the platform's total and not in ours; they stand with their reasons on the import.
    """
    require(teammate, Right.CONNECT)
    if not PLATFORMS[connection.platform].holds_days_whole:
        raise NothingToCheck(
            f"{connection} tells single events and no totals; its imports say what became of each row."
        )
    days = _some(connection)
    if not days:
        raise NothingToCheck(f"No day of {connection} has come yet.")
    with closing(client_of(connection, SOON)) as client:
        theirs = client.totals(days)
    ours = _kept(connection.source, days)
    found = [CheckedDay(day, theirs.get(day, 0), ours.get(day, 0)) for day in days]
    told = {str(each.day): [each.theirs, each.ours] for each in found}
    with transaction.atomic():
        current = Connection.objects.select_for_update().get(pk=connection.pk)
        current.found = {**current.found, "accuracy": {"at": timezone.now().isoformat(), "days": told}}
        current.save(update_fields=["found"])
        record(teammate, "checked accuracy of", current, connection=current.pk, days=told)
    return found


def _some(connection: Connection) -> list[date]:
    """Of the days that came."""
    days = days_that_came(connection)
    return sorted(random.sample(sorted(days), k=min(DAYS, len(days))))


def _kept(source: str, days: Sequence[date]) -> dict[date, int]:
    """Uses per day of all that the platform told, also where it names no account."""
    with engine() as opened:
        live = files.live(DataFile.Table.USAGE_DAILY, source=source)
        daily = opened.files("usage_daily", files.selections(live), USAGE_DAILY)
        rows = opened.arrow(_by_day(daily, days)).to_pylist()
    return {row["day"]: row["uses"] for row in rows}


def _by_day(daily: "ir.Table", days: Sequence[date]) -> "ir.Table":
    rows = daily.filter(daily.day.isin(list(days)))
    return rows.group_by("day").agg(uses=rows.uses.sum())
