"""The page's figures and drawings, as plain values that the templates write."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from uptake.charts.weekly import average_by_week
from uptake.insights import money
from uptake.pipeline.portfolio import Portfolio
from uptake.scores.models import BANDS, band_of
from uptake.web.portfolio.asked import STEP, Asked
from uptake.web.portfolio.findings import fallen
from uptake.web.portfolio.words import shown

Row = Mapping[str, Any]

BASE, TOP = 196, 34  # of the drawing of the distribution: the line the dots stand on, the room above them
MOST_IN_A_COLUMN = 18  # dots; above it bars are drawn


@dataclass(frozen=True)
class Dot:
    """A customer in the drawing."""

    row: Row
    x: str
    y: float


@dataclass(frozen=True)
class Step:
    """Five points of score: a bar, or the column its dots stand in."""

    lowest: int
    band: str
    count: int
    x: str
    width: str
    middle: str
    y: float
    height: float
    url: str


@dataclass(frozen=True)
class Distribution:
    """Where the customers stand: dots where they fit, else bars."""

    steps: Sequence[Step]
    dots: Sequence[Dot]  # empty: draw bars
    radius: float
    bands: Sequence[Mapping[str, Any]]  # name, count, x, anchor, url
    ticks: Sequence[Mapping[str, Any]]
    ends: Sequence[Mapping[str, Any]]  # the lowest and the highest by name


def distribution(found: Portfolio, asked: Asked) -> Distribution:
    """By steps of five points, from the lowest band's border that holds everybody."""
    rows = [row for row in found.rows if row["score"] is not None]
    by_step: dict[int, list[Row]] = defaultdict(list)
    for row in reversed(rows):  # the lowest first
        by_step[min(int(row["score"] // STEP) * STEP, 100 - STEP)].append(row)
    start = max((edge for edge in (0, 20, 40) if edge <= min(by_step, default=0)), default=0)
    most = max((len(some) for some in by_step.values()), default=1)
    gap = min(12.0, (BASE - TOP) / most)
    place = _Scale(start)
    steps = [_step(lowest, len(by_step.get(lowest, ())), most, place, asked) for lowest in range(start, 100, STEP)]
    few = most <= MOST_IN_A_COLUMN
    return Distribution(
        steps=steps,
        dots=_dots(by_step, place, gap) if few else (),
        radius=round(min(4.75, gap * 0.4), 2),
        bands=[
            _band(name, found.bands, start, place, asked)
            for name in reversed(BANDS)
            if BANDS[name] or start < BANDS["fair"]
        ],
        ticks=[_tick(value, place) for value in range(start, 101, 20)],
        ends=_ends(rows, by_step, place, gap) if few else (),
    )


def _dots(by_step: Mapping[int, Sequence[Row]], place: "_Scale", gap: float) -> list[Dot]:
    return [
        Dot(row, place.at(lowest + STEP / 2), round(BASE - gap * (number + 0.75), 1))
        for lowest, some in sorted(by_step.items())
        for number, row in enumerate(some)
    ]


@dataclass(frozen=True)
class _Scale:
    start: int

    def at(self, score: float) -> str:
        return f"{100 * (score - self.start) / (100 - self.start):.2f}%"


def _step(lowest: int, count: int, most: int, place: _Scale, asked: Asked) -> Step:
    height = (BASE - TOP) * count / most
    width = 100 * STEP / (100 - place.start)
    return Step(
        lowest, band_of(lowest), count, place.at(lowest + STEP * 0.06), f"{width * 0.88:.2f}%",
        place.at(lowest + STEP / 2), round(BASE - height, 1), round(height, 1), asked.query(score=lowest, band=""),
    )  # fmt: skip


def _band(name: str, counts: Mapping[str, int], start: int, place: _Scale, asked: Asked) -> Mapping[str, Any]:
    is_last = name == next(iter(BANDS))
    x = "100%" if is_last else place.at(max(BANDS[name], start) + 0.6)
    url = asked.query(band=name, score=None)
    return {"name": name, "count": counts[name], "x": x, "anchor": "end" if is_last else "start", "url": url,
            "edge": place.at(BANDS[name]) if BANDS[name] > start else ""}  # fmt: skip


def _tick(value: int, place: _Scale) -> Mapping[str, Any]:
    anchor = "start" if value == place.start else "end" if value == 100 else "middle"
    return {"value": value, "x": place.at(value), "anchor": anchor}


def _ends(rows: Sequence[Row], by_step: Mapping[int, Sequence[Row]], place: _Scale, gap: float) -> list[Any]:
    """The lowest and the highest customer named above their columns and those that the name reaches over."""
    if len(rows) < 2:
        return []
    found = []
    for row, anchor, over in ((rows[-1], "start", (0, 5, 10)), (rows[0], "end", (0, -5, -10))):
        lowest = min(int(row["score"] // STEP) * STEP, 100 - STEP)
        tallest = max(len(by_step.get(lowest + each, ())) for each in over)
        words = f"{row['customer'][:24]} {shown(row['score'])}"
        found.append({"x": place.at(lowest + STEP / 2), "dx": -5 if anchor == "start" else 5,
                      "y": round(BASE - gap * tallest - 9, 1), "anchor": anchor, "words": words})  # fmt: skip
    return found


def by_week(found: Portfolio) -> list[dict[str, Any]]:
    """day, average, and the quartiles low and high, of the customers that had a score on the day; weeks with any."""
    if not found.rows:
        return []
    scores = np.array([row["weeks"] for row in found.rows], np.float64)  # None becomes nan
    weeks = scores.shape[1]
    result = []
    for week in range(weeks):
        known = scores[:, week][~np.isnan(scores[:, week])]
        if not known.size:
            continue
        low, high = np.percentile(known, (25, 75))
        average = float(known.mean())
        day = found.as_of - timedelta(days=7 * (weeks - 1 - week))
        result.append({"day": day, "average": average, "low": float(low), "high": float(high),
                       "customers": int(known.size), "shown": shown(average)})  # fmt: skip
    return result


def drawn(weeks: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The average by week as a chart; None where there is no line to draw."""
    return _drawn(tuple(tuple(week.items()) for week in weeks)) if len(weeks) > 1 else None


@lru_cache(maxsize=64)
def _drawn(weeks: tuple[tuple[tuple[str, Any], ...], ...]) -> dict[str, Any]:
    """The same weeks make the same chart; describing it takes longer than all else on the page."""
    return average_by_week([dict(week) for week in weeks])


@dataclass(frozen=True)
class Figures:
    """The strip of figures beneath the headline."""

    active: int
    share: float | None  # of ``people``, active users of the same customers
    people: int  # seats, or known users where no seats are agreed
    fallen: Sequence[Row]
    poor_arr: Mapping[str, float]  # by currency, that of most customers first: they cannot be added
    arr: Mapping[str, float]  # of all
    poor: int


def figures(found: Portfolio) -> Figures:
    """Users are counted per customer, where each counts once; nobody is a user of two customers."""
    with_seats = [row for row in found.rows if row["seats_or_known"]]
    people = sum(row["seats_or_known"] for row in with_seats)
    poor = [row for row in found.rows if row["band"] == "poor"]
    return Figures(
        active=sum(row["active_visitors"] or 0 for row in found.rows),
        share=sum(row["active_visitors"] or 0 for row in with_seats) / people if people else None,
        people=people,
        fallen=fallen(found.rows),
        poor_arr=money.sums(poor),
        arr=money.sums(found.rows),
        poor=len(poor),
    )
