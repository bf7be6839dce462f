"""The history, one import, the rows set aside, undo and bring back."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.tests.by_hand import import_usage
from uptake.team.models import AuditRecord
from uptake.web.imports.telling import Told

pytestmark = pytest.mark.django_db


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.fixture
def at_rest(workspace):
    """The steps of the import by hand stop before the scores; a real one goes on by itself."""
    Import.objects.update(step="")
    workspace.batch.refresh_from_db()
    return workspace


def asked_for(verb):
    return list(AuditRecord.objects.filter(verb=verb).values_list("teammate__email", flat=True))


def test_nothing_yet_says_what_to_do(people, browser):
    text = page(browser(people.ann), "/imports/")
    assert "Nothing was imported yet" in text
    assert "Open the chat" in text


def test_the_history_accounts_for_every_row(workspace, browser):
    text = page(browser(workspace.ann), "/imports/")
    assert "usage.csv" in text
    assert "the command line" in text
    batch = workspace.batch
    told = Told(batch)
    assert sum(rows for _, rows, _ in told.ledger) == batch.rows_read > 100
    assert f"{batch.rows_read:,}" in text


def test_one_import_opens_with_its_reasons_and_mapping(workspace, browser, tmp_path):
    rows = [("Acme", "ada@acme.example", "Search", "2026-05-01"), ("Acme", "ada@acme.example", "Search", "nonsense")]
    batch = import_usage(tmp_path, rows, name="second.csv")
    Import.objects.update(step="", begun_by=workspace.ann)
    text = page(browser(workspace.ann), f"/imports/{batch.pk}/")
    assert "1 row of second.csv counts" in text
    assert batch.report["setAside"][0]["reason"] in text
    assert "Feature or event" in text
    assert f"/imports/{batch.pk}/set-aside.csv" in text


def test_the_history_has_pages(workspace, browser):
    for number in range(30):
        Import.objects.create(state=Import.State.CANCELLED, begun_by=workspace.ben, report={"n": number})
    ann = browser(workspace.ann)
    assert "1–25 of 31 imports" in page(ann, "/imports/")
    assert "26–31 of 31 imports" in page(ann, "/imports/?page=2")
    for odd in ("-1", "x", "99999999999999999999", "2.5"):
        page(ann, f"/imports/?page={odd}")


def test_rows_set_aside_are_safe_to_open(workspace, browser, tmp_path):
    hostile = '=HYPERLINK("http://evil.example")'
    batch = import_usage(
        tmp_path, [("Acme", "a@acme.example", "Search", "2026-05-01"), (hostile, "ada@acme.example", "X", "never")]
    )
    Import.objects.update(begun_by=workspace.ann)
    answer = browser(workspace.ann).get(f"/imports/{batch.pk}/set-aside.csv")
    assert answer["Content-Disposition"].endswith('.csv"')
    cells = [cell for row in csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if cell.startswith("'=HYPERLINK")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_only_who_began_it_and_who_sees_everybody_opens_the_rows_set_aside(workspace, browser, tmp_path):
    batch = import_usage(tmp_path, [("Acme", "a@acme.example", "Search", "2026-05-01"), ("Birch", "b", "X", "never")])
    path = f"/imports/{batch.pk}/set-aside.csv"
    for begun_by, status in ((workspace.ann, 200), (workspace.ben, 403), (None, 403)):
        Import.objects.update(begun_by=begun_by, step="")
        assert browser(workspace.ann).get(path).status_code == status
        assert (path in page(browser(workspace.ann), f"/imports/{batch.pk}/")) == (status == 200)
        assert browser(workspace.lea).get(path).status_code == 200


def test_without_rows_set_aside_there_is_nothing_to_download(workspace, browser):
    set_aside_path(workspace.batch.pk).unlink(missing_ok=True)
    assert browser(workspace.lea).get(f"/imports/{workspace.batch.pk}/set-aside.csv").status_code == 404


def test_an_undo_is_asked_for_first_and_then_begun(at_rest, browser):
    ann, path = browser(at_rest.ann), f"/imports/{at_rest.batch.pk}/undo"
    assert "leave every number" in page(ann, path)
    assert asked_for("asked to undo") == []
    assert ann.post(path)["Location"] == f"/imports/{at_rest.batch.pk}/"
    assert asked_for("asked to undo") == ["ann@ours.example"]


def test_an_undone_import_is_brought_back(at_rest, browser):
    Import.objects.update(state=Import.State.UNDONE)
    ann, path = browser(at_rest.ann), f"/imports/{at_rest.batch.pk}/redo"
    assert "will count again" in page(ann, path)
    ann.post(path)
    assert asked_for("asked to bring back") == ["ann@ours.example"]
    assert "being brought back" in page(ann, f"/imports/{at_rest.batch.pk}/")


def test_the_history_says_how_many_rows_are_kept_not_that_all_count(workspace, browser):
    html = page(browser(workspace.lea), "/imports/")
    assert f"{workspace.batch.imported_count:,} rows of usage kept, from 1 import" in html


def test_one_that_is_not_live_cannot_be_undone(workspace, browser):
    Import.objects.filter(pk=workspace.batch.pk).update(state=Import.State.UNDONE)
    assert browser(workspace.ann).post(f"/imports/{workspace.batch.pk}/undo").status_code >= 400
    assert asked_for("asked to undo") == []


def test_a_list_asks_for_itself_only_while_something_moves(at_rest, browser):
    workspace = at_rest
    ann = browser(workspace.ann)
    assert "hx-trigger" not in page(ann, "/imports/")
    Import.objects.filter(pk=workspace.batch.pk).update(state=Import.State.RUNNING, step="convert", done_share=0.4)
    assert "reading rows, 40%" in page(ann, "/imports/")
    part = ann.get("/imports/", headers={"HX-Request": "true", "HX-Target": "import-list"}).content.decode()
    assert 'hx-trigger="every 2s"' in part
    assert '<nav class="nav"' not in part
    assert 'hx-trigger="every 1s"' in page(ann, f"/imports/{workspace.batch.pk}/")


def test_who_may_not_import_sees_none_of_it(workspace, browser):
    vic = browser(workspace.vic)
    page(vic, "/imports/", 403)
    for path in ("", "set-aside.csv", "undo", "redo"):
        page(vic, f"/imports/{workspace.batch.pk}/{path}", 403)


def test_an_unconfirmed_import_is_its_beginners_alone(people, browser):
    batch = Import.objects.create(begun_by=people.ann, report={"preview": {"tables": [], "questions": []}})
    assert "waits for your word" in page(browser(people.ann), f"/imports/{batch.pk}/")
    page(browser(people.ben), f"/imports/{batch.pk}/", 404)
    assert browser(people.ben).post(f"/imports/{batch.pk}/cancel").status_code == 404
    browser(people.ann).post(f"/imports/{batch.pk}/cancel")
    batch.refresh_from_db()
    assert batch.state == Import.State.CANCELLED


def test_names_with_markup_are_text(people, browser):
    batch = Import.objects.create(state=Import.State.REFUSED, begun_by=people.ann, message="<script>alert(1)</script>")
    batch.files.create(number=1, name="<img src=x onerror=alert(1)>.csv", path="x", size=1)
    for path in ("/imports/", f"/imports/{batch.pk}/"):
        text = page(browser(people.ann), path)
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_a_look_at_the_history_reads_the_reports_of_one_page_only(workspace, browser):
    client = browser(workspace.ann)
    with CaptureQueriesContext(connection) as asked:
        page(client, "/imports/")
    assert sum('"report"' in query["sql"] for query in asked) == 1
