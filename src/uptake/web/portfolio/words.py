"""Figures in the pages' sentences."""

from uptake.insights.small_numbers import many, moved, names, number
from uptake.insights.words import score, sentence

__all__ = ["many", "moved", "names", "number", "sentence", "shown"]


def shown(value: float | None) -> str:
    """A score as pages show it."""
    return "–" if value is None else score(value)
