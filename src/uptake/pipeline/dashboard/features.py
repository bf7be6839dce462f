"""The customer's features: the matrix, how far its users get from core to power, and what lies idle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from uptake.customers.models import Feature as CatalogueFeature
from uptake.customers.models import TrainingResource
from uptake.insights import words
from uptake.insights.view import ADOPTED_REACH, BEHIND_PEERS, FEWEST_TO_COMPARE
from uptake.pipeline.dashboard.facts import WEEKS
from uptake.pipeline.dashboard.peers import Among
from uptake.pipeline.dashboard.view import FeatureLine, Features, Funnel, FunnelStep, Resource
from uptake.pipeline.dashboard.worked import Row, Worked
from uptake.pipeline.state import ByState, state

FLAT = 0.1  # a change of uses by less is none
CATEGORIES = {"core": "Core", "advanced": "Advanced", "power": "Power"}


@dataclass(frozen=True)
class Entry:
    """A feature as the catalogue has it."""

    name: str
    category: str
    importance: int
    value_sentence: str
    tags: Sequence[str]
    minutes_saved: float | None
    resources: Sequence[Resource]


Catalogue = Mapping[str, Entry]
"""feature_id -> what the catalogue says."""


def catalogue() -> Catalogue:
    """Every feature somebody defined. Read once per state."""
    return _CATALOGUE.get(None, _catalogue)


_CATALOGUE: ByState[Catalogue] = ByState(state, size=1)


def _catalogue() -> dict[str, Entry]:
    resources: dict[int, list[Resource]] = {}
    for each in TrainingResource.objects.order_by("title", "pk"):
        resources.setdefault(each.feature_id, []).append(
            Resource(each.title, each.url, each.kind, each.pk, each.minutes)
        )
    return {
        each.key: Entry(
            name=each.name,
            category=each.category,
            importance=each.importance,
            value_sentence=each.value_sentence,
            tags=tuple(filter(None, each.tags.split(","))),
            minutes_saved=None if each.minutes_saved is None else float(each.minutes_saved),
            resources=resources.get(each.pk, []),
        )
        for each in CatalogueFeature.objects.all()
    }


def feature_lines(found: Worked, peers: Among, known: Catalogue) -> list[FeatureLine]:
    """Every feature that is available or was used, the most used first."""
    names = found.known.feature_names()
    middles, counts = peers.reach()
    weeks = found.days.feature_weeks()
    levels = found.board.levels if found.board else {}
    lines = [_line(found, feature_id, names, known, middles, counts, weeks, levels) for feature_id in found.cells_now]
    return sorted(lines, key=lambda each: (-(each.uses or 0), not each.is_available, each.feature.casefold()))


def _line(
    found: Worked,
    feature_id: str,
    names: Mapping[str, str],
    known: Catalogue,
    middles: Mapping[str, float],
    counts: Mapping[str, int],
    weeks: Mapping[str, Sequence[int]],
    levels: Mapping[str, str],
) -> FeatureLine:
    cell, before = found.cells_now[feature_id], found.cells_before.get(feature_id)
    previous = _uses_before(found, before)
    entry = known.get(feature_id) or Entry(names.get(feature_id, feature_id), "", 50, "", (), None, ())
    users, returning = cell["users"], cell["returning_users"]
    first = found.now["first_ever_on"]
    middle = middles.get(feature_id)
    return FeatureLine(
        feature_id=feature_id,
        feature=entry.name,
        category=entry.category,
        importance=entry.importance,
        tags=entry.tags,
        is_available=cell["is_available"],
        is_adopted=cell["is_adopted"],
        reach=cell["reach"],
        users=users,
        uses=cell["uses"],
        returning_users=returning,
        previous_reach=before["reach"] if before and found.before else None,
        previous_uses=previous,
        peers_median_reach=middle,
        time_to_feature=cell["time_to_feature"],
        first_used_on=cell["first_used_on"],
        weeks=[] if first is None else weeks.get(feature_id, [0] * WEEKS),
        is_unused=_is_unused(cell, middle, counts.get(feature_id, 0)),
        is_sticky=None if not users or _is_of_months(found) else returning * 2 >= users,
        trend=_trend(cell, previous),
        level=levels.get(feature_id),
        value_sentence=entry.value_sentence,
        resources=entry.resources,
        opens=f"feature:{feature_id}",
    )


def _is_of_months(found: Worked) -> bool:
    """Whether a month's total reaches into the period: it does not say who came back on another day."""
    return found.first_day is not None and found.days.month_reaches(found.first_day, found.as_of)


def _is_unused(cell: Row, middle: float | None, count: int) -> bool:
    """docs/definitions.md: available, under 10%, the peers' median at least 20 points above.

    Where nobody was active the own reach counts as 0; ``is_adopted`` is None where no usage says who.
    """
    if not cell["is_available"] or cell["is_adopted"] is None or middle is None or count < FEWEST_TO_COMPARE:
        return False
    reach: float = cell["reach"] or 0.0
    return reach < ADOPTED_REACH and round(middle - reach, 9) >= BEHIND_PEERS


def _uses_before(found: Worked, before: Row | None) -> int | None:
    """Uses in the previous period; 0 for a feature that nobody had used by then. None without two periods of history."""
    if found.before is None:
        return None
    uses: int | None = before["uses"] if before else None if found.before["uses"] is None else 0
    return uses


def _trend(cell: Row, then: int | None) -> Literal["up", "down", "flat", "new", "none"]:
    now = cell["uses"]
    if now is None or then is None:
        return "none"
    if then == 0:
        return "new" if now else "none"
    change = (now - then) / then
    return "flat" if abs(change) < FLAT else "up" if change > 0 else "down"


def features_tile(found: Worked, lines: Sequence[FeatureLine]) -> Features | None:
    """None without a feature."""
    if not lines:
        return None
    available = [line for line in lines if line.is_available]
    used = [line for line in available if line.uses]
    adopted = [line for line in available if line.is_adopted]
    unused = sorted((line for line in lines if line.is_unused), key=lambda line: (-_pull(line), line.feature))
    took = [line.time_to_feature for line in lines if line.time_to_feature is not None]
    return Features(
        lines=lines,
        used=len(used),
        available=len(available),
        adopted=len(adopted),
        unused=unused,
        median_time_to_feature=float(median(took)) if took else None,
        sentence=(
            f"Of {words.counted(len(available), 'feature')} available, {words.whole(len(used))} "
            f"{'was' if len(used) == 1 else 'were'} used in {words.span(found.asked.period)} "
            f"and {words.whole(len(adopted))} adopted (reach 10% and over)."
        ),
    )


def _pull(line: FeatureLine) -> float:
    """What is most worth winning: gap × importance."""
    return ((line.peers_median_reach or 0.0) - (line.reach or 0.0)) * line.importance / 100


def funnel(found: Worked) -> Funnel | None:
    """None where nobody who is named was there, or no feature has a category."""
    users = found.today
    active = int(users.is_there.sum())
    flags = {category: users.flag(f"uses_{category}") & users.is_there for category in CATEGORIES}
    if not active or not any(flag.any() for flag in flags.values()):
        return None
    steps = [
        FunnelStep(
            category, title, int(flags[category].sum()), int(flags[category].sum()) / active, f"funnel:{category}"
        )
        for category, title in CATEGORIES.items()
    ]
    told = ", ".join(f"{words.percent(step.share or 0)} {step.title.lower()} features" for step in steps)
    return Funnel(steps, active, f"Of {words.counted(active, 'active user')}, {told}.")
