"""A customer belongs to another, without circles and not too deep."""

from itertools import pairwise

import pytest

from uptake.customers.models import Customer
from uptake.customers.parents import MOST_LEVELS, BadParent, put_under
from uptake.customers.services import create_customer
from uptake.team.models import AuditRecord, Role
from uptake.team.rights import NotAllowed
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db


@pytest.fixture
def lea():
    return add_teammate(email="lea@ours.example", role=Role.LEADER)[0]


@pytest.fixture
def line(lea):
    """As many as may stand in a line, each under the one before."""
    made = [create_customer(name=f"Level {number}") for number in range(MOST_LEVELS)]
    for parent, child in pairwise(made):
        put_under(child, parent, by=lea)
    return made


def test_it_is_kept_with_who_said_it_and_taken_back(lea):
    group, site = create_customer(name="Group"), create_customer(name="Site")
    put_under(site, group, by=lea)
    assert list(group.children.all()) == [site]
    assert AuditRecord.objects.filter(customer_id=site.pk).first().details == {"changes": {"parent": "Group"}}
    assert put_under(site, None, by=lea).parent is None


def test_no_circle(lea, line):
    for parent in (line[0], line[1], line[-1]):
        with pytest.raises(BadParent, match="cannot be its parent"):
            put_under(line[0], parent, by=lea)
    assert Customer.objects.get(pk=line[0].pk).parent is None


def test_not_too_deep_counting_those_below(lea, line):
    top = create_customer(name="Top")
    with pytest.raises(BadParent, match="levels"):
        put_under(line[0], top, by=lea)
    with pytest.raises(BadParent, match="levels"):
        put_under(top, line[-1], by=lea)


def test_a_removed_parent_leaves_its_children(lea):
    group, site = create_customer(name="Group"), create_customer(name="Site")
    put_under(site, group, by=lea)
    group.delete()
    assert Customer.objects.get(pk=site.pk).parent is None


def test_a_csm_may_not(line):
    ann = add_teammate(email="ann@ours.example", role=Role.CSM)[0]
    with pytest.raises(NotAllowed):
        put_under(line[1], None, by=ann)
