"""Who the demo's customers are: ``make_plan`` draws the whole portfolio from a seed.

1. each customer's behaviour: archetype, course, habits, order of features
2. who leaves: contracts not renewed follow from behaviour, with chance, and end the use
3. how many people each has, so that the last 90 days hold the events asked for
4. contracts, entitlements and stakeholders, which follow from all that
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from uptake.customers.names import name_key
from uptake.kit.errors import ProductError
from uptake.pipeline.demo import commerce, names, noise
from uptake.pipeline.demo.archetypes import BY_NAME, Behaviour, Habits, draw_archetype, draw_course, draw_habits
from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.features import FEATURES, LAUNCHED, LAUNCHED_DAYS_AGO, STALLED, granted_by
from uptake.pipeline.demo.portfolio import RECENT_DAYS, CustomerPlan, Plan

SIZES = {"enterprise": 2.6, "mid-market": 1.05, "small": 0.5}
PLANS: dict[str, commerce.PlanName] = {"enterprise": "Enterprise", "mid-market": "Business", "small": "Starter"}

# The story's four: what is settled by hand instead of drawn.
_STORY: dict[str, Behaviour] = {
    "TechCorp": Behaviour(
        "champion", ((454, 0.62), (200, 0.78), (60, 0.88), (0, 0.91)), Habits(breadth=0.02), size=3.6, seat_use=0.96
    ),
    "OldCorp": Behaviour(
        "declining",
        ((454, 0.68), (95, 0.7), (52, 0.62), (33, 0.5), (22, 0.16), (8, 0.08), (0, 0.06)),
        Habits(breadth=0.04),
        size=2.6,
        seat_use=0.75,
        champion_quiet_days=36,
    ),
    "StartupABC": Behaviour(
        "onboarding", ((37, 0.08), (0, 0.14)), Habits(breadth=0.06, depth=-0.05, rhythm=-0.02), size=0.55, seat_use=0.35
    ),
    "SmallBiz": Behaviour("flat", ((454, 0.4), (0, 0.42)), Habits(), size=0.5, seat_use=0.6),
}


def make_plan(*, customers: int = 67, events: int = 45_000, until: date, seed: int = 7) -> Plan:
    """The portfolio whose last 90 days, up to ``until``, hold about ``events`` usage events; the year before is thinner.

    The same arguments give the same plan and, from it, the same usage events. Raises ProductError for fewer than four
    customers (the story has four) or no events.
    """
    if customers < 4:
        raise ProductError("The demo needs at least four customers: TechCorp, OldCorp, StartupABC and SmallBiz.")
    if events < 1:
        raise ProductError("The demo needs at least one usage event.")
    drawn = [_draw(number, until=until, seed=seed) for number in range(customers)]
    empty = Plan(until=until, seed=seed, events=events, features=FEATURES, customers=tuple(one for one, _ in drawn))
    peopled = _with_people(empty)
    completed = (_with_papers(one, end, until, seed) for one, (_, end) in zip(peopled.customers, drawn, strict=True))
    return replace(peopled, customers=tuple(completed))


def _company(number: int, seed: int) -> names.Company:
    if number < len(names.COMPANIES):
        return names.COMPANIES[number]
    chance = noise.one(seed, "segment", number)
    segment: names.Segment = "enterprise" if chance < 0.18 else "mid-market" if chance < 0.6 else "small"
    zone = names.ZONES[int(noise.one(seed, "zone", number) * len(names.ZONES))]
    archetype = draw_archetype(noise.one(seed, "archetype", number))
    return names.Company(names.company_name(number - len(names.COMPANIES)), segment, zone, archetype.name)


def _draw(number: int, *, until: date, seed: int) -> tuple[CustomerPlan, date | None]:
    """A customer without people and papers, and the day its last contract ended."""
    company = _company(number, seed)
    plan = _plan_name(company, number, seed)
    entitled = granted_by(plan)
    behaviour = _behaviour(company, number, entitled, seed)
    started_on = _started_on(behaviour, number, until, seed)
    ends_on = None
    if company.name not in _STORY:
        ends_on = commerce.last_term_ends(seed, number, behaviour, started_on, until)
        if ends_on:
            behaviour = commerce.with_end(behaviour, ends_on, until)
    all_week = company.name in names.OPEN_ALL_WEEK or (number >= 67 and noise.one(seed, "open", number) < 0.03)
    customer = CustomerPlan(
        number=number,
        name=company.name,
        key=name_key(company.name),
        domain=f"{names.domain_label(company.name)}.example",
        segment=company.segment,
        time_zone=company.time_zone,
        working_days="all days" if all_week else "mon-fri",
        crm_id=f"CRM-{100_000 + number * 37}",
        csm=names.CSMS[number % len(names.CSMS)],
        csm_rating=_rating(behaviour, number, seed),
        started_on=started_on,
        behaviour=behaviour,
        people=1,
        seats=None,
        entitled=entitled,
    )
    return customer, ends_on


def _plan_name(company: names.Company, number: int, seed: int) -> commerce.PlanName:
    """Mostly by segment; some small customers with ambitions pay for the larger plan."""
    if (
        company.segment == "small"
        and company.archetype in ("champion", "growing")
        and noise.one(seed, "plan", number) < 0.6
    ):
        return "Business"
    return PLANS[company.segment]


def _behaviour(company: names.Company, number: int, entitled: tuple[int, ...], seed: int) -> Behaviour:
    archetype = BY_NAME[company.archetype]
    behaviour = _STORY.get(company.name) or Behaviour(
        archetype.name,
        draw_course(archetype, seed, number),
        draw_habits(archetype, seed, number),
        size=SIZES[company.segment] * archetype.size * float(np.exp(noise.normal(seed, "size", number) * 0.4)),
        seat_use=archetype.seat_use * (0.85 + 0.3 * noise.one(seed, "seat use", number)),
        champion_quiet_days=_champion_quiet_days(archetype.name, number, seed),
        has_service_account=company.segment != "small" and noise.one(seed, "service", number) < 0.15,
        has_test_user=noise.one(seed, "test user", number) < 0.06,
    )
    return replace(
        behaviour, features=_order(entitled, number, seed), **_special_features(behaviour, number, entitled, seed)
    )


def _champion_quiet_days(archetype: str, number: int, seed: int) -> int:
    chance = noise.one(seed, "quiet", number)
    likely = 0.5 if archetype in ("declining", "stalled", "dozing") else 0.04
    return 32 + int(chance / likely * 40) if chance < likely else 0


def _order(entitled: tuple[int, ...], number: int, seed: int) -> tuple[int, ...]:
    """In which order a customer takes features up: about by popularity, with its own taste."""
    usual = [feature for feature in entitled if feature not in (LAUNCHED, STALLED)]
    places = np.arange(len(usual)) + noise.normal(seed, "taste", number, np.array(usual)) * 2.2
    return tuple(usual[place] for place in np.argsort(places, kind="stable"))


def _special_features(behaviour: Behaviour, number: int, entitled: tuple[int, ...], seed: int) -> dict[str, Any]:
    """How the customer meets the stalled and the newly launched feature, where its plan has them."""
    chance, taste, delay = (float(value) for value in noise.uniform(seed, "special", number, np.arange(3)))
    first, level = behaviour.first_days_ago, behaviour.level(20)
    trial = 45 + int(35 * chance) if STALLED in entitled and first > 120 and chance < 0.75 else None
    begins = None
    if LAUNCHED in entitled and taste < level * 0.95:
        begins = max(1, int(LAUNCHED_DAYS_AGO - 1 - 30 * delay * (1.15 - level)))
    if behaviour.size == _STORY["TechCorp"].size:
        trial, begins = 60, LAUNCHED_DAYS_AGO - 1
    return {
        "trial_days_ago": trial,
        "stays_with_trial": trial is not None and level > 0.85 and delay < 0.6,
        "launch_days_ago": begins,
    }


def _started_on(behaviour: Behaviour, number: int, until: date, seed: int) -> date:
    """First contract: a little before the first use, or years before it was recorded."""
    first_use = until - timedelta(days=behaviour.first_days_ago)
    chance = noise.one(seed, "started", number)
    if behaviour.archetype == "leaving":  # its course turns towards the day of a renewal
        return commerce.years_later(until - timedelta(days=behaviour.course[-2][0]), -2 - int(chance * 3))
    if behaviour.first_days_ago < 454:
        return first_use - timedelta(days=int(chance * 12))
    return first_use - timedelta(days=20 + int(chance * 1300))


def _rating(behaviour: Behaviour, number: int, seed: int) -> int | None:
    """The CSM's own view: near the truth of a month ago, and for some customers nobody wrote one down."""
    if noise.one(seed, "rated", number) > 0.75:
        return None
    level = max(behaviour.level(30), 0.0)
    return int(np.clip(round((30 + 60 * level + 12 * float(noise.normal(seed, "rating", number))) / 5) * 5, 5, 100))


def _with_people(plan: Plan) -> Plan:
    """People per customer, then tempo and pace, so that the last 90 days hold the events asked for.

    Counts what is really drawn; three rounds settle it to a few in a thousand. Customers keep at least one or two
    people, so with few events and many customers everybody does less instead.
    """
    scale = plan.events / sum(one.behaviour.size for one in plan.customers) / 80  # about 80 events a person
    plan = _scaled(plan, scale)
    found = Crowd(plan).uses(RECENT_DAYS)
    plan = _scaled(plan, scale * plan.events / max(found, 1))
    found = Crowd(plan).uses(RECENT_DAYS)
    if not 0.85 < plan.events / max(found, 1) < 1.15:  # everybody is at the smallest size, or the steps are coarse
        plan = replace(plan, tempo=plan.events / max(found, 1))
        found = Crowd(plan).uses(RECENT_DAYS)
    for _ in range(2):
        if abs(plan.events - found) <= 0.004 * plan.events:
            break
        # Every visit has one use for certain, so only what comes beyond it answers to the pace.
        plan = replace(plan, pace=plan.pace * max(0.05, 1 + (plan.events / max(found, 1) - 1) * 1.25))
        found = Crowd(plan).uses(RECENT_DAYS)
    return plan


def _scaled(plan: Plan, scale: float) -> Plan:
    sized = (replace(one, people=_people(one, scale, plan.seed)) for one in plan.customers)
    return replace(plan, customers=tuple(sized))


def _people(customer: CustomerPlan, scale: float, seed: int) -> int:
    wanted = customer.behaviour.size * scale
    least = 2 if customer.segment != "small" or customer.number < 4 else 1
    return max(least, int(wanted + noise.one(seed, "people", customer.number)))


def _with_papers(customer: CustomerPlan, ends_on: date | None, until: date, seed: int) -> CustomerPlan:
    plan = _plan_name(_company(customer.number, seed), customer.number, seed)
    unlimited = plan == "Enterprise" and customer.number > 3 and noise.one(seed, "unlimited", customer.number) < 0.2
    seats = None if unlimited else max(customer.people, round(customer.people / customer.behaviour.seat_use))
    customer = replace(customer, seats=seats)
    terms = commerce.contracts(customer, plan, until, ends_on)
    customer = replace(
        customer,
        contracts=tuple(term for term, _ in terms),
        entitlements=commerce.entitlements(customer, terms, until, ends_on),
        stakeholders=commerce.stakeholders(customer, seed),
    )
    return replace(customer, readings=commerce.readings(customer, seed, until))
