"""What a mail provider reports, as it really comes in: Mailgun's own JSON, signed with its key, through the whole server.

The address is there only where a secret is set, as ``config/urls.py`` says; it is loaded here once more with one.
"""

import hashlib
import hmac
import importlib.util
import sys
import time
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from uptake.actions.email.models import Draft, DraftStatus
from uptake.customers.services import create_customer
from uptake.team.models import AuditRecord

pytestmark = pytest.mark.django_db

KEY, SECRET = "signing-key-of-the-workspace", "hook:a long secret"
BASIC = {"Authorization": "Basic aG9vazphIGxvbmcgc2VjcmV0"}  # hook:a long secret
ADDRESS = "/mail/mailgun/tracking/"
AT = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


def addresses(settings, monkeypatch, anymail):
    """``config/urls.py`` as it is read at a start with these settings."""
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"anymail": anymail})
    settings.ANYMAIL = anymail
    spec = importlib.util.find_spec("uptake.config.urls")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, "addresses_of_this_test", module)
    settings.ROOT_URLCONF = "addresses_of_this_test"


@pytest.fixture
def with_secret(settings, monkeypatch):
    addresses(settings, monkeypatch, {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY})


@pytest.fixture
def sent(db):
    return Draft.objects.create(
        customer=create_customer(name="Acme"), to_email="marta@acme.example", subject="Hello", body="Hello\n",
        template="check_in", status=DraftStatus.SENT, approved_at=AT, sending_at=AT, sent_at=AT,
        message_id="<uptake.1@us.example>", provider_id="<20260701.abc@mg.us.example>",
    )  # fmt: skip


def signed(event, message_id, *, key=KEY, **more):
    """As Mailgun writes it: the signature is HMAC-SHA256 of time and token."""
    stamp, token = str(int(time.time())), "a" * 50
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    data = {
        "event": event,
        "timestamp": AT.timestamp(),
        "id": "Ase7i2zsRYeDXztHGENqRA",
        "recipient": "marta@acme.example",
        "message": {"headers": {"message-id": message_id}},
        "client-info": {"client-type": "browser", "user-agent": "Mozilla/5.0"},
        **more,
    }
    return {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": data}


def reported(body, headers=BASIC):
    """A stranger's request, with the check of forms on: the provider has no cookie and no token of a page."""
    client = Client(enforce_csrf_checks=True)
    return client.post(ADDRESS, body, content_type="application/json", headers=headers).status_code


def test_an_opening_and_a_click_are_kept_with_their_time(sent, with_secret):
    assert reported(signed("opened", "20260701.abc@mg.us.example")) == 200
    assert reported(signed("clicked", "20260701.abc@mg.us.example", url="https://us.example/reports")) == 200
    sent.refresh_from_db()
    assert (sent.opened_at, sent.clicked_at) == (AT, AT)
    verbs = AuditRecord.objects.filter(details__draft=sent.pk).values_list("verb", flat=True)
    assert set(verbs) == {"opened", "clicked"}
    assert reported(signed("opened", "20260701.abc@mg.us.example")) == 200  # told twice, kept once
    assert AuditRecord.objects.filter(verb="opened").count() == 1


def test_a_bounce_says_what_came_back(sent, with_secret):
    status = {"code": 550, "message": "5.1.1 no such user", "description": "No such user"}
    told = signed(
        "failed", "20260701.abc@mg.us.example", severity="permanent", reason="bounce", **{"delivery-status": status}
    )
    assert reported(told) == 200
    sent.refresh_from_db()
    assert sent.error == "It bounced: No such user"


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        ("another key", BASIC),
        (KEY, {}),
        (KEY, {"Authorization": "Basic aG9vazp3cm9uZw=="}),  # hook:wrong
    ],
)
def test_who_cannot_prove_it_is_refused(sent, with_secret, key, headers):
    assert reported(signed("opened", "20260701.abc@mg.us.example", key=key), headers) == 400
    sent.refresh_from_db()
    assert sent.opened_at is None


@pytest.mark.parametrize("body", [{}, {"signature": {"token": "a"}}])
def test_what_is_no_report_is_refused(with_secret, body):
    assert reported(body) == 400


def test_without_a_secret_there_is_no_such_address(settings, monkeypatch):
    addresses(settings, monkeypatch, {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY})
    with pytest.raises(Resolver404):
        resolve(ADDRESS)
