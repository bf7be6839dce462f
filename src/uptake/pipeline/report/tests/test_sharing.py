"""A link opens one report to whoever holds it, until it ends; its secret stands nowhere."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from uptake.customers.access import UnknownCustomer
from uptake.kit.days import Period
from uptake.pipeline.dashboard.making import NotInPortfolio
from uptake.pipeline.dashboard.tests.by_hand import LAST, import_events
from uptake.pipeline.models import ShareLink
from uptake.pipeline.report import sharing
from uptake.pipeline.report.customer_safe import SafeReport
from uptake.pipeline.report.sharing import BadLink, LinkEnded, ReadTooOften, UnknownLink
from uptake.pipeline.report.tests.reading import text_of
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_counted_yet():
    cache.clear()


def figures(link):
    return {each.title: each.value for each in sharing.shared_report(link).figures}


def test_a_link_opens_the_customers_edition_of_its_day(dorado):
    link, secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=30, as_of=date(2026, 5, 31))
    assert sharing.link_of(secret) == link
    assert isinstance(sharing.shared_report(link), SafeReport)
    assert figures(link)["Users in the last 30 days"] == "2 users"  # ada and dan in May
    made = sharing.shared_pdf(link)
    assert (made.edition, made.as_of, made.period) == ("customer", date(2026, 5, 31), Period(30))
    text = text_of(made.pdf)
    assert "Users in the last 30 days 2 users" in text
    assert "dorado.example" not in text
    assert abs(link.expires_at - link.created_at - timedelta(days=30)) < timedelta(seconds=1)

    # The numbers are those of the day, from the facts as they are known now: eve's use of May comes to light.
    import_events(dorado.folder, [("Dorado", "eve@dorado.example", "Search", "2026-05-20T09:00:00Z")], name="late.csv")
    assert figures(link)["Users in the last 30 days"] == "3 users"
    assert "Users in the last 30 days 3 users" in text_of(sharing.shared_pdf(link).pdf)


def test_the_secret_is_kept_nowhere(dorado):
    link, secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)
    kept = [str(value) for row in ShareLink.objects.values() for value in row.values()]
    told = AuditRecord.objects.get(verb="shared")
    assert len(secret) >= 40
    assert not [text for text in (*kept, str(told.details), told.subject) if secret in text]
    assert (told.teammate, told.customer_id, told.details["link"]) == (dorado.ann, dorado.dorado.pk, link.pk)
    assert told.details["as_of"] == str(LAST)


def test_ended_taken_back_and_unknown_links_say_the_same(dorado):
    said = []
    ended, ended_secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)
    ShareLink.objects.filter(pk=ended.pk).update(expires_at=timezone.now())
    back, back_secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=90)
    for _ in range(2):  # twice changes nothing
        sharing.take_back_link(dorado.lea, dorado.dorado.pk, back.pk)
    _, archived_secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=30)
    dorado.dorado.is_archived = True
    dorado.dorado.save()
    for secret, kind in (
        (ended_secret, LinkEnded),
        (back_secret, LinkEnded),
        (archived_secret, LinkEnded),
        ("x", UnknownLink),
        ("", UnknownLink),
    ):
        with pytest.raises(kind) as refused:
            sharing.link_of(secret)
        said.append(str(refused.value))
    assert len(set(said)) == 1
    assert AuditRecord.objects.filter(verb="took back share link of", teammate=dorado.lea).count() == 1
    with pytest.raises(NotInPortfolio):
        sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)


def test_who_may_make_one_and_take_it_back(dorado):
    link, _ = sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)
    for teammate, refusal in ((dorado.ben, UnknownCustomer), (dorado.cem, UnknownCustomer), (dorado.vic, NotAllowed)):
        with pytest.raises(refusal):
            sharing.share_report(teammate, dorado.dorado.pk, days=7)
        with pytest.raises(refusal):
            sharing.take_back_link(teammate, dorado.dorado.pk, link.pk)
    for days in (0, 8, 365):
        with pytest.raises(BadLink):
            sharing.share_report(dorado.ann, dorado.dorado.pk, days=days)
    with pytest.raises(UnknownLink):
        sharing.take_back_link(dorado.ann, dorado.dorado.pk, link.pk + 1)
    assert ShareLink.objects.get().revoked_at is None


def test_pressed_twice_leaves_one_link(dorado):
    first, first_secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)
    _, second_secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)
    with pytest.raises(LinkEnded):
        sharing.link_of(first_secret)
    third, _ = sharing.share_report(dorado.ann, dorado.dorado.pk, days=30)  # another one
    sharing.count_opening(third, is_pdf=False)
    sharing.share_report(dorado.ann, dorado.dorado.pk, days=30)  # the third was read: it is in somebody's hands
    assert set(ShareLink.objects.exclude(revoked_at=None)) == {first}
    assert sharing.link_of(second_secret)


def test_a_program_that_reads_without_end_is_put_off(dorado, monkeypatch):
    monkeypatch.setattr(sharing, "READ_A_MINUTE", 3)
    _, secret = sharing.share_report(dorado.ann, dorado.dorado.pk, days=7)
    _, other = sharing.share_report(dorado.ann, dorado.dorado.pk, days=30)
    for _ in range(3):
        sharing.link_of(secret)
    with pytest.raises(ReadTooOften):
        sharing.link_of(secret)
    assert sharing.link_of(other)
