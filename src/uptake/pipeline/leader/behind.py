"""The customers behind a cell: exactly those that its figure is of."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from uptake.kit.errors import ProductError
from uptake.pipeline.leader import features, movers
from uptake.pipeline.leader.everybody import Bools, bands_of
from uptake.pipeline.leader.groups import Group, members
from uptake.scores.models import BANDS

if TYPE_CHECKING:
    from uptake.pipeline.leader.view import View


class UnknownCell(ProductError):
    """The page has no such figure."""

    status = 404


@dataclass(frozen=True)
class Cell:
    """A figure's name, taken apart: kind, what it is of, and a further word."""

    kind: str
    of: str = ""
    more: str = ""

    @classmethod
    def parse(cls, text: str) -> "Cell":
        """“feature:lapsed:audit-trail”. What is of a feature may hold colons itself."""
        kind, _, rest = text.partition(":")
        if kind in ("feature", "gap", "day"):
            of, _, more = rest.partition(":")
            return cls(kind, of, more)
        return cls(kind, rest)


@dataclass(frozen=True)
class Behind:
    """Places of the customers in ``view.found.rows``, in its order."""

    view: "View"
    cell: Cell
    group: Group
    places: list[int]


def behind(view: "View", cell: str, group: str = "") -> Behind:
    """Raises UnknownCell, UnknownGroup."""
    asked = Cell.parse(cell)
    found = KINDS.get(asked.kind)
    if found is None:
        raise UnknownCell(f"There is no figure “{cell[:80]}”.")
    named, theirs = members(view.found, view.grouping, group)
    return Behind(view, asked, named, np.flatnonzero(found(view, asked) & theirs).tolist())


def _having(view: "View", column: str) -> Bools:
    """Those who have the value, and weigh something."""
    found: Bools = ~np.isnan(view.found.number(column)) & (view.weight > 0)
    return found


def _everyone(view: "View", _: Cell) -> Bools:
    return np.ones(len(view.found), np.bool_)


def _withheld(view: "View", cell: Cell) -> Bools:
    if cell.of:
        return view.found.reasons.get(cell.of, np.zeros(len(view.found), np.bool_))
    return ~view.found.scored


def _average(view: "View", _: Cell) -> Bools:
    return _having(view, "score")


def _with_arr(view: "View", _: Cell) -> Bools:
    return ~np.isnan(view.found.arr(view.currency))


def _weighted(view: "View", _: Cell) -> Bools:
    return view.found.scored & (np.nan_to_num(view.found.arr(view.currency)) > 0)


def _band(view: "View", cell: Cell) -> Bools:
    _one_of(cell.of, BANDS)
    return view.found.bands[cell.of] & (view.weight > 0)


def _part(view: "View", cell: Cell) -> Bools:
    _one_of(cell.of, [part.name for part in view.found.model.parts])
    return _having(view, f"{cell.of}_value") & view.found.scored


def _active(view: "View", _: Cell) -> Bools:
    return ~np.isnan(view.found.number("active_visitors"))


def _seats(view: "View", cell: Cell) -> Bools:
    return _active(view, cell) & (np.nan_to_num(view.found.number("seats_or_known")) > 0)


def _feature(view: "View", cell: Cell) -> Bools:
    """Shares by group are weighed."""
    _one_of(cell.of, features.LISTS)
    return _of_feature(view, cell.of, cell.more) & (view.weight > 0)


def _gap(view: "View", cell: Cell) -> Bools:
    """The table of gaps counts customers alike."""
    _one_of(cell.of, (*features.GAP_LISTS, "arr"))
    if cell.of == "arr":
        return _of_feature(view, "gap", cell.more) & _with_arr(view, cell)
    return _of_feature(view, cell.of, cell.more)


def _of_feature(view: "View", name: str, feature_id: str) -> Bools:
    found: Bools = view.use.of(name)[0][:, view.use.feature(feature_id)]
    return found


def _day(view: "View", cell: Cell) -> Bools:
    _one_of(cell.more, (*BANDS, "scored"))
    try:
        scores = view.spread.on(date.fromisoformat(cell.of))
    except ValueError:
        raise UnknownCell(f"“{cell.of[:40]}” is no day.") from None
    return ~np.isnan(scores) if cell.more == "scored" else bands_of(scores)[cell.more]


def _moved(view: "View", cell: Cell) -> Bools:
    if cell.of == "both":
        return ~np.isnan(view.moved.points) & (view.weight > 0)
    _one_of(cell.of, movers.WAYS)
    return view.moved.ways[cell.of]


def _one_of(text: str, known: Collection[str]) -> None:
    if text not in known:
        raise UnknownCell(f"There is no figure of “{text[:80]}”.")


KINDS: Mapping[str, Callable[["View", Cell], Bools]] = {
    "customers": _everyone,
    "scored": lambda view, _: view.found.scored,
    "withheld": _withheld,
    "average": _average,
    "weighted": _weighted,
    "arr": _with_arr,
    "band": _band,
    "part": _part,
    "active": _active,
    "seats": _seats,
    "change": lambda view, _: _having(view, "change"),
    "feature": _feature,
    "gap": _gap,
    "day": _day,
    "moved": _moved,
}
