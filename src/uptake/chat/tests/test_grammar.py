"""Sentences as people type them: the right tool with the right arguments, and never a change nobody asked for."""

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from uptake.chat.grammar import NotUnderstood, Unclear, Understood, understand
from uptake.chat.tools.registry import CHANGING, TOOLS
from uptake.customers.features import define_features
from uptake.customers.inputs import NewContract, NewCustomer, NewFeature
from uptake.customers.models import Customer, Feature
from uptake.customers.services import add_contracts, create_customers
from uptake.team.models import Role
from uptake.team.services import add_teammate

ABOUT = {"TechCorp": {"segment": "Enterprise"}, "DataPro": {"segment": "Mid-Market", "region": "EMEA"}}
SET = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))
NEWEST = SET["newest"]
pytestmark = pytest.mark.django_db


def make_team():
    ann, _ = add_teammate(email="ann@example.com", role=Role.CSM, password="correct horse battery 1")
    ben, _ = add_teammate(email="ben@example.com", role=Role.CSM, password="correct horse battery 1")
    return ann, ben


@pytest.fixture
def ann():
    """A CSM whose customers are those of the test set; Ben has others."""
    ann, ben = make_team()
    create_customers([NewCustomer(name, owner=ann, **ABOUT.get(name, {})) for name in SET["customers"]])
    smallbiz = Customer.objects.get(name="SmallBiz")
    add_contracts([NewContract(smallbiz, starts_on=date(2020, 1, 1), arr=Decimal(1), plan="Growth")])
    create_customers([NewCustomer(name, owner=ben) for name in SET["others"]])
    define_features([NewFeature(name=name) for name in SET["features"]])
    return ann


def plainly(tool, arguments):
    """What was understood, as the test set writes it."""
    told = arguments.to_json() if not isinstance(arguments, dict) else dict(arguments)
    names = dict(Customer.objects.values_list("pk", "name"))
    features = dict(Feature.objects.values_list("key", "name"))
    if "customers" in told:
        told["customers"] = [names[each] for each in told["customers"]]
    if "features" in told:
        told["features"] = [features[each] for each in told["features"]]
    if "as_of" in told:
        told["as_of"] = date.fromisoformat(str(told["as_of"]))
    if "steps" in told:
        told["steps"] = [plainly(*step) for step in told["steps"]]
    return [tool, told]


def read(text, teammate):
    """[tool, arguments], or the kind of answer where no single tool was understood."""
    found = understand(text, teammate, newest=NEWEST)
    return plainly(found.tool, found.arguments) if isinstance(found, Understood) else [type(found).__name__, found]


def acts(found):
    """The changing tools that an answer would lead to, confirmed or pressed."""
    some = [found] if isinstance(found, Understood) else found.choices if isinstance(found, Unclear) else ()
    return [each.tool for each in some if each.tool in CHANGING]


def test_the_test_set_is_large_enough():
    assert len(SET["sentences"]) >= 170
    assert len(SET["no_action"]) >= 25
    assert {tool for _, tool, _ in SET["sentences"]} == {tool.name for tool in TOOLS}
    texts = [text for text, *_ in SET["sentences"]]
    assert len(set(texts)) == len(texts)


def test_at_least_95_percent_are_read_right(ann):
    wrong = [
        (text, [tool, said], found)
        for text, tool, said in SET["sentences"]
        if (found := read(text, ann)) != [tool, said]
    ]
    told = "\n".join(f"{text!r}\n  wanted {wanted}\n  found  {found}" for text, wanted, found in wrong)
    assert len(wrong) <= 0.05 * len(SET["sentences"]), told


def test_no_sentence_leads_to_a_wrong_action(ann):
    """Of every sentence of the set: where a change is understood it is the change that was asked for, for those named."""
    for text, tool, said in SET["sentences"]:
        found = understand(text, ann, newest=NEWEST)
        if isinstance(found, Understood) and found.tool in CHANGING:
            assert plainly(found.tool, found.arguments) == [tool, said], text
        if tool not in CHANGING:
            assert acts(found) == [], text


@pytest.mark.parametrize("text", SET["no_action"])
def test_what_is_denied_asked_or_put_off_is_never_a_change(ann, text):
    assert acts(understand(text, ann, newest=NEWEST)) == []


@pytest.mark.parametrize("text", SET["nothing"])
def test_what_we_do_not_know_is_said_to_be_so(ann, text):
    found = understand(text, ann, newest=NEWEST)
    assert isinstance(found, NotUnderstood), found
    assert len(found.closest) == 3


@pytest.mark.parametrize(("text", "tool", "names"), SET["unclear"])
def test_a_name_of_several_customers_is_asked_about(ann, text, tool, names):
    found = understand(text, ann, newest=NEWEST)
    assert isinstance(found, Unclear), found
    assert [plainly(each.tool, each.arguments)[1]["customers"] for each in found.choices] == [[name] for name in names]
    assert {each.tool for each in found.choices} == {tool}


@pytest.mark.parametrize(("text", "name"), SET["unknown"])
def test_customers_of_others_are_as_unknown_as_those_that_do_not_exist(ann, text, name):
    found = understand(text, ann, newest=NEWEST)
    assert isinstance(found, NotUnderstood), found
    assert found.sentence == f"There is no customer “{name}”."


def test_a_change_for_nobody_asks_for_whom(ann):
    found = understand("create tasks", ann, newest=NEWEST)
    assert isinstance(found, Unclear)
    assert [each.arguments.group for each in found.choices] == ["laggards", "at risk"]


def test_two_close_readings_are_both_offered(ann):
    found = understand("tasks for oldcorp", ann, newest=NEWEST)
    tools = [each.tool for each in found.choices] if isinstance(found, Unclear) else [found.tool]
    assert "create_tasks" in tools


def test_a_leader_finds_everybodys_customers(ann):
    lena, _ = add_teammate(email="lena@example.com", role=Role.LEADER, password="correct horse battery 1")
    assert read("why did vandelay drop", lena) == ["why_changed", {"customers": ["Vandelay Industries"]}]


def test_a_new_customer_is_known_at_once(ann):
    assert isinstance(understand("score of newcomer labs", ann, newest=NEWEST), NotUnderstood)
    create_customers([NewCustomer("Newcomer Labs", owner=ann)])
    assert read("score of newcomer labs", ann) == ["explain_score", {"customers": ["Newcomer Labs"]}]


def test_odd_text_is_no_trouble(ann):
    for text in (
        "",
        " ",
        "\x00",
        "🙂" * 500,
        "'; drop table customers; --",
        "<script>alert(1)</script>",
        "create " * 3000,
        "#999999",
        "а" * 3000,
    ):
        assert acts(understand(text, ann, newest=NEWEST)) == [] or text.startswith("create")


def test_fast_enough_with_ten_thousand_customers(ann):
    from uptake.pipeline.demo.names import company_name

    create_customers([NewCustomer(company_name(number), owner=ann) for number in range(10_000)])
    texts = [text for text, *_ in SET["sentences"]]
    understand("warm up", ann, newest=NEWEST)
    spent = []
    for text in texts:
        start = time.process_time()  # other work on the machine is not counted
        understand(text, ann, newest=NEWEST)
        spent.append(time.process_time() - start)
    assert sorted(spent)[len(spent) * 9 // 10] < 0.05
