"""From where on a figure of one customer is well: the health thresholds of docs/definitions.md, section 1, as data."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Comparison = Literal[">", ">=", "<"]
_COMPARE: Mapping[Comparison, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Threshold:
    """One of them. ``slug`` names the figure that is compared, ``metric`` the metric in the registry it comes from."""

    slug: str
    metric: str
    comparison: Comparison
    value: float
    title: str
    unit: str  # of the value

    def is_met(self, value: float | None) -> bool | None:
        """None where nothing was measured."""
        return None if value is None else _COMPARE[self.comparison](value, self.value)


RATIO = "ratio 0–1"
THRESHOLDS = (
    Threshold("mau_share", "mau", ">", 0.70, "monthly active users above 70% of the licensed seats", RATIO),
    Threshold("activation", "activation", ">", 0.95, "activation above 95%", RATIO),
    Threshold("power_share", "power_users", ">", 0.10, "power users above 10% of the active users", RATIO),
    Threshold("dormant_share", "visitor_status", "<", 0.10, "dormant under 10% of the known users", RATIO),
    Threshold("login_frequency", "login_frequency", ">", 3, "more than 3 log-ins a week and user", "per week"),
    Threshold("breadth", "breadth", ">", 0.50, "more than half of the available features used", RATIO),
    Threshold("core_breadth", "category_breadth", ">=", 1.0, "all available core features used", RATIO),
    Threshold("advanced_breadth", "category_breadth", ">", 0.30, "more than 30% of the advanced features used", RATIO),
    Threshold("feature_stickiness", "feature_stickiness", ">", 0.60, "feature stickiness above 60%", RATIO),
    Threshold("time_to_feature", "time_to_feature", "<", 14, "the middle feature first used within 14 days", "days"),
    Threshold("actions_per_session", "actions_per_session", ">", 15, "more than 15 uses a session", "uses per session"),
    Threshold("integrations", "tagged_uses", ">", 2, "more than 2 integrations used", "features"),
    Threshold("multi_user_sessions", "multi_user_sessions", ">", 0.20, "more than 20% of sessions shared", RATIO),
)
THRESHOLD = {each.slug: each for each in THRESHOLDS}
