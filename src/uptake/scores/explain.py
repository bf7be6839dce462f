"""A score opened: its parts, their formulas with the values put in, and what moved it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from uptake.scores.model import Component, ScoreModel
from uptake.scores.rounding import half_up

Row = Mapping[str, Any]
"""One row of ``adoption_scores``."""


@dataclass(frozen=True)
class Part:
    """One component of one score."""

    name: str
    title: str
    weight: float  # the model's
    share: float  # of the score, 0–1, after absent parts have given their weight away; 0 if absent or withheld
    measured: float | None  # the metric
    value: float | None  # 0–100
    points: float | None  # share × value
    formula: str  # with the values put in: 100 × 13 of 24 features


@dataclass(frozen=True)
class Move:
    """What one component did to the score between two days."""

    name: str
    title: str
    points: float
    how: str  # changed, appeared, disappeared


@dataclass(frozen=True)
class Explanation:
    """A score, opened. The points of the parts add up to the score, those of the moves to the change."""

    customer_id: int
    as_of: date
    model: str
    version: str
    score: float | None
    present: float
    band: str | None
    reason: str | None
    parts: tuple[Part, ...]
    previous_score: float | None
    change: float | None
    moves: tuple[Move, ...]  # largest first; empty where there is no change to explain


def explain(row: Row, model: ScoreModel, before: Row | None = None) -> Explanation:
    """Open a score; with ``before``, an earlier row of the same customer, also what moved it since.

    For the trend give the row of one period before, and only where ``trend`` has a change.
    """
    moves = () if before is None else what_moved(row, before, model)
    compared = before is not None and row["score"] is not None and before["score"] is not None
    return Explanation(
        customer_id=row["customer_id"],
        as_of=row["as_of"],
        model=model.name,
        version=model.version,
        score=row["score"],
        present=row["present"],
        band=row["band"],
        reason=row["reason"],
        parts=parts(row, model),
        previous_score=before["score"] if before is not None and compared else None,
        change=row["score"] - before["score"] if before is not None and compared else None,
        moves=moves,
    )


def parts(row: Row, model: ScoreModel) -> tuple[Part, ...]:
    """The components of a score, in the model's order."""
    present = _weight(row, model)
    return tuple(
        Part(
            name=part.name,
            title=part.title,
            weight=part.weight,
            share=part.weight / present if row[f"{part.name}_points"] is not None else 0.0,
            measured=row[part.metric],
            value=row[f"{part.name}_value"],
            points=row[f"{part.name}_points"],
            formula=formula(row, part),
        )
        for part in model.parts
    )


def what_moved(now: Row, before: Row, model: ScoreModel) -> tuple[Move, ...]:
    """Each component's contribution to the change between two scores, largest first; empty if either is withheld.

    Adds up exactly, and a component that did not change contributes nothing, also when another one appears or
    disappears and the weights shift. In order:
    1. Components that disappeared are taken out: each moved the score by its share × (mean of the others − its value).
    2. The components there on both days change: share among themselves × change of value.
    3. Components that appeared are put in: share × (value − mean of the others).
    """
    if now["score"] is None or before["score"] is None:
        return ()
    there_now, there_before = _present(now, model), _present(before, model)
    both = [part for part in model.parts if part.name in there_now and part.name in there_before]
    weight_both = sum(part.weight for part in both)
    if weight_both == 0:  # nothing in common: the change has no parts
        return ()
    moves = []
    for part in model.parts:
        is_now, was_before = part.name in there_now, part.name in there_before
        if is_now and was_before:
            points = part.weight / weight_both * (_value(now, part) - _value(before, part))
            moves.append(Move(part.name, part.title, points, "changed"))
        elif is_now:
            points = part.weight / _weight(now, model) * (_value(now, part) - _mean(now, both))
            moves.append(Move(part.name, part.title, points, "appeared"))
        elif was_before:
            points = part.weight / _weight(before, model) * (_mean(before, both) - _value(before, part))
            moves.append(Move(part.name, part.title, points, "disappeared"))
    return tuple(sorted(moves, key=lambda move: -abs(move.points)))


def _present(row: Row, model: ScoreModel) -> set[str]:
    return {part.name for part in model.parts if row[f"{part.name}_value"] is not None}


def _weight(row: Row, model: ScoreModel) -> float:
    there = _present(row, model)
    return sum(part.weight for part in model.parts if part.name in there)


def _value(row: Row, part: Component) -> float:
    return float(row[f"{part.name}_value"])


def _mean(row: Row, some: list[Component]) -> float:
    return sum(part.weight * _value(row, part) for part in some) / sum(part.weight for part in some)


def formula(row: Row, part: Component) -> str:
    """The component's formula with the row's values put in; what is missing where it is absent."""
    if row[f"{part.name}_value"] is None:
        return "not measured"
    put_in = FORMULAS.get(part.metric)
    return put_in(row, part) if put_in else f"{part.formula}, with {number(row[part.metric])}"


def number(value: float) -> str:
    """At most three decimals, no trailing zeros."""
    text = f"{half_up(value, 3):,.3f}"
    return text.rstrip("0").rstrip(".")


def _breadth(row: Row, _: Component) -> str:
    return f"100 × {row['features_used']} of {row['features_available']} features"


def _depth(row: Row, part: Component) -> str:
    uses, weeks = number(row["median_uses"]), number(row["days"] / 7)
    return f"100 × min(1, {uses} uses of the middle user ÷ {weeks} weeks ÷ {number(part.full_at)})"


def _recency(row: Row, _: Component) -> str:
    return f"100 × (1 − min(1, {row['quiet_days']} of {row['expected_days']} working days without use))"


def _stickiness(row: Row, part: Component) -> str:
    daily, people = number(row["dau"]), row["sticky_visitors"]
    if people == 0:
        return "0, nobody on the working days of the last 30 days"
    users = "user" if people == 1 else "users"
    return f"100 × min(1, {daily} a day ÷ {people} {users} ÷ {number(part.full_at)})"


def _of_100(metric: str, what: str) -> Callable[[Row, Component], str]:
    """For a part that is a score already."""
    return lambda row, _: f"{what}, {number(row[metric])} of 100"


def _usage_trend(row: Row, part: Component) -> str:
    change = number(row["usage_trend"]).replace("-", "−")
    now = _a_day(row["expected_uses"], row["expected_days"])
    before = _a_day(row["previous_expected_uses"], row["previous_expected_days"])
    lift, span = number(-part.none_at), number(part.full_at - part.none_at)
    return f"100 × clip(({change} + {lift}) ÷ {span}, 0, 1): {now} uses a working day, {before} before"


def _active_share(row: Row, _: Component) -> str:
    of = "known users" if row["licensed_seats"] is None else "seats"
    return f"100 × min(1, {row['active_visitors']} active of {row['seats_or_known']} {of})"


def _actions_per_session(row: Row, part: Component) -> str:
    if row["sessions"] == 0:
        return "0, no session in the period"
    uses, sessions = number(row["session_uses"]), number(row["sessions"])
    return f"100 × min(1, {uses} uses ÷ {sessions} sessions ÷ {number(part.full_at)})"


def _utilization(row: Row, _: Component) -> str:
    count = row["entitlements_measured"]
    of = "1 limited entitlement" if count == 1 else f"{count} limited entitlements"
    return f"100 × {number(row['sum_utilization'])} ÷ {of}, each at most 1"


def _alert_burden(row: Row, _: Component) -> str:
    count = row["open_alerts"]
    if not count:
        return "100, no alert open"
    taken = number(row["alert_points"])
    return f"100 − {taken if row['alert_points'] <= 100 else f'min(100, {taken})'}, {count} alert{'s' if count > 1 else ''} open"


def _a_day(uses: int, days: int) -> str:
    return number(uses / days)


FORMULAS: dict[str, Callable[[Row, Component], str]] = {
    "active_share": _active_share,
    "actions_per_session": _actions_per_session,
    "utilization": _utilization,
    "adoption": _of_100("adoption", "the adoption score"),
    "usage_trend": _usage_trend,
    "event_engagement": _of_100("event_engagement", "the event engagement score"),
    "csm_rating": _of_100("csm_rating", "the rating"),
    "alert_burden": _alert_burden,
    "breadth": _breadth,
    "depth": _depth,
    "recency": _recency,
    "stickiness": _stickiness,
}
