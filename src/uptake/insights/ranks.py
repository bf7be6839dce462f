"""Rank correlation and comparing shares, without scipy: small, exact where it matters, the same digits every time."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from uptake.insights.matrix import Floats

CONFIDENCE = 0.95


def mid_ranks(values: Floats) -> Floats:
    """1 for the smallest; equal values share the mean of their places."""
    ordered = np.sort(values)
    left = np.searchsorted(ordered, values, "left")
    right = np.searchsorted(ordered, values, "right")
    found: Floats = (left + right + 1) / 2
    return found


@dataclass(frozen=True)
class Correlation:
    """A rank correlation with its 95% interval."""

    value: float
    low: float
    high: float
    n: int

    @property
    def is_there(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def spearman(one: Floats, other: Floats) -> Correlation | None:
    """Spearman's rank correlation; None where either never varies, or under four pairs.

    The interval is Fisher's on the z scale, with the standard error of Bonett and Wright (2000) for ranks,
    √((1 + r²/2) / (n − 3)).
    """
    n = len(one)
    if n < 4:
        return None
    ranks, others = mid_ranks(one) - (n + 1) / 2, mid_ranks(other) - (n + 1) / 2
    spread = math.sqrt(float(ranks @ ranks) * float(others @ others))
    if spread == 0:
        return None
    value = max(-1.0, min(1.0, float(ranks @ others) / spread))
    if abs(value) == 1:
        return Correlation(value, value, value, n)
    middle = math.atanh(value)
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * math.sqrt((1 + value**2 / 2) / (n - 3))
    return Correlation(value, math.tanh(middle - reach), math.tanh(middle + reach), n)


def chance_of_gap(some: int, of: int, others: int, of_others: int) -> float:
    """How often two shares would lie at least this far apart by chance, if there were no difference.

    Fisher's exact test, two-sided: the sum over all tables with the same margins that are no likelier than this one.
    """
    total, hits = of + of_others, some + others
    first, last = max(0, hits - of_others), min(of, hits)
    logs = np.array([_log_choose(of, k) + _log_choose(of_others, hits - k) for k in range(first, last + 1)])
    shares = np.exp(logs - _log_choose(total, hits))
    found = float(shares[shares <= shares[some - first] * (1 + 1e-7)].sum())
    return min(1.0, found)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def stand_out(chances: list[float], false_share: float = 0.05) -> list[bool]:
    """Which of many findings may be told when at most ``false_share`` of those told shall be chance.

    Benjamini and Hochberg (1995): with a hundred features looked at, a few always look odd by chance alone.
    """
    order = sorted(range(len(chances)), key=lambda place: (chances[place], place))
    most = max(
        (rank for rank, place in enumerate(order, 1) if chances[place] <= false_share * rank / len(order)), default=0
    )
    told = set(order[:most])
    return [place in told for place in range(len(chances))]
