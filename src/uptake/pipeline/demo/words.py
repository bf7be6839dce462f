"""From numbers to the texts that stand in files.

Rows are put together column by column from looked-up texts, never one by one, so that a hundred million take minutes.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.events import DAY, EventBlock
from uptake.pipeline.demo.noise import Integers
from uptake.pipeline.demo.noise import Words as Bits
from uptake.pipeline.demo.portfolio import Plan

ROWS_AT_ONCE = 100_000

Column = Any
"""An Arrow array of texts, one per event."""

_BYTES = np.array([f"{byte:02x}" for byte in range(256)], dtype="S2")
_CLOCK = pa.array([f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}" for second in range(DAY)])
_UUID_DIGITS = [place for place in range(36) if place not in (8, 13, 18, 23)]


class Words:
    """The texts of a plan, each as the format spells it (``spelled``: as a CSV cell, as a JSON string …)."""

    def __init__(self, plan: Plan, crowd: Crowd, spelled: Callable[[str], str]) -> None:
        self._crowd = crowd
        self._first_day = plan.first_day - timedelta(days=1)
        self._customers = pa.array([spelled(customer.name) for customer in plan.customers])
        self._keys = pa.array([spelled(customer.key) for customer in plan.customers])
        self._visitors = pa.array([spelled(email) for email in crowd.emails()])
        self._dates = pa.array([(self._first_day + timedelta(days=place)).isoformat() for place in range(460)])

    def customer(self, block: EventBlock) -> Column:
        """Customers' names; null where nobody was logged in."""
        return self._customers.take(pa.array(self._crowd.customer[block.person], mask=block.anonymous))

    def key(self, block: EventBlock) -> Column:
        """Customers' names as platforms slug them; null where nobody was logged in."""
        return self._keys.take(pa.array(self._crowd.customer[block.person], mask=block.anonymous))

    def visitor(self, block: EventBlock) -> Column:
        """E-mail addresses; null where nobody was logged in."""
        return self._visitors.take(pa.array(block.person, mask=block.anonymous))

    def day(self, block: EventBlock) -> Column:
        """``2026-01-29``, UTC."""
        return self._dates.take(pa.array(block.second // DAY - (self._first_day - date(1970, 1, 1)).days))

    def time(self, block: EventBlock) -> Column:
        """``16:42:07``, UTC."""
        return _CLOCK.take(pa.array(block.second % DAY))


def joined(*parts: Column | str) -> Column:
    """The parts of each row with nothing between; null where one of them is."""
    return pc.binary_join_element_wise(*parts, "")


def rows(*parts: Column | str) -> memoryview:
    """The same as bytes, all rows one after the other, ready to be written."""
    return row_bytes(joined(*parts))


def row_bytes(column: Column) -> memoryview:
    """All texts of a column one after the other. Raises ValueError where one is null."""
    if column.null_count:
        raise ValueError("a row has no text")
    ends = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    return memoryview(column.buffers()[2])[ends[0] : ends[-1]]


def json_text(text: str) -> str:
    """As JSON writes it."""
    return json.dumps(text, ensure_ascii=False)


def filled(column: Column, otherwise: Column | str) -> Column:
    """The column with something else where it is null."""
    return pc.coalesce(column, otherwise)


def chosen(texts: list[str], numbers: Integers) -> Column:
    """The text with each number."""
    return pa.array(texts).take(pa.array(numbers))


def number(values: Integers | Bits) -> Column:
    return pa.array(values).cast(pa.string())


def digits(bits: Bits) -> Column:
    """16 hexadecimal digits per number."""
    return _ascii(_hex(bits).view("S16").ravel())


def uuids(first: Bits, second: Bits) -> Column:
    """Two numbers as a UUID of version 4."""
    spelled = np.full((len(first), 36), ord("-"), dtype=np.uint8)
    spelled[:, _UUID_DIGITS] = np.concatenate([_hex(first), _hex(second)], axis=1)
    spelled[:, 14], spelled[:, 19] = ord("4"), ord("a")
    return _ascii(spelled.view("S36").ravel())


def _hex(bits: Bits) -> Any:
    return _BYTES[bits.astype(">u8").view(np.uint8)].view(np.uint8).reshape(-1, 16)


def _ascii(texts: Any) -> Column:
    return pa.array(texts, type=pa.binary()).cast(pa.string())


def spans(block: EventBlock, seconds: int) -> Iterator[tuple[int, EventBlock]]:
    """The block cut where a new hour or day begins (by the length): number of the span since 1970, its events."""
    span = block.second // seconds
    edges = [0, *(np.flatnonzero(np.diff(span)) + 1).tolist(), len(block)]
    for begin, end in pairwise(edges):
        if end > begin:
            yield int(span[begin]), block.where(slice(begin, end))


def pieces(length: int) -> Iterator[slice]:
    """So many rows, a bounded number at a time."""
    for begin in range(0, length, ROWS_AT_ONCE):
        yield slice(begin, begin + ROWS_AT_ONCE)


def slices(blocks: Iterable[EventBlock]) -> Iterator[EventBlock]:
    """The same events in blocks of a bounded size."""
    for block in blocks:
        for piece in pieces(len(block)):
            yield block.where(piece)
