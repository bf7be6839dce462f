"""What the demo portfolio is made of. Plain values: nothing here knows a database or a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from uptake.pipeline.demo.archetypes import Behaviour

HISTORY_DAYS = 455
"""The last 90 days and a year before them."""
RECENT_DAYS = 90
REGIONS = {"America": "Americas", "Europe": "Europe", "Asia": "Asia-Pacific", "Australia": "Asia-Pacific"}
"""By the first part of a time zone's name."""


@dataclass(frozen=True)
class FeaturePlan:
    name: str
    category: Literal["core", "advanced", "power"]
    importance: int  # 0-100
    cadence: Literal["daily", "weekly", "monthly"]
    expected_adoption_days: int
    value_sentence: str
    minutes_saved: float | None = None  # by one use; None: nobody has thought about it
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContractPlan:
    """One term. ``outcome`` is what became of it: the next term, or the end."""

    starts_on: date
    ends_on: date
    renews_on: date | None  # None: notice was given
    arr: int  # US dollars a year
    plan: Literal["Starter", "Business", "Enterprise"]
    outcome: Literal["running", "renewed", "churned"]


@dataclass(frozen=True)
class EntitlementPlan:
    kind: Literal["seats", "feature", "limit"]
    name: str  # “Seats”, the feature's name, “API calls”
    granted: int | None  # None: unlimited
    unit: str
    starts_on: date
    ends_on: date | None
    price: int | None = None  # US dollars a year, of all that is granted
    counted: str = ""  # the feature whose uses count against it
    counted_per: Literal["", "day", "month", "period"] = ""


@dataclass(frozen=True)
class ReadingPlan:
    """How much of a limit was used on a day, as something outside the usage events told."""

    name: str
    used: int
    on: date


@dataclass(frozen=True)
class StakeholderPlan:
    name: str
    email: str  # the address the person's usage carries, where the person is a user
    role: str
    is_champion: bool = False
    is_sponsor: bool = False


@dataclass(frozen=True)
class CustomerPlan:
    number: int  # place in the portfolio, from 0
    name: str
    key: str  # the name as platforms slug it
    domain: str
    segment: Literal["enterprise", "mid-market", "small"]
    time_zone: str
    working_days: Literal["mon-fri", "all days"]
    crm_id: str
    csm: str
    csm_rating: int | None  # 0-100, the CSM's own view
    started_on: date  # first contract; use is known from later on
    behaviour: Behaviour
    people: int  # everybody who ever used the product, service accounts left out
    seats: int | None  # licensed at the end; None: unlimited
    entitled: tuple[int, ...]  # numbers of the features that the plan grants
    contracts: tuple[ContractPlan, ...] = ()
    entitlements: tuple[EntitlementPlan, ...] = ()
    stakeholders: tuple[StakeholderPlan, ...] = ()
    readings: tuple[ReadingPlan, ...] = ()

    @property
    def region(self) -> str:
        """Where the customer sits, as its time zone tells: nothing is drawn for it."""
        return REGIONS[self.time_zone.partition("/")[0]]

    @property
    def churned_on(self) -> date | None:
        """Last day of the last contract, where it was not renewed."""
        last = self.contracts[-1]
        return last.ends_on if last.outcome == "churned" else None


@dataclass(frozen=True)
class Plan:
    """The whole portfolio: who they are, and what is needed to make their usage events."""

    until: date
    seed: int
    events: int  # asked for in the last 90 days
    features: tuple[FeaturePlan, ...]
    customers: tuple[CustomerPlan, ...]
    tempo: float = 1.0  # multiplies how often people come
    pace: float = 1.0  # multiplies what they do in a day

    @property
    def first_day(self) -> date:
        return self.until - timedelta(days=HISTORY_DAYS - 1)

    @property
    def days(self) -> Sequence[date]:
        """All days with usage events, oldest first."""
        return [self.first_day + timedelta(days=number) for number in range(HISTORY_DAYS)]

    def customer(self, name: str) -> CustomerPlan:
        """The customer of that name. Raises KeyError."""
        for customer in self.customers:
            if customer.name == name:
                return customer
        raise KeyError(name)
