"""What an insight is: a sentence with its evidence, and how much it matters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Insight:
    """Something worth knowing about a customer, a feature, or the portfolio. The evidence holds the sentence's numbers."""

    kind: str  # underused, retention, no_relation, segment_gap, at_risk, champion_quiet, mover, concentration
    headline: str
    sentence: str
    evidence: Mapping[str, Any] = field(default_factory=dict)  # plain values, fit for JSON but for dates
    customer_id: int | None = None
    feature_id: str | None = None
    weight: float = 0.0  # 0–100: severity × what is at stake


@dataclass(frozen=True)
class Recommendation:
    """Something to do for one customer, most valuable first."""

    rule: str
    customer_id: int
    customer: str
    title: str
    why: str
    steps: tuple[str, ...]
    priority: str  # critical, high, medium, low
    due_days: int  # working days
    feature_id: str | None
    people: tuple[str, ...]  # names, only for readers who may see them
    value: float  # expected, in ``currency``; 0 where no ARR is known
    value_words: str
    channel: str  # task, email, training
    gap: float = 0.0  # points to go
    currency: str | None = None  # of the ARR; None where none is known
    title_without_people: str = ""  # for readers who may not see them
