"""Which tasks a teammate may see, and what of them."""

from typing import TYPE_CHECKING

from uptake.actions.task.models import Task
from uptake.customers.access import access_customers, may_change
from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may

if TYPE_CHECKING:
    from uptake.actions.task.models import TaskQuerySet


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
    """The tasks as the teammate may read them: where the role does not show customers' people, nothing that may name one.

    Names cannot be told from words, so a text is shown only if it was made without them; a person's own title, every
    reason and every checklist go altogether. Careful: the tasks are changed in place and must not be saved.
    """
    if may(teammate, Right.SEE_PEOPLE):
        return tasks
    for task in tasks:
        task.title = task.title_without_people or f"Task for {task.customer}"
        task.why, task.checklist = "", []
    return tasks
