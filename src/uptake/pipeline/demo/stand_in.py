"""A Pendo on this machine, for the demo: it answers over HTTP what the demo's subscription holds.

It listens on loopback only, from the moment somebody asks it, in the process that asks, on whatever port is free. So
its address need not outlive a restart, and a command beside the server finds one of its own with the same answers.
"""

import json
import threading
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from uptake.kit.errors import ProductError
from uptake.pipeline.demo.aggregation import BadPipeline, answered
from uptake.pipeline.home import home

REGION = "stand-in"
KEY = (
    "demo-of-uptake.stand-in"  # opens made-up data on this machine only, and is told on the page where it is asked for
)
HEADER = "X-Pendo-Integration-Key"
AGGREGATION, PREFIX = "/api/v1/aggregation", "/api/v1/"
SCHEMA = {"auto": {"id": {"Type": "string"}}, "agent": {"name": {"Type": "string"}}}

_starting = threading.Lock()


def subscription() -> Path:
    """Where a demo home keeps what its Pendo knows."""
    return home() / "demo-pendo.json"


def is_here() -> bool:
    """Whether this home has a stand-in."""
    return subscription().is_file()


def address() -> str:
    """Where it answers in this process, from now on. Raises ProductError in a home without one."""
    with _starting:
        return _address(subscription())


@cache
def _address(path: Path) -> str:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as why:
        raise ProductError("This home has no stand-in for Pendo; only the demo does.") from why
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(held))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="pendo stand-in", daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _handler_of(held: dict[str, Any]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = urlsplit(self.path).path.removeprefix(PREFIX)
            if name == "metadata/schema/account":
                self._say(HTTPStatus.OK, SCHEMA)
            elif name in held["lists"]:
                self._say(HTTPStatus.OK, held["lists"][name])
            else:
                self._say(HTTPStatus.NOT_FOUND, {"message": "not found"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if urlsplit(self.path).path != AGGREGATION:
                self._say(HTTPStatus.NOT_FOUND, {"message": "not found"})
                return
            try:
                self._say(HTTPStatus.OK, {"results": answered(held, json.loads(body)["request"]["pipeline"])})
            except (BadPipeline, ValueError, KeyError, TypeError) as why:
                self._say(HTTPStatus.BAD_REQUEST, {"message": f"invalid pipeline: {why}"})

        def _say(self, status: HTTPStatus, value: Any) -> None:
            if self.headers.get(HEADER) != KEY:
                status, value = HTTPStatus.UNAUTHORIZED, {"message": "invalid integration key"}
            sent = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: Any) -> None:
            """Nothing: what was asked stands in the audit of the sync."""

    return Handler
