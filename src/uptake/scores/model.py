"""What a score is made of, as data: components, weights, and how each metric becomes 0–100.

The version is a hash of all of it. Other weights make another version; scores kept with the old one stay what they are.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from uptake.kit.errors import ProductError

if TYPE_CHECKING:
    import ibis.expr.types as ir


class BadWeights(ProductError):
    """The weights given do not fit the model."""


@dataclass(frozen=True)
class Component:
    """One part of a score. Its value is 0 at ``none_at`` of the metric, 100 from ``full_at``, straight in between."""

    name: str
    title: str
    metric: str  # slug in metrics/registry.py
    weight: float
    none_at: float
    full_at: float  # below none_at where less is better
    formula: str  # as pages show it: 100 × min(1, d ÷ 20)
    words: str  # what the letters of the formula are
    is_optional: bool = False  # with a weight of 0 it is no part of the score at all

    def value(self, metric: "ir.NumericValue") -> "ir.FloatingValue":
        """0–100 from the metric; null stays null."""
        import ibis  # heavy; who only reads scores that are kept does without

        share = (metric.cast("float64") - self.none_at) / (self.full_at - self.none_at)
        return 100.0 * ibis.ifelse(share > 1, 1.0, ibis.ifelse(share < 0, 0.0, share))


@dataclass(frozen=True)
class ScoreModel:
    """A score: the weighted mean of the components present."""

    name: str
    title: str
    components: tuple[Component, ...]
    least_present: float = 0.7  # share of the weight; below it the score is withheld
    least_history_days: int = 14

    @cached_property
    def version(self) -> str:
        """Eight characters that change with anything in the model."""
        told = asdict(self) | {"components": [_told(part) for part in self.parts]}
        text = json.dumps(told, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def parts(self) -> tuple[Component, ...]:
        """The components that the score is made of: without optional ones that weigh nothing."""
        return tuple(part for part in self.components if part.weight > 0 or not part.is_optional)

    @property
    def weight(self) -> float:
        """Sum of the components' weights."""
        return math.fsum(component.weight for component in self.components)

    def with_weights(self, weights: Mapping[str, float]) -> "ScoreModel":
        """The model with some weights replaced; the others stay.

        Raises BadWeights for a component the model does not have, a weight below 0, and weights that are all 0.
        """
        known = [component.name for component in self.components]
        if unknown := [name for name in weights if name not in known]:
            raise BadWeights(f"“{unknown[0]}” is no part of the {self.title} score; its parts are {', '.join(known)}.")
        if wrong := [name for name, weight in weights.items() if not (math.isfinite(weight) and weight >= 0)]:
            raise BadWeights(f"The weight of “{wrong[0]}” must be a number from 0 up.")
        components = (
            replace(component, weight=float(weights.get(component.name, component.weight)))
            for component in self.components
        )
        model = replace(self, components=tuple(components))
        if model.weight == 0:
            raise BadWeights("At least one part must weigh more than 0.")
        return model


def _told(part: Component) -> dict[str, object]:
    """As the version counts it. Whether it is optional says nothing of a part that counts."""
    return {name: value for name, value in asdict(part).items() if name != "is_optional"}
