"""The loop beside the executor sends what was approved, and lives through trouble."""

import threading
import time

import pytest

from uptake.actions.email.models import Draft
from uptake.actions.email.services import approve_draft, draft_email
from uptake.actions.email.tests.post_office import PostOffice
from uptake.customers.models import Customer, Stakeholder
from uptake.customers.services import create_customer
from uptake.pipeline import sending
from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def post_office(settings):
    office = PostOffice()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", office.port, False
    settings.DEFAULT_FROM_EMAIL = "cs@us.example"
    office.controller.start()
    yield office
    office.controller.stop()


@pytest.fixture
def loop(monkeypatch):
    monkeypatch.setattr(sending, "LOOK_EVERY_SECONDS", 0.05)
    stop = threading.Event()
    thread = threading.Thread(target=sending.send_what_is_approved, args=(stop,))
    thread.start()
    yield thread
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def approved(customer: Customer, name: str, by: Teammate) -> Draft:
    person = Stakeholder.objects.create(customer=customer, name=name, email=f"{name.lower()}@acme.example")
    return approve_draft(draft_email(customer=customer, template="check_in", facts={}, to=person, by=by), by=by)


def test_each_approved_draft_goes_out_once_and_trouble_does_not_end_the_loop(post_office, loop):
    ann = add_teammate(email="ann@us.example", role=Role.CSM, name="Ann")[0]
    acme = create_customer(name="Acme", owner=ann)
    unapproved = draft_email(customer=acme, template="check_in", facts={}, to=None, by=ann)
    post_office.answers = ["550 no such user"]
    drafts = [approved(acme, "Bo", ann)]
    until = time.monotonic() + 10
    while Draft.objects.get(pk=drafts[0].pk).status != "failed" and time.monotonic() < until:
        time.sleep(0.02)
    drafts += [approved(acme, name, ann) for name in ("Cy", "Di")]
    while Draft.objects.filter(status="sent").count() < 2 and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.2)
    assert sorted(post_office.recipients) == [["cy@acme.example"], ["di@acme.example"]]
    assert [Draft.objects.get(pk=draft.pk).status for draft in drafts] == ["failed", "sent", "sent"]
    assert Draft.objects.get(pk=unapproved.pk).status == "draft"
