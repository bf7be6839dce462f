"""Which e-mail fits; and a workspace without usage still lets people write."""

import pytest

from uptake.customers.services import create_customer
from uptake.pipeline.outreach_facts import outreach_facts, template_for
from uptake.team.models import Role
from uptake.team.services import add_teammate


@pytest.mark.parametrize(
    ("facts", "template"),
    [
        ({"score": 39.9, "change": None, "features_unused": [{"feature": "Reports"}]}, "re_engagement"),
        ({"score": 80.0, "change": -5.0}, "re_engagement"),
        ({"score": 40.0, "change": -4.9, "features_unused": [{"feature": "Reports"}]}, "feature_introduction"),
        ({"score": 70.0, "change": 1.0, "features_unused": []}, "check_in"),
        ({}, "check_in"),
    ],
)
def test_who_slips_away_is_won_back_first(facts, template):
    assert template_for(facts) == template


@pytest.mark.django_db
def test_before_any_usage_there_are_no_facts():
    ann = add_teammate(email="ann@us.example", role=Role.CSM)[0]
    acme = create_customer(name="Acme", owner=ann)
    assert outreach_facts(ann, [acme.pk]) == {acme.pk: {}}
