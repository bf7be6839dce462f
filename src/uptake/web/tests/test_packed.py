"""Answers are packed after their text was changed, so that what is unpacked is what was said, at the length told."""

import gzip

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from uptake.customers.models import Customer

pytestmark = pytest.mark.django_db


def test_a_packed_page_holds_its_text_and_tells_its_length(client: Client) -> None:
    """A page of names whose packed bytes, by chance or not, must never be taken for text."""
    teammate = get_user_model().objects.create_user("ann@example.com", role="admin")
    client.force_login(teammate)
    for number in range(40):
        Customer.objects.create(name=f"Firma \u202e{number} Gr\u00fc\u00dfe", slug=f"firma-{number}")
    answer = client.get("/tasks/new", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    page = gzip.decompress(answer.content).decode()
    assert "Firma 7 Gr\u00fc\u00dfe" in page
    assert "\u202e" not in page
