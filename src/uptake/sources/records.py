"""Delimited text, parted: what a strict reader would stumble over is set aside with its row number.

For files that DuckDB refuses to read whole, and for those whose rows must be counted (blank lines, totals at the end). One
pass, bounded memory. The good records go to a new file with their row number as first cell, in plain form. Lines are
judged column-wise, some MB at once (``bulk``); one by one go only titles, the file's last rows, and lines that are odd.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from uptake.sources import bulk, layout
from uptake.sources.bulk import Kind
from uptake.sources.dialect import MAX_RECORD_BYTES, Dialect, parse_one, strip_tabs
from uptake.sources.reading import TABLE_ROW, RefusedRows
from uptake.sources.scratch import new_file

TOO_FEW = "fewer cells than the header"
TOO_MANY = "more cells than the header"
UNCLOSED = "a quotation mark is never closed"
STRAY = "text after a closing quotation mark"
NOT_TEXT = "not readable as UTF-8 text"
STRAY_BREAK = "a line break in the middle of a cell"
TOO_LONG = "longer than 2 MB"
CUT = "the file ends in the middle of this row"

TAIL_BYTES = 256 << 10  # of the file: in there the last rows are kept back, to see whether they are totals
MAX_LINES = 1000  # of one record: a cell longer than that is a quotation mark that nobody closed
MAX_TRIES = 200  # lines with quotation marks that still do not close the cell
BROKEN = pa.schema([(TABLE_ROW, pa.int64()), ("reason", pa.string()), ("text", pa.string())])
KEPT_TEXT = 20_000  # characters of a broken record that are kept for the reader
BATCH = 10_000
WINDOW = 2 << 20  # bytes that are judged at once


@dataclass(frozen=True)
class Shape:
    """What a good record looks like. ``first_row``: the rows above are titles and header."""

    dialect: Dialect
    width: int
    first_row: int


@dataclass
class Split:
    """What the pass came to: good + broken + refused = records, blank lines not counted."""

    good: Path
    broken: Path
    good_rows: int = 0
    broken_rows: int = 0
    refused: tuple[RefusedRows, ...] = ()


@dataclass
class _Record:
    """``line``: the record in plain form; ``reason``: why there is none; ``text``: its first line as it stands.

    ``cells`` where they are known: those of a record over several lines cannot be told from its first line.
    """

    row: int
    line: bytes | None
    reason: str = ""
    text: bytes = b""
    blank: bool = False
    cells: list[str] | None = None


@dataclass
class BrokenRows:
    """Writes broken records to Parquet, batch by batch: TABLE_ROW, reason, text."""

    file: BinaryIO
    rows: int = 0
    batch: list[tuple[int, str, str]] = field(default_factory=list)
    writer: pq.ParquetWriter | None = None

    def add(self, row: int, reason: str, text: bytes) -> None:
        self.batch.append((row, reason, text[: 4 * KEPT_TEXT].decode("utf-8", "replace")[:KEPT_TEXT]))
        self.rows += 1
        if len(self.batch) >= BATCH:
            self.flush()

    def add_all(self, rows: bulk.Places, reason: str, texts: pa.StringArray) -> None:
        """Many for one reason."""
        self.flush()
        self._write(pa.table([pa.array(rows), pa.repeat(reason, len(rows)), texts], schema=BROKEN))
        self.rows += len(rows)

    def flush(self) -> None:
        columns = zip(*self.batch, strict=True) if self.batch else ((), (), ())
        self._write(pa.table([list(column) for column in columns], schema=BROKEN))
        self.batch = []

    def _write(self, table: pa.Table) -> None:
        self.writer = self.writer or pq.ParquetWriter(self.file, BROKEN)
        self.writer.write_table(table)

    def close(self) -> None:
        self.flush()
        if self.writer:
            self.writer.close()


def split(path: Path, shape: Shape, work: Path) -> Split:
    """Read the whole file once and part good records from broken ones and from totals and notes at its end."""
    with path.open("rb") as source, new_file(work, ".csv") as good, new_file(work, ".broken.parquet") as broken_file:
        out = Split(Path(good.name), Path(broken_file.name))
        broken = BrokenRows(broken_file)
        lines = _Lines(source, tail_from=path.stat().st_size - TAIL_BYTES)
        row = _pass_titles(lines, shape)
        row = _before_tail(lines, shape, good, broken, out, row)
        tail: deque[_Record] = deque()
        for record in _records(lines, shape, row):
            tail.append(record)
            if len(tail) > layout.TAIL:
                _put(tail.popleft(), good, broken, out)
        out.refused = _refused(tail, shape)
        refused = {row for each in out.refused for row in each.rows}
        for record in tail:
            if record.row not in refused:
                _put(record, good, broken, out)
        broken.close()
    out.broken_rows = broken.rows
    return out


def _pass_titles(lines: "_Lines", shape: Shape) -> int:
    """Go to the first record; how many rows stand above it."""
    for _ in range(shape.first_row - 1):
        _quoted(lines.next(), lines, shape, title=True)  # a title may go over several lines
    return shape.first_row - 1


def _before_tail(lines: "_Lines", shape: Shape, good: BinaryIO, broken: BrokenRows, out: Split, row: int) -> int:
    """All records that end before the file's tail; the number of the last of them. ``row``: of the row before."""
    while lines.at < lines.tail_from:
        start = lines.at
        text = lines.block(WINDOW)
        if text:
            row = _window(text, start, lines, shape, good, broken, out, row)
            continue
        if not (line := lines.next()):  # longer than a window
            break
        row += 1
        _put(_record(line, lines, row, shape), good, broken, out)
    return row


def _window(
    text: bytes, start: int, lines: "_Lines", shape: Shape, good: BinaryIO, broken: BrokenRows, out: Split, row: int
) -> int:
    """The records that begin in a text of whole lines, which stands in the file at ``start``; the last one's number."""
    found = bulk.judge(_without_tabs(text, shape), shape.dialect, shape.width)
    starts = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == 10) + 1  # of the next lines, before tabs were taken
    taken = np.zeros(len(starts), dtype=np.bool_)  # lines that go on with a record that began above
    others: list[tuple[int, bytes]] = []
    end, place, gone = start + len(text), 0, 0
    for odd in np.flatnonzero(found.kinds == Kind.ODD).tolist():
        if odd < place:
            continue
        lines.go(start + int(starts[odd - 1]) if odd else start)
        record = _record(lines.next(), lines, row + odd + 1 - gone, shape)
        place = int(np.searchsorted(starts, lines.at - start, side="right"))
        taken[odd + 1 : place] = True
        gone += max(0, place - odd - 1)
        end = max(end, lines.at)
        if record.line is not None:
            others.append((record.row, record.line))
        elif not record.blank:
            broken.add(record.row, record.reason, record.text)
    lines.go(end)
    rows = row + np.cumsum(~taken)
    is_good = (found.kinds == Kind.GOOD) & ~taken
    good.write(bulk.numbered(found, rows, is_good, others, shape.dialect.delimiter))
    out.good_rows += int(is_good.sum()) + len(others)
    for kind, reason in ((Kind.FEW, TOO_FEW), (Kind.MANY, TOO_MANY)):
        which = (found.kinds == kind) & ~taken
        if which.any():
            broken.add_all(rows[which], reason, found.lines(which))
    return int(rows[-1])


def _without_tabs(text: bytes, shape: Shape) -> bytes:
    if not shape.dialect.leading_tabs:
        return text
    return strip_tabs(text.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _put(record: _Record, good: BinaryIO, broken: BrokenRows, out: Split) -> None:
    if record.line is not None:
        good.write(record.line)
        out.good_rows += 1
    elif not record.blank:
        broken.add(record.row, record.reason, record.text)


def _refused(tail: "deque[_Record]", shape: Shape) -> tuple[RefusedRows, ...]:
    rows = [_cells(record, shape) for record in tail]
    reasons = layout.below_the_records(rows, shape.width, cut_is_note=False)
    found: dict[str, list[int]] = {}
    for record, reason in zip(tail, reasons, strict=True):
        if reason:
            found.setdefault(reason, []).append(record.row)
    return tuple(RefusedRows(reason, tuple(numbers)) for reason, numbers in found.items())


def _cells(record: _Record, shape: Shape) -> list[str]:
    if record.blank:
        return []
    if record.cells is not None:
        return record.cells
    try:
        return parse_one(record.text.decode("utf-8", "replace"), shape.dialect)
    except csv.Error:  # broken anyway; its first line is all there is
        return [record.text.decode("utf-8", "replace")]


class _Lines:
    """Physical lines, with the possibility to hand back what was read too far."""

    def __init__(self, source: BinaryIO, tail_from: int) -> None:
        self.source = source
        self.back: list[bytes] = []
        self.tail_from = tail_from  # the byte at which the file's last rows begin
        if source.read(3) != b"\xef\xbb\xbf":
            source.seek(0)

    @property
    def at(self) -> int:
        """The byte at which the next line starts."""
        return self.source.tell() - sum(map(len, self.back))

    def go(self, at: int) -> None:
        if at != self.at:  # records one behind the other need no seeking
            self.back = []
            self.source.seek(at)

    def next(self) -> bytes:
        """The next line with its line break; empty at the end. One that is too long comes cut, the rest is skipped."""
        if self.back:
            return self.back.pop()
        line = self.source.readline(MAX_RECORD_BYTES + 2)
        if len(line) == MAX_RECORD_BYTES + 2 and not line.endswith(b"\n"):
            while rest := self.source.readline(MAX_RECORD_BYTES):
                if rest.endswith(b"\n"):
                    break
        return line

    def block(self, size: int) -> bytes:
        """Whole lines, as many as fit and end before the tail; empty where the next one does not, and nothing is read."""
        at = self.at
        self.back = []
        self.source.seek(at)
        read = self.source.read(min(size, self.tail_from - at))
        text = read[: read.rfind(b"\n") + 1]
        self.source.seek(at + len(text))
        return text


def _records(lines: _Lines, shape: Shape, row: int) -> Iterator[_Record]:
    """The records from here on, one by one. ``row``: the number of the row before."""
    while line := lines.next():
        row += 1
        yield _record(line, lines, row, shape)


def _record(line: bytes, lines: _Lines, row: int, shape: Shape) -> _Record:
    """The record that begins with this line; one over several lines is one row, as a spreadsheet counts."""
    delimiter = shape.dialect.delimiter.encode()
    line = _without_tabs(line, shape)
    body = line.rstrip(b"\r\n")
    if not body.strip(delimiter + b" \t\r\n"):
        return _Record(row, None, blank=True)
    if b'"' in body or b"\r" in body or shape.dialect.escape != '"':
        found = _quoted(line, lines, shape)
        nothing_in_it = not isinstance(found, str) and layout.is_blank(found)
        return _Record(row, None, blank=True) if nothing_in_it else _judged(found, line, row, shape)
    if body.count(delimiter) + 1 != shape.width or len(body) > MAX_RECORD_BYTES or not _is_text(body):
        return _judged(_plain(body, shape), line, row, shape)
    return _Record(row, b"%d%b%b\n" % (row, delimiter, body), text=body)


def _is_text(body: bytes) -> bool:
    if body.isascii():
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _plain(body: bytes, shape: Shape) -> list[str] | str:
    """The cells of a line without quotation marks, or why there are none."""
    if len(body) > MAX_RECORD_BYTES:
        return TOO_LONG
    try:
        return body.decode().split(shape.dialect.delimiter)
    except UnicodeDecodeError:
        return NOT_TEXT


def _quoted(line: bytes, lines: _Lines, shape: Shape, *, title: bool = False) -> list[str] | str:
    """The cells of the record that starts with ``line``, or why there are none.

    Where a quotation mark stays open, following lines are added as long as they may belong to the record; if they do not
    make it a good one they are handed back, and only the first line is broken.
    """
    if len(line) > MAX_RECORD_BYTES:
        return TOO_LONG
    found = _parsed(line, shape)
    if found != UNCLOSED:
        return found
    record, more, tries = line, list[bytes](), 0
    while len(more) < MAX_LINES and tries < MAX_TRIES and len(record) <= MAX_RECORD_BYTES:
        if not (following := lines.next()):
            break
        more.append(following)
        record += following
        if b'"' not in following:
            continue
        joined, tries = _parsed(record, shape), tries + 1
        if not isinstance(joined, str) and (title or layout.fits(joined, shape.width)):
            return joined
        if joined != UNCLOSED:
            break
    lines.back.extend(reversed(more))
    return UNCLOSED


def _parsed(record: bytes, shape: Shape) -> list[str] | str:
    try:
        return parse_one(record.decode(), shape.dialect)
    except UnicodeDecodeError:
        return NOT_TEXT
    except csv.Error as why:
        if "unexpected end" in str(why):
            return UNCLOSED
        return STRAY_BREAK if "new-line" in str(why) else STRAY


def _judged(found: list[str] | str, line: bytes, row: int, shape: Shape) -> _Record:
    if not isinstance(found, str) and layout.fits(found, shape.width):
        return _Record(row, _written([str(row), *found[: shape.width]], shape), text=line, cells=found)
    if not line.endswith((b"\n", b"\r")):
        return _Record(row, None, TOO_LONG if found == TOO_LONG else CUT, line)
    if isinstance(found, str):
        return _Record(row, None, found, line)
    return _Record(row, None, TOO_FEW if len(found) < shape.width else TOO_MANY, line)


def _written(cells: list[str], shape: Shape) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=shape.dialect.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(cells)
    return out.getvalue().encode()
