"""What an address leaves of the portfolio besides its filters: the customers behind one figure of the page."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from uptake.kit.errors import ProductError
from uptake.pipeline.portfolio import Portfolio
from uptake.web.portfolio.asked import STEP, Asked
from uptake.web.portfolio.findings import FELL


def narrowed(found: Portfolio, asked: Asked) -> Portfolio:
    """The same with only the rows asked for. Raises ProductError for what two days are needed for."""
    if asked.only and asked.only != "falling" and asked.compare is None:
        raise ProductError("Choose a day to compare with first.")
    rows = found.rows
    if asked.score is not None:
        rows = [row for row in rows if _is_from(row["score"], asked.score)]
    if asked.customers:
        wanted = frozenset(asked.customers)
        rows = [row for row in rows if row["customer_id"] in wanted]
    if asked.reason:
        rows = [row for row in rows if row["score"] is None and row["reason"] == asked.reason]
    if asked.only == "falling":
        rows = [row for row in rows if (row["change"] or 0.0) <= FELL]
    return found if rows is found.rows else replace(found, rows=rows)


def _is_from(score: float | None, lowest: int) -> bool:
    """The last step of five points holds 100 too."""
    return score is not None and (lowest <= score < lowest + STEP or score >= 100 == lowest + STEP)


def on_two_days(rows: Sequence[dict[str, Any]], asked: Asked) -> Sequence[dict[str, Any]]:
    """Compared rows: those with a score on both days, only now, or only then."""
    wanted = {"both": (True, True), "new": (True, False), "gone": (False, True)}.get(asked.only)
    if wanted is None:
        return rows
    return [row for row in rows if (row["score"] is not None, row["score_then"] is not None) == wanted]
