"""The tool that makes tasks out of recommendations."""

from uptake.actions.task.models import Task
from uptake.actions.task.services import create_task
from uptake.chat.answers import Answer, Button, Buttons, Confirm, Item, Items, Note, Part, counted, day_text
from uptake.chat.tools.chosen import named, whom
from uptake.chat.tools.figures import about, tasks_page
from uptake.chat.tools.links import page
from uptake.chat.tools.tool import Chosen, Tool
from uptake.customers.models import Customer
from uptake.insights.insight import Recommendation
from uptake.pipeline.insight_view import recommendations_for
from uptake.team.models import Teammate
from uptake.team.rights import Right

SHOWN = 20  # tasks in an answer; the list has them all


def _confirm(teammate: Teammate, asked: Chosen) -> Confirm:
    customers = whom(teammate, asked)
    some = counted(len(customers), "customer")
    sentence = f"Create an adoption task for {named(customers)}: {some}, each with its own most valuable next step."
    return Confirm(sentence, "create_tasks", {"customers": [customer.pk for customer in customers]}, "Create tasks")


def first_of_each(teammate: Teammate, customers: list[Customer]) -> dict[int, Recommendation]:
    """The most valuable recommendation of each customer that has one."""
    found: dict[int, Recommendation] = {}
    for each in recommendations_for(teammate, customer_ids=[customer.pk for customer in customers]):
        found.setdefault(each.customer_id, each)
    return found


def _create(teammate: Teammate, asked: Chosen) -> Answer:
    customers = whom(teammate, asked)
    advice = first_of_each(teammate, customers)
    made = [(customer, _task(customer, advice.get(customer.pk), teammate)) for customer in customers]
    tasks = [(customer, task) for customer, task in made if task is not None]
    without = [customer for customer, task in made if task is None]
    parts: list[Part] = []
    if tasks:
        more = f"{len(tasks) - SHOWN:,} more" if len(tasks) > SHOWN else ""
        items = tuple(_item(customer, task) for customer, task in tasks[:SHOWN])
        parts.append(Items("Tasks", items, "tasks", more, tasks_page() if more else ""))
    if without:
        parts.append(Note(f"Nothing to recommend for {named(without)}: no rule fits their numbers."))
    parts.append(Buttons((Button("Open tasks", href=tasks_page(), icon="list-checks"),)))
    headline = (
        f"{counted(len(tasks), 'task')} for {named([customer for customer, _ in tasks], 3)}"
        if tasks
        else "No task was made"
    )
    return Answer(headline, tuple(parts))


def _task(customer: Customer, advice: Recommendation | None, by: Teammate) -> Task | None:
    """A recommendation that has an open task already gives that one back."""
    if advice is None:
        return None
    return create_task(
        customer=customer,
        title=advice.title,
        title_without_people=advice.title_without_people,
        why=advice.why,
        due_days=advice.due_days,
        priority=advice.priority,
        checklist=advice.steps,
        rule=advice.rule,
        by=by,
    )


def _item(customer: Customer, task: Task) -> Item:
    steps = tuple(str(each["text"]) for each in task.checklist)
    owner = f", {task.owner}" if task.owner else ""
    return Item(
        about(str(customer), task.title),
        task.why,
        steps,
        f"due {day_text(task.due_on)}{owner}",
        task.priority,
        page("tasks:task", task.pk),
    )


CREATE_TASKS = Tool(
    "create_tasks",
    "Create tasks",
    "Makes the most valuable next step of each customer a task with a due date and a checklist.",
    Chosen,
    ("Create tasks for the 3 laggards", "Make a task for OldCorp"),
    _create,
    right=Right.CHANGE_OWN,
    changes=True,
    confirm=_confirm,
)
