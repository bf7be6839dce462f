"""How customers behave: a handful of stories, each with its own course over the time.

A *level* from 0 to 1 says how well a customer uses the product on a day; below 0 nobody uses it. Everything that is
counted later (who comes, how often, how much, which features) is drawn from the level and the customer's habits.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from uptake.pipeline.demo import noise

Course = tuple[tuple[int, float], ...]
"""(days before the last day, level), oldest first; straight lines between, no use before the first."""

GONE = -1.0


@dataclass(frozen=True)
class Habits:
    """In which way a customer differs from others of its level; 0 = as everybody."""

    breadth: float = 0.0  # added to the level for how many features
    depth: float = 0.0  # added to the level for how much a day
    rhythm: float = 0.0  # added to the level for how often
    monthly: float = 0.0  # 0..1, how much of the work falls on the days around the month's end


@dataclass(frozen=True)
class Behaviour:
    """What a customer's usage events are drawn from."""

    archetype: str
    course: Course
    habits: Habits
    size: float  # people, relative to others
    seat_use: float  # people / licensed seats, about
    features: tuple[int, ...] = ()  # in the order in which this customer takes them up, without the two below
    trial_days_ago: int | None = None  # when the stalled feature was switched on
    stays_with_trial: bool = False  # one of the few that took it up
    launch_days_ago: int | None = None  # when the customer began with the launched feature
    champion_quiet_days: int = 0  # the champion was last seen so many days ago; 0: still here
    has_service_account: bool = False
    has_test_user: bool = False

    @property
    def first_days_ago(self) -> int:
        """Days between the first day of use and the portfolio's last day."""
        return self.course[0][0]

    def level(self, days_ago: int) -> float:
        """Level on a day; below 0 where nobody uses the product."""
        ago, levels = zip(*reversed(self.course), strict=True)
        return float(np.interp(days_ago, ago, levels, right=GONE))


@dataclass(frozen=True)
class Archetype:
    name: str
    share: float  # of the customers
    level: tuple[float, float]  # today's level lies between
    course: Callable[[float, float, float], Course]  # level, two numbers in [0, 1) -> course
    habits: Habits = Habits()
    size: float = 1.0
    seat_use: float = 0.8


def _first_day(chance: float, *, newest: int = 120) -> int:
    """Almost half were there from the start; the others came over the year, so older history is thinner."""
    return 454 if chance < 0.42 else int(450 - (chance - 0.42) / 0.58 * (450 - newest))


def _even(level: float, chance: float, other: float) -> Course:
    first = _first_day(chance)
    begin = level * (0.75 + 0.2 * other)
    return ((first, begin * 0.7), (max(first - 50, 100), begin), (60, level * (0.96 + 0.05 * other)), (0, level))


def _growing(level: float, chance: float, other: float) -> Course:
    return ((_first_day(chance), level * 0.35), (100, level * (0.55 + 0.15 * other)), (0, level))


def _declining(level: float, chance: float, other: float) -> Course:
    before = level + 0.32 + 0.12 * other
    turn = int(45 + 60 * chance)
    return ((_first_day(other), before * 0.8), (turn + 60, before), (turn, before * 0.97), (8, level), (0, level))


def _stalled(level: float, chance: float, other: float) -> Course:
    first = int(95 + 150 * chance)
    return ((first, 0.3 + 0.15 * other), (first - 40, 0.28), (first - 80, level), (0, level))


def _dozing(level: float, chance: float, other: float) -> Course:
    last_seen = int(6 + 14 * other)
    return ((_first_day(chance), 0.4), (180, 0.25), (60, level), (last_seen, level), (last_seen - 1, GONE), (0, GONE))


def _onboarding(level: float, chance: float, other: float) -> Course:
    return ((int(24 + 36 * chance), level * (0.3 + 0.3 * other)), (0, level))


def _new(level: float, chance: float, other: float) -> Course:
    return ((int(4 + 9 * chance), level * (0.6 + 0.3 * other)), (0, level))


def _leaving(level: float, chance: float, other: float) -> Course:
    """Down to almost nothing; the contract's end decides whether the use ends (see commerce)."""
    end = int(45 + 120 * chance)
    return ((454, 0.45 + 0.2 * other), (end + 145, 0.4), (end + 60, level), (end, level), (0, level))


ARCHETYPES = (
    Archetype("champion", 0.15, (0.86, 1.0), _even, Habits(), 1.1, 0.95),
    Archetype("steady", 0.24, (0.56, 0.76), _even),
    Archetype("growing", 0.11, (0.62, 0.86), _growing, Habits(), 1.0, 0.85),
    Archetype("power few", 0.06, (0.52, 0.66), _even, Habits(breadth=-0.12, depth=0.45, rhythm=0.12), 0.6, 0.4),
    Archetype("browsing", 0.06, (0.45, 0.58), _even, Habits(breadth=0.25, depth=-0.25, rhythm=-0.1), 1.2, 0.7),
    Archetype("seasonal", 0.05, (0.46, 0.62), _even, Habits(depth=0.1, monthly=0.75)),
    Archetype("flat", 0.12, (0.27, 0.42), _even, Habits(), 0.8, 0.6),
    Archetype("declining", 0.07, (0.06, 0.22), _declining, Habits(), 1.1, 0.75),
    Archetype("stalled", 0.04, (0.04, 0.14), _stalled, Habits(), 0.7, 0.4),
    Archetype("dozing", 0.02, (0.0, 0.06), _dozing, Habits(), 0.7, 0.5),
    Archetype("onboarding", 0.03, (0.2, 0.42), _onboarding, Habits(), 0.6, 0.4),
    Archetype("new", 0.02, (0.3, 0.5), _new, Habits(), 0.6, 0.35),
    Archetype("leaving", 0.03, (0.01, 0.05), _leaving, Habits(), 0.9, 0.6),
)
BY_NAME = {archetype.name: archetype for archetype in ARCHETYPES}


def draw_archetype(chance: float) -> Archetype:
    """One of them, each as often as its share says."""
    for archetype in ARCHETYPES:
        chance -= archetype.share
        if chance < 0:
            return archetype
    return ARCHETYPES[-1]


def draw_course(archetype: Archetype, seed: int, number: int) -> Course:
    """The customer's own course, from its archetype's."""
    low, high = archetype.level
    level = low + (high - low) * noise.one(seed, "level", number)
    return archetype.course(level, noise.one(seed, "course", number), noise.one(seed, "course 2", number))


def draw_habits(archetype: Archetype, seed: int, number: int) -> Habits:
    """The archetype's habits, and a little of the customer's own."""
    breadth, depth, rhythm = noise.normal(seed, "habits", number, np.arange(3)) * 0.05
    usual = archetype.habits
    return Habits(usual.breadth + breadth, usual.depth + depth, usual.rhythm + rhythm, usual.monthly)
