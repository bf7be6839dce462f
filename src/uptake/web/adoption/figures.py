"""The strips of figures: each with its change, its place among the peers, and its threshold in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from uptake.insights import words
from uptake.metrics.thresholds import RATIO, THRESHOLDS, Threshold
from uptake.pipeline.dashboard.view import Figure
from uptake.web.adoption.asked import Asked
from uptake.web.portfolio.telling import ordinal

STRIPS: Sequence[tuple[str, Sequence[str]]] = (
    ("How many come", ("mau", "wau", "dau", "stickiness", "activation", "power_users", "dormant")),
    (
        "How they use it",
        (
            *("active_visitors", "active_share", "login_frequency", "sessions", "session_minutes"),
            *("actions_per_session", "multi_user_sessions"),
        ),
    ),
    (
        "What they use",
        (
            *("uses", "usage_trend", "depth", "breadth", "core_breadth", "advanced_breadth", "feature_stickiness"),
            *("time_to_feature", "api_uses", "integration_features", "content_uses", "collaboration_uses"),
        ),
    ),
)
BASES = {
    "power_users": "of active",
    "dormant": "of all",
    "login_frequency": "a week",
    "time_to_feature": "days",
}
"""What a threshold is put to, where it is not the figure as it stands or its unit is worth saying."""
HOW = {">": "over", ">=": "at least", "<": "under"}
BY_TITLE = {each.title: each for each in THRESHOLDS}
SOON = next(each for each in THRESHOLDS if each.slug == "time_to_feature")


@dataclass(frozen=True)
class Stat:
    """A figure as the page shows it."""

    figure: Figure
    url: str
    way: str  # up, down, flat; empty: nothing to compare with
    news: str  # good or bad, where less is better
    place: str  # “68th percentile”
    threshold: str  # “over 70%”
    unit: str


def strips(figures: Sequence[Figure], asked: Asked) -> list[tuple[str, list[Stat]]]:
    """In three strips; a figure of no strip comes last."""
    stats = {figure.slug: _stat(figure, asked) for figure in figures}
    found = [(title, [stats.pop(slug) for slug in slugs if slug in stats]) for title, slugs in STRIPS]
    found[-1][1].extend(stats.values())
    return [(title, some) for title, some in found if some]


def _stat(figure: Figure, asked: Asked) -> Stat:
    way = _way(figure)
    bad = figure.is_more_better is False and way in ("up", "down")
    return Stat(
        figure=figure,
        url=asked.url("behind", figure.opens) if figure.opens else "",
        way=way,
        news=("bad" if way == "up" else "good") if bad else "",
        place="" if figure.percentile is None else f"{ordinal(figure.percentile)} percentile",
        threshold=_threshold(figure),
        unit="" if figure.value is None else "user" if figure.unit == "users" and figure.value == 1 else figure.unit,
    )


def threshold_of(slug: str, strips: Sequence[tuple[str, list[Stat]]]) -> str:
    """A figure's threshold in words; empty without one."""
    return next((stat.threshold for _, stats in strips for stat in stats if stat.figure.slug == slug), "")


def _way(figure: Figure) -> str:
    if figure.change is None:
        return ""
    if figure.change_shown == "stable":
        return "flat"
    return "up" if figure.change > 0 else "down"


def _threshold(figure: Figure) -> str:
    """“over 10% of active”, “not over 10% of active”; empty without one."""
    limit = BY_TITLE.get(figure.threshold) or (SOON if figure.slug == SOON.slug else None)
    if limit is None or figure.is_met is None:
        return ""
    return " ".join(_said(limit, figure))


def _said(limit: Threshold, figure: Figure) -> Iterator[str]:
    if not figure.is_met:
        yield "not"
    if limit.unit == RATIO and limit.value == 1:
        yield "all of them"
        return
    yield HOW[limit.comparison]
    yield words.percent(limit.value) if limit.unit == RATIO else words.whole(limit.value)
    if figure.slug in BASES:
        yield BASES[figure.slug]
