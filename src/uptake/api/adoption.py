"""Adoption: every customer's score with its parts, and which features one customer uses."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Dated, Day, Id, Paged, PageOf, PeriodText, Text, example, paged
from uptake.customers.access import access_customer
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.commands.scores import scores_json
from uptake.pipeline.feature_use import feature_use
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


class FeatureCell(Camel):
    """One feature at one customer; null: no usage says who."""

    feature_id: str
    feature: str
    category: str
    importance: int
    users: int | None
    uses: int | None
    reach: float | None = Field(description="Share of the customer's active users, 0 to 1.")
    is_available: bool
    is_adopted: bool | None


class CustomerFeatures(Camel):
    """The customer's features, most used first, those not in the plan last."""

    model_config = example(
        {
            "customerId": 7,
            "customer": "Acme Logistics",
            "asOf": "2026-01-29",
            "period": "30d",
            "adopted": 1,
            "available": 1,
            "features": [
                {
                    "featureId": "workflow-builder",
                    "feature": "Workflow builder",
                    "category": "core",
                    "importance": 80,
                    "users": 96,
                    "uses": 2310,
                    "reach": 0.66,
                    "isAvailable": True,
                    "isAdopted": True,
                }
            ],
        }
    )

    customer_id: int
    customer: str
    as_of: date
    period: str
    adopted: int = Field(description="Available features that at least 10% of the active users use.")
    available: int
    features: list[FeatureCell]


@router.get("/adoption/features/{int:customer_id}", response=CustomerFeatures, summary="A customer's features")
def customer_features(request: HttpRequest, customer_id: Id, asked: Query[Dated]) -> dict[str, Any]:
    """How many people use each feature, how often, and what is paid for and unused."""
    customer = access_customer(caller(request), customer_id)
    use = feature_use(as_of=asked.as_of, period=asked.length)
    known = {feature.feature_id: feature for feature in use.features}
    cells = use.cells.get(customer.pk, {})
    rows = [
        {
            "featureId": feature_id,
            "feature": known[feature_id].name,
            "category": known[feature_id].category,
            "importance": known[feature_id].importance,
            "users": cell.users,
            "uses": cell.uses,
            "reach": cell.reach,
            "isAvailable": cell.is_available,
            "isAdopted": cell.is_adopted,
        }
        for feature_id, cell in cells.items()
        if feature_id in known
    ]
    return {
        "customerId": customer.pk,
        "customer": customer.name,
        "asOf": use.as_of,
        "period": str(use.period),
        "adopted": sum(bool(row["isAdopted"] and row["isAvailable"]) for row in rows),
        "available": sum(row["isAvailable"] for row in rows),
        "features": sorted(rows, key=lambda row: (not row["isAvailable"], -(row["uses"] or 0), row["feature"])),
    }
