"""What changed a customer's health, in one sentence: the part that moved most, its points and the figure behind it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from uptake.scores.explain import Move, Part, Row, parts, what_moved
from uptake.scores.model import ScoreModel
from uptake.scores.rounding import half_up

Told = Mapping[str, Any]
"""A health score as it was told before: score, version, and parts as ``explain.Part`` has them."""


def why_changed(row: Row, before: Told | None, model: ScoreModel) -> str:
    """Of the parts that moved the score the way it went, the one that did most of it.

    Where the weights changed meanwhile, what a part gives is compared: that adds up to the change too.
    """
    if row["score"] is None:
        return f"There is no health score any more: {row['reason']}."
    now = {part.name: part for part in parts(row, model)}
    if before is None or before["score"] is None:
        most = max((part for part in now.values() if part.points is not None), key=lambda part: part.points or 0.0)
        opening = "First health score" if before is None else "There is a health score again"
        return f"{opening}: {most.title} brings most, {_points(most.points or 0.0)} ({_figure(most)})."
    earlier = {part["name"]: part for part in before["parts"]}
    change = row["score"] - before["score"]
    if before["version"] != model.version:
        top = _most(_by_points(now, earlier), change)
        was, gives = earlier.get(top.name, {}).get("points") or 0.0, now[top.name].points or 0.0
        return f"New weights: {top.title} now gives {_points(gives)}, {_points(was)} before."
    top = _most(what_moved(row, _as_row(earlier, before["score"]), model), change)
    return _sentence(top, now[top.name], earlier[top.name])


def _sentence(top: Move, now: Part, before: Mapping[str, Any]) -> str:
    did = f"{'gave' if top.points > 0 else 'took'} {_points(top.points)}"
    if top.how == "appeared":
        return f"{top.title} is measured now and {did}: {_figure(now)}."
    if top.how == "disappeared":
        return f"{top.title} is not measured any more, which {did}."
    return f"{top.title} {did}: {_figure(now)}, before {FIGURES[top.name](before['measured'])}."


def _most(moves: Sequence[Move], change: float) -> Move:
    return max(moves, key=lambda move: move.points if change > 0 else -move.points)


def _by_points(now: Mapping[str, Part], earlier: Mapping[str, Mapping[str, Any]]) -> list[Move]:
    return [
        Move(name, part.title, (part.points or 0.0) - (earlier.get(name, {}).get("points") or 0.0), "changed")
        for name, part in now.items()
    ]


def _as_row(earlier: Mapping[str, Mapping[str, Any]], score: float) -> dict[str, Any]:
    return {f"{name}_value": part["value"] for name, part in earlier.items()} | {"score": score}


def _points(points: float) -> str:
    shown = f"{half_up(abs(points), 1):.1f}".removesuffix(".0")
    return f"{shown} {'point' if shown == '1' else 'points'}"


def _figure(part: Part) -> str:
    return FIGURES[part.name](part.measured or 0.0)


def _trend(change: float) -> str:
    percent = half_up(abs(change) * 100)
    if percent == 0:
        return "use per working day unchanged"
    return f"use per working day {'up' if change > 0 else 'down'} {percent:,.0f}%"


FIGURES: dict[str, Callable[[float], str]] = {
    "adoption": lambda measured: f"adoption score {half_up(measured):.0f}",
    "engagement": lambda measured: f"{half_up(measured * 100):.0f}% of active users there on a usual working day",
    "trajectory": _trend,
    "events": lambda measured: f"event engagement {half_up(measured):.0f}",
    "rating": lambda measured: f"rated {half_up(measured):.0f} of 100",
    "alerts": lambda measured: f"open alerts take {half_up(100 - measured):.0f}" if measured < 100 else "no open alert",
}
"""The figure behind a part, by its name."""
