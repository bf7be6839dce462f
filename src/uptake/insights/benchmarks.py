"""Benchmarks: where a customer stands among its peers.

Peers are the customers of the same segment that have the figure, the customer among them; all of the workspace where
the segment has fewer than eight of them, or the customer has no segment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from uptake.insights.matrix import Bools, Floats, Ints
from uptake.insights.ranks import mid_ranks

FEWEST_PEERS = 8
Row = Mapping[str, Any]


def percentile(value: float, peers: Sequence[float]) -> float | None:
    """0–100, mid-rank: the share of peers below, half of those equal counted as below. None without peers."""
    if not peers:
        return None
    below = sum(peer < value for peer in peers)
    equal = sum(peer == value for peer in peers)
    return 100 * (below + equal / 2) / len(peers)


def percentiles(values: Floats) -> Floats:
    """Each value's percentile among all of them; nan stays nan and counts for nobody."""
    known = ~np.isnan(values)
    found = np.full(len(values), np.nan)
    if known.any():
        found[known] = 100 * (mid_ranks(values[known]) - 0.5) / known.sum()
    return found


def peers_of(row: Row, rows: Sequence[Row], figure: str = "score") -> list[Row]:
    """The rows the customer is compared with, itself among them."""
    having = [each for each in rows if each[figure] is not None]
    same = [each for each in having if row["segment"] and each["segment"] == row["segment"]]
    return same if len(same) >= FEWEST_PEERS else having


def peers_in_words(count: int, segment: str | None) -> str:
    """“13 customers in Enterprise”; “all 67 customers” where there is no segment to stay in."""
    return f"{count:,} customers in {segment}" if segment else f"all {count:,} customers"


@dataclass(frozen=True)
class Segments:
    """Each customer's segment as a number, -1 for none."""

    names: tuple[str, ...]
    places: Ints

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Segments":
        names = tuple(
            sorted({row["segment"] for row in rows if row["segment"]}, key=lambda name: (name.casefold(), name))
        )
        numbers = {name: place for place, name in enumerate(names)}
        return cls(names, np.array([numbers.get(row["segment"] or "", -1) for row in rows], np.int64))

    def members(self, place: int) -> Bools:
        found: Bools = self.places == place
        return found


@dataclass(frozen=True)
class Middle:
    """Per segment (the last row: all customers) and column: the median and how many customers it is of."""

    segments: Segments
    median: Floats
    count: Ints

    @classmethod
    def of(cls, segments: Segments, values: Floats) -> "Middle":
        """Of a table customers × columns; nan does not count."""
        groups = [values[segments.members(place)] for place in range(len(segments.names))]
        found = [_medians(group) for group in (*groups, values)]
        return cls(segments, np.array([median for median, _ in found]), np.array([count for _, count in found]))

    @cached_property
    def group(self) -> Ints:
        """Customers × columns: which row of ``median`` holds for the customer."""
        everybody = len(self.segments.names)
        own = np.where(self.segments.places < 0, everybody, self.segments.places)
        found: Ints = np.where(self.count[own] >= FEWEST_PEERS, own[:, None], everybody)
        return found

    @cached_property
    def of_peers(self) -> Floats:
        """Customers × columns: the peers' median."""
        return np.take_along_axis(self.median, self.group, axis=0)

    @cached_property
    def peers(self) -> Ints:
        """Customers × columns: how many peers there are."""
        return np.take_along_axis(self.count, self.group, axis=0)

    def words(self, customer: int, column: int) -> str:
        """Who the peers are."""
        group = int(self.group[customer, column])
        names = self.segments.names
        return peers_in_words(int(self.peers[customer, column]), names[group] if group < len(names) else None)


def _medians(values: Floats) -> tuple[Floats, Ints]:
    """The median of each column without its nans; nan where there is nothing else."""
    count = (~np.isnan(values)).sum(axis=0).astype(np.int64)
    if len(values) == 0:
        return np.full(values.shape[1], np.nan), count
    ordered = np.sort(values, axis=0)  # nans last
    last = np.maximum(count - 1, 0)
    low, high = (np.take_along_axis(ordered, place[None, :], axis=0)[0] for place in (last // 2, (last + 1) // 2))
    return (low + high) / 2, count


FIGURES = {
    "score": "Adoption score",
    "breadth": "Breadth",
    "depth": "Depth",
    "quiet_days": "Working days without use",
    "stickiness": "Stickiness",
    "active_share": "Active users of seats",
}
"""What a customer is compared by, in the columns of a portfolio row."""


@dataclass(frozen=True)
class Benchmark:
    """One figure of one customer among its peers."""

    figure: str
    title: str
    value: float
    median: float  # the peers'
    percentile: float  # 0–100, as the number stands; of quiet days less is better
    peers: str  # in words


def benchmarks_of(row: Row, rows: Sequence[Row]) -> list[Benchmark]:
    """A customer's figures that are measured, among its peers."""
    found = []
    for figure, title in FIGURES.items():
        if row.get(figure) is None:
            continue
        peers = peers_of(row, rows, figure)
        values = [float(each[figure]) for each in peers]
        place = percentile(float(row[figure]), values)
        segment = row["segment"] if len(peers) >= FEWEST_PEERS and all(_same(row, each) for each in peers) else None
        if place is not None:
            words = peers_in_words(len(peers), segment)
            found.append(Benchmark(figure, title, float(row[figure]), float(np.median(values)), place, words))
    return found


def _same(row: Row, other: Row) -> bool:
    return bool(row["segment"]) and row["segment"] == other["segment"]
