"""The pages and the API of what is connected, against a stand-in for the real platform."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.standins.pendo import PendoStandIn
from tests.standins.pendo_truth import PendoTruth
from tests.syncing import finish
from uptake.customers.models import Account, Customer
from uptake.customers.services import create_customer
from uptake.lake.models import Import
from uptake.pipeline.sync.models import Connection, SyncRun
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role

pytestmark = pytest.mark.django_db
LAST = datetime.now(tz=ZoneInfo("America/New_York")).date() - timedelta(days=1)  # over where the stand-in's days are


@pytest.fixture
def server(settings):
    was = settings.UPTAKE.pendo_url
    with PendoStandIn(PendoTruth(2, first=LAST - timedelta(days=39), days=40, rows=10)) as opened:
        settings.UPTAKE.pendo_url = opened.url
        yield opened
    settings.UPTAKE.pendo_url = was


@pytest.fixture
def lea(server):
    client = Client()
    client.force_login(teammate("lea@ours.example", Role.LEADER))
    return client


def connect(lea, server, **more):
    said = {
        "key": server.key,
        "region": "us",
        "people": "names",
        "history_days": "90",
        "makes_customers": "yes",
        **more,
    }
    return lea.post("/integrations/connect/pendo/", said)


def synced():
    finish(SyncRun.objects.get())


def text(answer):
    return answer.content.decode()


def test_before_anything_is_connected_the_page_says_what_can_be(lea):
    page = text(lea.get("/integrations/"))
    assert "Nothing is connected yet" in page
    for title in ("Pendo", "Amplitude", "Mixpanel"):
        assert f"Connect {title}" in page


def test_connecting_fetches_the_history_and_shows_its_audit(lea, server):
    answer = connect(lea, server)
    row = Connection.objects.get()
    assert answer.url == f"/integrations/{row.pk}/"
    assert "Pendo is being asked" in text(lea.get(answer.url))
    synced()
    page = text(lea.get(answer.url))
    run = SyncRun.objects.get()
    kept = sum(run.windows.values_list("kept", flat=True))
    assert f"Pendo has brought {kept:,} rows of usage" in page
    assert "America/New_York" in page
    assert server.key not in page
    assert f"{row.name}</a></th>" in text(lea.get("/integrations/"))
    batch = Import.objects.filter(connection_id=row.pk).first()
    assert f"/imports/{batch.pk}/" in page
    assert "Pendo" in text(lea.get(f"/imports/{batch.pk}/"))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"key": ""}, "Pendo needs this as well: Integration key."),
        ({"key": "wrong-key"}, "Pendo does not know this integration key."),
        ({"region": "moon"}, "Region is one of us, eu, us1, japan, australia."),
        ({"history_days": "7"}, "History can reach back"),
        ({"key": "with\nline"}, "Integration key cannot be that."),
    ],
)
def test_what_does_not_do_is_said_and_nothing_is_kept(lea, server, said, sentence):
    answer = connect(lea, server, **said)
    assert answer.status_code == 400
    assert sentence in text(answer)
    if said.get("key"):
        assert said["key"] not in text(answer)
    assert not Connection.objects.exists()


def test_key_pause_and_remove(lea, server):
    connect(lea, server)
    synced()
    row = Connection.objects.get()
    refused = lea.post(f"/integrations/{row.pk}/key", {"key": "wrong-key"})
    assert refused.status_code == 400
    row.refresh_from_db()
    assert row.hint == server.key[-4:]
    assert lea.post(f"/integrations/{row.pk}/key", {"people": "pseudonyms"}).status_code == 302
    row.refresh_from_db()
    assert row.options["people"] == "pseudonyms"
    lea.post(f"/integrations/{row.pk}/pause", {"paused": "yes"})
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("paused", None)
    assert "not by itself" in text(lea.get(f"/integrations/{row.pk}/"))
    assert "Remove Pendo?" in text(lea.get(f"/integrations/{row.pk}/remove"))
    assert lea.post(f"/integrations/{row.pk}/remove", {"facts": "stay"}).url == "/integrations/"
    assert "Nothing is connected yet" in text(lea.get("/integrations/"))
    assert lea.get(f"/integrations/{row.pk}/").status_code == 404


def test_accounts_that_wait_are_mapped_on_the_page_and_taken_back(lea, server):
    northwind = create_customer(name="Northwind Trading")
    connect(lea, server, makes_customers="no")
    synced()
    assert Account.objects.filter(customer=None).count() == 5
    page = text(lea.get("/integrations/accounts/"))
    assert "5 accounts wait for a customer" in page
    assert "It is Northwind Trading" in page
    assert "&lt;b&gt;Adatum&lt;/b&gt;" in page
    account = Account.objects.get(account_id="acct_000")
    lea.post("/integrations/accounts/map", {"do": f"take:{account.pk}:{northwind.pk}"})
    account.refresh_from_db()
    assert account.customer == northwind
    others = Account.objects.filter(customer=None)
    lea.post("/integrations/accounts/map", {"do": "make", "account": [each.pk for each in others[:2]]})
    assert Customer.objects.count() == 3
    last = Account.objects.filter(customer=None).first()
    lea.post("/integrations/accounts/map", {"do": "typed", f"to-{last.pk}": "northwind trading"})
    last.refresh_from_db()
    assert last.customer == northwind
    wrong = lea.post("/integrations/accounts/map", {"do": "typed", f"to-{last.pk}": "No One"}, follow=True)
    assert "There is no customer “No One”" in text(wrong)
    page = text(lea.get("/integrations/accounts/?show=mapped"))
    assert page.count("Take it back") == 3
    record = page.partition("/integrations/accounts/undo/")[2].partition('"')[0]
    lea.post(f"/integrations/accounts/undo/{record}")
    last.refresh_from_db()
    assert last.customer is None


def test_the_api_connects_asks_and_tells(lea, server):
    def post(path, body):
        return lea.post(path, json.dumps(body), content_type="application/json", headers={"X-CSRFToken": "x"})

    answer = post("/api/integrations/pendo/connect", {"key": server.key, "historyDays": 30})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["found"]["timeZone"] == "America/New_York"
    assert server.key not in text(answer)
    assert post("/api/integrations/pendo/connect", {"key": server.key}).status_code == 409
    assert post("/api/pendo/sync", {"days": 5}).status_code == 409  # the history is under way
    synced()
    begun = post("/api/pendo/sync", {"days": 5})
    assert begun.status_code == 202
    finish(SyncRun.objects.get(pk=begun.json()["syncId"]))
    status = lea.get(begun.json()["statusUrl"]).json()
    assert (status["state"], status["windows"][0]["state"]) == ("done", "done")
    [listed] = lea.get("/api/integrations").json()["connections"]
    assert listed["trouble"] == ""
    accounts = lea.get("/api/pendo/accounts").json()["accounts"]
    assert {each["name"] for each in accounts} >= {"Northwind Traders", "Fabrikam"}
    usage = lea.get("/api/pendo/accounts/acct_000/usage?period=40d").json()
    first = SyncRun.objects.earliest("first_day").first_day
    mine = {}
    for (day, account, _), count in server.truth.totals(first).items():
        if account == "acct_000":
            mine[str(day)] = mine.get(str(day), 0) + count
    assert {each["day"]: each["uses"] for each in usage["days"]} == mine
    features = lea.get("/api/pendo/accounts/acct_000/features").json()["features"]
    assert sum(each["uses"] for each in features) == sum(mine.values())
    assert "Export feature 0" in {each["name"] for each in features}
    assert lea.get("/api/pendo/accounts/acct_000/guides").json()["guides"]
    customer = Account.objects.get(account_id="acct_000").customer
    metrics = lea.get(f"/api/pendo/customer/{customer.pk}/metrics").json()
    assert metrics["accounts"][0]["uses"] == sum(mine.values())


def test_a_source_that_sends_has_a_key_that_is_shown_once(lea):
    assert "Make a write key" in text(lea.get("/integrations/"))
    assert lea.post("/integrations/live/", {"name": ""}).status_code == 400
    page = text(lea.post("/integrations/live/", {"name": "Web <b>app</b>"}))
    key = page.partition("<code>upw_")[2].partition("<")[0]
    assert len(key) > 20
    row = Connection.objects.get()
    page = text(lea.get(f"/integrations/{row.pk}/"))
    assert key not in page
    assert "Nothing came yet" in page
    assert "Web &lt;b&gt;app&lt;/b&gt;" in page
    assert "Sync now" not in page
    other = text(lea.post(f"/integrations/{row.pk}/new-key"))
    assert key not in other
    before = row.sha256
    row.refresh_from_db()
    assert row.sha256 != before
    lea.post(f"/integrations/{row.pk}/pause", {"paused": "yes"})
    row.refresh_from_db()
    assert row.state == "paused"
    assert lea.post(f"/integrations/{row.pk}/remove", {"facts": "stay"}).status_code == 302
    assert lea.get(f"/integrations/{row.pk}/").status_code == 404
