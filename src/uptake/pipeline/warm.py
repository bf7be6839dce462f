"""Pages are quick from the first: what they show of the newest state is worked out before anybody asks."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import partial

from django.db import close_old_connections, connections

from uptake.pipeline import scoring
from uptake.pipeline.at_hand import Bench, at_hand
from uptake.pipeline.published import published, yesterday
from uptake.pipeline.state import state

LOOK_EVERY_SECONDS = 0.3
AT_MOST_SECONDS = 5.0

log = logging.getLogger(__name__)


class _Pressing:
    """Work that somebody waits for, in this process."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._under_way = 0

    @contextmanager
    def work(self) -> Iterator[None]:
        with self._turn:
            self._under_way += 1
        try:
            yield
        finally:
            with self._turn:
                self._under_way -= 1
                self._turn.notify_all()

    def wait(self, stop: threading.Event) -> bool:
        """Until there is none, or ``stop`` is set; whether there was any."""
        with self._turn:
            was = self._under_way > 0
            while self._under_way and not stop.is_set():
                self._turn.wait(LOOK_EVERY_SECONDS)
        return was


_pressing = _Pressing()


def put_off() -> AbstractContextManager[None]:
    """Nothing is got ready meanwhile: on a small machine that would take a good half of the processor from an import.

    What is begun is brought to its end; its pieces are a second or two long.
    """
    return _pressing.work()


@contextmanager
def kept_warm() -> Iterator[None]:
    """Meanwhile a thread beside follows the state. The work itself never waits for it."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(stop,), name="warm", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(AT_MOST_SECONDS)  # what it still works out is nobody's to wait for


def follow(stop: threading.Event) -> None:
    """Get ready at once and whenever the state has changed, until ``stop`` is set."""
    seen = ""
    try:
        while not stop.is_set():
            close_old_connections()
            began = time.monotonic()
            try:
                now = state()  # before the work: what changes meanwhile is seen the next time
                if now != seen:
                    seen = now  # also where it fails: it would fail again
                    if not get_ready(stop):
                        seen = ""
            except Exception:  # whoever opens the page is told; a busy database must not end the following
                log.exception("What pages show first could not be worked out ahead.")
            # As long a rest as the work took: where much is changed, pages need the processor too.
            stop.wait(max(LOOK_EVERY_SECONDS, time.monotonic() - began))
    finally:
        connections.close_all()


def get_ready(stop: threading.Event) -> bool:
    """One round. False: it ended early, because ``stop`` was set or more pressing work came in between."""
    try:
        scoring.newest_day()
    except scoring.NothingToScore:
        return _practise(stop)
    return _do(_first_shown(), stop)


def _first_shown() -> Sequence[Callable[[], object]]:
    """In the order in which an import's results ask for it."""
    from uptake.pipeline import (  # heavy, as all that runs expressions
        feature_use,
        health,
        insight_view,
        leader,
        portfolio,
    )
    from uptake.pipeline.dashboard import board

    return (
        portfolio.get_ready,
        feature_use.feature_use,
        insight_view.get_ready,
        health.health_rows,
        leader.get_ready,
        *board.get_ready(),  # last: it derives the sessions of all facts, which takes longest
    )


def _practise(stop: threading.Event) -> bool:
    """Ask the questions of no usage: their SQL is ready when the first import comes. Nothing of it is kept."""
    from uptake.pipeline import feature_use, insight_facts

    day = yesterday()
    known = published()

    def asked(make: Callable[[Bench, date], object]) -> None:
        with at_hand(known) as bench:  # left in between: an import may want it
            make(bench, day)

    makes = (
        scoring.scores_made,
        scoring.weeks_made,
        feature_use.reach_made,
        insight_facts.last_days_made,
        insight_facts.top_users_made,
    )
    return _do([partial(asked, make) for make in makes], stop)


def _do(steps: Sequence[Callable[[], object]], stop: threading.Event) -> bool:
    for step in steps:
        if _pressing.wait(stop) or stop.is_set():
            return False  # an import changes what the first steps show
        step()
    return True
