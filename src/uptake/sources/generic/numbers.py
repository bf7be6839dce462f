"""How numbers are written: which sign is the decimal, which groups thousands. Decided per column, never per value."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import duckdb

from uptake.sources.reading import Table

Decimal = Literal[".", ","]

_SPACES = "\u0020\u00a0\u2009\u202f'\u2019"  # what stands between thousands in French and Swiss numbers
_SPACED = re.compile(rf"[-+]?\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?")
_NUMBER = re.compile(r"[-+]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][-+]?\d+)?")
_KINDS = {
    "plain": r"[-+]?\d+",
    "small": r"[-+]?\d{1,3}",
    # decides for a decimal point: 12.5 · 1,234.5 · 0.123 · 1234.567 · 1,234,567
    "point": r"[-+]?(?:\d*\.(?:\d{1,2}|\d{4,})|\d{1,3}(?:,\d{3})+\.\d+|(?:0|\d{4,})\.\d{3}|\d{1,3}(?:,\d{3}){2,})(?:[eE][-+]?\d+)?",
    "comma": r"[-+]?(?:\d*,(?:\d{1,2}|\d{4,})|\d{1,3}(?:\.\d{3})+,\d+|(?:0|\d{4,}),\d{3}|\d{1,3}(?:\.\d{3}){2,})",
    # can be read both ways: 1.234 · 1,234
    "dotted": r"[-+]?[1-9]\d{0,2}\.\d{3}",
    "commaed": r"[-+]?[1-9]\d{0,2},\d{3}",
}
_PATTERNS = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}


@dataclass(frozen=True)
class Numbers:
    """How many values of a column are written in which way. ``values`` counts all that are numbers."""

    values: int = 0
    plain: int = 0
    small: int = 0  # whole, below 1000, no sign in them
    point: int = 0
    comma: int = 0
    dotted: int = 0
    commaed: int = 0
    spaced: int = 0
    example: str = ""

    def decimal(self, *, whole: bool = False) -> Decimal | None:
        """The decimal sign the values prove; None where 1.234 may be either. ``whole``: the column counts things.

        A count of 1.234 beside plain counts below 1000, and none above, is 1234: nobody groups some and not others.
        """
        if self.point and self.comma:
            return None
        if self.point or self.comma:
            return "." if self.point else ","
        if self.dotted and self.commaed:
            return None
        if not self.dotted and not self.commaed:
            return "."
        if whole and self.small and self.small == self.plain:
            return "," if self.dotted else "."
        return None


@lru_cache(maxsize=1 << 16)  # columns repeat themselves
def is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None or _SPACED.fullmatch(text) is not None


def look(values: Iterable[str]) -> Numbers:
    """How the numbers among the values are written."""
    counts = dict.fromkeys(("values", "spaced", *_KINDS), 0)
    example = ""
    for text in filter(is_number, values):
        bare = re.sub(rf"[{_SPACES}]", "", text)
        counts["values"] += 1
        counts["spaced"] += bare != text
        for kind, pattern in _PATTERNS.items():
            counts[kind] += pattern.fullmatch(bare) is not None
        if not example and (_PATTERNS["dotted"].fullmatch(bare) or _PATTERNS["commaed"].fullmatch(bare)):
            example = bare
    return Numbers(**counts, example=example)


def settle(table: Table, column: str, con: duckdb.DuckDBPyConnection) -> Numbers:
    """The same over the whole column, an expression over ``table.relation``. One pass over the file."""
    counts = ", ".join(
        f"count(*) FILTER (regexp_full_match(trim({column}), '{_KINDS[kind]}')) AS {kind}" for kind in _KINDS
    )
    row = con.execute(f"SELECT {counts} FROM {table.relation}").fetchone()
    return replace(Numbers(), **dict(zip(_KINDS, row or (), strict=False)))


def expression(column: str, numbers: Numbers, decimal: Decimal) -> str:
    """The column's numbers with a decimal point and nothing between thousands, in SQL.

    What is not written in the column's way stays as it is, so that the import sets the row aside instead of guessing.
    """
    if numbers.spaced:
        column = f"translate({column}, '{_SPACES.replace(chr(39), chr(39) * 2)}', '')"
    if decimal == ",":
        fits = r"[-+]?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+)?(,[0-9]+)?"
        return (
            f"CASE WHEN regexp_full_match(trim({column}), '{fits}') "
            f"THEN replace(replace({column}, '.', ''), ',', '.') ELSE {column} END"
        )
    if numbers.values > numbers.plain:
        fits = r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?"
        return (
            f"CASE WHEN regexp_full_match(trim({column}), '{fits}') THEN replace({column}, ',', '') ELSE {column} END"
        )
    return column


def pooled(columns: Sequence[Numbers]) -> Decimal | None:
    """What the other numeric columns of the table prove: one sheet is written in one way."""
    point, comma = any(numbers.point for numbers in columns), any(numbers.comma for numbers in columns)
    return None if point == comma else "." if point else ","
