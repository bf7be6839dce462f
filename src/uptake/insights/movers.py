"""Biggest movers, and the part of the score that moved them."""

from uptake.insights.insight import Insight
from uptake.insights.view import Row, View
from uptake.insights.words import counted, owned, score, whole
from uptake.scores.explain import Move, what_moved
from uptake.scores.rounding import half_up

SMALLEST_MOVE = 5.0  # points
LARGE_MOVE = 25.0
GOOD_NEWS = 0.6  # a rise matters, and can wait


def movers(view: View) -> list[Insight]:
    """Customers whose score moved by five points or more against the previous period."""
    found = []
    for _, row in view.shown():
        if row["change"] is None or abs(row["change"]) < SMALLEST_MOVE:
            continue
        if moves := moves_of(view, row):
            found.append(_insight(view, row, moves))
    return found


def moves_of(view: View, row: Row) -> tuple[Move, ...]:
    """What moved a customer's score since the previous period, largest first; empty where that is not known."""
    before = view.before.get(row["customer_id"])
    return () if before is None else what_moved(row, before, view.model)


def main_move(moves: tuple[Move, ...], change: float) -> Move:
    """The part that moved the score most in the direction that it went."""
    return max(moves, key=lambda move: move.points if change > 0 else -move.points)


def _insight(view: View, row: Row, moves: tuple[Move, ...]) -> Insight:
    change = row["change"]
    main = main_move(moves, change)
    rose = "rose" if change > 0 else "fell"
    points = counted(half_up(abs(change)), "point")
    return Insight(
        kind="mover",
        headline=f"{row['customer']} {rose} {points}, to {score(row['score'])}",
        sentence=f"{owned(row['customer'])} adoption score {rose} from {score(row['previous_score'])} to "
        f"{score(row['score'])} in {counted(view.period.days or 0, 'day')}; {main.title} moved it most "
        f"({signed(main.points)} {'point' if half_up(abs(main.points)) == 1 else 'points'}).",
        evidence={
            "change": change,
            "score": row["score"],
            "previous_score": row["previous_score"],
            "moves": [{"part": move.title, "points": move.points, "how": move.how} for move in moves],
        },
        customer_id=row["customer_id"],
        weight=view.weight(row["customer_id"], min(1.0, abs(change) / LARGE_MOVE) * (GOOD_NEWS if change > 0 else 1)),
    )


def signed(points: float) -> str:
    """+9, −9."""
    return f"+{whole(points)}" if points >= 0 else f"−{whole(-points)}"
