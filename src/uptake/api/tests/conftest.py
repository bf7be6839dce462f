"""The workspace counted by hand (uptake.pipeline.tests), and calls by key and by session."""

import pytest

from uptake.customers.models import Stakeholder
from uptake.pipeline.tests.conftest import people, usage, workspace
from uptake.team.models import Role
from uptake.team.services import create_key

__all__ = ["people", "usage", "workspace"]


class Caller:
    """``call.get("/customers")``: JSON in, JSON out, by a key."""

    def __init__(self, client, key):
        self.client, self.headers = client, {"Authorization": f"Bearer {key}"}

    def get(self, path, **query):
        return self.client.get(f"/api{path}", query, headers=self.headers)

    def post(self, path, body=None):
        return self.client.post(f"/api{path}", body or {}, content_type="application/json", headers=self.headers)

    def put(self, path, body=None):
        return self.client.put(f"/api{path}", body or {}, content_type="application/json", headers=self.headers)


@pytest.fixture
def leader_key(db):
    return create_key(name="script", role=Role.LEADER)[1]


@pytest.fixture
def call(client, leader_key):
    return Caller(client, leader_key)


@pytest.fixture
def viewer(client, db):
    return Caller(client, create_key(name="board", role=Role.VIEWER)[1])


@pytest.fixture
def marta(workspace):
    return Stakeholder.objects.create(customer=workspace.acme, name="Marta Heinze", email="marta@acme.example")
