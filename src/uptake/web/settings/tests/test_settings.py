"""My account, team, keys, weights and audit trail."""

import pytest
from django.test import Client
from django.utils import timezone

from uptake.pipeline.health import current_model
from uptake.pipeline.models import HealthModel
from uptake.pipeline.tests.by_hand import teammate
from uptake.scores.models import weights_of
from uptake.team.models import ApiKey, Role, Teammate
from uptake.team.services import BadKey, record, teammate_of_key

pytestmark = pytest.mark.django_db
WEIGHTS = {"adoption": "10", "engagement": "20", "trajectory": "60", "events": "10", "rating": "10", "alerts": "0"}


@pytest.fixture
def ada(db):
    return teammate("ada@ours.example", Role.ADMIN)


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


# My account


def test_my_account_leads_to_password_and_second_factor(people, browser):
    text = page(browser(people.vic), "/settings/")
    assert "/accounts/password/change/" in text
    assert "/accounts/2fa/" in text
    assert "/settings/team/" not in text


@pytest.mark.parametrize(("theme", "mark"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_theme_is_kept_in_the_browser(people, browser, theme, mark):
    client = browser(people.ann)
    client.post("/settings/theme", {"theme": theme})
    assert mark in page(client, "/settings/")
    client.post("/settings/theme", {"theme": "system"})
    assert "data-theme=" not in page(client, "/settings/")
    assert client.post("/settings/theme", {"theme": "<script>"}).status_code == 400


def test_a_trusted_format_is_forgotten(people, browser):
    people.ann.trusted_formats = ["pendo events", "generic <b>"]
    people.ann.save()
    client = browser(people.ann)
    assert "generic &lt;b&gt;" in page(client, "/settings/")
    client.post("/settings/formats/forget", {"format": "pendo events"})
    people.ann.refresh_from_db()
    assert people.ann.trusted_formats == ["generic <b>"]


# Team


def test_an_admin_adds_a_teammate_and_sees_the_password_once(ada, browser):
    client = browser(ada)
    answer = client.post("/settings/team/", {"email": "new@ours.example", "name": "Noa New", "role": "csm"})
    password = answer.context["password"]
    assert password in answer.content.decode()
    assert password not in page(client, "/settings/team/")
    new = Teammate.objects.get(email="new@ours.example")
    assert new.check_password(password)
    assert new.has_one_time_password


def test_what_cannot_be_is_said_in_the_form(ada, browser):
    answer = browser(ada).post("/settings/team/", {"email": "nonsense", "name": "Noa", "role": "csm"})
    assert answer.status_code == 400
    assert "no e-mail address" in answer.content.decode()
    assert 'value="Noa"' in answer.content.decode()


def test_roles_locks_and_new_passwords(ada, people, browser):
    client, ben = browser(ada), people.ben
    client.post(f"/settings/team/{ben.pk}/role", {"role": "leader"})
    client.post(f"/settings/team/{ben.pk}/switch", {"active": "no"})
    ben.refresh_from_db()
    assert (ben.role, ben.is_active) == ("leader", False)
    client.post(f"/settings/team/{ben.pk}/switch", {"active": "yes"})
    password = client.post(f"/settings/team/{ben.pk}/password").context["password"]
    ben.refresh_from_db()
    assert ben.is_active
    assert ben.check_password(password)
    assert client.post(f"/settings/team/{ada.pk}/switch", {"active": "no"}).status_code == 400  # the last admin
    assert client.post("/settings/team/99999/role", {"role": "csm"}).status_code == 404
    assert client.post(f"/settings/team/{ben.pk}/role", {"role": "king"}).status_code == 400


# Keys


def test_a_key_is_shown_once_and_revoked(ada, browser):
    client = browser(ada)
    text = client.post("/settings/keys/", {"name": "nightly", "role": "csm"}).context["text"]
    assert teammate_of_key(text).role == "csm"
    assert text not in page(client, "/settings/keys/")
    client.post(f"/settings/keys/{ApiKey.objects.get().pk}/revoke")
    assert "revoked" in page(client, "/settings/keys/")
    assert client.post("/settings/keys/99/revoke").status_code == 404
    assert client.post("/settings/keys/", {"name": " ", "role": "csm"}).status_code == 400


# Health weights


def test_weights_are_tried_and_nothing_changes(workspace, browser):
    client = browser(workspace.lea)
    text = page(client, "/settings/health/")
    assert "These weights hold now" in text
    tried = client.post("/settings/health/", {**WEIGHTS, "do": "preview"})
    assert tried.context["found"].weights_after == {name: float(weight) for name, weight in WEIGHTS.items()}
    assert sum(tried.context["found"].after) == tried.context["found"].scored_after
    assert not HealthModel.objects.exists()
    part = client.post(
        "/settings/health/", WEIGHTS, headers={"HX-Request": "true", "HX-Target": "what-if"}
    ).content.decode()
    assert 'id="what-if"' in part
    assert '<nav class="nav"' not in part


def test_published_weights_are_a_version_that_can_be_tried_again(workspace, browser):
    client, before = browser(workspace.lea), weights_of(current_model())
    assert client.post("/settings/health/", {**WEIGHTS, "do": "publish"}).status_code == 302
    assert weights_of(current_model())["trajectory"] == 60
    assert before["trajectory"] == 20
    assert current_model().version in page(client, "/settings/health/")
    client.post("/settings/health/", {**{name: str(weight) for name, weight in before.items()}, "do": "publish"})
    first = HealthModel.objects.order_by("pk").first()
    assert client.get(f"/settings/health/?version={first.pk}").context["found"].weights_after["trajectory"] == 60


@pytest.mark.parametrize("weight", ["", "x", "-1", "nan", "inf", "1e999", "1001", "9" * 500])
@pytest.mark.parametrize("do", ["preview", "publish"])
def test_odd_weights_are_refused_in_a_sentence(people, browser, weight, do):
    answer = browser(people.lea).post("/settings/health/", {**WEIGHTS, "adoption": weight, "do": do})
    assert answer.status_code == 400
    assert "Adoption" in answer.context["wrong"]
    assert not HealthModel.objects.exists()


def test_weights_that_are_all_nothing_are_refused(people, browser):
    answer = browser(people.lea).post("/settings/health/", dict.fromkeys(WEIGHTS, "0") | {"do": "publish"})
    assert answer.status_code == 400


# Audit trail


def test_the_trail_is_filtered_by_teammate_and_word(people, browser):
    record(people.ann, "rated", "Acme", before=None, after=80)
    record(people.ben, "made task", "Call Birch")
    record(None, "imported", "import 1")
    client = browser(people.lea)

    def found(query):
        return [line.subject for line, _ in client.get(f"/settings/audit/{query}").context["records"]]

    assert found("?word=acme") == ["Acme"]
    assert found(f"?who={people.ben.pk}&word=call") == ["Call Birch"]
    assert found("?who=none&word=import") == ["import 1"]
    assert client.get("/settings/audit/?word=%00nothing").status_code == 400
    for odd in ("?who=x", f"?who={10**30}", "?page=-4", "?page=x", f"?word={'x' * 5000}"):
        page(client, f"/settings/audit/{odd}")


@pytest.mark.parametrize("path", ["team/", "keys/", "health/", "audit/"])
def test_others_are_refused(people, browser, path):
    for one in (people.ann, people.vic):
        assert browser(one).get(f"/settings/{path}").status_code == 403
        assert browser(one).post(f"/settings/{path}", {}).status_code in {403, 405}
    assert Client().get(f"/settings/{path}").status_code == 302


# Pressed twice


def test_adding_somebody_twice_shows_a_password_that_works(ada, browser):
    client = browser(ada)
    for _ in range(2):
        answer = client.post("/settings/team/", {"email": "eve@ours.example", "role": Role.CSM, "name": "Eve"})
        assert answer.status_code == 200
    eve = Teammate.objects.get(email="eve@ours.example")
    assert eve.check_password(answer.context["password"])
    Teammate.objects.filter(pk=eve.pk).update(last_login=timezone.now())
    assert client.post("/settings/team/", {"email": "eve@ours.example", "role": Role.CSM}).status_code == 400


def test_a_key_made_twice_is_one_key(ada, browser):
    client = browser(ada)
    texts = [client.post("/settings/keys/", {"name": "Nightly", "role": "leader"}).context["text"] for _ in range(2)]
    assert ApiKey.objects.get(revoked_at=None).prefix == texts[1][:12]
    with pytest.raises(BadKey):
        teammate_of_key(texts[0])
    assert teammate_of_key(texts[1])
    client.post("/settings/keys/", {"name": "Nightly", "role": "leader"})
    assert ApiKey.objects.filter(revoked_at=None).count() == 2  # one that was used stays
