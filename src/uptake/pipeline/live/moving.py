"""From the spool into facts, round after round, by the process that is the home's executor."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import close_old_connections, connections
from django.db.models import Count

from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.models import DataFile, Import
from uptake.lake.wall_clock import workspace_zone
from uptake.pipeline.live.arrivals import arrived, of_one_round
from uptake.pipeline.live.compacting import SMALL_BYTES, compact, compact_others
from uptake.pipeline.live.keeping import RECEIVED_ON, imports_of, keep, sweep_others, write_missing_set_aside
from uptake.pipeline.live.models import MovedSegment
from uptake.pipeline.live.spool import closed_segments
from uptake.pipeline.sync.models import Connection, Platform

LOOK_EVERY_SECONDS = 0.5
ROUND_EVERY_SECONDS = 15.0
SHARE = 2.0  # times the length of a round it rests
MOST_REST_SECONDS = 30.0
AGAIN_AFTER_SECONDS = 30.0  # what failed
SWEPT_EVERY_SECONDS = 300.0
READ_WITHIN = timedelta(minutes=30)  # today's days are derived so often that old ones cannot stay as long as others
TROUBLE = "Its events wait: they could not be made into facts; the server's log says why."

log = logging.getLogger(__name__)


class Mover:
    """Rounds of one executor. What fails is tried again later, and what comes behind it goes on meanwhile."""

    def __init__(self) -> None:
        self._not_before: dict[str, float] = {}  # segment -> when it is tried again
        self._day: date | None = None  # before which days are closed
        self._swept_at = float("-inf")

    def move(self) -> tuple[bool, bool]:
        """One round. (whether anything waited, whether more waits than fits into a round)"""
        now = time.monotonic()
        waiting = [path for path in closed_segments() if self._not_before.get(path.name, now) <= now]
        paths = of_one_round(waiting)
        for came in arrived(paths):
            try:
                keep(came)
                _tidy(came.connection_id, came.day)
            except Exception as why:  # whatever it was, what waits must not be lost for it
                log.exception("Live events could not be made into facts; they wait and are tried again.")
                _note_trouble(came.connection_id, why)
                self._not_before |= dict.fromkeys(came.segments, now + AGAIN_AFTER_SECONDS)
        for path in paths:
            if self._not_before.get(path.name, now) <= now:
                self._not_before.pop(path.name, None)
                path.unlink(missing_ok=True)
                MovedSegment.objects.filter(segment=path.name).delete()
        self._tidy_up(now)
        return bool(paths), len(waiting) > len(paths)

    def _tidy_up(self, now: float) -> None:
        today = datetime.now(tz=ZoneInfo(workspace_zone())).date()
        if today != self._day:
            close_days(today)
            self._day = today
        if now - self._swept_at >= SWEPT_EVERY_SECONDS:
            sources = Connection.objects.filter(platform=Platform.LIVE).values_list("source", flat=True)
            files.sweep_retired(after=READ_WITHIN, sources=list(sources))
            self._swept_at = now
            write_missing_set_aside()


def _note_trouble(connection_id: int, why: Exception) -> None:
    told = str(why) if isinstance(why, ProductError) else TROUBLE
    Connection.objects.filter(pk=connection_id).update(trouble=told[:400])


def _tidy(connection_id: int, day: date) -> None:
    connection = Connection.objects.get(pk=connection_id)
    if connection.trouble:
        Connection.objects.filter(pk=connection_id).update(trouble="")
    for batch in imports_of(connection_id, day).filter(state=Import.State.LIVE, step=""):
        compact(batch.pk)
        compact_others(batch.pk)


def close_days(today: date) -> None:
    """What came on days that are over is put into one file for each, where there are several."""
    small = DataFile.objects.filter(key=files.ONCE, retired_at=None, byte_count__lt=SMALL_BYTES)
    several = small.order_by().values("brought_by").annotate(count=Count("pk")).filter(count__gt=1)
    for import_id in several.values_list("brought_by", flat=True):
        batch = Import.objects.get(pk=import_id)
        if batch.report[RECEIVED_ON] < str(today):
            compact(batch.pk, at_least=2)
            compact_others(batch.pk, at_least=2)


def _rest(took: float, *, is_behind: bool) -> float:
    """Between two rounds: the other work needs the processor too."""
    return took if is_behind else min(MOST_REST_SECONDS, max(ROUND_EVERY_SECONDS - took, SHARE * took))


@contextmanager
def moving() -> Iterator[None]:
    """Meanwhile a thread moves what is spooled. It is over before the executor's lock is let go."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(stop,), name="live")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def follow(stop: threading.Event) -> None:
    """Round after round, until ``stop`` is set."""
    mover = Mover()
    try:
        sweep_others()
        while not stop.is_set():
            close_old_connections()
            began = time.monotonic()
            rest = LOOK_EVERY_SECONDS
            try:
                did, is_behind = mover.move()
                if did:
                    rest = _rest(time.monotonic() - began, is_behind=is_behind)
            except Exception:  # such as a database that is gone for a while
                log.exception("The spool of live events could not be looked at; it is tried again.")
                rest = AGAIN_AFTER_SECONDS
            stop.wait(rest)
    finally:
        connections.close_all()
