"""Questions as the engine's own SQL, made once and kept in the home.

Making the SQL of an expression takes longer than answering it in most workspaces. What is kept is named by all that it
was made from, the source text of the code with it: it is found again by every process, until the code changes.
"""

import hashlib
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import FunctionType

import uptake
from uptake.pipeline.home import home

log = logging.getLogger(__name__)

FOLDER = "compiled"
MADE_BY = ("kit", "insights", "lake", "metrics", "scores", "pipeline")
"""The rooms whose source text the SQL can depend on."""
MOST_AT_HAND = 400  # of the last asked, so that a process does not grow with its years
MOST_KEPT = 1000  # files, some 20 kB each; who tries weights makes a few with every try

_at_hand: OrderedDict[str, str] = OrderedDict()
_turn = threading.Lock()  # one at a time: two threads that make the same SQL would only be in each other's way


def sql_of(name: str, told: Hashable, make: Callable[[], str]) -> str:
    """The SQL of a question; ``told`` is all that it depends on but the code: values, functions, classes, and tuples of
    them, which write themselves the same way in every process.
    """
    key = f"{name}-{hashlib.sha256(f'{_plain(told)} {_source()}'.encode()).hexdigest()[:24]}"
    with _turn:
        if key not in _at_hand:
            _at_hand[key] = _read(key) or _write(key, make())
            if len(_at_hand) > MOST_AT_HAND:
                _at_hand.popitem(last=False)
        _at_hand.move_to_end(key)
        return _at_hand[key]


def _plain(told: Hashable) -> str:
    if isinstance(told, tuple):
        return f"({','.join(map(_plain, told))})"
    if isinstance(told, type | FunctionType):
        return f"{told.__module__}.{told.__qualname__}"
    text = repr(told)
    if " at 0x" in text:
        raise TypeError(f"{text} writes itself differently in every process.")
    return text


def _read(key: str) -> str | None:
    try:
        return _path(key).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _write(key: str, text: str) -> str:
    """Seen whole or not at all, whoever reads or writes beside. Where there is no room it is made again next time."""
    path = _path(key)
    half = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(text, encoding="utf-8")
        half.replace(path)
        _sweep(path.parent)
    except OSError as why:
        log.warning("The SQL of %s is not kept: %s", key, why)
        half.unlink(missing_ok=True)
    return text


def _sweep(folder: Path) -> None:
    """The oldest go when there are too many: some at once, so that this is rare."""
    kept = [entry for entry in os.scandir(folder) if entry.name.endswith(".sql")]
    if len(kept) > MOST_KEPT:
        written: dict[str, float] = {}
        for entry in kept:
            try:
                written[entry.path] = entry.stat().st_mtime
            except FileNotFoundError:
                continue  # swept by another process meanwhile
        for path in sorted(written, key=written.__getitem__)[: MOST_KEPT // 10]:
            Path(path).unlink(missing_ok=True)


def _path(key: str) -> Path:
    return home() / FOLDER / f"{key}.sql"


@lru_cache(maxsize=1)
def _source() -> str:
    """Names the code that makes the SQL, and the libraries that write and read it."""
    root = Path(uptake.__file__).parent
    told = hashlib.sha256(f"{version('ibis-framework')} {version('duckdb')}".encode())
    for room in MADE_BY:
        for path in sorted((root / room).rglob("*.py")):
            if not {"tests", "migrations"}.intersection(path.parts):
                told.update(path.read_bytes())
    return told.hexdigest()
