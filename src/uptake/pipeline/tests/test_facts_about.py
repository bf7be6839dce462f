"""ARR, plan and renewal on a day: those of the contracts that ran on it."""

from datetime import date
from decimal import Decimal

import pytest

from uptake.customers.services import add_contract, create_customer
from uptake.pipeline.facts_about import about_customers
from uptake.pipeline.insight_view import view_for
from uptake.pipeline.portfolio import Filters, portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(db):
    """Started small, grew in March, and from April a second contract in euros beside it."""
    acme = create_customer(name="Acme")
    told = {"renews_on": date(2026, 3, 1), "plan": "Starter"}
    add_contract(acme, starts_on=date(2025, 3, 1), ends_on=date(2026, 2, 28), arr=Decimal(1_000), **told)
    told = {"renews_on": date(2027, 3, 1), "plan": "Scale"}
    add_contract(acme, starts_on=date(2026, 3, 1), ends_on=date(2027, 2, 28), arr=Decimal(9_000), **told)
    told = {"renews_on": date(2026, 9, 1), "plan": "Add-on"}
    add_contract(acme, starts_on=date(2026, 4, 1), ends_on=date(2026, 8, 31), arr=Decimal(500), currency="EUR", **told)
    return acme


@pytest.mark.parametrize(
    ("day", "arr", "currency", "plan", "renews_on"),
    [
        (date(2025, 2, 28), None, None, None, None),
        (date(2026, 2, 28), 1_000, "USD", "Starter", date(2026, 3, 1)),  # a last day belongs to it
        (date(2026, 3, 1), 9_000, "USD", "Scale", date(2027, 3, 1)),
        (date(2026, 5, 1), None, "EUR, USD", "Add-on", date(2026, 9, 1)),  # two currencies: not added
        (date(2026, 10, 1), 9_000, "USD", "Scale", date(2027, 3, 1)),
        (date(2027, 3, 1), None, None, None, None),
    ],
)
def test_the_contracts_of_the_day_count(acme, day, arr, currency, plan, renews_on):
    about = about_customers(on=day)[acme.pk]
    assert (about["arr"], about["currency"], about["plan"], about["renews_on"]) == (arr, currency, plan, renews_on)


def test_portfolio_and_advice_of_a_past_day_show_what_ran_then(workspace):
    add_contract(workspace.acme, starts_on=date(2025, 1, 1), ends_on=date(2026, 5, 31), arr=Decimal(10), plan="Starter")
    add_contract(workspace.acme, starts_on=date(2026, 6, 1), arr=Decimal(90), plan="Scale")

    def on(day, **filters):
        found = portfolio(workspace.lea, as_of=day, filters=Filters(**filters)).rows
        return [(row["customer"], row["arr"], row["plan"]) for row in found if row["plan"]]

    assert on(date(2026, 5, 31)) == [("Acme", 10.0, "Starter")]
    assert on(date(2026, 6, 30)) == [("Acme", 90.0, "Scale")]
    assert on(date(2026, 5, 31), plan="Scale") == []
    view = view_for(workspace.lea, as_of=date(2026, 5, 31))
    assert view.rows[view.place[workspace.acme.pk]]["arr"] == 10.0
