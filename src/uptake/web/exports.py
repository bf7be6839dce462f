"""Tables as files to take away: CSV, XLSX and Parquet, the same columns in each."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import HttpResponse

from uptake.kit.errors import ProductError
from uptake.kit.spreadsheet import harmless

Kind = Literal["text", "number", "whole", "share", "date"]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column of a file. ``name`` is the row's key and the head in every format."""

    name: str
    kind: Kind = "text"


def csv_file(columns: Sequence[Column], rows: Sequence[Row]) -> bytes:
    """UTF-8 with a byte-order mark, so that spreadsheets read accents; dates as 2026-01-29, shares as 0.725."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(column.name) for column in columns])
    writer.writerows([_plain(row[column.name]) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    return value.isoformat() if isinstance(value, date) else value


FORMATS: dict[Kind, str] = {"text": "@", "number": "0.0", "whole": "#,##0", "share": "0%", "date": "yyyy-mm-dd"}


def xlsx_file(columns: Sequence[Column], rows: Sequence[Row], about: Mapping[str, str]) -> bytes:
    """A sheet with the table, its head fixed and filtered, and a sheet that says what it is."""
    import xlsxwriter  # heavy, and only here

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        sheet = book.add_worksheet("Data")
        for place, column in enumerate(columns):
            sheet.set_column(place, place, 28 if column.kind == "text" and place == 0 else 14)
            sheet.write_string(0, place, harmless(column.name), head)
        for number, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                _write(sheet, number, place, row[column.name], formats[column.kind])
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        told = book.add_worksheet("About")
        told.set_column(0, 1, 36)
        for number, (name, text) in enumerate(about.items()):
            told.write_string(number, 0, name, head)
            told.write_string(number, 1, harmless(text))
    return out.getvalue()


def _write(sheet: Any, row: int, place: int, value: Any, shown: Any) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, place, harmless(value)[:32_767])  # as long as a cell can be
    elif isinstance(value, date | datetime):
        sheet.write_datetime(row, place, value, shown)
    else:
        sheet.write_number(row, place, value, shown)


TYPES: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "whole": pa.int64(),
    "share": pa.float64(),
    "date": pa.date32(),
}


def parquet_file(columns: Sequence[Column], rows: Sequence[Row], about: Mapping[str, str]) -> bytes:
    """Typed columns as they are, nothing neutralised: no spreadsheet reads it. ``about`` stands in its metadata."""
    table = pa.table(
        {column.name: pa.array([row[column.name] for row in rows], TYPES[column.kind]) for column in columns}
    )
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(dict(about)), out, compression="zstd")
    return out.getvalue()


MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def exported(
    kind: str, columns: Sequence[Column], rows: Sequence[Row], *, name: str, about: Mapping[str, str]
) -> HttpResponse:
    """The table as a download. Raises ProductError for a format there is none of."""
    if kind == "csv":
        content = csv_file(columns, rows)
    elif kind == "xlsx":
        content = xlsx_file(columns, rows, about)
    elif kind == "parquet":
        content = parquet_file(columns, rows, about)
    else:
        raise ProductError(f"There is no export as “{kind}”; there is csv, xlsx and parquet.")
    file = quote(f"{name}.{kind}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{file}"}
    return HttpResponse(content, content_type=MEDIA[kind], headers=headers)
