"""Why a score is where it is, in about six words."""

from collections.abc import Mapping
from typing import Any

from uptake.scores.model import Component, ScoreModel

PHRASES: dict[str, tuple[tuple[float, str], ...]] = {
    "breadth": ((75, "most features"), (40, "some features"), (0, "few features")),
    "depth": ((75, "heavy use"), (40, "steady use"), (0, "light use")),
    "recency": ((80, "recent"), (50, "quieter lately"), (0, "long quiet")),
    "stickiness": ((80, "daily habit"), (40, "regular visits"), (0, "rare visits")),
    "active_share": ((75, "most users active"), (40, "some users active"), (0, "few users active")),
    "actions_per_session": ((75, "busy sessions"), (40, "steady sessions"), (0, "light sessions")),
    "usage_trend": ((85, "growing"), (57, "stable"), (0, "falling")),
    "utilization": ((75, "plan well used"), (40, "plan partly used"), (0, "plan hardly used")),
}
"""From which value of a component on which words hold, by metric."""

SHOWN = 3
OPENING = ("breadth", "depth")  # what and how much come first, then what weighs most of the rest
EXCELLENT = 80


def why(row: Mapping[str, Any], model: ScoreModel) -> str:
    """“few features, light use, recent”, from a row of ``adoption_scores``; why it is withheld where it is.

    The same row always gives the same words. Of the parts beyond breadth and depth the one is named that costs the
    score most, or, for an excellent score, that brings it most.
    """
    if row["score"] is None:
        return str(row["reason"])
    present = [part for part in model.components if part.metric in PHRASES and row[f"{part.name}_value"] is not None]
    if all(row[f"{part.name}_value"] == 0 for part in model.components if row[f"{part.name}_value"] is not None):
        return "no use in this period"
    if row.get("active_visitors") == 0 and row.get("features_used") == 0:
        return "no use in this period"
    opening = [part for part in present if part.metric in OPENING]
    others = [part for part in present if part.metric not in OPENING]
    others.sort(key=lambda part: _weight_of(row, part), reverse=True)
    return ", ".join(_phrase(row, part) for part in [*opening, *others][:SHOWN])


def _weight_of(row: Mapping[str, Any], part: Component) -> float:
    """Points gained by an excellent score, points lost by any other."""
    value = float(row[f"{part.name}_value"])
    return part.weight * (value if row["score"] >= EXCELLENT else 100 - value)


def _phrase(row: Mapping[str, Any], part: Component) -> str:
    value = row[f"{part.name}_value"]
    return next(words for lowest, words in PHRASES[part.metric] if value >= lowest)
