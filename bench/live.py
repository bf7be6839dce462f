"""``python -m bench.live [--seconds 60]``: live events over HTTP, each answer durable, from another process on this machine.

The server is ``uptake serve`` itself, pages, scores and the move into facts included, on a home of its own in
``bench/data/``. The sender keeps some connections open and posts batches of 100 ``track`` calls as an SDK writes them, each
with ids of its own; it begins the next one when the last is answered. Both share the cores. In the end every event that was
answered must stand in the facts, once. The first seconds, while the server makes its pages ready for the first time, are sent
like the others and not timed.
"""

import argparse
import asyncio
import base64
import json
import os
import platform
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.data import DATA
from bench.measure import use_cores

GOAL_RATE, GOAL_P99 = 20_000.0, 250.0  # events/s; ms
BATCH, CONNECTIONS = 100, 8
CUSTOMERS, PEOPLE, FEATURES = 200, 20, 40
HOME = DATA / "live"
RUN = b"@@@@@@@@"  # in a batch's text: its number, so that no id comes twice
LEAD_IN = 5.0  # seconds that are not timed
SETTLED_WITHIN = 120.0
LINE = "| {:<34} | {:>12} |"


@dataclass
class Sending:
    """What the sender saw."""

    took: list[float] = field(default_factory=list)  # ms, of each request that was timed
    sent: int = 0  # events that were answered with 200
    timed: int = 0  # those of them in requests that were timed
    refused: dict[int, int] = field(default_factory=dict)  # status -> requests


def main() -> int:
    """0 when the goals are met and every event stands in the facts once."""
    parser = argparse.ArgumentParser(prog="python -m bench.live")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=0.0, help="events a second; default as many as are taken")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        return _serve(asked.serve)
    cores = use_cores()
    print(f"Python {platform.python_version()}, {cores} cores for server and sender together; batches of {BATCH}")
    shutil.rmtree(HOME, ignore_errors=True)
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.live", "--serve", str(port)],
        env=os.environ | {"UPTAKE_HOME": str(HOME)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        return _measured(server, port, asked)
    finally:
        if server.poll() is None:
            server.kill()


def _serve(port: int) -> int:
    """In the server's process: the product's own command, then how often it synced."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "uptake.config.settings"
    import django

    django.setup()
    from uptake.pipeline import home
    from uptake.pipeline.commands.serve import run
    from uptake.pipeline.live.keys import create_live_source

    home.prepare()
    _, key = create_live_source("Bench", None)
    print(json.dumps({"key": key}), flush=True)
    with suppress(KeyboardInterrupt):  # the way it is stopped
        run("127.0.0.1", port)
    from uptake.api.live import door

    print(json.dumps({"syncs": door().spool.syncs}), flush=True)
    return 0


def _measured(server: "subprocess.Popen[str]", port: int, asked: argparse.Namespace) -> int:
    key = _next_told(server)["key"]
    _wait_for(port)
    memory = [_resident_mb(server.pid)]
    began, cpu = time.perf_counter(), _cpu_seconds(server.pid)
    sending = asyncio.run(_send(port, key, asked, server.pid, memory))
    busy = (_cpu_seconds(server.pid) - cpu) / (time.perf_counter() - began)
    counted, visible_after = _settled(sending.sent)
    memory.append(_resident_mb(server.pid))
    server.send_signal(signal.SIGINT)
    syncs = _next_told(server)["syncs"]
    server.wait(60)
    rate = sending.timed / asked.seconds
    rows = [
        ("events answered", f"{sending.sent:,}"),
        ("events a second", f"{rate:,.0f}"),
        *((f"answer, p{percent}", f"{_p(sending.took, percent):,.1f} ms") for percent in (50, 95, 99)),
        ("slowest answer", f"{max(sending.took):,.1f} ms"),
        *((f"requests answered {status}", f"{count:,}") for status, count in sorted(sending.refused.items())),
        ("fsyncs", f"{syncs:,}"),
        ("requests per fsync", f"{sending.sent / BATCH / max(1, syncs):,.1f}"),
        ("server's processor time", f"{busy:.0%}"),
        ("resident at the start", f"{memory[0]:,.0f} MB"),
        ("resident after a third", f"{memory[len(memory) // 3]:,.0f} MB"),
        ("resident, most", f"{max(memory):,.0f} MB"),
        ("resident at the end", f"{memory[-1]:,.0f} MB"),
        ("all in the facts after", f"{visible_after:,.0f} s"),
    ]
    for row in rows:
        print(LINE.format(*row))
    every = counted == {"imported": sending.sent, "duplicates": 0, "setAside": 0, "refused": 0}
    print("every event stands in the facts, once" if every else f"NOT every event: {counted} of {sending.sent:,}")
    wanted = asked.rate or GOAL_RATE
    met = rate >= min(wanted * 0.99, GOAL_RATE) and _p(sending.took, 99) <= GOAL_P99
    print("goal met" if met else f"goal missed: {GOAL_RATE:,.0f} events/s with p99 within {GOAL_P99:.0f} ms")
    return 0 if met and every else 1


async def _send(port: int, key: str, asked: argparse.Namespace, pid: int, memory: list[float]) -> Sending:
    sending, template = Sending(), _template()
    timed_from = time.perf_counter() + LEAD_IN
    until = timed_from + asked.seconds
    numbers = iter(range(10**8))
    head = (
        f"POST /v1/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Basic {base64.b64encode(f'{key}:'.encode()).decode()}\r\nContent-Length: {len(template)}\r\n\r\n"
    ).encode()
    pause = BATCH * asked.connections / asked.rate if asked.rate else 0.0

    async def one(place: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        due = time.perf_counter() + pause * place / asked.connections
        while time.perf_counter() < until:
            if pause:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                due += pause
            body = template.replace(RUN, b"%08x" % next(numbers))
            began = time.perf_counter()
            writer.write(head + body)
            status = await _status(reader)
            is_timed = began >= timed_from
            if is_timed:
                sending.took.append(1000 * (time.perf_counter() - began))
            if status == 200:
                sending.sent += BATCH
                sending.timed += BATCH * is_timed
            else:
                sending.refused[status] = sending.refused.get(status, 0) + 1
                await asyncio.sleep(0.5)
        writer.close()

    async def watch() -> None:
        while time.perf_counter() < until:
            await asyncio.sleep(1)
            memory.append(_resident_mb(pid))

    await asyncio.gather(watch(), *(one(place) for place in range(asked.connections)))
    return sending


async def _status(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


def _template() -> bytes:
    """A batch as ``segment-analytics-python`` writes it; of many customers, people and features."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    library = {"name": "analytics-python", "version": "2.4.0"}
    messages = [
        {
            "integrations": {},
            "anonymousId": None,
            "properties": {"reportType": "usage", "rows": n},
            "timestamp": f"{now}.{n:03d}+00:00",
            "context": {"library": library, "groupId": f"customer-{n * 7 % CUSTOMERS}"},
            "type": "track",
            "userId": f"user-{n * 7 % CUSTOMERS}-{n % PEOPLE}",
            "event": f"Feature {n % FEATURES} Used",
            "messageId": f"{RUN.decode()}-0000-4000-8000-{n:012d}",
        }
        for n in range(BATCH)
    ]
    return json.dumps({"batch": messages, "sentAt": f"{now}.200+00:00"}).encode()


def _settled(sent: int) -> tuple[dict[str, int], float]:
    """What the imports count once everything is moved, and how long that took after the last answer."""
    began = time.perf_counter()
    while True:
        counted = _counted()
        if sum(counted.values()) >= sent or time.perf_counter() - began > SETTLED_WITHIN:
            return counted, time.perf_counter() - began
        time.sleep(1)


def _counted() -> dict[str, int]:
    columns = {"imported": "imported_count", "duplicates": "duplicate_count", "setAside": "set_aside_count"}
    columns["refused"] = "refused_count"
    sums = ", ".join(f"coalesce(sum({column}), 0)" for column in columns.values())
    with closing(sqlite3.connect(f"file:{HOME / 'uptake.sqlite3'}?mode=ro", uri=True, timeout=10)) as database:
        return dict(zip(columns, database.execute(f"SELECT {sums} FROM lake_import").fetchone(), strict=True))


def _next_told(server: "subprocess.Popen[str]") -> Any:
    """The next line of the server that is ours; what it says to people is passed over."""
    if server.stdout is None:
        raise AssertionError("the server's output is a pipe")
    for line in server.stdout:
        if line.startswith("{"):
            return json.loads(line)
    raise RuntimeError("the server ended early")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu_seconds(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def _p(took: Sequence[float], percent: int) -> float:
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, -(-percent * len(ordered) // 100) - 1)]


if __name__ == "__main__":
    sys.exit(main())
