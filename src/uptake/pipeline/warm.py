"""Pages are quick from the first: what they show of the newest state is worked out before anybody asks."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
                    seen = now
                    get_ready(stop)
            except Exception:  # whoever opens the page is told; a busy database must not end the following
                log.exception("What pages show first could not be worked out ahead.")
            # As long a rest as the work took: where much is changed, pages need the processor too.
            stop.wait(max(LOOK_EVERY_SECONDS, time.monotonic() - began))
    finally:
        connections.close_all()


def get_ready(stop: threading.Event) -> None:
    """One round, which ends early when ``stop`` is set."""
    try:
        scoring.newest_day()
    except scoring.NothingToScore:
        _practise(stop)
    else:
        _do(_first_shown(), stop)


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
        board.get_ready,  # last: it derives the sessions of all facts, which takes longest
    )


def _practise(stop: threading.Event) -> None:
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
    _do([partial(asked, make) for make in makes], stop)


def _do(steps: Sequence[Callable[[], object]], stop: threading.Event) -> None:
    for step in steps:
        if stop.is_set():
            return
        step()
