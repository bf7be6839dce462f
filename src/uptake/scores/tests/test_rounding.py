import pytest
from hypothesis import given
from hypothesis import strategies as st

from uptake.scores.rounding import half_up, shown_parts


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(0.5, 0, 1), (1.5, 0, 2), (2.5, 0, 3), (79.5, 0, 80), (79.49, 0, 79), (2.675, 2, 2.68), (-0.5, 0, -1)],
)
def test_halves_go_up(value, decimals, shown):
    assert half_up(value, decimals) == shown


def test_parts_that_round_apart_are_brought_together():
    parts = [10.04, 10.04, 10.04, 10.04]  # each shown as 10.0, their total as 40.2
    assert shown_parts(parts, sum(parts)) == [10.1, 10.1, 10.0, 10.0]


@given(st.lists(st.floats(0, 40), min_size=1, max_size=6), st.sampled_from([0, 1, 2]))
def test_shown_parts_add_up_to_the_shown_total(parts, decimals):
    shown = shown_parts(parts, sum(parts), decimals)
    assert sum(shown) == pytest.approx(half_up(sum(parts), decimals), abs=1e-9)
    assert all(abs(a - b) <= 10**-decimals + 1e-9 for a, b in zip(shown, parts, strict=True))
