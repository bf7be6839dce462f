"""Which features are adopted, fell out of use or lie idle in which group, and which gaps are common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from uptake.insights.matrix import Matrix
from uptake.insights.view import BEHIND_PEERS, FEWEST_TO_COMPARE
from uptake.insights.view import View as Peers
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.feature_use import Feature, FeatureUse, feature_use
from uptake.pipeline.leader import weighing
from uptake.pipeline.leader.everybody import Bools, Everybody, Floats
from uptake.pipeline.leader.groups import Groups, Ints
from uptake.pipeline.leader.weighing import Figure
from uptake.pipeline.state import ByState, usage_state

if TYPE_CHECKING:
    from uptake.pipeline.leader.view import View


@dataclass(frozen=True)
class Measure:
    """One share of customers per feature."""

    name: str
    title: str
    words: str  # what the share is
    is_good: bool = False


MEASURES: Mapping[str, Measure] = {
    each.name: each
    for each in (
        Measure("lapsed", "Fell out of use", "of the customers that had adopted the feature, those that no longer do"),
        Measure("gap", "Gaps", "of the customers that have the feature, where it is paid for or peers use it, and it lies idle"),
        Measure("adopted", "Adopted", "of the customers that have the feature, those that adopted it", is_good=True),
    )
}  # fmt: skip
"""As docs/definitions.md, section 7, has them."""


def measure_named(name: str) -> Measure:
    """Raises ProductError."""
    if name not in MEASURES:
        raise ProductError(f"Features are told by {', '.join(MEASURES)}, not by “{name[:40]}”.")
    return MEASURES[name]


@dataclass(frozen=True)
class Marks:
    """The whole workspace on one day. Arrays are customers × features, in the order of ``matrix``."""

    features: Sequence[Feature]
    matrix: Matrix
    before: Matrix | None  # one period earlier; None for the period “all”
    wanted: Bools  # unused features: docs/definitions.md#unused_features

    @cached_property
    def known(self) -> Bools:
        """Available, and usage says who: where adoption is counted."""
        found: Bools = self.matrix.is_available & ~np.isnan(self.matrix.adopted)
        return found

    @cached_property
    def unused(self) -> Bools:
        found: Bools = self.known & (self.matrix.adopted == 0) & ~(self.matrix.uses > 0)
        return found


@dataclass(frozen=True)
class Use:
    """The same for the customers of a view, in the order of its rows."""

    marks: Marks
    places: Ints  # of the customers in ``marks``
    is_entitled: Bools  # the contract names features
    has_trend: Bools  # two periods of history

    @property
    def features(self) -> Sequence[Feature]:
        return self.marks.features

    def feature(self, feature_id: str) -> int:
        """Its column. Raises ProductError."""
        for place, each in enumerate(self.features):
            if each.feature_id == feature_id:
                return place
        raise ProductError("There is no such feature in use on this day.")

    @cached_property
    def unused(self) -> Bools:
        found: Bools = self.marks.unused[self.places]
        return found

    @cached_property
    def paid(self) -> Bools:
        """Not used, and the contract names it."""
        found: Bools = self.unused & self.is_entitled[:, None]
        return found

    @cached_property
    def wanted(self) -> Bools:
        """Hardly used, and the middle of the peers is far ahead."""
        found: Bools = self.marks.wanted[self.places] & self.known
        return found

    @cached_property
    def known(self) -> Bools:
        found: Bools = self.marks.known[self.places]
        return found

    @cached_property
    def had(self) -> Bools:
        """Had adopted it one period before."""
        if self.marks.before is None:
            return np.zeros_like(self.known)
        found: Bools = self.known & self.has_trend[:, None] & (self.marks.before.adopted[self.places] == 1)
        return found

    def of(self, measure: str) -> tuple[Bools, Bools]:
        """(who, among), customers × features each."""
        adopted = self.marks.matrix.adopted[self.places] == 1
        return {
            "adopted": (self.known & adopted, self.known),
            "gap": (self.paid | self.wanted, self.known),
            "paid": (self.paid, self.known),
            "wanted": (self.wanted, self.known),
            "lapsed": (self.had & ~adopted, self.had),
            "known": (self.known, self.known),
            "had": (self.had, self.had),
        }[measure]

    def reach(self, place: int) -> Floats:
        found: Floats = self.marks.matrix.reach[self.places, place]
        return found

    def reach_before(self, place: int) -> Floats:
        if self.marks.before is None:
            return np.full(len(self.places), np.nan)
        found: Floats = self.marks.before.reach[self.places, place]
        return found


LISTS = ("adopted", "gap", "lapsed", "known", "had")
GAP_LISTS = ("known", "gap", "paid", "wanted")
"""What a list of a feature's customers can be of, behind the shares by group and behind the table of gaps."""


@dataclass(frozen=True)
class Line:
    """One feature: a share over all, and one for each group."""

    feature: Feature
    total: Figure
    among: Figure  # how many customers the share is of
    cells: Sequence[Figure]


@dataclass(frozen=True)
class Gap:
    """One feature that customers could use and leave."""

    feature: Feature
    known: Figure  # customers that have it
    gap: Figure  # share of them with the gap: paid for and not used, or behind the peers
    paid: Figure  # not used, and the contract names it
    wanted: Figure  # hardly used, and the middle of the peers is 20 points ahead
    arr: Figure  # of those with the gap, in the view's currency


def use_of(found: Everybody) -> Use:
    """The matrix of the view's day and period, and of the period before."""
    marks = marks_of(found.as_of, found.period)
    order = np.argsort(marks.matrix.customer_ids)
    places = order[np.searchsorted(marks.matrix.customer_ids, found.ids, sorter=order)]
    days = found.period.days
    history = np.nan_to_num(found.number("history_days"), nan=-1.0)
    entitled = np.array([bool(row["is_entitled"]) for row in found.rows], np.bool_)
    return Use(marks, places, entitled, history >= (np.inf if days is None else 2 * days))


def marks_of(day: date, period: Period) -> Marks:
    """Worked out by whoever asks first."""
    return _MARKS.get((day, period), lambda: _marks(day, period))


_MARKS: ByState[Marks] = ByState(usage_state, size=3)


def _marks(day: date, period: Period) -> Marks:
    use = feature_use(as_of=day, period=period)
    rows = scoring.scores(as_of=day, period=period).rows
    ids, names = [row["customer_id"] for row in rows], [each.feature_id for each in use.features]
    matrix = _matrix(use, ids, names)
    before = None
    if period.days is not None:
        before = _matrix(feature_use(as_of=day - timedelta(days=period.days), period=period), ids, names)
    peers = Peers(as_of=day, period=period, rows=rows, features=use.features, matrix=matrix, seen=frozenset())
    return Marks(use.features, matrix, before, _wanted(peers))


def _wanted(peers: Peers) -> Bools:
    """Reach under 10%, and the middle of the peers 20 points ahead; where nobody is active the own reach counts as 0."""
    ahead = np.round(peers.peer_reach.of_peers - np.nan_to_num(peers.available_reach), 9) >= BEHIND_PEERS
    found: Bools = (peers.matrix.adopted == 0) & ahead & (peers.peer_reach.peers >= FEWEST_TO_COMPARE)
    return found


def _matrix(use: FeatureUse, ids: Sequence[int], names: Sequence[str]) -> Matrix:
    table = use.table.filter(pc.is_in(use.table["feature_id"], value_set=pa.array(names, pa.string())))
    columns = ("uses", "reach", "is_available", "is_adopted")
    return Matrix.of_columns(
        ids,
        names,
        customers=table["customer_id"].to_numpy(),
        features=pc.index_in(table["feature_id"], pa.array(names, pa.string())).to_numpy().astype(np.int64),
        columns={name: table[name].cast(pa.float64()).to_numpy() for name in columns},
    )


def table(view: "View", measure: str, groups: Groups) -> list[Line]:
    """Every feature that the measure says something of, the most customers first (adopted: the widest share)."""
    who, among = view.use.of(measure)
    lines = []
    for place, feature in enumerate(view.use.features):
        if not among[:, place].any():
            continue
        cell, one = f"feature:{measure}:{feature.feature_id}", view.everybody
        of = "had" if measure == "lapsed" else "known"
        lines.append(
            Line(
                feature=feature,
                total=weighing.shares(one, cell, who[:, place], among[:, place], view.weight)[0],
                among=weighing.numbers(one, f"feature:{of}:{feature.feature_id}", among[:, place] & (view.weight > 0))[
                    0
                ],
                cells=weighing.shares(groups, cell, who[:, place], among[:, place], view.weight),
            )
        )
    return sorted(lines, key=lambda line: _rank(line, measure))


def _rank(line: Line, measure: str) -> tuple[float, float, str]:
    share = -(line.total.value or 0.0)
    return (share if measure == "adopted" else -line.total.count, share, line.feature.name.casefold())


def gaps(view: "View") -> list[Gap]:
    """Features with a gap somewhere, the commonest first."""
    one = view.everybody
    arr, alike = view.found.arr(view.currency), np.ones(len(view.found))
    lists = {name: view.use.of(name)[0] for name in GAP_LISTS}
    lines = []
    for place, feature in enumerate(view.use.features):
        who = {name: some[:, place] for name, some in lists.items()}
        if not who["gap"].any():
            continue
        cell = {name: f"gap:{name}:{feature.feature_id}" for name in (*GAP_LISTS, "arr")}
        lines.append(
            Gap(
                feature=feature,
                known=weighing.numbers(one, cell["known"], who["known"])[0],
                gap=weighing.shares(one, cell["gap"], who["gap"], who["known"], alike)[0],
                paid=weighing.numbers(one, cell["paid"], who["paid"])[0],
                wanted=weighing.numbers(one, cell["wanted"], who["wanted"])[0],
                arr=weighing.totals(one, cell["arr"], np.where(who["gap"], arr, np.nan))[0],
            )
        )
    if view.by == "arr":
        return sorted(lines, key=lambda line: (-(line.arr.value or 0.0), -line.gap.count, line.feature.name.casefold()))
    return sorted(lines, key=lambda line: (-line.gap.count, -(line.arr.value or 0.0), line.feature.name.casefold()))
