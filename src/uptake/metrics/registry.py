"""Every metric, in the order of docs/definitions.md, which has a heading for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

from uptake.metrics import (
    activity,
    breadth,
    catalogue,
    cohorts,
    concentration,
    depth,
    entitlements,
    journeys,
    lifecycle,
    logins,
    presence,
    reach,
    rhythm,
    sessions,
    status,
    unused,
)


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
NO_SESSIONS = "no usage yet, or usage that cannot be put into sessions"
NO_LIMIT = "no limited entitlement whose use is measured"
NOTHING_USED = "nothing used by somebody named"

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
    Metric("login_frequency", "Log-in frequency", "per week", "more", NOBODY_NAMED, logins.login_frequency),
    Metric("session", "Sessions", "sessions", "more", NO_SESSIONS, sessions.session),
    Metric("session_minutes", "Session length", "minutes", "more", NO_SESSIONS, sessions.session_minutes),
    Metric(
        "actions_per_session",
        "Actions per session",
        "uses per session",
        "more",
        NO_SESSIONS,
        sessions.actions_per_session,
    ),
    Metric(
        "multi_user_sessions", "Multi-user sessions", "ratio 0–1", "more", NO_SESSIONS, sessions.multi_user_sessions
    ),
    Metric("usage_trend", "Usage trend", "ratio", "more", "under two periods of usage", activity.usage_trend),
    Metric(
        "lifecycle",
        "New, returning, resurrected, dormant",
        "people",
        "neither",
        "no usage yet, or usage that does not say who, or on which day",
        lifecycle.lifecycle,
    ),
    Metric("depth", "Depth", "uses per week", "more", NOBODY_NAMED, depth.depth),
    Metric("recency", "Recency", "ratio 0–1", "less", UNDATED, presence.recency),
    Metric("uses_by_hour", "Uses by weekday and hour", "uses", "neither", "no use at that hour", rhythm.uses_by_hour),
    Metric("cohorts", "Cohorts", "ratio 0–1", "more", "no usage that says who", cohorts.cohorts),
    Metric("concentration", "Concentration", "ratio 0–1", "less", "no use that says who", concentration.concentration),
    Metric(
        "entitlement_use",
        "Use of entitlements",
        "ratio",
        "neither",
        "unlimited, or not measured",
        entitlements.entitlement_use,
    ),
    Metric("utilization", "Entitlement utilisation", "ratio 0–1", "more", NO_LIMIT, entitlements.utilization),
    Metric("available_features", "Available features", "features", "neither", NO_USAGE, breadth.available_features),
    Metric("breadth", "Breadth", "ratio 0–1", "more", "no usage yet, or no feature available", breadth.breadth),
    Metric(
        "category_breadth",
        "Breadth by category",
        "ratio 0–1",
        "more",
        "no usage yet, or no feature of the category available",
        catalogue.category_breadth,
    ),
    Metric("feature_funnel", "Feature funnel", "people", "more", NOBODY_NAMED, catalogue.feature_funnel),
    Metric(
        "tagged_uses", "Uses by tag", "uses", "more", "no usage yet, or no feature with the tag", catalogue.tagged_uses
    ),
    Metric("reach", "Feature reach", "ratio 0–1", "more", NOBODY_NAMED, reach.reach),
    Metric("adoption_rate", "Adoption rate", "ratio 0–1", "more", "available to no customer", reach.adoption_rate),
    Metric("feature_stickiness", "Feature stickiness", "ratio 0–1", "more", NOBODY_NAMED, reach.feature_stickiness),
    Metric("time_to_feature", "Time to feature", "days", "less", "never used", reach.time_to_feature),
    Metric("unused_features", "Unused features", "features", "less", "reach not known", unused.unused_features),
    Metric("journey", "Journey", "place in the order", "neither", NOTHING_USED, journeys.journey),
    Metric("milestones", "Milestones", "day", "neither", "not happened, or the day is not known", journeys.milestones),
]
