"""Features whose use goes with renewal: rank correlation of use before a contract ended and how it went on."""

from dataclasses import dataclass

import numpy as np

from uptake.insights.insight import Insight
from uptake.insights.matrix import Feature
from uptake.insights.ranks import Correlation, spearman
from uptake.insights.view import Outcomes, View
from uptake.insights.words import counted, listed

FEWEST_OUTCOMES = 30
FEWEST_OF_EACH = 3  # with one churned customer every correlation is about that one
MOST_NAMED = 4


@dataclass(frozen=True)
class Relation:
    """One feature's use and renewal."""

    feature: Feature
    correlation: Correlation
    renewed: int
    churned: int

    @property
    def words(self) -> str:
        """“no relation” where the interval holds zero."""
        value = self.correlation
        numbers = f"rank correlation {_signed(value.value)}, 95% interval {_signed(value.low)} to {_signed(value.high)}"
        many = f"{value.n:,} customers: {self.renewed:,} renewed, {self.churned:,} churned"
        return f"{numbers}, {many}" if value.is_there else f"no relation ({numbers}, {many})"


def relations(view: View) -> list[Relation]:
    """Every feature with at least 30 outcomes, three of each kind, and use that varies; the strongest first."""
    outcomes = view.outcomes
    if outcomes is None:
        return []
    found = [_relation(outcomes, place, feature) for place, feature in enumerate(view.features)]
    known = [each for each in found if each is not None]
    return sorted(known, key=lambda each: (-abs(each.correlation.value), each.feature.name.casefold()))


def retention(view: View) -> list[Insight]:
    """An insight per feature that goes with renewal, and one that names those where no relation shows."""
    every = relations(view)
    related = [each for each in every if each.correlation.is_there]
    unrelated = [each for each in every if not each.correlation.is_there]
    return [
        *(_related(each, len(every)) for each in related),
        *([_unrelated(unrelated, len(every))] if unrelated else []),
    ]


def _relation(outcomes: Outcomes, place: int, feature: Feature) -> Relation | None:
    known = ~np.isnan(outcomes.use[:, place])
    renewed = outcomes.renewed[known]
    kept = int(renewed.sum())
    if len(renewed) < FEWEST_OUTCOMES or min(kept, len(renewed) - kept) < FEWEST_OF_EACH:
        return None
    correlation = spearman(outcomes.use[known, place], renewed.astype(np.float64))
    return None if correlation is None else Relation(feature, correlation, kept, len(renewed) - kept)


def _related(each: Relation, looked_at: int) -> Insight:
    name, more = each.feature.name, each.correlation.value > 0
    return Insight(
        kind="retention",
        headline=f"{name} goes with {'renewal' if more else 'leaving'}",
        sentence=f"Customers where more users used {name} in the last 90 days of their contract renewed "
        f"{'more' if more else 'less'} often: {each.words}. {_chance(looked_at)}",
        evidence={**_evidence(each), "features_looked_at": looked_at},
        feature_id=each.feature.feature_id,
        weight=100 * abs(each.correlation.value),
    )


def _chance(looked_at: int) -> str:
    """An interval of 95% misses in one of twenty; who looks at many features should know."""
    return f"Of {counted(looked_at, 'feature')} looked at, about {max(1, round(looked_at / 20)):,} would show as much by chance."


def _unrelated(unrelated: list[Relation], looked_at: int) -> Insight:
    names = [each.feature.name for each in sorted(unrelated, key=lambda each: each.feature.name.casefold())]
    most = max(each.correlation.n for each in unrelated)
    return Insight(
        kind="no_relation",
        headline=f"No relation with renewal: {listed(names, MOST_NAMED)}",
        sentence=f"Of {counted(looked_at, 'feature')} looked at, {len(names):,} "
        f"{'shows' if len(names) == 1 else 'show'} no relation with renewal: the 95% interval of the rank correlation "
        f"holds zero (up to {most:,} customers each).",
        evidence={"features": [_evidence(each) for each in unrelated], "features_looked_at": looked_at},
        weight=5.0,
    )


def _evidence(each: Relation) -> dict[str, object]:
    return {
        "feature_id": each.feature.feature_id,
        "feature": each.feature.name,
        "correlation": each.correlation.value,
        "low": each.correlation.low,
        "high": each.correlation.high,
        "n": each.correlation.n,
        "renewed": each.renewed,
        "churned": each.churned,
    }


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
