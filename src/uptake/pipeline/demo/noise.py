"""Chance that can be asked again: a number is a pure function of (seed, stream, what it is about).

Nothing is drawn in an order, so an event does not depend on how the work was cut into blocks, and no library's
change of generator changes the demo.
"""

import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_FIRST = np.uint64(0x9E3779B97F4A7C15)
_SECOND = np.uint64(0xD1B54A32D192ED03)


def words(seed: int, stream: str, first: npt.ArrayLike, second: npt.ArrayLike = 0) -> Words:
    """64 random bits for every pair of numbers (splitmix64 over a key made of all four arguments)."""
    start = np.uint64((seed * 0x2545F4914F6CDD1D + zlib.crc32(stream.encode()) * 0x632BE59BD9B4E019) % 2**64)
    with np.errstate(over="ignore"):  # wrapping round is the point
        word = np.asarray(first).astype(np.uint64) * _FIRST + np.asarray(second).astype(np.uint64) * _SECOND + start
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: Words = np.asarray(word ^ (word >> np.uint64(31)))
    return mixed


def uniform(seed: int, stream: str, first: npt.ArrayLike, second: npt.ArrayLike = 0) -> Floats:
    """Numbers in [0, 1)."""
    return np.asarray((words(seed, stream, first, second) >> np.uint64(11)) * 2.0**-53)


def normal(seed: int, stream: str, first: npt.ArrayLike, second: npt.ArrayLike = 0) -> Floats:
    """Numbers with mean 0 and deviation 1, within ±3.5 (the sum of four uniform ones)."""
    total = sum((uniform(seed, f"{stream} {part}", first, second) for part in range(4)), np.float64(-2.0))
    return np.asarray(total * np.sqrt(3.0))


def one(seed: int, stream: str, first: int, second: int = 0) -> float:
    """A single number in [0, 1)."""
    return float(uniform(seed, stream, first, second))
