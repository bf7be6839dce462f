"""Health under other weights, before anybody publishes them: plain arithmetic on the parts' values that are held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from uptake.pipeline import scoring
from uptake.pipeline.health_scoring import current_model
from uptake.pipeline.state import ByState, measured_state
from uptake.scores.model import ScoreModel
from uptake.scores.models import BANDS, weights_of

Floats = npt.NDArray[np.float64]
BINS = 20  # of five points each; 100 is in the last
TOLERANCE = 1e-9  # as scores.total has it


@dataclass(frozen=True)
class WhatIf:
    """Every customer's health by the current weights and by those tried, on the newest day."""

    weights_before: Mapping[str, float]
    weights_after: Mapping[str, float]
    version_after: str
    before: Sequence[int]  # customers in each of 20 bins of 5 points
    after: Sequence[int]
    average_before: float | None  # over the customers with a score
    average_after: float | None
    scored_before: int
    scored_after: int
    moved: Sequence[
        Mapping[str, Any]
    ]  # who changes band: customer_id, customer, before, after, band_before, band_after


@dataclass(frozen=True)
class Parts:
    """Values that do not depend on weights: a row per customer, a column per component of the model."""

    ids: Sequence[int]
    names: Sequence[str]
    values: Floats  # NaN: absent
    is_old_enough: npt.NDArray[np.bool_]


def what_if(weights: Mapping[str, float]) -> WhatIf:
    """The portfolio's health with some weights replaced. Raises BadWeights. Nothing is changed.

    Holds every customer: only for who may publish weights.
    """
    now = current_model()
    tried = now.with_weights(weights)
    parts = _PARTS.get((scoring.newest_day(),), _parts)
    before, after = weigh(parts, now), weigh(parts, tried)
    return WhatIf(
        weights_before=weights_of(now),
        weights_after=weights_of(tried),
        version_after=tried.version,
        before=_histogram(before),
        after=_histogram(after),
        average_before=_average(before),
        average_after=_average(after),
        scored_before=int(np.isfinite(before).sum()),
        scored_after=int(np.isfinite(after).sum()),
        moved=_moved(parts, before, after),
    )


_PARTS: ByState[Parts] = ByState(measured_state, size=1)


def _parts() -> Parts:
    model = current_model()
    return parts_of(scoring.scores(model=model).rows, model)


def parts_of(rows: Sequence[scoring.Row], model: ScoreModel) -> Parts:
    """The values of rows as ``health_rows`` gives them; whatever their weights were."""
    values = [[row[f"{part.name}_value"] for part in model.components] for row in rows]
    return Parts(
        ids=[row["customer_id"] for row in rows],
        names=[row["customer"] for row in rows],
        values=np.asarray(values, np.float64).reshape(len(rows), len(model.components)),
        is_old_enough=np.asarray([(row["history_days"] or 0) >= model.least_history_days for row in rows], np.bool_),
    )


def weigh(parts: Parts, model: ScoreModel) -> Floats:
    """The totals, NaN where withheld: ``scores.total`` once more, step by step the same sums."""
    weights = np.asarray([part.weight for part in model.components], np.float64)
    is_there = np.isfinite(parts.values)
    present = np.zeros(len(parts.ids))
    for place, weight in enumerate(weights):
        present += np.where(is_there[:, place], weight, 0.0)
    present /= model.weight
    shown = parts.is_old_enough & (present >= model.least_present - TOLERANCE) & (present > 0)
    total = np.zeros(len(parts.ids))
    divisor = np.where(shown, present, 1.0)
    for place, weight in enumerate(weights):
        total += np.where(is_there[:, place], parts.values[:, place], 0.0) * (weight / model.weight) / divisor
    return np.where(shown, total, np.nan)


def _histogram(scores: Floats) -> list[int]:
    bins = np.minimum((scores[np.isfinite(scores)] / (100 / BINS)).astype(np.int64), BINS - 1)
    found: list[int] = np.bincount(bins, minlength=BINS).tolist()
    return found


def _average(scores: Floats) -> float | None:
    known = scores[np.isfinite(scores)]
    return float(known.mean()) if len(known) else None


def _bands(scores: Floats) -> npt.NDArray[np.int64]:
    """The place of each score's band in BANDS; after the last: none."""
    found = np.full(len(scores), len(BANDS), np.int64)
    for place, lowest in reversed(list(enumerate(BANDS.values()))):
        found[scores >= lowest] = place
    return found


def _moved(parts: Parts, before: Floats, after: Floats) -> list[dict[str, Any]]:
    """Who changes band, the largest change first; who gains or loses the score altogether comes last."""
    names = [*BANDS, None]
    was, becomes = _bands(before), _bands(after)
    changed = np.flatnonzero(was != becomes)
    size = np.nan_to_num(np.abs(after - before)[changed], nan=-1.0)
    return [
        {
            "customer_id": parts.ids[place],
            "customer": parts.names[place],
            "before": _or_none(before[place]),
            "after": _or_none(after[place]),
            "band_before": names[was[place]],
            "band_after": names[becomes[place]],
        }
        for place in changed[np.argsort(-size, kind="stable")].tolist()
    ]


def _or_none(score: float) -> float | None:
    return float(score) if np.isfinite(score) else None
