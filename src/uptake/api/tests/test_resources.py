"""Scores, features, customers, health, tasks, e-mails: as their services know them, in camelCase and pages."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from uptake.actions.email.services import draft_email
from uptake.api.tests.test_access import refused
from uptake.customers.services import add_contract
from uptake.pipeline import scoring
from uptake.pipeline.commands.scores import scores_json


def names(answer):
    return [row["customer"] for row in answer.json()["scores"]]


def test_scores_are_those_of_the_command_line(workspace, call):
    told = call.get("/adoption/scores").json()
    by_command = scores_json(scoring.scores())
    assert told["asOf"] == str(by_command["asOf"])
    assert (told["model"], told["version"], told["average"]) == (
        "portfolio",
        by_command["version"],
        by_command["average"],
    )
    for row, expected in zip(told["scores"], by_command["scores"], strict=True):
        assert row["customer"] == expected["customer"]
        assert row["score"] == expected["score"]
        assert row["components"] == expected["components"]
        assert ("reason" in row) == (row["score"] is None)


def test_scores_are_filtered_sorted_and_paged(workspace, call):
    everybody = names(call.get("/adoption/scores"))
    assert names(call.get("/adoption/scores", sort="customer")) == sorted(everybody)
    assert names(call.get("/adoption/scores", search="bor")) == ["Borealis"]
    assert names(call.get("/adoption/scores", segment="Enterprise")) == ["Acme"]
    assert names(call.get("/adoption/scores", owner=workspace.ann.pk)) == ["Acme"]
    second = call.get("/adoption/scores", page=2, pageSize=2)
    assert names(second) == everybody[2:]
    assert second.json()["pages"] == 2
    assert second.json()["average"] == call.get("/adoption/scores").json()["average"]
    assert names(call.get("/adoption/scores", page=9)) == []


def test_features_of_a_customer(workspace, call):
    told = call.get(f"/adoption/features/{workspace.acme.pk}").json()
    assert [(row["feature"], row["users"], row["uses"]) for row in told["features"]] == [
        ("Export", 1, 220),
        ("Search", 1, 220),
    ]
    assert (told["adopted"], told["available"]) == (2, 2)


def test_a_csm_sees_only_their_own(workspace):
    client = Client()
    client.force_login(workspace.ann)
    assert names(client.get("/api/adoption/scores")) == ["Acme"]
    assert [row["customer"] for row in client.get("/api/customers").json()["customers"]] == ["Acme"]
    for path in ("adoption/features", "customers", "health"):
        refused(client.get(f"/api/{path}/{workspace.borealis.pk}"), 404)


def test_people_are_named_only_to_those_who_may(workspace, marta, call, viewer):
    path = f"/customers/{workspace.acme.pk}"
    assert call.get(path).json()["people"][0]["name"] == "Marta Heinze"
    assert viewer.get(path).json()["people"] is None


def test_health_is_updated_once_and_remembered(workspace, call, viewer):
    told = call.post("/health/update", {"customerIds": [workspace.acme.pk], "cause": "June"}).json()
    assert [change["customer"] for change in told["changes"]] == ["Acme"]
    assert call.post("/health/update", {"customerIds": [workspace.acme.pk]}).json() == {"changes": []}
    history = call.get(f"/health/{workspace.acme.pk}").json()["history"]
    assert [entry["cause"] for entry in history] == ["June"]
    score = {row["customer"]: row["score"] for row in call.get("/health").json()["health"]}
    assert score["Acme"] == told["changes"][0]["after"]
    refused(viewer.post("/health/update", {"customerIds": [workspace.acme.pk]}), 403)


def test_a_customer_is_rated(workspace, call, viewer):
    path = f"/api/customers/{workspace.acme.pk}/rating"
    rate = {"content_type": "application/json", "data": {"rating": 70}}
    assert call.client.put(path, **rate, headers=call.headers).json()["csmRating"] == 70
    refused(call.client.put(path, **rate, headers=viewer.headers), 403)


def test_tasks_are_made_listed_and_completed(workspace, call, viewer):
    new = {"customerId": workspace.acme.pk, "title": "Call them", "dueOn": "2026-07-10", "checklist": ["Prepare"]}
    made = call.post("/tasks", new)
    assert (made.status_code, made.json()["dueOn"], made.json()["owner"]) == (201, "2026-07-10", "Ann")
    listed = call.get("/tasks", customerId=workspace.acme.pk).json()
    assert [task["title"] for task in listed["tasks"]] == ["Call them"]
    assert call.get("/tasks", customerId=workspace.borealis.pk).json()["tasks"] == []
    done = call.post(f"/tasks/{made.json()['taskId']}/complete")
    assert done.json()["status"] == "done"
    assert call.get("/tasks").json()["total"] == 0
    refused(viewer.post("/tasks", new), 403)
    refused(viewer.post(f"/tasks/{made.json()['taskId']}/complete"), 403)


def test_a_task_is_dropped_and_reopened(workspace, call, viewer):
    made = call.post("/tasks", {"customerId": workspace.acme.pk, "title": "Call them"}).json()["taskId"]
    for _ in range(2):  # again changes nothing
        assert call.post(f"/tasks/{made}/drop").json()["status"] == "dropped"
    assert "dropped meanwhile" in refused(call.post(f"/tasks/{made}/complete"), 409)
    reopened = call.post(f"/tasks/{made}/reopen").json()
    assert (reopened["status"], reopened["doneAt"]) == ("open", None)
    for verb in ("drop", "reopen"):
        refused(viewer.post(f"/tasks/{made}/{verb}"), 403)


def test_weights_of_health_are_read_tried_and_published(workspace, call, viewer):
    now = call.get("/health/weights").json()
    assert now["weights"]["rating"] == 10
    tried = call.post("/health/weights/try", {"weights": {"rating": 40}}).json()
    assert (tried["weights"]["rating"], tried["weights"]["adoption"]) == (40, now["weights"]["adoption"])
    assert (len(tried["before"]), sum(tried["before"])) == (20, tried["scoredBefore"])
    assert call.get("/health/weights").json() == now  # trying changes nothing
    body = {"data": {"weights": {"rating": 40}}, "content_type": "application/json"}
    published = call.client.put("/api/health/weights", **body, headers=call.headers).json()
    assert published["version"] == tried["version"] == call.get("/health/weights").json()["version"]
    refused(viewer.get("/health/weights"), 403)
    refused(viewer.post("/health/weights/try", {"weights": {"rating": 40}}), 403)
    refused(call.client.put("/api/health/weights", **body, headers=viewer.headers), 403)
    assert "no part of" in refused(call.post("/health/weights/try", {"weights": {"luck": 40}}), 400)


def test_scores_by_arr_stay_within_a_currency(workspace, call):
    for customer, arr, currency in (
        (workspace.acme, 10, "EUR"),
        (workspace.borealis, 900, "JPY"),
        (workspace.cobalt, 20, "EUR"),
    ):
        add_contract(customer, starts_on=date(2026, 1, 1), arr=Decimal(arr), currency=currency)
    assert names(call.get("/adoption/scores", sort="-arr")) == ["Cobalt", "Acme", "Borealis"]
    assert names(call.get("/adoption/scores", sort="arr")) == ["Acme", "Cobalt", "Borealis"]


def test_insights_and_recommendations_are_told(workspace, call):
    assert call.get("/insights").json()["total"] == len(call.get("/insights", pageSize=200).json()["insights"])
    told = call.get("/recommendations", customerId=workspace.borealis.pk).json()
    assert {row["customer"] for row in told["recommendations"]} <= {"Borealis"}


def test_only_a_person_approves_an_e_mail(workspace, marta, call, viewer):
    draft = draft_email(customer=workspace.acme, template="check_in", facts={}, to=marta, by=workspace.ann)
    listed = call.get("/drafts", customerId=workspace.acme.pk).json()["drafts"]
    assert [(one["draftId"], one["toEmail"]) for one in listed] == [(draft.pk, "marta@acme.example")]
    assert "person" in refused(call.post(f"/drafts/{draft.pk}/approve", {"seen": draft.seen}), 403)
    refused(viewer.get("/drafts"), 403)
    refused(viewer.get(f"/drafts/{draft.pk}"), 404)
    client = Client()
    client.force_login(workspace.ann)
    path = f"/api/drafts/{draft.pk}/approve"
    refused(client.post(path, {"seen": "other"}, content_type="application/json"), 409)
    assert client.post(path, {"seen": draft.seen}, content_type="application/json").json()["status"] == "approved"


def test_an_e_mail_is_drafted_and_discarded(workspace, marta, call, viewer):
    made = call.post("/drafts", {"customerId": workspace.acme.pk, "template": "check_in"})
    told = made.json()
    assert (made.status_code, told["status"], told["toEmail"]) == (201, "draft", "marta@acme.example")
    fitting = call.post("/drafts", {"customerId": workspace.borealis.pk}).json()
    assert (fitting["template"], fitting["toEmail"]) == ("re_engagement", "")  # it fell by 27 points; nobody is known
    person = call.get(f"/customers/{workspace.acme.pk}").json()["people"][0]["personId"]
    elsewhere = {"customerId": workspace.borealis.pk, "template": "check_in", "personId": person}
    assert "There is no person" in refused(call.post("/drafts", elsewhere), 400)
    for _ in range(2):  # again changes nothing
        assert call.post(f"/drafts/{told['draftId']}/discard").json()["status"] == "discarded"
    refused(viewer.post("/drafts", {"customerId": workspace.acme.pk}), 403)
    refused(viewer.post(f"/drafts/{told['draftId']}/discard"), 404)


@pytest.mark.parametrize("path", ["/adoption/scores", "/insights", "/recommendations"])
def test_without_usage_it_says_so(db, call, path):
    assert "no usage yet" in refused(call.get(path), 404)


def test_a_customer_is_given_to_a_csm(workspace, call, viewer):
    where = f"/customers/{workspace.acme.pk}"
    told = call.put(where, {"ownerEmail": "ben@ours.example", "segment": "Small"}).json()
    assert (told["owner"], told["segment"], told["region"]) == ("Ben", "Small", "Europe")
    assert call.put(where, {"ownerEmail": None}).json()["owner"] is None
    assert call.put(where, {"ownerEmail": "vic@ours.example"}).status_code == 400
    assert call.put(where, {"segment": "x" * 101}).status_code == 400
    assert viewer.put(where, {"segment": "Small"}).status_code == 403
    assert call.put("/customers/999999", {"segment": "Small"}).status_code == 404


def test_a_list_of_customers_asks_the_database_as_often_as_one_customer(workspace, call, django_assert_max_num_queries):
    call.get("/customers")
    with django_assert_max_num_queries(12):
        assert len(call.get("/customers").json()["customers"]) == 3
