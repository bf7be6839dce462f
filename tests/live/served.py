"""``uptake serve`` as a process, on a port that stays the same when it is killed and started again."""

import base64
import http.client
import json
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.stories import Running, Stage

WITHIN_SECONDS = 60.0  # an event must be a fact by then
PATIENCE_SECONDS = 240.0  # on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(is_there: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> float:
    """Look until it is there; after how many seconds it was."""
    began = time.monotonic()
    while not is_there():
        if time.monotonic() - began > seconds:
            raise TimeoutError("what was waited for never came")
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass
class Served:
    """A home that is served, with one source of live events."""

    stage: Stage
    port: int
    key: str
    running: Running | None = None

    @classmethod
    def of(cls, stage: Stage) -> "Served":
        made = stage.told("source", "add", "Web app")
        return cls(stage, free_port(), made["writeKey"])

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.running = self.stage.start("serve", "--port", str(self.port))
        until(self.answers)

    def kill(self) -> None:
        if self.running is not None:
            self.running.kill()
            self.running = None

    def answers(self) -> bool:
        if self.running is not None and self.running.is_over:
            raise AssertionError(self.running.ended())
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def post(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """(status, answer); JSON both ways."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        key = base64.b64encode(f"{self.key}:".encode()).decode()
        told = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", path, told, {"Authorization": f"Basic {key}", **(headers or {})})
        answer = connection.getresponse()
        try:
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def ledger(self) -> dict[str, int]:
        """Of all imports together."""
        names = ("rowsRead", "imported", "duplicates", "setAside", "refused")
        columns = ("rows_read", "imported_count", "duplicate_count", "set_aside_count", "refused_count")
        sums = ", ".join(f"coalesce(sum({column}), 0)" for column in columns)
        [row] = self.stage.rows(f"SELECT {sums} FROM lake_import") or [(0, 0, 0, 0, 0)]
        return dict(zip(names, row, strict=True))

    def is_moved(self) -> bool:
        """Whether nothing waits any more."""
        return not list((self.stage.path / "live" / "spool").glob("*"))
