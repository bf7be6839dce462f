"""The dashboard as data: the page's numbers, its lists, and who may read them."""

from datetime import date

import pytest
from django.test import Client

from uptake.api.tests.test_access import refused
from uptake.customers.services import create_customer
from uptake.pipeline.dashboard import behind, dashboard
from uptake.pipeline.dashboard.tests.by_hand import dorado_events, dorado_papers, import_events
from uptake.pipeline.tests.by_hand import own
from uptake.team.models import Teammate


@pytest.fixture
def path(people, tmp_path):
    import_events(tmp_path, dorado_events())
    customer = own("Dorado", people.ann, segment="Enterprise", time_zone="Europe/Berlin")
    dorado_papers(customer)
    return f"/intelligence/adoption/{customer.pk}"


def told_to_the_page(path, **asked):
    return dashboard(Teammate.objects.get(first_name="Ann"), int(path.rpartition("/")[2]), **asked)


def test_the_answer_holds_the_pages_numbers(path, call):
    told, page = call.get(path, period="30d", comparison="peers").json(), told_to_the_page(path)
    assert {"adoptionScore", "userMetrics", "featureAdoption", "peerComparison", "recommendations", "trends"} <= set(
        told
    )
    assert (told["customer"], told["asOf"], told["period"]) == ("Dorado", str(page.as_of), "30d")
    assert told["adoptionScore"]["data"]["score"] == page.score.data.score
    assert {part["name"]: part["points"] for part in told["adoptionScore"]["data"]["parts"]} == {
        part.name: part.points for part in page.score.data.parts
    }
    figures = {each["slug"]: each for each in told["userMetrics"]["figures"]["data"]}
    assert {slug: each["value"] for slug, each in figures.items()} == {
        each.slug: each.value for each in page.figures.data
    }
    assert [line["featureId"] for line in told["featureAdoption"]["matrix"]["data"]["lines"]] == [
        line.feature_id for line in page.features.data.lines
    ]
    assert told["trends"]["users"]["data"]["dau"] == list(page.series.data.dau)
    assert told["peerComparison"]["data"]["sentence"] == page.peer_view.data.sentence


def test_a_part_without_data_says_why_in_its_place(path, call):
    empty = create_customer(name="Empty")
    told = call.get(f"/intelligence/adoption/{empty.pk}").json()
    assert told["userMetrics"]["health"] == {"data": None, "absent": "No usage says who uses the product."}
    assert told["adoptionScore"]["data"]["score"] is None
    assert told["adoptionScore"]["data"]["reason"]


def test_every_number_of_the_answer_opens_its_list(path, call):
    told = call.get(path).json()
    opened = 0
    for figure in told["userMetrics"]["figures"]["data"]:
        if figure["opens"] and figure["count"] is not None:
            listed = call.get(f"{path}/behind", key=figure["opens"]).json()
            assert listed["total"] == figure["count"], figure["slug"]
            opened += 1
    assert opened > 10
    assert "There is no list" in refused(call.get(f"{path}/behind", key="nonsense"), 404)


def test_a_list_is_paged(path, call):
    page = behind(Teammate.objects.get(first_name="Ann"), int(path.rpartition("/")[2]), "known")
    first = call.get(f"{path}/behind", key="known", pageSize=2).json()
    second = call.get(f"{path}/behind", key="known", pageSize=2, page=2).json()
    assert first["total"] == page.count > 2
    assert [each["visitorId"] for each in first["people"] + second["people"]] == [
        each.visitor_id for each in page.people[:4]
    ]


def test_another_day_period_and_comparison(path, call):
    for asked in ({"asOf": "2026-06-20"}, {"period": "7d"}, {"comparison": "all"}):
        told = call.get(path, **asked).json()
        page = told_to_the_page(
            path,
            as_of=date.fromisoformat(asked["asOf"]) if "asOf" in asked else None,
            **({"comparison": "all"} if "comparison" in asked else {}),
        )
        if "period" in asked:
            assert told["period"] == "7d"
        else:
            assert (told["asOf"], told["comparedWith"]) == (str(page.as_of), page.peers)
            assert told["adoptionScore"]["data"]["score"] == page.score.data.score
    refused(call.get(path, comparison="friends"), 422)
    refused(call.get(path, period="a fortnight"), 422)


def test_names_are_left_out_for_who_may_not_see_people(path, call, viewer):
    named, bare = (who.get(f"{path}/behind", key="known").json() for who in (call, viewer))
    assert all(each["visitorId"] for each in named["people"])
    assert not any(each["visitorId"] or each["name"] for each in bare["people"])
    assert len(bare["people"]) == len(named["people"])
    assert "@" not in viewer.get(path).content.decode()


def test_a_customer_of_somebody_else_is_not_there(path, people):
    client = Client()
    client.force_login(people.ben)
    refused(client.get(f"/api{path}"), 404)
    refused(client.get(f"/api{path}/behind?key=known"), 404)


def test_the_features_are_those_of_the_matrix(path, call):
    told, page = call.get(path.replace("intelligence/adoption", "adoption/features")).json(), told_to_the_page(path)
    matrix = page.features.data
    assert (told["used"], told["adopted"], told["available"]) == (matrix.used, matrix.adopted, matrix.available)
    assert [(each["featureId"], each["users"], each["reach"], each["isUnused"]) for each in told["features"]] == [
        (each.feature_id, each.users, each.reach, each.is_unused) for each in matrix.lines
    ]
