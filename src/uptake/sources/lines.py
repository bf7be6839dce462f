"""Physical lines of large files, looked at without reading them in Python."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from uptake.sources.encodings import block_at

_BLOCK = 1 << 18  # stays in the processor's cache
_TAIL = 64 << 10


def has_blank_lines(path: Path, start: int) -> bool:
    """Whether a blank line stands between byte ``start`` and the last line with text.

    DuckDB passes over blank lines without counting them, so rows after one would be numbered too low. This looks at
    every byte, at some gigabytes a second. Two line breaks inside a quoted cell count as well: then rows are counted one by
    one for nothing, which costs time and is right.
    """
    start = max(0, start - 2)  # with the line break before: the first line may be blank already
    end = path.stat().st_size
    last = block_at(path, max(0, end - _TAIL), _TAIL)
    end -= len(last) - len(last.rstrip(b"\r\n"))
    if end - start < 2:
        return False
    returns = b"\r\n" in block_at(path, start, _TAIL)  # maybe only inside cells: then blank lines are plain ones
    return any(_blank_in(codes, returns) for codes in _blocks(path, start, end))


def _blocks(path: Path, start: int, end: int) -> Iterator[np.ndarray]:
    """The bytes from ``start`` to ``end``, two of each block again in the next; a block is gone when the next is there.

    The file is read, not mapped: mapped pages count as this process's memory, all of them by the end of the file.
    """
    block = bytearray(_BLOCK + 2)
    codes = np.frombuffer(block, dtype=np.uint8)
    with path.open("rb") as file:
        for at in range(start, end, _BLOCK):
            file.seek(at)
            yield codes[: file.readinto(memoryview(block)[: end - at])]


def _blank_in(codes: np.ndarray, returns: bool) -> bool:
    breaks = codes == 10
    if (breaks[1:] & breaks[:-1]).any():
        return True
    return returns and bool((codes[1:-1][breaks[2:] & breaks[:-2]] == 13).any())
