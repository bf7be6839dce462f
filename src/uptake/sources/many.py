"""Files of one export that are read alike, such as an export's hours: staged hundreds at a time.

To open and stage a small file takes longer than to read it. Of lines that are read one file after the other the place
in the staged table tells the file's row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import duckdb

from uptake.kit import sql
from uptake.sources.jsonfiles import lines_of
from uptake.sources.reading import Reading, Table
from uptake.sources.staging import is_large, is_numbered

Batch = list[tuple[int, Table, Reading]]
"""Tables with their file's number."""

MOST = 500  # files in one query


def batches(tables: Iterable[tuple[int, Table, Reading]]) -> Iterator[Batch]:
    """The tables, those that can be staged together in batches, any other alone; each batch in the files' order."""
    waiting: dict[str, Batch] = {}
    for each in tables:
        _, table, reading = each
        if not _is_plain_lines(table, reading):
            yield [each]
            continue
        alike = likeness(reading)
        waiting.setdefault(alike, []).append(each)
        if len(waiting[alike]) == MOST:
            yield waiting.pop(alike)
    yield from waiting.values()


def likeness(reading: Reading) -> str:
    """What two readings must share for their rows to be judged as one table's; not what was only told to people."""
    plain = replace(
        reading, title="", confidence=0.0, mapping={}, guesses={}, questions=(), warnings=(), event_names={}
    )
    return repr(plain)


def _is_plain_lines(table: Table, reading: Reading) -> bool:
    plain = bool(table.trusting) and table.broken_rows is None and not table.refused
    return plain and not is_numbered(table, reading) and not is_large(table, reading)


def relation(batch: Batch) -> str:
    """What stands after FROM to read all of them, with ``file_name``."""
    return lines_of([table.path for _, table, _ in batch if table.path])


def stage(con: duckdb.DuckDBPyConnection, batch: Batch, query: str, *, raw: str, places: str) -> None:
    """Run the query into the table ``raw``, and note in ``places`` where each file's rows begin there.

    Raises duckdb.Error where a file is damaged; nothing is staged then.
    """
    con.execute(f"CREATE TABLE IF NOT EXISTS {raw} AS FROM ({query}) LIMIT 0")
    [(before,)] = con.execute(f"SELECT count(*) FROM {raw}").fetchall()
    con.execute(f"INSERT INTO {raw} {query}")
    # Careful: only now, since rows have another rowid until they are committed.
    con.execute(
        f"CREATE TABLE IF NOT EXISTS {places} "
        "(file_name VARCHAR, file_number INTEGER, first_row BIGINT, first_place BIGINT)"
    )
    told = ", ".join(
        f"({sql.text(str(table.path))}, {number}, {table.first_row})" for number, table, _ in batch if table.path
    )
    con.execute(
        f"INSERT INTO {places} SELECT file_name, file_number, first_row, min(place) FROM "
        f"(SELECT rowid AS place, file_name FROM {raw} WHERE rowid >= {before}) "
        f"JOIN (VALUES {told}) AS told(file_name, file_number, first_row) USING (file_name) GROUP BY ALL"
    )


def with_places(raw: str, places: str) -> str:
    """The staged rows, each with its file's number and its row in that file."""
    return (
        f"(SELECT staged.* EXCLUDE (file_name, table_row), file_number, staged.rowid - first_place + first_row AS table_row "
        f"FROM {raw} AS staged JOIN {places} AS places ON staged.file_name = places.file_name)"
    )
