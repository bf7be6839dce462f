"""Scores by week, as lines."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from uptake.charts.ends import End, ends
from uptake.charts.look import HEIGHT, PAGE, Look, Spec, Width, dressed
from uptake.charts.marks import data, days, moment, nothing, placed, ticked
from uptake.charts.words import Caption, Table, day_words, figure, table

Week = Mapping[str, Any]


def average_by_week(
    weeks: Sequence[Week], *, look: Look = PAGE, width: Width = "container", caption: Caption | None = None
) -> Spec:
    """The portfolio's average score by week, before the middle half of the customers.

    ``weeks``: day, average, low and high (the quartiles) of each week, and shown, the average as it is read; oldest
    first.
    """
    if not weeks:
        return nothing("No week has a score yet.", look, width=width, caption=caption)
    ticks = _ticks([week[name] for week in weeks for name in ("average", "low", "high")])
    base = alt.Chart(data(_plain(weeks, ("average", "low", "high")))).encode(x=_over(weeks))
    half = base.mark_area().encode(y=_level("low", ticks), y2=alt.Y2("high"))
    line = base.mark_line(color=look.series[0]).encode(y=_level("average", ticks))
    marks = ends([_end(weeks, "average", "Average")], look, ticks, HEIGHT)
    return dressed([half, line, *marks], look, width=width, caption=caption)


def average_by_week_table(weeks: Sequence[Week]) -> Table:
    """The same by week."""
    rows = [(day_words(w["day"]), w["shown"], f"{figure(w['low'])}–{figure(w['high'])}") for w in weeks]
    return table("'Week to | Average | Middle half", rows)


def score_by_week(
    weeks: Sequence[Week], *, look: Look = PAGE, width: Width = "container", caption: Caption | None = None
) -> Spec:
    """One customer's score by week, and the median of its peers behind it.

    ``weeks``: day, score and peers of each week, oldest first, None where there is none; shown, the score as it is read.
    """
    known = [week for week in weeks if week["score"] is not None]
    peers = [week for week in weeks if week["peers"] is not None]
    if not known and not peers:
        return nothing("No week has a score yet.", look, width=width, caption=caption)
    ticks = _ticks([week[name] for week in weeks for name in ("score", "peers")])
    base = alt.Chart(data(_plain(weeks, ("score", "peers")))).encode(x=_over(weeks))
    behind = base.mark_line(color=look.series[5], strokeWidth=1.5).encode(y=_level("peers", ticks))
    line = base.mark_line(color=look.series[0]).encode(y=_level("score", ticks))
    marks = ends([_end(known, "score", "Score")] if known else [], look, ticks, HEIGHT)
    if alone := _alone(weeks, "score"):
        dots = alt.Chart(data(_plain(alone, ("score",)))).mark_point(
            filled=True, size=24, color=look.series[0], opacity=1
        )
        marks = [dots.encode(x=_over(weeks), y=_level("score", ticks)), *marks]
    return dressed([behind, line, *_peers_named(weeks, look, ticks), *marks], look, width=width, caption=caption)


def score_by_week_table(weeks: Sequence[Week]) -> Table:
    """The same by week."""
    rows = [
        (day_words(w["day"]), figure(w["score"]) if w["score"] is None else w["shown"], figure(w["peers"]))
        for w in weeks
    ]
    return table("'Week to | Score | Peers’ median", rows)


def _peers_named(weeks: Sequence[Week], look: Look, ticks: Sequence[float]) -> list[alt.Chart]:
    """The peers' line is named where it begins, on the side that the customer's line leaves free."""
    first = next((week for week in weeks if week["peers"] is not None), None)
    if first is None:
        return []
    is_below = first["score"] is not None and first["score"] > first["peers"]
    y = HEIGHT * (1 - (first["peers"] - ticks[0]) / (ticks[-1] - ticks[0])) + (13 if is_below else -11)
    y = min(HEIGHT - 8.0, max(8.0, y))
    return [placed("Peers’ median", x=0, y=y, align="left", baseline="middle", color=look.words[5])]


def _alone(weeks: Sequence[Week], name: str) -> list[Week]:
    """Weeks with a value between weeks without: a line would not show them."""
    padded: list[Week] = [{name: None}, *weeks, {name: None}]
    return [
        week
        for before, week, after in zip(padded, padded[1:], padded[2:], strict=False)
        if week[name] is not None and before[name] is None and after[name] is None
    ]


def _plain(weeks: Sequence[Week], names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"day": week["day"], **{name: week[name] for name in names}} for week in weeks]


def _over(weeks: Sequence[Week]) -> alt.X:
    every = [week["day"] for week in weeks]
    return days("day", every, end=every[-1])


def _level(name: str, ticks: Sequence[float]) -> alt.Y:
    axis = ticked(ticks)
    return alt.Y(f"{name}:Q", scale=alt.Scale(domain=[ticks[0], ticks[-1]], nice=False, zero=False), axis=axis)


def _ticks(values: Sequence[float | None]) -> list[float]:
    """Tens from below the lowest to above the highest, with room for words: lines need not start at 0."""
    known = [value for value in values if value is not None]
    low, high = int((min(known) - 6) // 10 * 10), int(-(-(max(known) + 6) // 10) * 10)
    low, high = max(0, low), min(100, high)
    return [float(tick) for tick in range(low, high + 1, 10 if high - low <= 50 else 20)] + (
        [float(high)] if high - low > 50 and (high - low) % 20 else []
    )


def _end(weeks: Sequence[Week], name: str, words: str) -> End:
    last = weeks[-1]
    is_falling = len(weeks) > 1 and last[name] < weeks[-2][name]  # then the line comes from above
    return End(moment(last["day"]), last[name], f"{words} {last['shown']}", 0, is_falling)
