"""What a sync does: days are asked for window by window, and each window becomes an import like any other.

Every step can be done again after a kill. What is asked and what came of it stands in ``SyncRun`` and ``SyncWindow``.
"""

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connections, transaction
from django.db.models import Max
from django.utils import timezone

from uptake.customers.profiles import note_profiles
from uptake.kit.days import zone_named
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline import preview
from uptake.pipeline.faults import hand_over_if_leaving
from uptake.pipeline.home import home
from uptake.pipeline.imports import GUIDES
from uptake.pipeline.sync.arrived import adds_up_days, days_that_came, midnight, zone_of
from uptake.pipeline.sync.connections import client_of, next_time
from uptake.pipeline.sync.guides import note_guides
from uptake.pipeline.sync.models import Connection, SyncRun, SyncWindow
from uptake.pipeline.sync.platforms import PLATFORMS
from uptake.pipeline.sync.visitors import keeps_people, note_visitors
from uptake.pipeline.workspace import customer_zones
from uptake.sources.pull import Pulled
from uptake.sources.reading import Answers, NeedsAnswer
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

log = logging.getLogger(__name__)

MOST_DAYS = 30  # in one window, as Pendo advises; a window is an import that can be undone
ASKED_AGAIN = 3  # days before yesterday that a daily sync asks for once more: platforms correct what is fresh
LONGEST_AGO = 730
WAITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))  # after the first failures; then a day

OPEN = (SyncRun.State.WAITING, SyncRun.State.RUNNING)


class AlreadySyncing(ProductError):
    """A sync of this connection is under way."""

    status = 409


def sync_now(teammate: Teammate, connection: Connection, *, days: int = 90) -> SyncRun:
    """Ask for the last days by hand. Raises NotAllowed, AlreadySyncing, and ProductError for days that cannot be."""
    require(teammate, Right.CONNECT)
    return begin(connection, SyncRun.Kind.BY_HAND, *days_back(connection, days), by=teammate)


def days_back(connection: Connection, days: int) -> tuple[date, date]:
    """What to ask the platform for, so that so many days have come. Raises ProductError."""
    if not 1 <= days <= LONGEST_AGO:
        raise ProductError(f"A sync reaches back 1 to {LONGEST_AGO} days, not {days}.")
    return asked_from(connection, last_whole_day(connection) - timedelta(days=days - 1)), asked_up_to(connection)


def begin(connection: Connection, kind: str, first: date, last: date, *, by: Teammate | None = None) -> SyncRun:
    """Note what shall be asked, and have it done. Raises AlreadySyncing."""
    from uptake.pipeline import durable

    with transaction.atomic():
        current = Connection.objects.select_for_update().get(pk=connection.pk)
        if current.state == Connection.State.REMOVED or current.runs.filter(state__in=OPEN).exists():
            raise AlreadySyncing(f"A sync of {current} is under way; wait for it, or look at how far it is.")
        run = SyncRun.objects.create(connection=current, kind=kind, first_day=first, last_day=last, begun_by=by)
        SyncWindow.objects.bulk_create(
            SyncWindow(run=run, first_day=since, last_day=to) for since, to in windows(first, last)
        )
        record(by, "asked to sync", current, connection=current.pk, run=run.pk, first=str(first), last=str(last))
        transaction.on_commit(lambda: durable.start("sync", run.pk))
    return run


def windows(first: date, last: date) -> list[tuple[date, date]]:
    """Of at most MOST_DAYS, the newest first: what people look at comes first."""
    found = []
    while last >= first:
        since = max(first, last - timedelta(days=MOST_DAYS - 1))
        found.append((since, last))
        last = since - timedelta(days=1)
    return found


def last_whole_day(connection: Connection) -> date:
    """The newest day that can have come: yesterday, in the workspace and where the platform adds the day up itself."""
    zones = [zone_named(settings.UPTAKE.time_zone), *([zone_of(connection)] if adds_up_days(connection) else [])]
    return min(timezone.now().astimezone(zone).date() for zone in zones) - timedelta(days=1)


def asked_from(connection: Connection, day: date) -> date:
    """The platform's day on which this one begins: the workspace's, and those of customers with a zone of their own."""
    if adds_up_days(connection):
        return day
    zones = {settings.UPTAKE.time_zone, *customer_zones()}
    return min(midnight(day, zone_named(zone)) for zone in zones).astimezone(zone_of(connection)).date()


def asked_up_to(connection: Connection) -> date:
    """The platform's day to ask up to. Of one that tells instants that with the last hour that is ready: where the
    workspace lies to the west of the platform, its yesterday ends within the platform's today."""
    if adds_up_days(connection):
        return last_whole_day(connection)
    ready = timezone.now() - PLATFORMS[connection.platform].ready_after
    return ready.astimezone(zone_of(connection)).date()


# Steps


def windows_of(run_id: int) -> list[int]:
    """The windows of a run that are still to be asked for, newest first; the run has begun then."""
    run = SyncRun.objects.filter(pk=run_id, state__in=OPEN).first()
    if run is None:
        return []
    if run.state == SyncRun.State.WAITING:
        SyncRun.objects.filter(pk=run_id).update(state=SyncRun.State.RUNNING, started_at=timezone.now())
    waiting = run.windows.filter(state=SyncWindow.State.WAITING)
    return list(waiting.order_by("-first_day").values_list("pk", flat=True))


def pull_window(window_id: int) -> int | None:
    """Ask for a window's days; the import that takes them further, None where nothing came or it failed."""
    window = SyncWindow.objects.select_related("run__connection").get(pk=window_id)
    if window.state != SyncWindow.State.WAITING or window.run.state not in OPEN:
        return None
    if window.import_id is not None and Import.objects.filter(pk=window.import_id).exists():
        return window.import_id  # killed after it was noted
    try:
        return _pulled(window)
    except ProductError as why:
        hand_over_if_leaving()
        _end(window, SyncWindow.State.FAILED, str(why))
        return None


def _pulled(window: SyncWindow) -> int | None:
    connection = window.run.connection
    folder = _folder(window.pk)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with closing(client_of(connection)) as client:
        pulled = client.pull(window.first_day, window.last_day, folder)
        note_profiles(connection.source, client.accounts())
        note_guides(connection.source, client.guides() if pulled.guides else ())
        if window.last_day == window.run.last_day:  # the newest window, once a sync: the list is long
            note_visitors(connection, client.people() if keeps_people(connection) else ())
    _count(window, pulled)
    if not pulled.files:
        return _nothing_came(window, pulled)
    answers = answers_for(connection)
    batch, found = preview.start_preview(pulled.files, answers)
    open_questions = preview.open_questions(found, answers)
    if open_questions:
        preview.drop(batch)
        raise NeedsAnswer(" ".join(question.sentence for question in open_questions), open_questions)
    return batch.pk if _confirmed(batch, window, answers, pulled) else None


def answers_for(connection: Connection) -> Answers:
    """What is known of a connection's rows beyond what they say themselves."""
    columns = {"customer": connection.options["account"]} if connection.options.get("account") else {}
    answers = Answers(columns=columns, platform=connection.platform, yes=True, workspace_zone=settings.UPTAKE.time_zone)
    zone = connection.options.get("time_zone") or connection.found.get("time_zone")
    return replace(answers, timezone=zone) if zone else answers


@transaction.atomic
def _confirmed(batch: Import, window: SyncWindow, answers: Answers, pulled: Pulled) -> bool:
    """From here on the import is work to be done, and the window knows it. False: the connection was removed meanwhile,
    and nothing is left of it."""
    connection = Connection.objects.select_for_update().get(pk=window.run.connection_id)
    if connection.state == Connection.State.REMOVED:
        preview.drop(batch)
        return False
    batch.connection_id, batch.begun_by = connection.pk, window.run.begun_by
    if PLATFORMS[connection.platform].holds_days_whole:
        batch.whole_days = [[str(window.first_day), str(window.last_day)]]
    batch.platform = connection.platform
    batch.report = {GUIDES: str(pulled.guides)} if pulled.guides else {}
    batch.save(update_fields=["connection_id", "begun_by", "whole_days", "platform", "report"])
    preview.confirm(batch, answers)
    SyncWindow.objects.filter(pk=window.pk).update(import_id=batch.pk)
    return True


def _nothing_came(window: SyncWindow, pulled: Pulled) -> int | None:
    """The platform knows of no use on these days. Where it told of some before, that has gone."""
    connection = window.run.connection
    if not PLATFORMS[connection.platform].holds_days_whole:
        return None
    days = {"first_day__lte": window.last_day, "last_day__gte": window.first_day}
    before = Import.objects.filter(connection_id=connection.pk, state=Import.State.LIVE, **days)
    if not pulled.guides and not before.exists():
        return None
    with transaction.atomic():
        batch = Import.objects.create()
        return batch.pk if _confirmed(batch, window, answers_for(connection), pulled) else None


def _count(window: SyncWindow, pulled: Pulled) -> None:
    window.requests, window.received, window.byte_count = pulled.requests, pulled.received, pulled.byte_count
    window.save(update_fields=["requests", "received", "byte_count"])
    if pulled.newest_at is not None:
        _note_newest(window.run, pulled.newest_at)


def _note_newest(run: SyncRun, at: datetime) -> None:
    """Of the run, and of its connection."""
    for rows in (SyncRun.objects.filter(pk=run.pk), Connection.objects.filter(pk=run.connection_id)):
        known = rows.aggregate(newest=Max("newest_at"))["newest"]
        if known is None or known < at:
            rows.update(newest_at=at)


def close_window(window_id: int) -> bool:
    """Note what came of it. False: it failed, and the run ends here."""
    window = SyncWindow.objects.get(pk=window_id)
    shutil.rmtree(_folder(window_id), ignore_errors=True)
    if window.state == SyncWindow.State.FAILED:
        return False
    if window.state != SyncWindow.State.WAITING:
        return True
    batch = Import.objects.filter(pk=window.import_id).first() if window.import_id else None
    if batch is None:
        _end(window, SyncWindow.State.EMPTY)
        return True
    if "sameAs" in batch.report:
        _end(window, SyncWindow.State.SAME)
        return True
    if batch.state != Import.State.LIVE:
        _end(window, SyncWindow.State.FAILED, batch.message or "The import was stopped.")
        return False
    window.kept, window.duplicates = batch.imported_count, batch.duplicate_count
    window.set_aside = batch.set_aside_count + batch.refused_count
    window.save(update_fields=["kept", "duplicates", "set_aside"])
    came = batch.rows_read or batch.report.get("guideEvents")
    _end(window, SyncWindow.State.DONE if came else SyncWindow.State.EMPTY)
    return True


def fail_window(window_id: int) -> None:
    """A bug, or a broken machine: what it was stands in the log."""
    told = "Something failed that should not; the server's log has it."
    _end(SyncWindow.objects.get(pk=window_id), SyncWindow.State.FAILED, told)


def _end(window: SyncWindow, state: str, message: str = "") -> None:
    SyncWindow.objects.filter(pk=window.pk).update(state=state, message=message[:400])


def close_run(run_id: int) -> None:
    """The run is over: how it went stands on it and on its connection, with when it is asked next."""
    with transaction.atomic():
        run = SyncRun.objects.select_for_update().select_related("connection").get(pk=run_id)
        if run.state not in OPEN:
            return
        failed = run.windows.filter(state=SyncWindow.State.FAILED).first()
        run.state = SyncRun.State.FAILED if failed else SyncRun.State.DONE
        run.message, run.finished_at = failed.message if failed else "", timezone.now()
        run.save(update_fields=["state", "message", "finished_at"])
        connection = Connection.objects.select_for_update().get(pk=run.connection_id)
        connection.trouble = run.message
        connection.failures = connection.failures + 1 if failed else 0
        if connection.state == Connection.State.ACTIVE:
            connection.next_at = _next_at(connection)
        connection.save(update_fields=["trouble", "failures", "next_at"])
        record(None, "synced" if not failed else "could not sync", connection, connection=connection.pk, run=run.pk)


def _next_at(connection: Connection) -> datetime:
    now, failures = timezone.now(), connection.failures
    daily = next_time(connection, now)
    return min(now + WAITS[failures - 1], daily) if 0 < failures <= len(WAITS) else daily


# When

LOOK_EVERY_SECONDS = 20.0


@contextmanager
def asked_in_time() -> Iterator[None]:
    """Meanwhile a thread beside asks every connection whose time has come. Only for the executor."""
    stop = threading.Event()
    thread = threading.Thread(target=_follow_the_clock, args=(stop,), name="syncs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow_the_clock(stop: threading.Event) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            begin_what_is_due()
        except Exception:  # a busy database must not end all syncs until somebody restarts
            log.exception("Looking for what is to be synced failed; going on.")
        stop.wait(LOOK_EVERY_SECONDS)
    connections.close_all()


def begin_what_is_due() -> None:
    """Ask every connection whose time has come."""
    due = Connection.objects.filter(state=Connection.State.ACTIVE, next_at__lte=timezone.now())
    for connection in due.exclude(sealed=""):
        first, last = days_due(connection)
        kind = SyncRun.Kind.DAILY if _was_asked(connection) else SyncRun.Kind.HISTORY
        try:
            begin(connection, kind, first, last)
        except AlreadySyncing:
            continue


def days_due(connection: Connection) -> tuple[date, date]:
    """What to ask the platform for: from the first day that never came, and the last few again, to the newest."""
    last = last_whole_day(connection)
    made_on = connection.created_at.astimezone(zone_named(settings.UPTAKE.time_zone)).date()
    beginning = made_on - timedelta(days=connection.history_days)
    fresh = last - timedelta(days=ASKED_AGAIN - 1)
    there = days_that_came(connection)
    wanted = (beginning + timedelta(days=n) for n in range((last - beginning).days + 1))
    missing = next((day for day in wanted if day not in there), fresh)
    return asked_from(connection, max(beginning, min(fresh, missing))), asked_up_to(connection)


def _was_asked(connection: Connection) -> bool:
    return connection.runs.filter(state=SyncRun.State.DONE).exists()


def _folder(window_id: int) -> Path:
    return home() / "pulled" / str(window_id)
