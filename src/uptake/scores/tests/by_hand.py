"""The portfolio score by docs/definitions.md, once more: straight loops over tuples, no engine, one customer at a time.

Only for tests. Knows usage without month's totals.
"""

import statistics
from dataclasses import dataclass, field
from datetime import date, timedelta

WEIGHTS = {"breadth": 30, "depth": 30, "recency": 20, "stickiness": 20}


@dataclass
class World:
    """usage: (customer, visitor or None, feature or None for a log-in, day, uses), what counts only."""

    usage: list[tuple[int, str | None, str | None, date, int]]
    weeks: dict[int, str] = field(default_factory=dict)  # customer -> working week
    entitlements: list[tuple[int, str, date | None, date | None]] = field(default_factory=list)


def score_by_hand(world: World, customer: int, as_of: date, period: int | None) -> dict:
    known = [row for row in world.usage if row[3] <= as_of]
    mine = [row for row in known if row[0] == customer]
    if not mine:
        return {"score": None, "reason": "no history"}
    first_ever = min(day for _, _, _, day, _ in mine)
    week = world.weeks.get(customer, "1111100")
    first_day = first_ever if period is None else max(first_ever, as_of - timedelta(days=period - 1))
    window = days_between(first_day, as_of)
    in_window = [row for row in mine if row[3] in window]

    values: dict[str, float | None] = {
        "breadth": breadth_by_hand(world, known, customer, in_window, as_of),
        "depth": depth_by_hand(mine, in_window, week, len(window) / 7),
        "recency": recency_by_hand(mine, week, window, as_of),
        "stickiness": stickiness_by_hand(mine, week, first_ever, as_of),
    }
    present = sum(WEIGHTS[name] for name, value in values.items() if value is not None)
    history = (as_of - first_ever).days + 1
    reason = "under 14 days of history" if history < 14 else "not enough data" if present < 70 else None
    result: dict = {**{f"{name}_value": value for name, value in values.items()}, "present": present / 100}
    if reason:
        return {**result, "score": None, "reason": reason}
    total = sum(WEIGHTS[name] * value for name, value in values.items() if value is not None) / present
    return {**result, "score": total, "reason": None}


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def is_expected(day: date, week: str) -> bool:
    return week[day.weekday()] == "1"


def breadth_by_hand(world, known, customer, in_window, as_of) -> float | None:
    granted = {
        feature
        for owner, feature, start, end in world.entitlements
        if owner == customer and (start is None or start <= as_of) and (end is None or end >= as_of)
    }
    available = granted or {feature for _, _, feature, _, _ in known if feature}
    if not available:
        return None
    return 100 * len({feature for _, _, feature, _, _ in in_window} & available) / len(available)


def depth_by_hand(mine, in_window, week, weeks) -> float | None:
    uses: dict[str, int] = {}
    for _, visitor, feature, _, count in in_window:
        if visitor:
            uses[visitor] = uses.get(visitor, 0) + (count if feature else 0)
    if not uses:
        return measured_nobody(mine, in_window)
    working = {visitor for _, visitor, _, day, _ in in_window if visitor and is_expected(day, week)}
    return 100 * min(1, statistics.median(uses[visitor] / weeks for visitor in working or uses) / 20)


def measured_nobody(mine, in_window) -> float | None:
    """No visitor in the window: 0 if nothing happened and people were named before, else not measured."""
    return 0 if not in_window and any(visitor for _, visitor, _, _, _ in mine) else None


def recency_by_hand(mine, week, window, as_of) -> float | None:
    last = max(day for _, _, _, day, _ in mine)
    quiet = sum(is_expected(day, week) for day in days_between(last + timedelta(days=1), as_of))
    expected = sum(is_expected(day, week) for day in window)
    return 100 * (1 - min(1, quiet / expected)) if expected else None


def stickiness_by_hand(mine, week, first_ever, as_of) -> float | None:
    window = days_between(max(first_ever, as_of - timedelta(days=29)), as_of)
    in_window = [row for row in mine if row[3] in window]
    expected = [day for day in window if is_expected(day, week)]
    if not expected:
        return None
    if not any(visitor for _, visitor, _, _, _ in in_window):
        return measured_nobody(mine, in_window)
    present = [{visitor for _, visitor, _, day, _ in in_window if visitor and day == today} for today in expected]
    people = set().union(*present)
    if not people:
        return 0
    daily = sum(len(visitors) for visitors in present) / len(expected)
    return 100 * min(1, daily / len(people) / 0.5)
