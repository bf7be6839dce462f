"""Customers, as their CSMs keep them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Id, Paged, PageOf, Text, example, paged
from uptake.customers.access import access_customer, access_customers, access_own_customer
from uptake.customers.giving import keep_facts, owner_called
from uptake.customers.models import Customer
from uptake.customers.parents import put_under
from uptake.pipeline.facts_about import About, about_customers
from uptake.pipeline.health import rate_customer
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require

router = Router(by_alias=True)


class CustomersAsked(Paged):
    """Which customers."""

    search: Text = Field("", description="A part of the name.")
    segment: Text = ""


class Person(Camel):
    """Somebody at the customer."""

    person_id: int
    name: str
    email: str
    role: str
    is_champion: bool
    is_sponsor: bool


ACME = {
    "customerId": 7,
    "customer": "Acme Logistics",
    "segment": "Enterprise",
    "region": "Europe",
    "ownerId": 3,
    "owner": "Ann Berg",
    "plan": "Scale",
    "arr": 184000.0,
    "currency": "USD",
    "renewsOn": "2026-06-30",
    "csmRating": 80,
    "csmRatedOn": "2026-01-12",
    "health": 68.2,
    "healthBand": "good",
    "healthOn": "2026-01-29",
    "parentId": None,
}
CHILDREN = [{"customerId": 9, "customer": "Acme Nordic", "arr": 24000.0, "currency": "USD", "health": 71.0}]
PEOPLE = [
    {
        "personId": 31,
        "name": "Marta Heinze",
        "email": "marta@acme.example",
        "role": "COO",
        "isChampion": True,
        "isSponsor": False,
    }
]


class CustomerTold(Camel):
    """One customer."""

    model_config = example(ACME)

    customer_id: int
    customer: str
    segment: str | None
    region: str | None
    owner_id: int | None
    owner: str | None
    plan: str | None
    arr: float | None = Field(description="Of the contracts running today; null: none, or in several currencies.")
    currency: str | None
    renews_on: date | None
    csm_rating: int | None = Field(description="How the CSM sees it, 0 to 100.")
    csm_rated_on: date | None
    health: float | None = Field(description="As last updated.")
    health_band: str | None
    health_on: date | None
    parent_id: int | None = Field(description="The customer it belongs to. A parent's numbers are its own, never sums.")


class Child(Camel):
    """A customer that belongs to this one, with its own figures."""

    customer_id: int
    customer: str
    arr: float | None
    currency: str | None
    health: float | None


class CustomerOpened(CustomerTold):
    """One customer with its people."""

    model_config = example({**ACME, "children": CHILDREN, "people": PEOPLE})

    children: list[Child] = Field(description="Those that the caller may see, by name.")

    people: list[Person] | None = Field(description="Null for roles that do not see customers' people.")


class Customers(PageOf):
    """By name."""

    model_config = example({"page": 1, "pageSize": 50, "pages": 1, "total": 1, "customers": [ACME]})

    customers: list[CustomerTold]


def _told(customer: Customer, known: Mapping[int, About]) -> dict[str, Any]:
    """``known``: asked for once an answer, however many customers it has."""
    about = known.get(customer.pk, {})
    return {
        "customerId": customer.pk,
        "customer": customer.name,
        "segment": customer.segment or None,
        "region": customer.region or None,
        "ownerId": customer.owner_id,
        "owner": str(customer.owner) if customer.owner else None,
        "plan": about.get("plan"),
        "arr": about.get("arr"),
        "currency": about.get("currency"),
        "renewsOn": about.get("renews_on"),
        "csmRating": customer.csm_rating,
        "csmRatedOn": customer.csm_rated_on,
        "health": about.get("health"),
        "healthBand": about.get("health_band"),
        "healthOn": about.get("health_on"),
        "parentId": customer.parent_id,
    }


def _children(customer: Customer, teammate: Teammate, known: Mapping[int, About]) -> list[dict[str, Any]]:
    return [
        {
            "customerId": child.pk,
            "customer": child.name,
            **{name: known.get(child.pk, {}).get(name) for name in ("arr", "currency", "health")},
        }
        for child in access_customers(teammate).filter(parent=customer, is_archived=False)
    ]


def _people(customer: Customer, teammate: Teammate) -> list[dict[str, Any]] | None:
    if not may(teammate, Right.SEE_PEOPLE):
        return None
    return [
        {
            "personId": person.pk,
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "isChampion": person.is_champion,
            "isSponsor": person.is_sponsor,
        }
        for person in customer.stakeholders.all()
    ]


@router.get("/customers", response=Customers, summary="List customers")
def list_customers(request: HttpRequest, asked: Query[CustomersAsked]) -> dict[str, Any]:
    """The customers the caller may see, by name."""
    found = access_customers(caller(request)).filter(is_archived=False).select_related("owner")
    if asked.search:
        found = found.filter(name__icontains=asked.search)
    if asked.segment:
        found = found.filter(segment=asked.segment)
    customers, told = paged(found.order_by("name", "pk"), asked)
    known = about_customers()
    return {**told, "customers": [_told(customer, known) for customer in customers]}


@router.get("/customers/{int:customer_id}", response=CustomerOpened, summary="One customer")
def one_customer(request: HttpRequest, customer_id: Id) -> dict[str, Any]:
    """With its children, and its people where the caller's role sees them."""
    teammate = caller(request)
    customer = access_customer(teammate, customer_id)
    known = about_customers()
    children = _children(customer, teammate, known)
    return {**_told(customer, known), "children": children, "people": _people(customer, teammate)}


class Rating(Camel):
    """How the CSM sees the customer; null takes it back."""

    model_config = example({"rating": 80})

    rating: int | None = Field(ge=0, le=100)


@router.put("/customers/{int:customer_id}/rating", response=CustomerTold, summary="Rate a customer")
def rate(request: HttpRequest, customer_id: Id, sent: Rating) -> dict[str, Any]:
    """The CSM's own word, kept apart from the computed score. Health takes it up with its next update."""
    teammate = caller(request)
    customer = rate_customer(access_own_customer(teammate, customer_id), sent.rating, by=teammate)
    return _now(customer)


class Facts(Camel):
    """Who looks after the customer, and where it belongs; what is left out stays as it is."""

    model_config = example({"ownerEmail": "ann@us.example", "segment": "Enterprise", "region": "Europe"})

    owner_email: Text | None = Field(None, description="A CSM's, leader's or admin's; null or empty: nobody's.")
    segment: Text = Field("", description="At most 100 characters.")
    region: Text = Field("", description="At most 100 characters.")
    parent_id: Id | None = Field(None, description="The customer it belongs to; null: none.")


@router.put(
    "/customers/{int:customer_id}",
    response=CustomerTold,
    summary="Give a customer to a CSM, or say its segment or parent",
)
def keep(request: HttpRequest, customer_id: Id, sent: Facts) -> dict[str, Any]:
    """For roles that change every customer. The same again changes nothing."""
    teammate = caller(request)
    said = sent.model_dump(exclude_unset=True)
    customer = access_customer(teammate, customer_id)
    require(teammate, Right.CHANGE_ALL)
    if "owner_email" in said:
        said["owner"] = owner_called(said.pop("owner_email") or "")
    with transaction.atomic():
        if "parent_id" in said:
            parent_id = said.pop("parent_id")
            put_under(customer, access_customer(teammate, parent_id) if parent_id else None, by=teammate)
        keep_facts(customer, by=teammate, **said)
    return _now(customer)


def _now(customer: Customer) -> dict[str, Any]:
    return _told(Customer.objects.select_related("owner").get(pk=customer.pk), about_customers())
