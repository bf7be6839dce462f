"""The straight way for a clean file: read once, typed on the way, written as facts at once.

Most exports have nothing wrong in them. They are not staged: the facts are written while the file is read, and what was
written tells whether the file was clean. Where anything is not, the facts are thrown away and the file goes the careful
way, which knows each row and its reason. Row numbers are not written either: in a file without gaps they follow from the
place.
"""

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from uptake.kit import sql
from uptake.sources.expressions import EARLIEST, MOST_USES, are_odd, instant, is_constant, number
from uptake.sources.reading import Reading, Table
from uptake.sources.staging import NAMES, is_large, source_of, zone_of

FACTS_FORMAT = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
"""The lowest level: a tenth less work than the usual one, for files 3% larger."""


def write(
    con: duckdb.DuckDBPyConnection,
    file_number: int,
    table: Table,
    reading: Reading,
    import_id: int,
    path: Path,
    latest: date,
) -> int | None:
    """Write a table's facts to ``path``; how many, or None (and no file) where it is not clean throughout."""
    if not _may_be_clean(table, reading):
        return None
    try:
        with zone_of(con, reading):
            [(rows,)] = con.execute(
                f"COPY ({_query(table, reading, file_number, import_id)}) TO {sql.text(path)} {FACTS_FORMAT}"
            ).fetchall()
    except duckdb.InterruptException:
        path.unlink(missing_ok=True)
        raise
    except duckdb.Error:  # damaged somewhere: the careful way says where, or that the disk is full
        path.unlink(missing_ok=True)
        return None
    if rows and _is_clean(con, path, rows, latest) and _are_clean_values(con, path, people_of(file_number)):
        return int(rows)
    path.unlink()
    return None


def _may_be_clean(table: Table, reading: Reading) -> bool:
    """Totals are compared with each other, and numbered or melted rows are not the file's own: not for this way.

    Nor are small files: read together they make one file of facts instead of many.
    """
    plain = reading.grain == "event" and not reading.where
    return plain and is_large(table, reading) and not table.refused and table.broken_rows is None


def _query(table: Table, reading: Reading, file_number: int, import_id: int) -> str:
    uses, seconds = reading.event_count, reading.duration_seconds
    count = (
        _whole(number(uses, reading.decimal)) if not is_constant(uses) else f"{number(uses, reading.decimal)}::BIGINT"
    )
    length = "NULL::DOUBLE" if is_constant(seconds) else number(seconds, reading.decimal)
    if not is_constant(seconds):  # a duration that is no number spoils the row: its count goes missing too
        spoilt = f"({length}) IS NULL AND nullif(trim({seconds}), '') IS NOT NULL"
        count = f"CASE WHEN NOT ({spoilt}) THEN {count} END"
    columns = {
        "source": sql.text(reading.platform),
        "account_id": f"nullif({reading.account}, '')",
        "visitor_id": f"nullif({reading.visitor}, '')",
        "event_name": f"nullif({reading.event_name}, '')",
        "occurred_at": instant(reading.when),
        "occurred_on": "NULL::DATE",
        "grain": "'event'",
        "event_count": count,
        "duration_seconds": length,
        "session_id": f"nullif({reading.session_id}, '')",
        "event_id": f"nullif({reading.event_id}, '')",
        "import_id": f"{import_id}::BIGINT",
        "file_number": f"{file_number}::INTEGER",
    }
    typed = {name: f"CAST({columns[name]} AS VARCHAR)" for name in (*NAMES, "session_id", "event_id")}
    chosen = ", ".join(f"{expression} AS {name}" for name, expression in (columns | typed).items())
    trusting = replace(table, relation=table.trusting or table.relation)
    return f"SELECT {chosen} FROM {source_of(trusting, reading)}"


def _whole(number_: str) -> str:
    """A whole number of uses; NULL for anything else."""
    return f"CASE WHEN ({number_}) = floor({number_}) AND abs({number_}) <= {MOST_USES} THEN ({number_})::BIGINT END"


def _is_clean(con: duckdb.DuckDBPyConnection, path: Path, rows: int, latest: date) -> bool:
    [(named, dated, counted, least, shortest, longest, first_at, last_at)] = con.execute(
        "SELECT count(event_name), count(occurred_at), count(event_count), min(event_count), min(duration_seconds), max(duration_seconds), "
        f"min(occurred_at), max(occurred_at) FROM read_parquet({sql.text(path)})"
    ).fetchall()
    complete = named == dated == counted == rows
    return bool(
        complete
        and least >= 1
        and (shortest is None or 0 <= shortest <= longest < math.inf)
        and first_at.date() >= EARLIEST
        and last_at.date() <= latest
    )


def people_of(file_number: int) -> str:
    """The table of a clean file's different (source, account_id, visitor_id): to find them is a tenth of reading."""
    return f"people_of_{file_number}"


def _are_clean_values(con: duckdb.DuckDBPyConnection, path: Path, people: str) -> bool:
    """Whether no name must be cleaned."""
    facts = f"read_parquet({sql.text(path)})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {people} AS SELECT DISTINCT source, account_id, visitor_id FROM {facts}")
    return not any(are_odd(con, name, facts if name == "event_name" else people) for name in NAMES)
