"""Tasks of customers."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from uptake.actions.task.access import hide_people
from uptake.actions.task.models import Priority, Task
from uptake.actions.task.services import (
    BadTask,
    access_own_task,
    access_task,
    access_tasks,
    complete_task,
    create_task,
    drop_task,
    reopen_task,
)
from uptake.api.access import caller
from uptake.api.schemas import Camel, Day, Id, LongText, Paged, PageOf, Text, example, paged
from uptake.customers.access import access_own_customer
from uptake.team.models import Teammate

router = Router(by_alias=True)


class TasksAsked(Paged):
    """Which tasks."""

    status: Literal["open", "done", "dropped", "all"] = "open"
    customer_id: Id | None = None
    owner: Literal["", "me", "none"] = ""


class Item(Camel):
    """One line of a checklist."""

    text: str
    done: bool


TASK = {
    "taskId": 41,
    "customerId": 7,
    "customer": "Acme Logistics",
    "title": "Show Acme Logistics the workflow builder",
    "why": "It is in their plan and 3 of 58 users have opened it.",
    "owner": "Ann Berg",
    "dueOn": "2026-02-05",
    "priority": "high",
    "status": "open",
    "checklist": [{"text": "Send the training", "done": False}],
    "rule": "paid-and-unused",
    "createdAt": "2026-01-30T08:15:02Z",
    "doneAt": None,
}


class TaskTold(Camel):
    """One task."""

    model_config = example(TASK)

    task_id: int
    customer_id: int
    customer: str
    title: str
    why: str
    owner: str | None
    due_on: date
    priority: str
    status: str
    checklist: list[Item]
    rule: str = Field(description="The recommendation that made it; empty: a person.")
    created_at: datetime
    done_at: datetime | None


class Tasks(PageOf):
    """By due day, then priority."""

    model_config = example({"page": 1, "pageSize": 50, "pages": 1, "total": 1, "tasks": [TASK]})

    tasks: list[TaskTold]


class NewTask(Camel):
    """What to do, for whom, by when: a day, or so many of the customer's working days."""

    model_config = example(
        {
            "customerId": 7,
            "title": "Show Acme Logistics the workflow builder",
            "why": "It is in their plan and 3 of 58 users have opened it.",
            "dueDays": 5,
            "priority": "high",
            "checklist": ["Send the training"],
        }
    )

    customer_id: Id
    title: Text
    why: LongText = ""
    owner_id: Id | None = Field(None, description="By default the customer's owner.")
    due_on: Day | None = None
    due_days: int | None = Field(None, ge=0, le=1000)
    priority: Priority = Priority.MEDIUM
    checklist: list[Text] = Field([], max_length=30)


def _told(task: Task) -> dict[str, Any]:
    return {
        "taskId": task.pk,
        "customerId": task.customer_id,
        "customer": task.customer.name,
        "title": task.title,
        "why": task.why,
        "owner": str(task.owner) if task.owner else None,
        "dueOn": task.due_on,
        "priority": task.priority,
        "status": task.status,
        "checklist": task.checklist,
        "rule": task.rule,
        "createdAt": task.created_at,
        "doneAt": task.done_at,
    }


def _read_by(teammate: Teammate, *tasks: Task) -> list[dict[str, Any]]:
    return [_told(task) for task in hide_people(list(tasks), teammate)]


@router.get("/tasks", response=Tasks, summary="List tasks")
def list_tasks(request: HttpRequest, asked: Query[TasksAsked]) -> dict[str, Any]:
    """Of the customers the caller may see, the most urgent first."""
    teammate = caller(request)
    found = access_tasks(teammate).select_related("customer", "owner")
    if asked.status != "all":
        found = found.filter(status=asked.status)
    if asked.customer_id:
        found = found.filter(customer=asked.customer_id)
    if asked.owner:
        found = found.filter(owner=teammate if asked.owner == "me" else None)
    tasks, told = paged(found.most_urgent_first(), asked)
    return {**told, "tasks": _read_by(teammate, *tasks)}


@router.get("/tasks/{int:task_id}", response=TaskTold, summary="One task")
def one_task(request: HttpRequest, task_id: Id) -> dict[str, Any]:
    """As the caller's role may read it."""
    teammate = caller(request)
    return _read_by(teammate, access_task(teammate, task_id))[0]


@router.post("/tasks", response={201: TaskTold}, summary="Make a task")
def make_task(request: HttpRequest, sent: NewTask) -> Status[dict[str, Any]]:
    """For a customer the caller may change."""
    teammate = caller(request)
    customer = access_own_customer(teammate, sent.customer_id)
    said = sent.model_dump(include={"title", "why", "due_on", "due_days", "priority", "checklist"})
    task = create_task(customer=customer, owner=_owner(sent.owner_id), by=teammate, **said)
    return Status(201, _read_by(teammate, task)[0])


def _owner(teammate_id: int | None) -> Teammate | None:
    if teammate_id is None:
        return None
    owner = Teammate.objects.filter(pk=teammate_id, is_service=False, is_active=True).first()
    if owner is None:
        raise BadTask(f"There is no teammate {teammate_id}.")
    return owner


@router.post("/tasks/{int:task_id}/complete", response=TaskTold, summary="Complete a task")
def complete(request: HttpRequest, task_id: Id) -> dict[str, Any]:
    """It is done. Again changes nothing."""
    teammate = caller(request)
    complete_task(access_own_task(teammate, task_id), by=teammate)
    return _read_by(teammate, access_task(teammate, task_id))[0]


@router.post("/tasks/{int:task_id}/drop", response=TaskTold, summary="Drop a task")
def drop(request: HttpRequest, task_id: Id) -> dict[str, Any]:
    """It will not be done. Again changes nothing. 409: it was done meanwhile."""
    teammate = caller(request)
    drop_task(access_own_task(teammate, task_id), by=teammate)
    return _read_by(teammate, access_task(teammate, task_id))[0]


@router.post("/tasks/{int:task_id}/reopen", response=TaskTold, summary="Reopen a task")
def reopen(request: HttpRequest, task_id: Id) -> dict[str, Any]:
    """It is to be done after all. Again changes nothing. 409: the same recommendation made another one since."""
    teammate = caller(request)
    reopen_task(access_own_task(teammate, task_id), by=teammate)
    return _read_by(teammate, access_task(teammate, task_id))[0]
