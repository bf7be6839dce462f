"""One run of one command as a whole process: wall time, CPU time, peak memory, and how busy the machine was otherwise."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

THREADS = 2
LARGEST_SHARE = 0.85  # of the free memory that one process may take
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Run:
    """What one process took. A failed run has ``error``; its times say nothing about speed."""

    started: float  # seconds since 1970
    seconds: float  # wall, from before its start to after its end
    cpu_seconds: float  # user and system, children included
    peak_mb: float  # resident, MiB; of the largest process where it has children
    others_cpu_seconds: float  # CPU that other processes of the machine used meanwhile
    answer: Any  # standard output, read as JSON; None where the run failed
    error: str | None


def use_cores(count: int = THREADS) -> int:
    """Keep this process and all that it starts on so many cores; how many it has now."""
    cores = sorted(os.sched_getaffinity(0))[:count]
    os.sched_setaffinity(0, cores)
    return len(cores)


def run(command: Sequence[str | Path], *, env: Mapping[str, str], limit_seconds: float) -> Run:
    """Run a command that prints one JSON object.

    Careful: a child's peak starts at the peak of the process that starts it, so this one must stay small and never
    import pandas or DuckDB.
    """
    os.sync()  # what an earlier run left to be written is not this run's work
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        busy, started, clock = _busy_seconds(), time.time(), time.perf_counter()
        child = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=err, env=dict(env), start_new_session=True
        )
        watch = Watch(child.pid, limit_seconds)
        watch.start()
        try:
            _, status, used = os.wait4(child.pid, 0)
        except BaseException:  # the bench itself is stopped: what it started must not go on without it
            os.killpg(child.pid, signal.SIGKILL)
            raise
        finally:
            watch.over.set()
        seconds = time.perf_counter() - clock
        busy = _busy_seconds() - busy
        child.returncode = os.waitstatus_to_exitcode(status)
        cpu = used.ru_utime + used.ru_stime
        answer, error = _answer(child.returncode, _text(out), _text(err))
        error = watch.stopped or error
    return Run(started, seconds, cpu, used.ru_maxrss / 1024, max(0.0, busy - cpu), answer, error)


class Watch(threading.Thread):
    """Ends a process that takes too long, or that would take the memory which others on the machine need."""

    def __init__(self, pid: int, limit_seconds: float) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.limit_seconds = limit_seconds
        self.limit_mb = LARGEST_SHARE * memory_bytes("MemAvailable") / 2**20
        self.over = threading.Event()
        self.stopped: str | None = None  # why it was ended

    def run(self) -> None:
        end = time.monotonic() + self.limit_seconds
        while not self.over.wait(0.2):
            if time.monotonic() > end:
                self._stop(f"not done after {self.limit_seconds:,.0f} s")
            elif _resident_mb(self.pid) > self.limit_mb:
                self._stop(f"ended at {self.limit_mb / 1024:,.1f} GiB of memory, {LARGEST_SHARE:.0%} of what was free")

    def _stop(self, why: str) -> None:
        self.stopped = why
        with suppress(ProcessLookupError):  # it ended by itself meanwhile
            os.killpg(self.pid, signal.SIGKILL)
        self.over.set()


def memory_bytes(word: str) -> int:
    """A line of /proc/meminfo."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{word}:"))


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (FileNotFoundError, ProcessLookupError):  # it is gone
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _answer(code: int, out: str, err: str) -> tuple[Any, str | None]:
    if code == 0:
        return json.loads(out), None
    lines = err.strip().splitlines() or [f"exit code {code}"]
    return None, lines[-1][:300]


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8", "replace"))


def _busy_seconds() -> float:
    """CPU seconds that the machine has spent on anything since it was started."""
    with Path("/proc/stat").open(encoding="ascii") as file:
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


@dataclass(frozen=True)
class Summary:
    """Several runs of the same work, as it is kept and reported."""

    seconds: float  # median
    fastest: float
    slowest: float
    cpu_seconds: float  # median
    peak_mb: float  # highest
    runs: int


def summary(runs: Sequence[Run]) -> Summary:
    """Of runs that all succeeded, at least one."""
    seconds = [each.seconds for each in runs]
    return Summary(
        seconds=median(seconds),
        fastest=min(seconds),
        slowest=max(seconds),
        cpu_seconds=median(each.cpu_seconds for each in runs),
        peak_mb=max(each.peak_mb for each in runs),
        runs=len(runs),
    )
