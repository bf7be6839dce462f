"""A teammate's open tasks as a calendar that other programs subscribe to."""

import secrets
from datetime import timedelta

from django.db import transaction
from icalendar import Calendar, Event

from uptake.actions.task.access import access_tasks, hide_people
from uptake.actions.task.models import CalendarFeed, Task
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import record

UID_DOMAIN = "tasks.uptake"
MOST_TASKS = 1000
RANKS = {"critical": 1, "high": 3, "medium": 5, "low": 9}  # as RFC 5545 numbers them


class UnknownCalendar(ProductError):
    """The address was renewed, or never was one."""

    status = 404


def calendar_token(teammate: Teammate) -> str:
    """The secret in the address of their calendar; made when first asked for."""
    return CalendarFeed.objects.get_or_create(teammate=teammate, defaults={"token": _secret()})[0].token


@transaction.atomic
def renew_calendar(teammate: Teammate) -> str:
    """A new secret; the old address shows nothing from now on."""
    feed, _ = CalendarFeed.objects.update_or_create(teammate=teammate, defaults={"token": _secret()})
    record(teammate, "renewed", feed)
    return feed.token


def _secret() -> str:
    return secrets.token_urlsafe(32)


def calendar_of(token: str) -> bytes:
    """The .ics of the teammate with this secret: their own open tasks, as all-day events. Raises UnknownCalendar."""
    known = CalendarFeed.objects.select_related("teammate").filter(token=token, teammate__is_active=True)
    feed = known.first() if token.isprintable() else None  # PostgreSQL refuses what cannot be a token
    if feed is None:
        raise UnknownCalendar("There is no calendar at this address. It may have been renewed: copy it again.")
    mine = access_tasks(feed.teammate).open().filter(owner=feed.teammate).select_related("customer")
    calendar = Calendar()
    calendar.add("prodid", "-//Uptake//Tasks//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Uptake tasks of {feed.teammate}")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    for task in hide_people(list(mine.most_urgent_first()[:MOST_TASKS]), feed.teammate):
        calendar.add_component(_event(task))
    return bytes(calendar.to_ical())


def _event(task: Task) -> Event:
    event = Event()
    event.add("uid", f"task-{task.pk}@{UID_DOMAIN}")
    event.add("dtstamp", task.created_at)
    event.add("dtstart", task.due_on)
    event.add("dtend", task.due_on + timedelta(days=1))
    event.add("summary", f"{task.customer}: {task.title}")
    event.add("description", "\n".join([*filter(None, [task.why]), *(_item(item) for item in task.checklist)]))
    event.add("priority", RANKS[task.priority])
    event.add("transp", "TRANSPARENT")  # the day stays free for meetings
    return event


def _item(item: dict[str, object]) -> str:
    return f"[{'x' if item['done'] else ' '}] {item['text']}"
