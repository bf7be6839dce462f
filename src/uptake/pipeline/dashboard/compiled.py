"""The dashboard's questions as the engine's own SQL, made once and kept in the home.

Making the SQL of an expression takes longer than answering it for one customer. The SQL of these holds no day and no
number of a customer (those stand in tables), so it is the same for everybody until the code changes: a kept file is
named by all that it was made from, the source text of the metrics with it.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

import uptake
from uptake.pipeline.home import home

FOLDER = "compiled"
MADE_BY = ("metrics", "scores", "lake/engine.py", "pipeline/dashboard/questions.py")
"""Whose source text the SQL depends on, inside the package."""

_known: dict[str, str] = {}
_turn = threading.Lock()


def sql_of(name: str, tables: Mapping[str, pa.Schema], told: Hashable, make: Callable[[], str]) -> str:
    """The SQL of a question over tables of these names and columns; ``told``: what else it depends on."""
    key = _key(name, tables, told)
    found = _known.get(key)
    if found is not None:
        return found
    with _turn:  # one at a time: two threads that make the same SQL would only be in each other's way
        if key not in _known:
            _known[key] = _read(key) or _write(key, make())
        return _known[key]


def _key(name: str, tables: Mapping[str, pa.Schema], told: Hashable) -> str:
    shapes = [(table, [(field.name, str(field.type)) for field in schema]) for table, schema in sorted(tables.items())]
    text = repr((name, shapes, told, _source()))
    return f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


def _read(key: str) -> str | None:
    path = _path(key)
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _write(key: str, text: str) -> str:
    """Seen whole or not at all, whoever reads or writes beside."""
    path = _path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
    return text


def _path(key: str) -> Path:
    return home() / FOLDER / f"{key}.sql"


@lru_cache(maxsize=1)
def _source() -> str:
    """Names the code that makes the SQL, and the libraries that write and read it."""
    root = Path(uptake.__file__).parent
    told = hashlib.sha256(f"{version('ibis-framework')} {version('duckdb')}".encode())
    for part in MADE_BY:
        place = root / part
        for path in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            told.update(path.read_bytes())
    return told.hexdigest()
