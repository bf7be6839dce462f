"""The real ``uptake`` command, in a process of its own, on a home of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

UPTAKE = Path(sys.executable).parent / "uptake"
SECONDS = 120  # a command that takes longer hangs


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows_set_aside(self) -> int:
        return sum(each["rows"] for each in self.json["setAside"])

    @property
    def rows_refused(self) -> int:
        return sum(each["rows"] for each in self.json["refused"])


@dataclass(frozen=True)
class Home:
    """One UPTAKE_HOME, and commands run in it. ``before`` is what stands before the command: another user, limits."""

    path: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[str] = ()

    def run(self, *arguments: str | Path, limit: Callable[[], None] | None = None) -> Said:
        """Run ``uptake`` with these arguments; ``limit`` is called in the new process before it starts."""
        told = {
            key: value for key, value in os.environ.items() if key != "DATABASE_URL" and not key.startswith("UPTAKE_")
        }
        done = subprocess.run(
            [*self.before, str(UPTAKE), *map(str, arguments)],
            env=told | {"UPTAKE_HOME": str(self.path), **self.settings},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            preexec_fn=limit,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def told(self, *arguments: str | Path) -> Any:
        """What a command that must succeed says with ``--json``."""
        said = self.run(*arguments, "--json")
        assert said.code == 0, said.err
        return said.json

    def imported(self, *arguments: str | Path) -> Any:
        return self.told("import", *arguments)

    @property
    def facts(self) -> list[Path]:
        """Every Parquet file of the lake, listed or not."""
        return sorted((self.path / "lake").rglob("*.parquet"))

    @property
    def leftovers(self) -> list[Path]:
        """What should be gone when nothing runs: staged files, rows set aside, spilled data."""
        folders = (self.path / name for name in ("staging", "set-aside", "spill"))
        there = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return sorted(path for path in there if path.name != "kept.lock")  # empty, and locked by whoever spills next
