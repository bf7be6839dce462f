"""The customer somebody means, or a refusal that helps."""

import pytest

from uptake.customers.access import AmbiguousCustomer, UnknownCustomer, find_customer
from uptake.customers.models import Customer
from uptake.customers.services import NewCustomer, assign_account, create_customer, create_customers

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Customer:
    acme, _, _ = create_customers(
        [NewCustomer("Acme Logistics", crm_id="001A"), NewCustomer("Acorn"), NewCustomer("100% Pure")]
    )
    assign_account(source="pendo", account_id="ac-77", customer=acme)
    return acme


@pytest.mark.parametrize("text", ["Acme Logistics", " acme-logistics", "ACME LOGISTICS", "001A", "ac-77", "acm"])
def test_every_name_of_a_customer_finds_it(acme, text):
    assert find_customer(text) == acme


def test_the_number_finds_it(acme):
    assert find_customer(str(acme.pk)) == find_customer(f"#{acme.pk}") == acme


def test_a_number_that_is_also_a_name_must_be_said_plainly(acme):
    called_so = create_customer(name=str(acme.pk))
    with pytest.raises(AmbiguousCustomer, match=f"#{acme.pk} or #{called_so.pk}"):
        find_customer(str(acme.pk))
    assert find_customer(f"#{acme.pk}") == acme


def test_an_account_id_of_two_customers_is_refused(acme):
    assign_account(source="amplitude", account_id="ac-77", customer=Customer.objects.get(name="Acorn"))
    with pytest.raises(AmbiguousCustomer, match="may be “Acme Logistics”, “Acorn”"):
        find_customer("ac-77")


def test_a_beginning_of_several_is_refused(acme):
    with pytest.raises(AmbiguousCustomer):
        find_customer("ac")


def test_unknown_names_the_closest(acme):
    with pytest.raises(UnknownCustomer) as refused:
        find_customer("Acme Logistik")
    assert refused.value.status == 404
    assert "“Acme Logistik”. The closest: “Acme Logistics”" in str(refused.value)


@pytest.mark.parametrize("text", ["", " ", "%", "1_0", "0", "9" * 40, "#"])
def test_odd_texts_are_unknown(acme, text):
    with pytest.raises(UnknownCustomer):
        find_customer(text)


def test_without_customers_it_says_so():
    with pytest.raises(UnknownCustomer, match="no customers yet"):
        find_customer("Acme")
