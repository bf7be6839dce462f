"""Adoption: every customer's score with its parts, and which features one customer uses."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.mirrored import mirrored
from uptake.api.schemas import Camel, Dated, Day, Id, Paged, PageOf, PeriodText, Text, example, paged
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.commands.scores import scores_json
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.view import FeatureLine, Features
from uptake.pipeline.portfolio import SORTABLE, Filters, portfolio
from uptake.pipeline.scoring import Row, Scores

router = Router(by_alias=True)
SORTS = {"".join(part.title() if n else part for n, part in enumerate(name.split("_"))): name for name in SORTABLE}


class ScoresAsked(Paged):
    """Which customers, on which day, in which order."""

    as_of: Day | None = Field(None, description="By default the newest day with usage.")
    period: PeriodText = "30d"
    search: Text = Field("", description="Every word of it in the customer's name.")
    segment: Text = ""
    region: Text = ""
    plan: Text = ""
    owner: Text = Field("", description="me, none, or a teammate's number.")
    band: Literal["", "excellent", "good", "fair", "poor", "none"] = ""
    sort: Text = Field(
        "-score",
        description=f"One of {', '.join(SORTS)}; with - before it the highest first. ARR goes by currency, then by amount.",
    )


class Part(Camel):
    """One component of a score."""

    value: float | None = Field(description="0 to 100; null: absent.")
    points: float | None = Field(description="What it adds to the score.")
    weight: float
    metric: float | None = Field(description="What was measured.")


class Score(Camel):
    """One customer's score; null with a reason where it is withheld."""

    customer_id: int
    customer: str
    segment: str | None
    region: str | None
    plan: str | None
    owner: str | None = Field(description="The teammate whose customer it is.")
    score: float | None
    present: float | None = Field(description="Share of the weight that was there, 0 to 1.")
    band: str | None
    reason: str | None = Field(None, description="Only of a withheld score: why.")
    change: float | None = Field(description="Points against the period before.")
    previous_score: float | None
    percentile: float | None
    peers: str | None
    active_users: int | None
    seats: float | None
    known_users: int | None
    features_used: int | None
    features_available: int | None
    last_active: date | None
    arr: float | None = Field(description="Of the contracts running on asOf; null: none, or in several currencies.")
    currency: str | None
    renews_on: date | None
    why: str
    components: dict[str, Part]


SCORE = {
    "customerId": 7,
    "customer": "Acme Logistics",
    "segment": "Enterprise",
    "region": "Europe",
    "plan": "Scale",
    "owner": "Ann Berg",
    "score": 71.4,
    "present": 1.0,
    "band": "good",
    "change": 4.2,
    "previousScore": 67.2,
    "percentile": 63.0,
    "peers": "19 in Enterprise",
    "activeUsers": 145,
    "seats": 200,
    "knownUsers": 212,
    "featuresUsed": 18,
    "featuresAvailable": 25,
    "lastActive": "2026-01-29",
    "arr": 184000.0,
    "currency": "USD",
    "renewsOn": "2026-06-30",
    "why": "Depth is low.",
    "components": {"breadth": {"value": 72.0, "points": 21.6, "weight": 30.0, "metric": 0.72}},
}


class AdoptionScores(PageOf):
    """What ``uptake score --json`` prints, a page of it."""

    model_config = example(
        {
            "model": "portfolio",
            "version": "5f1c2a9e",
            "asOf": "2026-01-29",
            "period": "30d",
            "average": 62.3,
            "bands": {"excellent": 6, "good": 31, "fair": 22, "poor": 8},
            "page": 1,
            "pageSize": 50,
            "pages": 2,
            "total": 67,
            "scores": [SCORE],
        }
    )

    model: str
    version: str
    as_of: date
    period: str
    average: float | None = Field(description="Over all customers asked for that have a score, not only this page.")
    bands: dict[str, int]
    scores: list[Score]


@router.get("/adoption/scores", response=AdoptionScores, exclude_unset=True, summary="Adoption scores")
def adoption_scores(request: HttpRequest, asked: Query[ScoresAsked]) -> dict[str, Any]:
    """Every customer the caller may see, best first; filtered, sorted and paged by the server."""
    filters = Filters(asked.search, asked.segment, asked.region, asked.plan, asked.owner, asked.band)
    found = portfolio(caller(request), as_of=asked.as_of, period=Period.parse(asked.period), filters=filters)
    rows, told = paged(found.sorted_by(_column(asked.sort), descending=asked.sort.startswith("-")), asked)
    shown = scores_json(Scores(found.model, found.as_of, found.period, rows))
    scores = [{**score, **_beside(row)} for score, row in zip(shown["scores"], rows, strict=True)]
    return {**shown, **told, "average": found.average, "bands": found.bands, "scores": scores}


def _column(sort: str) -> str:
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise ProductError(f"Scores cannot be sorted by “{name[:40]}”; by {', '.join(SORTS)} they can.")
    return SORTS[name]


def _beside(row: Row) -> dict[str, Any]:
    return {
        "customerId": row["customer_id"],
        "renewsOn": row["renews_on"],
        **{
            name: row[name] for name in ("segment", "region", "plan", "owner", "percentile", "peers", "arr", "currency")
        },
    }


class CustomerFeatures(Camel):
    """The customer's features, most used first. What no usage says is null, never 0."""

    model_config = example(
        {
            "customerId": 7,
            "customer": "Acme Logistics",
            "asOf": "2026-01-29",
            "period": "30d",
            "used": 1,
            "adopted": 1,
            "available": 1,
            "medianTimeToFeature": 12.0,
            "comparedWith": "19 customers in Enterprise",
            "sentence": "1 of 1 feature adopted.",
            "features": [
                {
                    "featureId": "workflow-builder",
                    "feature": "Workflow builder",
                    "category": "core",
                    "importance": 80,
                    "tags": [],
                    "isAvailable": True,
                    "isAdopted": True,
                    "reach": 0.66,
                    "users": 96,
                    "uses": 2310,
                    "returningUsers": 71,
                    "previousReach": 0.61,
                    "previousUses": 2104,
                    "peersMedianReach": 0.44,
                    "timeToFeature": 12,
                    "firstUsedOn": "2025-03-14",
                    "weeks": [520, 518, 531, 540],
                    "isUnused": False,
                    "isSticky": True,
                    "trend": "up",
                    "level": "High",
                    "valueSentence": "Approvals go round by themselves.",
                    "resources": [],
                    "opens": "feature:workflow-builder",
                }
            ],
        }
    )

    customer_id: int
    customer: str
    as_of: date
    period: str
    used: int = Field(description="Available features used at all.")
    adopted: int = Field(description="Available features that at least 10% of the active users use.")
    available: int
    median_time_to_feature: float | None = Field(description="Days from the customer's first use, over features used.")
    compared_with: str = Field(description="Whose middle peersMedianReach is.")
    sentence: str
    features: list[mirrored(FeatureLine)]  # type: ignore[valid-type]


@router.get("/adoption/features/{int:customer_id}", response=CustomerFeatures, summary="A customer's features")
def customer_features(request: HttpRequest, customer_id: Id, asked: Query[Dated]) -> dict[str, Any]:
    """How many people use each feature, how often, how it moves, and what is paid for and unused."""
    told = dashboard(caller(request), customer_id, as_of=asked.as_of, period=asked.length)
    found = told.features.data or Features(
        lines=[], used=0, available=0, adopted=0, unused=[], median_time_to_feature=None, sentence=told.features.absent
    )
    return {
        "customerId": told.customer_id,
        "customer": told.customer,
        "asOf": told.as_of,
        "period": str(told.period),
        "used": found.used,
        "adopted": found.adopted,
        "available": found.available,
        "medianTimeToFeature": found.median_time_to_feature,
        "comparedWith": told.peers,
        "sentence": found.sentence,
        "features": found.lines,
    }
