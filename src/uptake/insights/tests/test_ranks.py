import math

import numpy as np
import pytest

from uptake.insights.ranks import chance_of_gap, mid_ranks, spearman, stand_out

approx = pytest.approx


def test_equal_values_share_the_mean_of_their_places():
    assert mid_ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_rank_correlation_of_a_table_worked_out_by_hand():
    # ranks 1 2 3 4 5 against 2 1 4 3 5: differences −1 1 −1 1 0, squares 4: 1 − 6 × 4 / (5 × 24) = 0.8
    found = spearman(np.array([10.0, 20.0, 30.0, 40.0, 50.0]), np.array([2.0, 1.0, 4.0, 3.0, 5.0]))
    assert found.value == approx(0.8)
    assert found.n == 5


def test_interval_is_fishers_with_the_error_for_ranks():
    one = np.arange(40.0)
    other = np.concatenate([np.arange(20.0, 40.0), np.arange(0.0, 20.0)])  # both halves swapped
    found = spearman(one, other)
    # each rank is off by 20: 1 − 6 × 40 × 400 / (40 × 1599) = −0.50094
    assert found.value == approx(1 - 6 * 40 * 400 / (40 * 1599))
    reach = 1.959964 * math.sqrt((1 + found.value**2 / 2) / 37)
    assert found.low == approx(math.tanh(math.atanh(found.value) - reach), abs=1e-6)
    assert found.high == approx(math.tanh(math.atanh(found.value) + reach), abs=1e-6)
    assert found.is_there


def test_with_ties_it_is_the_correlation_of_mid_ranks():
    # use 0 0 1 1, renewed no no yes yes: mid-ranks 1.5 1.5 3.5 3.5 on both sides
    assert spearman(np.array([0.0, 0, 1, 1]), np.array([0.0, 0, 1, 1])).value == approx(1)


def test_nothing_that_never_varies_has_a_correlation():
    assert spearman(np.ones(40), np.arange(40.0)) is None
    assert spearman(np.arange(3.0), np.arange(3.0)) is None


def test_chance_of_a_gap_is_fishers_exact():
    # 3 of 4 against 1 of 4, the tea-tasting lady: 2 × (16 + 1) / 70
    assert chance_of_gap(3, 4, 1, 4) == approx(34 / 70)
    assert chance_of_gap(4, 4, 0, 4) == approx(2 / 70)
    assert chance_of_gap(2, 4, 2, 4) == approx(1)


def test_of_many_findings_those_stand_out_that_chance_would_not_make():
    assert stand_out([0.03]) == [True]
    assert stand_out([0.03, 0.5, 0.9, 0.7]) == [False] * 4  # 0.03 > 0.05 × 1/4
    assert stand_out([0.001, 0.9, 0.02, 0.7]) == [True, False, True, False]  # 0.02 ≤ 0.05 × 2/4
    assert stand_out([]) == []
