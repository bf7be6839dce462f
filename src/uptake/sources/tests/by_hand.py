"""Small tables for the tests of the formats, opened as a file of an import is, and the rows a Reading makes of them."""

import gzip
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from uptake.kit import sql
from uptake.sources.expressions import total_day
from uptake.sources.limits import Limits
from uptake.sources.reading import Member, Reading, Table
from uptake.sources.staging import staged, staging_query
from uptake.sources.tables import open_tables

PUBLISHED = Path(__file__).resolve().parents[5] / "shared" / "samples"
LIMITS = Limits(max_bytes=1 << 30, max_ratio=200)


class Row(NamedTuple):
    """One canonical row. ``at`` is UTC without saying so, as DuckDB gives it."""

    customer: str | None
    visitor: str | None
    feature: str | None
    at: datetime | None
    day: date | None
    count: float
    seconds: float | None
    session: str | None
    event_id: str | None
    identity: int | None


def csv_table(folder: Path, text: str, *, name: str = "usage.csv") -> Table:
    """The table in a file of this text; ``name`` is what the reader calls the file."""
    path = folder / f"{len(list(folder.iterdir()))}.csv"
    path.write_text(text.lstrip("\n"), encoding="utf-8")
    return _opened(path, name)


def json_table(folder: Path, records: Iterable[Mapping[str, Any]], *, name: str = "events.jsonl") -> Table:
    """The table in a file with a line per record; one record alone stands in a list, to be known as a record."""
    kept = list(records)
    lines = "".join(json.dumps(record) + "\n" for record in kept)
    path = folder / f"{len(list(folder.iterdir()))}.jsonl"
    path.write_text(lines if len(kept) > 1 else f"[{lines}]", encoding="utf-8")
    return _opened(path, name)


def _opened(path: Path, name: str) -> Table:
    work = path.with_suffix(".work")
    work.mkdir()
    with duckdb.connect() as con:
        [table] = open_tables(Member(path, name), work, LIMITS, con)
    return table


def records_of(path: Path) -> list[dict[str, Any]]:
    """The JSON records of a sample: lines, ``results``, or hourly files in a zip. Read without our code."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            hours = [gzip.decompress(archive.read(name)) for name in archive.namelist() if name.endswith(".gz")]
        return [json.loads(line) for hour in hours for line in hour.decode().splitlines()]
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))["results"]
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def published(name: str) -> list[str]:
    """The text of a published file that is no part of the project; none where only the project is checked out."""
    path = PUBLISHED / name
    return [path.read_text(encoding="utf-8")] if path.is_file() else []


def rows(table: Table, reading: Reading) -> list[Row]:
    """Every row of the table as the Reading takes it, in file order; of a wide table cell by cell."""
    names = "account_id, visitor_id, event_name, utc"
    numbers = f"{staged(reading, 'uses')}, {staged(reading, 'seconds')}"
    with duckdb.connect() as con:
        con.execute(f"SET TimeZone = {sql.text(reading.when.zone)}")
        con.execute(f"CREATE TABLE staged AS {staging_query(1, table, reading)}")
        found = con.execute(
            f"SELECT {names}, {total_day(reading, 'utc')}, {numbers}, session_id, event_id, identity "
            "FROM staged ORDER BY rowid"
        )
        return [Row(*values) for values in found.fetchall()]


def column(found: Sequence[Row], name: str) -> list[Any]:
    return [getattr(row, name) for row in found]
