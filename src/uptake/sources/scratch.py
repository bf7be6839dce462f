"""New files in an import's work folder."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from uptake.kit.errors import ProductError

BLOCK = 4 << 20


class DiskFull(ProductError):
    """There is no room to unpack or convert the file."""

    status = 507


@contextmanager
def new_file(work: Path, suffix: str) -> Iterator[BinaryIO]:
    """A new empty file in ``work``, open for writing; it is removed again when what fills it fails. Raises DiskFull."""
    work.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=work, suffix=suffix)
    try:
        os.close(handle)
        with Path(name).open("wb", buffering=1 << 20) as file:  # opened by name, so that ``file.name`` is the path
            yield file
    except BaseException as why:
        Path(name).unlink(missing_ok=True)
        if isinstance(why, OSError) and why.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("The disk is full: there is no room to unpack the file. Nothing of it was kept.") from why
        raise


def copy_range(path: Path, start: int, end: int, work: Path, suffix: str) -> Path:
    """The bytes [start, end) of a file as a file of their own."""
    with path.open("rb") as source, new_file(work, suffix) as target:
        source.seek(start)
        left = end - start
        while left > 0 and (block := source.read(min(BLOCK, left))):
            target.write(block)
            left -= len(block)
    return Path(target.name)
