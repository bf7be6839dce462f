"""What the customer's people do with the guides that are shown to them, and how their onboarding goes."""

from collections.abc import Callable, Mapping
from datetime import date

from uptake.customers.models import Account, Customer
from uptake.insights.words import counted, day, percent
from uptake.pipeline.dashboard.asking import Asking, NothingBehind
from uptake.pipeline.dashboard.view import Behind, GuideLine, Guides
from uptake.pipeline.dashboard.worked import Worked
from uptake.pipeline.sync.guides import (
    GuidePerson,
    GuideUse,
    beginning_of_guides,
    guide_events_of,
    guide_people_of,
    guides_of,
    has_guides,
)
from uptake.pipeline.sync.onboarding import ENOUGH, onboarding_of, people_onboarding, stopped_at

NOT_TOLD = "No connected platform tells of guides."
NONE_SHOWN = "No guide was shown to this customer’s users in this period."


def absent_words() -> str:
    return NONE_SHOWN if has_guides() else NOT_TOLD


def guides_tile(customer: Customer, found: Worked) -> Guides | None:
    """None where none was shown in the period and onboarding never began."""
    if not has_guides():
        return None
    accounts = accounts_of(customer)
    _, _, used = guides_of(accounts, as_of=found.as_of, period=found.asked.period)
    onboarding = onboarding_of(accounts, as_of=found.as_of)
    if not used and onboarding is None:
        return None
    lines = [_line(each) for each in used]
    return Guides(lines, onboarding, any(each.is_onboarding for each in lines), _sentence(lines))


def accounts_of(customer: Customer) -> list[Account]:
    return list(Account.objects.filter(customer=customer).order_by("pk"))


def _line(use: GuideUse) -> GuideLine:
    return GuideLine(
        guide_id=use.guide_id,
        source=use.source,
        name=use.name,
        is_onboarding=use.is_onboarding,
        steps=use.steps,
        views=use.views,
        viewers=use.viewers,
        dismissed=use.dismissed,
        dismissal_rate=use.dismissal_rate,
        completed=use.completed,
        completion_rate=use.completion_rate,
        is_few=use.viewers < ENOUGH,
        last_on=use.last_on,
        key=use.key,
    )


def _sentence(lines: list[GuideLine]) -> str:
    if not lines:
        return ""
    views, dismissed = sum(each.views for each in lines), sum(each.dismissed for each in lines)
    told = f"{counted(len(lines), 'guide')} {'was' if len(lines) == 1 else 'were'} shown {counted(views, 'time')}"
    if not dismissed:
        return f"{told}; none was dismissed."
    share = f" ({percent(dismissed / views)})" if views >= ENOUGH else ""
    return f"{told} and dismissed {counted(dismissed, 'time')}{share}."


# The lists behind them


def guide_viewers(asking: Asking, rest: str) -> Behind:
    guide, people = _people(asking, rest)
    return _listed(asking, f"Who was shown {guide}", [each for each in people if each.views], "Views", "views")


def guide_dismissals(asking: Asking, rest: str) -> Behind:
    guide, people = _people(asking, rest)
    return _listed(asking, f"Who dismissed {guide}", [each for each in people if each.dismissed], "Times", "dismissed")


def guide_completions(asking: Asking, rest: str) -> Behind:
    guide, people = _people(asking, rest)
    done = [each for each in people if each.has_completed and each.visitor_id is not None]
    return _listed(asking, f"Who completed {guide}", done, "Views", "views")


def guide_stopped(asking: Asking, rest: str) -> Behind:
    """“2:pendo:tour”: who stopped at the second step, over all time up to the day."""
    step, _, key = rest.partition(":")
    if not (step.isascii() and step.isdecimal() and len(step) < 6):
        raise NothingBehind(f"There is no step “{step[:20]}”.")
    guide, people = _people(asking, key, ever=True)
    return _listed(asking, f"Who stopped at step {step} of {guide}", stopped_at(people, int(step)), "Views", "views")


def guide_rows(asking: Asking, rest: str) -> Behind:
    """The events as they came."""
    guide, place = _guide(rest)
    first, last = _days(asking)
    events = guide_events_of(accounts_of(asking.customer), first, last, guide=place)
    named = asking.known.with_people
    rows = [
        {
            "day": each["day"],
            "at": f"{each['occurred_at']:%H:%M}",
            **({"visitor": each["visitor_id"] or ""} if named else {}),
            "did": each["kind"],
            "step": each["step_id"] or "",
            "import": f"{each['import_id']}",
            "row": f"{each['row_number']}",
        }
        for each in events
    ]
    who = (("visitor", "User"),) if named else ()
    columns = (
        *(("day", "Day"), ("at", "At (UTC)")), *who,
        *(("did", "What"), ("step", "Step"), ("import", "Import"), ("row", "Row")),
    )  # fmt: skip
    return asking.rows(f"What users did with {guide}, newest first", "row", columns, rows)


def onboarded(asking: Asking, state: str) -> Behind:
    """Who completed all, some or none of the onboarding guides; “all” people where none is asked for."""
    guides, people = people_onboarding(accounts_of(asking.customer), as_of=asking.found.as_of)
    if state not in ONBOARDED or not people:
        raise NothingBehind("Nobody was shown an onboarding guide.")
    title, keep = ONBOARDED[state]
    chosen = [each for each in people if keep(each.completed, guides)]
    rows = [
        {
            "visitor": each.visitor_id if asking.known.with_people else f"User {number}",
            "begun": each.begun,
            "completed": each.completed,
            "last_on": each.last_on,
        }
        for number, each in enumerate(chosen, 1)
    ]
    columns = (("visitor", "User"), ("begun", "Guides begun"), ("completed", "Completed"), ("last_on", "Last there"))
    return asking.rows(f"{title}, up to {day(asking.found.as_of)}", "user", columns, rows)


ONBOARDED: Mapping[str, tuple[str, Callable[[int, int], bool]]] = {
    "any": ("Users who were shown an onboarding guide", lambda completed, of: True),
    "done": ("Users who completed all onboarding guides", lambda completed, of: completed == of),
    "under_way": ("Users who completed some onboarding guides", lambda completed, of: 0 < completed < of),
    "none": ("Users who completed no onboarding guide", lambda completed, of: completed == 0),
}


def _guide(key: str) -> tuple[str, tuple[str, str]]:
    """What it is called, and (source, guide_id)."""
    from uptake.pipeline.sync.models import Guide

    source, _, guide_id = key.partition(":")
    guide = Guide.objects.filter(source=source, guide_id=guide_id).first()
    return f"“{guide.name if guide else guide_id}”", (source, guide_id)


def _days(asking: Asking, *, ever: bool = False) -> tuple[date, date]:
    if not has_guides():
        raise NothingBehind("No platform tells of guides.")
    last, beginning = asking.found.as_of, beginning_of_guides()
    return min(last, beginning if ever else asking.found.asked.period.first_day(last, beginning)), last


def _people(asking: Asking, key: str, *, ever: bool = False) -> tuple[str, list[GuidePerson]]:
    guide, place = _guide(key)
    first, last = _days(asking, ever=ever)
    return guide, guide_people_of(accounts_of(asking.customer), first, last, guide=place)


def _listed(asking: Asking, title: str, people: list[GuidePerson], amount: str, of: str) -> Behind:
    rows = [
        {
            "visitor": (each.visitor_id or "not named") if asking.known.with_people else f"User {number}",
            "furthest": each.furthest,
            "completed": each.has_completed,
            "last_on": each.last_on,
            "amount": getattr(each, of),
        }
        for number, each in enumerate(people, 1)
    ]
    columns = (
        *(("visitor", "User"), ("furthest", "Furthest step"), ("completed", "Completed"), ("last_on", "Last there")),
        ("amount", amount),
    )
    return asking.rows(title, "user", columns, rows)
