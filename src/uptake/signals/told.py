"""How alerts write days and spans, out of evidence that was kept as JSON."""

from datetime import date

from uptake.insights.words import counted, day
from uptake.signals.rule import Evidence


def day_in(found: Evidence, name: str) -> str:
    """3 Nov 2026."""
    return day(date.fromisoformat(found[name]))


def working_days(number: int, week: str) -> str:
    """22 working days; 30 days where every day is one."""
    return counted(number, "day" if week == "1111111" else "working day")
