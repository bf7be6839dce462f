"""Which key of a platform's events names the customer."""

import pytest

from uptake.sources.companies import choose_customer, company_rank
from uptake.sources.fields import Fields
from uptake.sources.reading import Answers
from uptake.sources.tests.by_hand import json_table

TIERS = [[("groups",)], [("user",), ("event",)]]


def chosen(tmp_path, records, **answers):
    fields = Fields(json_table(tmp_path, records))
    return choose_customer(fields, Answers(**answers), tiers=TIERS, groups=("groups",), person=[("visitor",)])


@pytest.mark.parametrize(
    "name",
    ["company", "Company ID", "companyId", "org id", "ORGANISATION_NAME", "account_id", "customerId", "tenant", "workspace_slug",
     "user_company", "crm_account_id", "gp:company"],
)  # fmt: skip
def test_names_of_companies(name):
    assert company_rank(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "company_size",
        "account_type",
        "accountability",
        "team_size",
        "organic",
        "group",
        "plan",
        "country",
        "created_account",
    ],
)
def test_names_that_only_sound_like_companies(name):
    assert company_rank(name) is None


def test_the_key_seen_most_wins(tmp_path):
    records = [{"groups": {"account": "a1"}}] + [{"groups": {"company": "acme"}}] * 3
    assert chosen(tmp_path, records).name == "groups.company"
    records = [{"groups": {"account": "a1"}}] * 3 + [{"groups": {"company": "acme"}}]
    assert chosen(tmp_path, records).name == "groups.account"


def test_of_keys_seen_alike_an_id_wins_over_a_name(tmp_path):
    records = [{"event": {"company_name": "Acme", "company_id": "c1", "company_size": 12}}]
    assert chosen(tmp_path, records).name == "event.company_id"


def test_groups_that_are_hardly_ever_filled_give_way_to_a_property(tmp_path):
    rare = [{"groups": {"company": "acme"}, "user": {"company": "acme"}}]
    records = rare + [{"groups": {}, "user": {"company": "acme"}}] * 9
    assert chosen(tmp_path, records).name == "user.company"
    assert chosen(tmp_path, rare).name == "groups.company"


def test_words_for_nothing_are_no_customers(tmp_path):
    records = [{"event": {"company": "(not set)", "account": "undefined", "tenant": "t1"}}]
    assert chosen(tmp_path, records).name == "event.tenant"


def test_addresses_objects_and_switches_are_no_customers(tmp_path):
    records = [{"event": {"account": "ana@acme.com", "company": {"plan": "pro"}, "customer": True, "team": "Blue"}}]
    assert chosen(tmp_path, records).name == "event.team"


def test_a_group_type_of_any_name_is_taken_and_asked(tmp_path):
    found = chosen(tmp_path, [{"groups": {"playlist": "p1", "chain": "c1"}}, {"groups": {"chain": "c2"}}])
    [question] = found.questions
    assert (found.name, question.key, question.assumed) == ("groups.chain", "customer", "groups.chain")
    assert question.choices == ("groups.playlist", "groups.chain")


def test_lists_that_name_several_customers_are_said(tmp_path):
    found = chosen(tmp_path, [{"groups": {"company": ["acme", "beta"]}}, {"groups": {"company": ["acme"]}}])
    assert found.warnings == ("1 of 2 sampled rows name several customers in groups.company; the first one counts.",)


def test_no_customer_is_a_question_without_a_guess(tmp_path):
    found = chosen(tmp_path, [{"visitor": "ana@acme.com", "event": {"plan": "pro"}}])
    [question] = found.questions
    assert (found.expression, question.key, question.assumed) == ("NULL", "customer", None)
    assert question.choices == ("visitor", "event.plan", "@domain")


def test_the_answer_goes_before_everything(tmp_path):
    records = [{"visitor": "ana@acme.com", "groups": {"company": "acme"}, "event": {"plan": "pro"}}]
    assert chosen(tmp_path, records, columns={"customer": "event.plan"}).name == "event.plan"
    assert chosen(tmp_path, records, columns={"customer": "@domain"}).name == "@domain of visitor"
