"""The edition for the customer's own eyes: only what was picked here by name may stand in it.

A figure of the dashboard gets in by a line in ``SHAREABLE``, everything else by a field of ``SafeReport``; the
template has nothing but that. No score, health or risk, no peers, money, advice or notes, nobody's name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from uptake.insights import words
from uptake.pipeline.dashboard import telling
from uptake.pipeline.dashboard.view import Dashboard, Growth, Rhythm, Series
from uptake.pipeline.report.document import Drawing, Head, drawn
from uptake.pipeline.report.internal_people import series_rows
from uptake.pipeline.report.parts import NONE, decimal, head, percent, period_words, tenths, whole, with_unit

TEMPLATE = "customer"
EDITION = "Product use"

Shareable = Literal[
    "mau", "wau", "dau", "activation", "uses", "sessions", "session_minutes", "login_frequency", "breadth"
]
SHAREABLE: dict[Shareable, tuple[str, str]] = {
    "mau": ("Users in the last 30 days", "users"),
    "wau": ("Users in the last 7 days", "users"),
    "dau": ("Users on a working day", "users"),
    "activation": ("Seats ever used", "%"),
    "uses": ("Uses", "uses"),
    "sessions": ("Sessions", "sessions"),
    "session_minutes": ("Length of a session", "minutes"),
    "login_frequency": ("Logins of a user", "a week"),
    "breadth": ("Features in use", "%"),
}
"""The figures that may be shown, in their order, under what title and in what unit."""

MILESTONES = frozenset({"first_use", "first_core", "all_core", "api", "report", "record_users", "record_uses"})


@dataclass(frozen=True)
class SafeFigure:
    title: str
    value: str
    change: str


@dataclass(frozen=True)
class SafeFeature:
    feature: str
    users: str
    uses: str
    reach: str


@dataclass(frozen=True)
class SafeGrant:
    """What the contract grants and what is used of it; never what it costs."""

    name: str
    used: str
    granted: str
    share: str


@dataclass(frozen=True)
class SafeSaving:
    feature: str
    uses: str
    minutes: str
    hours: str


@dataclass(frozen=True)
class SafeReport:
    """All that the template of this edition gets."""

    title: str
    head: Head
    deck: str
    figures: Sequence[SafeFigure]
    users: Drawing | None
    features: Sequence[SafeFeature]
    grants: Sequence[SafeGrant]
    savings: Sequence[SafeSaving]
    hours: str  # empty: nobody said what a use saves
    rhythm: Drawing | None
    growth: Drawing | None


def safe_report(told: Dashboard) -> SafeReport:
    """Made anew, field by field, of what the dashboard tells."""
    worth = told.worth.data
    return SafeReport(
        title=f"Product use of {told.customer}",
        head=head(
            told, EDITION, "" if told.period.days is None else f"Changes against {period_words(told, before=True)}"
        ),
        deck=_deck(told),
        figures=_figures(told),
        users=_users(told.series.data) if told.series.data else None,
        features=_features(told),
        grants=_grants(told),
        savings=_savings(told),
        hours="" if worth is None else f"{words.hours(worth.hours)} saved in {words.span(told.period)}",
        rhythm=_rhythm(told.rhythm.data) if told.rhythm.data else None,
        growth=_growth(told.growth.data) if told.growth.data else None,
    )


def _deck(told: Dashboard) -> str:
    users, uses = told.figure("active_visitors"), told.figure("uses")
    if users is None or users.value is None or uses is None or uses.value is None:
        return ""
    people, times = words.counted(users.value, "person|people"), words.counted(uses.value, "time")
    return f"In {words.span(told.period)} {people} used the product {times}."


def _figures(told: Dashboard) -> list[SafeFigure]:
    """Those that are measured."""
    made = []
    for slug, (title, unit) in SHAREABLE.items():
        found = told.figure(slug)
        if slug == "activation" and not _has_seats(told):
            continue  # then it is a share of the users known, and 100% says nothing
        if found is not None and found.value is not None:
            made.append(SafeFigure(title, with_unit(found.shown, unit), found.change_shown))
    return made


def _has_seats(told: Dashboard) -> bool:
    granted = told.entitled.data
    return granted is not None and any(line.kind == "seats" for line in granted.lines)


def _users(tile: Series) -> Drawing:
    unit = "Distinct users in 30, 7 and 1 days; bars are single days, pale ones weekends"
    return drawn("active_users", series_rows(tile), finding=telling.users_finding(tile), unit=unit)


def _features(told: Dashboard) -> list[SafeFeature]:
    """Those that were used, the ones with the most users first."""
    lines = [line for line in (told.features.data.lines if told.features.data else ()) if line.uses]
    lines.sort(key=lambda line: (-(line.users or 0), -(line.uses or 0), line.feature))
    return [SafeFeature(line.feature, whole(line.users), whole(line.uses), percent(line.reach)) for line in lines]


def _grants(told: Dashboard) -> list[SafeGrant]:
    """Those whose use is measured."""
    lines = told.entitled.data.lines if told.entitled.data else ()
    return [
        SafeGrant(
            line.name,
            tenths(line.used),
            "unlimited" if line.granted is None else with_unit(tenths(line.granted), line.unit),
            NONE if line.granted is None else percent(line.utilization),
        )
        for line in lines
        if line.used is not None
    ]


def _savings(told: Dashboard) -> list[SafeSaving]:
    return [
        SafeSaving(line.feature, whole(line.uses), tenths(line.minutes_saved_per_use), decimal(line.hours))
        for line in (told.worth.data.lines if told.worth.data else ())
    ]


def _rhythm(tile: Rhythm) -> Drawing:
    unit = f"Uses by weekday and hour, {tile.zone}"
    return drawn("weekday_by_hour", tile.cells, finding=f"Busiest: {tile.peak}", unit=unit)


def _growth(tile: Growth) -> Drawing:
    """With the milestones that the facts tell; what teammates wrote stays inside."""
    weeks = [vars(each) for each in tile.weeks]
    notes = [{"on": each.on, "words": each.words} for each in tile.milestones if each.kind in MILESTONES]
    unit = "Uses by week, with what happened"
    return drawn(
        "growth_with_milestones", weeks, notes, finding=f"{words.counted(len(weeks), 'week')} of use", unit=unit
    )
