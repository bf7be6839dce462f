"""Ann owns Acme, where Marta is the champion; Ben is a fellow CSM, Cem is a viewer."""

import pytest

from uptake.actions.email.models import Draft
from uptake.actions.email.services import draft_email
from uptake.customers.models import Customer, Stakeholder
from uptake.team.models import Teammate
from uptake.web.tasks.tests.conftest import acme, ann, ben, cem  # the same people

__all__ = ["acme", "ann", "ben", "cem"]


@pytest.fixture
def marta(acme: Customer) -> Stakeholder:
    return Stakeholder.objects.create(
        customer=acme, name="Marta <i>Heinze", email="marta@acme.example", is_champion=True
    )


@pytest.fixture
def note(acme: Customer, marta: Stakeholder, ann: Teammate) -> Draft:
    facts = {"score": 38.2, "as_of": "2026-06-30", "active_users": 12, "licensed_seats": 40, "change": -9.0}
    return draft_email(customer=acme, template="re_engagement", facts=facts, to=marta, by=ann)
