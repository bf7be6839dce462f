"""Which tasks a teammate may see, and what of them."""

import re
from typing import TYPE_CHECKING

from uptake.actions.task.models import Task
from uptake.customers.access import access_customers, may_change
from uptake.customers.models import Customer, Stakeholder
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may

if TYPE_CHECKING:
    from uptake.actions.task.models import TaskQuerySet

AN_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+")
SOMEBODY = "someone there"


class UnknownTask(ProductError):
    """There is no such task, or its customer is not the teammate's to see."""

    status = 404


def access_tasks(teammate: Teammate) -> "TaskQuerySet":
    """The tasks of the customers a teammate may see. Where people read them, by way of ``hide_people``."""
    return Task.objects.filter(customer__in=access_customers(teammate))


def access_task(teammate: Teammate, task_id: int) -> Task:
    """One task to look at. Raises UnknownTask."""
    task = access_tasks(teammate).select_related("customer", "owner", "created_by").filter(pk=task_id).first()
    if task is None:
        raise UnknownTask(f"There is no task {task_id}, or it is not yours.")
    return task


def access_own_task(teammate: Teammate, task_id: int) -> Task:
    """One task to change. Raises UnknownTask, and NotAllowed where it may only be looked at."""
    task = access_task(teammate, task_id)
    require_change(teammate, task.customer)
    return task


def require_change(teammate: Teammate, customer: Customer) -> None:
    """Raises NotAllowed where the customer is not the teammate's to change."""
    if not may_change(teammate, customer):
        raise NotAllowed(f"{customer} is not yours to change.")


def hide_people(tasks: list[Task], teammate: Teammate) -> list[Task]:
    """The tasks as the teammate may read them: without the names of customers' people where the role does not show them.

    A reason and a checklist may name users whom no list knows, so they go altogether; a title loses the names we know.
    Careful: the tasks are changed in place and must not be saved.
    """
    if may(teammate, Right.SEE_PEOPLE):
        return tasks
    names: dict[int, list[str]] = {}
    people = Stakeholder.objects.filter(customer__in={task.customer_id for task in tasks})
    for customer_id, name, email in people.values_list("customer_id", "name", "email"):
        names.setdefault(customer_id, []).extend(filter(None, (name, email)))
    for task in tasks:
        task.title = without_people(task.title, names.get(task.customer_id, []))
        task.why, task.checklist = "", []
    return tasks


def without_people(text: str, names: list[str]) -> str:
    """The text without e-mail addresses and these names."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), SOMEBODY, text, flags=re.IGNORECASE)
    return AN_ADDRESS.sub(SOMEBODY, text)
