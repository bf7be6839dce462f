"""What may be said of a task, checked."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from uptake.actions.task.models import Priority
from uptake.customers.access import access_customers
from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate

LONGEST_TITLE, LONGEST_WHY, LONGEST_ITEM, MOST_ITEMS = 200, 4000, 300, 30
MOST_DAYS = 1000  # working days ahead


class BadTask(ProductError):
    """The task cannot be as it was asked for; the sentence says why."""


def checked_title(text: str) -> str:
    title = " ".join(text.replace("\x00", "").split())
    if not title:
        raise BadTask("A task needs a title that says what to do.")
    if len(title) > LONGEST_TITLE:
        raise BadTask(f"The title has {len(title)} characters; {LONGEST_TITLE} is the most.")
    return title


def checked_why(text: str) -> str:
    if len(text) > LONGEST_WHY:
        raise BadTask(f"The reason has {len(text)} characters; {LONGEST_WHY} is the most.")
    return text.replace("\x00", "").strip()


def checked_priority(priority: str) -> str:
    if priority not in Priority.values:
        raise BadTask(f"There is no priority “{priority}”; there are {', '.join(Priority.values)}.")
    return priority


def checked_checklist(items: Iterable[str | Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Items as texts, or as {text, done}; empty ones are left out."""
    checked = []
    for item in items:
        text, done = (item, False) if isinstance(item, str) else (str(item.get("text", "")), bool(item.get("done")))
        text = " ".join(text.replace("\x00", "").split())
        if len(text) > LONGEST_ITEM:
            raise BadTask(f"“{text[:40]}…” is too long for a checklist: {LONGEST_ITEM} characters is the most.")
        if text:
            checked.append({"text": text, "done": done})
    if len(checked) > MOST_ITEMS:
        raise BadTask(f"The checklist has {len(checked)} items; {MOST_ITEMS} is the most.")
    return checked


def checked_due_day(day: date) -> date:
    if not 2000 <= day.year <= 2200:
        raise BadTask(f"{day} is no day to do a task by.")
    return day


def checked_due_days(days: int) -> int:
    if not 0 <= days <= MOST_DAYS:
        raise BadTask(f"A task is due 0 to {MOST_DAYS} working days from today, not {days}.")
    return days


def checked_owner(owner: Teammate, customer: Customer) -> Teammate:
    """Raises BadTask for somebody who could not find the task in their list."""
    if owner.is_service or not owner.is_active:
        raise BadTask(f"{owner} does not log in, so no task can be theirs.")
    if not access_customers(owner).filter(pk=customer.pk).exists():
        raise BadTask(f"{owner} does not see {customer}, so this task cannot be theirs.")
    return owner
