"""What names and refusals may hold: nothing that turns a text around, nothing of the server's disk."""

import pytest

from uptake.actions.email.inputs import BadDraft, checked_subject
from uptake.customers.models import Account, Customer
from uptake.customers.services import attribute_accounts, create_customer
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline import imports

pytestmark = pytest.mark.django_db


def test_a_customers_name_reads_as_it_is_and_the_account_stays_as_it_came():
    attribute_accounts("generic", ["Ac\u202eme\u2069"], import_id=None)
    assert Customer.objects.get().name == "Acme"
    assert Account.objects.get().account_id == "Ac\u202eme\u2069"
    assert create_customer(name="Bir\u200fch").name == "Birch"
    with pytest.raises(ProductError, match="needs a name"):
        create_customer(name="\u202e\u2069")


def test_a_subject_does_not_turn_around():
    with pytest.raises(BadDraft):
        checked_subject("Your \u202etnuocca")


def test_a_failed_import_says_so_without_the_servers_paths():
    batch = Import.objects.create(state=Import.State.RUNNING, step="convert")
    imports.fail(batch.pk, "convert")
    batch.refresh_from_db()
    assert batch.message.startswith("Something failed that should not")
    assert f"log has it under import {batch.pk}" in batch.message
