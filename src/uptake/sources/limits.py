"""How much one import may unpack: archives are measured while they are unpacked, for what they declare may be a lie."""

from dataclasses import dataclass

from uptake.kit.errors import ProductError

RATIO_FREE_BYTES = 100_000_000
"""Below this much unpacked text the ratio says nothing: a small file of equal rows packs a thousandfold, honestly."""

MAX_WORKBOOK_BYTES = 2_000_000_000
"""Unpacked. A workbook must be held in memory, unlike other files; Excel's own limit of 1,048,576 rows stays well below."""


class TooLarge(ProductError):
    """The file, or what it unpacks to, is over a limit."""

    status = 413


@dataclass(frozen=True)
class Limits:
    """``max_bytes``: of a file, and of everything one archive unpacks to. ``max_ratio``: unpacked / packed bytes."""

    max_bytes: int
    max_ratio: int

    def check_size(self, size: int, name: str) -> None:
        if size > self.max_bytes:
            raise TooLarge(f"{name} has {_amount(size)}; the limit is {_amount(self.max_bytes)} for one file.")


class Meter:
    """Counts what comes out of one archive against what went in, and stops the unpacking at the limit."""

    def __init__(self, limits: Limits, name: str) -> None:
        self.limits = limits
        self.name = name
        self.packed = 0
        self.unpacked = 0

    def add(self, *, packed: int, unpacked: int) -> None:
        """Raises TooLarge. ``packed`` is what was read since the last call."""
        self.packed += packed
        self.unpacked += unpacked
        if self.unpacked > self.limits.max_bytes:
            limit = _amount(self.limits.max_bytes)
            raise TooLarge(f"{self.name} unpacks to more than {limit}, which is the limit; nothing of it was kept.")
        if self.unpacked > RATIO_FREE_BYTES and self.unpacked > self.packed * self.limits.max_ratio:
            raise TooLarge(
                f"{self.name} unpacks to more than {self.limits.max_ratio} times its size, as archives do that are made "
                "to fill a disk; nothing of it was kept."
            )


def _amount(size: int) -> str:
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if size >= bytes_:
            return f"{size / bytes_:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size} bytes"
