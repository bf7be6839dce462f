"""The customer's users: by how lately they came, how they came and went, and how much hangs on few of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from uptake.customers.models import Account, Stakeholder
from uptake.insights import words
from uptake.metrics.thresholds import THRESHOLD
from uptake.pipeline.dashboard.facts import WEEKS
from uptake.pipeline.dashboard.view import (
    Cohort,
    Concentration,
    LifecycleWeek,
    Person,
    Series,
    Status,
    StatusCount,
    UserHealth,
)
from uptake.pipeline.dashboard.worked import Bools, Users, Worked
from uptake.pipeline.sync.visitors import email_key, told_emails

STATUSES: Sequence[tuple[Status, str, str]] = (
    ("active", "Active", "last there in the 7 days to the as-of day"),
    ("engaged", "Engaged", "last there 8 to 14 days ago"),
    ("at_risk", "At risk", "last there 15 to 30 days ago"),
    ("dormant", "Dormant", "not there for over 30 days"),
    ("undated", "Without a day", "known only from a month's total"),
)
QUIET_SHOWN = 8
COHORTS_SHOWN = 13
CURVE_POINTS = 200


@dataclass(frozen=True)
class Known:
    """The people at the customer whom we know by name, and whether the reader may."""

    by_email: Mapping[str, Stakeholder]
    with_people: bool
    told: Mapping[str, str] = field(default_factory=dict)  # visitor_id -> address, where the platform tells another

    @classmethod
    def of(cls, customer_id: int, *, with_people: bool) -> "Known":
        rows = Stakeholder.objects.filter(customer_id=customer_id).exclude(email="")
        by_email = {email_key(each.email): each for each in rows}
        return cls(by_email, with_people, _told(customer_id, by_email))

    def at(self, visitor_id: str) -> Stakeholder | None:
        return self.by_email.get(self.told.get(visitor_id) or email_key(visitor_id))


def _told(customer_id: int, by_email: Mapping[str, Stakeholder]) -> dict[str, str]:
    """Whose ids platforms tell. Only where the customer has one platform: elsewhere the same id is another person."""
    sources = set(Account.objects.filter(customer_id=customer_id).order_by().values_list("source", flat=True))
    if len(sources) != 1:
        return {}
    return {each.visitor_id: each.email_key for each in told_emails(by_email) if each.source in sources}


def persons(users: Users, chosen: Bools, known: Known, *, order: str = "uses") -> list[Person]:
    """The chosen users, most uses first or (``order="quiet"``) the latest there first; equal ones by id."""
    places = np.flatnonzero(chosen)
    rows = users.table.take(places).to_pylist()
    found = [
        _person(row, None if users.power_from is None else bool(users.is_power[place]), known)
        for row, place in zip(rows, places, strict=True)
    ]
    if order == "quiet":
        found.sort(key=lambda each: (each.days_quiet is None, each.days_quiet or 0, -each.uses, each.visitor_id))
    else:
        found.sort(key=lambda each: (-each.uses, each.visitor_id))
    return numbered(found, known)


def numbered(found: Iterable[Person], known: Known) -> list[Person]:
    """With their numbers in the list; without the right to see people also without their names."""
    return [
        Person(
            number=number,
            visitor_id=each.visitor_id if known.with_people else "",
            name=each.name if known.with_people else None,
            role=each.role if known.with_people else None,
            status=each.status,
            last_on=each.last_on,
            first_on=each.first_on,
            days_quiet=each.days_quiet,
            active_days=each.active_days,
            uses=each.uses,
            features=each.features,
            is_power=each.is_power,
            is_champion=each.is_champion,
        )
        for number, each in enumerate(found, 1)
    ]


def _person(row: Mapping[str, object], is_power: bool | None, known: Known) -> Person:
    told: dict[str, object] = dict(row)
    person = known.at(str(row["visitor_id"]))
    return Person(
        number=0,
        visitor_id=str(row["visitor_id"]),
        name=person.name if person else None,
        role=(person.role or None) if person else None,
        status=told["status"],  # type: ignore[arg-type]
        last_on=told["last_on"],  # type: ignore[arg-type]
        first_on=told["first_on"],  # type: ignore[arg-type]
        days_quiet=told["days_quiet"],  # type: ignore[arg-type]
        active_days=told["active_days"] or 0,  # type: ignore[arg-type]
        uses=told["uses"] or 0,  # type: ignore[arg-type]
        features=told["features"] or 0,  # type: ignore[arg-type]
        is_power=is_power,
        is_champion=bool(person and person.is_champion),
    )


def user_health(found: Worked, known: Known) -> UserHealth | None:
    """None where no usage says who."""
    users = found.today
    total = len(users)
    if found.now["active"] is None:
        return None
    counts = []
    for status, title, told in STATUSES:
        people = int(users.of_status(status).sum())
        if status != "undated" or people:
            share = people / total if total else 0.0
            counts.append(StatusCount(status, title, told, people, share, f"status_{status}"))
    dormant = next(each for each in counts if each.status == "dormant")
    quiet = users.of_status("at_risk", "dormant")
    return UserHealth(
        counts=counts,
        known=total,
        quiet=persons(users, quiet, known, order="quiet")[:QUIET_SHOWN],
        threshold=THRESHOLD["dormant_share"].title,
        is_met=THRESHOLD["dormant_share"].is_met(dormant.share) if total else None,
    )


def series(found: Worked) -> Series | None:
    """None where no usage up to the as-of day says who."""
    if found.now["history_days"] is None:
        return None
    days = found.asked.shown
    if found.days.first is not None and found.days.first > days[0]:
        days = [day for day in days if day >= found.days.first]
    dau, wau, mau = ([found.days.visitors(day, length) for day in days] for length in (1, 7, 30))
    if all(each is None for each in (*dau, *wau, *mau)):
        return None
    return Series(
        days=days,
        dau=dau,
        wau=wau,
        mau=mau,
        is_complete=[True] * len(days),
        is_weekend=[not found.is_working(day) for day in days],
        dau_mean=found.now["dau"],
    )


def lifecycle_weeks(found: Worked) -> list[LifecycleWeek]:
    """The last 13 weeks from the customer's first on, oldest first; empty where nothing says who."""
    weeks: list[LifecycleWeek] = []
    for back in range(WEEKS - 1, -1, -1):
        last = found.as_of - timedelta(days=7 * back)
        told = found.days.lifecycle(back)
        if told is None and not weeks:
            continue  # before the first use
        values: Mapping[str, int | None] = told or dict.fromkeys(("new", "returning", "resurrected", "dormant"))
        weeks.append(
            LifecycleWeek(
                week_start=last - timedelta(days=6),
                week_end=last,
                new=values["new"],
                returning=values["returning"],
                resurrected=values["resurrected"],
                dormant=values["dormant"],
                opens=f"lifecycle:{last}",
            )
        )
    return weeks


def cohorts(found: Worked) -> list[Cohort]:
    """The last 13 months in which somebody was new, oldest first."""
    by_month = found.days.cohorts()
    last = _month(found.as_of)
    return [_cohort(month, people, last - _month(month)) for month, people in sorted(by_month.items())[-COHORTS_SHOWN:]]


def _cohort(month: date, people: Mapping[int, int], so_far: int) -> Cohort:
    size = people[0]
    there: list[int | None] = [people.get(since, 0) for since in range(so_far + 1)]
    shares: list[float | None] = [None if each is None else each / size for each in there]
    return Cohort(month, size, there, shares, f"cohort:{month:%Y-%m}")


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def concentration(found: Worked, known: Known) -> Concentration | None:
    """None where nobody who is named used a feature in the period."""
    users = found.today
    there = users.is_there & (users.uses > 0)
    if not there.any():
        return None
    ordered = np.sort(users.uses[there])[::-1]
    total = int(ordered.sum())
    shares = np.cumsum(ordered) / total
    for_80 = int(np.searchsorted(shares, 0.8 - 1e-12)) + 1
    first = np.zeros(len(users), np.bool_)
    first[int(np.argmax(np.where(there, users.uses, -1)))] = True  # of several the first by id
    [top] = persons(users, first, known)
    people = int(there.sum())
    return Concentration(
        top=top,
        top_uses=top.uses,
        uses=total,
        share=top.uses / total,
        visitors_for_80=for_80,
        visitors=people,
        curve=[(place + 1, float(shares[place])) for place in _some(people)],
        score=found.now["score"],
        score_without=found.score_less_top,
        champions=champions(users, known),
        sentence=_sentence(top, total, for_80, people),
    )


def champions(users: Users, known: Known) -> list[Person]:
    """Stakeholders marked champion who are users, under whichever ids; the latest there first."""
    if not any(person.is_champion for person in known.by_email.values()):
        return []
    marked = [(person := known.at(each)) is not None and person.is_champion for each in _ids(users)]
    chosen = np.array(marked, np.bool_)
    return persons(users, chosen, known, order="quiet") if chosen.any() else []


def _ids(users: Users) -> list[str]:
    found: list[str] = users.table["visitor_id"].to_pylist()
    return found


def _some(count: int) -> list[int]:
    """All places of a short curve, evenly spread ones of a long one, the last always among them."""
    if count <= CURVE_POINTS:
        return list(range(count))
    return sorted({round(place) for place in np.linspace(0, count - 1, CURVE_POINTS).tolist()})


def _sentence(top: Person, total: int, for_80: int, people: int) -> str:
    who = top.name or (top.visitor_id if top.visitor_id else "One user")
    first = f"{who} makes {words.percent(top.uses / total)} of {words.counted(total, 'use')}"
    if people == 1:
        return f"{first}: the only user in the period."
    makes = "makes" if for_80 == 1 else "make"
    return f"{first}; {words.whole(for_80)} of {words.counted(people, 'user')} {makes} 80%."
