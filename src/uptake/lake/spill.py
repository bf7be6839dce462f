"""What an engine keeps on disk while it is open."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        with _turn(root):
            _sweep_all(root)
            self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=root))
            self._lock = (self.path / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep_spilled() -> None:
    """Remove what killed processes left: their answers may be kept, so that no engine is opened for long."""
    root = Path(settings.UPTAKE.engine_spill or settings.UPTAKE_HOME / "spill")
    if next(root.glob(f"{PREFIX}*"), None) is not None:
        with _turn(root):
            _sweep_all(root)


@contextmanager
def _turn(root: Path) -> Iterator[None]:
    """Meanwhile nobody else sweeps: a folder is there a moment before it is locked."""
    with (root / "kept.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _sweep_all(root: Path) -> None:
    for left in root.glob(f"{PREFIX}*"):
        _sweep(left)


def _sweep(folder: Path) -> None:
    with suppress(BlockingIOError, FileNotFoundError), (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
