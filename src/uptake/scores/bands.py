"""Bands: what a score is called."""

import ibis
import ibis.expr.types as ir

from uptake.scores.models import BANDS


def band(score: ir.FloatingValue) -> ir.StringValue:
    """The band of a score; null without a score. Read before rounding: 79.6 is shown as 80 and is good."""
    return ibis.cases(*[(score >= lowest, name) for name, lowest in BANDS.items()])
