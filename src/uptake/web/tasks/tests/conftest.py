"""Ann owns Acme, Ben is a fellow CSM, Cem is a viewer. Each has a browser that is logged in."""

import pytest
from django.test import Client

from uptake.actions.task.models import Task
from uptake.actions.task.services import create_task
from uptake.customers.models import Customer
from uptake.customers.services import create_customer
from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate


def teammate(name: str, role: str) -> Teammate:
    return add_teammate(email=f"{name.lower()}@us.example", role=role, name=f"{name} Test", password="correct horse")[0]


def browser(teammate: Teammate) -> Client:
    client = Client()
    client.force_login(teammate)
    return client


@pytest.fixture
def ann(db) -> Teammate:
    return teammate("Ann", Role.CSM)


@pytest.fixture
def ben(db) -> Teammate:
    return teammate("Ben", Role.CSM)


@pytest.fixture
def cem(db) -> Teammate:
    return teammate("Cem", Role.VIEWER)


@pytest.fixture
def lea(db) -> Teammate:
    return teammate("Lea", Role.LEADER)


@pytest.fixture
def acme(ann) -> Customer:
    return create_customer(name="Acme <script>alert(1)</script>", owner=ann)


@pytest.fixture
def call(acme, ann) -> Task:
    return create_task(
        customer=acme, title="Call <b>them</b>", why="Use fell.", checklist=["Look", "Call"], rule="usage-drop", by=ann
    )
