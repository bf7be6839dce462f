"""What somebody from outside gets by a link: the customer's edition and nothing of the house; or one and the same refusal."""

import html
import re

import pytest
from django.utils import timezone

from uptake.pipeline.models import ShareLink
from uptake.pipeline.report import sharing
from uptake.pipeline.report.tests.reading import text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(dorado):
    """Ann's link to Dorado's June."""
    link, secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=30)
    return link, f"/shared/{secret}"


def words_of(page: str) -> str:
    """The page's text in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_page_and_pdf_tell_the_customers_edition(outsider, shared):
    link, address = shared
    answer = outsider.get(address)
    page = answer.content.decode()
    said = words_of(page)
    report = sharing.shared_report(link)
    assert len(report.figures) > 5
    pdf = text_of(b"".join(outsider.get(f"{address}/report.pdf")))
    for each in report.figures:
        line = " ".join(f"{each.title} {each.value} {each.change}".split())
        assert line in said
        assert line in pdf
    for feature in report.features:
        assert f"{feature.feature} {feature.users} {feature.uses} {feature.reach}" in said
    assert "Users in the last 30 days 3 users" in said  # ada, ben and cem in June
    assert "As of 30 Jun 2026" in said
    assert page.count("<img ") == 3  # users, weekday and hour, weeks
    for inside in (
        "dorado.example",
        "Dan Brown",
        "Ada Lovelace",
        "score",
        "peers",
        "dormant",
        "Portfolio",
        "<nav",
        "<script",
    ):
        assert inside not in page


def test_nothing_of_it_is_kept_found_or_passed_on(outsider, shared):
    for address in (shared[1], f"{shared[1]}/report.pdf", "/shared/unknown"):
        answer = outsider.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert not answer.cookies


def test_links_that_do_not_hold_say_the_same(outsider, shared, dorado):
    link, address = shared
    gone = outsider.get("/shared/unknown")
    assert gone.status_code == 404
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())
    ended = [outsider.get(address), outsider.get(f"{address}/report.pdf")]
    assert [each.status_code for each in ended] == [410, 410]
    _, secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)
    newest = ShareLink.objects.latest("pk")
    sharing.take_back_link(dorado.ann, dorado.dorado.pk, newest.pk)
    back = outsider.get(f"/shared/{secret}")
    assert back.status_code == 410
    assert {each.content for each in (gone, *ended, back)} == {gone.content}
    assert "Dorado" not in gone.content.decode()
    assert ShareLink.objects.get(pk=link.pk).opened_count == 0


def test_openings_are_counted_but_not_the_teams_own(outsider, ann, shared):
    link, address = shared
    for client, path in ((outsider, ""), (outsider, ""), (outsider, "/report.pdf"), (ann, ""), (ann, "/report.pdf")):
        assert client.get(f"{address}{path}").status_code == 200
    outsider.head(address)
    link.refresh_from_db()
    assert (link.opened_count, link.taken_count) == (2, 1)
    assert link.last_opened_at is not None


def test_it_is_only_read(outsider, shared):
    assert outsider.post(shared[1]).status_code == 405
    assert outsider.get(f"{shared[1]}/report.pdf?paper=a0").status_code == 400
    assert outsider.get("/shared/").status_code == 404
    assert outsider.get(f"/customers/{shared[0].customer_id}/").status_code == 302  # it opens nothing else


def test_hostile_names_are_text(outsider, shared, dorado):
    dorado.dorado.name = '<script>alert(1)</script> & "Söhne" שלום'
    dorado.dorado.save()
    page = outsider.get(shared[1]).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Söhne&quot; שלום" in page
