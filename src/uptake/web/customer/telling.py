"""What is the matter with this customer, in a sentence or two, from its numbers."""

from collections.abc import Mapping, Sequence
from datetime import date
from math import cos, pi, sin
from typing import Any

from uptake.pipeline.explaining import Opened
from uptake.scores.models import BANDS
from uptake.web.portfolio.asked import period_words
from uptake.web.portfolio.words import many, moved, names, number, sentence, shown

Row = Mapping[str, Any]


MUCH = 3.0  # points; a smaller change is no way that a score goes


def deck(opened: Opened, idle: Sequence[Mapping[str, Any]]) -> str:
    """Where the score stands, what moved it most, what lies idle."""
    told = opened.explanation
    if told.score is None:
        return f"There is no score: {told.reason}. {_what_is_missing(told.reason or '')}"
    return " ".join(filter(None, (_stands(opened), _moved(opened), _idle(idle))))


def _what_is_missing(reason: str) -> str:
    if "history" in reason and "under" in reason:
        return "It comes by itself when the first two weeks are full."
    if reason == "no history":
        return "No usage of this customer was imported up to this day."
    return "Too few parts of the score could be measured; the table says which."


def _stands(opened: Opened) -> str:
    told = opened.explanation
    change = told.change or 0.0
    way = "" if abs(change) < MUCH else " and rising" if change > 0 else " and falling"
    before = f", {_more(told.change)} {period_words(opened.period)} before" if told.change is not None else ""
    return f"Adoption is {told.band}{way}: {shown(told.score)}{before}."


def _more(change: float) -> str:
    words = moved(change)
    return "the same as" if words == "unchanged" else f"{words} on the"


def _moved(opened: Opened) -> str:
    told = opened.explanation
    if told.change is None or abs(told.change) < MUCH or not told.moves:
        return ""
    same = [move for move in told.moves if (move.points > 0) == (told.change > 0)]
    top = max(same, key=lambda move: abs(move.points))
    return f"{top.title} moved it most, by {top.points:+.1f} points.".replace("-", "−")


def _idle(idle: Sequence[Mapping[str, Any]]) -> str:
    if not idle:
        return ""
    told = f"{many(len(idle), 'feature')} that peers use {'lies' if len(idle) == 1 else 'lie'} idle"
    return sentence(f"{told}: {names([cell['feature'] for cell in idle])}.")


def moves_finding(opened: Opened) -> str:
    """The title of what moved it."""
    told = opened.explanation
    if told.change is None or told.previous_score is None:
        return "What moved it"
    before, now = shown(told.previous_score), shown(told.score)
    if before == now and abs(told.change) >= 0.05:
        before, now = f"{told.previous_score:.1f}", f"{told.score:.1f}"
    return f"Unchanged at {now}" if before == now else f"From {before} to {now}"


def weeks_finding(weeks: Sequence[Mapping[str, Any]]) -> str:
    """“Up nine points in twelve weeks”."""
    known = [week for week in weeks if week["score"] is not None]
    if len(known) < 2:
        return "The score by week"
    length = (known[-1]["day"] - known[0]["day"]).days // 7
    return sentence(
        f"{moved(known[-1]['score'] - known[0]['score'])} in {number(length)} {'week' if length == 1 else 'weeks'}"
    )


def days_until(day: date | None, as_of: date) -> str:
    """“in 152 days”, “12 days ago”."""
    if day is None:
        return ""
    days = (day - as_of).days
    return "today" if days == 0 else f"in {many(days, 'day')}" if days > 0 else f"{many(-days, 'day')} ago"


RADIUS, CENTRE_X, CENTRE_Y = 72, 100, 92


def gauge(score: float) -> dict[str, Any]:
    """The half circle of the bands and its hand."""
    edges = sorted(BANDS.items(), key=lambda each: each[1])
    arcs = []
    for (name, low), high in zip(edges, [*(low for _, low in edges[1:]), 100], strict=True):
        start, end = _point(low + (0.6 if low else 0)), _point(high - (0.6 if high < 100 else 0))
        arcs.append({"band": name, "path": f"M{start}A{RADIUS} {RADIUS} 0 0 1 {end}"})
    tip, left, right = _point(score, 63), _point(score - 2.6, 54), _point(score + 2.6, 54)
    marks = [{"value": low, "place": _point(low, 83).split()} for _, low in edges if low]
    return {"arcs": arcs, "hand": f"{tip} {left} {right}", "marks": marks}


def _point(score: float, radius: float = RADIUS) -> str:
    angle = pi * (1 - score / 100)
    return f"{CENTRE_X + radius * cos(angle):.2f} {CENTRE_Y - radius * sin(angle):.2f}"
