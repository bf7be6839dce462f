"""How the scores of the customers spread, day after day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.leader.everybody import Everybody, Floats, bands_of
from uptake.pipeline.leader.weighing import Figure
from uptake.pipeline.published import published
from uptake.pipeline.state import ByState, usage_state
from uptake.scores.models import BANDS

if TYPE_CHECKING:
    from uptake.pipeline.leader.view import View

STEPS = (7, 28)  # days: a quarter by week, a year by four weeks
SPAN = 7 * scoring.WEEKS


def checked(every: int) -> int:
    """Raises ProductError."""
    if every not in STEPS:
        raise ProductError(f"Scores over time stand {' or '.join(map(str, STEPS))} days apart, not {every}.")
    return every


@dataclass(frozen=True)
class Spread:
    """``scores``: customers × days, nan where withheld; days without any score are left out, the oldest is first."""

    days: Sequence[date]
    scores: Floats

    def on(self, day: date) -> Floats:
        """Raises ProductError for a day that is not shown."""
        if day not in self.days:
            raise ProductError(f"Scores over time do not show {day}.")
        found: Floats = self.scores[:, list(self.days).index(day)]
        return found


@dataclass(frozen=True)
class Day:
    """One line of the table beside the chart."""

    day: date
    scored: Figure
    average: float | None  # as the view weighs
    median: float | None  # every customer alike
    bands: Sequence[tuple[str, Figure]]  # counts


def spread(found: Everybody, every: int) -> Spread:
    """The thirteen days up to the as-of day that lie ``every`` days apart."""
    days = [found.as_of - timedelta(days=every * back) for back in range(scoring.WEEKS - 1, -1, -1)]
    if every == STEPS[0]:
        scores = found.weeks
    else:
        by_day = _BY_DAY.get((found.as_of, found.period, found.model.version), lambda: _year(found))
        places = {number: place for place, number in enumerate(found.ids.tolist())}
        scores = np.full((len(found), len(days)), np.nan)
        for column, day in enumerate(days):
            for number, score in by_day.get(day, {}).items():
                if number in places:
                    scores[places[number], column] = score
    known = np.flatnonzero((~np.isnan(scores)).any(axis=0)).tolist()
    return Spread([days[place] for place in known], scores[:, known])


def _year(found: Everybody) -> dict[date, dict[int, float]]:
    """Everybody's scores by week over a year: four times thirteen weeks, as they are kept for whoever asks again."""
    known = published()
    year: dict[date, dict[int, float]] = {}
    for quarter in range(4):
        until = found.as_of - timedelta(days=SPAN * quarter)
        by_customer = scoring.weeks(known, as_of=until, period=found.period, model=found.model)
        for back in range(scoring.WEEKS):
            place = scoring.WEEKS - 1 - back
            on = ((number, weeks[place]) for number, weeks in by_customer.items())
            year[until - timedelta(days=7 * back)] = {number: score for number, score in on if score is not None}
    return year


_BY_DAY: ByState[dict[date, dict[int, float]]] = ByState(usage_state, size=2)


def table(view: "View") -> list[Day]:
    """A line a day, the newest first."""
    return [_line(view, day) for day in reversed(view.spread.days)]


def _line(view: "View", day: date) -> Day:
    scores = view.spread.on(day)
    known = ~np.isnan(scores)
    weighed = known & (view.weight > 0)
    total = float(view.weight[weighed].sum())
    bands = bands_of(scores)
    counts = {name: int(bands[name].sum()) for name in BANDS}
    return Day(
        day=day,
        scored=Figure(float(known.sum()), int(known.sum()), f"day:{day}:scored"),
        average=float((scores[weighed] * view.weight[weighed]).sum()) / total if total else None,
        median=float(np.median(scores[known])) if known.any() else None,
        bands=[(name, Figure(float(count), count, f"day:{day}:{name}")) for name, count in counts.items()],
    )
