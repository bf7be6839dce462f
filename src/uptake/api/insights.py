"""What is worth knowing, and what to do next."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Dated, Id, Paged, PageOf, example, paged
from uptake.customers.access import access_customer
from uptake.pipeline.insight_view import insights_for, recommendations_for
from uptake.team.models import Teammate

router = Router(by_alias=True)


class Noticed(Paged, Dated):
    """Of one customer, or of all the caller may see."""

    customer_id: Id | None = None


class InsightTold(Camel):
    """A sentence with its evidence."""

    kind: str
    headline: str
    sentence: str
    evidence: dict[str, Any]
    customer_id: int | None
    feature_id: str | None
    weight: float = Field(description="0 to 100: severity × what is at stake.")


class Insights(PageOf):
    """Most important first."""

    model_config = example(
        {
            "page": 1,
            "pageSize": 50,
            "pages": 1,
            "total": 1,
            "insights": [
                {
                    "kind": "at_risk",
                    "headline": "Every second user of Acme Logistics is gone",
                    "sentence": "31 of 58 users of Acme Logistics did nothing for 30 days.",
                    "evidence": {"quietUsers": 31, "knownUsers": 58},
                    "customerId": 7,
                    "featureId": None,
                    "weight": 74.0,
                }
            ],
        }
    )

    insights: list[InsightTold]


class RecommendationTold(Camel):
    """Something to do for one customer."""

    rule: str
    customer_id: int
    customer: str
    title: str
    why: str
    steps: list[str]
    priority: str
    due_days: int = Field(description="Working days.")
    feature_id: str | None
    people: list[str] = Field(description="Empty for roles that do not see customers' people.")
    value: float = Field(description="Expected, in `currency`; 0 where no ARR is known.")
    currency: str | None
    value_words: str
    channel: str


class Recommendations(PageOf):
    """Most valuable first; values in several currencies are not compared, each has its place among those of its own."""

    model_config = example(
        {
            "page": 1,
            "pageSize": 50,
            "pages": 1,
            "total": 1,
            "recommendations": [
                {
                    "rule": "paid-and-unused",
                    "customerId": 7,
                    "customer": "Acme Logistics",
                    "title": "Show Acme Logistics the workflow builder",
                    "why": "It is in their plan and 3 of 58 users have opened it; peers are at 44%.",
                    "steps": ["Ask Marta Heinze which team would gain most", "Send the training"],
                    "priority": "high",
                    "dueDays": 5,
                    "featureId": "workflow-builder",
                    "people": ["Marta Heinze"],
                    "value": 12400.0,
                    "currency": "USD",
                    "valueWords": "$12k = $184k × 17 points to go × 40% winnable",
                    "channel": "email",
                }
            ],
        }
    )

    recommendations: list[RecommendationTold]


def _only(teammate: Teammate, asked: Noticed) -> list[int] | None:
    """Raises UnknownCustomer for one that is not theirs to see."""
    return None if asked.customer_id is None else [access_customer(teammate, asked.customer_id).pk]


@router.get("/insights", response=Insights, summary="Insights")
def list_insights(request: HttpRequest, asked: Query[Noticed]) -> dict[str, Any]:
    """What the usage says, each as a sentence with its evidence."""
    teammate = caller(request)
    found = insights_for(teammate, _only(teammate, asked), as_of=asked.as_of, period=asked.length)
    rows, told = paged(found, asked)
    return {**told, "insights": rows}


@router.get("/recommendations", response=Recommendations, summary="Recommendations")
def list_recommendations(request: HttpRequest, asked: Query[Noticed]) -> dict[str, Any]:
    """What to do next, each with the customer's own numbers, features and people."""
    teammate = caller(request)
    found = recommendations_for(teammate, _only(teammate, asked), as_of=asked.as_of, period=asked.length)
    rows, told = paged(found, asked)
    return {**told, "recommendations": rows}
