"""The SQL that reads one table once: its rows as canonical columns, typed, with the text of what could not be typed."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from uptake.kit import sql
from uptake.sources.expressions import instant, is_constant, number
from uptake.sources.reading import TABLE_ROW, Melt, Reading, Table

NAMES = ("account_id", "visitor_id", "event_name")
IDS = ("session_id", "event_id")


LARGE = 64 << 20  # bytes; numbering rows inside the query makes one thread read, which a small file does not notice


def is_large(table: Table, reading: Reading) -> bool:
    """Whether the rows are better numbered by their place in the staged table."""
    return not is_numbered(table, reading) and table.path is not None and table.path.stat().st_size > LARGE


def staging_query(file_number: int | None, table: Table, reading: Reading) -> str:
    """One read of the file: only the columns that facts or reasons need, as text or as their type.

    ``table_row`` is NULL for a large table: there the place in the staged table tells the row. ``file_number`` None: the
    relation is that of several files (``sources.many``) and names each in ``file_name``; the place tells the row there too.
    """
    utc, uses, seconds = instant(reading.when), reading.event_count, reading.duration_seconds
    count, length = number(uses, reading.decimal), number(seconds, reading.decimal)
    texts = {
        "account_id": reading.account,
        "visitor_id": reading.visitor,
        "event_name": reading.event_name,
        "session_id": reading.session_id,
        "event_id": reading.event_id,
    }
    columns = [
        "file_name" if file_number is None else f"{file_number}::INTEGER AS file_number",
        f"{'NULL' if file_number is None else _row(table, reading)}::BIGINT AS table_row",
        f"{'json IS NOT NULL' if table.kind == 'json' else 'true'} AS is_record",
        *(f"CAST({expression} AS VARCHAR) AS {name}" for name, expression in texts.items()),
        f"{utc} AS utc",
        f"CASE WHEN ({utc}) IS NULL THEN nullif(trim({reading.when.expression}), '') END AS when_text",
        "NULL::VARCHAR AS uses_text" if is_constant(uses) else f"nullif(trim({uses}), '') AS uses_text",
        "NULL::DOUBLE AS uses" if is_constant(uses) else f"{count} AS uses",
        "NULL::VARCHAR AS seconds_text" if is_constant(seconds) else f"nullif(trim({seconds}), '') AS seconds_text",
        "NULL::DOUBLE AS seconds" if is_constant(seconds) else f"{length} AS seconds",
        f"{_identity(table, reading)} AS identity",
    ]
    if reading.where:
        columns.append(f"coalesce({reading.where}, false) AS is_usage")
    return f"SELECT {', '.join(columns)} FROM {source_of(table, reading)}"


def _row(table: Table, reading: Reading) -> str:
    if is_numbered(table, reading):
        return TABLE_ROW
    return "NULL" if is_large(table, reading) else f"(row_number() OVER () + {table.first_row - 1})"


def is_numbered(table: Table, reading: Reading) -> bool:
    """Whether the source yields row numbers; melting a table needs them."""
    return table.numbered or reading.melt is not None


@contextmanager
def zone_of(con: duckdb.DuckDBPyConnection, reading: Reading) -> Iterator[None]:
    """DuckDB takes text without a zone for the session's: here for the reading's."""
    con.execute(f"SET TimeZone = {sql.text(reading.when.zone)}")
    try:
        yield
    finally:
        con.execute("SET TimeZone = 'UTC'")


def staged(reading: Reading, column: str) -> str:
    """A staged number, or the constant that needed no column."""
    expression = reading.event_count if column == "uses" else reading.duration_seconds
    if not is_constant(expression):
        return column
    return "NULL::DOUBLE" if expression == "NULL" else number(expression, reading.decimal)


def _identity(table: Table, reading: Reading) -> str:
    """What makes two rows of totals the same row: every field of theirs."""
    if reading.grain == "event":
        return "NULL::UBIGINT"
    if reading.identity:
        return f"hash({reading.identity})"
    if table.kind == "json":
        return "hash(line)"
    return f"hash({', '.join(sql.name(column) for column in table.columns)})"


def source_of(table: Table, reading: Reading) -> str:
    """The table with the columns that the expressions name: JSON values taken out, wide rows made long."""
    relation = table.relation
    if table.kind == "json" and reading.json_paths:
        values = ", ".join(f"_values[{n}] AS {sql.name(name)}" for n, name in enumerate(reading.json_paths, start=1))
        relation = (
            f"(SELECT * EXCLUDE (_values), {values} FROM (SELECT *, json_extract_string(json, "
            f"{sql.texts(reading.json_paths.values())}) AS _values FROM {relation}))"
        )
    if reading.melt is not None:
        relation = _melted(numbered(table, relation), reading.melt, reading.decimal)
    return relation


def _melted(relation: str, melt: Melt, decimal: str) -> str:
    cells = "[" + ", ".join(sql.name(header) for header in melt.columns) + "]"
    meanings = sql.texts(melt.columns.values())
    value = number("_melted_value", decimal)
    long = f"SELECT *, unnest({meanings}) AS _melted_name, unnest({cells}) AS _melted_value FROM {relation}"
    return (
        f"(SELECT * FROM ({long}) WHERE trim(_melted_value) <> '' "
        f"AND lower(trim(_melted_value)) NOT IN ('-', 'n/a', 'null') AND ({value}) IS DISTINCT FROM 0)"
    )


def numbered(table: Table, relation: str) -> str:
    """The relation with TABLE_ROW; numbering makes one thread do the reading, so only where nothing else will do."""
    if table.numbered:
        return relation
    return f"(SELECT *, row_number() OVER () + {table.first_row - 1} AS {TABLE_ROW} FROM {relation})"


def rows_as_text(table: Table) -> str:
    """Query of the row's number ``r`` and the row as it stood in the file."""
    text = "line" if table.kind == "json" else _cells_as_text(table)
    return f"SELECT {TABLE_ROW} AS r, {text} AS text FROM {numbered(table, table.relation)}"


def _cells_as_text(table: Table) -> str:
    cells = ", ".join(f"coalesce({sql.name(column)}, '')" for column in table.columns)
    return f"concat_ws({sql.text(table.delimiter or ',')}, {cells})"
