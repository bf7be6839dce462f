"""Score history: the score as of each week, back to the first data, in one query."""

from datetime import date, timedelta

import ibis.expr.types as ir

from uptake.kit.days import Period
from uptake.scores.adoption import adoption_scores
from uptake.scores.model import ScoreModel
from uptake.scores.models import PORTFOLIO
from uptake.scores.tables import Tables


def weekly(first_day: date, as_of: date) -> list[date]:
    """``as_of`` and every seventh day before it, back to ``first_day``; ascending. Empty if as_of is before it."""
    weeks = (as_of - first_day).days // 7
    return [as_of - timedelta(days=7 * back) for back in range(weeks, -1, -1)]


def score_history(
    tables: Tables,
    *,
    first_day: date,
    as_of: date,
    period: Period,
    model: ScoreModel = PORTFOLIO,
    workspace_week: str = "1111100",
) -> ir.Table:
    """The scores as of each week from the first data to ``as_of``, each from the facts up to its day alone.

    In:     first_day: the first day there is usage of.
    Out:    as ``adoption_scores``.
    """
    days = weekly(first_day, as_of)
    return adoption_scores(tables, as_of=days, period=period, model=model, workspace_week=workspace_week)
