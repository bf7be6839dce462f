"""The portfolio's workspace of three customers, and what the leader's view needs besides.

June 2026, 22 working days (the scores are worked out in ``pipeline/tests/test_portfolio.py``):
  Acme      100    Enterprise  Europe    Ann  EUR 30,000  Gold    customer since 2024-02-10
  Borealis   73.3  Small       Americas  Ben  EUR 10,000  Silver  first contract 2025-11-01
  Cobalt      0    –           –         Ben  JPY 900,000 –       first contract 2025-11-20
  Dorado    one week of history: withheld; nobody's, no contract
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from uptake.customers.services import add_contract, update_customer
from uptake.pipeline.tests.by_hand import LAST, import_usage, own
from uptake.pipeline.tests.conftest import people, usage, workspace

__all__ = ["people", "usage", "workspace"]

BOREALIS = 0.3 * 50 + 0.3 * 55 / (30 / 7) / 20 * 100 + 0.2 * 100 * 21 / 22 + 0.2 * 100


@pytest.fixture
def portfolio_of_four(workspace):
    """As the table above."""
    week = [LAST - timedelta(days=back) for back in range(6, -1, -1)]
    rows = [("Dorado", "di@dorado.example", "Search", day) for day in week if day.weekday() < 5]
    import_usage(workspace.folder, rows, name="young.csv")
    workspace.dorado = own("Dorado")
    update_customer(workspace.acme, started_on=date(2024, 2, 10))
    contracted(workspace.acme, 30_000, "EUR", plan="Gold", starts_on=date(2025, 1, 1))
    contracted(workspace.borealis, 10_000, "EUR", plan="Silver", starts_on=date(2025, 11, 1))
    contracted(workspace.cobalt, 900_000, "JPY", starts_on=date(2025, 11, 20))
    return workspace


def contracted(customer, arr, currency="USD", **known):
    return add_contract(customer, arr=Decimal(arr), currency=currency, **known)
