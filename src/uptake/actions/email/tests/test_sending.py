"""An approved draft goes out once, as approved, to a real mail server; nothing else does."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from uptake.actions.email import sending
from uptake.actions.email.models import Draft
from uptake.actions.email.services import (
    DraftChanged,
    approve_draft,
    discard_draft,
    due_drafts,
    edit_draft,
    send_draft,
    settle_draft,
)
from uptake.actions.email.tests.post_office import PostOffice
from uptake.customers.services import archive_customer, update_customer
from uptake.team.models import AuditRecord
from uptake.team.services import change_role, switch_teammate


def send_all() -> None:
    for draft_id in due_drafts():
        send_draft(draft_id)


def test_it_arrives_once_exactly_as_approved(note, ann, post_office):
    edit_draft(note, by=ann, to_name="Zoë “Z”, Boss", subject="Grüße – und mehr", body="One.\n\n.\nFrom here\n")
    approve_draft(note, by=ann)
    send_all()
    send_all()
    send_draft(note.pk)
    [mail] = post_office.mail
    assert post_office.recipients == [["marta@acme.example"]]
    assert (mail["Subject"], mail["From"], mail["Reply-To"]) == (
        "Grüße – und mehr",
        "Customer Success <cs@us.example>",
        "ann@us.example",
    )
    assert mail["To"].addresses[0].display_name == "Zoë “Z”, Boss"
    assert mail.get_content().replace("\r\n", "\n") == "One.\n\n.\nFrom here\n"
    note.refresh_from_db()
    assert (note.status, note.attempts, note.sent_at is not None) == ("sent", 1, True)
    assert mail["Message-ID"] == note.message_id
    assert note.message_id.endswith("@us.example>")
    assert AuditRecord.objects.filter(verb="sent", customer_id=note.customer_id).count() == 1


def test_what_nobody_approved_stays_here(note, ann, post_office):
    send_draft(note.pk)
    discarded = approve_draft(note, by=ann)
    discard_draft(discarded, by=ann)
    send_draft(note.pk)
    send_draft(99999)
    assert (due_drafts(), post_office.mail) == ([], [])
    with connection.cursor() as cursor, pytest.raises(Exception, match="draft_goes_out_only_approved"):
        cursor.execute("UPDATE actions_draft SET status = 'approved', approved_at = NULL")


def test_an_edit_after_the_approval_stops_it(note, ann, post_office):
    approve_draft(note, by=ann)
    edit_draft(note, by=ann, body="Not this yet.")
    send_all()
    assert post_office.mail == []


def test_a_lasting_refusal_is_told_and_not_tried_again(note, ann, post_office):
    post_office.answers = ["550 No such user here"]
    approve_draft(note, by=ann)
    send_all()
    send_all()
    note.refresh_from_db()
    assert (note.status, note.error) == ("failed", "The mail server answered 550: No such user here.")
    assert approve_draft(note, by=ann).error == ""
    send_all()
    assert len(post_office.mail) == 1


def test_a_busy_server_is_asked_again_after_a_while(note, ann, post_office):
    post_office.answers = ["451 Come back later"]
    approve_draft(note, by=ann)
    before = timezone.now()
    send_all()
    note.refresh_from_db()
    assert (note.status, note.attempts, note.error) == ("approved", 1, "The mail server answered 451: Come back later.")
    assert before + timedelta(minutes=1) <= note.try_again_at <= timezone.now() + timedelta(minutes=1)
    send_all()  # not yet
    assert post_office.mail == []
    assert due_drafts(timezone.now() + timedelta(minutes=2)) == [note.pk]
    send_draft(note.pk)
    note.refresh_from_db()
    assert (len(post_office.mail), note.status, note.attempts, note.error) == (1, "sent", 2, "")


def test_after_some_attempts_it_has_failed(note, ann, post_office):
    post_office.answers = ["451 busy"] * 9
    approve_draft(note, by=ann)
    pauses = []
    for _ in range(9):
        start = timezone.now()
        send_draft(note.pk)
        note.refresh_from_db()
        if note.try_again_at:
            pauses.append(round((note.try_again_at - start).total_seconds() / 60))
    assert (note.status, note.error) == ("failed", "The mail server answered 451: busy. It was tried 5 times.")
    assert pauses == [1, 5, 30, 120]


def test_a_server_that_is_not_there_is_asked_again(note, ann, post_office):
    post_office.controller.stop()
    approve_draft(note, by=ann)
    send_all()
    note.refresh_from_db()
    assert (note.status, note.attempts) == ("approved", 1)
    assert "cannot be reached" in note.error
    post_office.controller = type(post_office.controller)(post_office, hostname="127.0.0.1", port=post_office.port)
    post_office.controller.start()
    send_draft(note.pk)
    assert len(post_office.mail) == 1


def test_a_connection_that_breaks_half_way_leaves_it_to_a_person(note, ann, post_office):
    post_office.answers = ["hang up"]
    approve_draft(note, by=ann)
    send_all()
    send_all()
    note.refresh_from_db()
    assert (note.status, note.get_status_display()) == ("sending", "May have been sent")
    assert "broke while" in note.error
    again = settle_draft(note, arrived=False, by=ann)
    assert (again.status, again.message_id) == ("draft", "")
    send_all()
    assert post_office.mail == []


def test_a_crash_in_between_leaves_sending_and_nobody_sends_it_again(note, ann, post_office):
    approve_draft(note, by=ann)
    assert sending._claimed(note.pk) is not None  # and the process dies here
    send_all()
    send_draft(note.pk)
    assert post_office.mail == []
    with pytest.raises(DraftChanged, match="right now"):
        settle_draft(note, arrived=True, by=ann)
    Draft.objects.filter(pk=note.pk).update(sending_at=timezone.now() - timedelta(minutes=11))
    settled = settle_draft(note, arrived=True, by=ann)
    assert (settled.status, settled.sent_at is not None) == ("sent", True)


def test_without_mail_it_stays_approved_and_ready(note, ann, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = settings.DEFAULT_FROM_EMAIL = ""
    approve_draft(note, by=ann)
    assert due_drafts() == []
    send_draft(note.pk)
    note.refresh_from_db()
    assert (note.status, note.attempts) == ("approved", 0)


def test_what_somebody_sent_by_hand_is_not_sent_again(note, ann, post_office):
    approve_draft(note, by=ann)
    assert settle_draft(note, arrived=True, by=ann).status == "sent"
    send_all()
    assert post_office.mail == []


def test_an_old_approval_is_asked_for_again(note, ann, post_office):
    approve_draft(note, by=ann)
    Draft.objects.filter(pk=note.pk).update(approved_at=timezone.now() - timedelta(days=8))
    send_all()
    note.refresh_from_db()
    assert (note.status, post_office.mail) == ("draft", [])
    assert "approve it again" in note.error


WORKER = """
import sys, time, pathlib, django
django.setup()
from django.conf import settings
from uptake.actions.email.services import send_draft
number, folder = sys.argv[1], pathlib.Path(sys.argv[2])
(folder / f"ready-{number}").touch()
while len(list(folder.glob("ready-*"))) < 2:
    time.sleep(0.002)
for draft_id in range(1, 13):
    send_draft(draft_id)
"""

MAKE = """
import django
django.setup()
from django.utils import timezone
from uptake.actions.models import Draft
from uptake.customers.services import create_customer
from uptake.team.services import add_teammate
acme = create_customer(name="Acme")
lea = add_teammate(email="lea@us.example", role="leader", name="Lea")[0]
for n in range(1, 13):
    Draft.objects.create(customer=acme, pk=n, to_email=f"p{n}@acme.example", subject=f"No {n}", body="Hello", template="x",
                         status="approved" if n > 2 else "draft", approved_at=timezone.now(),
                         approved_by=lea, reply_to=lea.email)
"""


def test_two_workers_at_once_send_each_draft_once(tmp_path: Path):
    """Two processes on one database, both told to send all twelve, of which ten are approved."""
    office = PostOffice()
    office.controller.start()
    environment = {
        **os.environ,
        "UPTAKE_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'uptake.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "uptake.config.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "UPTAKE_MAIL_HOST": "127.0.0.1",
        "UPTAKE_MAIL_PORT": str(office.port),
        "UPTAKE_MAIL_TLS": "false",
        "UPTAKE_MAIL_FROM": "cs@us.example",
    }
    python = [sys.executable, "-W", "ignore"]
    try:
        subprocess.run([*python, "-m", "django", "migrate", "--verbosity", "0"], env=environment, check=True)
        subprocess.run([*python, "-c", MAKE], env=environment, check=True)
        workers = [subprocess.Popen([*python, "-c", WORKER, number, str(tmp_path)], env=environment) for number in "12"]
        assert [worker.wait(timeout=90) for worker in workers] == [0, 0]
    finally:
        office.controller.stop()
    assert sorted(mail["Subject"] for mail in office.mail) == sorted(f"No {n}" for n in range(3, 13))
    assert len({mail["Message-ID"] for mail in office.mail}) == 10


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda note, ann, ben: archive_customer(note.customer), "Acme was archived"),
        (lambda note, ann, ben: update_customer(note.customer, owner=ben), "Acme was given to somebody else"),
        (lambda note, ann, ben: switch_teammate(ann, active=False), "Ann Test, who approved it, may not"),
        (lambda note, ann, ben: change_role(ann, role="viewer"), "Ann Test, who approved it, may not"),
    ],
)
def test_an_approval_that_does_not_hold_any_more_is_taken_back(note, ann, ben, post_office, change, why):
    approve_draft(note, by=ann)
    change(note, ann, ben)
    send_all()
    note.refresh_from_db()
    assert post_office.mail == []
    assert (note.status, note.approved_by, note.reply_to) == ("draft", None, "")
    assert note.error.startswith(why)
    [trail] = AuditRecord.objects.filter(verb="took back")
    assert (trail.teammate, trail.customer_id, trail.details["error"]) == (None, note.customer_id, note.error)


def test_what_a_leader_approved_is_read_again_by_the_new_owner(note, lea, ben, post_office):
    approve_draft(note, by=lea)
    update_customer(note.customer, owner=ben)
    send_all()
    note.refresh_from_db()
    assert (post_office.mail, note.status) == ([], "draft")
