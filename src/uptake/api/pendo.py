"""What Pendo tells of its accounts, by its own ids, and of our customers behind them."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from uptake.api.access import caller
from uptake.api.integrations import Sync, SyncAsked, sync_json
from uptake.api.schemas import Camel, Dated, Id, Paged, PageOf, example, paged
from uptake.customers.access import access_customer
from uptake.customers.mapping import profiles_of
from uptake.customers.models import Account
from uptake.pipeline.sync import running
from uptake.pipeline.sync.accounts import access_account, access_platform_accounts, features_of, use_of
from uptake.pipeline.sync.connections import connected_to
from uptake.pipeline.sync.guides import guides_of
from uptake.pipeline.sync.onboarding import Onboarding, onboarding_of
from uptake.pipeline.sync.use_of_accounts import use_of_accounts

router = Router(by_alias=True)
PENDO = "pendo"


class CustomerOf(Camel):
    id: int
    name: str


class AccountTold(Camel):
    """An account of Pendo."""

    account_id: str
    name: str = Field(description="As Pendo has it; empty: it does not say.")
    domain: str
    customer: CustomerOf | None = Field(description="None: it waits to be mapped.")
    uses: int = Field(description="On the last 90 days that have usage.")
    visitors: int
    last_on: date | None


ACCOUNT = {
    "accountId": "acct_northwind",
    "name": "Northwind Traders",
    "domain": "northwind.example",
    "customer": {"id": 7, "name": "Northwind Traders"},
    "uses": 1_204,
    "visitors": 31,
    "lastOn": "2026-01-29",
}


class Accounts(PageOf):
    model_config = example({"page": 1, "pageSize": 50, "pages": 1, "total": 1, "accounts": [ACCOUNT]})

    accounts: list[AccountTold]


class DayOfUse(Camel):
    day: date
    uses: int
    active_users: int


class AccountUsage(Camel):
    """An account's use by day."""

    model_config = example(
        {
            "account": ACCOUNT,
            "from": "2025-12-31",
            "to": "2026-01-29",
            "uses": 1_204,
            "dailyActiveUsers": 8.4,
            "weeklyActiveUsers": 22,
            "monthlyActiveUsers": 31,
            "minutes": 914.0,
            "days": [{"day": "2026-01-29", "uses": 61, "activeUsers": 9}],
        }
    )

    account: AccountTold
    from_: date = Field(alias="from")
    to: date
    uses: int
    daily_active_users: float | None = Field(description="On average over all days; null: Pendo tells no users.")
    weekly_active_users: int | None = Field(description="Of the last 7 days.")
    monthly_active_users: int | None = Field(description="Of the last 30 days.")
    minutes: float | None = Field(description="Of use, as Pendo counts whole minutes; null: not measured.")
    days: list[DayOfUse] = Field(description="Days without use are left out.")


class FeatureOfAccount(Camel):
    event_name: str = Field(description="As Pendo writes it.")
    name: str = Field(description="As the catalogue has it.")
    kind: str = Field(description="feature, login, or set_aside: not feature use.")
    uses: int
    users: int
    last_on: date


class AccountFeatures(Camel):
    """What of the product an account uses, most used first."""

    model_config = example(
        {
            "account": ACCOUNT,
            "from": "2025-12-31",
            "to": "2026-01-29",
            "features": [
                {
                    "eventName": "uQZVeRyEAODXLqvQJYvN51Ffsek",
                    "name": "Export button",
                    "kind": "feature",
                    "uses": 61,
                    "users": 9,
                    "lastOn": "2026-01-29",
                }
            ],
        }
    )

    account: AccountTold
    from_: date = Field(alias="from")
    to: date
    features: list[FeatureOfAccount]


class GuideOfAccount(Camel):
    guide_id: str
    name: str
    steps: int = Field(description="0: Pendo does not tell.")
    views: int = Field(description="Times that a step was shown.")
    viewers: int = Field(description="People it was shown to.")
    dismissed: int
    dismissal_rate: float | None = Field(description="Of the views, 0 to 1.")
    completed: int | None = Field(description="People who advanced past the last step; null: its steps are not known.")
    completion_rate: float | None = Field(description="Of the viewers, 0 to 1.")
    last_on: date
    is_onboarding: bool = Field(description="Whether the workspace calls it onboarding.")


class StopTold(Camel):
    guide_id: str
    guide: str
    step: int
    steps: int
    people: int = Field(description="Who saw this step last and did not complete the guide.")
    begun: int = Field(description="Who was shown the guide.")


class OnboardingTold(Camel):
    """From the first guide event up to the day, whatever the period."""

    guides: int = Field(description="Onboarding guides whose steps are known.")
    people: int = Field(description="Who was shown one of them.")
    completed_all: int
    completed_some: int
    completed_none: int
    stops: list[StopTold] = Field(description="Where most people stopped first.")


class AccountGuides(Camel):
    """What an account's people do with the guides that are shown to them, most shown first."""

    model_config = example(
        {
            "account": ACCOUNT,
            "from": "2025-12-31",
            "to": "2026-01-29",
            "guides": [
                {
                    "guideId": "KNtGlp7GrL0a5FG5HLvNlVfovfw",
                    "name": "First export",
                    "steps": 3,
                    "views": 40,
                    "viewers": 12,
                    "dismissed": 8,
                    "dismissalRate": 0.2,
                    "completed": 7,
                    "completionRate": 0.58,
                    "lastOn": "2026-01-28",
                    "isOnboarding": True,
                }
            ],
            "onboarding": None,
        }
    )

    account: AccountTold
    from_: date = Field(alias="from")
    to: date
    guides: list[GuideOfAccount]
    onboarding: OnboardingTold | None = Field(description="None: no guide is called onboarding, or nobody saw one.")


class CustomerMetrics(Camel):
    """What Pendo tells of a customer: its accounts, each with its use."""

    model_config = example({"customer": {"id": 7, "name": "Northwind Traders"}, "accounts": []})

    customer: CustomerOf
    accounts: list[AccountUsage]


@router.post("/pendo/sync", response={202: Sync}, summary="Ask Pendo now")
def sync_pendo(request: HttpRequest, sent: SyncAsked) -> Status[dict[str, Any]]:
    """Begin a sync of the last days; follow it at ``statusUrl``. 404: not connected; 409: one is under way."""
    connection = connected_to(caller(request), PENDO)
    return Status(202, sync_json(running.sync_now(caller(request), connection, days=sent.days)))


@router.get("/pendo/accounts", response=Accounts, summary="Pendo's accounts")
def pendo_accounts(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Those whose customers you see; for who maps accounts also those that wait for a customer."""
    shown, told = paged(access_platform_accounts(caller(request), PENDO), asked)
    return {**told, "accounts": _accounts(shown)}


@router.get("/pendo/accounts/{path:account_id}/usage", response=AccountUsage, summary="An account's use by day")
def pendo_usage(request: HttpRequest, account_id: str, asked: Query[Dated]) -> dict[str, Any]:
    """404: there is no such account, or it is not yours."""
    account = access_account(caller(request), PENDO, account_id)
    return _usage(account, asked)


@router.get("/pendo/accounts/{path:account_id}/features", response=AccountFeatures, summary="What an account uses")
def pendo_features(request: HttpRequest, account_id: str, asked: Query[Dated]) -> dict[str, Any]:
    """Features, pages and track events by Pendo's names and ours. 404: not there, or not yours."""
    account = access_account(caller(request), PENDO, account_id)
    first, last, found = features_of(account, as_of=asked.as_of, period=asked.length)
    told = [
        {
            "eventName": each.event_name,
            "name": each.name,
            "kind": each.kind,
            "uses": each.uses,
            "users": each.visitors,
            "lastOn": each.last_on,
        }
        for each in found
    ]
    return {"account": _accounts([account])[0], "from": first, "to": last, "features": told}


@router.get("/pendo/accounts/{path:account_id}/guides", response=AccountGuides, summary="An account's guides")
def pendo_guides(request: HttpRequest, account_id: str, asked: Query[Dated]) -> dict[str, Any]:
    """Views, dismissals and completions by guide. 404: there is no such account, or it is not yours."""
    account = access_account(caller(request), PENDO, account_id)
    first, last, found = guides_of([account], as_of=asked.as_of, period=asked.length)
    told = [
        {
            "guideId": each.guide_id,
            "name": each.name,
            "steps": each.steps,
            "views": each.views,
            "viewers": each.viewers,
            "dismissed": each.dismissed,
            "dismissalRate": each.dismissal_rate,
            "completed": each.completed,
            "completionRate": each.completion_rate,
            "lastOn": each.last_on,
            "isOnboarding": each.is_onboarding,
        }
        for each in found
    ]
    onboarding = _onboarding(onboarding_of([account], as_of=asked.as_of))
    return {"account": _accounts([account])[0], "from": first, "to": last, "guides": told, "onboarding": onboarding}


def _onboarding(found: Onboarding | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "guides": found.guides,
        "people": found.people,
        "completedAll": found.done,
        "completedSome": found.under_way,
        "completedNone": found.not_one,
        "stops": [
            {
                "guideId": each.guide_id,
                "guide": each.guide,
                "step": each.step,
                "steps": each.steps,
                "people": each.people,
                "begun": each.begun,
            }
            for each in found.stops
        ],
    }


@router.get(
    "/pendo/customer/{int:customer_id}/metrics", response=CustomerMetrics, summary="What Pendo tells of a customer"
)
def pendo_metrics(request: HttpRequest, customer_id: Id, asked: Query[Dated]) -> dict[str, Any]:
    """Each of the customer's accounts in Pendo. 404: there is no such customer, or it is not yours."""
    customer = access_customer(caller(request), customer_id)
    accounts = Account.objects.filter(source=PENDO, customer=customer).order_by("account_id")
    return {
        "customer": {"id": customer.pk, "name": customer.name},
        "accounts": [_usage(account, asked) for account in accounts],
    }


def _usage(account: Account, asked: Dated) -> dict[str, Any]:
    found = use_of(account, as_of=asked.as_of, period=asked.length)
    return {
        "account": _accounts([account])[0],
        "from": found.first_day,
        "to": found.last_day,
        "uses": sum(row["uses"] for row in found.days),
        "dailyActiveUsers": found.dau,
        "weeklyActiveUsers": found.wau,
        "monthlyActiveUsers": found.mau,
        "minutes": found.minutes,
        "days": [{"day": row["day"], "uses": row["uses"], "activeUsers": row["visitors"]} for row in found.days],
    }


def _accounts(accounts: list[Account]) -> list[dict[str, Any]]:
    told, use = profiles_of(accounts), use_of_accounts()
    found = []
    for account in accounts:
        profile, seen = told.get((account.source, account.account_id)), use.of(account.source, account.account_id)
        customer = account.customer
        found.append(
            {
                "accountId": account.account_id,
                "name": profile.name if profile else "",
                "domain": profile.domain if profile else "",
                "customer": {"id": customer.pk, "name": customer.name} if customer else None,
                "uses": seen.uses if seen else 0,
                "visitors": seen.visitors if seen else 0,
                "lastOn": seen.last_on if seen else None,
            }
        )
    return found
