"""The page in sentences: what stands out among the groups, features and movers."""

from collections.abc import Sequence
from dataclasses import dataclass

from uptake.pipeline.leader import features, movers
from uptake.pipeline.leader.lines import Line
from uptake.pipeline.leader.spread import Day
from uptake.pipeline.leader.view import View
from uptake.web.portfolio.words import many, moved, number, sentence, shown
from uptake.web.templatetags.uptake import day, money, percent

FEWEST = 3  # customers with a score; of fewer a group's average is one customer's story
APART = 5.0  # points between groups that are worth a name
OPEN = 0.5


@dataclass(frozen=True)
class Finding:
    """The top of the page."""

    headline: str
    deck: str


def finding(view: View, gaps: Sequence[features.Gap], lapsed: Sequence[features.Line]) -> Finding:
    """Of the customers shown."""
    average = view.total.average.value
    if average is None:
        if view.by == "arr" and view.total.scored.count:
            return Finding(
                "No customer with a score has ARR on this day", "Weigh the customers alike, or add contracts."
            )
        return Finding("Nobody here has a score yet", "A score needs 14 days of history and 70% of its parts.")
    by = f" by ARR in {view.currency}" if view.by == "arr" else ""
    way = moved(view.total.change.value)
    headline = f"Adoption{by} stands at {shown(average)}{f', {way}' if way else ''}{_apart(view)}"
    return Finding(headline, " ".join(filter(None, (_gap(view, gaps), _lapsed(lapsed)))))


def _apart(view: View) -> str:
    """“; small lags at 55, eight points behind mid-market”."""
    lines = [line for line in view.lines if line.average.count >= FEWEST and line.average.value is not None]
    if len(lines) < 2:
        return ""
    best, worst = max(lines, key=_average), min(lines, key=_average)
    points = _average(best) - _average(worst)
    if points < APART:
        return f"; alike {view.grouping.words}"
    return f"; {worst.group.title} lags at {shown(worst.average.value)}, {best.group.title} leads at {shown(best.average.value)}"


def _average(line: Line) -> float:
    return line.average.value or 0.0


def _gap(view: View, gaps: Sequence[features.Gap]) -> str:
    if not gaps:
        return ""
    first = gaps[0]
    arr = f", {money(first.arr.value, view.currency)} of ARR behind" if first.arr.value else ""
    leave = "leaves" if first.gap.count == 1 else "leave"
    who = f"{number(first.gap.count)} of {many(first.known.count, 'customer')}"
    return sentence(
        f"{who} that {'has' if first.known.count == 1 else 'have'} {first.feature.name} {leave} it idle{arr}."
    )


def _lapsed(lines: Sequence[features.Line]) -> str:
    if not lines or not lines[0].total.count:
        return ""
    first = lines[0]
    return f"{first.feature.name} fell out of use at {first.total.count:,} of the {first.among.count:,} that had adopted it."


def measure_finding(measure: features.Measure, lines: Sequence[features.Line]) -> str:
    """What stands out in the matrix."""
    if not lines:
        return "No feature could be told by group"
    first = lines[0]
    if not first.total.count:
        return {"lapsed": "No feature fell out of use", "gap": "No gap is common", "adopted": "Nothing is adopted yet"}[
            measure.name
        ]
    return {
        "lapsed": f"{first.feature.name} fell out of use most often",
        "gap": f"{first.feature.name} lies idle most often",
        "adopted": f"{first.feature.name} is adopted most widely",
    }[measure.name]


def gaps_finding(view: View, gaps: Sequence[features.Gap]) -> str:
    """“Five features lie idle at half or more of the customers that have them”."""
    half = [gap for gap in gaps if (gap.gap.value or 0.0) >= OPEN]
    if not gaps:
        return "No feature lies idle where it is paid for or peers use it"
    if not half:
        return f"The commonest gap is {gaps[0].feature.name}, {percent(gaps[0].gap.value)}% of those that have it"
    lie, them = ("lies", "it") if len(half) == 1 else ("lie", "them")
    return sentence(f"{many(len(half), 'feature')} {lie} idle at half or more of the customers that have {them}")


def spread_finding(days: Sequence[Day]) -> str:
    """Of the days, the newest first."""
    if not days or days[0].median is None:
        return "No scores on these days"
    last, first = days[0], days[-1]
    if first is last or first.median is None or last.median is None:
        return f"The middle customer stands at {shown(last.median)}"
    return f"The middle customer stands at {shown(last.median)}, {moved(last.median - first.median)} since {day(first.day)}"


def movers_finding(view: View, total: movers.Line) -> str:
    """“Twenty rose and 31 fell since 21 Oct 2026”."""
    counts = {name: figure.count for name, figure in total.ways}
    if not counts["rose"] and not counts["fell"]:
        return f"Nobody moved since {day(view.since)}"
    return sentence(
        f"{many(counts['rose'], 'customer')} rose and {counts['fell'] or 'none'} fell since {day(view.since)}"
    )


def moves_told(mover: movers.Mover) -> str:
    """“Breadth −10.0, Depth −7.2”; of one that came or went, why."""
    told = [f"{move.title} {move.points:+.1f}".replace("-", "−") for move in mover.moves if abs(move.points) >= 0.05]
    return ", ".join(told)


def moved_most(mover: movers.Mover) -> str:
    """The part with the most points in the way the score went; nothing without a score on both days."""
    if mover.points is None or not mover.moves:
        return ""
    top = mover.moves[0]
    is_same = (top.points > 0) == (mover.points > 0) and abs(top.points) >= 0.05
    return f"{top.title} {top.points:+.1f}".replace("-", "−") if is_same else ""


def narrowed_words(view: View) -> str:
    """How many of how many."""
    shown_count, total = len(view.found), view.found.total
    return f"{shown_count:,} of {many(total, 'customer')}" if shown_count != total else many(total, "customer")
