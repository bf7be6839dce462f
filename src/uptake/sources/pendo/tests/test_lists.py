"""Pendo's lists: refused as usage; the one of names gives names."""

import json
from pathlib import Path

import pytest

from uptake.sources.pendo.lists import PendoLists
from uptake.sources.pendo.lookup import names
from uptake.sources.reading import Answers, NotUsage
from uptake.sources.tests.by_hand import csv_table, json_table, published, records_of

SAMPLES = Path(__file__).parents[1] / "sample"


def refusal(table):
    with pytest.raises(NotUsage) as refused:
        PendoLists().read(table, Answers())
    return str(refused.value)


def test_the_visitor_list_is_refused(tmp_path):
    table = csv_table(tmp_path, (SAMPLES / "visitor_list.csv").read_text(encoding="utf-8"), name="visitors.csv")
    assert refusal(table).startswith(
        "visitors.csv is Pendo's visitor list: a list of users, not of customers and not usage. Take "
    )


def test_the_account_list_is_refused(tmp_path):
    table = csv_table(
        tmp_path, "Account ID,Account Name,First Visit,Last Visit,Days Active\nacme,Acme,2025-01-01,2025-11-01,9\n"
    )
    assert "account list" in refusal(table)


@pytest.mark.parametrize(
    ("record", "what"),
    [
        ({"visitorId": "ann", "metadata": {"auto": {"accountid": "acme"}}}, "visitor list"),
        ({"accountId": "acme", "metadata": {"auto": {}}}, "account list"),
        ({"accountId": "acme", "visitorId": "ann", "guideId": "g1", "type": "guideSeen"}, "guide events"),
        ({"id": "f1", "name": "Export"}, "list of ids and names"),
    ],
)
def test_lists_of_the_api_are_refused(tmp_path, record, what):
    assert what in refusal(json_table(tmp_path, [record]))


def test_a_table_with_a_day_is_no_visitor_list(tmp_path):
    table = csv_table(tmp_path, "Visitor ID,Account ID,Date,Number of Events,Rage Clicks\nann,acme,2025-11-18,3,0\n")
    assert PendoLists().read(table, Answers()) is None


def test_names_of_the_sample(tmp_path):
    records = records_of(SAMPLES / "feature_lookup.json")
    found = names(json_table(tmp_path, records))
    assert found == {record["id"]: record["name"] for record in records}
    events = {record["featureId"] for record in records_of(SAMPLES / "feature_events.json")}
    assert events <= set(found)


def test_names_of_the_newest_version(tmp_path):
    text = (
        "id,last_updated_at,name,root_version_id\n"
        "f1,2021-02-19 19:28:30.508,New name,f1\n"
        "f1,2020-05-12 17:45:02.164,Old name,f1\n"
        "f2,2020-05-12 17:45:02.164,,f2\n"  # no name is no name
    )
    assert names(csv_table(tmp_path, text)) == {"f1": "New name"}


def test_names_beyond_the_sample_are_read_too(tmp_path):
    records = [{"id": f"f{n}", "name": f"Feature {n}"} for n in range(2500)]
    table = json_table(tmp_path, records)
    assert len(table.sample) < len(records)
    assert names(table)["f2499"] == "Feature 2499"


def test_events_have_no_names_to_give(tmp_path):
    assert names(json_table(tmp_path, records_of(SAMPLES / "feature_events.json"))) is None
    assert names(csv_table(tmp_path, "id,name,email,plan\n1,Ann,a@acme.com,pro\n")) is None


def test_published_rows(tmp_path):
    for text in published("usage/pendo_feature_history_fivetran.csv"):
        assert names(csv_table(tmp_path, text))["84eKv2U6eGlGgQ7NYYURCkfkSxU"] == "Add New thing"
    for text in published("apis/pendo/responses/GET_api_v1_feature.json"):
        assert names(json_table(tmp_path, json.loads(text)))["uQZVeRyEAODXLqvQJYvN51Ffsek"] == "Export button"
