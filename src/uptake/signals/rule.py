"""What a rule is: thresholds that can be set, an expression that finds, and words that tell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from uptake.kit.errors import ProductError
from uptake.signals.watched import Watched

Evidence = Mapping[str, Any]
"""The row that ``find`` gave, as plain values: days as ISO text."""


class BadThreshold(ProductError):
    """A threshold cannot be what was asked for; the sentence says what it can be."""


@dataclass(frozen=True)
class Threshold:
    """A number that decides when the rule fires."""

    name: str
    title: str
    unit: str  # %, uses, days, …
    default: float
    least: float
    most: float

    def checked(self, value: float) -> float:
        """Raises BadThreshold."""
        if not self.least <= value <= self.most or value != int(value):
            raise BadThreshold(
                f"{self.title}: {value:g} cannot be; a whole number from {self.least:g} to {self.most:g} can."
            )
        return value


COOLDOWN = Threshold("cooldown_days", "Not raised again after it closed", "days", 30, 1, 365)
"""Every rule has it."""


@dataclass(frozen=True)
class Figure:
    """The one large number beside an alert."""

    value: str
    unit: str
    label: str


@dataclass(frozen=True)
class Told:
    """An alert in words, with the customer's own numbers."""

    headline: str
    sentence: str
    figure: Figure


@dataclass(frozen=True)
class Way:
    """Where the rows or users behind an alert are shown: a kind that the doors know, with its filters."""

    title: str
    kind: str  # rows, users, feature
    filters: Mapping[str, str]
    names_people: bool = False


@dataclass(frozen=True)
class Rule:
    """One thing that is watched. A module of its own, and a line in the registry."""

    slug: str
    title: str
    meaning: str  # when it fires, for people; {name} stands for a threshold
    thresholds: Sequence[Threshold]
    find: Callable[[Watched, Sequence[date], Mapping[str, float], str], ir.Table]
    tell: Callable[[str, Evidence], Told]  # of the customer's name
    level: Callable[[Evidence], int]  # 0 low to 3 critical, before the renewal is looked at
    ways: Callable[[Evidence], Sequence[Way]]
    steps: Sequence[str]  # what to do, in the order to do it
    seasons: bool = False  # whether it looks at the same weeks a year ago

    @property
    def defaults(self) -> Mapping[str, float]:
        return {each.name: each.default for each in (*self.thresholds, COOLDOWN)}

    def with_defaults(self, changed: Mapping[str, float]) -> dict[str, float]:
        """Every threshold of the rule, those named changed. Raises BadThreshold."""
        known = {each.name: each for each in (*self.thresholds, COOLDOWN)}
        if unknown := [name for name in changed if name not in known]:
            raise BadThreshold(f"“{self.title}” has no threshold “{unknown[0][:50]}”; it has {', '.join(known)}.")
        return {name: each.checked(changed.get(name, each.default)) for name, each in known.items()}

    def says(self, values: Mapping[str, float]) -> str:
        """When it fires with these thresholds."""
        return self.meaning.format(**{name: f"{value:,g}" for name, value in values.items()})
