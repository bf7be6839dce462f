"""The internal edition: everything that the Adoption tab shows of one customer, for the team's own eyes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from uptake.pipeline.dashboard import telling
from uptake.pipeline.dashboard.view import Dashboard, Tile
from uptake.pipeline.report import internal_people, internal_use, internal_worth
from uptake.pipeline.report.document import Head
from uptake.pipeline.report.parts import Block, day, head

T = TypeVar("T")
TEMPLATE = "internal"
EDITION = "Adoption report, internal"


@dataclass(frozen=True)
class Section:
    """One part of the report; without data ``absent`` says why."""

    title: str
    lead: str = ""
    blocks: Sequence[Block] = ()
    absent: str = ""


@dataclass(frozen=True)
class InternalReport:
    """All that the template of this edition gets."""

    title: str
    head: Head
    deck: str
    sections: Sequence[Section]


def internal_report(told: Dashboard) -> InternalReport:
    """The dashboard's tiles in the order of the page."""
    compared = {"peers": "peers", "segment": "customers of the segment", "all": "all customers"}[told.comparison]
    return InternalReport(
        title=f"Adoption of {told.customer}, {day(told.as_of)}",
        head=head(told, EDITION, f"Compared with {compared}: {told.peers}"),
        deck=telling.deck(told),
        sections=[
            _section("Account adoption score", told.score, internal_worth.score_blocks),
            _section("Adoption against entitlement", told.entitled, internal_worth.entitled_blocks, _sentence),
            _section("Figures", told.figures, internal_people.figure_blocks),
            _section("Active users", told.series, internal_people.series_blocks),
            _section("User health", told.users, internal_people.health_blocks),
            _section("New, returning, resurrected, dormant", told.lifecycle, internal_people.lifecycle_blocks),
            _section("Features", told.features, lambda data: internal_use.feature_blocks(data, told), _sentence),
            _section("From core to power", told.funnel, internal_use.funnel_blocks, _sentence),
            _section("Weekday and hour", told.rhythm, internal_use.rhythm_blocks),
            _section("Growth", told.growth, internal_use.growth_blocks),
            _section("Against peers", told.peer_view, lambda data: internal_worth.peer_blocks(data, told), _sentence),
            _section("What to do", told.advice, internal_worth.advice_blocks),
            _section("What the use was worth", told.worth, internal_worth.worth_blocks, _sentence),
            _section("Users by first month", told.cohorts, internal_people.cohort_blocks),
            _section("Concentration", told.concentration, internal_people.concentration_blocks, _sentence),
        ],
    )


def _section(
    title: str, tile: Tile[T], blocks: Callable[[T], Sequence[Block]], lead: Callable[[T], str] = lambda _: ""
) -> Section:
    if tile.data is None:
        return Section(title, absent=tile.absent)
    return Section(title, lead(tile.data), blocks(tile.data))


def _sentence(data: Any) -> str:
    return str(data.sentence)
