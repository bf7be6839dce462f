"""Uptake as a user runs it: ``uptake import FILE… --yes --json`` in a fresh home, then ``uptake score --json``."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.data import UPTAKE
from bench.measure import THREADS, Run, run

STEPS = ("fingerprint", "read", "keep", "score", "finish")  # the import's durable steps, in their order


@dataclass(frozen=True)
class Both:
    """The import and the score that followed, as one run; ``parts`` says where the time went."""

    run: Run
    import_seconds: float
    score_seconds: float
    parts: Mapping[str, float] | None  # seconds by step; None where the home does not tell
    told: Mapping[str, Any]  # what ``import --json`` said
    scores: Mapping[str, float | None]  # by customer


def measure(paths: Sequence[Path], home: Path, env: Mapping[str, str], limit_seconds: float) -> Both:
    """Both commands in the home, which must not exist yet. The score is not asked for where the import failed."""
    own = {**env, "UPTAKE_HOME": str(home), "UPTAKE_ENGINE_THREADS": str(THREADS)}
    first = run([UPTAKE, "import", *paths, "--yes", "--json"], env=own, limit_seconds=limit_seconds)
    if first.error:
        return Both(first, first.seconds, 0.0, None, {}, {})
    then = run([UPTAKE, "score", "--json"], env=own, limit_seconds=limit_seconds)
    scores = {} if then.error else {row["customer"]: row["score"] for row in then.answer["scores"]}
    return Both(_added(first, then), first.seconds, then.seconds, _parts(home, first, then), first.answer, scores)


def _added(first: Run, then: Run) -> Run:
    """One after the other: times add up, the peak is the higher one."""
    return Run(
        started=first.started,
        seconds=first.seconds + then.seconds,
        cpu_seconds=first.cpu_seconds + then.cpu_seconds,
        peak_mb=max(first.peak_mb, then.peak_mb),
        others_cpu_seconds=first.others_cpu_seconds + then.others_cpu_seconds,
        answer=None,
        error=then.error,
    )


def _parts(home: Path, first: Run, then: Run) -> dict[str, float] | None:
    """Where the time went, by the clocks that the home itself keeps. The parts add up to the whole."""
    begun, steps = _preview_began(home), _step_times(home)
    if begun is None or len(steps) != len(STEPS):
        return None
    parts = {"start": begun - first.started, "look": steps[0][0] - begun}
    for place, name in enumerate(STEPS):  # what lies between two steps is the later one's
        before = steps[place - 1][1] if place else steps[0][0]
        parts[name] = steps[place][1] - before
    parts["end"] = first.started + first.seconds - steps[-1][1]
    parts["ask"] = then.seconds
    return parts


def _preview_began(home: Path) -> float | None:
    """When the command had started and looked at the files first; seconds since 1970."""
    found = _asked(home / "uptake.sqlite3", "SELECT created_at FROM lake_import")
    return datetime.fromisoformat(found[0][0]).replace(tzinfo=UTC).timestamp() if found else None


def _step_times(home: Path) -> list[tuple[float, float]]:
    """Start and end of each durable step; seconds since 1970."""
    question = "SELECT started_at_epoch_ms / 1000.0, completed_at_epoch_ms / 1000.0 FROM operation_outputs ORDER BY function_id"
    return _asked(home / "work.sqlite3", question)


def _asked(file: Path, question: str) -> list[Any]:
    """The rows; none where the home keeps its clocks elsewhere by now, and then the report says so."""
    try:
        con = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            return con.execute(question).fetchall()
        finally:
            con.close()
    except sqlite3.OperationalError:
        return []
