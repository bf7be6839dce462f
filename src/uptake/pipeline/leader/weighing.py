"""What each customer weighs in an average or a share: alike, or by its ARR in one currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from uptake.kit.errors import ProductError
from uptake.pipeline.leader.everybody import Bools, Everybody, Floats
from uptake.pipeline.leader.groups import Groups, Ints

By = Literal["customers", "arr"]
WEIGHTS: tuple[By, ...] = ("customers", "arr")


def checked(text: str) -> By:
    """Raises ProductError."""
    for each in WEIGHTS:
        if each == text:
            return each
    raise ProductError(f"Customers cannot be weighed by “{text[:40]}”; by {' or '.join(WEIGHTS)} they can.")


@dataclass(frozen=True)
class Figure:
    """A number with its cell: what ``behind`` is asked for, and how many customers that gives."""

    value: float | None
    count: int
    cell: str
    group: str = ""  # key of the group; empty: everybody


def weights(found: Everybody, by: By, currency: str) -> Floats:
    """1 each; or ARR, 0 for who has none in the currency and so counts for nothing."""
    if by == "customers":
        return np.ones(len(found))
    arr: Floats = np.nan_to_num(found.arr(currency))
    return arr


def means(groups: Groups, cell: str, values: Floats, who: Bools, weight: Floats) -> list[Figure]:
    """The weighted mean of each group, over those who have the value and weigh something."""
    chosen = who & ~np.isnan(values) & (weight > 0)
    total = groups.sums(chosen, weight)
    amounts = groups.sums(chosen, np.where(chosen, values, 0.0) * weight)
    return _figures(groups, cell, [a / b if b else None for a, b in _pairs(amounts, total)], groups.counts(chosen))


def shares(groups: Groups, cell: str, who: Bools, among: Bools, weight: Floats) -> list[Figure]:
    """``who`` of ``among``, by weight, in each group; counted are those of ``who`` that weigh something."""
    who, among = who & among & (weight > 0), among & (weight > 0)
    pairs = _pairs(groups.sums(who, weight), groups.sums(among, weight))
    return _figures(groups, cell, [a / b if b else None for a, b in pairs], groups.counts(who))


def totals(groups: Groups, cell: str, values: Floats) -> list[Figure]:
    """Added up in each group over those who have the value; None where nobody has."""
    who = ~np.isnan(values)
    counts = groups.counts(who)
    sums = groups.sums(who, values).tolist()
    return _figures(groups, cell, [a if n else None for a, n in zip(sums, counts.tolist(), strict=True)], counts)


def numbers(groups: Groups, cell: str, who: Bools) -> list[Figure]:
    """How many of each group."""
    counts = groups.counts(who)
    return _figures(groups, cell, [float(each) for each in counts.tolist()], counts)


def _pairs(some: Floats, of: Floats) -> list[tuple[float, float]]:
    return list(zip(some.tolist(), of.tolist(), strict=True))


def _figures(groups: Groups, cell: str, values: Sequence[float | None], counts: Ints) -> list[Figure]:
    return [
        Figure(value, count, cell, group.key)
        for value, count, group in zip(values, counts.tolist(), groups.groups, strict=True)
    ]
