"""What a mail provider reports: openings, clicks, trouble. Sent through anymail's own test backend."""

from datetime import UTC, datetime

import pytest
from anymail.signals import AnymailTrackingEvent, tracking

from uptake.actions.email.models import Draft
from uptake.actions.email.services import approve_draft, due_drafts, send_draft

AT = datetime(2026, 7, 1, 9, tzinfo=UTC)


@pytest.fixture
def sent(note, ann, settings) -> Draft:
    settings.EMAIL_BACKEND, settings.ANYMAIL = "anymail.backends.test.EmailBackend", {"TEST_KEY": "x"}
    settings.DEFAULT_FROM_EMAIL = "cs@us.example"
    approve_draft(note, by=ann)
    for draft_id in due_drafts():
        send_draft(draft_id)
    note.refresh_from_db()
    return note


def report(event_type: str, message_id: str, **more) -> None:
    event = AnymailTrackingEvent(event_type=event_type, message_id=message_id, timestamp=AT, **more)
    tracking.send(sender=None, event=event, esp_name="Test")


def test_a_provider_gives_its_own_id(sent):
    assert (sent.status, sent.provider_id != "") == ("sent", True)


def test_the_first_opening_and_click_are_kept(sent):
    report("opened", sent.provider_id)
    report("clicked", sent.message_id.strip("<>"))
    event = AnymailTrackingEvent(event_type="opened", message_id=sent.provider_id, timestamp=AT.replace(hour=12))
    tracking.send(sender=None, event=event, esp_name="Test")
    sent.refresh_from_db()
    assert (sent.opened_at, sent.clicked_at) == (AT, AT)


def test_a_bounce_is_told(sent):
    report("bounced", sent.provider_id, description="550 no such\r\nuser")
    sent.refresh_from_db()
    assert (sent.status, sent.error) == ("sent", "It bounced: 550 no such user")


@pytest.mark.parametrize("message_id", ["", None, "other"])
def test_reports_of_other_mail_are_ignored(sent, message_id):
    report("opened", message_id)
    sent.refresh_from_db()
    assert sent.opened_at is None
