"""Connecting, pausing, removing. A key is tried before it is kept, kept encrypted, and never shown again."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from uptake.kit.days import zone_named
from uptake.kit.errors import ProductError
from uptake.kit.http import Patience
from uptake.kit.secrets import seal, unseal
from uptake.lake.models import Import
from uptake.pipeline.sync import platforms
from uptake.pipeline.sync.arrived import adds_up_days, zone_of
from uptake.pipeline.sync.models import Connection, SyncRun
from uptake.pipeline.sync.platforms import Asked, BadConnection, platform_named
from uptake.pipeline.sync.visitors import forget_visitors, keeps_people
from uptake.pipeline.workspace import customer_zones
from uptake.sources.pull import Checked, Client
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

if TYPE_CHECKING:
    from django.db.models import QuerySet

__all__ = ["BadConnection", "UnknownConnection", "access_connection", "access_connections", "connect"]

HISTORY_DAYS = (30, 90, 180, 365, 730)
ASKED_AT = time(4, 0)  # yesterday is complete then, and nobody works yet
SHOWN_OF_KEY = 4
SOON = Patience(tries=3, silent_tries=1, overall=45, connect=10, silence=30, throttled_wait=5)
"""While somebody waits with a page open."""


class UnknownConnection(ProductError):
    """There is no such connection, or the teammate may not see connections."""

    status = 404


class AlreadyConnected(ProductError):
    """Of each platform there is one connection at a time."""

    status = 409


def access_connections(teammate: Teammate) -> "QuerySet[Connection]":
    """Those there are. Raises NotAllowed."""
    require(teammate, Right.IMPORT)
    return Connection.objects.exclude(state=Connection.State.REMOVED).select_related("created_by")


def access_connection(teammate: Teammate, connection_id: int) -> Connection:
    """Raises UnknownConnection and NotAllowed."""
    found = access_connections(teammate).filter(pk=connection_id).first()
    if found is None:
        raise UnknownConnection(f"There is no connection {connection_id}.")
    return found


def access_run(teammate: Teammate, run_id: int) -> SyncRun:
    """A sync's audit row. Raises UnknownConnection and NotAllowed."""
    require(teammate, Right.IMPORT)
    found = SyncRun.objects.select_related("connection").filter(pk=run_id).first()
    if found is None:
        raise UnknownConnection(f"There is no sync {run_id}.")
    return found


def connected_to(teammate: Teammate, platform: str) -> Connection:
    """The connection of a platform that is asked. Raises NotAllowed, and UnknownConnection saying how to make one."""
    require(teammate, Right.IMPORT)
    return connection_of(platform)


def connection_of(platform: str) -> Connection:
    """The same for the command line. Raises UnknownConnection."""
    asked = platform_named(platform)
    found = Connection.objects.filter(platform=platform).exclude(state=Connection.State.REMOVED).first()
    if found is None:
        raise UnknownConnection(f"{asked.title} is not connected; connect it under Integrations.")
    return found


def connect(
    teammate: Teammate, platform: str, told: Mapping[str, str], *, history_days: int = 90, makes_customers: bool = True
) -> Connection:
    """Try the key, keep it, and have the history fetched.

    ``told``: what ``Asked.fields`` ask for. Raises NotAllowed, BadConnection, AlreadyConnected, and what the client says
    where the key does not do; nothing is kept then.
    """
    require(teammate, Right.CONNECT)
    asked = platform_named(platform)
    if history_days not in HISTORY_DAYS:
        raise BadConnection(f"History can reach back {', '.join(map(str, HISTORY_DAYS))} days.")
    secrets, options = asked.checked(told)
    _refuse_second(asked)
    checked = _tried(asked, secrets, options)
    with transaction.atomic():
        _refuse_second(asked)
        made = Connection.objects.create(
            platform=platform,
            name=platforms.name_of(asked, options),
            source=platform,
            options={**options, "makes_customers": makes_customers},
            found=_found(checked),
            history_days=history_days,
            created_by=teammate,
            next_at=timezone.now(),
            **_sealed(asked, platforms.salted(asked, secrets, before=None)),
        )
        record(teammate, "connected", made, connection=made.pk, options=options, history_days=history_days)
    return made


def change_key(teammate: Teammate, connection: Connection, told: Mapping[str, str]) -> Connection:
    """Another key, or other options; what is not said stays. The new ones are tried first. Raises as ``connect``."""
    require(teammate, Right.CONNECT)
    asked = platform_named(connection.platform)
    kept = {**secrets_of(connection), **{name: str(value) for name, value in connection.options.items()}}
    hidden = {field.name for field in asked.fields if field.is_secret}  # an empty one is shown and means: as it is
    said = {name: value for name, value in told.items() if value.strip() or name not in hidden}
    secrets, options = asked.checked({**kept, **said})
    checked = _tried(asked, secrets, options)
    with transaction.atomic():
        current = Connection.objects.select_for_update().get(pk=connection.pk)
        for name, value in _sealed(asked, platforms.salted(asked, secrets, before=secrets_of(current))).items():
            setattr(current, name, value)
        current.options = {**current.options, **options}
        current.name = platforms.name_of(asked, current.options)
        current.found, current.trouble, current.failures = _found(checked), "", 0
        current.next_at = timezone.now() if current.state == Connection.State.ACTIVE else None
        current.save()
        if not keeps_people(current):
            forget_visitors(current)
        record(teammate, "changed key of", current, connection=current.pk, options=options)
    return current


@transaction.atomic
def pause(teammate: Teammate, connection: Connection, *, paused: bool) -> Connection:
    """Ask no more by itself, or again. What is under way goes on to its end."""
    require(teammate, Right.CONNECT)
    current = Connection.objects.select_for_update().get(pk=connection.pk)
    wanted = Connection.State.PAUSED if paused else Connection.State.ACTIVE
    if current.state in {wanted, Connection.State.REMOVED}:
        return current
    current.state, current.next_at = wanted, None if paused else timezone.now()
    current.save(update_fields=["state", "next_at"])
    record(teammate, "paused" if paused else "resumed", current, connection=current.pk)
    return current


def remove(teammate: Teammate, connection: Connection, *, with_facts: bool) -> list[int]:
    """Forget the key and ask no more; with its facts every import it brought is undone. Returns those imports.

    Its audit rows stay. Raises NotAllowed.
    """
    from uptake.pipeline import durable  # it imports this room's work
    from uptake.pipeline.imports import cancel

    require(teammate, Right.CONNECT)
    with transaction.atomic():
        current = Connection.objects.select_for_update().get(pk=connection.pk)
        if current.state == Connection.State.REMOVED:
            return []
        current.state, current.next_at, current.removed_at = Connection.State.REMOVED, None, timezone.now()
        current.sealed, current.hint, current.sha256 = "", "", ""
        current.save()
        forget_visitors(current)
        open_runs = current.runs.filter(state__in=[SyncRun.State.WAITING, SyncRun.State.RUNNING])
        open_runs.update(state=SyncRun.State.STOPPED, finished_at=timezone.now(), message="The connection was removed.")
        imports = list(
            Import.objects.filter(connection_id=current.pk, state=Import.State.LIVE)
            .order_by("-pk")
            .values_list("pk", flat=True)
        )
        undone = imports if with_facts else []
        begun = Import.objects.filter(connection_id=current.pk, state=Import.State.RUNNING)
        stopped = list(begun.values_list("pk", flat=True)) if with_facts else []
        record(teammate, "removed", current, connection=current.pk, undone=undone)
    for import_id in stopped:
        cancel(import_id)
    # What went live in between, while it was being stopped, goes as well.
    late = Import.objects.filter(pk__in=stopped, state=Import.State.LIVE).values_list("pk", flat=True)
    for import_id in (*undone, *late):
        durable.start("undo", import_id)
    return [*undone, *late]


def client_of(connection: Connection, patience: Patience | None = None) -> Client:
    """To ask with. Raises SecretLost, and BadConnection for one that was removed."""
    asked = platform_named(connection.platform)
    if not connection.sealed:
        raise BadConnection(f"{connection} was removed; connect it again.")
    options = {name: str(value) for name, value in connection.options.items()}
    return asked.client(secrets_of(connection), options, patience or platforms.PATIENCE)


def secrets_of(connection: Connection) -> dict[str, str]:
    """Raises SecretLost."""
    found: dict[str, str] = json.loads(unseal(connection.sealed, key=settings.SECRET_KEY))
    return found


def next_time(connection: Connection, now: datetime) -> datetime:
    """When a connection is asked the next day: once its day is over for those who wait for it."""
    return min(_next_in(zone, now) for zone in _zones_waited_for(connection, now))


def _zones_waited_for(connection: Connection, now: datetime) -> list[tzinfo]:
    """Where it must be night: the one place whose day ends last, where the platform adds days up; else the workspace and,
    besides, the customers farthest to the west of it.
    """
    here = zone_named(settings.UPTAKE.time_zone)
    if adds_up_days(connection):
        return [_westernmost([here, zone_of(connection)], now)]
    return [here, _westernmost([here, *map(zone_named, customer_zones())], now)]


def _westernmost(zones: Sequence[tzinfo], now: datetime) -> tzinfo:
    return min(zones, key=lambda zone: now.astimezone(zone).replace(tzinfo=None))


def _next_in(zone: tzinfo, now: datetime) -> datetime:
    day = now.astimezone(zone).date()
    at = datetime.combine(day, ASKED_AT, tzinfo=zone).astimezone(UTC)
    return at if at > now else datetime.combine(day + timedelta(days=1), ASKED_AT, tzinfo=zone).astimezone(UTC)


def _tried(asked: Asked, secrets: Mapping[str, str], options: Mapping[str, str]) -> Checked:
    """What the key opens. Raises what the client says where it opens nothing."""
    with closing(asked.client(secrets, options, SOON)) as client:
        return client.check()


def _sealed(asked: Asked, secrets: Mapping[str, str]) -> dict[str, str]:
    key = secrets[asked.key_field]
    shown = key[-SHOWN_OF_KEY:] if len(key) >= 4 * SHOWN_OF_KEY else ""
    return {"sealed": seal(json.dumps(dict(secrets)), key=settings.SECRET_KEY), "hint": shown}


def _found(checked: Checked) -> dict[str, Any]:
    newest = str(checked.newest_on) if checked.newest_on else None
    return {
        "counts": dict(checked.counts),
        "time_zone": checked.time_zone,
        "newest_on": newest,
        "notes": list(checked.notes),
    }


def _refuse_second(asked: Asked) -> None:
    if Connection.objects.filter(platform=asked.platform).exclude(state=Connection.State.REMOVED).exists():
        raise AlreadyConnected(f"{asked.title} is connected already; change its key, or remove it first.")
