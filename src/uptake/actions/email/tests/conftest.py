"""A draft to Marta at Acme, and a mail server that is set up."""

from collections.abc import Iterator

import pytest

from uptake.actions.email.models import Draft
from uptake.actions.email.services import draft_email
from uptake.actions.email.tests.post_office import PostOffice

FACTS = {
    "score": 38.2,
    "band": "poor",
    "change": -9.0,
    "as_of": "2026-06-30",
    "active_users": 12,
    "licensed_seats": 40,
    "features_unused": [{"feature": "Reports", "value_sentence": "Saves a day a month"}],
}


@pytest.fixture
def note(acme, marta, ann) -> Draft:
    return draft_email(customer=acme, template="re_engagement", facts=FACTS, to=marta, by=ann)


@pytest.fixture
def post_office(settings) -> Iterator[PostOffice]:
    office = PostOffice()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", office.port, False
    settings.DEFAULT_FROM_EMAIL = "Customer Success <cs@us.example>"
    office.controller.start()
    yield office
    office.controller.stop()
