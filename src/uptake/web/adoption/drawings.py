"""The page's charts, each made of the dashboard's own values and titled with what it shows."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from uptake.charts.registry import BY_NAME, Drawn
from uptake.charts.words import Caption
from uptake.pipeline.dashboard import telling
from uptake.pipeline.dashboard.view import Concentration, Dashboard, Growth, LifecycleWeek, ScoreTile, Series
from uptake.web.portfolio.words import shown


def drawings(told: Dashboard) -> dict[str, Drawn]:
    """By name; only those whose part has something to show."""
    made = {
        "score_by_week": told.score.data and _score(told.score.data),
        "active_users": told.series.data and _users(told.series.data),
        "lifecycle_by_week": told.lifecycle.data and _lifecycle(told.lifecycle.data),
        "growth_with_milestones": told.growth.data and _growth(told.growth.data),
        "concentration": told.concentration.data and _concentration(told.concentration.data, told.as_of),
    }
    return {name: drawn for name, drawn in made.items() if drawn}


def _drawn(name: str, *rows: Any, finding: str, unit: str) -> Drawn:
    return BY_NAME[name].drawn(*rows, caption=Caption(finding, unit))


def _score(tile: ScoreTile) -> Drawn | None:
    """A line needs two weeks."""
    known = [(day, score) for day, score in tile.weeks if score is not None]
    if len(known) < 2:
        return None
    weeks = [{"day": day, "score": score, "peers": None, "shown": shown(score)} for day, score in tile.weeks]
    first = next(place for place, week in enumerate(weeks) if week["score"] is not None)
    return _drawn(
        "score_by_week", weeks[first:], finding=telling.weeks_finding(known), unit="Adoption score by week, 0–100"
    )


def _users(tile: Series) -> Drawn:
    columns = (tile.days, tile.dau, tile.wau, tile.mau, tile.is_complete, tile.is_weekend)
    names = ("day", "dau", "wau", "mau", "is_complete", "is_weekend")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    unit = "Distinct users in 30, 7 and 1 days; bars are single days, pale ones weekends"
    return _drawn("active_users", rows, finding=telling.users_finding(tile), unit=unit)


def _lifecycle(weeks: Sequence[LifecycleWeek]) -> Drawn:
    unit = "Users by week; below the line: there the week before, and not this one"
    return _drawn(
        "lifecycle_by_week", [vars(each) for each in weeks], finding=telling.lifecycle_finding(weeks), unit=unit
    )


def _growth(tile: Growth) -> Drawn:
    notes = [vars(each) for each in tile.milestones]
    notes += [{"on": each.on, "words": each.text} for each in tile.annotations]
    weeks = [vars(each) for each in tile.weeks]
    return _drawn("growth_with_milestones", weeks, notes, finding=tile.finding, unit="Uses by week, with what happened")


def _concentration(tile: Concentration, as_of: date) -> Drawn:
    caption = Caption(telling.concentration_finding(tile), "Share of all uses, the most active users first", as_of)
    return BY_NAME["concentration"].drawn(tile.curve, caption=caption)
