"""Trend: a score against the score one period earlier."""

from collections.abc import Sequence
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from uptake.kit.days import Period


def as_of_days_for_trend(as_of: Sequence[date], period: Period) -> list[date]:
    """The as-of days that scores are needed of to give the trend on ``as_of``: each, and one period before it."""
    if period.days is None:
        return sorted(set(as_of))
    return sorted({*as_of, *(day - timedelta(days=period.days) for day in as_of)})


def trend(scores: ir.Table, *, as_of: Sequence[date], period: Period) -> ir.Table:
    """The scores on ``as_of`` with their change against the previous period.

    In:     scores (``adoption_scores``) of ``as_of_days_for_trend(as_of, period)``.
    Out:    their rows on ``as_of`` with previous_as_of, previous_score, previous_present, change (points, may be
            negative).
    Absent: change and previous_score are null under two periods of history, for the period “all”, and where either
            score is withheld.
    """
    pairs = [
        {"as_of": day, "previous_as_of": None if period.days is None else day - timedelta(days=period.days)}
        for day in sorted(set(as_of))
    ]
    wanted = ibis.literal(pairs, "array<struct<as_of: date, previous_as_of: date>>").unnest().name("pair").as_table()
    wanted = wanted.select(as_of=wanted.pair["as_of"], previous_as_of=wanted.pair["previous_as_of"])
    now = scores.join(wanted, "as_of")
    before = scores.select(
        "customer_id", previous_as_of="as_of", score_before=scores.score, present_before=scores.present
    )
    rows = now.left_join(before, ["customer_id", "previous_as_of"]).select(
        *now.columns, "score_before", "present_before"
    )
    old_enough = rows.history_days >= (0 if period.days is None else 2 * period.days)
    is_known = (old_enough & rows.score.notnull() & rows.score_before.notnull()).fill_null(False)
    return rows.select(
        *now.columns,
        previous_score=ibis.ifelse(is_known, rows.score_before, ibis.null("float64")),
        previous_present=ibis.ifelse(is_known, rows.present_before, ibis.null("float64")),
        change=ibis.ifelse(is_known, rows.score - rows.score_before, ibis.null("float64")),
    )
