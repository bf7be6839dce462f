"""Requests nobody types: NUL characters, HEAD, days and numbers out of every calendar, text that turns around."""

import csv
import io

import pytest

from uptake.actions.task.services import create_task
from uptake.kit.marks import without_steering, without_steering_bytes
from uptake.team.models import AuditRecord
from uptake.web.exports import Column, csv_file
from uptake.web.imports.tests.conftest import browser, people, usage, workspace

pytestmark = pytest.mark.django_db
__all__ = ["browser", "people", "usage", "workspace"]

STEERING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
PAGES = ("/", "/portfolio/", "/portfolio/heat/", "/tasks/", "/outreach/", "/imports/", "/settings/", "/tasks/calendar")


@pytest.mark.parametrize("path", ["/portfolio/?segment=a%00b", "/find/?q=%00", "/calendar/a%00b.ics", "/tasks/?a%00=1"])
def test_nul_in_an_address_is_refused(workspace, browser, path):
    answer = browser(workspace.ann).get(path)
    assert (answer.status_code, "NUL" in answer.content.decode()) == (400, True)


def test_nul_in_a_field_is_refused_and_nothing_is_changed(workspace, browser, client):
    ann, before = browser(workspace.ann), AuditRecord.objects.count()
    for path, field in ((f"/customers/{workspace.acme.pk}/rate", "rating"), ("/c/", "text"), ("/tasks/new", "title")):
        answer = ann.post(path, {"customer": workspace.acme.pk, field: "70\0"})
        assert (answer.status_code, "NUL" in answer.content.decode()) == (400, True), path
    assert client.post("/accounts/login/", {"login": "a\0@us.example", "password": "x"}).status_code == 400
    assert AuditRecord.objects.count() == before


def test_nul_in_a_cookie_or_the_apis_query_is_refused(client):
    client.cookies["sessionid"] = "\0bcdefghijk"
    assert client.get("/portfolio/").status_code == 400
    client.cookies.clear()
    answer = client.get("/api/insights?severity=%00")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_every_page_answers_head(workspace, browser):
    lea = browser(workspace.lea)
    paths = (*PAGES, "/settings/health/", f"/customers/{workspace.acme.pk}/", "/tasks/new", "/outreach/new")
    more = {"customer": workspace.acme.pk}
    assert {path: lea.head(path, more).status_code for path in paths} == {
        path: lea.get(path, more).status_code for path in paths
    }
    assert lea.head("/portfolio/").status_code == 200


def test_head_changes_nothing(workspace, browser):
    before = AuditRecord.objects.count()
    lea, number = browser(workspace.lea), workspace.batch.pk
    for path in (f"/imports/{number}/undo", f"/imports/{number}/redo", "/tasks/calendar", "/settings/health/"):
        assert lea.head(path).status_code == 200, path
    assert AuditRecord.objects.count() == before


@pytest.mark.parametrize("day", ["0001-01-01", "0020-01-01", "1999-12-31"])
def test_a_day_before_there_was_any_usage_is_refused(workspace, browser, day):
    ann = browser(workspace.ann)
    for path in ("/portfolio/", "/portfolio/heat/", f"/customers/{workspace.acme.pk}/"):
        for period in ("30d", "9999d", "all"):
            answer = ann.get(path, {"as_of": day, "period": period})
            assert (answer.status_code, "too long ago" in answer.content.decode()) == (400, True), path
    answer = ann.get("/portfolio/", {"compare": day})
    assert (answer.status_code, "too long ago" in answer.content.decode()) == (400, True)


def test_the_first_day_and_the_longest_period_go_together(workspace, browser):
    asked = {"as_of": "2000-01-01", "period": "9999d"}
    for path in ("/portfolio/", "/portfolio/heat/", f"/customers/{workspace.acme.pk}/"):
        assert browser(workspace.ann).get(path, asked).status_code == 200, path


@pytest.mark.parametrize(
    "said",
    ["scores as of 0001-01-01", "scores from 0001-01-01 to 2026-01-31", "scores since 0001-01-01", "scores in 0001"],
)
def test_the_chat_reads_odd_days_too(workspace, browser, said):
    answer = browser(workspace.ann).post("/c/", {"text": said}, follow=True)
    assert answer.status_code == 200


def test_no_title_turns_a_page_around(workspace, browser):
    create_task(customer=workspace.acme, title=f"Send {STEERING}fdp.exe", by=workspace.ann)
    text = browser(workspace.ann).get("/tasks/").content.decode()
    assert "Send fdp.exe" in text
    assert not set(text) & set(STEERING)


def test_steering_characters_go_and_all_else_stays():
    told = "Größe, שלום, 日本 👩‍🔬"
    assert without_steering(f"{STEERING}{told}") == told
    assert without_steering_bytes(f"{STEERING}{told}".encode()).decode() == told


def test_no_cell_of_an_export_turns_around():
    content = csv_file([Column("customer")], [{"customer": f"Ac{STEERING}me"}, {"customer": "\u202e=1+1"}])
    cells = [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    assert cells == ["customer", "Acme", "'=1+1"]
