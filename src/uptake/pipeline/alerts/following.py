"""Alerts follow the facts: a loop beside the executor, which looks whenever something changed."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connections

from uptake.pipeline.alerts.run import is_import_under_way, run_what_is_due, token

LOOK_EVERY_SECONDS = 2.0
AT_MOST_SECONDS = 5.0

log = logging.getLogger(__name__)


@contextmanager
def alerts_followed() -> Iterator[None]:
    """Meanwhile a thread beside looks for alerts. Only for the holder of the executor's lock: of those there is one."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(stop,), name="alerts", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(AT_MOST_SECONDS)  # a day that is half applied is rolled back, and done by the next one


def follow(stop: threading.Event) -> None:
    """Look at once and whenever facts, rules or the day have changed, until ``stop`` is set."""
    seen = ""
    try:
        while not stop.is_set():
            close_old_connections()
            try:
                seen = look(seen)
            except Exception:  # a busy database, or a bug in one rule, must not end all alerts until a restart
                log.exception("Looking for alerts failed; going on.")
            stop.wait(LOOK_EVERY_SECONDS)
    finally:
        connections.close_all()


def look(seen: str) -> str:
    """One look, where the state is not the one that was seen; the state that is settled now."""
    now = token()
    if now == seen or is_import_under_way():
        return seen
    while run_what_is_due():
        pass  # days may have come meanwhile; until nothing is due
    return seen if is_import_under_way() else now
