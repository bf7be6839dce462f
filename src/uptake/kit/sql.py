"""Names and values written safely into SQL. Everything else in our SQL is our own text."""

from collections.abc import Iterable
from pathlib import Path


def name(text: str) -> str:
    """A quoted identifier: a column as the file spells it."""
    return '"' + text.replace('"', '""') + '"'


def text(value: str | Path) -> str:
    """A quoted string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def texts(values: Iterable[str | Path]) -> str:
    """A list literal of strings, as DuckDB's readers take for several files."""
    return "[" + ", ".join(text(value) for value in values) + "]"
