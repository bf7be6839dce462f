"""Division that means the same on every engine."""

import ibis.expr.types as ir


def ratio(part: ir.NumericValue, whole: ir.NumericValue) -> ir.FloatingValue:
    """part / whole as a float; null where the whole is 0 or either is null (engines disagree about dividing by 0)."""
    return part.cast("float64") / whole.cast("float64").nullif(0.0)
