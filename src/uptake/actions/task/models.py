"""A task, and the secret address of a teammate's calendar."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone

from uptake.customers.models import Customer


class Priority(models.TextChoices):
    CRITICAL = "critical", "Critical"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class TaskStatus(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, in the ways that several readers want them."""

    def open(self) -> "TaskQuerySet":
        return self.filter(status=TaskStatus.OPEN)

    def most_urgent_first(self) -> "TaskQuerySet":
        """By due date, then priority."""
        rank = Case(*(When(priority=priority, then=place) for place, priority in enumerate(Priority.values)))
        return self.order_by("due_on", rank, "pk")


class Task(models.Model):
    """One thing to do for a customer, by a day; ticked off item by item where it has a checklist."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(max_length=200)
    title_without_people = models.CharField(max_length=200, blank=True)  # empty: nobody knows whom the title names
    why = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    due_on = models.DateField()
    priority = models.CharField(max_length=10, choices=Priority.choices, default=Priority.MEDIUM)
    checklist = models.JSONField(default=list, blank=True)  # [{text, done}], in their order
    status = models.CharField(max_length=10, choices=TaskStatus.choices, default=TaskStatus.OPEN)
    rule = models.CharField(max_length=200, blank=True)  # which recommendation made it; empty: a person
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="tasks_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        indexes = (
            models.Index(fields=["owner", "status", "due_on"], name="task_of_owner"),
            models.Index(fields=["status", "due_on"], name="task_by_due_day"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "rule"],
                condition=Q(status="open") & ~Q(rule=""),
                name="one_open_task_per_customer_and_rule",
            ),
            models.CheckConstraint(condition=Q(status__in=TaskStatus.values), name="task_status_is_known"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="task_priority_is_known"),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_a_title"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status == TaskStatus.OPEN

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < today()

    @property
    def ticked(self) -> int:
        return sum(bool(item["done"]) for item in self.checklist)


def today() -> date:
    """The workspace's day: what is due then is not late yet."""
    return timezone.localdate()


class CalendarFeed(models.Model):
    """The secret in the address of a teammate's calendar. Whoever has it reads their open tasks."""

    teammate = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    token = models.CharField(max_length=64, unique=True)
    renewed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"calendar of {self.teammate}"
