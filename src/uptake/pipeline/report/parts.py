"""What the parts of a report are made of."""

from dataclasses import dataclass
from datetime import date

from uptake.charts.words import MINUS
from uptake.insights import words
from uptake.pipeline.dashboard.view import Dashboard
from uptake.pipeline.report.document import Column, Drawing, Head, Table
from uptake.scores.rounding import half_up

NONE = "–"
COUNTED = frozenset({"users", "uses", "features", "sessions", "days", "minutes", "points", "seats"})
LONGEST_HEAD = 60
day = words.day


@dataclass(frozen=True)
class Block:
    """A drawing, a table, or words, under a title of its own where it needs one."""

    title: str = ""
    drawing: Drawing | None = None
    table: Table | None = None
    note: str = ""


def head(told: Dashboard, edition: str, comparison: str) -> Head:
    short = words.shortened(told.customer, LONGEST_HEAD)
    late = f"Usage has come up to {day(told.late_until)} only" if told.late_until else ""
    return Head(told.customer, short, edition, day(told.as_of), period_words(told), comparison, late)


def period_words(told: Dashboard, *, before: bool = False) -> str:
    """“30 days to 30 Jun 2026”; ``before``: “the 30 days before”."""
    days = told.period.days
    if days is None:
        begun = f"all time, from {day(told.first_day)}" if told.first_day else "all time"
        return "before" if before else begun
    length = words.counted(days, "day")
    return f"the {length} before" if before else f"{length} to {day(told.as_of)}"


def named(title: str, part: int = 1) -> Column:
    """A column of words."""
    return Column(title, is_number=False, part=part)


def whole(value: float | None) -> str:
    return NONE if value is None else words.whole(value)


def tenths(value: float | None) -> str:
    return NONE if value is None else words.tenths(value)


def decimal(value: float | None) -> str:
    """30.0 beneath 28.3: for a column of its own."""
    return NONE if value is None else f"{half_up(value, 1):,.1f}".replace("-", MINUS)


def percent(share: float | None) -> str:
    return NONE if share is None else words.percent(share)


def on(value: date | None) -> str:
    return NONE if value is None else day(value)


def signed(points: float | None) -> str:
    if points is None:
        return NONE
    return f"{'+' if points > 0 else MINUS}{decimal(abs(points))}"


def with_unit(shown: str, unit: str) -> str:
    """145 users, 1 user, 73%; a dash stays one."""
    if shown == NONE or not unit:
        return shown
    if unit == "%":
        return f"{shown}%"
    return f"{shown} {unit.removesuffix('s') if shown == '1' and unit in COUNTED else unit}"
