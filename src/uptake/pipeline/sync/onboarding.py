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
    """One person, and how far they are."""

    visitor_id: str
    begun: int  # onboarding guides shown to them
    completed: int
    last_on: date


@dataclass(frozen=True)
class Onboarding:
    """From the first guide event up to a day: onboarding is done once, in whatever month."""

    guides: int  # onboarding guides whose steps are known: only those can be completed
    people: int  # who was shown one of them
    done: int  # who completed all of them
    under_way: int  # who completed some
    not_one: int
    stops: Sequence[Stop]  # where most people stopped first
    is_few: bool  # under 10 people: a share says more than is known
    sentence: str


def onboarding_of(accounts: Sequence[Account], *, as_of: date | None = None) -> Onboarding | None:
    """None where the workspace calls no guide with known steps onboarding, or nobody here was shown one."""
    marked = _marked()
    rows = _rows(accounts, marked, as_of)
    if not rows:
        return None
    completed = [each.completed for each in _people(rows)]
    stops = _stops(rows, marked)
    return Onboarding(
        guides=len(marked),
        people=len(completed),
        done=sum(each == len(marked) for each in completed),
        under_way=sum(0 < each < len(marked) for each in completed),
        not_one=sum(each == 0 for each in completed),
        stops=stops,
        is_few=len(completed) < ENOUGH,
        sentence=_sentence(len(marked), completed, stops),
    )


def people_onboarding(
    accounts: Sequence[Account], *, as_of: date | None = None
) -> tuple[int, Sequence[PersonOnboarding]]:
    """How many guides there are, and the people behind ``onboarding_of``, the furthest first."""
    marked = _marked()
    return len(marked), _people(_rows(accounts, marked, as_of))


Marked = Mapping[tuple[str, str], Guide]


def _marked() -> Marked:
    chosen = Guide.objects.filter(is_onboarding=True)
    return {(guide.source, guide.guide_id): guide for guide in chosen if guide.step_ids}


def _rows(accounts: Sequence[Account], marked: Marked, as_of: date | None) -> list[GuidePerson]:
    if not marked or not has_guides():
        return []
    last = scoring.as_of_day(as_of)
    rows = guide_people_of(accounts, min(last, beginning_of_guides()), last)
    return [row for row in rows if (row.source, row.guide_id) in marked and row.visitor_id is not None and row.views]


def stopped_at(rows: Sequence[GuidePerson], step: int) -> list[GuidePerson]:
    """Who of a guide's people stopped at the step."""
    return [
        row
        for row in rows
        if row.visitor_id is not None and row.views and not row.has_completed and row.furthest == step
    ]


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


def _stops(rows: Sequence[GuidePerson], marked: Marked) -> list[Stop]:
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


def _sentence(guides: int, completed: Sequence[int], stops: Sequence[Stop]) -> str:
    done = sum(each == guides for each in completed)
    of = {1: "the onboarding guide", 2: "both onboarding guides"}.get(guides, f"all {guides} onboarding guides")
    told = f"{whole(done)} of {counted(len(completed), 'user')} shown one completed {of}"
    if len(completed) >= ENOUGH:
        told += f" ({percent(done / len(completed))})"
    if not stops:
        return f"{told}."
    most = stops[0]
    return f"{told}. Most stop at step {most.step} of {most.steps} of {most.guide}: {counted(most.people, 'user')}."


ENOUGH = 10  # people; a share of fewer says more than is known
