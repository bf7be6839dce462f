"""Who moved between two days, and which part of the score moved them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.leader import weighing
from uptake.pipeline.leader.everybody import Bools, Everybody, Floats
from uptake.pipeline.leader.groups import Group, Groups
from uptake.pipeline.leader.weighing import Figure
from uptake.pipeline.state import ByState, usage_state
from uptake.scores.explain import Move, what_moved
from uptake.scores.model import ScoreModel

if TYPE_CHECKING:
    from uptake.pipeline.leader.view import View

Row = Mapping[str, Any]

LEAST = 0.5  # points; less is no movement, as pages round

WAYS: Mapping[str, str] = {
    "rose": "Rose",
    "fell": "Fell",
    "stable": "Stable",
    "came": "Now scored",
    "went": "No longer scored",
    "neither": "Scored on neither day",
}
"""Every customer goes one of these ways."""


@dataclass(frozen=True)
class Moved:
    """The customers of a view on two days."""

    found: Everybody
    since: date
    then: Mapping[int, Row]  # everybody's rows on the other day

    @cached_property
    def score_then(self) -> Floats:
        found = [self.then.get(number, {}).get("score") for number in self.found.ids.tolist()]
        return np.array(found, np.float64)

    @cached_property
    def points(self) -> Floats:
        """Score now less score then; nan without a score on both days."""
        found: Floats = self.found.number("score") - self.score_then
        return found

    @cached_property
    def ways(self) -> Mapping[str, Bools]:
        """Who went which way."""
        now, then, points = self.found.scored, ~np.isnan(self.score_then), self.points
        return {
            "rose": points >= LEAST,
            "fell": points <= -LEAST,
            "stable": np.abs(points) < LEAST,
            "came": now & ~then,
            "went": ~now & then,
            "neither": ~now & ~then,
        }

    def moves(self, row: Row) -> tuple[Move, ...]:
        """Each part's points, adding up to the change, those that went the same way first."""
        then = self.then.get(row["customer_id"])
        if then is None:
            return ()
        found = what_moved(row, then, self.found.model)
        up = sum(move.points for move in found) > 0
        return tuple(sorted(found, key=lambda move: -move.points if up else move.points))

    def reason_then(self, row: Row) -> str | None:
        """Why there was no score on the other day."""
        then = self.then.get(row["customer_id"])
        return None if then is None else then["reason"]


@dataclass(frozen=True)
class Mover:
    """One customer on two days."""

    row: Row
    then: float | None
    points: float | None
    moves: Sequence[Move]
    reason_then: str | None


@dataclass(frozen=True)
class Line:
    """One group of the table of ways; the counts add up to the group's customers."""

    group: Group
    ways: Sequence[tuple[str, Figure]]
    average: Figure  # points, of those with a score on both days, as the view weighs


def moved(found: Everybody, since: date) -> Moved:
    """Raises ProductError for a day that is not complete yet."""
    return Moved(found, since, on(since, found.period, found.model))


def on(day: date, period: Period, model: ScoreModel) -> Mapping[int, Row]:
    """Everybody's scores on the other day; whoever asks shows those that the teammate may see."""
    return _THEN.get((day, period, model.version), lambda: _on(day, period, model))


def _on(day: date, period: Period, model: ScoreModel) -> Mapping[int, Row]:
    return {row["customer_id"]: row for row in scoring.scores(as_of=day, period=period, model=model).rows}


_THEN: ByState[Mapping[int, Row]] = ByState(usage_state, size=3)


def table(view: "View", groups: Groups) -> list[Line]:
    """How many of each group went which way."""
    found = view.moved
    ways = {name: weighing.numbers(groups, f"moved:{name}", found.ways[name]) for name in WAYS}
    everyone = np.ones(len(view.found), np.bool_)
    points = weighing.means(groups, "moved:both", found.points, everyone, view.weight)
    return [
        Line(group, [(name, some[place]) for name, some in ways.items()], points[place])
        for place, group in enumerate(groups.groups)
    ]


def farthest(view: "View", way: str, most: int | None = None) -> list[Mover]:
    """Those who went one way, the farthest first; who has no score on both days stands as in the portfolio."""
    found = view.moved
    places = np.flatnonzero(found.ways[way])
    order = np.argsort(-np.abs(np.nan_to_num(found.points[places])), kind="stable")
    return [mover(view, place) for place in places[order][:most].tolist()]


def mover(view: "View", place: int) -> Mover:
    """One customer of the view by its place."""
    found, row = view.moved, view.found.rows[place]
    then, points = float(found.score_then[place]), float(found.points[place])
    return Mover(
        row=row,
        then=None if np.isnan(then) else then,
        points=None if np.isnan(points) else points,
        moves=found.moves(row),
        reason_then=found.reason_then(row),
    )
