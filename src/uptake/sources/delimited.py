"""Delimited text: comma, semicolon, tab, pipe, below titles and above totals.

    text in UTF-8 -> dialect -> layout -> Table

A clean file is read by DuckDB in parallel and not looked at row by row. Where it is not clean, ``records`` parts good from
broken first: at once where blank lines, totals or tabs show, otherwise after DuckDB has refused the file (``tolerant``).
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from uptake.kit import sql
from uptake.sources import encodings, layout, records
from uptake.sources.dialect import Dialect, parse, reader, sniff, strip_tabs
from uptake.sources.lines import has_blank_lines
from uptake.sources.magic import ACCEPTED
from uptake.sources.reading import TABLE_ROW, NotUsage, Table

HEAD = 1 << 20
BLOCK = 128 << 10
SAMPLE_HEAD, SAMPLE_PART = 1000, 500
CHECKED_AT_ONCE = 32 << 20  # bytes; DuckDB reads this much in a blink, so a small file is known to be sound


def open_delimited(path: Path, name: str, encoding: str, work: Path, con: duckdb.DuckDBPyConnection) -> Table:
    """The table of a text file in UTF-8. Raises NotUsage where there is none or no record in it."""
    table, dialect = _described(path, name, encoding)
    return tolerant(table, con, work) if _needs_care(path, table, dialect, con) else table


def tolerant(table: Table, con: duckdb.DuckDBPyConnection, work: Path) -> Table:
    """The same table with its good records numbered and read from a copy, and the others in ``broken_rows``.

    Reads the file once in Python, about a million records a second. Raises NotUsage where no record is good.
    """
    path = table.path
    if path is None:
        raise ValueError(f"{table.name} says not where its bytes are")
    if table.encoding == "utf-8" and encodings.settle(path) == "windows-1252":
        path = encodings.to_utf8(path, "windows-1252", work)
        table, _ = _described(path, table.name, "windows-1252")
    dialect = sniff(_beginning(path, table.name)[0])
    parts = records.split(path, records.Shape(dialect, len(table.columns), table.first_row), work)
    if not parts.good_rows:
        if not parts.broken_rows:
            raise NotUsage(f"{table.name} has only a header row, no data.")
        raise NotUsage(
            f"{table.name}: none of its {parts.broken_rows:,} rows has the shape of its header; it seems damaged."
        )
    broken = f"read_parquet({sql.text(parts.broken)})" if parts.broken_rows else None
    types = {TABLE_ROW: "BIGINT"} | dict.fromkeys(table.columns, "VARCHAR")
    return replace(
        table,
        relation=_read_csv(parts.good, types, Dialect(dialect.delimiter), skip=0, newline="\\n"),
        numbered=True,
        broken_rows=broken,
        refused=parts.refused,
    )


def _described(path: Path, name: str, encoding: str) -> tuple[Table, Dialect]:
    """The table as its beginning, middle and end show it; nothing is known of the rest."""
    text, whole = _beginning(path, name)
    dialect = sniff(text)
    text = strip_tabs(text) if dialect.leading_tabs else text
    rows = parse(text, dialect)
    if not whole and len(rows) > 1:
        rows.pop()  # it may go on
    _refuse_one_quotation(text, rows, dialect, name)
    found = layout.locate(rows[1:] if dialect.told else rows)
    if found is None:
        raise NotUsage(f"{name} is text without columns, not a usage export. {ACCEPTED}")
    told = int(dialect.told)
    first = found.first + told
    if whole and all(layout.is_blank(row) for row in rows[first:]):
        raise NotUsage(f"{name} has only a header row, no data.")
    header = [] if found.header is None else rows[found.header + told]
    columns = layout.names(header, found.width)
    newline = "\\r\\n" if "\r\n" in text[: text.find("\n") + 1] else "\\n"
    above = rows[: first if found.header is None else first - 1]
    table = Table(
        name=name,
        kind="delimited",
        relation=_read_csv(path, dict.fromkeys(columns, "VARCHAR"), dialect, skip=first, newline=newline),
        columns=columns,
        sample=(),
        header_row=0 if found.header is None else found.header + told + 1,
        preamble=tuple(_as_text(row, dialect) for row in above if not layout.is_blank(row)),
        encoding=encoding,
        delimiter=dialect.delimiter,
        numbered=False,
        first_row=first + 1,
        path=path,
        escape=dialect.escape,
    )
    sample = _sample(path, rows[first:], whole, dialect, found.width)
    return replace(table, sample=tuple(dict(zip(columns, row, strict=False)) for row in sample)), dialect


def _beginning(path: Path, name: str) -> tuple[str, bool]:
    """The first text of the file, up to a line's end, and whether that is all of it."""
    head = encodings.block_at(path, 0, HEAD)
    whole = len(head) == path.stat().st_size
    if not whole:
        head = head[: head.rfind(b"\n") + 1]
        if not head:
            raise NotUsage(f"{name} has a first line of more than 1 MB: that is no table. {ACCEPTED}")
    return head.decode("utf-8", "replace").removeprefix("\ufeff"), whole


def _refuse_one_quotation(text: str, rows: Sequence[layout.Row], dialect: Dialect, name: str) -> None:
    if len(rows) == 1 and text.strip().count("\n") and layout.clean(text).startswith('"'):
        last = parse(text + '"', dialect)
        if len(last) == 1 and "\n" in last[0][-1]:
            raise NotUsage(
                f"{name} is one single quotation: its first quotation mark is never closed. It seems damaged."
            )


def _as_text(row: layout.Row, dialect: Dialect) -> str:
    cells = [layout.clean(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return dialect.delimiter.join(cells)


def _read_csv(path: Path, types: dict[str, str], dialect: Dialect, *, skip: int, newline: str) -> str:
    """Nothing is left to DuckDB's own detection: it samples, and what it takes for a type would change the text."""
    columns = ", ".join(f"{sql.text(name)}: '{kind}'" for name, kind in types.items())
    return (
        f"read_csv({sql.text(path)}, auto_detect=false, header=false, skip={skip}, delim={sql.text(dialect.delimiter)}, "
        f"quote='\"', escape={sql.text(dialect.escape)}, new_line='{newline}', columns={{{columns}}})"
    )


def _needs_care(path: Path, table: Table, dialect: Dialect, con: duckdb.DuckDBPyConnection) -> bool:
    """Whether rows must be gone through one by one, as far as can be told without doing it."""
    return (
        dialect.leading_tabs
        or _has_odd_end(path, table, dialect)
        or has_blank_lines(path, _data_start(path, table, dialect))
        or not _duckdb_agrees(path, table, con)
    )


def _has_odd_end(path: Path, table: Table, dialect: Dialect) -> bool:
    """Totals, notes, or a last record that is cut off."""
    size = path.stat().st_size
    end = encodings.block_at(path, max(0, size - BLOCK), BLOCK)
    if len(end) < size:
        end = end[end.find(b"\n") + 1 :]
    rows = [row for row in parse(end.decode("utf-8", "replace"), dialect) if row][-layout.TAIL :]
    if not rows:
        return True
    width = len(table.columns)
    odd = layout.below_the_records(rows, width, cut_is_note=True)
    return any(odd) or not layout.fits(rows[-1], width) or layout.is_blank(rows[-1])


def _data_start(path: Path, table: Table, dialect: Dialect) -> int:
    """The byte at which the first record starts."""
    head = encodings.block_at(path, 0, HEAD)
    lines = reader(io.StringIO(head.decode("utf-8", "replace"), newline=""), dialect)
    for _ in range(table.first_row - 1):
        next(lines)
    return sum(len(line) for line in head.splitlines(keepends=True)[: lines.line_num])


def _duckdb_agrees(path: Path, table: Table, con: duckdb.DuckDBPyConnection) -> bool:
    """A small file is read through; below titles, the first record must be the one that we take for it."""
    try:
        if table.first_row > 2:
            first = con.execute(f"SELECT * FROM {table.relation} LIMIT 1").fetchone()
            expected = [layout.clean(cell) for cell in table.sample[0].values()] if table.sample else None
            if first is None or [layout.clean(cell or "") for cell in first] != expected:
                return False
        if path.stat().st_size <= CHECKED_AT_ONCE:
            cells = ", ".join(sql.name(column) for column in table.columns)
            blank = con.execute(f"SELECT 1 FROM {table.relation} WHERE trim(concat({cells})) = '' LIMIT 1").fetchone()
            return blank is None  # rows of nothing but delimiters are no records
    except duckdb.Error:
        return False
    return True


def _sample(path: Path, head: Sequence[layout.Row], whole: bool, dialect: Dialect, width: int) -> list[layout.Row]:
    """Records of the right width, from the beginning, the middle and the end."""
    good = [row for row in head if layout.fits(row, width) and not layout.is_total(row)]
    rest = good[SAMPLE_HEAD:]
    if whole:
        middle = max(0, (len(rest) - 2 * SAMPLE_PART) // 2)
        end = max(middle + SAMPLE_PART, len(rest) - SAMPLE_PART)
        return good[:SAMPLE_HEAD] + rest[middle : middle + SAMPLE_PART] + rest[end:]
    size = path.stat().st_size
    out = list(good[:SAMPLE_HEAD])
    for at in (size // 2, size - BLOCK):
        lines = encodings.block_at(path, at, BLOCK)
        text = lines[lines.find(b"\n") + 1 : lines.rfind(b"\n") + 1].decode("utf-8", "replace")
        rows = parse(strip_tabs(text) if dialect.leading_tabs else text, dialect)
        out += [row for row in rows if layout.fits(row, width) and not layout.is_total(row)][-SAMPLE_PART:]
    return out
