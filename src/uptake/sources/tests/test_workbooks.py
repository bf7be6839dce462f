import datetime as dt
import io
import time
import zipfile

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table as OdfTable
from odf.table import TableCell, TableRow
from odf.text import P

from uptake.sources.containers import CannotOpen
from uptake.sources.reading import NotUsage
from uptake.sources.tests.opening import CON, refused_of, rows_of, table_of, tables_of

HEADER = ["Account", "Month", "Feature", "Uses"]
MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
AUGUST = dt.datetime(2025, 8, 1)
MORNING = AUGUST.replace(hour=9, minute=15)


def xlsx(*sheets: list[list], names: tuple[str, ...] = ("One", "Two", "Three", "Four")) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in zip(names, sheets, strict=False):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_is_read_as_text(tmp_path):
    data = xlsx([HEADER, ["Acme", MARCH, "Export", 3], ["Blue", APRIL, "Import", 4]])
    table = table_of(tmp_path, data, "usage.csv")
    assert (table.kind, table.name, table.header_row, table.numbered) == ("sheet", "usage.csv", 1, True)
    assert table.columns == ("Account", "Month", "Feature", "Uses")
    assert rows_of(table) == [(2, "Acme", "2025-03-01", "Export", "3"), (3, "Blue", "2025-04-01", "Import", "4")]
    assert table.sample[0] == {"Account": "Acme", "Month": "2025-03-01", "Feature": "Export", "Uses": "3"}


def test_cells_come_out_as_a_person_would_write_them(tmp_path):
    header = ["id", "zeros", "instant", "mixed", "number", "share", "flag", "length", "clock", "note"]
    first = [
        1234567890123, "00123", MORNING, AUGUST, 3.0, 0.25, True,
        dt.timedelta(hours=27, minutes=3), dt.time(9, 15), "=1+1 <b>",
    ]  # fmt: skip
    second = [
        9876543210987, "007", AUGUST.replace(day=2), "n/a", 2.5, 1, False,
        dt.timedelta(minutes=3, seconds=7), dt.time(0, 0, 5), None,
    ]  # fmt: skip
    first[-1] = "'=1+1 <b>"
    [one, two] = rows_of(table_of(tmp_path, xlsx([header, first, second]), "x.xlsx"))
    assert one[1:] == (
        "1234567890123", "00123", "2025-08-01 09:15:00", "2025-08-01", "3", "0.25", "true", "27:03:00", "09:15:00", "'=1+1 <b>"
    )  # fmt: skip
    assert two[1:] == (
        "9876543210987", "007", "2025-08-02 00:00:00", "n/a", "2.5", "1", "false", "00:03:07", "00:00:05", ""
    )  # fmt: skip


def test_formulas_come_out_as_their_results(tmp_path):
    data = xlsx([["customer", "uses"], ["Acme", "=1+2"], ["Blue", "=1/0"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":  # a spreadsheet program keeps results beside formulas
                text = text.replace(b"<f>1+2</f><v />", b"<f>1+2</f><v>3</v>")
                text = text.replace(b'<c r="B3"><f>1/0</f><v />', b'<c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v>')
            target.writestr(name, text)
    assert rows_of(table_of(tmp_path, out.getvalue(), "x.xlsx")) == [(2, "Acme", "3"), (3, "Blue", "")]


def test_titles_above_totals_below_and_what_is_empty_between(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    rows = {
        2: ["Usage per customer"],  # merged over the table
        4: HEADER,
        5: ["Acme", MARCH, "Export", 3],
        7: ["Total", APRIL, "Import", 4],  # a customer of that name: it has a feature
        8: ["Blue", APRIL, "Import", 5],
        10: ["Grand total", None, None, 12],
        12: ["Made by Ann"],
    }
    for number, cells in rows.items():
        for column, cell in enumerate(cells, 3):  # the table starts in column C
            sheet.cell(number, column, cell)
    sheet.merge_cells("C2:F2")
    table = table_of(tmp_path, saved(book), "x.xlsx")
    assert table.header_row == 4
    assert table.preamble == ("Usage per customer",)
    assert table.columns == ("Account", "Month", "Feature", "Uses")
    assert rows_of(table) == [
        (5, "Acme", "2025-03-01", "Export", "3"),
        (7, "Total", "2025-04-01", "Import", "4"),
        (8, "Blue", "2025-04-01", "Import", "5"),
    ]
    assert {each.reason: each.rows for each in table.refused} == {
        "a totals row, not a record": (10,),
        "a note below the table, not a record": (12,),
    }


def test_empty_columns_are_left_out_and_unnamed_ones_named(tmp_path):
    data = xlsx(
        [["customer", None, "uses", None], ["Acme", None, 3, None], ["Blue", None, 4, "late"], ["Cyan", None, 5, None]]
    )
    table = table_of(tmp_path, data, "x.xlsx")
    assert table.columns == ("customer", "uses", "column 3")
    assert rows_of(table)[1] == (3, "Blue", "4", "late")


def test_several_sheets_are_several_tables(tmp_path):
    book = openpyxl.load_workbook(
        io.BytesIO(
            xlsx(
                [HEADER, ["Acme", MARCH, "Export", 3]],
                [["This workbook was made by Ann."]],
                [HEADER, ["Blue", APRIL, "Import", 4]],
                [HEADER],
            )
        )
    )
    book.create_chartsheet("Chart")
    book.create_sheet("Hidden").append(["customer", "uses"])
    book["Hidden"].append(["Acme", 1])
    book["Hidden"].sheet_state = "hidden"
    path = tmp_path / "usage.xlsx"
    book.save(path)
    tables = tables_of(path)
    assert [table.name for table in tables] == ["usage.xlsx › One", "usage.xlsx › Three"]
    assert [rows_of(table)[0][1] for table in tables] == ["Acme", "Blue"]


def test_a_workbook_without_a_table_is_refused(tmp_path):
    for sheets in ([[]], [[["Only a title"]]], [[HEADER]]):
        with pytest.raises(NotUsage, match="no sheet with a table of data"):
            table_of(tmp_path, xlsx(*sheets), "x.xlsx")


def test_xls(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("One")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for row, cells in enumerate(
        [HEADER, ["Acme", MARCH, "Export", 3], ["Blue", APRIL, "Import", 4.5], ["Total", "", "", 7.5]]
    ):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell, *([day] if isinstance(cell, dt.date) else []))
    path = tmp_path / "usage.xls"
    book.save(str(path))
    [table] = tables_of(path)
    assert rows_of(table) == [(2, "Acme", "2025-03-01", "Export", "3"), (3, "Blue", "2025-04-01", "Import", "4.5")]
    assert refused_of(table) == [4]


def ods(rows: list[list[tuple[str, dict]]]) -> bytes:
    book = OpenDocumentSpreadsheet()
    sheet = OdfTable(name="One")
    for row in rows:
        line = TableRow()
        for text, kind in row:
            cell = TableCell(**(kind or {"valuetype": "string"}))
            cell.addElement(P(text=text))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_ods(tmp_path):
    header = [(name, {}) for name in ("Account", "Day", "At", "Length", "Uses")]
    row = [
        ("Acme", {}),
        ("1.3.25", {"valuetype": "date", "datevalue": "2025-03-01"}),
        ("x", {"valuetype": "date", "datevalue": "2025-03-01T09:15:00"}),
        ("x", {"valuetype": "time", "timevalue": "PT27H03M07S"}),
        ("3,00", {"valuetype": "float", "value": "3"}),
    ]
    table = table_of(tmp_path, ods([header, row]), "x.ods")
    assert rows_of(table) == [(2, "Acme", "2025-03-01", "2025-03-01 09:15:00", "27:03:07", "3")]


def test_encrypted_workbooks_are_refused(tmp_path):
    wrapped = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + bytes(1000)
    with pytest.raises(NotUsage, match="encrypted"):
        table_of(tmp_path, wrapped, "x.xlsx")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", b"<manifest:encryption-data/>")
        book.writestr("content.xml", bytes(100))
    with pytest.raises(NotUsage, match="encrypted"):
        table_of(tmp_path, data.getvalue(), "x.ods")


def test_other_documents_are_refused_and_named(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(NotUsage, match="a Word document"):
        table_of(tmp_path, out.getvalue(), "x.xlsx")
    with pytest.raises(NotUsage, match="old Office document"):
        table_of(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "x.xls")


def test_damaged_workbooks_are_refused(tmp_path):
    data = xlsx([HEADER, ["Acme", MARCH, "Export", 3]])
    with pytest.raises(CannotOpen, match="damaged or cut off"):
        table_of(tmp_path, data[: len(data) // 2], "x.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name)[: 200 if "sheet1" in name else None])
    with pytest.raises(NotUsage, match="seems damaged"):
        table_of(tmp_path, out.getvalue(), "x.xlsx")


def test_thirty_thousand_rows_take_a_moment(tmp_path):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("One")
    sheet.append(HEADER)
    for n in range(30_000):
        sheet.append([f"Acme {n % 50}", MARCH, "Export", n])
    path = tmp_path / "x.xlsx"
    book.save(path)
    started = time.process_time()
    [table] = tables_of(path)
    assert time.process_time() - started < 6
    assert rows_of(table)[-1] == (30_001, "Acme 49", "2025-03-01", "Export", "29999")
    uses = [int(row["Uses"]) for row in table.sample]
    assert (len(uses), uses[999], uses[-1]) == (2000, 999, 29_999)


def test_parquet_comes_out_as_text_with_instants_in_utc(tmp_path):
    path = tmp_path / "events.parquet"
    CON.execute(
        "COPY (SELECT 'Acme' AS customer, 7::BIGINT AS uses, TIMESTAMPTZ '2025-03-01 09:15:00+01' AS at, {'plan': 'Pro'} AS "
        f"properties UNION ALL SELECT 'Blue', NULL, NULL, NULL) TO '{path}' (FORMAT parquet)"
    )
    CON.execute("SET TimeZone = 'America/New_York'")  # as an import sets it for its file: it must not show
    [table] = tables_of(path)
    rows = rows_of(table)
    CON.execute("SET TimeZone = 'UTC'")
    assert table.columns == ("customer", "uses", "at", "properties")
    assert rows == [(1, "Acme", "7", "2025-03-01 08:15:00Z", '{"plan":"Pro"}'), (2, "Blue", "", "", "")]
