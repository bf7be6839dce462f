"""Who uses which feature: the matrix of customers and features, worked out once per state of the facts and kept."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from uptake.customers.models import features as catalogue
from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.at_hand import Bench
from uptake.pipeline.kept import kept_or_made, key_of
from uptake.pipeline.published import Published, published, workspace_week
from uptake.pipeline.questions import Question
from uptake.pipeline.state import ByState, usage_state

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from uptake.scores.tables import Tables

HIGH, MEDIUM = 0.6, 0.3  # as metrics.reach has them, which would load the engine's libraries
COLUMNS = ("customer_id", "feature_id", "users", "uses", "reach", "is_available", "is_adopted")


@dataclass(frozen=True)
class Feature:
    """A feature as the catalogue knows it; what nobody defined has no category."""

    feature_id: str
    name: str
    category: str  # core, advanced, power; empty: nobody said
    importance: int  # 0-100


class Cell(NamedTuple):
    """One customer and one feature in the period."""

    users: int | None  # distinct people who used it; None: no usage says who
    uses: int | None
    reach: float | None  # 0-1 of the customer's active users; None: no usage says who, or nobody was active
    is_available: bool
    is_adopted: bool | None  # reach at least 10%; None: no usage says who


@dataclass(frozen=True)
class FeatureAdoption:
    """A feature over some customers: adopted by so many of those it is available to."""

    feature_id: str
    feature: str
    category: str
    importance: int
    adopted: int
    available: int  # customers with usage that says who
    rate: float | None  # 0-1; None: available to none of them
    level: str | None  # High from 60%, Medium from 30%, Low


class FeatureUse:
    """The matrix on one day. It holds every customer: whoever shows it chooses by ``access_customers`` first."""

    def __init__(self, table: pa.Table, features: Sequence[Feature], as_of: date, period: Period) -> None:
        self.as_of, self.period = as_of, period
        self.table = table
        used = set(pc.unique(table["feature_id"]).to_pylist())
        self.features: Sequence[Feature] = [each for each in features if each.feature_id in used]
        self.cells: Mapping[int, Mapping[str, Cell]] = _Cells(table)

    def adoption(self, customer_ids: Collection[int]) -> list[FeatureAdoption]:
        """Every feature over these customers, the highest rate first; those available to none of them last."""
        among = np.isin(self._customers, np.fromiter(customer_ids, np.int64, len(customer_ids)))
        available = self._count(among & self._counted)
        adopted = self._count(among & self._counted & self._adopted)
        found = [
            _adoption(feature, int(adopted[place]), int(available[place]))
            for place, feature in enumerate(self.features)
        ]
        return sorted(found, key=lambda each: (each.rate is None, -(each.rate or 0.0), each.feature.casefold()))

    def _count(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        return np.bincount(self._places[chosen], minlength=len(self.features))

    @cached_property
    def _customers(self) -> npt.NDArray[np.int64]:
        found: npt.NDArray[np.int64] = self.table["customer_id"].to_numpy()
        return found

    @cached_property
    def _places(self) -> npt.NDArray[np.int64]:
        """Each cell's feature, as its place in ``features``."""
        names = pa.array([each.feature_id for each in self.features], pa.string())
        found: npt.NDArray[np.int64] = pc.index_in(self.table["feature_id"], names).to_numpy().astype(np.int64)
        return found

    @cached_property
    def _counted(self) -> npt.NDArray[np.bool_]:
        """Available, and measured: as ``metrics.reach.adoption_rate`` counts customers."""
        found = pc.and_(self.table["is_available"], pc.is_valid(self.table["is_adopted"]))
        return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)

    @cached_property
    def _adopted(self) -> npt.NDArray[np.bool_]:
        found = pc.fill_null(self.table["is_adopted"], False)
        return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)


class _Cells(Mapping[int, Mapping[str, Cell]]):
    """customer_id -> feature_id -> Cell, made when they are asked for: there may be hundreds of thousands."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table  # sorted by customer
        customers = table["customer_id"].to_numpy()
        ids, starts = np.unique(customers, return_index=True)
        ends = [*starts[1:].tolist(), len(customers)] if len(starts) else []
        self._spans = dict(zip(ids.tolist(), zip(starts.tolist(), ends, strict=True), strict=True))

    def __getitem__(self, customer_id: int) -> Mapping[str, Cell]:
        start, end = self._spans[customer_id]
        _, features, *columns = self._table.slice(start, end - start).select(COLUMNS).to_pydict().values()
        return {name: Cell(*cell) for name, *cell in zip(features, *columns, strict=True)}

    def __iter__(self) -> Iterator[int]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)

    def __contains__(self, customer_id: object) -> bool:
        return customer_id in self._spans


def feature_use(*, as_of: date | None = None, period: Period = scoring.DEFAULT_PERIOD) -> FeatureUse:
    """The matrix of every customer with usage and every feature available to it or used by it in the period.

    Raises NothingToScore, and ProductError for a day that is not complete yet.
    """
    day = scoring.as_of_day(as_of)
    return _MADE.get((day, period), lambda: _made(day, period))


_MADE: ByState[FeatureUse] = ByState(usage_state, size=3)


def _made(day: date, period: Period) -> FeatureUse:
    known = published()
    key = key_of("reach", known, period, day)
    table = kept_or_made(key, known, [day], lambda bench: reach_made(bench, day, period))
    return FeatureUse(table, _features(known), day, period)


def reach_made(bench: Bench, day: date, period: Period = scoring.DEFAULT_PERIOD) -> pa.Table:
    """The matrix as it is kept: COLUMNS, by customer and feature."""
    return bench.answer(Question(_cells, bench.tables, (day,), (period, workspace_week()))).combine_chunks()


def _cells(tables: "Tables", days: Sequence[date], period: Period, week: str) -> "ir.Table":
    from uptake.metrics.reach import reach  # heavy; what is kept is read without
    from uptake.metrics.windows import windows

    spans = windows(tables.facts, tables.customers, as_of=days, period=period, workspace_week=week)
    cells = reach(tables.facts, spans, entitlements=tables.feature_entitlements).select(*COLUMNS)
    return cells.order_by("customer_id", "feature_id")


def _features(known: Published) -> list[Feature]:
    """Every feature by name: those that somebody uses, and those that are granted and nobody has used yet."""
    rows: list[dict[str, Any]] = known.event_names.filter(pc.equal(known.event_names["kind"], "feature")).to_pylist()
    found = {
        row["feature_id"]: Feature(row["feature_id"], row["feature"], row["category"] or "", row["importance"])
        for row in rows
    }
    defined = catalogue.Feature.objects.values_list("key", "name", "category", "importance")
    found |= {key: Feature(key, name, category, importance) for key, name, category, importance in defined}
    return sorted(found.values(), key=lambda each: each.name.casefold())


def _adoption(feature: Feature, adopted: int, available: int) -> FeatureAdoption:
    rate = adopted / available if available else None
    level = None if rate is None else "High" if rate >= HIGH else "Medium" if rate >= MEDIUM else "Low"
    told = (feature.feature_id, feature.name, feature.category, feature.importance)
    return FeatureAdoption(*told, adopted, available, rate, level)
