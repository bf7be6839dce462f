import numpy as np

from uptake.insights.money import currencies, grouped, places, sums
from uptake.insights.tests.small import presence, row, view

ROWS = [
    row(1, arr=5.0, currency="EUR"),
    row(2, arr=900.0, currency="JPY"),
    row(3, arr=7.0, currency="EUR"),
    row(4),
    row(5, arr=None, currency="EUR, USD"),  # two contracts that cannot be added
    row(6, arr=800.0, currency="CHF"),
]


def test_the_currency_of_most_customers_is_first():
    assert currencies(ROWS) == ["EUR", "CHF", "JPY"]  # one each: by name


def test_sums_stay_in_their_currency():
    assert list(sums(ROWS).items()) == [("EUR", 12.0), ("CHF", 800.0), ("JPY", 900.0)]
    assert sums([row(1, arr=0.0, currency="EUR"), row(2)]) == {}


def test_rows_are_grouped_by_currency_in_the_order_they_had():
    assert [each["customer_id"] for each in grouped(ROWS)] == [1, 3, 6, 2, 4, 5]
    assert [each["customer_id"] for each in grouped(ROWS[::-1])] == [3, 1, 6, 2, 5, 4]


def test_a_place_is_among_those_of_the_same_currency():
    found = places(np.array([5.0, 900.0, 7.0, np.nan, 800.0]), ["EUR", "JPY", "EUR", None, "CHF"])
    assert found.tolist()[:3] == [0.25, 0.5, 0.75]
    assert np.isnan(found[3])
    assert found[4] == 0.5


def test_what_is_at_stake_is_told_within_a_currency():
    """The larger of two euro contracts weighs more than the only yen contract, however many yen that is."""
    seen = view(ROWS, presence={number: presence(known=10, quiet=9) for number in range(1, 7)})
    assert seen.stake.round(3).tolist() == [0.625, 0.75, 0.875, 0.75, 0.75, 0.75]
