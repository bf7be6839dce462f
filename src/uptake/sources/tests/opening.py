"""Bytes -> tables -> rows, for the tests of this room: the whole way, on files of their own."""

import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from uptake.sources.containers import members
from uptake.sources.limits import Limits
from uptake.sources.reading import TABLE_ROW, Table
from uptake.sources.tables import open_tables, tolerant

LIMITS = Limits(max_bytes=2 * 10**9, max_ratio=200)
CON = duckdb.connect()


def tables_of(path: Path, limits: Limits = LIMITS, work: Path | None = None) -> list[Table]:
    work = work or path.parent / "work"
    return [table for member in members(path, work, limits) for table in open_tables(member, work, limits, CON)]


def table_of(folder: Path, data: bytes | str, name: str = "usage.csv") -> Table:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    [table] = tables_of(path)
    return table


def rows_of(table: Table) -> list[tuple]:
    """Row number, then the cells (None as ''), as an import reads them: a second, tolerant read where the first fails."""
    try:
        return _rows(table)
    except duckdb.Error:
        return _rows(tolerant(table, CON, table.path.parent / "work"))


def _rows(table: Table) -> list[tuple]:
    CON.execute(f"CREATE OR REPLACE TABLE raw AS SELECT * FROM {table.relation}")
    number = TABLE_ROW if table.numbered else f"rowid + {table.first_row}"
    values = (
        "json" if table.kind == "json" else ", ".join('"' + name.replace('"', '""') + '"' for name in table.columns)
    )
    rows = CON.execute(f"SELECT {number}, {values} FROM raw ORDER BY 1").fetchall()
    return [(row[0], *("" if cell is None else cell for cell in row[1:])) for row in rows]


def broken_of(table: Table) -> list[tuple[int, str]]:
    if table.broken_rows is None:
        return []
    return CON.execute(f"SELECT {TABLE_ROW}, reason FROM {table.broken_rows} ORDER BY 1").fetchall()


def refused_of(table: Table) -> list[int]:
    return [row for each in table.refused for row in each.rows]


def seconds(work: Callable[[], object]) -> float:
    """Processor time that some work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started
