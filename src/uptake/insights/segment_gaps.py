"""Segment gaps: a feature that one segment adopted and another did not."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from uptake.insights.benchmarks import FEWEST_PEERS
from uptake.insights.insight import Insight
from uptake.insights.matrix import Feature
from uptake.insights.ranks import chance_of_gap, stand_out
from uptake.insights.view import View
from uptake.insights.words import counted, percent, span, whole

SMALLEST_GAP = 0.2


@dataclass(frozen=True)
class Gap:
    """Two segments and a feature; the first adopted it more."""

    feature: Feature
    first: str
    adopted: int
    of: int
    second: str
    other_adopted: int
    other_of: int
    chance: float  # of a gap this wide without any difference

    @property
    def width(self) -> float:
        return self.adopted / self.of - self.other_adopted / self.other_of


def segment_gaps(view: View) -> list[Insight]:
    """The widest gap of each feature: 20 points or more, eight customers on either side, and no noise.

    Noise is Fisher's exact test over all features and pairs of segments looked at, at most one in twenty told being
    chance (Benjamini and Hochberg).
    """
    gaps = _gaps(view)
    told = [gap for gap, stands in zip(gaps, stand_out([gap.chance for gap in gaps]), strict=True) if stands]
    widest: dict[str, Gap] = {}
    for gap in sorted(told, key=lambda gap: (-round(gap.width, 9), gap.chance)):
        if round(gap.width, 9) >= SMALLEST_GAP:
            widest.setdefault(gap.feature.feature_id, gap)
    return [_insight(view, gap) for gap in widest.values()]


def _gaps(view: View) -> list[Gap]:
    counts = _counts(view)
    return [
        _gap(feature, one, other)
        for feature, by_segment in zip(view.features, counts, strict=True)
        for one, other in combinations(by_segment, 2)
    ]


def _counts(view: View) -> list[list[tuple[str, int, int]]]:
    """Per feature: (segment, adopted, available to), of the segments with enough customers."""
    counted_in = view.matrix.is_available & ~np.isnan(view.matrix.adopted)
    adopted = counted_in & (view.matrix.adopted == 1)
    found: list[list[tuple[str, int, int]]] = [[] for _ in view.features]
    for number, name in enumerate(view.segments.names):
        members = view.segments.members(number)
        totals = zip(adopted[members].sum(axis=0).tolist(), counted_in[members].sum(axis=0).tolist(), strict=True)
        for place, (some, of) in enumerate(totals):
            if of >= FEWEST_PEERS:
                found[place].append((name, some, of))
    return found


def _gap(feature: Feature, one: tuple[str, int, int], other: tuple[str, int, int]) -> Gap:
    if one[1] * other[2] < other[1] * one[2]:
        one, other = other, one
    return Gap(feature, *one, *other, chance=chance_of_gap(one[1], one[2], other[1], other[2]))


def _insight(view: View, gap: Gap) -> Insight:
    rate, other_rate = gap.adopted / gap.of, gap.other_adopted / gap.other_of
    chance = "under 1 of 1,000" if gap.chance < 0.001 else f"{1000 * gap.chance:.0f} of 1,000"
    return Insight(
        kind="segment_gap",
        headline=f"{gap.feature.name}: {percent(rate)} in {gap.first}, {percent(other_rate)} in {gap.second}",
        sentence=f"In {span(view.period)} {gap.adopted:,} of {counted(gap.of, 'customer')} in {gap.first} adopted "
        f"{gap.feature.name} ({percent(rate)}), {gap.other_adopted:,} of {gap.other_of:,} in {gap.second} "
        f"({percent(other_rate)}): {whole(100 * gap.width)} points apart; chance alone makes such a gap in {chance} cases.",
        evidence={
            "feature": gap.feature.name,
            "segments": [
                {"segment": gap.first, "adopted": gap.adopted, "customers": gap.of, "rate": rate},
                {"segment": gap.second, "adopted": gap.other_adopted, "customers": gap.other_of, "rate": other_rate},
            ],
            "chance": gap.chance,
        },
        feature_id=gap.feature.feature_id,
        weight=100 * gap.width * (0.5 + gap.feature.importance / 200),
    )
