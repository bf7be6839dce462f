"""How the dashboard writes its numbers: one way for page, API, chat and PDF."""

from dataclasses import dataclass

from uptake.insights import words
from uptake.scores.rounding import half_up

NOTHING = "–"
STABLE = "stable"


@dataclass(frozen=True)
class Kind:
    """A kind of number: its unit, by what a share becomes percent, and its decimals."""

    unit: str
    times: float = 1.0
    decimals: int = 0
    change_unit: str = ""  # behind a change: points of a share


PEOPLE = Kind("users")
USES = Kind("uses")
COUNT = Kind("features")
SESSIONS = Kind("sessions")
SHARE = Kind("%", times=100.0, change_unit=" pts")
SCORE = Kind("points")
DAYS = Kind("days")
MINUTES = Kind("minutes", decimals=1)
A_WEEK = Kind("a week", decimals=1)
RATIO = Kind("a session", decimals=1)
MEAN_PEOPLE = Kind("users", decimals=1)


def shown(value: float | None, kind: Kind) -> str:
    """The number without its unit; a dash where there is none."""
    if value is None:
        return NOTHING
    return _written(value * kind.times, kind.decimals)


def change_shown(change: float | None, kind: Kind) -> str:
    """“+9”, “−3 pts”, “stable”; empty where it is not known."""
    if change is None:
        return ""
    moved = half_up(change * kind.times, kind.decimals)
    if moved == 0:
        return STABLE
    return f"{'+' if moved > 0 else ''}{_written(moved, kind.decimals)}{kind.change_unit}"


def with_unit(value: float | None, kind: Kind) -> str:
    """For sentences: 145 users, 73%."""
    text = shown(value, kind)
    return f"{text}%" if kind.unit == "%" else f"{text} {kind.unit}"


def _written(value: float, decimals: int) -> str:
    return words.tenths(value) if decimals else words.whole(value)
