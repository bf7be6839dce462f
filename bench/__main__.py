"""``python -m bench 1M 10M [--format csv|mixpanel|amplitude]``: measure, and write RESULTS.md."""

import argparse
import os
import platform
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import job as one_job
from bench import report
from bench.data import BENCH, EVENTS, FORMATS, Job, NoRoom, forget, jobs
from bench.measure import use_cores


def main() -> int:
    """0 when every job ran, and all its contestants agreed on rows and scores."""
    asked = _asked()
    if asked.list:
        return _list()
    chosen = [Job(size, form) for size in asked.sizes for form in asked.format]
    unknown = [job.name for job in chosen if job not in jobs()]
    if unknown:
        print(f"There is no job {', '.join(unknown)}; see --list.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped and cleared away
    cores = use_cores()
    fine = [_measure(job, cores, asked) for job in chosen]
    report.write()
    say(f"written: {report.RESULTS}")
    return 0 if all(fine) else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help=f"how many events: {', '.join(EVENTS)}")
    parser.add_argument("--format", nargs="+", choices=FORMATS, default=["csv"], help="of the file; default csv")
    parser.add_argument("--rounds", type=int, help="runs of each; default 3, 1 at 100M")
    parser.add_argument("--keep", action="store_true", help="keep the 100M file")
    parser.add_argument("--commit", help="what to write down as the version measured; default what git says")
    parser.add_argument("--list", action="store_true", help="name the jobs")
    parser.add_argument("--report", action="store_true", help="only write RESULTS.md again")
    asked = parser.parse_args()
    if not asked.sizes and not asked.list and not asked.report:
        parser.error("name a size: " + ", ".join(EVENTS))
    return asked


def say(text: str) -> None:
    print(text, flush=True)


def _list() -> int:
    for job in jobs():
        found = one_job.read_kept(job)
        state = f"measured {found['measuredAt']} at {found['commit']}" if found else "not measured"
        command = f"python -m bench {job.size}" + ("" if job.format == "csv" else f" --format {job.format}")
        say(f"{command:<40} {job.title:<40} {state}")
    return 0


def _measure(job: Job, cores: int, asked: argparse.Namespace) -> bool:
    """Whether all went well. What was measured is kept at once, so that a later job's failure does not lose it."""
    commit = asked.commit or _commit()
    try:
        found = one_job.measure(job, say, rounds=asked.rounds)
    except NoRoom as full:
        say(f"{job.title}: {full}")
        return False
    finally:
        if job.size == "100M" and not asked.keep:
            forget(job)
    one_job.keep(job, {**found, "commit": commit, "machine": _machine(cores)})
    for name, why in found["errors"].items():
        say(f"  {name}: {why}")
    told = found["agreement"]
    say(f"  {told['compared']} scores compared, {told['differCount']} differ; rows equal: {told['rowsAgree']}")
    wrong = told["differCount"] or told["repeatDiffer"] or told["rowsAgree"] is not True
    return not wrong and "ours" in found["contestants"] and "floor" in found["contestants"]


def _machine(cores: int) -> dict[str, Any]:
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    packages = ("duckdb", "pyarrow", "numpy")
    rival = subprocess.run(
        [one_job.RIVAL_PYTHON, "-c", "import pandas; print(pandas.__version__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    ours = [f"{name} {version(name)}" for name in packages]
    versions = ", ".join([f"Python {platform.python_version()}", *ours, f"pandas {rival.stdout.strip()}"])
    return {
        "cores": cores,
        "memoryGib": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        "cpu": cpu[0].partition(":")[2].strip() if cpu else platform.machine(),
        "versions": versions,
    }


def _commit() -> str:
    """The commit of the checkout, and whether it was changed since."""
    head = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", "src", "pyproject.toml", "requirements")
    if head is None:
        return "an unknown commit"
    return f"commit {head}" + (" with changes not committed" if changed else "")


def _git(*words: str) -> str | None:
    done = subprocess.run(["git", "-C", str(BENCH), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
