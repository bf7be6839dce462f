"""A PDF goes out with the e-mail it was approved with, byte for byte."""

import pytest

from uptake.actions.email.models import Draft, DraftFile
from uptake.actions.email.services import (
    Attached,
    BadTemplate,
    DraftChanged,
    approve_draft,
    draft_email,
    due_drafts,
    edit_draft,
    send_draft,
    templates,
)

REPORT = {"report": "30 days to 30 Jun 2026", "report_says": "3 people used the product", "as_of": "2026-06-30"}
PDF = b"%PDF-1.7\n\x00\xff binary \r\n.\r\n%%EOF"


@pytest.fixture
def letter(acme, marta, ann) -> Draft:
    attached = Attached("acme-2026-06-30.pdf", PDF)
    return draft_email(customer=acme, template="report", facts=REPORT, to=marta, by=ann, attached=attached)


def test_it_arrives_as_it_was_attached(letter, ann, post_office):
    assert "30 days to 30 Jun 2026. 3 people used the product." in letter.body
    edit_draft(letter, by=ann, body="Here it is.")
    approve_draft(letter, by=ann)
    for draft_id in due_drafts():
        send_draft(draft_id)
    [mail] = post_office.mail
    [part] = mail.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == ("acme-2026-06-30.pdf", "application/pdf")
    assert part.get_content() == PDF
    assert mail.get_body().get_content().strip() == "Here it is."


def test_what_is_approved_is_the_attachment_too(letter, ann):
    before = letter.seen
    Draft.objects.filter(pk=letter.pk).update(attachment_sha256="0" * 64)
    with pytest.raises(DraftChanged):
        approve_draft(letter, by=ann, seen=before)


def test_another_attachment_is_another_draft(letter, acme, marta, ann):
    def drafted(content):
        attached = Attached("acme-2026-06-30.pdf", content)
        return draft_email(customer=acme, template="report", facts=REPORT, to=marta, by=ann, attached=attached)

    assert drafted(PDF) == letter
    assert drafted(PDF + b" ") != letter
    assert DraftFile.objects.count() == 2


def test_nobody_chooses_the_announcement_by_hand(acme, marta, ann):
    assert "report" not in {template.name for template in templates()}
    with pytest.raises(BadTemplate, match="needs report"):
        draft_email(customer=acme, template="report", facts={}, to=marta, by=ann)
