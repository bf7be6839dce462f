"""What the list of tasks says in its headline and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q

from uptake.actions.task.access import hide_people
from uptake.actions.task.models import Task, TaskQuerySet, TaskStatus, today
from uptake.team.models import Teammate
from uptake.web.tasks.asked import Asked, closed_lately
from uptake.web.templatetags.uptake import counted, weekday

WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")


@dataclass(frozen=True)
class Figures:
    """How many tasks stand how, of those asked for."""

    open: int
    late: int
    today: int
    week: int
    urgent: int  # critical or high
    done: int
    dropped: int
    done_lately: int
    done_in_time: int


def figures(tasks: TaskQuerySet) -> Figures:
    """One question to the database."""
    day = today()
    is_open, is_done = Q(status=TaskStatus.OPEN), Q(status=TaskStatus.DONE)
    lately = is_done & closed_lately()
    kinds: Mapping[str, Q] = {
        "open": is_open,
        "late": is_open & Q(due_on__lt=day),
        "today": is_open & Q(due_on=day),
        "week": is_open & Q(due_on__gte=day, due_on__lte=day + timedelta(days=7)),
        "urgent": is_open & Q(priority__in=("critical", "high")),
        "done": is_done,
        "dropped": Q(status=TaskStatus.DROPPED),
        "done_lately": lately,
        "done_in_time": lately & Q(done_at__date__lte=F("due_on")),
    }
    return Figures(**tasks.aggregate(**{name: Count("pk", filter=kind) for name, kind in kinds.items()}))


def headline(found: Figures, asked: Asked) -> str:
    """A finding: what presses."""
    if found.late and found.today:
        return f"{words(found.late, 'task')} {_is(found.late)} late, {words(found.today, '').lower()} due today"
    if found.late:
        return f"{words(found.late, 'task')} {_is(found.late)} late"
    if found.today:
        return f"{words(found.today, 'task')} {_is(found.today)} due today, none is late"
    if found.week:
        return f"Nothing is late, {words(found.week, 'task').lower()} {_is(found.week)} due within seven days"
    if found.open:
        return f"Nothing presses: {counted(found.open, 'open task')}, all due later"
    return _nothing(asked)


def _nothing(asked: Asked) -> str:
    if asked.priority or asked.search:
        return "No open task fits these filters"
    return "You have no open tasks" if asked.whose == "mine" else "No task is open"


def deck(found: Figures, tasks: TaskQuerySet, teammate: Teammate) -> str:
    """The one to begin with."""
    most_urgent: list[Task] = list(tasks.open().select_related("customer").most_urgent_first()[:1])
    if not found.open or not most_urgent:
        return ""
    [first] = hide_people(most_urgent, teammate)
    return f"Begin with “{first.title}” for {first.customer}, {'which was ' if first.is_late else ''}due {weekday(first.due_on)}."


def words(number: int, noun: str) -> str:
    """Three tasks; 14 tasks."""
    said = WORDS[number] if number < len(WORDS) else f"{number:,}"
    return f"{said} {noun if number == 1 else noun + 's'}" if noun else said


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
