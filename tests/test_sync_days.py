"""Whose day it is: a platform, the workspace and a customer in different zones, and what counts as come where clocks change."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from tests.standins.amplitude import AmplitudeStandIn, AmplitudeTruth
from tests.standins.amplitude import Event as Uploaded
from tests.standins.mixpanel import Event as Sent
from tests.standins.mixpanel import MixpanelStandIn, MixpanelTruth
from tests.syncing import connected, sync, uses
from uptake.customers.models import Account, Customer
from uptake.pipeline import scoring, workspace
from uptake.pipeline.freshness import late_customers
from uptake.pipeline.sync import running
from uptake.pipeline.sync.arrived import came_up_to, days_that_came
from uptake.pipeline.sync.connections import next_time
from uptake.pipeline.sync.models import Connection, SyncRun, SyncWindow

pytestmark = pytest.mark.django_db
LOS_ANGELES, TOKYO, BERLIN = "America/Los_Angeles", "Asia/Tokyo", "Europe/Berlin"


@pytest.fixture
def zone(settings):
    def change(name: str) -> None:
        settings.UPTAKE.time_zone = name

    yield change
    settings.UPTAKE.time_zone = "UTC"


@pytest.fixture
def clock(monkeypatch):
    """Set what time it is."""

    class Clock(datetime):
        instant = datetime.now(tz=UTC)

        @classmethod
        def now(cls, tz=None):
            return cls.instant.astimezone(tz or UTC)

    def change(text: str) -> datetime:
        Clock.instant = at(text)
        return Clock.instant

    monkeypatch.setattr(timezone, "now", Clock.now)
    monkeypatch.setattr(workspace, "datetime", Clock)
    return change


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def connection_to(platform: str, zone: str = "", **more) -> Connection:
    found = {"time_zone": zone} if zone else {}
    return Connection.objects.create(
        platform=platform, name=platform.title(), source=platform, found=found, history_days=30, **more
    )


def came(connection: Connection, first: date, last: date, begun: datetime) -> None:
    """A sync that went well."""
    run = SyncRun.objects.create(
        connection=connection, kind="daily", state="done", first_day=first, last_day=last, started_at=begun
    )
    SyncWindow.objects.create(run=run, first_day=first, last_day=last, state=SyncWindow.State.DONE)


def do_what_is_due(connection: Connection, begun: datetime) -> tuple[date, date]:
    first, last = running.days_due(connection)
    came(connection, first, last, begun)
    return first, last


# A workspace to the west of a platform that tells instants


def test_the_workspaces_yesterday_ends_within_the_platforms_today(zone, clock):
    zone(LOS_ANGELES)
    now = clock("2026-06-30 11:00")  # four in the morning
    connection = connection_to("amplitude", "UTC")
    # The 29th there is 29 June 07:00 to 30 June 07:00 UTC. History of 30 days begins on 31 May, 07:00 UTC.
    assert do_what_is_due(connection, now) == (date(2026, 5, 31), date(2026, 6, 30))
    assert came_up_to(connection) == date(2026, 6, 29)
    assert min(days_that_came(connection)) == date(2026, 5, 31)
    now = clock("2026-07-01 11:00")
    assert do_what_is_due(connection, now) == (
        date(2026, 6, 28),
        date(2026, 7, 1),
    )  # the last three days, and the newest
    assert came_up_to(connection) == date(2026, 6, 30)


def test_days_asked_up_to_the_workspaces_midnight_only_are_not_whole(zone):
    """As syncs did that asked for the hours 00 to 23 in UTC of the workspace's yesterday."""
    zone(LOS_ANGELES)
    connection = connection_to("amplitude", "UTC")
    came(connection, date(2026, 6, 1), date(2026, 6, 29), at("2026-06-30 11:00"))
    assert came_up_to(connection) == date(2026, 6, 28)  # of the 29th the hours from 17:00 on are missing


def test_hours_that_were_not_ready_have_not_come(zone):
    zone("UTC")
    connection = connection_to("amplitude", "UTC")
    came(connection, date(2026, 6, 1), date(2026, 6, 29), at("2026-06-30 02:59"))  # Amplitude's hours take three
    assert came_up_to(connection) == date(2026, 6, 28)
    came(connection, date(2026, 6, 29), date(2026, 6, 29), at("2026-06-30 03:00"))
    assert came_up_to(connection) == date(2026, 6, 29)


# A workspace to its east


def test_a_workspace_to_the_east_has_its_yesterday_before_the_platform_has(zone, clock):
    zone(TOKYO)
    now = clock("2026-06-29 19:00")  # four in the morning of the 30th
    connection = connection_to("amplitude", "UTC")
    # The 29th there is 28 June 15:00 to 29 June 15:00 UTC; the first day, 31 May, begins on 30 May at 15:00 UTC.
    assert do_what_is_due(connection, now) == (date(2026, 5, 30), date(2026, 6, 29))
    assert (min(days_that_came(connection)), came_up_to(connection)) == (date(2026, 5, 31), date(2026, 6, 29))
    now = clock("2026-06-30 19:00")
    assert do_what_is_due(connection, now) == (date(2026, 6, 27), date(2026, 6, 30))  # nothing of the history again
    assert came_up_to(connection) == date(2026, 6, 30)


def test_a_projects_own_zone_counts(zone, clock):
    """A Mixpanel project in Tokyo, and Berlin's 29 June: 28 June 22:00 to 29 June 22:00 UTC, Tokyo's 29th and 30th."""
    zone(BERLIN)
    now = clock("2026-06-30 02:00")
    connection = connection_to("mixpanel", options={"time_zone": TOKYO})
    assert do_what_is_due(connection, now)[1] == date(2026, 6, 30)
    assert came_up_to(connection) == date(2026, 6, 29)


# A platform that adds its days up


def test_a_subscriptions_day_that_is_not_over_is_not_asked_for(zone, clock):
    zone(TOKYO)
    clock("2026-06-29 19:00")  # in Tokyo four in the morning of the 30th, in Los Angeles noon of the 29th
    connection = connection_to("pendo", LOS_ANGELES)
    assert running.days_due(connection)[1] == date(2026, 6, 28)
    assert workspace.yesterday() == date(2026, 6, 28)  # the newest day that is complete for everybody
    # It is asked when it is night there as well: four in Los Angeles is eleven in UTC.
    assert next_time(connection, at("2026-06-29 19:00")) == at("2026-06-30 11:00")
    now = clock("2026-06-30 11:00")
    do_what_is_due(connection, now)
    assert came_up_to(connection) == workspace.yesterday() == date(2026, 6, 29)


def test_a_subscription_to_the_east_waits_for_the_workspaces_day(zone, clock):
    zone(LOS_ANGELES)
    clock("2026-06-29 19:00")  # Tokyo's 29th is over, the workspace's has four hours and more to go
    connection = connection_to("pendo", TOKYO)
    assert running.days_due(connection)[1] == date(2026, 6, 28)
    assert next_time(connection, at("2026-06-29 19:00")) == at("2026-06-30 11:00")


def test_a_day_that_was_asked_for_too_early_has_not_come(zone):
    zone(TOKYO)
    connection = connection_to("pendo", LOS_ANGELES)
    came(connection, date(2026, 6, 1), date(2026, 6, 29), at("2026-06-29 19:00"))
    assert came_up_to(connection) == date(2026, 6, 28)
    came(connection, date(2026, 6, 29), date(2026, 6, 29), at("2026-06-30 07:00"))  # midnight there
    assert came_up_to(connection) == date(2026, 6, 29)


# Clock changes


def test_a_day_of_23_and_one_of_25_hours(zone, clock):
    """New York's 8 March 2026 is 05:00 to 04:00 UTC, its 1 November 04:00 to 05:00."""
    zone("America/New_York")
    connection = connection_to("amplitude", "UTC")
    came(connection, date(2026, 3, 1), date(2026, 3, 9), at("2026-03-09 06:59"))  # ready up to 03:59
    assert came_up_to(connection) == date(2026, 3, 7)
    came(connection, date(2026, 3, 8), date(2026, 3, 9), at("2026-03-09 07:00"))  # up to 04:00
    assert came_up_to(connection) == date(2026, 3, 8)
    connection.runs.all().delete()
    came(connection, date(2026, 10, 20), date(2026, 11, 2), at("2026-11-02 07:59"))
    assert came_up_to(connection) == date(2026, 10, 31)
    came(connection, date(2026, 11, 1), date(2026, 11, 2), at("2026-11-02 08:00"))
    assert came_up_to(connection) == date(2026, 11, 1)


def test_at_four_the_night_is_over_also_when_it_was_an_hour_short(zone, clock):
    zone(LOS_ANGELES)
    clock("2026-03-08 08:00")
    connection = connection_to("amplitude", "UTC")
    night = next_time(connection, at("2026-03-08 08:00"))  # midnight of the day on which clocks go forward
    assert night == at("2026-03-08 11:00")  # three hours later it is four
    do_what_is_due(connection, clock("2026-03-08 11:00"))
    assert came_up_to(connection) == date(2026, 3, 7)


# A customer in a zone of its own


def test_only_customers_whose_own_day_is_not_over_are_late(zone, clock):
    zone(BERLIN)
    clock("2026-06-30 02:00")  # four in Berlin
    connection = connection_to("amplitude", "UTC")
    here, there = (
        Customer.objects.create(name=name, slug=name.lower(), time_zone=own) for name, own in (("Hanse", ""), ("Bay", LOS_ANGELES))
    )  # fmt: skip
    for customer in (here, there):
        Account.objects.create(source="amplitude", account_id=customer.slug, customer=customer)
    do_what_is_due(connection, at("2026-06-30 02:00"))
    assert late_customers(date(2026, 6, 28)) == {}
    assert late_customers(date(2026, 6, 29)) == {there.pk: "usage from Amplitude has come up to 28 Jun 2026 only"}
    assert next_time(connection, at("2026-06-30 02:00")) == at("2026-06-30 11:00")  # four there
    do_what_is_due(connection, clock("2026-06-30 11:00"))
    assert late_customers(date(2026, 6, 29)) == {}
    assert next_time(connection, at("2026-06-30 11:00")) == at("2026-07-01 02:00")  # and again in Berlin


# From the platform to the newest day


LATE_IN_THE_EVENING = {
    "amplitude": (
        AmplitudeTruth,
        AmplitudeStandIn,
        lambda text, n: Uploaded(at(text), at(text), "ann", 1, "dev", "acme", "Export", f"u{n}"),
    ),
    "mixpanel": (
        MixpanelTruth,
        MixpanelStandIn,
        lambda text, n: Sent(datetime.fromisoformat(text), "ann", "acme", "Export", f"{n:024x}"),
    ),
}


@pytest.mark.parametrize("platform", LATE_IN_THE_EVENING)
def test_what_was_done_in_the_evening_is_there_in_the_morning(platform, zone, clock, settings):
    made, stand_in, event = LATE_IN_THE_EVENING[platform]
    zone(LOS_ANGELES)
    clock("2026-06-30 11:00")
    truth = made(events=0)
    truth.events = [
        event("2026-06-29 17:00:00", 1),  # ten in the morning of the 29th
        event("2026-06-30 04:30:00", 2),  # half past nine in the evening of the same day
        event("2026-06-30 07:30:00", 3),  # after midnight: today
    ]
    was = getattr(settings.UPTAKE, f"{platform}_url")
    with stand_in(truth) as opened:
        said = {name: getattr(opened, name) for name in ("secret", "user", "project") if hasattr(opened, name)}
        connection = connected(opened, platform=platform, **said)
        run = sync(connection, *running.days_due(connection))
    setattr(settings.UPTAKE, f"{platform}_url", was)
    assert run.state == "done"
    assert uses()[date(2026, 6, 29), "acme", "Export"] == 2
    assert came_up_to(connection) == scoring.newest_day() == date(2026, 6, 29)
    clock("2026-07-01 07:05")  # past midnight, before the night's sync: the 30th is over, and not there yet
    assert workspace.yesterday() == date(2026, 6, 30)
    assert scoring.newest_day() == date(2026, 6, 29)
