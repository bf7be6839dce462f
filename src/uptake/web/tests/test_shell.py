"""Login, headers and refusals, by the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from uptake.pipeline.first_start import DEMO_PASSWORD, make_demo_team, make_first_admin
from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture
def ann() -> Teammate:
    return add_teammate(email="ann@us.example", role=Role.CSM, name="Ann", password="correct horse battery")[0]


def log_in(client: Client, email: str, password: str):
    return client.post(LOGIN, {"login": email, "password": password})


def test_no_page_without_a_login(client):
    found = client.get("/")
    assert (found.status_code, found["Location"]) == (302, f"{LOGIN}?next=/")
    part = client.get("/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (401, LOGIN)


def test_a_teammate_logs_in_by_e_mail(client, ann):
    assert "not correct" in log_in(client, "ann@us.example", "wrong horse").content.decode()
    assert log_in(client, "Ann@us.example", "correct horse battery")["Location"] == "/"
    assert client.get("/").status_code == 200


def test_nobody_signs_up_by_themselves(client):
    client.post("/accounts/signup/", {"email": "eve@us.example", "password1": "correct horse battery"})
    assert not Teammate.objects.exists()


def test_a_one_time_password_is_changed_before_anything_else(client):
    email, password = make_first_admin()
    assert make_first_admin() is None
    log_in(client, email, password)
    change = reverse("account_change_password")
    assert client.get("/")["Location"] == change
    assert client.get(change).status_code == 200
    new = {"oldpassword": password, "password1": "correct horse battery", "password2": "correct horse battery"}
    client.post(change, new)
    assert client.get("/").status_code == 200
    assert not Teammate.objects.get(email=email).has_one_time_password


def test_the_login_page_names_teammates_only_in_a_demo(client):
    add_teammate(email="real@us.example", role=Role.CSM)
    assert b"@" not in client.get(LOGIN).content.split(b"<main")[1].replace(b"@us", b"@")
    make_demo_team()
    page = client.get(LOGIN).content.decode()
    assert "dana@demo.uptake.local" in page
    assert DEMO_PASSWORD in page
    assert "real@us.example" not in page


@pytest.mark.parametrize("path", ["/", LOGIN, "/no/such/page", "/healthz"])
def test_every_answer_carries_the_strict_policy(client, path):
    policy = client.get(path)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_somebody_locked_out_is_out_at_once(client, ann):
    log_in(client, "ann@us.example", "correct horse battery")
    Teammate.objects.filter(pk=ann.pk).update(is_active=False)
    assert client.get("/").status_code == 302
