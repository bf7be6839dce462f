"""Customer lists by the API: previewed by default, written when it is said, undone as any import."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from uptake.api.tests.conftest import Caller
from uptake.customers.models import Customer
from uptake.customers.services import create_customer
from uptake.lake.models import Import
from uptake.team.models import Role
from uptake.team.services import create_key

pytestmark = pytest.mark.django_db
LIST = b"Company,CRM ID,Segment,Parent\nAcme,A-1,Large,\nAcme Nordic,A-2,Small,Acme\n"


@pytest.fixture
def call(client):
    create_customer(name="Acme", segment="Small")
    return Caller(client, create_key(name="crm", role=Role.LEADER)[1])


def sent(call, body=LIST, query=""):
    path = f"/api/customers/import?filename=crm.csv{query}"
    return call.client.post(path, body, content_type="text/csv", headers=call.headers)


def test_previewed_confirmed_and_undone(call):
    told = sent(call).json()
    assert (told["state"], told["rowsRead"], told["new"], told["changed"]) == ("preview", 2, 1, 1)
    assert told["rows"][0]["edits"][0]["changes"][1] == {"field": "segment", "old": "Small", "new": "Large"}
    assert Customer.objects.count() == 1

    for _ in range(2):  # again changes nothing
        done = call.post(f"/customers/import/{told['importId']}/confirm", {}).json()
        assert (done["state"], done["new"], done["changed"]) == ("live", 1, 1)
    acme = Customer.objects.get(name="Acme")
    assert acme.segment == "Large"
    opened = call.get(f"/customers/{acme.pk}").json()
    assert [child["customer"] for child in opened["children"]] == ["Acme Nordic"]

    again = sent(call, query="&confirm=true").json()
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)

    report = call.get(f"/usage/imports/{told['importId']}").json()["report"]
    assert (report["kind"], report["new"]) == ("customers", 1)
    gone = call.client.delete(f"/api/usage/imports/{told['importId']}", headers=call.headers)
    assert gone.json()["state"] == "undone"
    assert list(Customer.objects.values_list("name", "segment")) == [("Acme", "Small")]


def test_what_is_open_is_asked_as_data(call):
    body = b"Company,ARR\nAcme,100\n"
    answer = sent(call, body, "&confirm=true")
    assert answer.status_code == 409
    assert {each["key"] for each in answer.json()["questions"]} == {"currency", "starts"}
    done = sent(call, body, "&confirm=true&currency=EUR&starts=2026-01-01").json()
    assert done["state"] == "live"
    assert Customer.objects.get().contracts.get().currency == "EUR"


def test_a_form_with_a_workbook_in_two_sheets(call, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    contracts = book.active
    contracts.title = "Verträge"
    for row in (["Kunde", "Jahreswert", "Währung", "Beginn"], ["Cobalt", 1200.5, "EUR", "2026-01-01"]):
        contracts.append(row)
    people = book.create_sheet("Kunden")
    for row in (["Firma", "Segment"], ["Cobalt", "Groß"]):
        people.append(row)
    book.save(tmp_path / "crm.xlsx")
    file = SimpleUploadedFile("crm.xlsx", (tmp_path / "crm.xlsx").read_bytes())
    answer = call.client.post("/api/customers/import?confirm=true", {"files": file}, headers=call.headers)
    assert answer.json()["new"] == 2
    assert str(Customer.objects.get(name="Cobalt").contracts.get().arr) == "1200.50"


def test_refusals(call, client):
    assert sent(call, b"a,b\n1,2\n").status_code == 400
    assert not Import.objects.exists()
    usage = Import.objects.create(state=Import.State.LIVE)
    assert call.post(f"/customers/import/{usage.pk}/confirm", {}).status_code == 409
    csm = Caller(client, create_key(name="csm", role=Role.CSM)[1])
    assert sent(csm).status_code == 403


def test_a_parent_is_said_and_taken_back(call):
    acme, other = Customer.objects.get(), create_customer(name="Other")
    path = f"/customers/{acme.pk}"
    assert call.put(path, {"parentId": other.pk}).json()["parentId"] == other.pk
    answer = call.put(f"/customers/{other.pk}", {"parentId": acme.pk})
    assert answer.status_code == 400
    assert call.put(path, {"parentId": None}).json()["parentId"] is None
