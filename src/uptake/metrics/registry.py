"""Every metric, in the order of docs/definitions.md, which has a heading for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from uptake.metrics import activity, breadth, depth, presence, reach, status


@dataclass(frozen=True)
class Metric:
    """One row of the registry. The function bears the slug as its name; its docstring says what it takes and gives."""

    slug: str
    title: str
    unit: str
    direction: Literal["more", "less", "neither"]  # which is better
    absent: str  # when it is none, in words for pages
    function: Callable[..., ir.Table]


NOBODY_NAMED = "no usage yet, or usage that does not say who"
NO_USAGE = "no usage yet"
UNDATED = "no usage yet, or only month's totals, which do not say on which day"

METRICS = [
    Metric("active_visitors", "Active users", "people", "more", NOBODY_NAMED, activity.active_visitors),
    Metric("dau", "Daily active users", "people", "more", NOBODY_NAMED, presence.dau),
    Metric("wau", "Weekly active users", "people", "more", NOBODY_NAMED, activity.wau),
    Metric("mau", "Monthly active users", "people", "more", NOBODY_NAMED, activity.mau),
    Metric("stickiness", "Stickiness", "ratio 0–1", "more", NOBODY_NAMED, presence.stickiness),
    Metric(
        "calendar_stickiness",
        "Stickiness over calendar days",
        "ratio 0–1",
        "more",
        NOBODY_NAMED,
        presence.calendar_stickiness,
    ),
    Metric("known_visitors", "Known users", "people", "more", NOBODY_NAMED, activity.known_visitors),
    Metric("licensed_seats", "Licensed seats", "people", "neither", "no seats, or unlimited", activity.licensed_seats),
    Metric("activation", "Activation", "ratio 0–1", "more", NOBODY_NAMED, activity.activation),
    Metric("active_share", "Active share", "ratio 0–1", "more", NOBODY_NAMED, activity.active_share),
    Metric("power_users", "Power users", "people", "more", NOBODY_NAMED, activity.power_users),
    Metric("visitor_status", "User status", "people", "neither", NOBODY_NAMED, status.visitor_status),
    Metric("usage_trend", "Usage trend", "ratio", "more", "under two periods of usage", activity.usage_trend),
    Metric("depth", "Depth", "uses per week", "more", NOBODY_NAMED, depth.depth),
    Metric("recency", "Recency", "ratio 0–1", "less", UNDATED, presence.recency),
    Metric("available_features", "Available features", "features", "neither", NO_USAGE, breadth.available_features),
    Metric("breadth", "Breadth", "ratio 0–1", "more", "no usage yet, or no feature available", breadth.breadth),
    Metric("reach", "Feature reach", "ratio 0–1", "more", NOBODY_NAMED, reach.reach),
    Metric("adoption_rate", "Adoption rate", "ratio 0–1", "more", "available to no customer", reach.adoption_rate),
    Metric("feature_stickiness", "Feature stickiness", "ratio 0–1", "more", NOBODY_NAMED, reach.feature_stickiness),
    Metric("time_to_feature", "Time to feature", "days", "less", "never used", reach.time_to_feature),
]
