"""Workbooks (XLSX, XLSB, XLS, ODS): each sheet with a table in it becomes a Table of text, kept as Parquet.

Cells come out as a person would write them without formatting: dates as 2025-08-01 or 2025-08-01 09:15:00, times and
durations as 09:15:00, whole numbers without a point, text as it stands, formulas as their results, errors as empty.
"""

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from uptake.kit import sql
from uptake.sources import layout, magic
from uptake.sources.reading import TABLE_ROW, Member, NotUsage, RefusedRows, Table
from uptake.sources.scratch import new_file

HEAD_ROWS = 300
SAMPLE_HEAD, SAMPLE_PART = 1000, 500

_INSTANT = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?$"
_DAY_ZERO = datetime(1899, 12, 31)  # noqa: DTZ001  a cell's length of time is written as an instant counted from here
_ODS_CELL = re.compile(rb'<table:table-cell\b[^>]*\soffice:value-type="time"[^>]*>')
_ODS_LENGTH = re.compile(rb'\soffice:time-value="P(?:(\d+)D)?T(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S"')


def open_workbook(member: Member, work: Path) -> list[Table]:
    """A Table per visible sheet that holds one, in order; sheets that are hidden, empty or without records are left out.

    Raises NotUsage where the workbook is encrypted or damaged, or no sheet is left.
    """
    tables, seen = [], []
    sheets = _sheets(Member(_without_time_cells(member.path, work), member.name))
    for name, cells in sheets:
        seen.append(name)
        table = _table(member, name if len(sheets) > 1 else "", cells, work)
        if table is not None:
            tables.append(table)
    if not tables:
        raise NotUsage(
            f"{member.name} has no sheet with a table of data ({', '.join(seen[:10]) or 'no visible sheet'})."
        )
    return tables


def _sheets(member: Member) -> list[tuple[str, pa.RecordBatch]]:
    """Name and cells of each visible sheet, all as text, from its first row and first used column on."""
    try:
        book = fastexcel.read_excel(str(member.path))
        sheets = [
            book.load_sheet(n, header_row=None, skip_rows=0, dtypes="string") for n in range(len(book.sheet_names))
        ]
        return [(sheet.name, sheet.to_arrow()) for sheet in sheets if sheet.visible == "visible"]
    except fastexcel.FastExcelError as why:
        if "assword" in str(why):
            raise NotUsage(f"{member.name} is encrypted; please save it without a password.") from why
        raise NotUsage(f"{member.name} is a workbook that cannot be read: it seems damaged.") from why
    except BaseException as why:  # the reader's own panics derive from BaseException; all else goes on up
        if type(why).__name__ != "PanicException":
            raise
        raise NotUsage(f"{member.name} is a workbook that cannot be read: it seems damaged.") from why


def _without_time_cells(path: Path, work: Path) -> Path:
    """An ODS with its times and lengths of time as text: the reader loses those of a day and more."""
    with path.open("rb") as file:
        if not magic.is_zip(file.read(4)):
            return path
    with zipfile.ZipFile(path) as book:
        content = book.read("content.xml") if "content.xml" in book.namelist() else b""
        if not _ODS_CELL.search(content):
            return path
        with (
            new_file(work, ".ods") as target,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
        ):
            for name in book.namelist():
                copy.writestr(name, _ODS_CELL.sub(_as_text_cell, content) if name == "content.xml" else book.read(name))
    return Path(target.name)


def _as_text_cell(cell: re.Match[bytes]) -> bytes:
    length = _ODS_LENGTH.search(cell[0])
    if not length:
        return cell[0]
    days, hours, minutes, seconds = (int(part or 0) for part in length.groups())
    text = f' office:string-value="{_clock(days * 24 + hours, minutes, seconds)}"'.encode()
    return cell[0].replace(b'office:value-type="time"', b'office:value-type="string"').replace(length[0], text)


def _table(member: Member, sheet: str, cells: pa.RecordBatch, work: Path) -> Table | None:
    head = _rows(cells.slice(0, HEAD_ROWS))
    found = layout.locate(head)
    if found is None:
        return None
    header = [] if found.header is None else head[found.header]
    data, refused = _records(cells, found.first)
    if not data.num_rows:
        return None
    wanted = [n for n, name in enumerate(data.column_names[1:], 1) if _is_wanted(data, n, header)]
    columns = layout.names([header[n - 1] if header else "" for n in wanted], len(wanted))
    arrays = [data.column(0), *(_repaired(data.column(n)) for n in wanted)]
    table = pa.table(arrays, names=[TABLE_ROW, *columns])
    return Table(
        name=f"{member.name} › {sheet}" if sheet else member.name,
        kind="sheet",
        relation=f"read_parquet({sql.text(_kept(table, work))})",
        columns=columns,
        sample=_sample(table),
        header_row=0 if found.header is None else found.header + 1,
        preamble=tuple("\t".join(filter(None, row)) for row in head[: _top(found)] if not layout.is_blank(row)),
        refused=refused,
        first_row=found.first + 1,
        path=member.path,
    )


def _top(found: layout.Layout) -> int:
    return found.first if found.header is None else found.header


def _records(cells: pa.RecordBatch, first: int) -> tuple[pa.Table, tuple[RefusedRows, ...]]:
    """The rows below the header with their numbers, without blank ones and without what stands below the records."""
    numbers = pa.array(range(first + 1, cells.num_rows + 1), pa.int64())
    data = pa.table([numbers, *cells.slice(first).columns], names=[TABLE_ROW, *map(str, range(cells.num_columns))])
    filled = [pc.not_equal(pc.fill_null(pc.utf8_trim_whitespace(column), ""), "") for column in data.columns[1:]]
    some = filled[0]
    for column in filled[1:]:
        some = pc.or_(some, column)
    tail_from = max(0, data.num_rows - layout.TAIL)
    tail = _rows(data.slice(tail_from).drop_columns([TABLE_ROW]))
    found: dict[str, list[int]] = {}
    for index, reason in enumerate(layout.below_the_records(tail, _typical(filled), cut_is_note=True)):
        if reason:
            found.setdefault(reason, []).append(first + 1 + tail_from + index)
    refused = tuple(RefusedRows(reason, tuple(rows)) for reason, rows in found.items())
    out = [row for each in refused for row in each.rows]
    keep = pc.and_(some, pc.invert(pc.is_in(data.column(0), value_set=pa.array(out, pa.int64()))))
    return data.filter(keep), refused


def _typical(filled: Sequence[pa.ChunkedArray]) -> int:
    """Columns that hold anything."""
    return sum(1 for column in filled if pc.any(column).as_py())


def _is_wanted(data: pa.Table, column: int, header: Sequence[str]) -> bool:
    """A column with a name or with cells; the empty ones between and beside tables are not."""
    if header and layout.clean(header[column - 1]):
        return True
    cells = data.column(column)
    return bool(cells.null_count < len(cells))


def _repaired(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Instants at midnight only become dates; lengths of time lose the day that their cell counts from."""
    instants = pc.fill_null(pc.match_substring_regex(cells, _INSTANT), False)
    if not pc.any(instants).as_py():
        return cells
    if pc.any(pc.starts_with(cells, "1899-12-3")).as_py():
        return _mapped(cells, _length)
    spaced = pc.replace_substring_regex(cells, r"^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(\.\d+)?)$", r"\1 \2")
    midnight = pc.fill_null(pc.match_substring_regex(spaced, r"^\d{4}-\d{2}-\d{2} 00:00:00(\.0+)?$"), False)
    if pc.sum(midnight).as_py() < pc.sum(instants).as_py():
        return pc.if_else(instants, spaced, cells)
    return pc.if_else(midnight, pc.utf8_slice_codeunits(cells, 0, 10), cells)


def _mapped(cells: pa.ChunkedArray, change: Callable[[str], str]) -> pa.ChunkedArray:
    """Each distinct text changed once."""
    coded = cells.combine_chunks().dictionary_encode()
    words = pa.array([change(word) for word in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([words.take(coded.indices)])


def _length(text: str) -> str:
    """1899-12-31 01:03:00 -> 01:03:00, 1900-01-01 03:00:00 -> 27:00:00; other text as it is."""
    if not re.match(r"(1899|1900)-", text) or not re.match(_INSTANT, text):
        return text
    whole, _, fraction = text.replace("T", " ").partition(".")
    length = datetime.strptime(whole, "%Y-%m-%d %H:%M:%S") - _DAY_ZERO  # noqa: DTZ007
    seconds = max(0, length.days) * 86_400 + length.seconds
    return _clock(seconds // 3600, seconds // 60 % 60, seconds % 60) + (f".{fraction}" if fraction else "")


def _clock(hours: int, minutes: int, seconds: int) -> str:
    return f"{hours:02}:{minutes:02}:{seconds:02}"


def _kept(table: pa.Table, work: Path) -> Path:
    with new_file(work, ".parquet") as file:
        pq.write_table(table, file)
    return Path(file.name)


def _sample(table: pa.Table) -> tuple[dict[str, str], ...]:
    total = table.num_rows
    middle = max(SAMPLE_HEAD, (SAMPLE_HEAD + total) // 2 - SAMPLE_PART // 2)
    end = max(middle + SAMPLE_PART, total - SAMPLE_PART)
    parts = [table.slice(0, SAMPLE_HEAD), table.slice(middle, SAMPLE_PART), table.slice(end)]
    rows = pa.concat_tables(parts).drop_columns([TABLE_ROW]).to_pylist()
    return tuple({name: cell or "" for name, cell in row.items()} for row in rows)


def _rows(cells: pa.RecordBatch | pa.Table) -> list[list[str]]:
    columns = [[cell or "" for cell in column.to_pylist()] for column in cells.columns]
    return [list(row) for row in zip(*columns, strict=True)]
