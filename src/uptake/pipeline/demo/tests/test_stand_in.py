"""The demo's Pendo: it holds what was taken out of the file, no more and no less, and tells it to the real client."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from uptake.kit.errors import ProductError
from uptake.pipeline.demo import mobile, stand_in
from uptake.pipeline.demo.exports import write_beside_pendo
from uptake.pipeline.demo.plan import make_plan
from uptake.pipeline.sync.platforms import BadConnection, platform_named
from uptake.sources.pendo.api import PendoClient

from .conftest import UNTIL, read_csv

SINCE = UNTIL - timedelta(days=89)


@pytest.fixture(scope="module")
def folder(plan, tmp_path_factory):
    """The file and the subscription of one demo."""
    made = tmp_path_factory.mktemp("split")
    write_beside_pendo(plan, made, "csv", made / "demo-pendo.json")
    return made


@pytest.fixture(scope="module")
def held(folder):
    return json.loads((folder / "demo-pendo.json").read_text())


@pytest.fixture
def here(folder, monkeypatch):
    """This process's home is the demo's."""
    monkeypatch.setattr(stand_in, "subscription", lambda: folder / "demo-pendo.json")


@pytest.fixture
def client(here):
    with PendoClient(stand_in.KEY, address=stand_in.address()) as opened:
        yield opened


def day_of(row):
    return datetime.fromtimestamp(row["day"] / 1000, tz=UTC).date()


def rows_of(held):
    return [row for source in mobile.LISTS for row in held["events"][source]]


def test_file_and_subscription_hold_together_what_the_file_held_alone(plan, uses, folder, held):
    customers = {
        mobile._account(one)[0]: one.name for one in plan.customers if one.name in (*mobile.CUSTOMERS, mobile.APART)
    }
    features = {item.id: plan.features[number].name for number, pair in mobile.ITEMS.items() for item in pair}
    found = Counter()
    for use in read_csv(folder / "usage_events.csv"):
        found[use.customer, use.user, use.feature, use.day] += use.count
    in_file = found.total()
    for row in rows_of(held):
        if row["accountId"] in customers:
            item = next(row[key] for key in mobile.KEYS.values() if key in row)
            found[customers[row["accountId"]], row["visitorId"], features[item], day_of(row)] += row["numEvents"]
    alone = Counter()
    for use in uses:
        alone[use.customer, use.user, use.feature, use.day] += use.count
    assert found == alone
    assert in_file < alone.total()


def test_the_same_plan_makes_the_same_subscription(plan, folder, tmp_path):
    write_beside_pendo(plan, tmp_path, "csv", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (folder / "demo-pendo.json").read_bytes()


def test_uptakes_own_client_gets_all_of_it_over_http(client, held, tmp_path):
    checked = client.check()
    assert checked.counts["accounts"] == 13
    assert checked.counts["guides"] == 3
    pulled = client.pull(SINCE, UNTIL, tmp_path)
    assert pulled.received == len(rows_of(held))
    assert pulled.guide_rows == len(held["events"]["guideEvents"])
    on = UNTIL - timedelta(days=1)
    assert client.totals([on]) == {on: sum(row["numEvents"] for row in rows_of(held) if day_of(row) == on)}
    assert {each.account_id for each in client.accounts()} == {row["accountId"] for row in held["accounts"]}
    assert [each.name for each in client.guides()] == [each.name for each in mobile.SHOWN]


def test_another_key_opens_nothing_and_only_this_machine_hears_it(here):
    with (
        PendoClient("somebody-elses-key", address=stand_in.address()) as opened,
        pytest.raises(ProductError, match="key"),
    ):
        opened.check()
    assert stand_in.address().startswith("http://127.0.0.1:")


UNANSWERED = (
    [],
    "text",
    [{"source": {"nothing": None}}],
    [{"spawn": []}],
    [{"source": {"accounts": None}}, {"eval": {}}],
)


@pytest.mark.parametrize("pipeline", UNANSWERED)
def test_a_pipeline_it_cannot_answer_is_refused_and_it_goes_on(here, pipeline):
    headers = {stand_in.HEADER: stand_in.KEY}
    asked = {"request": {"pipeline": pipeline}}
    answer = httpx.post(stand_in.address() + stand_in.AGGREGATION, json=asked, headers=headers)
    assert answer.status_code == 400
    assert httpx.get(stand_in.address() + "/api/v1/guide", headers=headers).status_code == 200


def test_one_customer_closes_most_guides_and_no_other_does(plan, held):
    views, closed = Counter(), Counter()
    for account, _, _, _, was_closed in _views(held):
        views[account] += 1
        closed[account] += was_closed
    weary = mobile._account(plan.customer(mobile.WEARY))[0]
    assert views[weary] >= 40  # twice what the alert asks for
    assert closed[weary] / views[weary] > 0.65
    assert all(closed[account] / views[account] < 0.6 for account in views if account != weary and views[account] >= 20)


def _views(held):
    """Of the last 30 days: account, visitor, guide, day, whether it was closed."""
    seen = {}
    for row in held["events"]["guideEvents"]:
        if day_of(row) > UNTIL - timedelta(days=30):
            key = row["accountId"], row["visitorId"], row["guideId"], row["day"]
            seen[key] = seen.get(key, False) or row["type"] == "guideDismissed"
    return [(*key, was_closed) for key, was_closed in seen.items()]


def test_only_a_demo_offers_it(here, monkeypatch):
    [region] = [field for field in platform_named("pendo").fields if field.name == "region"]
    assert region.default == stand_in.REGION
    assert stand_in.KEY in platform_named("pendo").needs
    monkeypatch.setattr(stand_in, "subscription", lambda: stand_in.home() / "nothing.json")
    with pytest.raises(BadConnection):
        platform_named("pendo").checked({"key": "k", "region": stand_in.REGION})
    with pytest.raises(ProductError):
        stand_in.address()


def test_a_portfolio_without_those_customers_has_none(tmp_path):
    write_beside_pendo(make_plan(customers=4, events=500, until=UNTIL), tmp_path, "csv", tmp_path / "demo-pendo.json")
    assert not (tmp_path / "demo-pendo.json").exists()
