"""Figures in sentences: small numbers as words, names in a row."""

from collections.abc import Sequence

from uptake.scores.models import decimals_to_show
from uptake.scores.rounding import half_up

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(count: int) -> str:
    """Up to twelve as a word."""
    return NUMBERS[count] if count < len(NUMBERS) else f"{count:,}"


def many(count: int, one: str, more: str = "") -> str:
    """“three customers”."""
    return f"{number(count)} {one if count == 1 else more or one + 's'}"


def names(some: Sequence[str], most: int = 3) -> str:
    """“A, B and C”, or “A, B, C and 4 more”."""
    if len(some) > most:
        return f"{', '.join(some[:most])} and {len(some) - most:,} more"
    return " and ".join(filter(None, (", ".join(some[:-1]), some[-1]))) if some else ""


def shown(score: float | None) -> str:
    """A score as pages show it."""
    if score is None:
        return "–"
    decimals = decimals_to_show(score)
    return f"{half_up(score, decimals):.{decimals}f}"


def sentence(text: str) -> str:
    """With a capital first."""
    return text[:1].upper() + text[1:]


def moved(points: float | None) -> str:
    """“up four points”, “unchanged”; nothing without a trend."""
    if points is None:
        return ""
    whole = int(half_up(abs(points)))
    return f"{'up' if points > 0 else 'down'} {many(whole, 'point')}" if whole else "unchanged"
