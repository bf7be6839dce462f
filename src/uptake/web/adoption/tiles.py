"""The parts of the page as rows that their templates only have to write down, each number with its address."""

from collections.abc import Mapping, Sequence
from typing import Any

from uptake.charts.rhythm import step_of
from uptake.pipeline.dashboard.guides import NOT_TOLD
from uptake.pipeline.dashboard.rhythm import WEEKDAYS
from uptake.pipeline.dashboard.view import (
    Cohort,
    Dashboard,
    FeatureLine,
    Growth,
    Guides,
    LifecycleWeek,
    PeerLine,
    Rhythm,
    ScoreTile,
    UserHealth,
    WorthLine,
)
from uptake.pipeline.sync.onboarding import Onboarding
from uptake.scores.models import decimals_to_show
from uptake.scores.rounding import shown_parts
from uptake.web.adoption.asked import Asked
from uptake.web.customer.opened import COLOURS, signed
from uptake.web.portfolio.telling import ordinal

Row = Mapping[str, Any]

OPENS = {
    "activation": "active",
    "breadth": "used",
    "depth": "session_users",
    "trend": "trend",
}
"""Part of the score -> the list behind it; entitlements stand on the page itself."""
STATES = ("new", "returning", "resurrected", "dormant")
CATEGORIES = (("core", "Core"), ("advanced", "Advanced"), ("power", "Power"), ("", "Without a category"))
MOST_GUIDES = 30
MOST_FEATURES = 40  # on the page; the rest stands on a page of its own


def parts(tile: ScoreTile, asked: Asked) -> list[Row]:
    """The score's parts with points that add up to the score shown."""
    decimals = 1 if tile.score is None else max(1, decimals_to_show(tile.score))
    points = shown_parts([part.points or 0.0 for part in tile.parts], tile.score or 0.0, decimals)
    return [
        {
            "part": part,
            "url": asked.url("behind", OPENS[part.name]) if part.name in OPENS and part.value is not None else "",
            "of_one": None if part.value is None else part.value / 100,
            "median": None if part.peers_median is None else part.peers_median / 100,
            "share": None if part.points is None else part.share,
            "adds": "–" if part.points is None else f"{gained:.{decimals}f}",
        }
        for part, gained in zip(tile.parts, points, strict=True)
    ]


def guides(tile: Guides | None, asked: Asked) -> dict[str, Any]:
    """The guides that are shown most, each number with its list, and the steps of onboarding.

    Where no platform tells of guides they are no subject, and the page is silent on them.
    """
    if tile is None:
        return {"guides_not_told": NOT_TOLD}
    lines = [
        {
            "line": line,
            **{
                part: asked.url("behind", f"guide_{part}:{line.key}")
                for part in ("viewers", "completions", "dismissals", "rows")
            },
        }
        for line in tile.lines[:MOST_GUIDES]
    ]
    return {
        "guide_lines": lines,
        "more_guides": max(0, len(tile.lines) - MOST_GUIDES),
        "onboarded": _onboarded(tile.onboarding) if tile.onboarding else (),
    }


def _onboarded(told: Onboarding) -> list[tuple[str, str, int, float]]:
    counts = (
        ("done", "Completed all", told.done),
        ("under_way", "Some", told.under_way),
        ("none", "None", told.not_one),
    )
    shown = [each for each in counts if each[0] != "under_way" or told.guides > 1]  # of one guide nobody does some
    return [(f"onboarded:{key}", title, count, count / told.people) for key, title, count in shown]


def moves(tile: ScoreTile) -> list[Row]:
    """What moved the score, the points adding up to the change."""
    points = shown_parts([move.points for move in tile.moves], tile.change or 0.0)
    return [
        {"move": move, "points": signed(gained), "way": "up" if gained > 0 else "down" if gained < 0 else "flat"}
        for move, gained in zip(tile.moves, points, strict=True)
    ]


def statuses(tile: UserHealth) -> list[Row]:
    """Each status with the length of its piece in the bar of all users."""
    found: list[Row] = []
    start = 0.0
    for each in tile.counts:
        fill, swatch = COLOURS.get(each.status, ("f6", "peer"))
        width = max(0.0, 100 * each.share - 0.4)
        found.append(
            {"count": each, "x": f"{100 * start:.2f}%", "width": f"{width:.2f}%", "fill": fill, "swatch": swatch}
        )
        start += each.share
    return found


def lifecycle(weeks: Sequence[LifecycleWeek], asked: Asked) -> list[Row]:
    """The newest first, each number with its address."""
    return [
        {
            "week": week,
            "cells": [
                (number, asked.url("behind", f"{week.opens}:{state}") if number else "")
                for state in STATES
                for number in (getattr(week, state),)
            ],
        }
        for week in reversed(weeks)
    ]


def groups(lines: Sequence[FeatureLine]) -> list[Row]:
    """The features by category, the widest reach first, those not in the plan last."""
    found: list[Row] = []
    for category, title in CATEGORIES:
        some = [line for line in lines if line.category == category]
        if some:
            some.sort(key=lambda line: (not line.is_available, -(line.reach or 0.0), line.feature.casefold()))
            available = [line for line in some if line.is_available]
            adopted = sum(1 for line in available if line.is_adopted)
            found.append({"title": title, "lines": some, "available": len(available), "adopted": adopted})
    return found


def hours(tile: Rhythm, asked: Asked) -> Row:
    """The heat of weekday and hour, from the first hour used to the last, each cell with its address."""
    used = [hour for hour in range(24) if any(day[hour] for day in tile.cells)]
    shown = range(min(used), max(used) + 1)
    most = max(map(max, tile.cells))
    return {
        "heads": list(shown),
        "rows": [
            (
                WEEKDAYS[day][:3],
                [
                    (uses, step_of(uses, most), asked.url("behind", f"hour:{day}:{hour}") if uses else "")
                    for hour in shown
                    for uses in (tile.cells[day][hour],)
                ],
            )
            for day in range(7)
        ],
        "left_out": 24 - len(shown),
    }


def cohorts(rows: Sequence[Cohort], asked: Asked) -> Row:
    """Percent of each month's new users who were there so many months later, each cell with its address."""
    length = max(len(row.shares) for row in rows)
    return {
        "heads": list(range(length)),
        "rows": [
            {
                "cohort": row,
                "url": asked.url("behind", row.opens),
                "cells": [
                    (share, asked.url("behind", f"{row.opens}:{since}") if people else "")
                    for since, (share, people) in enumerate(zip(row.shares, row.people, strict=True))
                ],
            }
            for row in rows
        ],
    }


def peers(lines: Sequence[PeerLine]) -> list[Row]:
    """Each figure on a scale of its own: the peers' tenth to ninetieth percentile, their middle half, the customer."""
    return [{"line": line, "place": ordinal(line.percentile), **_places(line)} for line in lines]


def _places(line: PeerLine) -> dict[str, str]:
    points = {"us": line.value, "low": line.low, "lower": line.lower, "mid": line.peer_median,
              "upper": line.upper, "high": line.high}  # fmt: skip
    least, span = min(points.values()), max(points.values()) - min(points.values())
    at = {name: 3 + 94 * ((value - least) / span if span else 0.5) for name, value in points.items()}
    return {
        **{name: f"{place:.1f}%" for name, place in at.items()},
        "box": f"{max(0.5, at['upper'] - at['lower']):.1f}%",
    }


def notes(growth: Growth) -> list[Row]:
    """Milestones and annotations together, the newest first; ``annotation`` can be taken away."""
    found: list[Row] = [{"on": each.on, "words": each.words, "annotation": None} for each in growth.milestones]
    found += [{"on": each.on, "words": each.text, "annotation": each} for each in growth.annotations]
    return sorted(found, key=lambda each: each["on"], reverse=True)


def weeks_of_use(growth: Growth, asked: Asked) -> list[Row]:
    """The newest first, each with the address of its days."""
    return [{"week": week, "url": asked.url("behind", f"week:{week.week_end}")} for week in reversed(growth.weeks)]


def worth(told: Dashboard, asked: Asked, *, may_set: bool) -> list[Row]:
    """Features with the minutes that a use saves, the most hours first; for who may say them also those without."""
    lines = told.worth.data.lines if told.worth.data else ()
    found = [_worth(line, f"{line.minutes_saved_per_use:g}", f"{line.hours:,.1f}", asked) for line in lines]
    said = {line.feature_id for line in lines}
    features = told.features.data.lines if told.features.data else ()
    rest = [line for line in features if line.uses and line.feature_id not in said] if may_set else []
    return [*found, *(_worth(line, "", "–", asked) for line in rest)]


def _worth(line: WorthLine | FeatureLine, minutes: str, hours: str, asked: Asked) -> Row:
    return {
        "feature_id": line.feature_id,
        "feature": line.feature,
        "value_sentence": line.value_sentence,
        "uses": line.uses,
        "minutes": minutes,
        "hours": hours,
        "url": asked.url("behind", f"feature:{line.feature_id}"),
    }
