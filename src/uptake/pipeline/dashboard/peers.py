"""Whom a customer is compared with, by rule, and where it stands among them.

``peers``: the same segment, about the same size (seats, else users ever seen, within half to double) and the same plan;
where these are under eight, the plan is left out, then the size, then the segment. ``segment``: the segment alone, all
customers where it has under eight. ``all``: all customers. The customer itself is always among them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from uptake.insights import words
from uptake.insights.benchmarks import FEWEST_PEERS
from uptake.kit.errors import ProductError
from uptake.pipeline.dashboard.board import Board, Floats, Ints
from uptake.pipeline.dashboard.showing import Kind, shown
from uptake.pipeline.dashboard.view import Comparison, PeerLine, PeerView
from uptake.pipeline.facts_about import About

COMPARISONS: tuple[Comparison, ...] = ("peers", "segment", "all")
ABOVE, BELOW = 60.0, 40.0  # percentiles from which on a figure is told as above, as below its peers


@dataclass(frozen=True)
class Among:
    """The customers compared with; ``places`` are theirs in ``board.today``."""

    board: Board | None
    place: int | None  # of the customer itself
    places: Ints
    words: str
    comparison: Comparison

    @property
    def count(self) -> int:
        return len(self.places)

    def values(self, column: str) -> Floats:
        """A figure of those who have it."""
        if self.board is None or column not in self.board.today.column_names:
            return NOBODY
        if column not in self._values:
            theirs = self.board.columns[column][self.places]
            self._values[column] = theirs[~np.isnan(theirs)]
        return self._values[column]

    @cached_property
    def _values(self) -> dict[str, Floats]:
        """Asked for by the figure's median, its percentile and the comparison."""
        return {}

    def of_features(self, features: Collection[str], *, count: bool) -> Floats:
        """Uses of some features together, or how many of them were used, of those whose uses are known."""
        if self.board is None:
            return NOBODY
        theirs = (self.board.used_of if count else self.board.uses_of)(features)[self.places]
        found: Floats = theirs[~np.isnan(theirs)]
        return found

    def reach(self) -> tuple[Mapping[str, float], Mapping[str, int]]:
        """feature_id -> their middle reach, and of how many it is."""
        return self.board.reach.medians(self.board.ids[self.places]) if self.board else ({}, {})

    def median(self, column: str) -> float | None:
        return self.median_of(self.values(column))

    def percentile(self, column: str, value: float) -> float | None:
        """0–100, mid-rank."""
        return self.percentile_of(self.values(column), value)

    @staticmethod
    def median_of(values: Floats) -> float | None:
        return float(np.median(values)) if len(values) else None

    @staticmethod
    def percentile_of(values: Floats, value: float) -> float | None:
        if not len(values):
            return None
        below, equal = int((values < value).sum()), int((values == value).sum())
        return 100 * (below + equal / 2) / len(values)


def checked(comparison: str) -> Comparison:
    """Raises ProductError naming what there is."""
    for known in COMPARISONS:
        if comparison == known:
            return known
    raise ProductError(f"“{comparison}” is nothing to compare with; use {', '.join(COMPARISONS)}.")


NOBODY: Floats = np.array([])
WAITING = "other customers, once their figures of this day are worked out"


def among(board: Board | None, about: Mapping[int, About], customer_id: int, comparison: Comparison) -> Among:
    """By the rules above; without usage of its own the customer is compared with all."""
    if board is None:
        return Among(None, None, np.array([], np.int64), WAITING, comparison)
    place = next(iter(np.flatnonzero(board.ids == customer_id).tolist()), None)
    everybody = np.arange(len(board.ids))
    if place is None or comparison == "all":
        return Among(board, place, everybody, f"all {words.counted(len(everybody), 'customer')}", comparison)
    steps = _steps(board, about, place, customer_id)
    for mask, told in steps if comparison == "peers" else steps[-1:]:
        if mask.sum() >= FEWEST_PEERS:
            theirs = np.flatnonzero(mask)
            return Among(board, place, theirs, f"{words.counted(len(theirs), 'customer')} {told}", comparison)
    return Among(board, place, everybody, f"all {words.counted(len(everybody), 'customer')}", comparison)


def _steps(board: Board, about: Mapping[int, About], place: int, customer_id: int) -> list[tuple[Any, str]]:
    """Which customers, and in words; the narrowest first."""
    mine = about.get(customer_id, {})
    segment, plan = mine.get("segment"), mine.get("plan")
    if not segment:
        return []
    known: Sequence[About] = [about.get(each, {}) for each in board.ids.tolist()]
    same_segment = np.array([each.get("segment") == segment for each in known])
    told = f"in {segment}"
    found = [(same_segment, told)]
    sizes = board.columns["seats_or_known"]
    size = float(sizes[place])
    if size > 0:
        same_size = same_segment & (sizes >= size / 2) & (sizes <= size * 2)
        told += f" with {words.whole(size / 2)} to {words.whole(size * 2)} seats or users"
        found.insert(0, (same_size, told))
        if plan:
            same_plan = same_size & np.array([each.get("plan") == plan for each in known])
            found.insert(0, (same_plan, f"{told} on the plan {plan}"))
    return found


@dataclass(frozen=True)
class Compared:
    """A figure that customers are compared by: a column of the board."""

    slug: str
    title: str
    column: str
    kind: Kind
    is_more_better: bool | None = True


def peer_view(found: Among, row: Mapping[str, Any], customer: str, compared: Sequence[Compared]) -> PeerView | None:
    """The customer among its peers; None where it has none of the figures."""
    lines = [line for each in compared if (line := _line(found, row, each)) is not None]
    if not lines:
        return None
    above = [line.title for line in lines if _is_good(line) and line.is_more_better is not None]
    below = [line.title for line in lines if _is_bad(line) and line.is_more_better is not None]
    return PeerView(
        words=found.words,
        count=found.count,
        comparison=found.comparison,
        lines=lines,
        above=above,
        below=below,
        sentence=_sentence(customer, above, below, found.words),
    )


def _line(found: Among, row: Mapping[str, Any], each: Compared) -> PeerLine | None:
    value = row.get(each.column)
    values = found.values(each.column)
    if value is None or not len(values):
        return None
    low, lower, middle, upper, high = (float(part) for part in np.percentile(values, [10, 25, 50, 75, 90]))
    average = float(values.mean())
    return PeerLine(
        slug=each.slug,
        title=each.title,
        unit=each.kind.unit,
        value=float(value),
        shown=shown(value, each.kind),
        peer_average=average,
        peer_median=middle,
        average_shown=shown(average, each.kind),
        median_shown=shown(middle, each.kind),
        percentile=found.percentile(each.column, float(value)) or 0.0,
        low=low,
        lower=lower,
        upper=upper,
        high=high,
        least=float(values.min()),
        most=float(values.max()),
        count=len(values),
        is_more_better=each.is_more_better,
    )


def _is_good(line: PeerLine) -> bool:
    return line.percentile >= ABOVE if line.is_more_better else line.percentile <= BELOW


def _is_bad(line: PeerLine) -> bool:
    return line.percentile <= BELOW if line.is_more_better else line.percentile >= ABOVE


def _sentence(customer: str, above: Sequence[str], below: Sequence[str], peers: str) -> str:
    if not above and not below:
        return f"{customer} is about where {peers} are in everything measured."
    better = f"ahead in {words.listed([title.lower() for title in above])}" if above else ""
    worse = f"behind in {words.listed([title.lower() for title in below])}" if below else ""
    return f"Against {peers}, {customer} is {' and '.join(part for part in (better, worse) if part)}."
