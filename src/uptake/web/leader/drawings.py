"""The page's charts, each made of the view's own values and titled with what it shows."""

from typing import Any

import numpy as np

from uptake.charts.registry import BY_NAME, Drawn
from uptake.charts.words import Caption
from uptake.pipeline.leader.view import View


def ridges(view: View, finding: str) -> Drawn | None:
    """The spread of the scores on each day; nothing without a score."""
    days = [{"day": day, "scores": _known(view.spread.scores[:, place])} for place, day in enumerate(view.spread.days)]
    if not days:
        return None
    every = "week" if view.every == 7 else "four weeks"
    unit = f"Customers by {view.found.model.title.lower()} score, 0–100, every {every}"
    return BY_NAME["distribution_over_time"].drawn(days, caption=Caption(finding, unit))


def _known(scores: Any) -> list[float]:
    found: list[float] = scores[~np.isnan(scores)].tolist()
    return found
