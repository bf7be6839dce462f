"""Rounding for readers: half up, and parts that add up to the total shown."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float, decimals: int = 0) -> float:
    """0.5 goes up, as readers expect; computed on the decimal digits that a reader would see of the float."""
    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP))


def shown_parts(parts: Sequence[float], total: float, decimals: int = 1) -> list[float]:
    """The parts rounded so that they add up to the rounded total: the largest remainders go up.

    ``total`` is the sum of the parts, or at most half a step per part away from it.
    """
    step = 10**-decimals
    floors = [math.floor(part / step + 1e-9) for part in parts]
    missing = round(half_up(total, decimals) / step) - sum(floors)
    by_remainder = sorted(range(len(parts)), key=lambda place: (floors[place] - parts[place] / step, place))
    for place in by_remainder[: max(missing, 0)]:
        floors[place] += 1
    for place in by_remainder[::-1][: max(-missing, 0)]:
        floors[place] -= 1
    return [round(floor * step, decimals) for floor in floors]
