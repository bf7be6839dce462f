"""Which tasks an address asks for. Everything that narrows the list stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from uptake.actions.task.models import Priority, TaskQuerySet, TaskStatus, today
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

WHOSE = {"mine": "Mine", "all": "All"}
DUE = {"late": "Late", "today": "Today", "week": "Within 7 days"}
LATELY, DONE_DAYS = "lately", 30
"""Of closed tasks: those that were closed in so many days."""
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "whose": tuple(WHOSE),
    "status": tuple(TaskStatus.values),
    "due": ("", *DUE, LATELY),
    "priority": ("", *Priority.values),
}


def teammate_of(request: HttpRequest) -> Teammate:
    """Who is logged in; the middleware lets nobody else through."""
    return cast(Teammate, request.user)


@dataclass(frozen=True)
class Asked:
    """The filters of one address."""

    whose: str
    status: str = TaskStatus.OPEN
    due: str = ""
    priority: str = ""
    customer: int | None = None
    search: str = ""
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Raises ProductError for a value that none of the filters has."""
        given = request.GET
        is_mine = may(teammate_of(request), Right.CHANGE_OWN) and not given.get("customer")
        usual = cls(whose="mine" if is_mine else "all")  # of one customer all that is open, whoever does it
        words = {name: given[name] for name in ALLOWED if given.get(name)}
        for name, value in words.items():
            if value not in ALLOWED[name]:
                raise ProductError(f"“{value[:50]}” is nothing to filter by; {name} can be {', '.join(ALLOWED[name])}.")
        customer = _number(given.get("customer", ""), "customer")
        return replace(
            usual,
            **cast(Any, words),
            customer=customer,
            search=given.get("search", "").replace("\x00", "").strip()[:100],
            page=_number(given.get("page", ""), "page") or 1,
        )

    def query(self, **other: object) -> str:
        """The same address with something else in it; the page begins again unless it is said."""
        asked = replace(self, **cast(Any, {"page": 1, **other}))
        pairs = {
            "whose": asked.whose,
            "status": "" if asked.status == TaskStatus.OPEN else asked.status,
            "due": asked.due,
            "priority": asked.priority,
            "customer": asked.customer,
            "search": asked.search,
            "page": asked.page if asked.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in pairs.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.due or self.priority or self.customer or self.search)

    def among(self, tasks: TaskQuerySet, teammate: Teammate) -> TaskQuerySet:
        """All filters but state and day: what the figures at the top count, so that each opens as many."""
        if self.whose == "mine":
            tasks = tasks.filter(owner=teammate)
        if self.customer is not None:
            tasks = tasks.filter(customer=self.customer)
        if self.priority:
            tasks = tasks.filter(priority=self.priority)
        return tasks.filter(self._words(teammate)) if self.search else tasks

    def chosen(self, tasks: TaskQuerySet, teammate: Teammate) -> TaskQuerySet:
        """The rows of the list, in the order they are shown: what is open by urgency, what is closed newest first."""
        tasks = self.among(tasks, teammate).filter(status=self.status)
        if self.due:
            tasks = tasks.filter(_due(self.due))
        tasks = tasks.select_related("customer", "owner")
        return tasks.most_urgent_first() if self.status == TaskStatus.OPEN else tasks.order_by("-done_at", "-pk")

    def _words(self, teammate: Teammate) -> Q:
        """In the customer's name; for who may see people also in the task, where people may be named."""
        words = Q(customer__name__icontains=self.search)
        if may(teammate, Right.SEE_PEOPLE):
            words |= Q(title__icontains=self.search) | Q(why__icontains=self.search)
        return words


def _due(due: str) -> Q:
    day = today()
    if due == LATELY:
        return closed_lately()
    if due == "late":
        return Q(due_on__lt=day)
    return Q(due_on=day) if due == "today" else Q(due_on__gte=day, due_on__lte=day + timedelta(days=7))


def closed_lately() -> Q:
    return Q(done_at__gte=timezone.now() - timedelta(days=DONE_DAYS))


def _number(text: str, name: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15:
        raise ProductError(f"“{text[:50]}” is no number of a {name}.")
    return int(text)
