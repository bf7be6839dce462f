"""One customer's adoption dashboard as data: what its Adoption tab shows, and the list behind each number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.mirrored import mirrored
from uptake.api.schemas import Dated, Id, Paged, PageOf, Text, example, paged
from uptake.kit.days import Period
from uptake.pipeline.dashboard import behind, dashboard
from uptake.pipeline.dashboard.view import (
    Advice,
    Cohort,
    Concentration,
    Dashboard,
    Entitlements,
    FeatureLine,
    Features,
    Figure,
    Funnel,
    Growth,
    Guides,
    LifecycleWeek,
    PeerView,
    Person,
    Rhythm,
    ScoreTile,
    Series,
    Tile,
    UserHealth,
    Worth,
)
from uptake.scores.models import ACCOUNT

router = Router(by_alias=True)


class Compared(Dated):
    """For which days, and against whom."""

    comparison: Literal["peers", "segment", "all"] = Field(
        "peers", description="peers: the same segment, size and plan. comparedWith in the answer says who they were."
    )


@dataclass(frozen=True)
class UserMetrics:
    """How many use it and how often, who went quiet, and on how few the use hangs."""

    figures: Tile[Sequence[Figure]]
    health: Tile[UserHealth]
    concentration: Tile[Concentration]


@dataclass(frozen=True)
class FeatureAdoption:
    """The matrix over all features, and the way from core to power features."""

    matrix: Tile[Features]
    funnel: Tile[Funnel]


@dataclass(frozen=True)
class Trends:
    """Users by day; users and uses by week, hour and month of first use."""

    users: Tile[Series]
    growth: Tile[Growth]
    lifecycle: Tile[Sequence[LifecycleWeek]]
    rhythm: Tile[Rhythm]
    cohorts: Tile[Sequence[Cohort]]


@dataclass(frozen=True)
class _Adoption:
    customer_id: int
    customer: str
    as_of: date
    period: Period
    first_day: date | None
    history_days: int | None
    comparison: str
    compared_with: str
    zone: str
    working_week: str
    model: str
    version: str
    is_whole: bool
    adoption_score: Tile[ScoreTile]
    user_metrics: UserMetrics
    feature_adoption: FeatureAdoption
    peer_comparison: Tile[PeerView]
    recommendations: Tile[Sequence[Advice]]
    trends: Trends
    entitlements: Tile[Entitlements]
    worth: Tile[Worth]
    guides: Tile[Guides]


_NONE = {"data": None, "absent": "There is no usage of this customer yet."}


class AdoptionIntelligence(mirrored(_Adoption)):  # type: ignore[misc]
    """The Adoption tab. Shares are 0 to 1; null is “not measured”, never 0. `isWhole` false: peers, power users and weekly
    scores are still being worked out for all customers; ask again in a minute. `opens` is a key for `/behind`."""

    model_config = example(
        {
            "customerId": 7,
            "customer": "Acme Logistics",
            "asOf": "2026-01-29",
            "period": "30d",
            "firstDay": None,
            "historyDays": None,
            "comparison": "peers",
            "comparedWith": "19 customers in Enterprise",
            "zone": "Europe/Berlin",
            "workingWeek": "Monday to Friday",
            "model": "account",
            "version": "5f1c2a9e",
            "isWhole": True,
            "adoptionScore": _NONE,
            "userMetrics": {"figures": _NONE, "health": _NONE, "concentration": _NONE},
            "featureAdoption": {"matrix": _NONE, "funnel": _NONE},
            "peerComparison": _NONE,
            "recommendations": _NONE,
            "trends": dict.fromkeys(("users", "growth", "lifecycle", "rhythm", "cohorts"), _NONE),
            "entitlements": _NONE,
            "worth": _NONE,
            "guides": {"data": None, "absent": "No guide was shown to this customer’s users in this period."},
        }
    )


@router.get(
    "/intelligence/adoption/{int:customer_id}", response=AdoptionIntelligence, summary="A customer's adoption dashboard"
)
def adoption_intelligence(request: HttpRequest, customer_id: Id, asked: Query[Compared]) -> _Adoption:
    """All parts of the Adoption tab: score, users, features, peers, recommendations, trends, entitlements, worth, guides.
    Each part stands by itself: `data`, or `absent` with the reason. Names of people only for who may see them."""
    return _told(_shown(request, customer_id, asked))


def _shown(request: HttpRequest, customer_id: int, asked: Compared) -> Dashboard:
    return dashboard(caller(request), customer_id, as_of=asked.as_of, period=asked.length, comparison=asked.comparison)


def _told(told: Dashboard) -> _Adoption:
    return _Adoption(
        customer_id=told.customer_id,
        customer=told.customer,
        as_of=told.as_of,
        period=told.period,
        first_day=told.first_day,
        history_days=told.history_days,
        comparison=told.comparison,
        compared_with=told.peers,
        zone=told.zone,
        working_week=told.working_week,
        model=ACCOUNT.name,
        version=told.version,
        is_whole=told.is_whole,
        adoption_score=told.score,
        user_metrics=UserMetrics(told.figures, told.users, told.concentration),
        feature_adoption=FeatureAdoption(told.features, told.funnel),
        peer_comparison=told.peer_view,
        recommendations=told.advice,
        trends=Trends(told.series, told.growth, told.lifecycle, told.rhythm, told.cohorts),
        entitlements=told.entitled,
        worth=told.worth,
        guides=told.guides,
    )


class Opened(Paged, Compared):
    """Which number's list."""

    key: Text = Field(description="What a number names as `opens`, such as status_dormant or feature:export.")


class BehindNumber(PageOf):
    """The list behind a number; one of people, features and rows is filled."""

    model_config = example(
        {
            "page": 1,
            "pageSize": 50,
            "pages": 1,
            "total": 1,
            "key": "trend",
            "title": "Uses by day",
            "noun": "day",
            "asOf": "2026-01-29",
            "people": [],
            "features": [],
            "rows": [{"day": "2026-01-29", "amount": 412}],
        }
    )

    key: str
    title: str
    noun: str
    as_of: date | None
    people: list[mirrored(Person)]  # type: ignore[valid-type]
    features: list[mirrored(FeatureLine)]  # type: ignore[valid-type]
    rows: list[dict[str, Any]] = Field(description="`amount` is what adds up to the number, or makes its mean.")


@router.get(
    "/intelligence/adoption/{int:customer_id}/behind", response=BehindNumber, summary="The list behind a number"
)
def adoption_behind(request: HttpRequest, customer_id: Id, asked: Query[Opened]) -> dict[str, Any]:
    """The people, features or rows that a number of the dashboard counts; `total` is that number's count."""
    made = behind(
        caller(request),
        customer_id,
        asked.key,
        as_of=asked.as_of,
        period=asked.length,
        comparison=asked.comparison,
    )
    rows, told = paged(made.people or made.features or made.rows, asked)
    return {
        **told,
        "key": made.key,
        "title": made.title,
        "noun": made.noun,
        "asOf": made.as_of,
        "people": rows if made.people else [],
        "features": rows if made.features else [],
        "rows": rows if made.rows else [],
    }
