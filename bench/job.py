"""One job: floor, rivals and Uptake in one run, in alternating order, and whether they did the same work."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import ours
from bench.data import DATA, Job, files_of, warm
from bench.measure import THREADS, Run, memory_bytes, run, summary
from bench.ours import Both

TOLERANCE = 0.01  # points of a score
LIMIT_SECONDS = {"1M": 600.0, "10M": 1800.0, "100M": 3600.0}
ROUNDS = {"1M": 3, "10M": 3, "100M": 1}
RIVAL_PYTHON = Path(__file__).parent.parent / ".venv-bench" / "bin" / "python"  # make bench builds it
RIVAL_ROUNDS = {"1M": 3, "10M": 1, "100M": 1}
RIVAL_BYTES_PER_EVENT = {"csv": 300, "mixpanel": 650, "amplitude": 800}  # pandas' peak, by its own runs
TOO_LARGE = "not run: pandas would need about {needed:,.0f} GB of memory, and {free:,.0f} GB are free"

Say = Callable[[str], None]


@dataclass
class Measured:
    """What came of a job, before it is written down."""

    runs: dict[str, list[Run]] = field(default_factory=dict)
    both: list[Both] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)  # contestant -> why it was not run


def measure(job: Job, say: Say, *, rounds: int | None = None) -> dict[str, Any]:
    """Run the job; what ``report`` reads. Raises NoRoom."""
    say(f"{job.title}: making the file, unless it is there")
    paths = files_of(job)
    size = warm(paths)
    measured = Measured(skipped=_skipped(job))
    contestants = [name for name in _contestants(job) if name not in measured.skipped]
    often = rounds or ROUNDS[job.size]
    for number in range(often):
        for name in contestants if number % 2 == 0 else contestants[::-1]:
            if name.startswith("pandas") and number >= min(often, RIVAL_ROUNDS[job.size]):
                continue
            _run_one(job, name, paths, measured, say)
    return _written(job, paths, size, measured)


def _contestants(job: Job) -> list[str]:
    return ["floor", "pandas", "pandas_arrow", "ours"] if job.format == "csv" else ["floor", "pandas", "ours"]


def _skipped(job: Job) -> dict[str, str]:
    """Pandas where it would fill the machine's memory: it would not end, and take others' work with it."""
    free = memory_bytes("MemAvailable")
    needed = job.events * RIVAL_BYTES_PER_EVENT[job.format]
    if needed < free:
        return {}
    why = TOO_LARGE.format(needed=needed / 1e9, free=free / 1e9)
    return {name: why for name in _contestants(job) if name.startswith("pandas")}


def _environment() -> dict[str, str]:
    """The caller's, without what would set Uptake up differently."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("UPTAKE_") and key != "DATABASE_URL"}
    return {**kept, "OMP_NUM_THREADS": str(THREADS)}


def _run_one(job: Job, name: str, paths: Sequence[Path], measured: Measured, say: Say) -> None:
    place = DATA / f"run-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    limit = LIMIT_SECONDS[job.size]
    try:
        if name == "ours":
            both = ours.measure(paths, place / "home", _environment(), limit)
            measured.both.append(both)
            done = both.run
        else:
            done = run(_command(job, name, place), env=_environment(), limit_seconds=limit)
    finally:
        shutil.rmtree(place)
    measured.runs.setdefault(name, []).append(done)
    others = done.others_cpu_seconds / (done.seconds * THREADS)
    told = f"failed: {done.error}" if done.error else f"{done.seconds:8.2f} s  {done.peak_mb:8,.0f} MiB"
    say(f"  {name:<13} {told}" + (f"  (others used {others:.0%} of the cores)" if others > 0.05 else ""))


def _command(job: Job, name: str, place: Path) -> list[str | Path]:
    if name == "floor":
        return [sys.executable, "-m", "bench.floor", job.format, job.folder, place / "floor.parquet", str(THREADS)]
    engine = "pyarrow" if name == "pandas_arrow" else "c"
    return [RIVAL_PYTHON, "-m", "bench.rival", job.format, job.folder, engine]


def _written(job: Job, paths: Sequence[Path], size: int, measured: Measured) -> dict[str, Any]:
    everything = [each for runs in measured.runs.values() for each in runs]
    errors = {name: each.error for name, runs in measured.runs.items() for each in runs if each.error}
    return {
        "job": job.name,
        "title": job.title,
        "measuredAt": datetime.now(tz=UTC).isoformat(timespec="minutes"),
        "recipe": job.recipe,
        "files": len(paths),
        "bytes": size,
        "rows": _rows(measured),
        "contestants": {
            name: asdict(summary(runs)) for name, runs in measured.runs.items() if not any(run.error for run in runs)
        },
        "errors": errors | measured.skipped,
        "ours": _ours(measured),
        "floorParts": _floor_parts(measured),
        "othersShare": sum(run.others_cpu_seconds for run in everything)
        / (THREADS * sum(run.seconds for run in everything)),
        "agreement": agreement(measured),
    }


def _rows(measured: Measured) -> int | None:
    """Rows of the file as the floor counts them."""
    return next((each.answer["rows"] for each in measured.runs["floor"] if not each.error), None)


def _ours(measured: Measured) -> dict[str, Any] | None:
    """The run in the middle, taken apart."""
    done = [both for both in measured.both if not both.run.error]
    if not done:
        return None
    middle = sorted(done, key=lambda both: both.run.seconds)[len(done) // 2]
    return {
        "importSeconds": middle.import_seconds,
        "scoreSeconds": middle.score_seconds,
        "parts": middle.parts,
        "rowsRead": middle.told["rowsRead"],
        "imported": middle.told["imported"],
    }


def _floor_parts(measured: Measured) -> dict[str, float] | None:
    done = sorted((each for each in measured.runs["floor"] if not each.error), key=lambda each: each.seconds)
    if not done:
        return None
    middle = done[len(done) // 2]
    return {"read": middle.answer["read"], "group": middle.answer["group"]}


def agreement(measured: Measured) -> dict[str, Any]:
    """Whether all did the same work: as many rows as the floor, and every customer's score within TOLERANCE.

    ``compared`` is 0 where either side has no scores; ``differ`` names up to ten customers with both scores.
    """
    told = [both for both in measured.both if both.scores]
    others = {
        name: runs[0].answer["scores"]
        for name, runs in measured.runs.items()
        if name.startswith("pandas") and not runs[0].error
    }
    mine = told[0].scores if told else {}
    differ = [found for scores in others.values() for found in _differ(scores, mine)] if mine else []
    repeat = [found for both in told[1:] for found in _differ(both.scores, mine)]
    rows = _rows(measured)
    return {
        "compared": len(mine) if others else 0,
        "withheld": sum(score is None for score in mine.values()),
        "against": sorted(others) if mine else [],
        "differ": differ[:10],
        "differCount": len(differ),
        "repeatDiffer": len(repeat),
        "rowsAgree": all(both.told["rowsRead"] == rows for both in told) if told else None,
    }


def _differ(theirs: Mapping[str, float | None], mine: Mapping[str, float | None]) -> list[list[Any]]:
    """[customer, theirs, mine] where they are not the same; a customer that one side lacks is “missing”."""
    found = []
    for customer in sorted({*theirs, *mine}):
        one, other = theirs.get(customer, "missing"), mine.get(customer, "missing")
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        same = abs(one - other) <= TOLERANCE if numbers else one == other  # type: ignore[operator]
        if not same:
            found.append([customer, one, other])
    return found


def kept(job: Job) -> Path:
    """Where the job's measurements are kept for the report."""
    return DATA / "results" / f"{job.name}.json"


def keep(job: Job, written: Mapping[str, Any]) -> None:
    path = kept(job)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(written, indent=2), encoding="utf-8")


def read_kept(job: Job) -> dict[str, Any] | None:
    path = kept(job)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
