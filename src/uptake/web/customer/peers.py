"""What is usual among a customer's peers: medians of the score, its parts and its weeks. Aggregates only, no names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.feature_use import FeatureUse
from uptake.pipeline.portfolio import FEWEST_PEERS
from uptake.pipeline.published import published
from uptake.pipeline.state import ByState, usage_state
from uptake.scores.models import PORTFOLIO

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Peers:
    """The customers of the same segment that have a score; all of them where they are under eight."""

    ids: frozenset[int]
    score: float | None  # medians from here on
    values: Mapping[str, float | None]  # part -> 0–100
    weeks: Sequence[float | None]


def peers_of(segment: str | None, *, day: date, period: Period) -> Peers:
    """Worked out once per state, day, period and segment."""
    return _PEERS.get((day, period, segment), lambda: _peers(segment, day, period))


_PEERS: ByState[Peers] = ByState(usage_state, size=16)


def _peers(segment: str | None, day: date, period: Period) -> Peers:
    known = published()
    scored = scoring.scores(as_of=day, period=period, model=PORTFOLIO, known=known).scored
    among = [row for row in scored if segment and row["segment"] == segment]
    if len(among) < FEWEST_PEERS:
        among = scored
    weeks = scoring.weeks(known, as_of=day, period=period, model=PORTFOLIO)
    empty: list[float | None] = [None] * scoring.WEEKS
    theirs = [weeks.get(row["customer_id"], empty) for row in among]
    return Peers(
        ids=frozenset(row["customer_id"] for row in among),
        score=_median([row["score"] for row in among]),
        values={part.name: _median([row[f"{part.name}_value"] for row in among]) for part in PORTFOLIO.components},
        weeks=[_median(week) for week in zip(*theirs, strict=True)] if theirs else empty,
    )


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def reach_of(use: FeatureUse, ids: frozenset[int]) -> dict[str, float]:
    """feature_id -> the median reach among these customers, of those that have the feature."""
    table = use.table
    chosen = pc.and_(pc.is_in(table["customer_id"], value_set=pa.array(ids, pa.int64())), table["is_available"])
    theirs = table.filter(pc.and_(chosen, pc.is_valid(table["reach"]))).select(["feature_id", "reach"])
    if not len(theirs):
        return {}
    names = theirs["feature_id"].combine_chunks().dictionary_encode()
    places: npt.NDArray[np.int64] = names.indices.to_numpy().astype(np.int64)
    reach = theirs["reach"].to_numpy()
    order = np.argsort(places, kind="stable")
    groups = np.split(reach[order], np.unique(places[order], return_index=True)[1][1:])
    return {name: float(np.median(group)) for name, group in zip(names.dictionary.to_pylist(), groups, strict=True)}
