"""What the services take: plain values, checked before anything is written."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from zoneinfo import available_timezones

from uptake.customers.models import TAGS, Category, CountedPer, Customer, EntitlementKind, Feature, WorkingDays
from uptake.customers.names import LONGEST_TEXT, domain_key, name_key
from uptake.kit.errors import ProductError
from uptake.kit.marks import without_steering
from uptake.team.models import Teammate

T = TypeVar("T")


@dataclass(frozen=True)
class NewCustomer:
    """A customer to be made. ``None`` and empty: not known, or as the workspace has it."""

    name: str
    segment: str = ""
    region: str = ""
    domains: tuple[str, ...] = ()
    crm_id: str = ""
    time_zone: str | None = None
    working_days: str | None = None  # "mon-fri" or "all days"
    owner: Teammate | None = None
    csm_rating: int | None = None  # 0-100
    csm_rated_on: date | None = None
    started_on: date | None = None


@dataclass(frozen=True)
class NewContract:
    """A contract to be added; it runs from ``starts_on`` to ``ends_on``, both in."""

    customer: Customer
    starts_on: date
    arr: Decimal  # a year's revenue in ``currency``
    ends_on: date | None = None  # None: open
    renews_on: date | None = None
    currency: str = "USD"
    plan: str = ""


@dataclass(frozen=True)
class NewEntitlement:
    """Something to be granted; ``granted`` None is unlimited. A feature entitlement names its feature.

    A limit may name the feature whose uses count against it, and per what: ``day``, ``month`` or ``period``.
    """

    customer: Customer
    kind: str  # seats, feature, limit
    starts_on: date
    ends_on: date | None = None
    feature: Feature | None = None
    name: str = ""
    granted: Decimal | int | None = None
    unit: str = ""
    price: Decimal | None = None  # of all that is granted, a year
    counted_feature: Feature | None = None
    counted_per: str = ""


@dataclass(frozen=True)
class NewReading:
    """How much of a limit was used on a day, in the limit's unit."""

    customer: Customer
    name: str
    used: Decimal | int
    on: date


@dataclass(frozen=True)
class NewStakeholder:
    """A person at the customer to be noted."""

    customer: Customer
    name: str
    email: str = ""
    role: str = ""
    is_champion: bool = False
    is_sponsor: bool = False


@dataclass(frozen=True)
class NewFeature:
    """A feature to be defined. ``key`` empty: made from the name, as an event of that name would have it."""

    name: str
    key: str = ""
    category: str = ""
    importance: int = 50
    cadence: str = "weekly"
    expected_adoption_days: int = 30
    value_sentence: str = ""
    minutes_saved: Decimal | None = None  # by one use
    tags: tuple[str, ...] = ()  # of models.TAGS
    event_names: tuple[tuple[str, str], ...] = ()  # (source or "*", event name) that stand for it


def check_all(items: Iterable[T], check: Callable[[T], None]) -> list[T]:
    checked = list(items)
    for item in checked:
        check(item)
    return checked


def check_customer(new: NewCustomer) -> None:
    """Raises ProductError with the first thing that is wrong."""
    check_name(new.name, "A customer")
    if new.time_zone is not None and new.time_zone not in available_timezones():
        raise ProductError(f"“{new.time_zone}” is no time zone; use a name such as Europe/Berlin.")
    if new.working_days is not None and new.working_days not in WorkingDays.values:
        raise ProductError(f"“{new.working_days}” are no working days; use mon-fri or all days.")
    if new.csm_rating is not None and not 0 <= new.csm_rating <= 100:
        raise ProductError(f"The rating of {new.name} is {new.csm_rating}; it must be from 0 to 100.")
    for domain in new.domains:
        check_domain(domain)


def check_name(name: str, what: str) -> None:
    """A name is there, fits, and is text that every database can keep."""
    if not name_key(without_steering(name)):
        raise ProductError(f"{what} needs a name.")
    if len(name) > LONGEST_TEXT:
        raise ProductError(f"The name “{name[:40]}…” is longer than {LONGEST_TEXT} characters.")
    if "\x00" in name:
        raise ProductError("A name must not contain the NUL character.")


def check_domain(domain: str) -> None:
    key = domain_key(domain)
    if "." not in key or any(mark in key for mark in "@/ ") or len(key) > 253:
        raise ProductError(f"“{domain}” is no domain; write it as acme.com.")


def check_contract(new: NewContract) -> None:
    _check_dates(new.starts_on, new.ends_on, f"The contract of {new.customer}")
    if new.arr < 0:
        raise ProductError(f"The ARR of {new.customer} is {new.arr}; it must not be negative.")
    if not (len(new.currency) == 3 and new.currency.isascii() and new.currency.isupper()):
        raise ProductError(f"“{new.currency}” is no currency; use its three letters, such as USD.")


def check_entitlement(new: NewEntitlement) -> None:
    whose = f"An entitlement of {new.customer}"
    if new.kind not in EntitlementKind.values:
        raise ProductError(f"{whose} is of kind “{new.kind}”; use seats, feature or limit.")
    if (new.kind == EntitlementKind.FEATURE) != (new.feature is not None):
        raise ProductError(f"{whose} must name its feature if, and only if, it is of kind feature.")
    if new.kind == EntitlementKind.LIMIT and not new.name.strip():
        raise ProductError(f"{whose} needs a name, such as “API calls per day”.")
    if new.granted is not None and new.granted < 0:
        raise ProductError(f"{whose} grants {new.granted}; it must not be negative.")
    if new.kind == EntitlementKind.SEATS and new.granted is not None and new.granted % 1:
        raise ProductError(f"{whose} grants {new.granted} seats; seats are whole.")
    if (new.counted_feature is None) != (new.counted_per == ""):
        raise ProductError(f"{whose} must say both which feature is counted and per what, or neither.")
    if new.counted_per and (new.counted_per not in CountedPer.values or new.kind != EntitlementKind.LIMIT):
        raise ProductError(f"{whose} is counted per “{new.counted_per}”; only a limit is, per day, month or period.")
    _check_dates(new.starts_on, new.ends_on, whose)


def check_reading(new: NewReading) -> None:
    if not new.name.strip():
        raise ProductError(f"A reading of {new.customer} needs the name of the limit that was read.")
    if new.used < 0:
        raise ProductError(f"The reading of {new.name} of {new.customer} is {new.used}; it must not be negative.")


def check_stakeholder(new: NewStakeholder) -> None:
    check_name(new.name, "A stakeholder")


def check_feature(new: NewFeature) -> None:
    check_name(new.name, "A feature")
    if new.category and new.category not in Category.values:
        raise ProductError(f"“{new.category}” is no category; use core, advanced or power.")
    if not 0 <= new.importance <= 100:
        raise ProductError(f"The importance of {new.name} is {new.importance}; it must be from 0 to 100.")
    if new.cadence not in ("daily", "weekly", "monthly"):
        raise ProductError(f"“{new.cadence}” is no cadence; use daily, weekly or monthly.")
    if new.expected_adoption_days < 1:
        raise ProductError(f"Adopting {new.name} is expected to take {new.expected_adoption_days} days; use 1 or more.")
    check_minutes_saved(new.name, new.minutes_saved)
    if unknown := [tag for tag in new.tags if tag not in TAGS]:
        raise ProductError(f"“{unknown[0]}” is no tag of a feature; use {', '.join(TAGS)}.")


def check_minutes_saved(feature: str, minutes: Decimal | None) -> None:
    if minutes is not None and not (minutes.is_finite() and 0 <= minutes < 100_000):  # what the column holds
        raise ProductError(f"A use of {feature} saves {minutes} minutes; it must be a number from 0 to 99,999.")


def _check_dates(starts_on: date, ends_on: date | None, what: str) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise ProductError(f"{what} ends on {ends_on}, before its start on {starts_on}.")
