"""Uses by day and hour of all customers, kept per state of the facts, and read one customer at a time.

The hour stands in the raw facts alone, which are in the order they came: reading all of them for one customer would
take seconds. One look at all of them for everybody is kept in the order of customers.
"""

import functools
from collections import defaultdict
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import dataset

from uptake.lake import files
from uptake.lake.derive import counted_facts
from uptake.lake.models import DataFile
from uptake.pipeline.at_hand import Bench, at_hand
from uptake.pipeline.kept import key_of
from uptake.pipeline.published import Published, zones

if TYPE_CHECKING:
    import ibis.expr.types as ir

HOURS = pa.schema([("customer_id", pa.int64()), ("day", pa.date32()), ("hour", pa.int64()), ("uses", pa.int64())])
ROWS_TOGETHER = 16_384  # of the file: one customer's rows lie in one or two of these


def hours_of(known: Published, customer_id: int, first: date, last: date) -> pa.Table:
    """HOURS of one customer between two days, both in; hour null: totals of a day, which have none."""
    mine = pc.field("customer_id") == customer_id
    rows = _rows(str(files.root() / _file(known).path))
    return rows.to_table(filter=mine & (pc.field("day") >= first) & (pc.field("day") <= last))


@functools.lru_cache(maxsize=4)
def _rows(path: str) -> dataset.Dataset:
    """The file, which knows where each customer's rows lie once it was asked: it is never written again."""
    return dataset.dataset(path)


def are_kept(known: Published) -> bool:
    """Whether nobody has to wait for them."""
    return _listed(key_of("hours", known)) is not None


def keep_hours(known: Published) -> None:
    """Work them out and keep them, unless that was done."""
    _file(known)


def _file(known: Published) -> DataFile:
    key = key_of("hours", known)
    found = _listed(key)
    if found is None:
        with at_hand(known) as bench:
            found = _listed(key)  # somebody else may have been at it while we waited for the engine
            if found is None:
                _keep(key, _made(bench))
                found = _listed(key)
    assert found is not None  # noqa: S101 - it was just written
    return found


def _listed(key: str) -> DataFile | None:
    file = DataFile.objects.filter(table=DataFile.Table.SCORES, key=key, retired_at=None).first()
    return file if file is not None and (files.root() / file.path).is_file() else None


def _keep(key: str, table: pa.Table) -> None:
    path = files.new_path(DataFile.Table.SCORES, key.partition("|")[0])
    pq.write_table(table, path, compression="zstd", row_group_size=ROWS_TOGETHER)
    today = date.today()  # noqa: DTZ011 - where nothing is known any day will do
    days = pc.min_max(table["day"]).as_py() if len(table) else {"min": today, "max": today}
    file = files.NewFile(path, "", table.num_rows, days["min"], days["max"])
    files.list_derived(DataFile.Table.SCORES, file, key=key)


def _made(bench: Bench) -> pa.Table:
    own_zones = zones()
    by_source: dict[str, list[DataFile]] = defaultdict(list)
    for file in files.live(DataFile.Table.USAGE_EVENTS):
        by_source[file.source].append(file)
    parts = [
        _hours(bench, rows)
        for source, live in sorted(by_source.items())
        for rows in counted_facts(bench.engine, source, live, own_zones)
    ]
    if not parts:
        return HOURS.empty_table()
    rows = reduce(lambda above, below: above.union(below), parts)
    rows = rows.group_by("customer_id", "day", "hour").agg(uses=rows.uses.sum())
    return bench.engine.arrow(rows.order_by("customer_id", "day", "hour")).cast(HOURS)


def _hours(bench: Bench, rows: "ir.Table") -> "ir.Table":
    """Of the uses that count: of features, by customers' people."""
    import ibis

    from uptake.metrics.attributed import not_human

    tables = bench.tables
    names = tables.event_names.filter(tables.event_names.kind == "feature").select("source", "event_name")
    rows = rows.join(tables.portfolio_accounts.select("source", "account_id", "customer_id"), ["source", "account_id"])
    rows = rows.join(names, ["source", "event_name"])
    if tables.rules:
        rows = rows.anti_join(not_human(tables.daily, tables.rules), "visitor_id")
    rows = rows.filter(rows.grain != "month")
    hour = ibis.ifelse(rows.occurred_on.isnull(), rows.local.hour().cast("int64"), ibis.null("int64"))
    rows = rows.mutate(day=rows.local_day, hour=hour, uses=rows.event_count * rows.copies)
    return rows.group_by("customer_id", "day", "hour").agg(uses=rows.uses.sum())
