"""What the page says beside its figures: addresses behind them, titles of its drawings."""

from collections.abc import Mapping, Sequence
from typing import Any

from uptake.web.portfolio.asked import Asked
from uptake.web.portfolio.comparing import Comparison
from uptake.web.portfolio.words import moved, sentence, shown
from uptake.web.templatetags.uptake import day

Row = Mapping[str, Any]


def ways_in(asked: Asked) -> dict[str, str]:
    """The customers behind each figure, as the same table in another order or with another filter."""
    everybody = {"score": None, "band": ""}
    return {
        "best_query": asked.query(sort="score", descending=None),
        "worst_query": asked.query(sort="score", descending=False),
        "active_query": asked.query(sort="active", descending=None),
        "falling_query": asked.query(sort="change", descending=False),
        "poor_query": asked.query(**{**everybody, "band": "poor"}),
        "unscored_query": asked.query(**{**everybody, "band": "none"}),
    }


def weeks_finding(weeks: Sequence[Mapping[str, Any]]) -> str:
    """“Up four points since 1 Sep 2026”."""
    if len(weeks) < 2:
        return "The average by week"
    points = weeks[-1]["average"] - weeks[0]["average"]
    return sentence(f"{moved(points)} since {day(weeks[0]['day'])}")


def comparison_finding(comparison: Comparison) -> str:
    """“Up four points since 1 Sep 2026, from 58 to 62”."""
    then, now = comparison.average_then, comparison.average_now
    if then is None or now is None:
        return f"Nobody has a score on {day(comparison.day)} and now"
    return sentence(f"{moved(now - then)} since {day(comparison.day)}, from {shown(then)} to {shown(now)}")


def ordinal(value: float) -> str:
    """A percentile as a place: 68th, 91st."""
    whole = int(value + 0.5)
    end = "th" if whole % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{end}"


def written(row: Row) -> dict[str, Any]:
    """A row of the table, with what its template cannot work out."""
    score, percentile = row["score"], row["percentile"]
    return {
        **row,
        "of_one": None if score is None else score / 100,
        "place": None if percentile is None else ordinal(percentile),
    }
