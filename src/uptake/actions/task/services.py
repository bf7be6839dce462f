"""What is done about tasks. Each call is one transaction, leaves a line in the audit trail, and asks whether it may."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from uptake.actions.task import inputs
from uptake.actions.task.access import access_own_task, access_task, access_tasks, require_change
from uptake.actions.task.calendar import calendar_of, calendar_token, renew_calendar
from uptake.actions.task.days import week_of, working_day_after
from uptake.actions.task.inputs import BadTask
from uptake.actions.task.models import Priority, Task, TaskStatus, today
from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import record

__all__ = [
    "BadTask",
    "TaskClosed",
    "access_own_task",
    "access_task",
    "access_tasks",
    "calendar_of",
    "calendar_token",
    "change_task",
    "complete_task",
    "create_task",
    "drop_task",
    "renew_calendar",
    "reopen_task",
    "tick",
    "working_day_after",
]

DUE_DAYS = {Priority.CRITICAL: 1, Priority.HIGH: 3, Priority.MEDIUM: 5, Priority.LOW: 10}
"""Working days to do it in, where nobody says more."""


PRESSED_TWICE = timedelta(seconds=30)


class TaskClosed(ProductError):
    """The task was done or dropped while the reader still had it on screen, or another one stands in its place."""

    status = 409


class TaskFields(TypedDict, total=False):
    """What may be changed of a task."""

    title: str
    why: str
    owner: Teammate | None
    due_on: date
    priority: str
    checklist: Iterable[str | Mapping[str, Any]]


def create_task(
    *,
    customer: Customer,
    title: str,
    title_without_people: str = "",
    why: str = "",
    owner: Teammate | None = None,
    due_on: date | None = None,
    due_days: int | None = None,
    priority: str = Priority.MEDIUM,
    checklist: Iterable[str | Mapping[str, Any]] = (),
    rule: str = "",
    by: Teammate,
) -> Task:
    """Make a task, due on a day or so many of the customer's working days from today.

    ``title_without_people`` is what roles read that see nobody's name; without it they read for whom the task is.
    Without an owner it is the customer's, else ``by``. A recommendation (``rule``) whose task is still open for this
    customer makes no second one: the open one is returned as it is, as is the same one made by hand a
    moment ago. Raises NotAllowed and BadTask.
    """
    require_change(by, customer)
    task = Task(
        customer=customer,
        title=inputs.checked_title(title),
        title_without_people=title_without_people and inputs.checked_title(title_without_people),
        why=inputs.checked_why(why),
        owner=_owner(owner, customer, by),
        priority=inputs.checked_priority(priority),
        due_on=_due_day(customer, due_on, due_days, priority),
        checklist=inputs.checked_checklist(checklist),
        rule=rule[:200],
        created_by=by,
    )
    try:
        with transaction.atomic():
            Customer.objects.select_for_update().get(pk=customer.pk)  # one after the other
            open_one = _open_task(task) if rule else _just_made(task)
            if open_one is None:
                task.save()
                record(by, "made task", task, customer_id=customer.pk, task=task.pk, due_on=str(task.due_on), rule=rule)
            return open_one or task
    except IntegrityError:  # somebody else made it at the same moment
        open_one = _open_task(task)
        if open_one is None:
            raise
        return open_one


def _open_task(task: Task) -> Task | None:
    return Task.objects.open().filter(customer=task.customer, rule=task.rule).first() if task.rule else None


def _just_made(task: Task) -> Task | None:
    """The same task by the same teammate, a moment ago: the button was pressed twice."""
    told = ("customer", "title", "why", "owner", "due_on", "priority", "checklist", "created_by")
    same = Task.objects.open().filter(customer=task.customer, rule="", created_at__gte=timezone.now() - PRESSED_TWICE)
    return next((each for each in same if all(getattr(each, name) == getattr(task, name) for name in told)), None)


def _owner(owner: Teammate | None, customer: Customer, by: Teammate) -> Teammate | None:
    """Who was named; else the customer's owner, else who makes it. Nobody where that is a key."""
    if owner is not None:
        return inputs.checked_owner(owner, customer)
    if customer.owner is not None and customer.owner.is_active:
        return customer.owner
    return None if by.is_service else by


def _due_day(customer: Customer, due_on: date | None, due_days: int | None, priority: str) -> date:
    if due_on is not None:
        return inputs.checked_due_day(due_on)
    days = DUE_DAYS[Priority(priority)] if due_days is None else inputs.checked_due_days(due_days)
    return working_day_after(today(), days, week_of(customer))


@transaction.atomic
def change_task(task: Task, *, by: Teammate, **fields: Unpack[TaskFields]) -> Task:
    """Say something else of an open task. Raises NotAllowed, BadTask, and TaskClosed when it was done meanwhile."""
    task = _open_now(task, by)
    checks: dict[str, Callable[[Any], Any]] = {
        "title": inputs.checked_title,
        "why": inputs.checked_why,
        "owner": lambda owner: owner and inputs.checked_owner(owner, task.customer),
        "due_on": inputs.checked_due_day,
        "priority": inputs.checked_priority,
        "checklist": inputs.checked_checklist,
    }
    wanted = {name: checks[name](value) for name, value in fields.items()}
    changed = sorted(name for name, value in wanted.items() if getattr(task, name) != value)
    if "title" in changed:  # whom a person names in it, nobody knows
        wanted["title_without_people"] = ""
    for name, value in wanted.items():
        setattr(task, name, value)
    if changed:
        task.save(update_fields=wanted)
        record(by, "changed task", task, customer_id=task.customer_id, task=task.pk, changed=changed)
    return task


@transaction.atomic
def complete_task(task: Task, *, by: Teammate) -> Task:
    """It is done. Doing so again changes nothing. Raises TaskClosed for one that was dropped."""
    return _close(task, TaskStatus.DONE, "did task", by)


@transaction.atomic
def drop_task(task: Task, *, by: Teammate) -> Task:
    """It will not be done. Doing so again changes nothing. Raises TaskClosed for one that was done."""
    return _close(task, TaskStatus.DROPPED, "dropped task", by)


def _close(task: Task, status: TaskStatus, verb: str, by: Teammate) -> Task:
    task = _now(task, by)
    if task.status == status:
        return task
    _require_open(task)
    task.status, task.done_at = status, timezone.now()
    task.save(update_fields=["status", "done_at"])
    record(by, verb, task, customer_id=task.customer_id, task=task.pk)
    return task


@transaction.atomic
def reopen_task(task: Task, *, by: Teammate) -> Task:
    """It is to be done after all. Raises TaskClosed when the same recommendation made another one since."""
    task = _now(task, by)
    if task.is_open:
        return task
    if _open_task(task):
        raise TaskClosed(f"The same recommendation has made an open task for {task.customer} since; use that one.")
    task.status, task.done_at = TaskStatus.OPEN, None
    task.save(update_fields=["status", "done_at"])
    record(by, "reopened task", task, customer_id=task.customer_id, task=task.pk)
    return task


@transaction.atomic
def tick(task: Task, n: int, done: bool, *, by: Teammate) -> Task:
    """Tick item ``n`` (from 0) of the checklist, or take the tick back. The last tick does not close the task."""
    task = _open_now(task, by)
    if not 0 <= n < len(task.checklist):
        raise TaskClosed(f"“{task}” has no item {n + 1} any more; its checklist was changed.")
    item = task.checklist[n]
    if item["done"] != done:
        item["done"] = done
        task.save(update_fields=["checklist"])
        record(by, "ticked" if done else "unticked", task, customer_id=task.customer_id, task=task.pk, item=n + 1)
    return task


def _now(task: Task, by: Teammate) -> Task:
    """The task as it is, held until the transaction ends; the reader's copy may be old."""
    # Only its own row is held: owner may be null, and PostgreSQL refuses to lock the far side of an outer join.
    current = Task.objects.select_for_update(of=("self",)).select_related("customer").get(pk=task.pk)
    require_change(by, current.customer)
    return current


def _open_now(task: Task, by: Teammate) -> Task:
    current = _now(task, by)
    _require_open(current)
    return current


def _require_open(task: Task) -> None:
    if not task.is_open:
        raise TaskClosed(f"“{task}” was {task.get_status_display().lower()} meanwhile. Reopen it to change it.")
