"""A server on loopback that answers what a stand-in says, or spoils it as the dial wants."""

import base64
import threading
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.standins.faults import Faults

HTML = b"<!doctype html><html><body><h1>We'll be right back</h1></body></html>"


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: bytes

    def basic(self) -> tuple[str, str]:
        """User and password of the request; both empty where it has none."""
        kind, _, rest = self.headers.get("authorization", "").partition(" ")
        if kind != "Basic":
            return "", ""
        user, _, password = base64.b64decode(rest).decode().partition(":")
        return user, password


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """One platform. A subclass gives ``answer``; ``key`` and ``url`` are what a client needs."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.asked: list[Asked] = []
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def terminated(self, answer: Answer) -> Answer:
        """The answer broken off in the platform's own way, where it has one."""
        return answer

    def now(self) -> float:
        return time.time() + self.faults.clock_skew

    def spoiled(self, asked: Asked) -> tuple[Answer | None, str]:
        """The answer as the dial wants it, and the fault that the sending itself is to have."""
        fault = self.faults.draw()
        if fault == "stall":
            self._closing.wait(self.faults.stall_seconds)
            return None, ""
        if fault == "reset":
            return None, ""
        if fault == "throttle":
            wait = self.faults.wait_seconds
            as_date = formatdate(self.now() + wait, usegmt=True)
            return Answer(
                429, b"slow down", "text/plain", {"Retry-After": self.faults.choice([f"{wait:g}", as_date])}
            ), ""
        if fault == "throttle_bare":
            return Answer(429, b"slow down", "text/plain"), ""
        if fault == "server_error":
            return Answer(self.faults.choice([500, 502, 503]), HTML, "text/html"), ""
        if fault == "expired":
            return Answer(401, b"the key has expired", "text/plain"), ""
        if fault == "wrong_json":
            return Answer(200, self.faults.choice([HTML, b'{"message": "try later"}', b'"ok"', b'{"results": 3}'])), ""
        answer = self.answer(asked)
        if fault == "terminated" and answer.status == 200:
            return self.terminated(answer), ""
        return answer, fault if answer.status == 200 else ""


def _handler_of(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._handle()

        def do_POST(self) -> None:
            self._handle()

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, query, headers, body)
            stand_in.asked.append(asked)
            answer, fault = stand_in.spoiled(asked)
            self.close_connection = True
            if answer is not None:
                self._send(answer, fault)

        def _send(self, answer: Answer, fault: str) -> None:
            body, length = answer.body, len(answer.body)
            said = True
            if fault == "cut" and length > 1:
                said = stand_in.faults.choice([True, False])
                body = body[: max(1, length * stand_in.faults.choice([1, 5, 9]) // 10)]
                if not said:  # an end at a line's end would be the end to anybody
                    body = body[:-1].rstrip(b"}\n") or body[:1]
            try:
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.kind)
                if said:
                    self.send_header("Content-Length", str(length))
                self.send_header("Connection", "close")
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:  # the client has left already
                pass

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(stand_in.now() if timestamp is None else timestamp, usegmt=True)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler
