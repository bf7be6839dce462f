"""The dial: what may go wrong with an answer, how likely, and how often it did."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Faults:
    """Chances between 0 and 1, drawn for each request from one seeded random; ``counts`` tells how often each came.

    At most one fault of an answer's way (throttle … expired) comes at a time; repeated and reordered rows may come besides.
    """

    seed: int = 0
    throttle: float = 0  # 429 that says how long to wait, in seconds or as a date
    throttle_bare: float = 0  # 429 that does not
    server_error: float = 0  # 500, 502, 503
    stall: float = 0  # nothing for ``stall_seconds``, then hung up
    reset: float = 0  # hung up at once
    cut: float = 0  # the body ends before its end, with or without having said its length
    wrong_json: float = 0  # 200, and a page of HTML or the JSON of something else
    expired: float = 0  # 401, as of a key that is not valid any more
    repeat: float = 0  # some rows come twice in the answer
    reorder: float = 0  # rows come in another order than asked for
    terminated: float = 0  # Mixpanel: 200, and “export terminated early” as the last line
    clock_skew: float = 0  # seconds by which the server's clock is ahead, always
    wait_seconds: float = 0  # what a throttled answer says
    stall_seconds: float = 5
    counts: Counter[str] = field(default_factory=Counter)

    WAYS = ("throttle", "throttle_bare", "server_error", "stall", "reset", "cut", "wrong_json", "expired", "terminated")

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._lock = threading.Lock()

    def draw(self) -> str:
        """The fault of the next answer; empty: none."""
        with self._lock:
            self.counts["requests"] += 1
            at = self._random.random()
            for way in self.WAYS:
                at -= getattr(self, way)
                if at < 0:
                    self.counts[way] += 1
                    return way
            return ""

    def choice(self, options: Sequence[Any]) -> Any:
        with self._lock:
            return self._random.choice(options)

    def rows(self, rows: Sequence[Any]) -> list[Any]:
        """The rows of an answer, maybe some twice and in another order."""
        with self._lock:
            out = list(rows)
            if out and self._random.random() < self.repeat:
                self.counts["repeat"] += 1
                again = self._random.sample(out, k=max(1, len(out) // 10))
                out += again
            if self._random.random() < self.reorder:
                self.counts["reorder"] += 1
                self._random.shuffle(out)
            return out
