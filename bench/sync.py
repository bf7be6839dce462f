"""``python -m bench.sync [rows|day …]``: what a sync costs apart from the network.

- rows: a million rows of Pendo, 30 days, as they were taken into files, become facts in a new home;
- day: one day's sync of 100,000 rows arrives in the home of 100M events of ``bench.dashboard``, and the portfolio's
  scores are those of the new day. The home is copied first; its facts are linked, not copied.

The server that is asked runs in this process, and what it and the network take is told apart. The steps are those of the
durable work, called one after the other.
"""

import argparse
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.data import DATA, UNTIL
from bench.measure import use_cores

ROWS_GOAL, DAY_GOAL = 15.0, 2.0  # s
HOME = DATA / "sync"
LARGE_HOME = DATA / "dashboard-100M"
LAST = date.fromisoformat(UNTIL)
LINE = "| {:<58} | {:>7.2f} |"


def main() -> int:
    """0 when the goals of what was asked are met."""
    parser = argparse.ArgumentParser(prog="python -m bench.sync")
    parser.add_argument("what", nargs="*", choices=["rows", "day", []], default=[])
    asked = parser.parse_args().what or ["rows", "day"]
    cores = use_cores()
    print(f"Python {platform.python_version()}, {cores} cores; seconds")
    met = [_in_own_process(what) if len(asked) > 1 else {"rows": _rows, "day": _day}[what]() for what in asked]
    return 0 if all(met) else 1


def _in_own_process(what: str) -> bool:
    """One home a process."""
    sys.stdout.flush()
    return os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-m", "bench.sync", what) == 0


def _rows() -> bool:
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    _begin(HOME)
    took = _synced(first=LAST - timedelta(days=29), last=LAST, rows_a_day=14_000, accounts=None)
    into_facts = sum(took["steps"].values())
    _say(f"{took['rows']:,} rows of Pendo, 30 days", took)
    print(LINE.format("into facts, apart from the network", into_facts))
    return _said(into_facts, ROWS_GOAL)


def _day() -> bool:
    if not (LARGE_HOME / "made").is_file():
        print("There is no home of 100M events yet; make it with python -m bench.dashboard 100M.")
        return False
    shutil.rmtree(HOME, ignore_errors=True)
    shutil.copytree(LARGE_HOME / "lake", HOME / "lake", copy_function=os.link)
    for path in LARGE_HOME.iterdir():
        if path.is_file():
            shutil.copy2(path, HOME / path.name)
    _begin(HOME)
    from uptake.customers.models import Account
    from uptake.pipeline import scoring
    from uptake.pipeline.dashboard import board

    accounts = dict(Account.objects.filter(customer__isnull=False).values_list("account_id", "customer__name"))
    for step in board.get_ready():
        step()
    scoring.scores()  # as a server that runs: the engine is there, the day before has been looked at
    took = _synced(first=LAST + timedelta(days=1), last=LAST + timedelta(days=1), rows_a_day=33_000, accounts=accounts)
    with _timed(took["steps"], "every customer's score of the new day"):
        found = scoring.scores()
    assert found.as_of > LAST, found.as_of
    refresh = sum(took["steps"].values())
    _say(f"{took['rows']:,} rows of Pendo, one day, into 100M events", took)
    print(LINE.format("from what came to the new scores", refresh))
    ready: dict[str, float] = {}
    with _timed(ready, "beside that: every dashboard got ready"):
        for step in board.get_ready():
            step()
    for what, seconds in ready.items():
        print(LINE.format(what, seconds))
    return _said(refresh, DAY_GOAL)


def _begin(home: Path) -> None:
    os.environ["UPTAKE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "uptake.config.settings"
    import django

    django.setup()
    from uptake.pipeline import home as homes

    homes.prepare()


def _synced(*, first: date, last: date, rows_a_day: int, accounts: dict[str, str] | None) -> dict[str, Any]:
    """Ask a stand-in for these days and import what came; what each step took."""
    from tests.standins.pendo import PendoStandIn
    from tests.standins.pendo_truth import PendoTruth
    from tests.syncing import connected

    from uptake.lake.models import Import
    from uptake.pipeline import durable, imports
    from uptake.pipeline.sync import running
    from uptake.pipeline.sync.models import SyncRun

    days = (last - first).days + 1
    truth = PendoTruth(first=first, days=days, zone="UTC", accounts=2_000, people=25, rows=rows_a_day, named=accounts)
    network: dict[str, float] = {}
    steps: dict[str, float] = {}
    with PendoStandIn(truth) as server:
        connection = connected(server)
        connection.runs.all().delete()  # the history that a new connection begins with is not what is measured
        run = running.begin(connection, SyncRun.Kind.BY_HAND, first, last)
        [window] = running.windows_of(run.pk)
        with _timed(network, "asked and taken into files, the stand-in included"):
            import_id = running.pull_window(window)
    assert import_id is not None
    for step in durable.IMPORT:
        with _timed(steps, WORDS.get(step, step)):
            if imports.begin_step(import_id, step):
                durable.STEPS[step](import_id)
    running.close_window(window)
    running.close_run(run.pk)
    return {"rows": Import.objects.get(pk=import_id).rows_read, "network": network, "steps": steps}


WORDS = {
    "stage": "fingerprints of the files",
    "convert": "read and judge every row, write facts",
    "commit": "derive days, map accounts, commit",
}


@contextmanager
def _timed(into: dict[str, float], what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    into[what] = time.perf_counter() - began


def _say(title: str, took: dict[str, Any]) -> None:
    print(f"\n{title}\n| {'step':<58} | seconds |\n|{'-' * 60}|--------:|")
    for what, seconds in (took["network"] | took["steps"]).items():
        print(LINE.format(what, seconds))


def _said(seconds: float, goal: float) -> bool:
    print(f"goal {'met' if seconds <= goal else 'missed'}: {seconds:.2f} s of {goal:g}")
    return seconds <= goal


if __name__ == "__main__":
    sys.exit(main())
