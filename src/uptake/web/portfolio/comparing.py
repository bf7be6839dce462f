"""Two days compared: who rose, who fell, and which part of the score did it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.portfolio import Portfolio
from uptake.pipeline.state import ByState, usage_state
from uptake.scores.explain import Move, what_moved
from uptake.scores.models import PORTFOLIO

Row = Mapping[str, Any]

NAMED = 5


@dataclass(frozen=True)
class Comparison:
    """The customers shown, on both days."""

    day: date
    average_then: float | None  # over those with a score on both days, as is now
    average_now: float | None
    both: int
    rose: Sequence[Row]  # since, moved; the most first
    fell: Sequence[Row]
    new: int  # a score now and none then
    gone: int


def compared(found: Portfolio, day: date) -> tuple[list[dict[str, Any]], Comparison]:
    """The rows with ``score_then``, ``since`` and ``then``, and what to say about them.

    Raises ProductError for a day that is not complete yet.
    """
    then = _on(day, found.period)
    rows = [_beside(row, then.get(row["customer_id"])) for row in found.rows]
    both = [row for row in rows if row["since"] is not None]
    by_change = sorted(both, key=lambda row: row["since"])
    return rows, Comparison(
        day=day,
        average_then=sum(row["score_then"] for row in both) / len(both) if both else None,
        average_now=sum(row["score"] for row in both) / len(both) if both else None,
        both=len(both),
        rose=[with_moves(row) for row in by_change[::-1][:NAMED] if row["since"] >= 0.5],
        fell=[with_moves(row) for row in by_change[:NAMED] if row["since"] <= -0.5],
        new=sum(row["score"] is not None and row["score_then"] is None for row in rows),
        gone=sum(row["score"] is None and row["score_then"] is not None for row in rows),
    )


def _on(day: date, period: Period) -> Mapping[int, Row]:
    """Everybody's score on the other day; whoever asks shows those that the teammate may see."""
    return _THEN.get(
        (day, period),
        lambda: {row["customer_id"]: row for row in scoring.scores(as_of=day, period=period, model=PORTFOLIO).rows},
    )


_THEN: ByState[Mapping[int, Row]] = ByState(usage_state, size=3)


def _beside(row: Row, then: Row | None) -> dict[str, Any]:
    score = then["score"] if then else None
    since = row["score"] - score if row["score"] is not None and score is not None else None
    return {**row, "then": then, "score_then": score, "since": since}


def with_moves(row: Mapping[str, Any]) -> dict[str, Any]:
    """A compared row and the part that moved it most, the way it went."""
    if row["since"] is None or row["then"] is None:
        return {**row, "moved": None, "moved_most": None}
    top = _most(what_moved(row, row["then"], PORTFOLIO), row["since"])
    words = None if top is None else f"{top.title} {top.points:+.1f}".replace("-", "−")
    return {**row, "moved": top, "moved_most": words}


def _most(moves: Sequence[Move], since: float) -> Move | None:
    """The largest of those that went the same way."""
    same = [move for move in moves if abs(move.points) >= 0.05 and (move.points > 0) == (since > 0)]
    return max(same, key=lambda move: abs(move.points), default=None)
