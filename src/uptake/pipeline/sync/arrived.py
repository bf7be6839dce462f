"""Which days of a platform have come: those that were wholly over, where they are counted, when they were asked for.

A platform's day begins where the platform says. One that adds its days up itself (Pendo) is taken at its days. Of one that
tells instants, its own days are only how it is asked: what counts are the days of the workspace and of customers with a
time zone of their own, and one of those has come when all of its hours have.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.conf import settings
from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce

from uptake.kit.days import zone_named
from uptake.pipeline.still import once_while_still
from uptake.pipeline.sync.models import ASKED, Connection, SyncWindow
from uptake.pipeline.sync.platforms import PLATFORMS

CAME = (SyncWindow.State.DONE, SyncWindow.State.SAME, SyncWindow.State.EMPTY)
ONE_DAY = timedelta(days=1)

Span = tuple[datetime, datetime]
"""From an instant up to another one, which is not in it."""


def asked_connections() -> list[Connection]:
    """Those whose answers are waited for."""
    return list(Connection.objects.filter(platform__in=ASKED).exclude(state=Connection.State.REMOVED))


def zone_of(connection: Connection) -> tzinfo:
    """In which the platform's days begin, as far as it could be told."""
    known = connection.options.get("time_zone") or connection.found.get("time_zone")
    if known:
        return zone_named(known)
    return zone_named(settings.UPTAKE.time_zone) if adds_up_days(connection) else UTC


def adds_up_days(connection: Connection) -> bool:
    """Whether the platform's own days are the days that count."""
    return PLATFORMS[connection.platform].holds_days_whole


def midnight(day: date, zone: tzinfo) -> datetime:
    """The instant at which the day begins there. In UTC: two clocks of one zone compare by their hands."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def spans_that_came(connection: Connection) -> list[Span]:
    """The stretches of time of which everything has come, apart and in order.

    Of a window only what was over, and ready at the platform, when its sync began.
    """
    zone, ready_after = zone_of(connection), PLATFORMS[connection.platform].ready_after
    windows = SyncWindow.objects.filter(run__connection=connection, state__in=CAME).values_list(
        "first_day", "last_day", Coalesce("run__started_at", "run__created_at")
    )
    return _merged(
        (midnight(first, zone), min(midnight(last + ONE_DAY, zone), begun - ready_after))
        for first, last, begun in windows.distinct()
    )


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def days_that_came(connection: Connection, zone: str = "") -> set[date]:
    """All of them. ``zone``: a customer's own, whose days they are where the platform tells instants."""
    return {
        first + n * ONE_DAY
        for first, last in _whole_days(spans_that_came(connection), _counted_in(connection, zone))
        for n in range((last - first).days + 1)
    }


def came_up_to(connection: Connection, zone: str = "") -> date | None:
    """The day up to which nothing is missing since the first day that came; None before any has.

    History comes the newest days first, so what lies before the first day is still to come, and no gap.
    """
    return next((last for _, last in _whole_days(spans_that_came(connection), _counted_in(connection, zone))), None)


def came_up_to_in(connection: Connection, zones: Collection[str]) -> dict[str, date]:
    """``came_up_to`` in each of these zones; those in which no day is whole are left out."""
    spans = spans_that_came(connection)
    found = {zone: _whole_days(spans, _counted_in(connection, zone)) for zone in zones}
    return {zone: days[0][1] for zone, days in found.items() if days}


def _counted_in(connection: Connection, zone: str) -> tzinfo:
    return zone_of(connection) if adds_up_days(connection) else zone_named(zone or settings.UPTAKE.time_zone)


def _whole_days(spans: Iterable[Span], zone: tzinfo) -> list[tuple[date, date]]:
    """The first and the last day that lie wholly within each stretch; nothing of those that hold no day."""
    found = []
    for begin, end in spans:
        first, last = begin.astimezone(zone).date(), end.astimezone(zone).date() - ONE_DAY
        if midnight(first, zone) < begin:
            first += ONE_DAY
        if first <= last:
            found.append((first, last))
    return found


@once_while_still
def what_came() -> tuple[tuple[object, ...], ...]:
    """Changes with each day that comes, and with whose days they are: what no audit record may tell."""
    rows = Connection.objects.filter(platform__in=ASKED).exclude(state=Connection.State.REMOVED).order_by("pk")
    came = Q(runs__windows__state__in=CAME)
    counted = rows.annotate(windows=Count("runs__windows", filter=came), newest=Max("runs__windows", filter=came))
    return tuple((row.pk, row.name, row.source, str(zone_of(row)), row.windows, row.newest) for row in counted)
