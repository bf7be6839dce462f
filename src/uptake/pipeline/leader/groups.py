"""Customers in groups: by segment, plan, region, owner, or the quarter they came in. Each customer is in one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from uptake.kit.errors import ProductError
from uptake.pipeline.leader.everybody import Bools, Everybody, Floats

NOT_SET, REST, IS = "-", "+", "="
"""How group keys begin: the customers without a value; all groups beyond the so many largest (“+12”); one value (“=Gold”)."""

Ints = npt.NDArray[np.int64]


class UnknownGroup(ProductError):
    """None of the customers shown is in such a group."""

    status = 404


@dataclass(frozen=True)
class Grouping:
    """One way to divide the customers."""

    key: str
    title: str  # head of the column
    words: str  # “by segment”
    column: str  # of the rows
    is_time: bool = False  # groups stand in the order of time, not of size


GROUPINGS: Mapping[str, Grouping] = {
    each.key: each
    for each in (
        Grouping("segment", "Segment", "by segment", "segment"),
        Grouping("plan", "Plan", "by plan", "plan"),
        Grouping("region", "Region", "by region", "region"),
        Grouping("owner", "CSM", "by CSM", "owner_id"),
        Grouping("cohort", "Customer since", "by the quarter they became customers", "cohort", is_time=True),
        Grouping("first_use", "First use", "by the quarter of their first use", "first_use", is_time=True),
    )
}


def grouping_named(key: str) -> Grouping:
    """Raises ProductError naming those there are."""
    if key not in GROUPINGS:
        raise ProductError(f"Customers cannot be grouped by “{key[:40]}”; by {', '.join(GROUPINGS)} they can.")
    return GROUPINGS[key]


@dataclass(frozen=True)
class Group:
    """Some customers under one name."""

    key: str
    title: str


EVERYBODY = Group("", "All")


@dataclass(frozen=True)
class Groups:
    """``codes`` says each customer's place in ``groups``."""

    groups: Sequence[Group]
    codes: Ints

    def counts(self, who: Bools) -> Ints:
        """How many of them are in each group."""
        found: Ints = np.bincount(self.codes[who], minlength=len(self.groups))
        return found

    def sums(self, who: Bools, amounts: Floats) -> Floats:
        """Their amounts added up in each group."""
        found: Floats = np.bincount(self.codes[who], weights=amounts[who], minlength=len(self.groups)).astype(
            np.float64
        )
        return found


def together(found: Everybody) -> Groups:
    """Everybody as one group."""
    return Groups([EVERYBODY], np.zeros(len(found), np.int64))


def divided(found: Everybody, by: Grouping, *, most: int | None = None) -> Groups:
    """The largest first, or in the order of time; those without a value last. Beyond ``most`` the smallest are one group."""
    values = found.texts(by.column)
    counts = Counter(values)
    named = _titles(found, by)
    known = sorted((value for value in counts if value is not None), key=lambda value: (-counts[value], named[value]))
    kept = known if most is None or len(known) <= most else known[: most - 1]
    rest = len(known) - len(kept)
    if by.is_time:
        kept = sorted(kept, key=str)
    groups = [Group(f"{IS}{value}", named[value]) for value in kept]
    places: dict[str | None, int] = {value: place for place, value in enumerate(kept)}
    if rest:
        places |= dict.fromkeys(set(known) - set(kept), len(groups))
        groups.append(Group(f"{REST}{most}", f"{rest:,} other groups"))
    if None in counts:
        places[None] = len(groups)
        groups.append(Group(NOT_SET, "Nobody" if by.key == "owner" else "Not set"))
    return Groups(groups, np.array([places[value] for value in values], np.int64))


def members(found: Everybody, by: Grouping, key: str) -> tuple[Group, Bools]:
    """The group of this key and who is in it; an empty key: everybody. Raises UnknownGroup."""
    if not key:
        return EVERYBODY, np.ones(len(found), np.bool_)
    most = key.removeprefix(REST)
    is_rest = key.startswith(REST) and most.isascii() and most.isdecimal() and len(most) < 6
    groups = divided(found, by, most=int(most) if is_rest and int(most) else None)
    for place, group in enumerate(groups.groups):
        if group.key == key:
            return group, groups.codes == place
    raise UnknownGroup(f"No customer shown here is in that group {by.words}.")


def _titles(found: Everybody, by: Grouping) -> dict[str | None, str]:
    """Value -> what people call it."""
    if by.key == "owner":
        return {row["owner_id"]: row["owner"] for row in found.rows}
    if by.is_time:
        return {text: " ".join(reversed((text or "").split("-"))) for text in set(found.texts(by.column))}
    return {text: text or "" for text in set(found.texts(by.column))}
