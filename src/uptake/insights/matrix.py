"""Who uses which feature, as arrays: one row per customer, one column per feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class Feature(Protocol):
    """A feature as the catalogue knows it."""

    @property
    def feature_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def importance(self) -> int:
        """0–100."""


@dataclass(frozen=True)
class Matrix:
    """Every array is customers × features. Nan: not measured (nobody active, or no usage says who)."""

    customer_ids: Ints
    feature_ids: tuple[str, ...]
    is_available: Bools
    uses: Floats
    reach: Floats  # 0–1 of the customer's active users
    adopted: Floats  # 1 adopted, 0 not; nan: no usage says who

    @classmethod
    def of_cells(
        cls, customer_ids: Sequence[int], feature_ids: Sequence[str], cells: Mapping[int, Mapping[str, Any]]
    ) -> "Matrix":
        """From customer_id -> feature_id -> (users, uses, reach, is_available, is_adopted); handy for few of them."""
        found = [(who, what, cell) for who, row in cells.items() for what, cell in row.items()]
        columns = {
            "uses": [_number(cell.uses) for *_, cell in found],
            "reach": [_number(cell.reach) for *_, cell in found],
            "is_available": [cell.is_available for *_, cell in found],
            "is_adopted": [_number(cell.is_adopted) for *_, cell in found],
        }
        places = {name: place for place, name in enumerate(feature_ids)}
        return cls.of_columns(
            customer_ids,
            feature_ids,
            customers=np.array([who for who, *_ in found], np.int64),
            features=np.array([places[what] for _, what, _ in found], np.int64),
            columns={name: np.array(values) for name, values in columns.items()},
        )

    @classmethod
    def of_columns(
        cls,
        customer_ids: Sequence[int],
        feature_ids: Sequence[str],
        *,
        customers: Ints,
        features: Ints,
        columns: Mapping[str, npt.NDArray[Any]],
    ) -> "Matrix":
        """From a long table: customer and place of the feature per row. Customers not asked for are left away."""
        ids = np.asarray(customer_ids, np.int64)
        order = np.argsort(ids)
        spots = np.searchsorted(ids[order], customers)
        known = np.zeros(len(customers), np.bool_)
        inside = spots < len(ids)
        known[inside] = ids[order][spots[inside]] == customers[inside]
        rows, places = order[spots[known]], features[known]

        def spread(name: str, empty: float) -> Floats:
            full = np.full((len(ids), len(feature_ids)), empty)
            full[rows, places] = columns[name][known].astype(np.float64)
            return full

        return cls(
            customer_ids=ids,
            feature_ids=tuple(feature_ids),
            is_available=spread("is_available", 0.0) == 1.0,
            uses=spread("uses", np.nan),
            reach=spread("reach", np.nan),
            adopted=spread("is_adopted", np.nan),
        )


def _number(value: float | bool | None) -> float:
    return float("nan") if value is None else float(value)
