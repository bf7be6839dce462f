"""Delimited text, some MB of whole lines at once: which lines are records as they stand, by counts over all their bytes.

    bytes -> the places of delimiters, quotation marks and line breaks -> per line its cells -> per line a Kind

No line is looked at in Python. What is not plain (a record over several lines, a stray quotation mark, broken UTF-8) is
ODD, and left to ``records``, which reads such lines one by one.
"""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from uptake.sources.dialect import MAX_RECORD_BYTES, Dialect

Places = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

OTHER, DELIMITER, QUOTE, RETURN, BREAK, SPACE, ESCAPE = range(7)  # what a byte is
MOST_EXTRA = 8  # numbers of empty cells beyond the header that are told apart; more are odd
BLANKS = (9, 32)
MOST_BLANKS = 8  # at a line's end
KEPT_BYTES = 20_000  # of a line that is kept for the reader; a longer one is odd


class Kind(IntEnum):
    """What a line is. GOOD: as many cells as the header. FEW, MANY: whole cells, but not as many."""

    GOOD = 0
    BLANK = 1
    FEW = 2
    MANY = 3
    ODD = 4


@dataclass(frozen=True)
class Judged:
    """Lines of a text, one entry each; ``ends`` is where the record ends, before line break and cells beyond the header."""

    codes: np.ndarray[Any, np.dtype[np.uint8]]
    starts: Places
    ends: Places
    breaks: Places
    kinds: np.ndarray[Any, np.dtype[np.uint8]]

    def lines(self, which: Flags) -> pa.StringArray:
        """These lines without what stands behind ``ends``, each with a line break."""
        starts, ends, breaks = self.starts[which], self.ends[which], self.breaks[which]
        offsets = np.zeros(len(starts) + 1, dtype=np.int32)
        np.cumsum(ends - starts + 1, out=offsets[1:])
        edges = np.zeros(len(self.codes) + 1, dtype=np.int8)
        for begin, end in ((starts, ends), (breaks, breaks + 1)):
            edges[begin] += 1
            edges[end] -= 1
        kept = self.codes[np.cumsum(edges[:-1], dtype=np.int8).view(np.bool_)]
        return pa.StringArray.from_buffers(len(starts), pa.py_buffer(offsets), pa.py_buffer(kept))


def judge(text: bytes, dialect: Dialect, width: int) -> Judged:
    """What each line of the text is; the text ends with a line break."""
    codes = np.frombuffer(text, dtype=np.uint8)
    classes = np.frombuffer(text.translate(_classes(dialect)), dtype=np.uint8)
    places = np.flatnonzero(classes)
    what = classes[places]
    is_break = what == BREAK
    breaks = places[is_break]
    of = np.cumsum(is_break) - is_break  # the line of each place
    starts = np.concatenate((np.zeros(1, dtype=np.int64), breaks[:-1] + 1))
    count = len(breaks)
    ends = breaks - ((breaks > starts) & (codes[breaks - 1] == 13))
    cells, odd = _cells(codes, places, what, of, count, dialect)
    returns = np.bincount(of[what == RETURN], minlength=count)
    odd |= returns > breaks - ends  # inside a cell
    odd |= ends - starts > MAX_RECORD_BYTES
    has_quotes = np.bincount(of[what == QUOTE], minlength=count) > 0
    odd |= has_quotes & (codes[starts] == 32)
    odd[_lines_that_are_no_text(text, breaks)] = True
    odd[_ending_in_a_blank_cell(codes, starts, ends, dialect)] = True
    nothing = np.bincount(of[(what == DELIMITER) | (what == SPACE) | (what == RETURN)], minlength=count)
    extra = cells - width
    trimmed, is_trimmed = _without_empty_cells(codes, ends, extra, dialect)
    kinds = np.select(
        [nothing == breaks - starts, odd, (extra == 0) | is_trimmed, extra < 0], [Kind.BLANK, Kind.ODD, Kind.GOOD, Kind.FEW], Kind.MANY
    ).astype(np.uint8)  # fmt: skip
    signs = nothing + np.bincount(of[what == QUOTE], minlength=count)
    kinds[has_quotes & (signs == breaks - starts)] = Kind.ODD  # maybe nothing but empty cells
    broken = (kinds == Kind.FEW) | (kinds == Kind.MANY)
    kinds[broken & ((ends - starts > KEPT_BYTES) | (has_quotes & (extra > 0)))] = Kind.ODD  # cells beyond may be ""
    return Judged(codes, starts, np.where(is_trimmed, trimmed, ends), breaks, kinds)


def _classes(dialect: Dialect) -> bytes:
    table = bytearray(256)
    for sign, kind in (
        (9, SPACE),
        (32, SPACE),
        (10, BREAK),
        (13, RETURN),
        (34, QUOTE),
        (ord(dialect.delimiter), DELIMITER),
    ):
        table[sign] = kind
    if dialect.escape != '"':
        table[ord(dialect.escape)] = ESCAPE
    return bytes(table)


def _cells(
    codes: np.ndarray[Any, np.dtype[np.uint8]],
    places: Places,
    what: np.ndarray[Any, np.dtype[np.uint8]],
    of: Places,
    count: int,
    dialect: Dialect,
) -> tuple[Places, Flags]:
    """How many cells each line has, and whether its quotation marks are anything but plain.

    A place is inside a cell's quotation marks where an odd number of them stands before it in its line; two in sequence
    stand for one of the text, and change nothing about that.
    """
    is_quote = what == QUOTE
    is_delimiter = what == DELIMITER
    odd = np.bincount(of[what == ESCAPE], minlength=count) > 0
    if not is_quote.any():
        return np.bincount(of[is_delimiter], minlength=count) + 1, odd
    quotes, of_quote = places[is_quote], of[is_quote]
    per_line = np.bincount(of_quote, minlength=count)
    before_line = np.cumsum(per_line) - per_line
    opens = (np.arange(len(quotes)) - before_line[of_quote]) % 2 == 0
    beside = np.where(opens, np.where(quotes > 0, codes[quotes - 1], 10), codes[quotes + 1])
    plain = (beside == ord(dialect.delimiter)) | (beside == 10) | (~opens & (beside == 13))
    if dialect.escape == '"':
        plain |= beside == 34
    odd |= per_line % 2 == 1
    odd[of_quote[~plain]] = True
    inside = (np.cumsum(is_quote) - before_line[of]) % 2 == 1
    parted = is_delimiter & ~inside
    spaced = codes[places[parted] + 1] == 32  # such a space belongs to no cell in a line with quotation marks
    odd[of[parted][spaced & (per_line[of[parted]] > 0)]] = True
    return np.bincount(of[parted], minlength=count) + 1, odd


def _without_empty_cells(
    codes: np.ndarray[Any, np.dtype[np.uint8]], ends: Places, extra: Places, dialect: Dialect
) -> tuple[Places, Flags]:
    """Where the lines end without the empty cells that go beyond the header, and which lines have no others there."""
    trimmed, is_trimmed = ends.copy(), np.zeros(len(ends), dtype=np.bool_)
    for more in np.unique(extra[extra > 0])[:MOST_EXTRA]:
        lines = np.flatnonzero(extra == more)
        empty = np.ones(len(lines), dtype=np.bool_)
        for back in range(1, int(more) + 1):
            empty &= codes[ends[lines] - back] == ord(dialect.delimiter)
        is_trimmed[lines[empty]] = True
        trimmed[lines[empty]] -= more
    return trimmed, is_trimmed


def _ending_in_a_blank_cell(
    codes: np.ndarray[Any, np.dtype[np.uint8]], starts: Places, ends: Places, dialect: Dialect
) -> Places:
    """The lines whose last cell is nothing but blanks, or ends in more of them than are looked at: whether that is a cell
    depends on the rest of the line."""
    ended = np.flatnonzero((ends > starts) & np.isin(codes[np.maximum(ends - 1, 0)], BLANKS))
    at = ends[ended] - 1
    for _ in range(MOST_BLANKS):
        at = np.where(np.isin(codes[at], BLANKS) & (at > starts[ended]), at - 1, at)
    return ended[np.isin(codes[at], (*BLANKS, ord(dialect.delimiter)))]


def _lines_that_are_no_text(text: bytes, breaks: Places) -> Places:
    """The lines with bytes that are no UTF-8."""
    if text.isascii():
        return np.zeros(0, dtype=np.int64)
    found: list[int] = []

    def note(why: UnicodeError) -> tuple[str, int]:
        if not isinstance(why, UnicodeDecodeError):
            raise why
        found.append(why.start)
        return "", why.end

    codecs.register_error(NOTED, note)
    text.decode("utf-8", NOTED)
    return np.unique(np.searchsorted(breaks, np.array(found, dtype=np.int64)))


NOTED = "uptake.noted"


def numbered(
    judged: Judged, rows: Places, which: Flags, others: Sequence[tuple[int, bytes]], delimiter: str
) -> pa.Buffer:
    """These lines with their row numbers as first cell, and ``others`` (row, line as it shall be) in their places."""
    lines = pc.binary_join_element_wise(pa.array(rows[which]).cast(pa.string()), judged.lines(which), delimiter)
    if others:
        numbers = np.concatenate((rows[which], np.array([row for row, _ in others], dtype=np.int64)))
        told = pa.array([line for _, line in others], type=pa.binary()).cast(pa.string())
        lines = pa.concat_arrays([lines, told]).take(pa.array(np.argsort(numbers, kind="stable")))
    if not len(lines):
        return pa.py_buffer(b"")
    _, offsets, data = lines.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)
    first, last = int(ends[lines.offset]), int(ends[lines.offset + len(lines)])
    return data.slice(first, last - first)
