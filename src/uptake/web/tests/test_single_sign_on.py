"""Single sign-on against a real OpenID Connect provider on loopback, and the second factor."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db

START = "/accounts/oidc/sso/login/"
BACK = "/accounts/oidc/sso/login/callback/"


@pytest.fixture
def provider(settings) -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        app = {
            "provider_id": "sso",
            "name": "Our login",
            "client_id": "uptake",
            "secret": "s",
            "settings": {"server_url": url},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield url


def come_back(client: Client, provider: str, email: str, *, verified: bool = True):
    """Through the provider's login and back, as the browser does it."""
    claims = {"email": email, "email_verified": verified}
    httpx.put(f"{provider}/users/{email}", json=claims).raise_for_status()
    there = client.post(START)["Location"]
    answer = httpx.post(there, data={"sub": email}, follow_redirects=False)
    back = urlsplit(answer.headers["Location"])
    assert back.path == BACK
    return client.get(BACK, {key: values[0] for key, values in parse_qs(back.query).items()})


def test_a_teammate_comes_in_by_the_address_the_provider_vouches_for(client, provider):
    ann, _ = add_teammate(email="ann@us.example", role=Role.CSM, password="correct horse battery")
    assert come_back(client, provider, "ann@us.example")["Location"] == "/"
    assert client.session["_auth_user_id"] == str(ann.pk)


@pytest.mark.parametrize("email", ["stranger@us.example", "ann@elsewhere.example"])
def test_who_is_no_teammate_stays_outside(client, provider, email):
    add_teammate(email="ann@us.example", role=Role.CSM, password="correct horse battery")
    come_back(client, provider, email)
    assert "_auth_user_id" not in client.session
    assert Teammate.objects.count() == 1


def test_an_address_nobody_vouched_for_is_no_way_in(client, provider):
    add_teammate(email="ann@us.example", role=Role.CSM, password="correct horse battery")
    come_back(client, provider, "ann@us.example", verified=False)
    assert "_auth_user_id" not in client.session


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_a_second_factor_is_asked_once_it_is_set_up(client):
    add_teammate(email="ann@us.example", role=Role.CSM, password="correct horse battery")
    login = {"login": "ann@us.example", "password": "correct horse battery"}
    client.post("/accounts/login/", login)
    client.post("/accounts/reauthenticate/", {"password": "correct horse battery"})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    [secret] = re.findall(r'value="([A-Z2-7]{16,})"', page)
    client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})

    other = Client()
    assert other.post("/accounts/login/", login)["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in other.session
    other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in other.session


def test_a_forgotten_password_without_mail_says_who_helps(client):
    found = client.get("/accounts/password/reset/")
    assert found.status_code == 400
    assert "Ask an admin" in found.content.decode()
