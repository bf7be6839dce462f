"""The parent and the children of a customer on its page, each with figures of its own."""

import pytest
from django.test import Client

from uptake.customers.models import Customer
from uptake.customers.parents import put_under
from uptake.pipeline.tests.conftest import people, usage, workspace

__all__ = ["people", "usage", "workspace"]
pytestmark = pytest.mark.django_db


def page(teammate, customer):
    client = Client()
    client.force_login(teammate)
    answer = client.get(f"/customers/{customer.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_parent_links_and_the_children_are_listed(workspace):
    put_under(workspace.borealis, workspace.acme, by=workspace.lea)
    parent, child = page(workspace.lea, workspace.acme), page(workspace.lea, workspace.borealis)
    assert "Customers that belong to it" in parent
    assert f'href="/customers/{workspace.borealis.pk}/">Borealis</a>' in parent
    assert "Belongs to" in child
    assert f'href="/customers/{workspace.acme.pk}/">Acme</a>' in child


def test_what_is_not_theirs_is_not_named(workspace):
    put_under(workspace.borealis, workspace.acme, by=workspace.lea)
    assert "Borealis" not in page(workspace.ann, workspace.acme)
    assert "Acme" not in page(workspace.ben, workspace.borealis)


def test_a_leader_says_the_parent_by_its_name(workspace):
    client = Client()
    client.force_login(workspace.lea)
    path = f"/customers/{workspace.cobalt.pk}/keep"
    client.post(path, {"segment": "Small", "parent": "acme"})
    assert Customer.objects.get(pk=workspace.cobalt.pk).parent == workspace.acme
    client.post(path, {"parent": ""})
    assert Customer.objects.get(pk=workspace.cobalt.pk).parent is None
    client.post(path, {"parent": "Nobody"})
    assert Customer.objects.get(pk=workspace.cobalt.pk).parent is None
