"""How a delimited text is written: its delimiter, and what stands before a quotation mark inside quotation marks."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _csv

DELIMITERS = (",", ";", "\t", "|")
SNIFFED = 128 << 10  # characters

MAX_RECORD_BYTES = 1_900_000  # a little under DuckDB's default for a line

csv.field_size_limit(16 << 20)  # of this process; the default refuses cells over 128 KB


@dataclass(frozen=True)
class Dialect:
    """``told``: the file says so itself, in a first line ``sep=;``. ``leading_tabs``: cells start with a tab."""

    delimiter: str
    escape: str = '"'
    leading_tabs: bool = False
    told: bool = False


def sniff(text: str) -> Dialect:
    """The dialect that gives most records the same, large, number of cells. ``text`` is the file's beginning."""
    text = text[:SNIFFED]
    if found := re.match(r"\s*\"?sep=(.)\"?\s*[\r\n]", text, re.IGNORECASE):
        rest = text[found.end() :]
        return Dialect(found[1], _escape(rest, found[1]), told=True)
    stripped = strip_tabs(text)
    decorated = stripped != text and "\t" not in stripped
    text = stripped if decorated else text
    choices = [Dialect(one, _escape(text, one), decorated) for one in DELIMITERS if one in text]
    return max(choices, key=lambda choice: _score(text, choice), default=Dialect(","))


def strip_tabs(text: str) -> str:
    """Without the tabs that Amplitude writes at the start of cells, so that spreadsheets calculate nothing."""
    return re.sub(r"(?m)(^|[,;|]|[,;|]\"|^\")\t+", r"\1", text)


def parse(text: str, dialect: Dialect) -> list[list[str]]:
    """All records of a text, blank lines as empty lists. Never fails: an odd record comes out odd."""
    return list(reader(io.StringIO(text, newline=""), dialect))


def parse_one(record: str, dialect: Dialect) -> list[str]:
    """The cells of one record. Raises csv.Error, saying why, where quotation marks do not fit."""
    cells: list[str] = next(reader([record], dialect, strict=True))
    return cells


def reader(lines: Iterable[str], dialect: Dialect, *, strict: bool = False) -> "_csv.Reader":
    """The csv module's reader for this dialect; ``line_num`` counts physical lines."""
    doubled = dialect.escape == '"'
    return csv.reader(
        lines,
        delimiter=dialect.delimiter,
        doublequote=doubled,
        escapechar=None if doubled else dialect.escape,
        skipinitialspace=dialect.delimiter != "\t",  # ‘a, "b"’: DuckDB takes these quotation marks for such
        strict=strict,
    )


def _escape(text: str, delimiter: str) -> str:
    """A backslash where that makes the records more even; else a second quotation mark."""
    if '\\"' not in text:
        return '"'
    return max('"', "\\", key=lambda escape: _score(text, Dialect(delimiter, escape)))


def _score(text: str, dialect: Dialect) -> float:
    """Share of the records with the most common width, weighed by that width; 0 for no columns."""
    widths = Counter(len(row) for row in parse(text, dialect)[:2000] if row)
    if not widths:
        return 0.0
    width, records = max(widths.items(), key=lambda item: (item[1], item[0]))
    return 0.0 if width < 2 else records / widths.total() * min(width, 50) ** 0.5
