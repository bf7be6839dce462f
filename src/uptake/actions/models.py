"""The rows of this room, a module per channel."""

from uptake.actions.email import tracking  # listens to what mail providers report
from uptake.actions.email.models import Draft, DraftFile, DraftStatus
from uptake.actions.task.models import CalendarFeed, Priority, Task, TaskStatus
from uptake.actions.webhook.models import Delivery, Endpoint

__all__ = [
    "CalendarFeed",
    "Delivery",
    "Draft",
    "DraftFile",
    "DraftStatus",
    "Endpoint",
    "Priority",
    "Task",
    "TaskStatus",
    "tracking",
]
