"""Which features are adopted by whom: shares in three levels, and the heat map of customers and features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from uptake.kit.errors import ProductError
from uptake.pipeline.feature_use import Cell, FeatureAdoption, FeatureUse, feature_use
from uptake.pipeline.portfolio import Portfolio
from uptake.web.templatetags.uptake import heat, percent

Row = Mapping[str, Any]

HIGHEST, LOWEST = 12, 5  # rows of the heat map on the portfolio's page
MOST_FEATURES = 32  # columns there; all of them stand on the heat map's own page
MOST_IN_A_LEVEL = 12
LEVELS = (("High", "60% and over"), ("Medium", "30 to 59%"), ("Low", "under 30%"))


class UnknownFeature(ProductError):
    """No feature of that name is used or granted."""

    status = 404


@dataclass(frozen=True)
class Level:
    """High, Medium or Low, with its features, the most adopted first."""

    name: str
    words: str
    features: Sequence[FeatureAdoption]
    more: int  # how many are not shown


def use_of(found: Portfolio) -> FeatureUse:
    """The matrix of the same day and period."""
    return feature_use(as_of=found.as_of, period=found.period)


def adoption_of(use: FeatureUse, rows: Sequence[Row]) -> list[FeatureAdoption]:
    """Every feature over these customers."""
    return use.adoption([row["customer_id"] for row in rows])


def levels(adoption: Sequence[FeatureAdoption], most: int = MOST_IN_A_LEVEL) -> list[Level]:
    """The features by level. A feature that is available to none of the customers has none and is left out."""
    found = []
    for name, words in LEVELS:
        some = [each for each in adoption if each.level == name]
        found.append(Level(name, words, some[:most], max(0, len(some) - most)))
    return found


@dataclass(frozen=True)
class HeatRow:
    """A customer and its reach of every feature, as step and text."""

    row: Row
    cells: Sequence[tuple[str, str]]


def ends(rows: Sequence[Row]) -> list[Row]:
    """The highest and the lowest scores, for the portfolio's page; all where they are few."""
    scored = [row for row in rows if row["score"] is not None]
    if len(scored) <= HIGHEST + LOWEST:
        return scored
    return [*scored[:HIGHEST], *scored[-LOWEST:]]


def heat_rows(use: FeatureUse, rows: Sequence[Row], features: Sequence[FeatureAdoption]) -> list[HeatRow]:
    """The cells of these customers, in the features' order."""
    found = []
    for row in rows:
        known: Mapping[str, Cell] = use.cells.get(row["customer_id"], {})
        found.append(HeatRow(row, [_shown(known.get(feature.feature_id)) for feature in features]))
    return found


def _shown(cell: Cell | None) -> tuple[str, str]:
    if cell is None or not (cell.is_available or cell.users):
        return "none", ""
    if cell.reach is None:
        return "0", "–"
    return heat(cell.reach), percent(cell.reach)


@dataclass(frozen=True)
class User:
    """A customer and how it uses one feature."""

    row: Row
    cell: Cell | None
    way: str  # one of WAYS

    @property
    def reach(self) -> float | None:
        return self.cell.reach if self.cell else None

    @property
    def users(self) -> int | None:
        return self.cell.users if self.cell else None

    @property
    def uses(self) -> int | None:
        return self.cell.uses if self.cell else None


WAYS = ("adopted", "used", "unused", "not known", "not in plan")
"""The first three are the customers that have the feature and whose usage says who; “not known”: it does not say."""

WAYS_IN_WORDS = ("Adopted", "Used less", "Unused", "Not known who", "Not in plan")


def users_of(use: FeatureUse, rows: Sequence[Row], feature_id: str) -> list[User]:
    """Every customer with its use of the feature, the widest reach first. Raises UnknownFeature."""
    if not any(feature.feature_id == feature_id for feature in use.features):
        raise UnknownFeature("There is no such feature in use on this day.")
    found = []
    for row in rows:
        known = use.cells.get(row["customer_id"], {})
        cell = known.get(feature_id)
        found.append(User(row, cell, _way(cell)))
    return sorted(found, key=lambda each: (WAYS.index(each.way), -(each.reach or 0.0)))


def _way(cell: Cell | None) -> str:
    if cell is None or not cell.is_available:
        return "not in plan"
    if cell.is_adopted is None:
        return "not known"
    return "adopted" if cell.is_adopted else "used" if cell.uses else "unused"


def going(users: Sequence[User], way: str) -> Sequence[User]:
    """Those who use it one way; all where none is named. Raises ProductError."""
    if way and way not in WAYS:
        raise ProductError(f"A feature is {', '.join(WAYS)}, not “{way[:40]}”.")
    return [each for each in users if each.way == way] if way else users


def counts(users: Sequence[User]) -> Mapping[str, int]:
    """How many go which way, by names that a template can write."""
    return {way.replace(" ", "_"): sum(each.way == way for each in users) for way in WAYS}


def tabs(users: Sequence[User], url: str) -> list[tuple[str, str, int, str]]:
    """Words, address, number and way of each list that there is."""
    found = [("All", url, len(users), "")]
    for way, words in zip(WAYS, WAYS_IN_WORDS, strict=True):
        number = sum(each.way == way for each in users)
        if number:
            found.append((words, f"{url}&way={quote(way)}", number, way))
    return found
