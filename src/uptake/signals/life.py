"""What becomes of an alert from one day to the next. The same steps make the real ones and the simulated ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from uptake.signals.rule import COOLDOWN, Evidence
from uptake.signals.watched import State


class Step(StrEnum):
    """What is done about one customer, rule and subject on a day."""

    RAISE = "raise"
    UPDATE = "update"  # the open one takes the new numbers
    RESOLVE = "resolve"  # it no longer holds
    KEEP = "keep"  # nobody can tell: it stays as it was
    NOTHING = "nothing"


def step(state: str | None, *, is_live: bool, closed_on: date | None, day: date, cooldown_days: float) -> Step:
    """``state``: what the rule says on the day; None: nothing is the matter. ``closed_on``: when the last one closed."""
    if is_live:
        if state == State.HOLDS:
            return Step.UPDATE
        return Step.RESOLVE if state in (None, State.SEASONAL) else Step.KEEP
    if state != State.HOLDS or (closed_on is not None and (day - closed_on).days < cooldown_days):
        return Step.NOTHING
    return Step.RAISE


Key = tuple[int, str]
"""A customer and a subject."""


@dataclass
class Replayed:
    """An alert that would have been."""

    rule: str
    customer_id: int
    subject: str
    raised_on: date
    evidence: Evidence  # of the day it was raised
    resolved_on: date | None = None


def replay(
    rule: str, rows: Iterable[Mapping[str, Any]], days: Sequence[date], values: Mapping[str, float]
) -> list[Replayed]:
    """The alerts of one rule as a run on each of the days, ascending, would have raised them with nobody at work."""
    told: dict[date, dict[Key, Mapping[str, Any]]] = {day: {} for day in days}
    for each in rows:
        told[each["as_of"]][each["customer_id"], each["subject"]] = each
    live: dict[Key, Replayed] = {}
    closed: dict[Key, date] = {}
    made: list[Replayed] = []
    for day in days:
        for key in sorted({*live, *told[day]}):
            row = told[day].get(key)
            todo = step(
                row["state"] if row else None,
                is_live=key in live,
                closed_on=closed.get(key),
                day=day,
                cooldown_days=values[COOLDOWN.name],
            )
            if todo == Step.RAISE and row is not None:
                live[key] = Replayed(rule, *key, day, row)
                made.append(live[key])
            elif todo == Step.RESOLVE:
                live.pop(key).resolved_on = day
                closed[key] = day
    return made
