"""Health: as it was last told, and told anew."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Id, Paged, PageOf, Text, example, paged
from uptake.customers.access import access_customers
from uptake.pipeline.facts_about import newest_health
from uptake.pipeline.health import WhatIf, access_health_history, current_model, publish_weights, update_health, what_if
from uptake.scores.models import weights_of
from uptake.team.rights import Right, require

router = Router(by_alias=True)


Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


class HealthTold(Camel):
    """One customer's health as it was last updated; null: never, or withheld."""

    customer_id: int
    customer: str
    score: float | None
    band: str | None
    as_of: date | None


class HealthPage(PageOf):
    """By customer."""

    model_config = example(
        {
            "version": "9c0d11fa",
            "weights": {"adoption": 40.0, "engagement": 20.0, "trajectory": 20.0, "events": 10.0, "rating": 10.0},
            "page": 1,
            "pageSize": 50,
            "pages": 1,
            "total": 1,
            "health": [
                {
                    "customerId": 7,
                    "customer": "Acme Logistics",
                    "score": 68.2,
                    "band": "good",
                    "asOf": "2026-01-29",
                }
            ],
        }
    )

    version: str
    weights: dict[str, float]
    health: list[HealthTold]


class HealthEntry(Camel):
    """One update of a customer's health."""

    as_of: date
    score: float | None
    band: str | None
    present: float
    version: str
    why: str = Field(description="The part that moved most, in a sentence.")
    cause: str = Field(description="What made somebody update it.")
    parts: list[dict[str, Any]]


class HealthHistory(Camel):
    """Oldest first."""

    model_config = example(
        {
            "customerId": 7,
            "history": [
                {
                    "asOf": "2026-01-29",
                    "score": 68.2,
                    "band": "good",
                    "present": 0.9,
                    "version": "9c0d11fa",
                    "why": "Adoption rose from 63 to 71.",
                    "cause": "import 12",
                    "parts": [{"name": "adoption", "title": "Adoption", "weight": 40.0, "value": 71.4, "points": 31.7}],
                }
            ],
        }
    )

    customer_id: int
    history: list[HealthEntry]


class ToUpdate(Camel):
    """Whose health to tell anew."""

    model_config = example({"customerIds": [7, 9], "cause": "Import 12"})

    customer_ids: list[Id] | None = Field(None, max_length=10_000, description="Left out: all the caller may change.")
    cause: Text = ""


class HealthMoved(Camel):
    """What an update changed."""

    customer_id: int
    customer: str
    before: float | None
    after: float | None
    band_before: str | None
    band_after: str | None
    why: str


class HealthUpdated(Camel):
    """Only customers whose health changed."""

    model_config = example(
        {
            "changes": [
                {
                    "customerId": 7,
                    "customer": "Acme Logistics",
                    "before": 63.1,
                    "after": 68.2,
                    "bandBefore": "good",
                    "bandAfter": "good",
                    "why": "Adoption rose from 63 to 71.",
                }
            ]
        }
    )

    changes: list[HealthMoved]


WEIGHTS = {"adoption": 40.0, "engagement": 20.0, "trajectory": 20.0, "events": 10.0, "rating": 10.0}


class Weights(Camel):
    """How much each part of health weighs; only their proportions matter."""

    model_config = example({"version": "9c0d11fa", "weights": WEIGHTS})

    version: str
    weights: dict[str, float]


class WeightsAsked(Camel):
    """Parts not named keep their weight."""

    model_config = example({"weights": {"adoption": 30.0, "rating": 20.0}})

    weights: dict[Text, Weight] = Field(max_length=20)


class BandMoved(Camel):
    """A customer that another band would hold; null: no score."""

    customer_id: int
    customer: str
    before: float | None
    after: float | None
    band_before: str | None
    band_after: str | None


class TriedOut(PageOf):
    """Every customer's health by the weights that hold and by those tried; nothing is changed."""

    model_config = example(
        {
            "version": "77ab01c2",
            "weights": {**WEIGHTS, "adoption": 30.0, "rating": 20.0},
            "averageBefore": 61.2,
            "averageAfter": 60.4,
            "scoredBefore": 66,
            "scoredAfter": 66,
            "before": [0] * 12 + [11, 20, 18, 9, 5, 2, 1, 0],
            "after": [0] * 12 + [12, 21, 17, 9, 4, 2, 1, 0],
            "page": 1,
            "pageSize": 50,
            "pages": 1,
            "total": 1,
            "moved": [
                {
                    "customerId": 7,
                    "customer": "Acme Logistics",
                    "before": 60.4,
                    "after": 58.9,
                    "bandBefore": "good",
                    "bandAfter": "fair",
                }
            ],
        }
    )

    version: str = Field(description="The version these weights would be.")
    weights: dict[str, float]
    average_before: float | None
    average_after: float | None
    scored_before: int
    scored_after: int
    before: list[int] = Field(description="Customers in each step of 5 points.")
    after: list[int]
    moved: list[BandMoved] = Field(description="Who changes band, the largest change first.")


@router.get("/health/weights", response=Weights, summary="The weights of health")
def health_weights(request: HttpRequest) -> dict[str, Any]:
    """Those that hold now. For roles that may publish others."""
    require(caller(request), Right.SET_WEIGHTS)
    model = current_model()
    return {"version": model.version, "weights": weights_of(model)}


@router.post("/health/weights/try", response=TriedOut, summary="Try other weights")
def try_weights(request: HttpRequest, sent: WeightsAsked, asked: Query[Paged]) -> dict[str, Any]:
    """What other weights would do to every customer's health. Nothing is changed."""
    require(caller(request), Right.SET_WEIGHTS)
    found: WhatIf = what_if(sent.weights)
    moved, told = paged(found.moved, asked)
    same = ("average_before", "average_after", "scored_before", "scored_after", "before", "after")
    about = {"version": found.version_after, "weights": found.weights_after}
    return {**told, **about, **{name: getattr(found, name) for name in same}, "moved": moved}


@router.put("/health/weights", response=Weights, summary="Publish weights")
def publish(request: HttpRequest, sent: WeightsAsked) -> dict[str, Any]:
    """Weigh health so from now on, as a new version. Told scores keep theirs until the next update."""
    published = publish_weights(sent.weights, by=caller(request))
    return {"version": published.version, "weights": published.weights}


@router.get("/health", response=HealthPage, summary="Health of the customers")
def health(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    """As last updated, with the weights that hold now."""
    model = current_model()
    customers, told = paged(access_customers(caller(request)).filter(is_archived=False).order_by("name", "pk"), asked)
    known = newest_health()
    rows = [
        dict(zip(("score", "band", "asOf"), known.get(one.pk, (None, None, None)), strict=True)) for one in customers
    ]
    lines = [{"customerId": one.pk, "customer": one.name, **row} for one, row in zip(customers, rows, strict=True)]
    return {**told, "version": model.version, "weights": weights_of(model), "health": lines}


@router.get("/health/{int:customer_id}", response=HealthHistory, summary="A customer's health over time")
def health_history(request: HttpRequest, customer_id: Id) -> dict[str, Any]:
    """Every update with its cause."""
    history = access_health_history(caller(request), customer_id)
    names = ("as_of", "score", "present", "version", "why", "cause", "parts")
    lines = [{**{name: getattr(one, name) for name in names}, "band": one.band or None} for one in history]
    return {"customerId": customer_id, "history": lines}


@router.post("/health/update", response=HealthUpdated, summary="Update health")
def update(request: HttpRequest, sent: ToUpdate) -> dict[str, Any]:
    """Tell health anew from the newest usage; what changed, and why. Again changes nothing."""
    return {"changes": update_health(sent.customer_ids, by=caller(request), cause=sent.cause)}
