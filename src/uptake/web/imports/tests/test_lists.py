"""A customer list on pages, without JavaScript: sent, shown row by row, answered, written, undone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from uptake.customers.models import Customer
from uptake.customers.services import create_customer
from uptake.lake.models import Import
from uptake.pipeline.home import uploads
from uptake.pipeline.lists.told import outcomes_path
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role

pytestmark = pytest.mark.django_db

LIST = b"Company;CRM ID;Segment;ARR;Renewal;Deal\nAcme;A-1;Large;1.200,50;31.01.2027;7\nBorealis;B-2;Small;x;;8\n"


@pytest.fixture
def lea(db, browser):
    create_customer(name="Acme", segment="Small", crm_id="A-1")
    return browser(teammate("lea@ours.example", Role.LEADER))


def sent(client, body, name="list.csv"):
    return client.post("/imports/customers/", {"files": SimpleUploadedFile(name, body)})


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_list_is_shown_answered_written_and_undone(lea):
    assert "Import a customer list" in text(lea.get("/imports/"))
    at = sent(lea, LIST)["Location"]
    page = text(lea.get(at))
    assert "leaves something open" in page
    assert "In which currency" in page
    assert '<option value="">Choose…</option><option value="EUR">' in page

    assert 'name="starts"' in page
    assert "1 row waits for two answers" in page
    assert "Write " not in page
    assert 'type="date"' in page
    assert 'value="20' not in page

    lea.post(f"{at}answer", {"currency": "EUR", "starts": "2026-02-01"})
    page = text(lea.get(at))
    assert "2 rows: 1 new, 0 changed, 0 the same already, 1 set aside." in page
    assert "<s>Small</s> → <b>Large</b>" in page
    assert "is no amount" in text(lea.get(f"{at}?show=aside"))
    assert Customer.objects.get(name="Acme").segment == "Small"

    lea.post(f"{at}confirm")
    acme = Customer.objects.get(name="Acme")
    assert (acme.segment, str(acme.contracts.get().arr)) == ("Large", "1200.50")
    assert "is written" in text(lea.get(at))
    assert not list(uploads().iterdir())  # the file itself is not kept
    assert b"is no amount" in lea.get(f"{at}set-aside.csv").getvalue()
    assert "Customer list" in text(lea.get("/imports/"))

    assert "nobody changed since" in text(lea.get(f"{at}undo"))
    lea.post(f"{at}undo")
    acme.refresh_from_db()
    assert (acme.segment, acme.contracts.count()) == ("Small", 0)
    assert "1 contract removed." in text(lea.get(at))


def test_a_column_of_revenue_is_shown_with_a_hint(lea):
    at = sent(lea, b"Company,Annual Revenue\nAcme,5000000\n")["Location"]
    assert "could be ARR: choose it if it is" in text(lea.get(at))


def test_a_person_changes_what_a_column_means(lea):
    at = sent(lea, b"Company,Segment,Comment\nAcme,Small,Europe\n")["Location"]
    assert "Nothing in list.csv is new" in text(lea.get(at))
    lea.post(f"{at}answer", {"means-0-0": "customer", "means-0-1": "", "means-0-2": "region"})
    lea.post(f"{at}confirm")
    acme = Customer.objects.get(name="Acme")
    assert (acme.segment, acme.region) == ("Small", "Europe")


VISITORS = (
    b"Visitor ID,Account ID,Email,Role,First Visit,Last Visit\nv1,A-1,x@acme.example,admin,2026-01-01,2026-02-02\n"
)
USAGE = b"Account,User,Event,Timestamp\nAcme,u1,report_opened,2026-01-01T00:00:00Z\n"
TOTALS = b"Account,Segment of plan,Feature,Date,Count\nAcme,Large,Reports,2026-01-01,7\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (VISITORS, "a list of users, not of customers and not usage"),
        (USAGE, "This is usage; import it in the chat or on the Imports page."),
        (TOTALS, "This is usage; import it in the chat or on the Imports page."),
        (b"", "empty"),
        (b"Company,Segment\n", "only a header"),
        (b"a,b\n1,2\n", "no list of customers"),
    ],
)
def test_what_is_no_list_is_refused_and_not_kept(lea, body, words):
    answer = sent(lea, body)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Import.objects.exists()


def test_where_nothing_would_be_written_there_is_no_button(lea):
    page = text(lea.get(sent(lea, b"Company,Contact,Contact email\nNobody Inc,Ann,ann@nobody.example\n")["Location"]))
    assert "No row of list.csv can be taken" in page
    assert '<button class="button main">Write' not in page


def test_markup_in_a_cell_is_text(lea):
    at = sent(lea, b"Company,Segment\n<script>alert(1)</script>,Small\n")["Location"]
    assert "<script>alert(1)" not in text(lea.get(at))


def test_customers_of_a_list_are_linked_before_there_is_usage(lea):
    at = sent(lea, b"Company,Segment\nCobalt,Small\n")["Location"]
    assert "made or changed" not in text(lea.get(at))
    lea.post(f"{at}confirm")
    link = f'<a href="/customers/{Customer.objects.get(name="Cobalt").pk}/">Cobalt</a>'
    page = text(lea.get(at))
    assert "1 customer made or changed" in page
    assert link in page
    portfolio = text(lea.get("/portfolio/"))
    assert "2 customers are here, without usage" in portfolio
    assert link in portfolio


def test_a_cancelled_list_leaves_nothing(lea):
    at = sent(lea, b"Company,Segment\nCobalt,Small\n")["Location"]
    lea.post(f"{at}cancel")
    batch = Import.objects.get()
    assert batch.state == "cancelled"
    assert not outcomes_path(batch.pk).exists()
    assert not list(uploads().iterdir())
    lea.post(f"{at}confirm")
    assert not Customer.objects.filter(name="Cobalt").exists()


def test_a_csm_may_not(lea, browser):
    ann = browser(teammate("ann@ours.example"))
    assert sent(ann, LIST).status_code == 403
    at = sent(lea, b"Company,Segment\nAcme,Mid\n")["Location"]
    lea.post(f"{at}confirm")
    page = text(ann.get(at))
    assert "Mid" not in page
    assert ann.post(f"{at}undo").status_code == 403
    assert Customer.objects.get(name="Acme").segment == "Mid"
