"""What an engine keeps on disk while it is open."""

import fcntl
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings

PREFIX = "kept-"


def spill_root() -> Path:
    """The folder for what does not fit in memory.

    It is made here: an engine that makes it itself takes it away again when it closes, under the feet of another.
    """
    root = Path(settings.UPTAKE.engine_spill or settings.UPTAKE_HOME / "spill")
    root.mkdir(parents=True, exist_ok=True)
    return root


class SpillFolder:
    """A folder of one engine's own, gone when it is closed.

    Its lock file is locked for as long: whoever makes the next folder sweeps those that a killed process left.
    """

    def __init__(self) -> None:
        root = spill_root()
        with (root / "kept.lock").open("a") as turn:  # until it is closed: nobody sweeps a folder before it is locked
            fcntl.flock(turn, fcntl.LOCK_EX)
            for left in root.glob(f"{PREFIX}*"):
                _sweep(left)
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
            self._lock = (self.path / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _sweep(folder: Path) -> None:
    with suppress(BlockingIOError, FileNotFoundError), (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
