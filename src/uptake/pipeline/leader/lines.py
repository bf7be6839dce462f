"""Adoption by group: a line a group, every figure with the customers it is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from uptake.pipeline.leader import weighing
from uptake.pipeline.leader.groups import Group, Groups
from uptake.pipeline.leader.weighing import Figure
from uptake.scores.models import BANDS

if TYPE_CHECKING:
    from uptake.pipeline.leader.view import View


@dataclass(frozen=True)
class Line:
    """One group. Averages and shares are weighed as the view weighs; ``weighted`` always by ARR."""

    group: Group
    customers: Figure
    scored: Figure
    withheld: Figure
    reasons: Sequence[tuple[str, Figure]]  # why there is no score; those that nobody of the group has are left out
    average: Figure  # of the score
    weighted: Figure  # the same by ARR in the view's currency
    arr: Figure  # added up, in the view's currency
    bands: Sequence[tuple[str, Figure]]  # share of those with a score
    parts: Sequence[tuple[str, Figure]]  # title, average of the part's value of 0–100 among those with a score
    active: Figure  # users active in the period, added up
    seats: Figure  # of seats, else known users, the share that was active
    change: Figure  # points against the previous period, of those with a trend
    weeks: Sequence[float | None]  # 13 weekly averages of those that had a score

    @property
    def band_shares(self) -> Sequence[tuple[str, float]]:
        return [(name, figure.value) for name, figure in self.bands if figure.value]


def of_groups(view: "View", groups: Groups) -> list[Line]:
    """In the groups' order. Customers, scored, withheld, bands' counts, ARR and active users add up over the groups."""
    found, weight = view.found, view.weight
    everyone = np.ones(len(found), np.bool_)
    by_arr = weighing.weights(found, "arr", view.currency)
    score = found.number("score")
    columns = {
        "customers": weighing.numbers(groups, "customers", everyone),
        "scored": weighing.numbers(groups, "scored", found.scored),
        "withheld": weighing.numbers(groups, "withheld", ~found.scored),
        "average": weighing.means(groups, "average", score, everyone, weight),
        "weighted": weighing.means(groups, "weighted", score, everyone, by_arr),
        "arr": weighing.totals(groups, "arr", found.arr(view.currency)),
        "active": weighing.totals(groups, "active", found.number("active_visitors")),
        "seats": _of_seats(view, groups),
        "change": weighing.means(groups, "change", found.number("change"), everyone, weight),
    }
    bands = [(name, weighing.shares(groups, f"band:{name}", found.bands[name], found.scored, weight)) for name in BANDS]
    reasons = [(text, weighing.numbers(groups, f"withheld:{text}", who)) for text, who in found.reasons.items()]
    parts = [
        (
            part.title,
            weighing.means(groups, f"part:{part.name}", found.number(f"{part.name}_value"), found.scored, weight),
        )
        for part in found.model.parts
    ]
    weeks = [weighing.means(groups, "", column, everyone, weight) for column in found.weeks.T]
    return [
        Line(
            group=group,
            reasons=[(text, some[place]) for text, some in reasons if some[place].count],
            bands=[(name, some[place]) for name, some in bands],
            parts=[(title, some[place]) for title, some in parts],
            weeks=[week[place].value for week in weeks],
            **{name: some[place] for name, some in columns.items()},
        )
        for place, group in enumerate(groups.groups)
    ]


def _of_seats(view: "View", groups: Groups) -> list[Figure]:
    """Active users of all seats or known users together: a small customer does not weigh as much as a large one."""
    people = np.nan_to_num(view.found.number("seats_or_known"))
    share = np.divide(view.found.number("active_visitors"), people, out=np.full(len(people), np.nan), where=people > 0)
    return weighing.means(groups, "seats", share, people > 0, people)
