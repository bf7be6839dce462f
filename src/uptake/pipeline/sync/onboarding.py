"""Onboarding by guides: how many of a customer's people completed the guides that the workspace calls onboarding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from uptake.customers.models import Account
from uptake.insights.words import counted, percent, whole
from uptake.pipeline import scoring
from uptake.pipeline.sync.guides import GuidePerson, beginning_of_guides, guide_people_of, has_guides
from uptake.pipeline.sync.models import Guide


@dataclass(frozen=True)
class Stop:
    """People whose last step of a guide this is, and who did not complete it."""

    source: str
    guide_id: str
    guide: str
    step: int
    steps: int
    people: int
    begun: int  # who was shown the guide
    opens: str


@dataclass(frozen=True)
class PersonOnboarding:
    """One person, and how far they are. Without a name for who may not see people."""

    visitor_id: str
    begun: int  # onboarding guides shown to them
    completed: int
    last_on: date


@dataclass(frozen=True)
class Onboarding:
    """From the first guide event up to a day: onboarding is done once, in whatever month."""

    guides: int  # onboarding guides whose steps are known: only those can be completed
    people: Sequence[PersonOnboarding]  # who was shown one of them, the furthest first
    stops: Sequence[Stop]  # where most people stopped first
    sentence: str

    @property
    def done(self) -> int:
        """People who completed all of them."""
        return sum(each.completed == self.guides for each in self.people)

    @property
    def under_way(self) -> int:
        return sum(0 < each.completed < self.guides for each in self.people)

    @property
    def not_one(self) -> int:
        return sum(each.completed == 0 for each in self.people)


def onboarding_of(accounts: Sequence[Account], *, as_of: date | None = None) -> Onboarding | None:
    """None where the workspace calls no guide with known steps onboarding, or nobody here was shown one."""
    marked = {
        (guide.source, guide.guide_id): guide for guide in Guide.objects.filter(is_onboarding=True) if guide.step_ids
    }
    if not marked or not has_guides():
        return None
    last = scoring.as_of_day(as_of)
    rows = guide_people_of(accounts, min(last, beginning_of_guides()), last)
    theirs = [row for row in rows if (row.source, row.guide_id) in marked and row.visitor_id is not None]
    people = _people(theirs)
    if not people:
        return None
    stops = _stops(theirs, marked)
    return Onboarding(len(marked), people, stops, _sentence(len(marked), people, stops))


def stopped_at(rows: Sequence[GuidePerson], step: int) -> list[GuidePerson]:
    """Who of a guide's people stopped at the step."""
    return [row for row in rows if row.visitor_id is not None and not row.has_completed and row.furthest == step]


def _people(rows: Sequence[GuidePerson]) -> list[PersonOnboarding]:
    by_person: dict[str, list[GuidePerson]] = {}
    for row in rows:
        by_person.setdefault(row.visitor_id or "", []).append(row)
    found = [
        PersonOnboarding(
            visitor, len(theirs), sum(row.has_completed for row in theirs), max(row.last_on for row in theirs)
        )
        for visitor, theirs in by_person.items()
    ]
    return sorted(found, key=lambda each: (-each.completed, -each.begun, each.visitor_id))


def _stops(rows: Sequence[GuidePerson], marked: Mapping[tuple[str, str], Guide]) -> list[Stop]:
    stopped: dict[tuple[str, str, int], int] = {}
    begun: dict[tuple[str, str], int] = {}
    for row in rows:
        place = (row.source, row.guide_id)
        begun[place] = begun.get(place, 0) + 1
        if not row.has_completed and row.furthest is not None:
            stopped[*place, row.furthest] = stopped.get((*place, row.furthest), 0) + 1
    found = [
        Stop(
            source, guide_id, guide.name, step, len(dict.fromkeys(guide.step_ids)), people, begun[source, guide_id],
            f"guide_stopped:{step}:{source}:{guide_id}",
        )
        for (source, guide_id, step), people in stopped.items()
        for guide in (marked[source, guide_id],)
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.people, each.guide, each.step))


def _sentence(guides: int, people: Sequence[PersonOnboarding], stops: Sequence[Stop]) -> str:
    done = sum(each.completed == guides for each in people)
    of = "the onboarding guide" if guides == 1 else f"all {guides} onboarding guides"
    told = f"{whole(done)} of {counted(len(people), 'user')} shown one completed {of}"
    if len(people) >= ENOUGH:
        told += f" ({percent(done / len(people))})"
    if not stops:
        return f"{told}."
    most = stops[0]
    return f"{told}. Most stop at step {most.step} of {most.steps} of {most.guide}: {counted(most.people, 'user')}."


ENOUGH = 10  # people; a share of fewer says more than is known
