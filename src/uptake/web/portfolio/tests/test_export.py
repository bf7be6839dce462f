"""Exports, opened again by other readers than the one that wrote them."""

import csv
import io

import openpyxl
import pyarrow.parquet as pq
import pytest

from uptake.customers.services import update_customer
from uptake.web.exports import Column, csv_file, harmless, xlsx_file

DATABASE = pytest.mark.django_db(transaction=True)


def lines(response):
    assert response.status_code == 200, response.content.decode()
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@DATABASE
def test_csv_holds_what_the_filters_show_in_their_order(lea):
    rows = lines(lea.get("/portfolio/export.csv?sort=customer&dir=desc"))
    assert [row["customer"] for row in rows] == ["Cobalt", "Borealis", "Acme"]
    acme = rows[2]
    assert (float(acme["score"]), acme["band"], acme["csm"], acme["segment"]) == (100, "excellent", "Ann", "Enterprise")
    assert (acme["as_of"], acme["period"], acme["model"]) == ("2026-06-30", "30d", "portfolio")
    assert len(acme["model_version"]) == 8
    assert [row["customer"] for row in lines(lea.get("/portfolio/export.csv?segment=Small"))] == ["Borealis"]


@DATABASE
def test_two_days_in_a_file(lea):
    [row] = lines(lea.get("/portfolio/export.csv?segment=Small&compare=2026-05-31"))
    assert (row["compared_with"], float(row["score_then"])) == ("2026-05-31", 100)
    assert row["moved_most"] == "Breadth −15.0"


@DATABASE
def test_xlsx_opens_with_types_and_says_what_it_is(lea):
    book = openpyxl.load_workbook(io.BytesIO(lea.get("/portfolio/export.xlsx").content))
    head, *rows = book["Data"].iter_rows(values_only=True)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["customer"] for row in found] == ["Acme", "Borealis", "Cobalt"]
    assert found[0]["score"] == pytest.approx(100)
    assert found[0]["as_of"].isoformat() == "2026-06-30T00:00:00"
    about = dict(book["About"].iter_rows(values_only=True))
    assert (about["as of"], about["period"], about["customers"]) == ("2026-06-30", "30d", "3 of 3")
    assert "breadth 30" in about["model"]


@DATABASE
def test_parquet_keeps_types_and_metadata(lea):
    table = pq.read_table(io.BytesIO(lea.get("/portfolio/export.parquet").content))
    assert table["customer"].to_pylist() == ["Acme", "Borealis", "Cobalt"]
    assert str(table.schema.field("as_of").type) == "date32[day]"
    assert table.schema.metadata[b"as of"] == b"2026-06-30"


@DATABASE
def test_each_exports_their_own_and_a_viewer_nothing(ann, cem, vic):
    assert [row["customer"] for row in lines(ann.get("/portfolio/export.csv"))] == ["Acme"]
    assert lines(cem.get("/portfolio/export.csv")) == []
    for kind in ("csv", "xlsx", "parquet"):
        assert f".{kind}" in cem.get(f"/portfolio/export.{kind}")["Content-Disposition"]
        assert vic.get(f"/portfolio/export.{kind}").status_code == 403
    assert "export.csv" not in vic.get("/portfolio/").content.decode()


@DATABASE
def test_there_is_no_other_format(lea):
    assert lea.get("/portfolio/export.pdf").status_code == 400


@DATABASE
def test_a_name_that_is_a_formula_is_text(lea, workspace):
    update_customer(workspace.acme, name="=cmd|' /C calc'!A0")
    [row] = lines(lea.get("/portfolio/export.csv?segment=Enterprise"))
    assert row["customer"] == "'=cmd|' /C calc'!A0"
    book = openpyxl.load_workbook(io.BytesIO(lea.get("/portfolio/export.xlsx?segment=Enterprise").content))
    assert book["Data"]["A2"].data_type == "s"
    assert book["Data"]["A2"].value == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-", "+49 (30) 1"])
def test_cells_that_spreadsheets_would_run_get_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+49", "-1,234.5", "+12%", "Acme", "a=b", "", "5-1", "O'Hara"])
def test_figures_and_words_stay(text):
    assert harmless(text) == text


def test_odd_texts_survive_both_writers():
    columns, rows = (Column("name"),), [{"name": 'a "quoted", line\nbreak'}, {"name": None}, {"name": "Ünïcode – 東京"}]
    found = list(csv.reader(io.StringIO(csv_file(columns, rows).decode("utf-8-sig"), newline="")))
    assert found == [["name"], ['a "quoted", line\nbreak'], [""], ["Ünïcode – 東京"]]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file(columns, rows, {})))["Data"]
    assert [cell.value for cell in sheet["A"]] == ["name", 'a "quoted", line\nbreak', None, "Ünïcode – 東京"]
