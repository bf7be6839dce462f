"""Contracts, entitlements and people: what follows from how a customer behaves, with chance."""

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from uptake.pipeline.demo import names, noise
from uptake.pipeline.demo.archetypes import GONE, Behaviour
from uptake.pipeline.demo.features import FEATURES, LAUNCHED, LAUNCHED_DAYS_AGO, STALLED
from uptake.pipeline.demo.portfolio import (
    HISTORY_DAYS,
    ContractPlan,
    CustomerPlan,
    EntitlementPlan,
    ReadingPlan,
    StakeholderPlan,
)

PlanName = Literal["Starter", "Business", "Enterprise"]

SEAT_PRICE = {"Starter": 900, "Business": 2400, "Enterprise": 4800}
BASE_PRICE = {"Starter": 2400, "Business": 18000, "Enterprise": 90000}
NOTICE_DAYS = 40
"""Who leaves stops using the product about so long before the contract ends."""

# name, unit, what each plan grants (None: unlimited; 0: not part of it)
LIMITS: tuple[tuple[str, str, dict[PlanName, int | None]], ...] = (
    ("API calls", "calls a day", {"Starter": 0, "Business": 10_000, "Enterprise": None}),
    ("Storage", "GB", {"Starter": 20, "Business": 100, "Enterprise": 1_000}),
    ("Integrations", "connections", {"Starter": 2, "Business": None, "Enterprise": None}),
    ("Exports", "exports a month", {"Starter": 15, "Business": 40, "Enterprise": 100}),
)
LIMIT_PRICE: dict[str, dict[PlanName, int]] = {
    "API calls": {"Business": 6_000},
    "Storage": {"Business": 1_200, "Enterprise": 9_000},
    "Exports": {"Starter": 240, "Business": 480, "Enterprise": 1_200},
}
COUNTED = {"Exports": "Export"}
"""The limits whose use is a feature's uses in a month; the others are read somewhere else."""
READINGS, DAYS_BETWEEN_READINGS = 6, 30


def years_later(day: date, years: int) -> date:
    """The same date in another year; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def renewal_chance(level: float) -> float:
    """How likely a contract is renewed at a level of use: a few in a hundred leave in spite of all, most that hardly
    use it do."""
    return 0.03 + 0.95 / (1 + math.exp(-(level - 0.1) / 0.05))


def last_term_ends(seed: int, number: int, behaviour: Behaviour, started_on: date, until: date) -> date | None:
    """Last day of the term that was not renewed; None: the customer is still one.

    Each anniversary inside the known history is decided by the level of use in the weeks before, with chance.
    """
    known_since = until - timedelta(days=min(behaviour.first_days_ago, HISTORY_DAYS) - 60)
    for term in range(1, 12):
        anniversary = years_later(started_on, term)
        if anniversary > until:
            return None
        level = behaviour.level((until - anniversary).days + NOTICE_DAYS)
        if anniversary > known_since and noise.one(seed, "renewal", number, term) > renewal_chance(level):
            return anniversary - timedelta(days=1)
    return None


def with_end(behaviour: Behaviour, ends_on: date, until: date) -> Behaviour:
    """The behaviour of a customer that leaves: use fades over the last weeks of the contract and ends before it."""
    end = (until - ends_on).days
    stop = end + 4
    kept = [knot for knot in behaviour.course if knot[0] > stop + NOTICE_DAYS]
    fading = [(stop + NOTICE_DAYS, behaviour.level(stop + NOTICE_DAYS)), (stop, 0.02)]
    return replace(behaviour, course=(*kept, *fading, (max(stop - 1, 0), GONE), (0, GONE)))


def _yearly(plan: PlanName, seats: int | None, people: int) -> int:
    paid = seats if seats is not None else people * 2
    return round((BASE_PRICE[plan] + SEAT_PRICE[plan] * paid) / 100) * 100


def _growth(level: float) -> float:
    """What a renewal does to the size of the contract."""
    return 1.12 if level > 0.6 else 1.03 if level > 0.35 else 0.85


def contracts(
    customer: CustomerPlan, plan: PlanName, until: date, ends_on: date | None
) -> tuple[tuple[ContractPlan, int | None], ...]:
    """The terms since the first, each a year and with its seats, oldest first; the last one has today's size."""
    starts = [customer.started_on]
    while (following := years_later(customer.started_on, len(starts))) <= (ends_on or until):
        starts.append(following)
    terms: list[tuple[ContractPlan, int | None]] = []
    share = 1.0
    for place in reversed(range(len(starts))):
        last = place == len(starts) - 1
        renewal = years_later(customer.started_on, place + 1)
        seats = None if customer.seats is None else max(1, round(customer.seats * share))
        outcome: Literal["running", "renewed", "churned"] = (
            "renewed" if not last else "churned" if ends_on else "running"
        )
        term = ContractPlan(
            starts_on=starts[place],
            ends_on=renewal - timedelta(days=1),
            renews_on=None if outcome == "churned" else renewal,
            arr=_yearly(plan, seats, max(1, round(customer.people * share))),
            plan=plan,
            outcome=outcome,
        )
        terms.append((term, seats))
        level = customer.behaviour.level((until - starts[place]).days)
        share /= _growth(level if level >= 0 else 0.5)  # before the known history: as most
    return tuple(reversed(terms))


def entitlements(
    customer: CustomerPlan, terms: tuple[tuple[ContractPlan, int | None], ...], until: date, ends_on: date | None
) -> tuple[EntitlementPlan, ...]:
    """Seats per term; features and limits for as long as the customer stays."""
    plan = terms[-1][0].plan
    begin = customer.started_on
    granted = [
        EntitlementPlan(
            "seats",
            "Seats",
            seats,
            "people",
            term.starts_on,
            _open_end(term),
            None if seats is None else SEAT_PRICE[plan] * seats,
        )
        for term, seats in terms
    ]
    for number in customer.entitled:
        since = begin
        if number == STALLED and customer.behaviour.trial_days_ago is not None:
            since = max(begin, until - timedelta(days=customer.behaviour.trial_days_ago))
        if number == LAUNCHED:
            since = max(begin, until - timedelta(days=LAUNCHED_DAYS_AGO))
        if ends_on is None or since <= ends_on:
            granted.append(EntitlementPlan("feature", FEATURES[number].name, None, "", since, ends_on))
    for name, unit, per_plan in LIMITS:
        if per_plan[plan] != 0:
            price, counted = LIMIT_PRICE.get(name, {}).get(plan), COUNTED.get(name, "")
            per: Literal["", "month"] = "month" if counted else ""
            granted.append(EntitlementPlan("limit", name, per_plan[plan], unit, begin, ends_on, price, counted, per))
    return tuple(granted)


def readings(customer: CustomerPlan, seed: int, until: date) -> tuple[ReadingPlan, ...]:
    """What was read of the limits in the last months; of some customers nobody reads one or the other."""
    read = [limit for limit in customer.entitlements if limit.kind == "limit" and not limit.counted]
    return tuple(
        ReadingPlan(limit.name, _used(customer, limit, ago, seed), until - timedelta(days=ago))
        for limit in read
        if noise.one(seed, f"read {limit.name}", customer.number) < 0.85
        for ago in range((READINGS - 1) * DAYS_BETWEEN_READINGS, -1, -DAYS_BETWEEN_READINGS)
        if limit.starts_on <= until - timedelta(days=ago) and customer.behaviour.level(ago) >= 0
    )


def _used(customer: CustomerPlan, limit: EntitlementPlan, days_ago: int, seed: int) -> int:
    """By the customer's level of use, with chance; storage only grows with time."""
    level = customer.behaviour.level(days_ago)
    chance = noise.one(seed, f"used {limit.name}", customer.number)
    if limit.name == "Storage":
        share = (0.25 + 0.7 * chance) * (1 - days_ago / 700)
        return max(1, round((limit.granted or 1) * share))
    if limit.name == "Integrations":
        most = limit.granted or 8
        return min(most, round(most * level * (0.5 + chance)))
    return round((limit.granted or 400 * customer.people) * level * (0.5 + 0.7 * chance))


def _open_end(term: ContractPlan) -> date | None:
    return None if term.outcome == "running" else term.ends_on


def stakeholders(customer: CustomerPlan, seed: int) -> tuple[StakeholderPlan, ...]:
    """The champion is a user; the sponsor signs and does not log in; larger customers have one or two users more."""
    more = {"enterprise": 3, "mid-market": 2, "small": 1}[customer.segment]
    users = [
        StakeholderPlan(
            name=_full_name(customer.number, place),
            email=names.email(customer.number, place, customer.domain),
            role=names.ROLES[(customer.number + place) % len(names.ROLES)],
            is_champion=place == 0 and (customer.number < 4 or noise.one(seed, "champion", customer.number) < 0.85),
        )
        for place in range(min(more, customer.people))
    ]
    sponsor = customer.people + 1  # nobody among the users has this place
    if customer.segment == "small" and noise.one(seed, "sponsor", customer.number) < 0.4:
        return tuple(users)
    role = names.SPONSOR_ROLES[customer.number % len(names.SPONSOR_ROLES)]
    address = names.email(customer.number, sponsor, customer.domain)
    return (*users, StakeholderPlan(_full_name(customer.number, sponsor), address, role, is_sponsor=True))


def _full_name(customer: int, place: int) -> str:
    given, family, again = names.person(customer, place)
    return f"{given} {family}" + (f" {again + 1}" if again else "")
