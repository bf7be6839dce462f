"""All that the detectors and rules look at, as plain values. ``pipeline.insight_view`` makes it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from uptake.insights.benchmarks import Middle, Segments
from uptake.insights.matrix import Bools, Feature, Floats, Matrix
from uptake.insights.money import places
from uptake.kit.days import Period
from uptake.scores.model import ScoreModel
from uptake.scores.models import PORTFOLIO

Row = Mapping[str, Any]

ADOPTED_REACH = 0.1  # docs/definitions.md: unused feature
BEHIND_PEERS = 0.2
FEWEST_TO_COMPARE = 4  # a median of two or three says nothing about anybody

SAME_FOR_ALL = ("place", "segments", "available_reach", "own_reach", "peer_reach", "reach_gap", "unused", "stake")
"""What a view works out for the whole workspace, whoever looks."""


@dataclass(frozen=True)
class Presence:
    """A customer's users ever seen, and how much of the use one of them makes."""

    known_users: int
    quiet_users: int  # not there in the last 30 days
    uses: int  # in the period, of users who are named
    top_uses: int
    active_users: int


@dataclass(frozen=True)
class Champion:
    """A stakeholder marked champion who is known among the users."""

    customer_id: int
    name: str | None  # None: the reader may not see people
    role: str | None
    last_on: date


@dataclass(frozen=True)
class Outcomes:
    """How contracts that ended went, beside the use before: one row per customer with an outcome.

    ``use`` is customers × features: reach over the last 90 days of that contract, 0 where nobody was active, nan where
    the feature was not available or nothing was measured.
    """

    renewed: Bools
    use: Floats


@dataclass(frozen=True)
class View:
    """The workspace on one day, and which customers the reader may see.

    Medians, percentiles and shares are of the whole workspace, so that they are the same whoever looks; only customers
    in ``seen`` are ever named.
    """

    as_of: date
    period: Period
    rows: Sequence[Row]  # of the portfolio score: scoring.Scores.rows, with arr, currency, renews_on
    features: Sequence[Feature]
    matrix: Matrix  # in the order of rows and features
    seen: frozenset[int]
    presence: Mapping[int, Presence] = field(default_factory=dict)  # customers whose usage says who
    top_users: Mapping[int, str] = field(default_factory=dict)  # empty: the reader may not see people
    champions: Sequence[Champion] = ()
    outcomes: Outcomes | None = None
    before: Mapping[int, Row] = field(default_factory=dict)  # the same rows one period earlier
    training: Mapping[str, Sequence[str]] = field(default_factory=dict)  # feature_id -> titles
    model: ScoreModel = PORTFOLIO

    def __post_init__(self) -> None:
        ids = [row["customer_id"] for row in self.rows]
        if self.matrix.customer_ids.tolist() != ids or len(self.features) != len(self.matrix.feature_ids):
            raise ValueError("The matrix must be in the order of the rows and features.")

    def seen_by(self, seen: Collection[int], *, with_people: bool) -> "View":
        """The same for a reader: only these customers, and without ``with_people`` nobody's name. Little is copied."""
        view = replace(self, seen=frozenset(seen))
        if not with_people:
            champions = [replace(each, name=None, role=None) for each in self.champions]
            view = replace(view, champions=champions, top_users={})
        view.__dict__.update({name: getattr(self, name) for name in SAME_FOR_ALL})
        return view

    def shown(self) -> Iterator[tuple[int, Row]]:
        """Place and row of every customer that may be named."""
        return ((place, row) for place, row in enumerate(self.rows) if row["customer_id"] in self.seen)

    @cached_property
    def place(self) -> Mapping[int, int]:
        """customer_id -> place in rows."""
        return {row["customer_id"]: place for place, row in enumerate(self.rows)}

    @cached_property
    def segments(self) -> Segments:
        return Segments.of(self.rows)

    @cached_property
    def available_reach(self) -> Floats:
        """Reach where the feature is available; nan elsewhere."""
        found: Floats = np.where(self.matrix.is_available, self.matrix.reach, np.nan)
        return found

    @cached_property
    def peer_reach(self) -> Middle:
        """The peers' median reach of each feature."""
        return Middle.of(self.segments, self.available_reach)

    @cached_property
    def reach_gap(self) -> Floats:
        """How far a feature lies behind the peers' median, 0–1; negative: ahead."""
        found: Floats = self.peer_reach.of_peers - self.own_reach
        return found

    @cached_property
    def own_reach(self) -> Floats:
        """``available_reach``, 0 where nobody was active."""
        is_silent = self.matrix.is_available & np.isnan(self.matrix.reach) & (self.matrix.adopted == 0)
        found: Floats = np.where(is_silent, 0.0, self.available_reach)
        return found

    @cached_property
    def unused(self) -> Bools:
        """The unused features of docs/definitions.md: available, under 10%, peers at least 20 points above."""
        behind = np.round(self.reach_gap, 9) >= BEHIND_PEERS
        few = self.own_reach < ADOPTED_REACH
        found: Bools = behind & few & (self.peer_reach.peers >= FEWEST_TO_COMPARE)
        return found

    def unused_of(self, place: int) -> list[int]:
        """A customer's unused features by place, the most worth winning first: gap × importance."""
        places = np.flatnonzero(self.unused[place]).tolist()
        return sorted(places, key=lambda feature: (-self.pull(place, feature), self.features[feature].name.casefold()))

    def pull(self, place: int, feature: int) -> float:
        """Gap × importance, 0–1."""
        return float(self.reach_gap[place, feature]) * self.features[feature].importance / 100

    @cached_property
    def stake(self) -> Floats:
        """0.5–1 by each customer's ARR among those of its currency; half-way where none is known."""
        amounts = np.array([float("nan") if row["arr"] is None else float(row["arr"]) for row in self.rows])
        ranks = places(amounts, [row["currency"] for row in self.rows])
        found: Floats = 0.5 + 0.5 * np.where(np.isnan(ranks), 0.5, ranks)
        return found

    def weight(self, customer_id: int, severity: float) -> float:
        """0–100: how bad or good it is (0–1), times what is at stake."""
        return 100 * max(0.0, min(1.0, severity)) * float(self.stake[self.place[customer_id]])
