"""The Outreach pages, for the customer's owner, a fellow CSM and a viewer."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from uptake.actions.email.models import Draft
from uptake.actions.email.services import approve_draft, discard_draft, draft_email
from uptake.web.outreach.telling import facts_of
from uptake.web.tasks.tests.conftest import browser

PAGE = "/outreach/"


@pytest.fixture(autouse=True)
def no_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = settings.DEFAULT_FROM_EMAIL = ""


def words_of(draft: Draft, **other: str) -> dict[str, str]:
    kept = {name: getattr(draft, name) for name in ("to_name", "to_email", "subject", "body")}
    return {**kept, "seen": draft.seen, **other}


def write(client: Client, draft: Draft, **said: str):
    return client.post(reverse("outreach:write", args=[draft.pk]), said)


def test_the_list_says_what_waits_and_what_to_set(note, ann):
    page = browser(ann).get(PAGE).content.decode()
    assert "<h1>One e-mail waits for somebody to read and approve</h1>" in page
    assert "set UPTAKE_MAIL_HOST and UPTAKE_MAIL_FROM" in page
    assert note.subject.replace("<", "&lt;").replace(">", "&gt;") in page


def test_a_draft_says_what_it_was_made_from(note, ann):
    page = browser(ann).get(f"{PAGE}{note.pk}/").content.decode()
    assert "as of 30 Jun 2026" in page
    assert "<dt>Active users in 30 days</dt><dd>12 of 40 seats</dd>" in page
    assert "<dt>Adoption score</dt><dd>38</dd>" in page
    assert "−9 points" in page


def test_hostile_names_stay_text(note, ann):
    client = browser(ann)
    approve_draft(note, by=ann)
    for path in (PAGE, f"{PAGE}?state=approved", f"{PAGE}{note.pk}/", f"{PAGE}?customer={note.customer_id}"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<i>Heinze" not in page


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("search=marta", 1),
        ("search=nobody", 0),
        ("whose=mine", 1),
        ("state=approved", 0),
        ("state=discarded", 1),
    ],
)
def test_filters_stand_in_the_address(note, acme, ann, query, number):
    discard_draft(draft_email(customer=acme, template="check_in", facts={}, to=None, by=ann), by=ann)
    assert len(browser(ann).get(f"{PAGE}?{query}").context["drafts"]) == number


def test_saving_is_not_approving(note, ann):
    found = write(browser(ann), note, **words_of(note, subject="Other words"))
    assert found["Location"] == f"{PAGE}{note.pk}/"
    note.refresh_from_db()
    assert (note.subject, note.status) == ("Other words", "draft")


def test_what_is_on_the_screen_is_what_is_approved(note, ann):
    client = browser(ann)
    write(client, note, **words_of(note, body="My own words.", approve="1"))
    note.refresh_from_db()
    assert (note.body, note.status, note.approved_by) == ("My own words.\n", "approved", ann)
    page = client.get(f"{PAGE}{note.pk}/").content.decode()
    assert "Mail is not set up: set UPTAKE_MAIL_HOST and UPTAKE_MAIL_FROM." in page
    assert 'href="mailto:marta%40acme.example?subject=' in page
    assert "Open in your mail program" in page


def test_words_that_somebody_changed_meanwhile_are_not_approved(note, ann):
    given = words_of(note, approve="1")
    Draft.objects.filter(pk=note.pk).update(body="Theirs.\n")
    found = write(browser(ann), note, **given)
    assert (found.status_code, "Read it again" in found.content.decode()) == (409, True)
    assert Draft.objects.get().status == "draft"


def test_both_versions_stand_on_the_page_and_either_can_be_kept(note, ann):
    client, given = browser(ann), words_of(note, body="Mine, typed <b>for long.", subject="My subject")
    Draft.objects.filter(pk=note.pk).update(body="Theirs, saved first.\n")
    page = write(client, note, **given).content.decode()
    letter, _, now = page.partition('id="now"')
    assert "Mine, typed &lt;b&gt;for long." in letter
    assert 'value="My subject"' in letter
    assert "Theirs, saved first." in now
    seen = re.search(r'name="seen" value="(\w+)"', letter)[1]
    note.refresh_from_db()
    assert (seen, note.body) == (note.seen, "Theirs, saved first.\n")
    write(client, note, **{**given, "seen": seen})  # having seen both
    note.refresh_from_db()
    assert note.body == "Mine, typed <b>for long.\n"


def test_what_was_typed_is_not_lost_where_nothing_can_be_written_any_more(note, ann):
    given = words_of(note, body="Mine, typed for long.")
    discard_draft(note, by=ann)
    found = write(browser(ann), note, **given)
    page = found.content.decode()
    assert (found.status_code, "This e-mail is discarded." in page) == (409, True)
    assert "Mine, typed for long." in page.partition('id="typed"')[2]
    assert Draft.objects.get().status == "discarded"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subject", "Hi\r\nBcc: eve@x.example", "one line"),
        ("to_email", "marta@acme.example\nBcc: eve@x.example", "one line"),
        ("to_email", "marta", "is no e-mail address"),
        ("to_email", "", "Choose a recipient first"),
    ],
)
def test_a_forged_header_is_refused_beside_the_words(note, ann, field, value, sentence):
    found = write(browser(ann), note, **words_of(note, **{field: value, "body": "Kept words", "approve": "1"}))
    page = found.content.decode()
    assert (found.status_code, sentence in page, "Kept words" in page) == (400, True, True)
    assert Draft.objects.get().status == "draft"


def test_without_an_address_nothing_is_approved_and_the_text_is_saved(note, ann):
    assert (
        "Needed before it can be approved."
        in browser(ann).get(reverse("outreach:draft", args=[note.pk])).content.decode()
    )
    found = write(browser(ann), note, **words_of(note, to_email="", body="Kept words", approve="1")).content.decode()
    assert ("Not approved" in found, "Your text is saved." in found, "Not saved" in found) == (True, True, False)
    assert (Draft.objects.get().status, Draft.objects.get().body.strip()) == ("draft", "Kept words")


def test_an_approval_is_taken_back_and_a_draft_discarded(note, ann):
    client = browser(ann)
    approve_draft(note, by=ann)
    client.post(reverse("outreach:decide", args=[note.pk, "take-back"]))
    assert Draft.objects.get().status == "draft"
    assert client.post(reverse("outreach:decide", args=[note.pk, "discard"]))["Location"] == PAGE
    assert Draft.objects.get().status == "discarded"
    assert client.post(reverse("outreach:decide", args=[note.pk, "take-back"])).status_code == 409


def test_without_mail_the_teammate_says_they_sent_it(note, ann):
    approve_draft(note, by=ann)
    browser(ann).post(reverse("outreach:decide", args=[note.pk, "arrived"]))
    assert Draft.objects.get().status == "sent"


def test_an_e_mail_is_written_from_a_template(acme, marta, ann):
    client = browser(ann)
    assert "Which customer" in client.get(f"{PAGE}new").content.decode()
    assert "Check in: Nothing is wrong" in client.get(f"{PAGE}new?customer={acme.pk}").content.decode()
    made = client.post(f"{PAGE}new", {"customer": acme.pk, "template": "check_in", "to": marta.pk})
    draft = Draft.objects.get()
    assert (made["Location"], draft.to_email) == (f"{PAGE}{draft.pk}/", "marta@acme.example")
    refused = client.post(f"{PAGE}new", {"customer": acme.pk, "template": "feature_introduction", "to": ""})
    assert (refused.status_code, "needs features unused" in refused.content.decode()) == (400, True)


def everything(draft: Draft) -> list[tuple[str, str]]:
    verbs = ("take-back", "discard", "arrived", "not-arrived")
    return [
        ("get", reverse("outreach:draft", args=[draft.pk])),
        ("get", f"{PAGE}new?customer={draft.customer_id}"),
        ("post", reverse("outreach:write", args=[draft.pk])),
        *(("post", reverse("outreach:decide", args=[draft.pk, verb])) for verb in verbs),
    ]


def asked(client: Client, method: str, url: str, draft: Draft):
    return client.get(url) if method == "get" else client.post(url, words_of(draft, approve="1"))


def test_a_stranger_gets_404(note, ben):
    for method, url in everything(note):
        assert asked(browser(ben), method, url, note).status_code == 404, url
    assert len(browser(ben).get(PAGE).context["drafts"]) == 0
    assert Draft.objects.get().status == "draft"


def test_a_viewer_sees_no_e_mails(note, cem):
    client = browser(cem)
    assert client.get(PAGE).status_code == 403
    for method, url in everything(note):
        assert asked(client, method, url, note).status_code in {403, 404}, url
    assert Draft.objects.get().status == "draft"


@pytest.mark.parametrize(
    ("change", "told"), [(2.5, "+3 points"), (-2.5, "−3 points"), (4.5, "+5 points"), (0.4, "+0 points")]
)
def test_half_a_point_is_rounded_as_on_every_page(change, told):
    assert ("Change", told) in facts_of(Draft(facts={"change": change}))
