"""How the scores of many customers spread, day after day."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.look import PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import data, nothing, placed, ticked
from uptake.charts.scores import STEP, counts_by_step
from uptake.charts.words import Caption, Table, day_words, figure, short_day, table

RIDGE = 38  # pixels from day to day
RISE = 33  # pixels of the highest ridge
MOST_RIDGES = 13
SMOOTH = (0.25, 0.5, 0.25)  # of a step and its neighbours

Row = Mapping[str, Any]


def distribution_over_time(
    days: Sequence[Row], *, caption: Caption, look: Look = PAGE, width: Width = "container"
) -> Spec:
    """A ridge for each day: how the customers' scores spread, and a tick at their median.

    ``days``: day, scores (0–100, None: none), the oldest first; more than thirteen are thinned out evenly, the last
    one stays. All ridges share one scale of heights, in shares of the day's customers.
    """
    known = [_ridge(day) for day in thinned(days, MOST_RIDGES) if any(score is not None for score in day["scores"])]
    if not known:
        return nothing("No customer had a score on these days.", look, width=width, caption=caption)
    height = RIDGE * len(known)
    top = max(max(ridge["shares"]) for ridge in known)
    marks = [*_ridges(known, top, look), *_named(known, look)]
    note = "Height: share of the day’s customers, on one scale for all days. Tick: the median."
    return dressed(marks, look, width=width, height=height, caption=caption, note=note)


def distribution_over_time_table(days: Sequence[Row]) -> Table:
    """The same by day, in quarters of the scale."""
    rows = []
    for day in days:
        known = [score for score in day["scores"] if score is not None]
        quarters = [
            sum(low <= score < low + 20 or score == low + 20 == 100 for score in known) for low in range(0, 100, 20)
        ]
        rows.append((day_words(day["day"]), figure(median(known)), *map(figure, quarters)))
    return table("'Day | Median | 0 to 19 | 20 to 39 | 40 to 59 | 60 to 79 | 80 to 100", rows)


def median(values: Sequence[float]) -> float | None:
    """The one in the middle, or half way between the two; None of none."""
    ordered, half = sorted(values), len(values) // 2
    if not ordered:
        return None
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def thinned(days: Sequence[Row], most: int) -> list[Row]:
    """At most so many at even distance, the last one among them."""
    every = -(-len(days) // most) if days else 1
    return list(days[::-1][::every][::-1])


def _ridge(day: Row) -> dict[str, Any]:
    known = [score for score in day["scores"] if score is not None]
    counts = [0.0, *counts_by_step(known), 0.0]
    smooth = [
        sum(weight * counts[at] for at, weight in enumerate(SMOOTH, place - 1) if 0 <= at < len(counts))
        for place in range(len(counts))
    ]
    return {"day": day["day"], "shares": [value / len(known) for value in smooth], "median": median(known)}


def _ridges(ridges: Sequence[Mapping[str, Any]], top: float, look: Look) -> list[alt.Chart]:
    """Each ridge on its line, the last one in colour, and a tick at each median."""
    x = alt.X("score:Q", scale=alt.Scale(domain=[0, 100], nice=False), axis=ticked([0, 20, 40, 60, 80, 100]))
    y = alt.Y("y:Q", scale=None, axis=None)
    outlines = [row for number, ridge in enumerate(ridges) for row in _outline(ridge, number, top)]
    last = [row for row in outlines if row["ridge"] == len(ridges) - 1]
    marks: list[alt.Chart] = []
    for colour, rows in ((look.series[5], outlines[: -len(last)]), (look.series[0], last)):
        base = alt.Chart(data(rows)).encode(x=x, y=y, detail=alt.Detail("ridge:N"))
        marks.append(base.mark_area(interpolate="monotone", color=colour, opacity=0.3).encode(y2=alt.Y2("base")))
        marks.append(base.mark_line(interpolate="monotone", color=colour, strokeWidth=1.5))
    middles = data({"score": ridge["median"], "y": RIDGE * (number + 1) - 5} for number, ridge in enumerate(ridges))
    ticks = alt.Chart(middles).mark_tick(orient="vertical", size=10, thickness=2, color=look.ink)
    return [*marks, ticks.encode(x=x, y=y)]


def _outline(ridge: Mapping[str, Any], number: int, top: float) -> Iterator[dict[str, float]]:
    base = RIDGE * (number + 1)
    for place, share in enumerate(ridge["shares"]):
        score = min(100.0, max(0.0, STEP * (place - 0.5)))
        yield {"ridge": number, "score": score, "y": round(base - RISE * share / top, 2), "base": base}


def _named(ridges: Sequence[Mapping[str, Any]], look: Look) -> list[alt.Chart]:
    """Day and median beside each ridge."""
    right: dict[str, Any] = {"x": alt.ExprRef("width + 44"), "align": "right"}
    marks = [placed("Median", y=0, baseline="middle", color=look.ink_3, **right)]
    for number, ridge in enumerate(ridges, 1):
        line: dict[str, Any] = {"y": RIDGE * number + 1, "baseline": "bottom"}
        line["color"] = look.ink if number == len(ridges) else look.ink_2
        marks.append(placed(_day_told(ridges, number - 1), x=-8, align="right", **line))
        marks.append(placed(figure(ridge["median"]), fontWeight="bold", **line, **right))
    return marks


def _day_told(ridges: Sequence[Mapping[str, Any]], number: int) -> str:
    """With the year where it begins or changes."""
    day = ridges[number]["day"]
    is_new = number == 0 or ridges[number - 1]["day"].year != day.year
    return day_words(day) if is_new else short_day(day)
