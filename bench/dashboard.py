"""``python -m bench.dashboard [10M|100M …]``: one account's dashboard data at 2,000 customers, in server time.

The home is the demo's, made once by the product's own command and kept in ``bench/data/``. As in ``bench.portfolio`` the
service behind page, API and PDF is called in a process, as the server does: no browser, no template, no network.

What is measured, per size:

- made ready: what the server works out ahead, once per state of the facts, for everybody;
- cold: a new process, the lake's files out of the page cache, the first dashboard it makes; ten processes;
- first of a customer: a process that runs, 200 customers of all sizes that nobody has looked at; what p95 is the goal of;
- again: the same customers once more, as a page that is opened a second time, or a list behind a number;
- report: the PDF of a customer whose dashboard nobody has looked at, in a process that runs; the first one it makes also
  reads fonts and templates.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.data import CUSTOMERS, DATA, EVENTS, UNTIL, UPTAKE
from bench.measure import use_cores

GOAL = 150.0  # ms, p95
REPORT_GOAL = 1_000.0  # ms, each
SIZES = ("1M", "10M", "100M")
OF_LAST_90_DAYS = 0.3364  # of all the demo's events; that is what it can be asked for
SAMPLE, COLD_STARTS = 200, 10
PERIODS = ("30d", "7d", "90d")
EDITIONS = ("internal", "customer")


def main() -> int:
    """0 when the goal is met for every size."""
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard")
    parser.add_argument("sizes", nargs="*", choices=[*SIZES, []], default=[])
    parser.add_argument("--one", choices=("ready", "cold", "warm", "reports"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sizes = asked.sizes or ["10M"]
    if asked.one:
        print(json.dumps(_in_process(_home(sizes[0]), asked.one)))
        return 0
    cores = use_cores()
    print(f"{CUSTOMERS['10M']:,} customers, Python {platform.python_version()}, {cores} cores; milliseconds")
    met = [_measured(size) for size in sizes]  # all of them, whatever comes of the first
    return 0 if all(met) else 1


def _measured(size: str) -> bool:
    _make_home(size)
    ready = _run(size, "ready")
    print(
        f"\n{ready['events']:,} events; made ready in {ready['seconds']:,.1f} s, {ready['queries']} engine queries a page"
    )
    print(f"| {'what':<34} | calls |    p50 |    p95 | slowest |\n|{'-' * 36}|------:|-------:|-------:|--------:|")
    cold = []
    for _ in range(COLD_STARTS):
        _forget_pages(_home(size))
        cold += _run(size, "cold")["took"]
    warm = _run(size, "warm")
    rows = [("cold: new process, cold files", cold)]
    rows += [(f"first of a customer, {period}", warm["first"][period]) for period in warm["first"]]
    rows += [("again", warm["again"]), ("the list behind a number, again", warm["lists"])]
    reports = _run(size, "reports")
    rows += [(f"report, {edition}", reports[edition]) for edition in EDITIONS]
    rows += [("report, first of a process", reports["first"])]
    for what, took in rows:
        print(f"| {what:<34} | {len(took):>5} | {_p(took, 50):>6,.0f} | {_p(took, 95):>6,.0f} | {max(took):>7,.0f} |")
    pages = max(_p(warm["first"]["30d"], 95), _p(warm["again"], 95))
    printed = max(_p(reports[edition], 95) for edition in EDITIONS)
    for what, p95, goal in (("dashboards", pages, GOAL), ("reports", printed, REPORT_GOAL)):
        print(f"{what}: goal {'met' if p95 <= goal else 'missed'}, p95 {p95:,.0f} ms of {goal:,.0f}")
    return pages <= GOAL and printed <= REPORT_GOAL


def _p(took: Sequence[float], percent: int) -> float:
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, -(-percent * len(ordered) // 100) - 1)]


def _home(size: str) -> Path:
    return DATA / f"dashboard-{size}"


def _make_home(size: str) -> None:
    """The demo's home; a half-made one of an earlier run is made again."""
    home = _home(size)
    if (home / "made").is_file():
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    events = round(OF_LAST_90_DAYS * EVENTS[size])
    asked = ("--customers", str(CUSTOMERS["10M"]), "--events", str(events), "--until", UNTIL)
    environment = os.environ | {"UPTAKE_HOME": str(home), "UPTAKE_MAX_FILE_SIZE": "50GB"}
    subprocess.run([str(UPTAKE), "demo", *asked, "--json"], check=True, env=environment, stdout=subprocess.DEVNULL)
    (home / "made").touch()


def _run(size: str, what: str) -> Any:
    """A process of its own, so that nothing of an earlier one is in memory."""
    command = [sys.executable, "-m", "bench.dashboard", size, "--one", what]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def _forget_pages(home: Path) -> None:
    """Take the home's files out of the page cache, as after a start of the machine."""
    os.sync()
    for path in home.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _in_process(home: Path, what: str) -> dict[str, Any]:
    os.environ["UPTAKE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "uptake.config.settings"
    import django

    django.setup()
    from uptake.pipeline import home as homes

    homes.prepare()
    return {"ready": _ready, "cold": _cold, "warm": _warm, "reports": _reports}[what]()


def _ready() -> dict[str, Any]:
    from uptake.kit.days import Period
    from uptake.lake import files
    from uptake.lake.models import DataFile
    from uptake.pipeline import scoring
    from uptake.pipeline.dashboard import board, dashboard

    began = time.perf_counter()
    for step in board.get_ready():
        step()
    seconds = time.perf_counter() - began
    for period in PERIODS:  # the other periods are worked out by whoever asks first; that is not what is measured
        made = board.board(scoring.newest_day(), Period.parse(period))
        made.weeks_of(0)
        queries = dashboard(_leader(), int(made.ids[0]), period=Period.parse(period)).queries
    events = sum(file.row_count for file in files.live(DataFile.Table.USAGE_EVENTS))
    return {"seconds": seconds, "queries": queries, "events": events}


def _cold() -> dict[str, Any]:
    from uptake.pipeline.dashboard import dashboard

    leader, chosen = _leader(), _chosen()
    return {"took": [_timed(lambda: dashboard(leader, chosen[os.getpid() % len(chosen)]))]}


def _warm() -> dict[str, Any]:
    from uptake.kit.days import Period
    from uptake.pipeline.dashboard import behind, dashboard

    leader, chosen = _leader(), _chosen()
    first: dict[str, list[float]] = {}
    again, lists = [], []
    for text in PERIODS:
        period = Period.parse(text)
        dashboard(leader, chosen[-1], period=period)  # the process has made one
        first[text] = []
        for customer_id in chosen[:-1]:
            first[text].append(_timed(lambda: dashboard(leader, customer_id, period=period)))  # noqa: B023
            again.append(_timed(lambda: dashboard(leader, customer_id, period=period)))  # noqa: B023
            lists.append(_timed(lambda: behind(leader, customer_id, "active", period=period)))  # noqa: B023
    return {"first": first, "again": again, "lists": lists}


def _reports() -> dict[str, list[float]]:
    from uptake.pipeline.report import making

    leader, chosen = _leader(), _chosen()[::4]
    took = {"first": [_timed(lambda: making.report(leader, chosen[-1]))]}
    for number, edition in enumerate(EDITIONS):  # each customer once, so that no dashboard was made before
        mine = chosen[number : -1 : len(EDITIONS)]
        took[edition] = [_timed(lambda: making.report(leader, each, edition=edition)) for each in mine]  # noqa: B023
    return took


def _timed(call: Any) -> float:
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def _leader() -> Any:
    from uptake.team.models import Teammate

    leader, _ = Teammate.objects.get_or_create(username="bench-leader", defaults={"role": "leader"})
    return leader


def _chosen() -> list[int]:
    """Customers spread evenly over all, in the order they were made: of every size and segment."""
    from uptake.customers.models import Customer

    everybody = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    return everybody[:: max(1, len(everybody) // SAMPLE)][: SAMPLE + 1]


if __name__ == "__main__":
    sys.exit(main())
