"""For whole stories: files of usage made by hand, commands that run side by side or are killed, and what a home holds."""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq
import pytest

from tests.command import SECONDS, UPTAKE, Home, Said

LAST_DAY = date(2026, 6, 30)  # of every story's usage, so that no midnight changes a score
LONG_AGO_SECONDS = 3600.0

Row = Sequence[object]


@dataclass(frozen=True)
class Running:
    """A command under way, in a session of its own: whatever it started can be killed with it, and nothing else."""

    process: "subprocess.Popen[str]"
    out: IO[str] = field(repr=False)
    err: IO[str] = field(repr=False)

    def kill(self) -> None:
        """SIGKILL, as a power cut would: no line of the command runs after it."""
        if not self.is_over:  # it leads its own group, and until it is waited for the id is nobody else's
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(SECONDS)
        self._close()

    def ended(self) -> Said:
        """Wait for its end."""
        try:
            code = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        said = []
        for stream in (self.out, self.err):
            stream.seek(0)
            said.append(stream.read())
        self._close()
        return Said(code, *said)

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None

    def _close(self) -> None:
        self.out.close()
        self.err.close()


@dataclass(frozen=True)
class Stage(Home):
    """A home whose commands may run side by side, and whose database and lake can be looked into."""

    def start(self, *arguments: str | Path) -> Running:
        """Start a command and come back at once."""
        told = {
            key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("UPTAKE_")
        }
        number = len(list(self.path.parent.glob("said-*.out")))
        out = (self.path.parent / f"said-{number}.out").open("w+", encoding="utf-8")
        err = (self.path.parent / f"said-{number}.err").open("w+", encoding="utf-8")
        process = subprocess.Popen(
            [str(UPTAKE), *map(str, arguments)],
            env=told | {"UPTAKE_HOME": str(self.path), **self.settings},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            text=True,
            start_new_session=True,
        )
        return Running(process, out, err)

    def scores(self) -> str:
        """The bytes that ``uptake score --json`` prints."""
        said = self.run("score", "--json")
        assert said.code == 0, said.err
        return said.out

    def explained(self, customer: str) -> str:
        """The bytes that ``uptake explain --rows --json`` prints."""
        said = self.run("explain", customer, "--rows", "--json")
        assert said.code == 0, said.err
        return said.out

    def customers(self) -> set[str]:
        return {row["customer"] for row in json.loads(self.scores())["scores"]}

    def imports(self) -> list[dict[str, Any]]:
        """Newest first, as ``uptake imports --json`` tells them."""
        told: list[dict[str, Any]] = self.told("imports")["imports"]
        return told

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the home's database; none while it has no such table yet."""
        if not (self.path / "uptake.sqlite3").is_file():
            return []
        with closing(sqlite3.connect(f"file:{self.path / 'uptake.sqlite3'}?mode=ro", uri=True, timeout=5)) as database:
            try:
                return database.execute(query).fetchall()
            except sqlite3.OperationalError:
                return []

    def states(self) -> dict[int, tuple[str, str]]:
        """Every import, previews too: number -> (state, step)."""
        return {pk: (state, step) for pk, state, step in self.rows("SELECT id, state, step FROM lake_import")}

    def wait_for(self, is_there: "Callable[[Stage], object]", running: Running) -> bool:
        """Look every few milliseconds; False when the command ended before it was there."""
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            if is_there(self):
                return True
            if running.is_over:
                return False
            time.sleep(0.002)
        running.kill()
        raise TimeoutError("what was waited for never came")

    def unlisted(self) -> list[Path]:
        """Parquet files of the lake that no catalogue row knows."""
        known = {self.path / "lake" / path for (path,) in self.rows("SELECT path FROM lake_datafile")}
        return [path for path in self.facts if path not in known]

    def facts_held(self) -> int:
        """Rows of the live fact files, counted in the files."""
        return sum(pq.read_metadata(self.path / "lake" / path).num_rows for (path,) in self._live("usage_events"))

    def facts_counted(self) -> int:
        """Fact rows behind the daily usage that is shown, after duplicates are resolved."""
        counted = 0
        for (path,) in self._live("usage_daily"):
            [(hidden,)] = self.rows(f"SELECT hidden_ranges FROM lake_datafile WHERE path = '{path}'")
            for row in pq.read_table(self.path / "lake" / path, columns=["day", "fact_rows"]).to_pylist():
                day = row["day"].isoformat()
                counted += 0 if any(first <= day <= last for first, last in json.loads(hidden)) else row["fact_rows"]
        return counted

    def _live(self, table: str) -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT path FROM lake_datafile WHERE \"table\" = '{table}' AND retired_at IS NULL")

    def age_unlisted(self) -> None:
        """As if an hour had gone by: what belongs to nobody is old enough to be swept."""
        for path in self.unlisted():
            then = time.time() - LONG_AGO_SECONDS
            os.utime(path, (then, then))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A home that does not exist yet."""
    return Stage(tmp_path / "stage-home")


def demo_csv(folder: Path, *, customers: int = 40, events: int = 60_000) -> Path:
    """The demo's usage as a plain CSV: the same arguments give the same bytes."""
    size = ("--customers", str(customers), "--events", str(events), "--until", LAST_DAY.isoformat())
    said = Home(folder / "nowhere").run("demo", "--export-dir", folder, "--format", "csv", *size)
    assert said.code == 0, said.err
    return folder / "usage_events.csv"


def days_of_use(customers: Iterable[str], first: int, last: int, *, users: int = 3, salt: int = 0) -> list[list[str]]:
    """Rows of customer, user, feature, timestamp from ``first`` to ``last`` days before LAST_DAY, uneven but fixed."""
    rows = []
    for back in range(first, last - 1, -1):
        day = LAST_DAY - timedelta(days=back)
        for place, customer in enumerate(customers):
            for user in range(users):
                luck = (back * 7 + place * 5 + user * 3 + salt) % 11
                for use in range(luck % 4):
                    feature = ("Reports", "Search", "Export", "Alerts")[(luck + use) % 4]
                    at = f"{day}T{9 + use:02}:{luck:02}:{user:02}Z"
                    rows.append([customer, f"user{user}@{place}.example", feature, at])
    return sorted(rows, key=lambda row: row[3])


def table(path: Path, rows: Iterable[Row], *more: str) -> Path:
    """A CSV of usage: customer, user, feature, timestamp, and whatever columns are named beside them."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "user", "feature", "timestamp", *more])
        writer.writerows(rows)
    return path


def pendo_totals(path: Path, rows: Iterable[tuple[str, str, str, int, int]]) -> Path:
    """Pendo's daily totals: account, visitor, feature, days before LAST_DAY, uses."""
    epoch = date(1970, 1, 1)
    results = [
        {
            "accountId": account,
            "visitorId": visitor,
            "featureId": feature,
            "day": (LAST_DAY - timedelta(days=back) - epoch).days * 86_400_000,
            "numEvents": uses,
            "numMinutes": 1,
            "server": "app.example.com",
            "remoteIp": "203.0.113.7",
        }
        for account, visitor, feature, back, uses in rows
    ]
    path.write_text(json.dumps({"results": results}), encoding="utf-8")
    return path
