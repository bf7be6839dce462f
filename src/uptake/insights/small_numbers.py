"""Figures in headlines and findings: small numbers as words, names in a row."""

from collections.abc import Sequence

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


def moved(points: float | None) -> str:
    """“up four points”, “down 0.5 points”, “unchanged”; nothing without a trend."""
    if points is None:
        return ""
    whole, tenths = int(half_up(abs(points))), half_up(abs(points), 1)
    if not whole:
        return "unchanged"
    return f"{'up' if points > 0 else 'down'} {f'{tenths:.1f} points' if tenths < 1 else many(whole, 'point')}"
