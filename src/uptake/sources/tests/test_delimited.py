import csv
import time
from pathlib import Path

import duckdb
import pytest

from uptake.sources import tables
from uptake.sources.reading import NotUsage
from uptake.sources.tests.opening import broken_of, refused_of, rows_of, seconds, table_of, tables_of

SHARED = Path(__file__).parents[5] / "shared/samples/usage"

HEADER = "customer,user,feature,day,uses\n"
ROWS = "Acme,ann@acme.example,Export,2025-03-01,3\nBlue,bob@blue.example,Import,2025-03-02,4\n"
RECORDS = [
    ("Acme", "ann@acme.example", "Export", "2025-03-01", "3"),
    ("Blue", "bob@blue.example", "Import", "2025-03-02", "4"),
]
COLUMNS = ("customer", "user", "feature", "day", "uses")


def numbered(*records: tuple, first: int = 2) -> list[tuple]:
    return [(number, *record) for number, record in enumerate(records, first)]


def test_a_clean_file_is_read_by_duckdb_alone(tmp_path):
    table = table_of(tmp_path, HEADER + ROWS)
    assert table.columns == COLUMNS
    assert (table.kind, table.header_row, table.first_row, table.delimiter) == ("delimited", 1, 2, ",")
    assert not table.numbered  # rows are numbered by the reader, who need not read them in order
    assert "read_csv" in table.relation
    assert str(tmp_path / "usage.csv") in table.relation
    assert rows_of(table) == numbered(*RECORDS)
    assert table.sample[0] == dict(zip(COLUMNS, RECORDS[0], strict=True))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path, delimiter, end):
    table = table_of(tmp_path, (HEADER + ROWS).replace(",", delimiter).replace("\n", end))
    assert table.delimiter == delimiter
    assert table.columns == COLUMNS
    assert rows_of(table) == numbered(*RECORDS)


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("cp1252", b"", "windows-1252"),
    ],
)
def test_encodings(tmp_path, encoding, mark, found):
    text = "Kunde;Öffnungen;Preis\nMüller & Söhne;3;5 €\n„Café“;4;–\n"
    table = table_of(tmp_path, mark + text.encode(encoding))
    assert table.encoding == found
    assert table.columns == ("Kunde", "Öffnungen", "Preis")
    assert rows_of(table) == numbered(("Müller & Söhne", "3", "5 €"), ("„Café“", "4", "–"))
    assert table.sample[1]["Kunde"] == "„Café“"


def test_windows_text_that_shows_only_far_down(tmp_path):
    lines = ["customer,feature,uses\n"] + [f"Acme,Export,{n}\n" for n in range(100_000)]
    lines[30_000] = "Müller,Export,7\n"  # neither in the first, the middle nor the last block
    table = table_of(tmp_path, "".join(lines).encode("cp1252"))
    rows = rows_of(table)
    assert rows[29_999] == (30_001, "Müller", "Export", "7")
    assert len(rows) == 100_000


def test_quoted_line_breaks_delimiters_and_quotation_marks(tmp_path):
    table = table_of(tmp_path, 'customer,note,uses\n"Acme, Inc","two\nlines, ""quoted""",3\nBlue,5" pipe,4\n')
    assert rows_of(table) == numbered(("Acme, Inc", 'two\nlines, "quoted"', "3"), ("Blue", '5" pipe', "4"))


def test_a_carriage_return_inside_quotation_marks(tmp_path):
    text = 'customer,note,uses\n"Ac\rme","two\r\nlines",3\n\nBlue,"a\rb",4\n'  # the blank line: also by the careful way
    for data, rows in ((text.replace("\n\n", "\n"), (2, 3)), (text, (2, 4))):
        table = table_of(tmp_path, data)
        assert rows_of(table) == [(rows[0], "Ac\rme", "two\r\nlines", "3"), (rows[1], "Blue", "a\rb", "4")]


def test_backslash_before_quotation_marks(tmp_path):
    rows = "".join(f'Acme,"{{\\"n\\": {n}, \\"k\\": 1}}",{n}\n' for n in range(5))
    table = table_of(tmp_path, "customer,properties,uses\n" + rows)
    assert rows_of(table)[4] == (6, "Acme", '{"n": 4, "k": 1}', "4")


def test_the_file_says_its_delimiter(tmp_path):
    table = table_of(tmp_path, "sep=;\r\ncustomer;uses\r\nAcme, Inc;1,5\r\nBlue, Inc;2,5\r\n")
    assert (table.delimiter, table.columns, table.header_row) == (";", ("customer", "uses"), 2)
    assert rows_of(table) == numbered(("Acme, Inc", "1,5"), ("Blue, Inc", "2,5"), first=3)


def test_decimal_commas_do_not_make_the_comma_a_delimiter(tmp_path):
    table = table_of(tmp_path, "Kunde;Tag;Stunden\n" + "".join(f"Acme;{n}.03.2025;{n},5\n" for n in range(1, 20)))
    assert table.delimiter == ";"
    assert rows_of(table)[0] == (2, "Acme", "1.03.2025", "1,5")


def test_titles_above_and_totals_below(tmp_path):
    text = (
        "Nutzung je Kunde;;;\n"  # 1
        "Zeitraum:;März 2025;;\n"  # 2
        "\n"  # 3
        "Kunde;Funktion;Tag;Anzahl\n"  # 4
        "Acme;Export;2025-03-01;3\n"  # 5
        "Gesamt;Import;2025-03-02;4\n"  # 6: a customer of that name, with a feature
        "Blue;Import;2025-03-03;5\n"  # 7
        ";;;\n"  # 8
        "Gesamt;;;12\n"  # 9
        "\n"  # 10
        "Erstellt von Ann\n"  # 11
    )
    table = table_of(tmp_path, text)
    assert table.columns == ("Kunde", "Funktion", "Tag", "Anzahl")
    assert table.header_row == 4
    assert table.preamble == ("Nutzung je Kunde", "Zeitraum:;März 2025")
    assert rows_of(table) == numbered(
        ("Acme", "Export", "2025-03-01", "3"),
        ("Gesamt", "Import", "2025-03-02", "4"),
        ("Blue", "Import", "2025-03-03", "5"),
        first=5,
    )
    assert {each.reason: each.rows for each in table.refused} == {
        "a totals row, not a record": (9,),
        "a note below the table, not a record": (11,),
    }
    assert broken_of(table) == []


@pytest.mark.parametrize(
    "word", ["Total", "TOTAL", "Summe", "Gesamt", "Gesamtergebnis", "Totale", "Total general", "Grand total"]
)
@pytest.mark.parametrize("row", ["{},,,,7", "{}:,,,,1.234,5", "{},,,,", "{},7", "{}: 7", ",,{},,7"])
def test_totals_in_any_language_and_shape(tmp_path, word, row):
    table = table_of(tmp_path, HEADER + ROWS + row.format(word) + "\n")
    assert refused_of(table) == [4]
    assert rows_of(table) == numbered(*RECORDS)
    assert broken_of(table) == []


def test_a_customer_called_total_keeps_its_rows_also_the_last(tmp_path):
    for last in (
        "Total,ann@total.example,Export,2025-03-01,3",
        "Total,,,2025-03-01,3",
        "Total,,,31.03.2025,3",
        "Total SA,,,,3",
    ):
        table = table_of(tmp_path, HEADER + ROWS + last + "\n")
        assert rows_of(table) == numbered(*RECORDS, tuple(last.split(",")))
        assert table.refused == ()


def test_leading_tabs_of_chart_exports(tmp_path):
    text = (
        "\tReport Exported by company\r\n"
        "\thttps://app.amplitude.com/analytics/example/chart/abc123\r\n"
        "\r\n"
        "\tEvent,\tgp:company,\t2025-11-03,\t2025-11-04\r\n"
        "\tReport Exported,\tAcme Logistics,0,5\r\n"
        '\tReport Exported,\t"Cobalt, Inc",5,0\r\n'
        '\tReport Exported,"\tDune",5,1\r\n'
    )
    table = table_of(tmp_path, text)
    assert table.delimiter == ","
    assert table.columns == ("Event", "gp:company", "2025-11-03", "2025-11-04")
    assert table.preamble == ("Report Exported by company", "https://app.amplitude.com/analytics/example/chart/abc123")
    assert rows_of(table) == numbered(
        ("Report Exported", "Acme Logistics", "0", "5"),
        ("Report Exported", "Cobalt, Inc", "5", "0"),
        ("Report Exported", "Dune", "5", "1"),
        first=5,
    )
    assert table.sample[0]["gp:company"] == "Acme Logistics"


def test_tab_separated_text_with_empty_first_cells_keeps_its_tabs(tmp_path):
    table = table_of(tmp_path, "customer\tfeature\tuses\n\tExport\t3\nAcme\tImport, all\t4\n")
    assert rows_of(table) == numbered(("", "Export", "3"), ("Acme", "Import, all", "4"))


def test_blank_lines_are_no_records_but_rows(tmp_path):
    table = table_of(tmp_path, "customer,feature,uses\nAcme,Export,1\n\nBlue,Import,2\n   \n\nCyan,Import,3\n\n\n")
    assert rows_of(table) == [(2, "Acme", "Export", "1"), (4, "Blue", "Import", "2"), (7, "Cyan", "Import", "3")]
    assert broken_of(table) == []


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_blank_line_right_below_the_header(tmp_path, end):
    table = table_of(tmp_path, "customer,feature,uses\n\nAcme,Export,1\nBlue,Import,2\n".replace("\n", end))
    assert rows_of(table) == [(3, "Acme", "Export", "1"), (4, "Blue", "Import", "2")]


def test_a_blank_line_far_down_a_long_file(tmp_path):
    lines = [f"Acme,Export,{n}\n" for n in range(200_000)]
    lines[120_000] += "\n"
    table = table_of(tmp_path, "customer,feature,uses\n" + "".join(lines))
    rows = rows_of(table)
    assert rows[120_000] == (120_002, "Acme", "Export", "120000")
    assert rows[120_001] == (120_004, "Acme", "Export", "120001")
    crlf = table_of(tmp_path, ("customer,feature,uses\n" + "".join(lines)).replace("\n", "\r\n"))
    assert rows_of(crlf) == rows


def test_header_names_are_cleaned_and_made_unique(tmp_path):
    text = '\ufeff"\tEvent ",event,,city,City,"Active\nUsers",_row\n1,2,3,4,5,6,7\n8,9,10,11,12,13,14\n'
    table = table_of(tmp_path, text.encode())
    assert table.columns == ("Event", "event (2)", "column 3", "city", "City (2)", "Active Users", "_row (2)")
    assert rows_of(table)[0] == (2, "1", "2", "3", "4", "5", "6", "7")


def test_a_file_without_header(tmp_path):
    table = table_of(tmp_path, ROWS)
    assert (table.header_row, table.first_row) == (0, 1)
    assert table.columns == ("column 1", "column 2", "column 3", "column 4", "column 5")
    assert rows_of(table) == numbered(*RECORDS, first=1)


def test_date_headings_over_counts_are_a_header(tmp_path):
    table = table_of(tmp_path, "customer,2025-03-01,2025-03-02\nAcme,1,2\nBlue,3,4\n")
    assert table.columns == ("customer", "2025-03-01", "2025-03-02")


def test_a_delimiter_at_the_end_of_every_line_is_no_column(tmp_path):
    table = table_of(tmp_path, (HEADER + ROWS).replace("\n", ",\n").replace("uses,", "uses"))
    assert table.columns == COLUMNS
    assert rows_of(table) == numbered(*RECORDS)


def test_broken_records_are_set_aside_and_the_others_keep_their_numbers(tmp_path):
    text = (
        b"customer,feature,uses\n"
        b"Acme,Export,1\n"  # 2
        b"Acme,Export\n"  # 3: too few
        b"Acme,Export,1,2\n"  # 4: too many
        b'"Blue\nInc",Import,2\n'  # 5: two lines
        b'Cyan,"Imp,3\n'  # 6: never closed
        b'Dune,"Ok, fine",4\n'  # 7
        b'Eve,"x"y,5\n'  # 8: text after the closing mark
        b"F\xfcr \xc3\xbc,Export,6\n"  # 9: no UTF-8
        b"Gr\xc3\xbcn,Export,7\n"  # 10
        b"Hot,Exp\rort,8\n"  # 11: a lone carriage return
        b"Ida,Export,9\n"  # 12
        b"J\xc3\xbcrg,Ex"  # 13: cut off
    )
    table = table_of(tmp_path, text)
    rows = rows_of(table)
    assert rows == [
        (2, "Acme", "Export", "1"),
        (5, "Blue\nInc", "Import", "2"),
        (7, "Dune", "Ok, fine", "4"),
        (10, "Grün", "Export", "7"),
        (12, "Ida", "Export", "9"),
    ]
    assert broken_of(table) == [
        (3, "fewer cells than the header"),
        (4, "more cells than the header"),
        (6, "a quotation mark is never closed"),
        (8, "text after a closing quotation mark"),
        (9, "not readable as UTF-8 text"),
        (11, "a line break in the middle of a cell"),
        (13, "the file ends in the middle of this row"),
    ]
    assert len(rows) + len(broken_of(table)) + len(refused_of(table)) == 12  # 13 rows with the header


def test_the_text_of_a_broken_record_is_kept(tmp_path):
    table = table_of(tmp_path, HEADER + ROWS + "Acme,only two\n" + ROWS)
    with duckdb.connect() as con:
        assert con.execute(f"SELECT text FROM {table.broken_rows}").fetchall() == [("Acme,only two\n",)]


def test_mixed_line_ends_cost_no_row(tmp_path):
    table = table_of(tmp_path, "customer,feature,uses\r\nAcme,Export,1\nBlue,Import,2\r\nCyan,Import,3\n")
    assert [row[0] for row in rows_of(table)] == [2, 3, 4]
    assert broken_of(table) == []


def test_damage_deep_in_a_large_file_is_found_by_the_reader(tmp_path, monkeypatch):
    monkeypatch.setattr("uptake.sources.delimited.CHECKED_AT_ONCE", 0)  # as if the file were too large to be checked
    lines = [f"Acme,Export,{n}\n" for n in range(100_000)]
    lines[70_000] = "Acme,Export\n"
    table = table_of(tmp_path, "customer,feature,uses\n" + "".join(lines))
    assert not table.numbered
    with duckdb.connect() as con:
        with pytest.raises(duckdb.Error):
            con.execute(f"CREATE TABLE raw AS SELECT * FROM {table.relation}")
        table = tables.tolerant(table, con, tmp_path / "work")
    rows = rows_of(table)
    assert len(rows) == 99_999
    assert broken_of(table) == [(70_002, "fewer cells than the header")]
    assert rows[70_000] == (70_003, "Acme", "Export", "70001")


def test_many_unclosed_quotation_marks_end_in_time(tmp_path):
    started = time.process_time()
    table = table_of(tmp_path, HEADER + ROWS + 'Acme,"ann,Export,2025-03-01,3\n' * 5000 + ROWS)
    assert time.process_time() - started < 10
    assert rows_of(table)[:2] == numbered(*RECORDS)
    assert len(rows_of(table)) + len(broken_of(table)) == 5004


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("customer,feature,uses\n", "only a header row, no data"),
        ("customer,feature,uses", "only a header row, no data"),
        ("Usage report\n\ncustomer,feature,uses\n\n", "only a header row, no data"),
        ("\n \n\n", "nothing but blank lines"),
        ("Dear Ann,\nplease find attached nothing at all.\nBob\n", "text without columns"),
        ('"customer,feature,uses\nAcme,Export,1\nBlue,Import,2\n', "never closed"),
        ("<!DOCTYPE html><html><body>Log in</body></html>", "a web page"),
        ("<?xml version='1.0'?><a/>", "an XML file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "a JPEG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x7fELF\x02\x01\x01" + bytes(100), "a program"),
        (b"Obj\x01\x04\x16avro.schema", "an Avro file"),
        (bytes(range(256)) * 20, "a binary file"),
    ],
)
def test_what_is_no_table_is_refused_and_named(tmp_path, data, says):
    with pytest.raises(NotUsage, match=says):
        table_of(tmp_path, data)


def test_a_refusal_says_what_is_accepted(tmp_path):
    with pytest.raises(
        NotUsage, match=r"usage\.csv is a PNG picture, not a usage export.* Uptake takes usage exports as CSV"
    ):
        table_of(tmp_path, b"\x89PNG\r\n\x1a\n" + bytes(100))


def test_the_sample_of_a_long_file_shows_beginning_middle_and_end(tmp_path):
    table = table_of(tmp_path, "customer,feature,uses\n" + "".join(f"Acme,Export,{n}\n" for n in range(300_000)))
    uses = [int(row["uses"]) for row in table.sample]
    assert len(uses) == 2000
    assert uses[:1000] == list(range(1000))
    assert uses[-1] == 299_999
    assert 100_000 < uses[1250] < 200_000


def test_the_sample_of_a_short_file_is_all_of_it_once(tmp_path):
    for rows in (3, 1400, 1900):
        table = table_of(tmp_path, "customer,feature,uses\n" + "".join(f"Acme,Export,{n}\n" for n in range(rows)))
        assert [int(row["uses"]) for row in table.sample] == list(range(rows))


def test_a_hundred_megabytes_are_looked_at_in_no_time(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_bytes(b"customer,feature,uses\n" + b"Acme Logistics,Report Exported,12345\n" * 2_800_000)
    [table] = tables_of(path)
    assert not table.numbered
    looking = min(seconds(lambda: tables_of(path)) for _ in range(3))
    with duckdb.connect() as con:
        reading = seconds(lambda: con.read_csv(str(path)).aggregate("count(DISTINCT uses)").fetchall())
    assert looking < reading / 2  # a share, as machines differ


def test_cells_stay_text(tmp_path):
    table = table_of(tmp_path, "id,formula,num\n007,=1+1,1.0\n1234567890123456789,<b>x</b>,1e5\n")
    assert rows_of(table) == numbered(("007", "=1+1", "1.0"), ("1234567890123456789", "<b>x</b>", "1e5"))


def test_shared_samples_read_as_the_csv_module_reads_them(tmp_path):
    for path in sorted(SHARED.glob("*.csv")):  # none where only this project is checked out
        if path.name == "amplitude_chart_event_segmentation.csv":  # titles and tabs: has its own test
            continue
        [table] = tables_of(path, work=tmp_path)
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        assert table.columns == tuple(header)
        assert rows_of(table) == numbered(*map(tuple, rows))
