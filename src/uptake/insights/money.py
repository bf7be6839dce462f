"""Money in several currencies. Exchange rates are not known, so amounts are compared and added within one currency only."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from uptake.insights.benchmarks import percentiles
from uptake.insights.matrix import Floats

Row = Mapping[str, Any]  # with arr and currency, as ``customers.tables.CUSTOMERS`` has them


def currencies(rows: Iterable[Row]) -> list[str]:
    """The currencies that customers' ARR is in: that of most customers first, equal ones by name."""
    counts = Counter(str(row["currency"]) for row in rows if row["arr"] is not None)
    return sorted(counts, key=lambda name: (-counts[name], name))


def sums(rows: Sequence[Row]) -> dict[str, float]:
    """ARR added up in each currency, in the order of ``currencies``; a currency that adds up to nothing is left out."""
    found: dict[str, float] = defaultdict(float)
    for row in rows:
        if row["arr"]:
            found[row["currency"]] += row["arr"]
    return {name: found[name] for name in currencies(rows) if name in found}


def grouped(rows: Sequence[Row]) -> list[Row]:
    """The rows in the order they have, one currency after the other; those without a known ARR last."""
    rank = {name: place for place, name in enumerate(currencies(rows))}
    return sorted(rows, key=lambda row: len(rank) if row["arr"] is None else rank[row["currency"]])


def places(amounts: Floats, named: Sequence[str | None]) -> Floats:
    """0–1: where each amount stands among those of its currency, mid-rank; nan stays nan."""
    found = np.full(len(amounts), np.nan)
    by_name = np.array([name or "" for name in named], dtype=object)
    for name in set(by_name.tolist()):
        same = by_name == name
        found[same] = percentiles(amounts[same]) / 100
    return found
