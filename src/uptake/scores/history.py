"""Score history: the score as of each week, back to the first data."""

from datetime import date, timedelta


def weekly(first_day: date, as_of: date) -> list[date]:
    """``as_of`` and every seventh day before it, back to ``first_day``; ascending. Empty if as_of is before it."""
    weeks = (as_of - first_day).days // 7
    return [as_of - timedelta(days=7 * back) for back in range(weeks, -1, -1)]
