"""A customer list dropped into the chat is known as one, shown, and written when somebody says so."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from uptake.chat.tests.conftest import drop, page, settled, the_import
from uptake.customers.models import Customer
from uptake.lake.models import Import
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role

pytestmark = pytest.mark.django_db(transaction=True)
LIST = b"Kunde;Segment;Jahreswert;Beginn\nCobalt;Klein;1.200,50;01.02.2026\n"


@pytest.fixture
def as_lea(db):
    client = Client()
    client.force_login(teammate("lea@lists.example", Role.LEADER))
    return client


def test_a_list_is_known_answered_written_and_undone(as_lea, at_work):
    conversation = drop(as_lea, SimpleUploadedFile("kunden.csv", LIST))
    message = the_import(conversation)
    settled(message)
    asked = page(as_lea, conversation)
    assert "a customer list" in asked
    assert "In which currency" in asked

    as_lea.post(f"/m/{message.pk}/confirm/", {"currency": "EUR"})
    asked = page(as_lea, conversation)
    assert "1 row: 1 new" in asked
    assert not Customer.objects.exists()

    as_lea.post(f"/m/{message.pk}/confirm/")
    assert "The list is written" in page(as_lea, conversation)
    assert str(Customer.objects.get().contracts.get().arr) == "1200.50"

    as_lea.post(f"/m/{message.pk}/undo/")
    assert "This list was undone" in page(as_lea, conversation)
    assert not Customer.objects.exists()


def test_a_csm_is_told_that_it_is_a_list_and_who_may(as_ann, at_work):
    conversation = drop(as_ann, SimpleUploadedFile("kunden.csv", LIST))
    message = the_import(conversation)
    assert settled(message).state == Import.State.REFUSED
    assert "This is a list of customers, not usage." in page(as_ann, conversation)
    assert not Customer.objects.exists()
