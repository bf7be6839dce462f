"""From a derived number back to the rows of the files it was counted from."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from uptake.lake import files
from uptake.lake.days import day_of
from uptake.lake.derive import CONTENT, DAY, newest_totals, workspace_zone
from uptake.lake.engine import Engine
from uptake.lake.models import DataFile
from uptake.lake.schemas import USAGE_EVENTS

if TYPE_CHECKING:
    import ibis.expr.types as ir


def counted_rows(facts: "ir.Table") -> "ir.Table":
    """The very rows that count: of a use that came twice the row of its first import, as often as ``counted`` counts it.

    In: usage events of whole days of one source. Out: the same columns; the sum of event_count is the days' uses.
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
        span = (min(file.first_day for file in live) - DAY, max(file.last_day for file in live) + DAY)
        rows = counted_rows(facts)
        rows = rows.mutate(day=day_of(rows, zone, *span))
        found.append(rows.filter(rows.day.between(first, last)))
    return found


def listed(engine: Engine, tables: "Sequence[ir.Table]", *, limit: int) -> list[dict[str, Any]]:
    """Rows newest first, at most ``limit`` of each table."""
    order = ["day", "occurred_at", "import_id", "file_number", "row_number"]
    chunks = [engine.arrow(table.order_by([table[name].desc() for name in order]).limit(limit)) for table in tables]
    found: list[dict[str, Any]] = pa.concat_tables(chunks).to_pylist() if chunks else []
    return found
