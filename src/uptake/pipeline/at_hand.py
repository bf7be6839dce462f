"""The engine with the tables of a state, left open for a while: pages ask several questions of the same facts.

Opening it, putting the tables on it and attributing the usage takes as long as most questions do.
"""

import atexit
import threading
from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
from django.conf import settings

from uptake.lake import files
from uptake.lake.engine import Engine, engine
from uptake.pipeline.published import Published
from uptake.pipeline.questions import Question, answer

if TYPE_CHECKING:
    from uptake.scores.tables import Tables

IDLE_SECONDS = 20.0


@dataclass(frozen=True)
class Bench:
    """An engine and what lies on it."""

    engine: Engine
    tables: "Tables"
    made_from: Hashable
    opened: ExitStack

    def answer(self, question: Question) -> pa.Table:
        """Ask it."""
        return answer(self.engine, question)


class _Place:
    """Where the one bench of this process stands."""

    def __init__(self) -> None:
        self.turn = threading.RLock()
        self.bench: Bench | None = None
        self.timer: threading.Timer | None = None

    def lay_out(self, known: Published) -> Bench:
        """With these tables: as it stands if it holds them, else anew."""
        made_from = _made_from(known)
        if self.bench is None or self.bench.made_from != made_from:
            self.put_away()
            with ExitStack() as opening:
                opened = opening.enter_context(engine())
                self.bench = Bench(opened, known.tables(opened), made_from, opening.pop_all())
        return self.bench

    def put_away(self) -> None:
        """Close the engine, if one is open, and forget what it held on disk."""
        with self.turn:
            if self.bench is not None:
                self.bench.opened.close()
                self.bench = None

    def put_away_later(self) -> None:
        self.timer = threading.Timer(IDLE_SECONDS, self.put_away)
        self.timer.daemon = True
        self.timer.start()


_place = _Place()
atexit.register(_place.put_away)


@contextmanager
def at_hand(known: Published) -> Iterator[Bench]:
    """The bench of this process with these tables on it; put away when nobody was at it for a while.

    One thread at a time is at it.
    """
    with _place.turn:
        if _place.timer is not None:
            _place.timer.cancel()
        try:
            yield _place.lay_out(known)
        except BaseException:
            _place.put_away()  # who knows in which state a question that failed left the engine
            raise
        _place.put_away_later()


def _made_from(known: Published) -> Hashable:
    """The state, the very files (of another home a state may be called alike), and the engine's settings."""
    options = settings.UPTAKE
    chosen = (options.engine, options.engine_memory, options.engine_threads, options.engine_spill)
    return known.token, str(files.root()), tuple(file.path for file in (*known.daily, *known.sessions)), chosen
