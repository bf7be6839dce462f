"""Which mail the login pages send, to whom, and what they say where none can go; by a real mail server."""

import pytest
from django.core.cache import cache

from uptake.actions.email.tests.conftest import post_office
from uptake.team.models import Role
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db
__all__ = ["post_office"]

RESET = "/accounts/password/reset/"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
STRANGER = "anybody@elsewhere.example"


@pytest.fixture
def ann():
    cache.clear()  # allauth counts askings
    return add_teammate(email="ann@us.example", role=Role.CSM, name="Ann", password="correct horse battery")[0]


def ask(client, email):
    return client.post(RESET, {"email": email})


def test_a_teammate_gets_a_mail_and_nobody_else_does(client, ann, post_office):
    answers = [ask(client, email) for email in (STRANGER, "ann@us.example")]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert post_office.recipients == [["ann@us.example"]]


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "login/",
        "reauthenticate/",
        "confirm-email/",
        "login/code/",
        "login/code/confirm/",
        "3rdparty/signup/",
    ],
)
def test_no_other_page_sends_a_stranger_mail(client, ann, post_office, path):
    for email in (STRANGER, "ann@us.example"):
        sent = dict.fromkeys(("email", "login", "email2"), email)
        client.post(f"/accounts/{path}", {**sent, "password": "wrong", "password1": "correct horse battery"})
    assert post_office.mail == []


def test_a_sender_alone_is_no_mail_server(client, ann, settings):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "", "cs@us.example"
    answer = ask(client, "ann@us.example")
    assert answer.status_code == 400
    assert "Ask an admin" in answer.content.decode()


@pytest.mark.parametrize("email", [STRANGER, "ann@us.example"])  # the answer does not tell whose is a teammate's
def test_a_mail_server_that_is_down_is_one_sentence(client, ann, settings, email):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.DEFAULT_FROM_EMAIL = "127.0.0.1", 9, "cs@us.example"
    answer = ask(client, email)
    assert answer.status_code == 503
    assert "Uptake cannot send mail just now." in answer.content.decode()


def test_a_mail_server_that_refuses_is_one_sentence(client, ann, post_office):
    post_office.answers = ["451 later"]
    answer = ask(client, "ann@us.example")
    assert (answer.status_code, post_office.mail) == (503, [])
    assert "451" not in answer.content.decode()
