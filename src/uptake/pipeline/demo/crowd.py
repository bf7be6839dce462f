"""The people of the portfolio as columns, and who of them comes on which day to do how much.

Everything works on blocks of (person, day) pairs of bounded size, so that a hundred million usage events need no
more memory than a hundred thousand.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from uptake.pipeline.demo import names, noise
from uptake.pipeline.demo.archetypes import GONE
from uptake.pipeline.demo.noise import Flags, Floats, Integers
from uptake.pipeline.demo.portfolio import HISTORY_DAYS, CustomerPlan, Plan
from uptake.pipeline.demo.rhythm import COUNTRIES, day_factors

BLOCK_PAIRS = 500_000
"""(person, day) pairs looked at in one go, at least a day's."""

HUMAN, SERVICE, TEST = 0, 1, 2
SERVICE_NAMES = ("svc-sync", "integration", "api-bot")


@dataclass(frozen=True)
class Visits:
    """Who came on which day: one row per person and day, ordered by day."""

    person: Integers  # place in the crowd
    day: Integers  # from 0 = the portfolio's first day
    uses: Integers  # at least 1

    def slices(self, size: int) -> Iterator["Visits"]:
        for begin in range(0, len(self.uses), size):
            part = slice(begin, begin + size)
            yield Visits(self.person[part], self.day[part], self.uses[part])


class Crowd:
    """Everybody who uses the product, service accounts and test users after the people of each customer."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._tables()
        self._people()

    def _tables(self) -> None:
        """Level, mood and work of each customer on each day: customers × days."""
        plan, days = self.plan, np.arange(HISTORY_DAYS)
        numbers = np.arange(len(plan.customers))[:, None]
        self.level = np.array([_levels(customer) for customer in plan.customers])
        mood = np.exp(0.13 * noise.normal(plan.seed, "mood", numbers, days[None, :] // 7))
        self.likelihood = np.clip(0.05 + 0.46 * (self.level + self._habit("rhythm")), 0.03, 0.62) * mood
        self.likelihood *= self._work() * plan.tempo
        self.more_uses = np.clip(1.2 + 4.6 * (self.level + self._habit("depth")), 0.4, 8.0) * plan.pace

    def _habit(self, name: str) -> Floats:
        return np.array([[getattr(customer.behaviour.habits, name)] for customer in self.plan.customers])

    def _work(self) -> Floats:
        """What weekday, holidays and the customer's own season make of a day."""
        kinds = [(customer.time_zone, customer.working_days) for customer in self.plan.customers]
        factors = {kind: day_factors(COUNTRIES[kind[0]], kind[1], self.plan.days) for kind in set(kinds)}
        closing = np.array([1.9 if day.day >= 26 or day.day <= 4 else 0.55 for day in self.plan.days])
        monthly = self._habit("monthly")
        season: Floats = 1 - monthly + monthly * closing[None, :]
        return np.array([factors[kind] for kind in kinds]) * season

    def _people(self) -> None:
        customers, seed = self.plan.customers, self.plan.seed
        humans = np.array([customer.people for customer in customers])
        service = np.array([customer.behaviour.has_service_account for customer in customers], dtype=np.int64)
        test = np.array([customer.behaviour.has_test_user for customer in customers], dtype=np.int64)
        everybody = humans + service + test
        self.customer: Integers = np.repeat(np.arange(len(customers)), everybody)
        self.first = np.cumsum(everybody) - everybody  # place of each customer's first person
        self.place: Integers = np.arange(everybody.sum()) - self.first[self.customer]
        beyond = self.place - humans[self.customer]
        self.kind = np.where(beyond < 0, HUMAN, np.where((beyond == 0) & (service[self.customer] > 0), SERVICE, TEST))
        self.eager = self._lasting("eager", 0.32)
        self.busy = self._lasting("busy", 0.28)
        self.needed: Floats = noise.uniform(seed, "needed", self.customer, self.place)
        self.joined, self.left = self._stay()
        # Who began after the history did, began on a day: the champion opens the product on it.
        self.kick_off = np.where((self.place == 0) & (self.joined > 0), self.joined, -1)

    def _lasting(self, stream: str, spread: float) -> Floats:
        """A person's own factor, 1 on average; the champion (the first person) is above it."""
        factor = np.exp(spread * noise.normal(self.plan.seed, stream, self.customer, self.place) - spread**2 / 2)
        return np.where(self.place == 0, np.maximum(factor, 1.2), factor)

    def _stay(self) -> tuple[Integers, Integers]:
        """First and last day of each person: about half are there from the customer's first day, a few leave."""
        seed, who, place = self.plan.seed, self.customer, self.place
        began = HISTORY_DAYS - 1 - np.array([customer.behaviour.first_days_ago for customer in self.plan.customers])
        chance = noise.uniform(seed, "joined", who, place)
        rollout = np.clip((chance - 0.4) / 0.6, 0, 1) ** 1.2 * (HISTORY_DAYS - 1 - began[who]) * 0.9
        joined = np.where(place <= 1, began[who], began[who] + rollout.astype(np.int64))
        leaves = noise.uniform(seed, "leaves", who, place)
        left = np.where(leaves < 0.09, joined + 30 + (leaves / 0.09 * 300).astype(np.int64), HISTORY_DAYS)
        quiet = np.array([customer.behaviour.champion_quiet_days for customer in self.plan.customers])
        left = np.where(place == 0, np.where(quiet[who] > 0, HISTORY_DAYS - 1 - quiet[who], HISTORY_DAYS), left)
        return joined, left

    def __len__(self) -> int:
        return len(self.customer)

    def emails(self) -> list[str]:
        """What the platform knows each person by."""
        domains = [customer.domain for customer in self.plan.customers]
        spots = zip(self.customer.tolist(), self.place.tolist(), self.kind.tolist(), strict=True)
        return [_address(customer, place, kind, domains[customer]) for customer, place, kind in spots]

    def visits(self, first_day: int, last_day: int) -> Iterator[Visits]:
        """Who comes on the days, both ends in, in blocks of whole days."""
        step = max(1, BLOCK_PAIRS // len(self))
        for begin in range(first_day, last_day + 1, step):
            yield self._visits(np.arange(begin, min(begin + step, last_day + 1)))

    def uses(self, days: int) -> int:
        """Uses in the last ``days`` days."""
        return sum(int(visits.uses.sum()) for visits in self.visits(HISTORY_DAYS - days, HISTORY_DAYS - 1))

    def _visits(self, days: Integers) -> Visits:
        seed, day = self.plan.seed, days[:, None]
        people = np.arange(len(self))[None, :]
        coming = (noise.uniform(seed, "comes", people, day) < self._likelihood(day)) | (day == self.kick_off)
        day_place, person = np.nonzero(coming)
        on = days[day_place]
        customer = self.customer[person]
        more = self.more_uses[customer, on] * self.busy[person]
        more = np.where(self.kind[person] == HUMAN, more, 2.0) * _unevenness(seed, person, on)
        uses = 1 + (more + noise.uniform(seed, "uses", person, on)).astype(np.int64)
        return Visits(person=person, day=on, uses=uses)

    def _likelihood(self, day: Integers) -> Floats:
        """Of a visit: days × people."""
        usual: Floats = np.minimum(self.likelihood[self.customer, day] * self.eager, 0.95)
        level = self.level[self.customer, day]
        present: Flags = (self.joined <= day) & (day <= self.left) & (level >= 0)
        # When things go badly, fewer people come at all; those needed least stay away first.
        wanted = (self.needed < np.clip(0.42 + 0.85 * level, 0, 1)) | (self.place <= 1)
        machine = np.where(self.kind == SERVICE, 0.8, 0.12) * min(self.plan.tempo, 1.0)
        return np.asarray(np.where(self.kind == HUMAN, usual * (present & wanted), machine * present))


def _levels(customer: CustomerPlan) -> Floats:
    """Level on each day of the history, oldest first; below 0 where nobody uses the product."""
    ago, levels = (np.array(side, dtype=float) for side in zip(*reversed(customer.behaviour.course), strict=True))
    return np.asarray(np.interp(np.arange(HISTORY_DAYS)[::-1], ago, levels, right=GONE), dtype=np.float64)


def _unevenness(seed: int, person: Integers, day: Integers) -> Floats:
    """How much more or less than usual somebody does on a day: positive, 1 on average, skewed (gamma of shape 3)."""
    parts = (np.log1p(-noise.uniform(seed, f"amount {part}", person, day)) for part in range(3))
    return -sum(parts, np.zeros(len(person))) / 3


def _address(customer: int, place: int, kind: int, domain: str) -> str:
    if kind == HUMAN:
        return names.email(customer, place, domain)
    return f"{SERVICE_NAMES[customer % len(SERVICE_NAMES)]}@{domain}" if kind == SERVICE else f"qa-test@{domain}"
