"""Drafts: written, edited, approved, taken back, discarded; who may, and what is refused."""

import pytest

from uptake.actions.email.access import UnknownDraft, access_draft, access_drafts, access_own_draft
from uptake.actions.email.models import Draft
from uptake.actions.email.services import (
    BadDraft,
    DraftChanged,
    approve_draft,
    discard_draft,
    draft_email,
    edit_draft,
    mail_is_set_up,
    take_back,
    why_not,
)
from uptake.actions.email.tests.conftest import FACTS
from uptake.customers.models import Stakeholder
from uptake.customers.services import create_customer
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed


def test_a_draft_says_what_it_was_made_from(note, acme, ann):
    note.refresh_from_db()
    assert (note.to_name, note.to_email, note.status) == ("Marta Heinze", "marta@acme.example", "draft")
    assert note.facts["as_of"] == "2026-06-30"
    assert (note.facts["customer"], note.facts["owner_name"]) == ("Acme", "Ann Test")
    assert "12 of your 40 people" in note.body
    [line] = AuditRecord.objects.filter(verb="drafted")
    assert (line.teammate, line.customer_id) == (ann, acme.pk)


def test_a_draft_may_wait_for_its_recipient(acme, ann):
    draft = draft_email(customer=acme, template="check_in", facts={}, to=None, by=ann)
    assert draft.to_email == ""
    with pytest.raises(BadDraft, match="Choose a recipient first"):
        approve_draft(draft, by=ann)
    edit_draft(draft, by=ann, to_email="marta@acme.example")
    assert approve_draft(draft, by=ann).status == "approved"


def test_nobody_elses_people_are_written_to(acme, birch, ann):
    stranger = Stakeholder.objects.create(customer=birch, name="Bo", email="bo@birch.example")
    with pytest.raises(BadDraft, match="Bo is nobody at Acme"):
        draft_email(customer=acme, template="check_in", facts={}, to=stranger, by=ann)


def test_an_approval_names_who_and_where_answers_go(note, ann, lea):
    approved = approve_draft(note, by=lea, seen=note.seen)
    assert (approved.status, approved.approved_by, approved.reply_to) == ("approved", lea, ann.email)
    assert approve_draft(note, by=ann).approved_by == lea
    assert AuditRecord.objects.filter(verb="approved").count() == 1


def test_other_words_are_not_approved(note, ann):
    seen = note.seen
    edit_draft(note, by=ann, body="Something else.")
    with pytest.raises(DraftChanged, match="Read it again"):
        approve_draft(note, by=ann, seen=seen)
    with pytest.raises(DraftChanged, match="Read it again"):
        edit_draft(note, by=ann, seen=seen, subject="Mine")


def test_editing_takes_the_approval_back(note, ann):
    approve_draft(note, by=ann)
    same = edit_draft(note, by=ann, subject=note.subject)
    assert same.status == "approved"
    edited = edit_draft(note, by=ann, subject="Other")
    assert (edited.status, edited.approved_by, edited.approved_at) == ("draft", None, None)


def test_an_approval_is_taken_back(note, ann):
    approve_draft(note, by=ann)
    assert take_back(note, by=ann).status == "draft"
    with pytest.raises(DraftChanged, match="was not approved"):
        take_back(note, by=ann)


def test_what_is_sent_or_being_sent_stays_as_it_is(note, ann):
    approve_draft(note, by=ann)
    for status, sentence in (("sending", "cannot be changed"), ("sent", "sent and cannot be changed")):
        Draft.objects.filter(pk=note.pk).update(status=status)
        for attempt in (
            lambda: edit_draft(note, by=ann, body="x"),
            lambda: approve_draft(note, by=ann),
            lambda: discard_draft(note, by=ann),
            lambda: take_back(note, by=ann),
        ):
            with pytest.raises(DraftChanged, match=sentence):
                attempt()


def test_a_discarded_draft_is_not_approved(note, ann):
    discard_draft(note, by=ann)
    with pytest.raises(DraftChanged, match="discarded"):
        approve_draft(note, by=ann)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subject", "Hi\nBcc: eve@x.example", "one line"),
        ("subject", "Hi\rBcc: eve@x.example", "one line"),
        ("subject", "Hi\u2028there", "one line"),
        ("subject", " ", "empty"),
        ("subject", "x" * 201, "200 is the most"),
        ("to_name", "Marta\r\nBcc: eve@x.example", "one line"),
        ("to_email", "marta@acme.example\nBcc: eve@x.example", "one line"),
        ("to_email", "marta@acme.example, eve@x.example", "no e-mail address"),
        ("to_email", "Marta <marta@acme.example>", "no e-mail address"),
        ("to_email", "marta", "no e-mail address"),
        ("body", " \n ", "says nothing"),
        ("body", "x" * 20001, "20,000 is the most"),
    ],
)
def test_headers_cannot_be_forged(note, ann, field, value, sentence):
    with pytest.raises(BadDraft, match=sentence):
        edit_draft(note, by=ann, **{field: value})
    assert Draft.objects.get().seen == note.seen


def test_a_stakeholders_name_cannot_forge_headers_either(acme, ann):
    eve = Stakeholder.objects.create(customer=acme, name="Eve\r\nBcc: all@x.example", email="eve@acme.example")
    draft = draft_email(customer=acme, template="check_in", facts={}, to=eve, by=ann)
    assert draft.to_name == "Eve Bcc: all@x.example"


def test_only_who_may_change_the_customer_writes_to_it(note, acme, ann, ben, cem, pia, lea):
    for stranger in (ben, cem, pia):
        for attempt in (
            lambda who: draft_email(customer=acme, template="check_in", facts=FACTS, to=None, by=who),
            lambda who: edit_draft(note, by=who, subject="x"),
            lambda who: approve_draft(note, by=who),
            lambda who: discard_draft(note, by=who),
        ):
            with pytest.raises(NotAllowed):
                attempt(stranger)
    assert Draft.objects.get().status == "draft"
    assert approve_draft(note, by=lea).status == "approved"


def test_a_key_drafts_but_only_a_person_approves(acme, key, marta):
    draft = draft_email(customer=acme, template="check_in", facts={}, to=marta, by=key)
    with pytest.raises(NotAllowed, match="Only a person"):
        approve_draft(draft, by=key)


def test_drafts_are_seen_by_who_sees_people(note, ann, ben, cem, pia, lea):
    assert list(access_drafts(ann)) == list(access_drafts(lea)) == [note]
    for stranger in (ben, cem, pia):
        assert not access_drafts(stranger).exists()
        with pytest.raises(UnknownDraft):
            access_draft(stranger, note.pk)


def test_where_csms_see_all_they_only_read_the_others_drafts(note, ben, settings):
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"csm_sees": "all"})
    assert access_draft(ben, note.pk) == note
    with pytest.raises(NotAllowed):
        access_own_draft(ben, note.pk)


def test_what_to_set_for_mail(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = settings.DEFAULT_FROM_EMAIL = ""
    assert why_not() == "Mail is not set up: set UPTAKE_MAIL_HOST and UPTAKE_MAIL_FROM."
    settings.EMAIL_HOST = "mail.us.example"
    assert why_not() == "Mail is not set up: set UPTAKE_MAIL_FROM."
    settings.DEFAULT_FROM_EMAIL = "cs@us.example"
    assert (why_not(), mail_is_set_up()) == ("", True)
    settings.EMAIL_BACKEND, settings.ANYMAIL = "anymail.backends.postmark.EmailBackend", {}
    assert why_not() == "Mail is not set up: set UPTAKE_ANYMAIL."


def test_the_button_pressed_twice_writes_one_draft(note, acme, ann, marta):
    again = draft_email(customer=acme, template=note.template, facts=FACTS, to=marta, by=ann)
    assert again == note
    edit_draft(note, by=ann, body="My own words.")
    assert draft_email(customer=acme, template=note.template, facts=FACTS, to=marta, by=ann) != note


def test_a_long_name_still_gets_its_draft(ann):
    long = create_customer(name="Consolidated " * 38, owner=ann)
    assert len(draft_email(customer=long, template="check_in", facts={}, to=None, by=ann).subject) <= 200
