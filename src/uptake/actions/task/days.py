"""Working days: by when a task is due."""

from datetime import date, timedelta

from django.conf import settings

from uptake.customers.models import Customer, WorkingDays


def working_day_after(day: date, days: int, working_days: str = WorkingDays.MON_FRI) -> date:
    """The day so many working days after one; 0 is the day itself, or the next working day where it is none.

    The first working day after a Saturday is the Monday.
    """
    every_day = working_days == WorkingDays.ALL_DAYS
    days = days if days or _is_working(day, every_day) else 1
    while not _is_working(day, every_day):
        day -= timedelta(days=1)  # a day off is as far as the working day before it
    weeks, rest = divmod(days, 7 if every_day else 5)
    day += timedelta(weeks=weeks)
    while rest:
        day += timedelta(days=1)
        rest -= _is_working(day, every_day)
    return day


def _is_working(day: date, every_day: bool) -> bool:
    return every_day or day.weekday() < 5


def week_of(customer: Customer) -> str:
    """The customer's own working week, else the workspace's."""
    return customer.working_days or settings.UPTAKE.working_days
