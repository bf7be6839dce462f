"""Which days of a platform have come."""

from datetime import date, timedelta

from uptake.pipeline.sync.models import Connection, SyncWindow

CAME = (SyncWindow.State.DONE, SyncWindow.State.SAME, SyncWindow.State.EMPTY)


def days_that_came(connection: Connection) -> set[date]:
    """Those of windows that went well."""
    windows = SyncWindow.objects.filter(run__connection=connection, state__in=CAME)
    return {
        first + timedelta(days=n)
        for first, last in windows.values_list("first_day", "last_day")
        for n in range((last - first).days + 1)
    }


def came_up_to(connection: Connection) -> date | None:
    """The day up to which nothing is missing since the first day that came; None before any has.

    History comes the newest days first, so what lies before the first day is still to come, and no gap.
    """
    there = days_that_came(connection)
    if not there:
        return None
    day = min(there)
    while day + timedelta(days=1) in there:
        day += timedelta(days=1)
    return day
