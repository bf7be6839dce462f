"""The page handed over: its numbers stand in the PDF; links and schedules are made, listed, ended."""

import html
import re

import pytest

from uptake.customers.models import Stakeholder
from uptake.pipeline.dashboard.tests.by_hand import ADA
from uptake.pipeline.models import ReportSchedule, ShareLink
from uptake.pipeline.report.tests.reading import squeezed, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def address(dorado, part=""):
    return f"/customers/{dorado.dorado.pk}/adoption/{part}"


def plain(text):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


@pytest.mark.parametrize("query", ["", "?period=7d&as_of=2026-05-31&comparison=all"])
def test_the_pdf_says_what_the_page_says(ann, dorado, query):
    page = ann.get(address(dorado, query)).content.decode()
    made = ann.get(address(dorado, f"report.pdf{query}"))
    assert made["Content-Type"] == "application/pdf"
    assert 'filename="dorado-2026-' in made["Content-Disposition"]
    text = squeezed(text_of(made.content))
    said = [plain(re.search(r'<p class="deck">(.*?)</p>', page, re.DOTALL)[1])]
    said += [plain(each) for each in re.findall(r"<figcaption><b>(.*?)</b>", page)]
    assert len(said) > 3
    figures = re.findall(
        r'<div class="stat"><dt>(.*?)</dt><dd class="stat-value">(.*?)(?:<span|</dd>)', page, re.DOTALL
    )
    assert len(figures) > 20
    said += [plain(f"{title} {value}") for title, value in figures]
    assert [each for each in said if squeezed(each) not in text] == []


def test_the_form_carries_day_period_and_comparison(ann, dorado):
    page = ann.get(address(dorado, "?period=7d&comparison=all")).content.decode()
    form = page[page.index('id="report"') :]
    for name, value in (("period", "7d"), ("as_of", "2026-06-30"), ("comparison", "all")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form


def test_who_gets_a_report(ann, ben, cem, vic, dorado):
    found = {
        edition: [who.get(address(dorado, f"report.pdf?edition={edition}")).status_code for who in (ann, ben, cem, vic)]
        for edition in ("internal", "customer")
    }
    assert found == {"internal": [200, 404, 404, 403], "customer": [200, 404, 404, 403]}
    assert ann.get(address(dorado, "report.pdf?edition=secret")).status_code == 400
    assert "Get the PDF" not in vic.get(address(dorado)).content.decode()


def test_a_link_is_shown_once_listed_and_taken_back(ann, vic, dorado):
    made = ann.post(address(dorado, "share?as_of=2026-05-31"), {"days": "7"}).content.decode()
    secret = re.search(r"http://testserver/shared/([\w-]+)", made)[1]
    link = ShareLink.objects.get()
    assert (str(link.as_of), link.created_by) == ("2026-05-31", dorado.ann)
    page = ann.get(address(dorado)).content.decode()
    assert secret not in page
    assert "30 days to 31 May 2026" in plain(page)
    assert "share/" not in vic.get(address(dorado)).content.decode()
    answer = ann.post(address(dorado, f"share/{link.pk}/take-back"))
    assert answer["Location"] == address(dorado, "#report")
    assert "taken back" in ann.get(address(dorado)).content.decode()
    assert ann.get(f"/shared/{secret}").status_code == 410


def test_a_schedule_is_made_listed_and_stopped(ann, dorado):
    ada = Stakeholder.objects.get(customer=dorado.dorado, email=ADA).pk
    fields = {"to": ada, "every": "quarter", "next_on": "2026-12-24", "paper": "letter"}
    assert ann.post(address(dorado, "schedule"), fields)["Location"] == address(dorado, "#report")
    made = ReportSchedule.objects.get()
    assert (made.to_email, made.every, str(made.next_on), made.paper) == (ADA, "quarter", "2026-12-24", "letter")
    assert "Ada Lovelace Every quarter 24 Dec 2026" in plain(ann.get(address(dorado)).content.decode())
    assert ann.post(address(dorado, f"schedule/{made.pk}/end")).status_code == 302
    assert not ReportSchedule.objects.exists()
    for wrong in ({"to": "x"}, {"next_on": "soon"}, {"next_on": ""}, {"every": ""}, {"paper": "a0"}):
        assert ann.post(address(dorado, "schedule"), {**fields, **wrong}).status_code == 400, wrong


def test_strangers_and_viewers_make_nothing(ben, cem, vic, dorado):
    for part in ("share", "share/1/take-back", "schedule", "schedule/1/end"):
        fields = {"days": "7", "to": "1", "every": "month", "next_on": "2026-12-24"}
        found = [who.post(address(dorado, part), fields).status_code for who in (ben, cem, vic)]
        assert found == [404, 404, 403], part
    assert not ShareLink.objects.exists()
    assert not ReportSchedule.objects.exists()
