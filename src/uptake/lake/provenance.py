"""From a derived number back to the rows of the files it was counted from."""

from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

from uptake.lake import files
from uptake.lake.days import day_of
from uptake.lake.derive import CONTENT, newest_totals
from uptake.lake.engine import Engine
from uptake.lake.models import DataFile
from uptake.lake.schemas import USAGE_EVENTS
from uptake.lake.wall_clock import workspace_zone

if TYPE_CHECKING:
    import ibis.expr.types as ir


NEWEST_FIRST = ("day", "occurred_at", "import_id", "file_number", "row_number")
"""One order for all rows: no two have the same place in a file."""


def counted_rows(facts: "ir.Table") -> "ir.Table":
    """The very rows that count: of a use that came twice the row of its first import, as often as ``counted`` counts it.

    In: usage events of whole days of one source, with ``local_day``. Out: the same columns; the sum of event_count is the
    days' uses.
    """
    import ibis

    events = facts.filter(facts.grain == "event")
    place = events.import_id * 1_000_000 + events.file_number
    events = events.mutate(place=place)
    known = events.filter(events.event_id.notnull())
    first = ibis.row_number().over(group_by=list(CONTENT), order_by=["place", "row_number"])
    known = known.mutate(first=first)
    known = known.filter(known["first"] == 0)

    other = events.filter(events.event_id.isnull())
    other = other.mutate(copies=other.count().over(group_by=[*CONTENT, "place"]))
    other = other.mutate(most=other.copies.max().over(group_by=list(CONTENT)))
    other = other.filter(other.copies == other.most)
    other = other.mutate(chosen=other.place.min().over(group_by=list(CONTENT)))
    other = other.filter(other.place == other.chosen)
    columns = facts.columns
    return known.select(*columns).union(other.select(*columns)).union(newest_totals(facts))


def facts_of(
    engine: Engine, accounts: Sequence[tuple[str, str, str | None]], first: date, last: date
) -> "list[ir.Table]":
    """The rows behind these accounts' days, a table per platform and time zone.

    ``accounts``: (source, account_id, the customer's own zone or None). Out: USAGE_EVENTS and ``day``.
    """
    found = []
    for source, zone in sorted({(source, zone or workspace_zone()) for source, _, zone in accounts}):
        mine = [account for platform, account, own in accounts if (platform, own or workspace_zone()) == (source, zone)]
        live = files.live(DataFile.Table.USAGE_EVENTS, source=source, ranges=[(first, last)])
        if not live:
            continue
        facts = engine.files(f"rows_of_{source}", files.selections(live), USAGE_EVENTS)
        facts = facts.filter(facts.account_id.isin(mine))
        begin = min(file.first_day for file in live) - files.ZONES_APART
        end = max(file.last_day for file in live) + files.ZONES_APART
        rows = counted_rows(facts.mutate(local_day=day_of(facts, zone, begin, end))).rename(day="local_day")
        found.append(rows.filter(rows.day.between(first, last)))
    return found


def listed(engine: Engine, tables: "Sequence[ir.Table]", *, limit: int) -> list[dict[str, Any]]:
    """Rows of all tables together, newest first, at most ``limit``."""
    if not tables:
        return []
    rows = reduce(lambda a, b: a.union(b), tables)
    found = engine.arrow(rows.order_by([rows[name].desc() for name in NEWEST_FIRST]).limit(limit))
    return list(found.to_pylist())
