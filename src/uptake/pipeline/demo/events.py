"""The usage events themselves, in blocks of whole days and in the order of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta

import numpy as np

from uptake.pipeline.demo import noise
from uptake.pipeline.demo.crowd import HUMAN, Crowd, Visits
from uptake.pipeline.demo.features import LAUNCHED, MACHINE, STALLED
from uptake.pipeline.demo.noise import Flags, Floats, Integers, Words
from uptake.pipeline.demo.portfolio import HISTORY_DAYS, Plan
from uptake.pipeline.demo.rhythm import utc_offsets

DAY = 86_400
VISITS_AT_ONCE = 40_000
"""So many visits are made into usage events in one go, about five times as many."""

ANONYMOUS_RATE = 0.002
"""Share of events from before somebody logged in: the platform knows neither person nor account."""

# Parts of the day in which sessions start, in seconds of local time: morning, afternoon, evening.
_BEGINS = np.array([7.9, 13.0, 18.3]) * 3600
_LENGTHS = np.array([3.9, 4.2, 2.5]) * 3600


@dataclass(frozen=True)
class EventBlock:
    """Usage events of one or more whole UTC days, ordered by ``second``. All columns have the same length."""

    person: Integers  # place in the crowd
    feature: Integers  # number of the feature
    second: Integers  # epoch seconds, UTC
    session: Integers  # epoch second in which the person's session began
    starts_session: Flags
    anonymous: Flags  # the platform knows neither person nor account
    key: Words  # its own for every event

    def __len__(self) -> int:
        return len(self.person)

    def where(self, chosen: Flags | Integers | slice) -> "EventBlock":
        """Some of the events, or all in another order."""
        return EventBlock(**{part.name: getattr(self, part.name)[chosen] for part in fields(self)})

    def renamed(self, number: int) -> "EventBlock":
        """The same moments as events of another name, with keys of their own."""
        key = noise.words(number, "renamed", self.key)
        return replace(self, feature=np.full(len(self), number), key=key, starts_session=np.zeros(len(self), np.bool_))

    @classmethod
    def joined(cls, blocks: Sequence["EventBlock"]) -> "EventBlock":
        """One after the other; there must be one at least."""
        return cls(**{part.name: np.concatenate([getattr(one, part.name) for one in blocks]) for part in fields(cls)})


class UsageEvents:
    """Makes the usage events of a plan."""

    def __init__(self, plan: Plan, crowd: Crowd) -> None:
        self.plan = plan
        self.crowd = crowd
        self._offsets = _offsets(plan)
        self._orders, self._taken_up = _feature_tables(plan, crowd)
        self._began, self._launch, self._trial, self._stays = _special_tables(plan)

    def blocks(self, *, days: int | None = None) -> Iterator[EventBlock]:
        """All events of the last ``days`` days (None: of the whole history), oldest first.

        A block holds whole UTC days. People work on local days, which reach into the neighbouring UTC days, so the
        events of the newest day are kept back until the next block.
        """
        last = HISTORY_DAYS - 1
        first = 0 if days is None else max(0, HISTORY_DAYS - days)
        waiting: list[EventBlock] = []
        for visits in self.crowd.visits(max(0, first - 1), last):
            made = [self._events(part) for part in visits.slices(VISITS_AT_ONCE)]
            if not made:
                continue
            newest = int(visits.day[-1])
            block = EventBlock.joined([*waiting, *made])
            done = block.second < self._epoch(newest)
            waiting = [block.where(~done)]
            yield from _ordered(block.where(done & (block.second >= self._epoch(first))))
        for block in waiting:  # what the last day's people did after the last midnight is not in the export
            yield from _ordered(
                block.where((block.second >= self._epoch(first)) & (block.second < self._epoch(last + 1)))
            )

    def _epoch(self, day: int) -> int:
        return (self.plan.first_day + timedelta(days=day) - date(1970, 1, 1)).days * DAY

    def _events(self, visits: Visits) -> EventBlock:
        seed = self.plan.seed
        visit = np.repeat(np.arange(len(visits.uses)), visits.uses)
        place = np.arange(len(visit)) - np.repeat(np.cumsum(visits.uses) - visits.uses, visits.uses)
        person, day = visits.person[visit], visits.day[visit]
        starts, local = self._moments(visits, visit, place)
        second = local + self._epoch(0) + day * DAY - self._offsets[self.crowd.customer[person], day]
        key = noise.words(seed, "event", person * 1024 + day, place)
        return EventBlock(
            person=person,
            feature=self._features(visits, visit, place),
            second=second,
            session=second[_latest(starts)],
            starts_session=starts,
            anonymous=noise.uniform(seed, "anonymous", key) < ANONYMOUS_RATE,
            key=key,
        )

    def _moments(self, visits: Visits, visit: Integers, place: Integers) -> tuple[Flags, Integers]:
        """Per event: whether it starts a session, and the local second of the day."""
        seed, person, day, uses = self.plan.seed, visits.person, visits.day, visits.uses
        chance = noise.uniform(seed, "sessions", person, day)
        sessions = 1 + ((uses > 3) & (chance < 0.5)) + ((uses > 8) & (chance < 0.12))
        single = noise.uniform(seed, "half of the day", person, day) < 0.45
        number = place * sessions[visit] // uses[visit]
        starts = np.ones(len(visit), dtype=np.bool_)
        starts[1:] = (visit[1:] != visit[:-1]) | (number[1:] != number[:-1])
        part = np.where(sessions[visit] == 1, single[visit], number)
        same_session = person[visit] * 4096 + day[visit] * 4 + number
        spread = noise.uniform(seed, "start", same_session) + noise.uniform(seed, "start 2", same_session)
        gap = 20 + 130 * noise.uniform(seed, "gap", person, day)[visit]
        inside = np.arange(len(visit)) - _latest(starts) + 0.9 * noise.uniform(seed, "moment", same_session, place)
        local: Floats = _BEGINS[part] + _LENGTHS[part] * spread / 2 + gap * inside
        return starts, np.minimum(local.astype(np.int64), DAY - 1)

    def _features(self, visits: Visits, visit: Integers, place: Integers) -> Integers:
        """What is used: a few features a visit, favourites of the person and others, some several times."""
        seed, person, day = self.plan.seed, visits.person[visit], visits.day[visit]
        customer = self.crowd.customer[person]
        slots = 2 + (noise.uniform(seed, "slots", visits.person, visits.day) * 5).astype(np.int64)
        chance = noise.uniform(seed, "slot", person * 1024 + day, place)
        slot = (slots[visit] * chance**1.3).astype(np.int64)
        same_slot = (person * 1024 + day) * 8 + slot
        favourite = noise.uniform(seed, "favourite", person, slot) ** 1.3
        other = noise.uniform(seed, "other", same_slot) ** 1.2
        drawn = np.where(noise.uniform(seed, "usual", same_slot) < 0.5, favourite, other)
        rank = (drawn * self._taken_up[customer, day]).astype(np.int64)
        usual = self._orders[customer, rank]
        return self._with_special(usual, visits, visit, same_slot)

    def _with_special(self, usual: Integers, visits: Visits, visit: Integers, same_slot: Integers) -> Integers:
        """The launched feature from the customer's own beginning on; the stalled one in the weeks it was tried."""
        seed, person, day = self.plan.seed, visits.person[visit], visits.day[visit]
        customer = self.crowd.customer[person]
        chance = noise.uniform(seed, "special", same_slot)
        curious = noise.uniform(seed, "curious", person) < 0.3
        trying = (day >= self._trial[customer]) & curious & (day < self._trial[customer] + 12) & (chance < 0.12)
        staying = (day >= self._trial[customer]) & self._stays[customer] & (chance < 0.05)
        feature = np.where(trying | staying, STALLED, usual)
        weeks = np.clip((day - self._launch[customer]) / 21, 0, 1)
        launched = (day >= self._launch[customer]) & (chance > 0.99 - 0.07 * weeks)
        first_day = np.where(day == self._launch[customer], chance > 0.7, False)
        feature = np.where(launched | first_day, LAUNCHED, feature)
        return np.where(self.crowd.kind[person] == HUMAN, feature, MACHINE)


def _latest(starts: Flags) -> Integers:
    """For each row the place of the newest start up to it."""
    return np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))


def _ordered(block: EventBlock) -> Iterator[EventBlock]:
    if len(block):
        yield block.where(np.argsort(block.second, kind="stable"))


def _offsets(plan: Plan) -> Integers:
    zones = {customer.time_zone for customer in plan.customers}
    per_zone = {zone: utc_offsets(zone, plan.days) for zone in sorted(zones)}
    return np.array([per_zone[customer.time_zone] for customer in plan.customers])


def _feature_tables(plan: Plan, crowd: Crowd) -> tuple[Integers, Integers]:
    """Per customer its features in order, and how many of them it has taken up on each day."""
    counts = np.array([[len(customer.behaviour.features)] for customer in plan.customers])
    width = int(counts.max())
    orders = np.array([(customer.behaviour.features * width)[:width] for customer in plan.customers])
    breadth = np.array([[customer.behaviour.habits.breadth] for customer in plan.customers])
    share = np.clip(0.13 + 0.84 * (crowd.level + breadth), 0.13, 1.0)
    return orders, np.clip(np.round(counts * share), 2, counts).astype(np.int64)


def _special_tables(plan: Plan) -> tuple[Integers, Integers, Integers, Flags]:
    """Day of the customer's first use, of its beginning with the launched feature, of the trial; whether it stays."""
    never = HISTORY_DAYS
    behaviours = [customer.behaviour for customer in plan.customers]

    def day(days_ago: int | None) -> int:
        return never if days_ago is None else HISTORY_DAYS - 1 - days_ago

    return (
        np.array([day(behaviour.first_days_ago) for behaviour in behaviours]),
        np.array([day(behaviour.launch_days_ago) for behaviour in behaviours]),
        np.array([day(behaviour.trial_days_ago) for behaviour in behaviours]),
        np.array([behaviour.stays_with_trial for behaviour in behaviours]),
    )
