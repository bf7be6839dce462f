"""The figures of the page: each with its value, change, place among the peers, threshold, and the list behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

from uptake.insights import words
from uptake.metrics.thresholds import THRESHOLD
from uptake.pipeline.dashboard.peers import Among
from uptake.pipeline.dashboard.showing import COUNT, DAYS, SHARE, USES, change_shown, shown
from uptake.pipeline.dashboard.specs import NO_USAGE, SPECS, Spec
from uptake.pipeline.dashboard.view import FeatureLine, Figure
from uptake.pipeline.dashboard.worked import Row, Worked


def figures(found: Worked, peers: Among, lines: Sequence[FeatureLine]) -> list[Figure]:
    """Every figure that is worked out of this customer, in the order of the page.

    None is met or missed where usage has not come: it may be red for want of data alone.
    """
    made = [_figure(spec, found.now, found.before, peers) for spec in SPECS if spec.column in found.now]
    made += of_features(found, peers, lines)
    return [replace(figure, is_met=None) for figure in made] if found.late else made


def _figure(spec: Spec, now: Row, before: Row | None, peers: Among) -> Figure:
    value = now[spec.column]
    previous = before[spec.column] if before is not None and value is not None else None
    change = value - previous if value is not None and previous is not None else None
    limit = THRESHOLD.get(spec.limit)
    known = value is not None
    middle = peers.median(spec.column)
    return Figure(
        slug=spec.slug,
        title=spec.title,
        unit=spec.kind.unit,
        value=value,
        shown=shown(value, spec.kind),
        previous=previous,
        change=change,
        change_shown=change_shown(change, spec.kind),
        is_more_better=spec.is_more_better,
        peers_median=middle,
        peers_shown=shown(middle, spec.kind),
        percentile=peers.percentile(spec.column, value) if known else None,
        threshold=limit.title if limit else "",
        threshold_value=limit.value if limit else None,
        is_met=limit.is_met(value if spec.measured is None else spec.measured(now)) if limit and known else None,
        opens=spec.opens if known else "",
        count=(value if spec.how == "count" else spec.count(now)) if known else None,
        how=spec.how,
        of=spec.of(now) if known else None,
        basis=spec.basis(now) if known else "",
        absent="" if known else spec.absent,
    )


def of_features(found: Worked, peers: Among, lines: Sequence[FeatureLine]) -> list[Figure]:
    """Figures that are counted over features by what the catalogue says of them."""
    made = [*(_of_category(lines, category) for category in CATEGORY_TITLES), _time_to_feature(lines)]
    made += [_of_tag(found, peers, lines, tag, title) for tag, title in TITLES_OF_TAGS.items()]
    return [figure for figure in made if figure is not None]


CATEGORY_TITLES = {"core": "Core features used", "advanced": "Advanced features used"}
TITLES_OF_TAGS: Mapping[str, str] = {
    "api": "API usage",
    "integration": "Integrations",
    "content": "Content created",
    "collaboration": "Collaboration",
}


def _of_category(lines: Sequence[FeatureLine], category: str) -> Figure | None:
    """Available features of a category that were used; None where the catalogue has no such features."""
    available = [line for line in lines if line.category == category and line.is_available]
    if not available:
        return None
    limit = THRESHOLD[f"{category}_breadth"]
    uses = [line.uses for line in available]
    known = all(each is not None for each in uses)
    used = sum(1 for each in uses if each)
    value = used / len(available) if known else None
    return Figure(
        slug=f"{category}_breadth",
        title=CATEGORY_TITLES[category],
        unit=SHARE.unit,
        value=value,
        shown=shown(value, SHARE),
        is_more_better=True,
        threshold=limit.title,
        threshold_value=limit.value,
        is_met=limit.is_met(value),
        opens=f"category:{category}" if known else "",
        count=used if known else None,
        how="share",
        of=len(available),
        basis=f"{used} of {words.counted(len(available), 'feature')}" if known else "",
        absent="" if known else NO_USAGE,
    )


def _of_tag(found: Worked, peers: Among, lines: Sequence[FeatureLine], tag: str, title: str) -> Figure | None:
    """Uses of the features with a tag, for integrations how many are used; None where the catalogue has none."""
    tagged = [line for line in lines if tag in line.tags]
    if not tagged:
        return None
    is_count = tag == "integration"
    kind, limit = (COUNT, THRESHOLD["integrations"]) if is_count else (USES, None)
    known = found.now["uses"] is not None
    amounts = [bool(line.uses) if is_count else line.uses or 0 for line in tagged]
    value = sum(amounts) if known else None
    before = [line.previous_uses for line in tagged]
    previous = None
    if value is not None and found.before is not None and found.before["uses"] is not None:
        previous = sum(bool(each) if is_count else each or 0 for each in before)
    theirs = peers.of_features({line.feature_id for line in tagged}, count=is_count)
    middle = peers.median_of(theirs)
    change = None if value is None or previous is None else value - previous
    return Figure(
        slug=f"{tag}_features" if is_count else f"{tag}_uses",
        title=title,
        unit=kind.unit,
        value=value,
        shown=shown(value, kind),
        previous=previous,
        change=change,
        change_shown=change_shown(change, kind),
        is_more_better=True,
        peers_median=middle,
        peers_shown=shown(middle, kind),
        percentile=None if value is None else peers.percentile_of(theirs, value),
        threshold=limit.title if limit else "",
        threshold_value=limit.value if limit else None,
        is_met=limit.is_met(value) if limit else None,
        opens=f"tag:{tag}" if known else "",
        count=sum(1 for line in tagged if line.uses) if known else None,
        how="count" if is_count else "sum",
        basis=words.listed([line.feature for line in tagged]),
        absent="" if known else NO_USAGE,
    )


def _time_to_feature(lines: Sequence[FeatureLine]) -> Figure:
    took = [line.time_to_feature for line in lines if line.time_to_feature is not None]
    value = float(median(took)) if took else None
    return Figure(
        slug="time_to_feature",
        title="Time to a feature",
        unit=DAYS.unit,
        value=value,
        shown=shown(value, DAYS),
        is_more_better=False,
        is_met=None if value is None else value < 14,
        opens="first_uses" if took else "",
        count=len(took) if took else None,
        how="median",
        basis="median over the features used so far",
        absent="" if took else "no feature used yet, or the day of the first use is not known",
    )
