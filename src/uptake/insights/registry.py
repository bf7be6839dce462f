"""Everything that can be noticed. A new detector is a module of its own and a line here."""

from collections.abc import Callable, Sequence

from uptake.insights.at_risk import at_risk
from uptake.insights.champions import champion_quiet
from uptake.insights.concentration import concentration
from uptake.insights.insight import Insight, Recommendation
from uptake.insights.movers import movers
from uptake.insights.recommendations import recommendations
from uptake.insights.retention import retention
from uptake.insights.segment_gaps import segment_gaps
from uptake.insights.underused import underused
from uptake.insights.view import View

__all__ = ["DETECTORS", "Insight", "Recommendation", "insights", "leading", "recommendations"]

DETECTORS: Sequence[Callable[[View], list[Insight]]] = [
    at_risk,
    champion_quiet,
    movers,
    concentration,
    underused,
    retention,
    segment_gaps,
]


def insights(view: View) -> list[Insight]:
    """Everything that is worth telling, most important first; always in the same order."""
    found = [insight for detect in DETECTORS for insight in detect(view)]
    return sorted(found, key=lambda each: (-round(each.weight, 9), each.kind, each.headline.casefold(), each.headline))


def leading(found: Sequence[Insight], most: int = 6) -> list[Insight]:
    """A few of different kinds: the first of each kind, then the second of each, as far as there is room."""
    seen: dict[str, int] = {}
    rounds = []
    for place, each in enumerate(found):
        seen[each.kind] = seen.get(each.kind, 0) + 1
        rounds.append((seen[each.kind], place))
    return [found[place] for _, place in sorted(rounds)[:most]]
