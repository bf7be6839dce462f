"""While work is done: how far it is, how it is stopped or left to another process, and what is said when the disk is full."""

import errno
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb
from django.conf import settings
from django.db import connection

from uptake.kit.errors import ProductError
from uptake.lake.models import Import

DISK_FULL_WORDS = ("no space left", "disk full", "max_temp_directory_size", "disk quota", "file too large")

_reading: dict[int, duckdb.DuckDBPyConnection] = {}
_leaving = threading.Event()


class HandedOver(BaseException):
    """This process leaves; the next executor does the step again.

    Not an Exception: what catches those would write down that the work failed, when it is only not done yet.
    """


@contextmanager
def progress(con: duckdb.DuckDBPyConnection, import_id: int) -> Iterator[None]:
    """Tell the import how far its reading is, a few times a second, from a thread of its own; stop it when it must."""
    con.execute("SET enable_progress_bar = true")
    con.execute("SET enable_progress_bar_print = false")
    _reading[import_id] = con
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            share = max(0.0, con.query_progress() / 100)
            going_on = Import.objects.filter(pk=import_id, state=Import.State.RUNNING).update(done_share=share)
            if not going_on or _leaving.is_set():  # cancelled, maybe by another process; a second read is stopped too
                con.interrupt()
        connection.close()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        _reading.pop(import_id, None)


@contextmanager
def disk_full_said() -> Iterator[None]:
    try:
        yield
    except OSError as why:
        if why.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        raise ProductError(_disk_full_sentence()) from why
    except duckdb.Error as why:
        if not any(word in str(why).lower() for word in DISK_FULL_WORDS):
            raise
        raise ProductError(_disk_full_sentence()) from why


def _disk_full_sentence() -> str:
    free = shutil.disk_usage(settings.UPTAKE_HOME).free / 1e6
    return f"The disk of {settings.UPTAKE_HOME} is full ({free:,.0f} MB free): nothing was imported. Free space and import again."


def leave() -> None:
    """Stop reading, and begin nothing any more: this process hands its work over."""
    _leaving.set()
    for con in list(_reading.values()):
        with suppress(duckdb.Error):  # it was closed this moment
            con.interrupt()


def stay() -> None:
    """This process does the work again."""
    _leaving.clear()


def is_leaving() -> bool:
    """Whether this process hands its work over: nothing that waits for somebody else should go on waiting."""
    return _leaving.is_set()


def hand_over_if_leaving() -> None:
    """Raises HandedOver once this process leaves. Called between steps, and where an interrupted one ends."""
    if _leaving.is_set():
        raise HandedOver


def interrupt(import_id: int) -> None:
    """Stop reading for an import, if this process does."""
    if con := _reading.get(import_id):
        con.interrupt()
