"""From a plain file to its tables, by what is in it."""

import zipfile
from pathlib import Path

import duckdb

from uptake.kit import sql
from uptake.sources import delimited, encodings, jsonfiles, magic
from uptake.sources.limits import Limits
from uptake.sources.reading import TABLE_ROW, Member, NotUsage, Table

_WRAPPED = "EncryptedPackage".encode("utf-16-le")
_SHEETS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
DIRECTORY = 4 << 20  # how far into an OLE file its directory is looked for, from both ends


def open_tables(member: Member, work: Path, limits: Limits, con: duckdb.DuckDBPyConnection) -> list[Table]:
    """The tables in one plain file: one, or one per sheet. Converted copies go to ``work``.

    Raises NotUsage, saying what was seen and what is accepted; TooLarge. The file is looked at, not read: its size costs
    no time, save for workbooks and for delimited text that is not clean.
    """
    size = member.path.stat().st_size
    limits.check_size(size, member.name)
    if size == 0:
        raise NotUsage(f"{member.name} is empty (0 bytes).")
    head = magic.head_of(member.path)
    if magic.is_zip(head):
        return _office(member, work)
    if head.startswith(magic.OLE):
        return _old_office(member, work)
    if head.startswith(magic.PARQUET):
        return [_parquet(member, con)]
    if what := magic.foreign(head):
        raise _not_usage(member, what)
    return [_text(member, work, con)]


def tolerant(table: Table, con: duckdb.DuckDBPyConnection, work: Path) -> Table:
    """The same table for a second try, after a duckdb.Error on reading its relation: numbered, damaged records aside.

    Raises NotUsage where it is damaged beyond that.
    """
    if table.kind == "delimited":
        return delimited.tolerant(table, con, work)
    if table.kind == "json":
        return jsonfiles.tolerant(table, con, work)
    raise NotUsage(f"{table.name} is damaged and cannot be read. Please export it again.")


def _not_usage(member: Member, what: str) -> NotUsage:
    return NotUsage(f"{member.name} is {what}, not a usage export that Uptake can read. {magic.ACCEPTED}")


def _office(member: Member, work: Path) -> list[Table]:
    from uptake.sources.workbooks import open_workbook  # heavy, and most files are text

    try:
        with zipfile.ZipFile(member.path) as archive:
            names = set(archive.namelist())
            encrypted = "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml")
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as why:
        raise NotUsage(f"{member.name} is a workbook or archive that is damaged or cut off.") from why
    if encrypted:
        raise NotUsage(f"{member.name} is encrypted; please save it without a password.")
    if not magic.is_workbook(names):
        raise _not_usage(member, magic.document(names) or "an archive inside an archive")
    return open_workbook(member, work)


def _old_office(member: Member, work: Path) -> list[Table]:
    from uptake.sources.workbooks import open_workbook

    size = member.path.stat().st_size
    directory = encodings.block_at(member.path, 0, DIRECTORY) + encodings.block_at(
        member.path, max(0, size - DIRECTORY), DIRECTORY
    )
    if _WRAPPED in directory:
        raise NotUsage(f"{member.name} is encrypted; please save it without a password.")
    if not any(name in directory for name in _SHEETS):
        raise _not_usage(member, "an old Office document or mail")
    return open_workbook(member, work)


def _parquet(member: Member, con: duckdb.DuckDBPyConnection) -> Table:
    """Every column as text: instants with zone in UTC, nested values as JSON. Rows are numbered from 1."""
    source = f"read_parquet({sql.text(member.path)}, file_row_number=true)"
    try:
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {source}").fetchall()
        columns = tuple(str(row[0]) for row in described)
        values = ", ".join(f"{_as_text(str(row[0]), str(row[1]))} AS {sql.name(str(row[0]))}" for row in described)
        relation = f"(SELECT file_row_number + 1 AS {TABLE_ROW}, {values} FROM {source})"
        rows = con.execute(f"SELECT * EXCLUDE ({TABLE_ROW}) FROM {relation} LIMIT 2000").fetchall()
    except duckdb.Error as why:
        raise NotUsage(f"{member.name} is a Parquet file that is damaged or encrypted.") from why
    if not rows:
        raise NotUsage(f"{member.name} has columns, but no data.")
    sample = tuple({name: cell or "" for name, cell in zip(columns, row, strict=True)} for row in rows)
    return Table(member.name, "sheet", relation, columns, sample, header_row=0, path=member.path)


def _as_text(column: str, kind: str) -> str:
    name = sql.name(column)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"CAST(timezone('UTC', {name}) AS VARCHAR) || 'Z'"
    if kind.startswith(("STRUCT", "MAP")) or kind.endswith("]"):
        return f"CAST(to_json({name}) AS VARCHAR)"
    return f"CAST({name} AS VARCHAR)"


def _text(member: Member, work: Path, con: duckdb.DuckDBPyConnection) -> Table:
    try:
        encoding = encodings.detect(member.path)
    except NotUsage as why:
        raise _not_usage(member, "a binary file") from why
    path = encodings.to_utf8(member.path, encoding, work)
    head = encodings.block_at(path, 0).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not head:
        raise NotUsage(f"{member.name} holds nothing but blank lines.")
    if what := _markup(head):
        raise _not_usage(member, what)
    if jsonfiles.looks_like_json(head):
        return jsonfiles.open_json(path, member.name, encoding, work, few=member.is_one_of_many)
    return delimited.open_delimited(path, member.name, encoding, work, con)


def _markup(head: str) -> str | None:
    start = head[:1000].lower()
    if start.startswith(("<!doctype html", "<html", "<table", "<head", "<body")):
        return "a web page (often a log-in page that was saved in place of the export, or a table saved as “Excel”)"
    if start.startswith("<?xml") or start.startswith("<!--"):
        return "an XML file"
    if start.startswith("-----begin"):
        return "a key or certificate"
    return "a script" if start.startswith("#!") else None
