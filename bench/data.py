"""The files that are measured: the demo's usage, the same bytes each time, made once and kept in ``bench/data/``."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).parent
DATA = BENCH / "data"
UPTAKE = Path(sys.executable).with_name("uptake")
UNTIL = "2025-06-30"  # a fixed day: the same file whenever it is made
DAYS = 90
FORMATS = ("csv", "mixpanel", "amplitude")
CUSTOMERS = {"1M": 300, "10M": 2_000, "100M": 2_000}
EVENTS = {"1M": 1_000_000, "10M": 10_000_000, "100M": 100_000_000}
BYTES_PER_EVENT = {"csv": 82, "mixpanel": 440, "amplitude": 180}  # of the files; amplitude's are gz
ROOM = 2.5  # times the file that must be free beside it: the homes of a run, and what does not fit in memory


class NoRoom(Exception):
    """The disk is too full for the job."""


@dataclass(frozen=True)
class Job:
    """So many usage events in a platform's layout."""

    size: str
    format: str

    @property
    def name(self) -> str:
        return f"{self.size}-{self.format}"

    @property
    def title(self) -> str:
        kind = {"csv": "CSV", "mixpanel": "Mixpanel JSON lines", "amplitude": "Amplitude JSON lines, gz"}[self.format]
        return f"{self.size} events, {kind}"

    @property
    def events(self) -> int:
        """As asked for; the demo makes about as many."""
        return EVENTS[self.size]

    @property
    def folder(self) -> Path:
        return DATA / self.name

    @property
    def recipe(self) -> dict[str, str | int]:
        return {
            "customers": CUSTOMERS[self.size],
            "events": self.events,
            "days": DAYS,
            "until": UNTIL,
            "format": self.format,
        }

    def bytes_needed(self) -> int:
        return self.events * BYTES_PER_EVENT[self.format]


def jobs() -> list[Job]:
    """All that can be measured; JSON stops at 10M."""
    return [Job(size, form) for size in EVENTS for form in FORMATS if form == "csv" or size != "100M"]


def files_of(job: Job) -> list[Path]:
    """The job's files, made unless they are there. Raises NoRoom."""
    done = job.folder / "recipe.json"
    recipe = json.dumps(job.recipe)
    if not done.is_file() or done.read_text(encoding="utf-8") != recipe:
        shutil.rmtree(job.folder, ignore_errors=True)
        _check_room(job.bytes_needed() * (1 + ROOM))
        _make(job)
        done.write_text(recipe, encoding="utf-8")
    else:
        _check_room(job.bytes_needed() * ROOM)
    return sorted(path for path in job.folder.rglob("*") if path.is_file() and path != done)


def _check_room(needed: float) -> None:
    DATA.mkdir(exist_ok=True)
    free = shutil.disk_usage(DATA).free
    if free < needed:
        raise NoRoom(f"{needed / 1e9:,.0f} GB must be free in {DATA}, and {free / 1e9:,.0f} GB are.")


def _make(job: Job) -> None:
    options = [part for key, value in job.recipe.items() for part in (f"--{key}", str(value))]
    subprocess.run(
        [str(UPTAKE), "demo", "--export-dir", str(job.folder), *options, "--json"],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def forget(job: Job) -> None:
    """Delete the job's files."""
    shutil.rmtree(job.folder, ignore_errors=True)


def warm(paths: list[Path]) -> int:
    """Read the files once, so that all find them in the page cache; their bytes together."""
    return sum(len(block) for path in paths for block in _blocks(path))


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block
