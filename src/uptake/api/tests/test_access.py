"""Who comes in, and how a refusal looks."""

import pytest
from django.test import Client

from uptake.team.models import ApiKey
from uptake.team.services import revoke_key

pytestmark = pytest.mark.django_db


def refused(answer, status):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["type"] == "about:blank"
    assert told["title"]
    assert "\n" not in told["detail"]
    return told["detail"]


def test_nobody_comes_in_without_a_key(client):
    answer = client.get("/api/customers")
    assert "Bearer upt_" in refused(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_comes_in_until_it_is_revoked(call, client):
    assert call.get("/customers").json()["customers"] == []
    revoke_key(ApiKey.objects.get())
    assert "revoked" in refused(call.get("/customers"), 401)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer upt_wrong", "Basic YTpi", "nonsense", "Bearer ü\u2028"]
)
def test_a_wrong_key_is_401(client, header):
    refused(client.get("/api/customers", headers={"Authorization": header}), 401)


def test_a_wrong_key_is_not_made_up_for_by_a_session(people):
    client = Client()
    client.force_login(people.ann)
    refused(client.get("/api/customers", headers={"Authorization": "Basic YTpi"}), 401)


def test_a_session_reads_and_needs_the_pages_token_to_change(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.ann)
    assert client.get("/api/customers").status_code == 200
    assert "X-CSRFToken" in refused(client.post("/api/health/update", {}, content_type="application/json"), 403)
    client.get("/accounts/password/change/")
    token = client.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token}
    # let in, and refused by the service for want of usage
    refused(client.post("/api/health/update", {}, content_type="application/json", headers=headers), 404)


def test_a_one_time_password_is_changed_first(people):
    people.ann.has_one_time_password = True
    people.ann.save()
    client = Client()
    client.force_login(people.ann)
    assert "password" in refused(client.get("/api/customers"), 403)


def test_an_unknown_address_is_a_problem(call, client):
    refused(call.get("/nothing/here"), 404)
    refused(client.get("/api/"), 404)
    refused(client.post("/api/customers/1/2/3"), 404)


def test_a_method_that_is_not_offered_is_a_problem(client, call):
    answer = client.delete("/api/customers", headers=call.headers)
    assert "GET" in refused(answer, 405)
    assert answer["Allow"] == "GET"
