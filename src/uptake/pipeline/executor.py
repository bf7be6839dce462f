"""Who does the durable work: one process per home, the one that holds its lock.

A command that finds the lock taken enqueues its work and follows it; when the holder goes away it takes the lock and
goes on. A launching executor takes up what its predecessor left, never what a living one is doing.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline.home import home

if TYPE_CHECKING:
    from django.db.models import QuerySet

# The shape of the workflows. It changes only when steps of a workflow that may be under way change, so that an upgrade
# goes on with work that an older version left.
WORKFLOW_SHAPE = "2"
IDLE_SECONDS = 10  # a command that is done lets go of the lock sooner; a worker keeps it
EXECUTOR_ID = "home"
QUEUE = "imports"


class DaysAreStale(ProductError):
    """Days were derived by another time zone, and the process that may derive them keeps the old one."""

    status = 409


class Lock:
    """The home's executor lock: held by this process until it is released or the process ends, however it ends."""

    def __init__(self) -> None:
        self.file: IO[str] | None = None

    def take(self) -> bool:
        """True when this process holds the lock now."""
        if self.file is not None:
            return True
        file = (home() / "executor.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self.file = file
        return True

    def release(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None


def system_database_url() -> str:
    """Where DBOS keeps what was done: beside the product's own tables, in a database of its own."""
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        return f"sqlite:///{home() / 'work.sqlite3'}"
    from urllib.parse import quote

    user = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}@" if database["USER"] else ""
    host, port = database["HOST"] or "", f":{database['PORT']}" if database["PORT"] else ""
    name = f"{database['NAME']}_work"
    if host.startswith("/"):  # a socket's folder
        return f"postgresql+psycopg://{user}/{name}?host={quote(host, safe='')}"
    return f"postgresql+psycopg://{user}{host}{port}/{name}"


_launched = False


def is_launched() -> bool:
    """Whether this process is the executor right now."""
    return _launched


@contextmanager
def launched() -> Iterator[None]:
    """DBOS at work in this process. Only for the holder of the lock."""
    from dbos import DBOS

    from uptake.pipeline import durable, faults  # registers the workflows

    DBOS(
        config={
            "name": "uptake",
            "system_database_url": system_database_url(),
            "executor_id": EXECUTOR_ID,
            "application_version": WORKFLOW_SHAPE,
            "log_level": "CRITICAL",
            "use_listen_notify": False,
            "notification_listener_polling_interval_sec": 0.05,
        }
    )
    global _launched  # noqa: PLW0603 - one executor a process, as DBOS itself is
    faults.stay()
    durable.sweep_before_launch()
    durable.settle_days()
    DBOS.launch()
    _launched = True
    try:
        durable.resume()
        yield
    finally:
        _launched = False
        durable.leave()  # before the lock is let go: two processes must never be at the same import
        DBOS.destroy(workflow_completion_timeout_sec=0)


def run_until(is_done: Callable[[], bool], *, enqueue: Callable[[], Any], look: Callable[[], None]) -> None:
    """Enqueue work and wait until ``is_done``: here if nobody holds the lock, else beside the holder.

    ``look`` is called a few times a second, to show progress.
    """
    lock = Lock()
    try:
        if lock.take():
            with launched():
                enqueue()
                _wait(is_done, look, lambda: True)
            return
        enqueue()
        _wait(is_done, look, lambda: not lock.take())
        if not is_done():  # the holder went away; the lock is ours
            with launched():
                _wait(is_done, look, lambda: True)
    finally:
        lock.release()


@contextmanager
def kept_launched() -> Iterator[None]:
    """Be the executor meanwhile, so that pieces of work one after the other cost one start.

    Nothing where another process holds the lock: it does the work then.
    """
    lock = Lock()
    try:
        if not lock.take():
            yield
            return
        with launched():
            yield
    finally:
        lock.release()


def _wait(is_done: Callable[[], bool], look: Callable[[], None], go_on: Callable[[], bool]) -> None:
    pause = 0.01
    while not is_done() and go_on():
        look()
        time.sleep(pause)
        pause = min(0.2, pause * 1.3)
        if not connection.in_atomic_block:
            with suppress(AttributeError):
                connection.close_if_unusable_or_obsolete()


def finish_what_was_left() -> None:
    """Go on with what a killed process left, unless somebody else is at it, and derive days that changed their zone.

    Afterwards the days shown are those of the live facts. Raises DaysAreStale when only a worker could see to that.
    """
    from uptake.pipeline import imports
    from uptake.pipeline.preview import drop_abandoned_previews

    left = _left()
    begun = Import.objects.filter(state=Import.State.PREVIEW)
    if not left.exists() and not begun.exists() and not imports.days_are_stale():
        return
    lock = Lock()
    try:
        if not _has_turn(lock):
            return
        if left.exists():
            left.update(message="")  # what failed is tried once more
            with launched():
                _wait(lambda: not left.filter(message="").exists(), lambda: None, lambda: True)
        else:
            drop_abandoned_previews()
        if imports.days_are_stale():
            imports.derive_again()
    finally:
        lock.release()


def _left() -> "QuerySet[Import]":
    """Imports with something still to be done for them."""
    return Import.objects.exclude(step="").exclude(state=Import.State.PREVIEW)


def _has_turn(lock: Lock) -> bool:
    """Take the lock, or find that a living executor has it and that what is shown is whole without us."""
    from uptake.pipeline import imports

    idle_since = time.monotonic()
    while not lock.take():
        if not imports.days_are_stale():
            return False
        if _left().filter(message="").exists():
            idle_since = time.monotonic()
        elif time.monotonic() - idle_since > IDLE_SECONDS:
            raise DaysAreStale("A time zone was changed while a worker runs: restart the worker, then ask again.")
        time.sleep(0.2)
    return True


def work_on() -> None:
    """Be the executor until the process is stopped: take the lock when it is free, and do what is enqueued."""
    work_until(threading.Event())


def work_until(stop: threading.Event) -> None:
    """Be the executor until told to stop; meanwhile other processes follow their work here.

    What pages show first is worked out as soon as the state changes, whichever process changed it, and so are alerts.
    """
    from uptake.pipeline.alerts.following import alerts_followed
    from uptake.pipeline.live.moving import moving
    from uptake.pipeline.sync.running import asked_in_time
    from uptake.pipeline.warm import kept_warm

    lock = Lock()
    with kept_warm():
        while not lock.take():
            if stop.wait(0.5):
                return
        try:
            with launched(), asked_in_time(), moving(), alerts_followed():
                stop.wait()
        finally:
            lock.release()
