"""What the page says beside its figures: addresses behind them, titles of its drawings."""

from collections.abc import Mapping, Sequence
from typing import Any

from uptake.pipeline.portfolio import Portfolio
from uptake.web.portfolio.asked import Asked
from uptake.web.portfolio.comparing import Comparison
from uptake.web.portfolio.words import moved, sentence, shown
from uptake.web.templatetags.uptake import day

Row = Mapping[str, Any]


def ways_in(asked: Asked) -> dict[str, str]:
    """The customers behind each figure, as the same table in another order or with another filter."""
    everybody = {"score": None, "band": "", "only": "", "reason": ""}
    return {
        "best_query": asked.query(sort="score", descending=None),
        "worst_query": asked.query(sort="score", descending=False),
        "active_query": asked.query(sort="active", descending=None),
        "falling_query": asked.query(**{**everybody, "only": "falling"}, sort="change", descending=False),
        "poor_query": asked.query(**{**everybody, "band": "poor"}),
        **{f"{only}_query": asked.query(**{**everybody, "only": only}) for only in ("both", "new", "gone")},
    }


def withheld(asked: Asked, found: Portfolio) -> list[tuple[str, int, str, str]]:
    """Why there is no score, how many, the first few names, and the address of them all."""
    return [
        (
            reason,
            len(names),
            f"{', '.join(names[:3])} and {len(names) - 3:,} more" if len(names) > 4 else ", ".join(names),
            asked.query(score=None, band="", only="", reason=reason),
        )
        for reason, names in found.withheld.items()
    ]


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
