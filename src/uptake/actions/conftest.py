"""Ann owns Acme, Ben is a fellow CSM who owns Birch, Cem is a viewer; Lea leads, Pia is a product manager."""

import pytest

from uptake.customers.models import Customer, Stakeholder
from uptake.customers.services import create_customer
from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate, create_key


def teammate(name: str, role: str) -> Teammate:
    return add_teammate(email=f"{name.lower()}@us.example", role=role, name=f"{name} Test")[0]


@pytest.fixture
def ann(db: None) -> Teammate:
    return teammate("Ann", Role.CSM)


@pytest.fixture
def ben(db: None) -> Teammate:
    return teammate("Ben", Role.CSM)


@pytest.fixture
def cem(db: None) -> Teammate:
    return teammate("Cem", Role.VIEWER)


@pytest.fixture
def lea(db: None) -> Teammate:
    return teammate("Lea", Role.LEADER)


@pytest.fixture
def pia(db: None) -> Teammate:
    return teammate("Pia", Role.PRODUCT_MANAGER)


@pytest.fixture
def key(db: None) -> Teammate:
    return create_key(name="script", role=Role.LEADER)[0].acts_as


@pytest.fixture
def acme(ann: Teammate) -> Customer:
    return create_customer(name="Acme", owner=ann)


@pytest.fixture
def birch(ben: Teammate) -> Customer:
    return create_customer(name="Birch", owner=ben)


@pytest.fixture
def marta(acme: Customer) -> Stakeholder:
    return Stakeholder.objects.create(customer=acme, name="Marta Heinze", email="marta@acme.example", is_champion=True)
