"""Where live events wait until they are facts: files in the home that grow by frames, and one fsync for many requests.

Each process writes segments of its own. A segment is locked while it grows (``….open``) and renamed when it is closed
(``….seg``); that of a killed process loses its lock with it. What was answered is in a frame that was synced; a torn frame
at the end was never answered.
"""

import fcntl
import logging
import os
import secrets
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from pathlib import Path

from uptake.pipeline.home import home

log = logging.getLogger(__name__)

MAGIC = b"UPlv"
HEAD = struct.Struct(">4sII")  # magic, length, CRC-32
MOST_BYTES = 32 << 20  # of a segment, about
CLOSED_AFTER_SECONDS = 1.5  # from its first frame: what is closed may become facts
OPEN, CLOSED, NEW = ".open", ".seg", ".new"
ABANDONED_SECONDS = 60.0


class SpoolBroken(OSError):
    """The disk did not take it. Nothing was answered; the sender tries again."""


def folder() -> Path:
    """Made where it is not there yet."""
    path = home() / "live" / "spool"
    path.mkdir(parents=True, exist_ok=True)
    return path


def waiting_bytes() -> int:
    """How much waits to become facts, of all processes."""
    total = 0
    with os.scandir(folder()) as found:
        for entry in found:
            with suppress(FileNotFoundError):  # it became facts this moment
                total += entry.stat().st_size
    return total


class _Segment:
    """The file that this process is writing."""

    def __init__(self, place: Path) -> None:
        name = f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(3)}"
        new, self.path = place / (name + NEW), place / (name + OPEN)
        self.file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX)  # before it has the name by which the mover looks for it
        new.rename(self.path)
        _sync_folder(place)
        self.size = 0
        self.began = time.monotonic()

    def append(self, frames: Sequence[bytes]) -> None:
        """All of them durable, or SpoolBroken and none of them answered."""
        buffers = [memoryview(each) for each in frames]
        try:
            while buffers:
                written = os.writev(self.file, buffers[:512])
                self.size += written
                while buffers and written >= len(buffers[0]):
                    written -= len(buffers.pop(0))
                if written:
                    buffers[0] = buffers[0][written:]
            os.fdatasync(self.file)
        except OSError as why:
            raise SpoolBroken(why.errno, why.strerror) from why

    @property
    def is_due(self) -> bool:
        return self.size >= MOST_BYTES or time.monotonic() - self.began >= CLOSED_AFTER_SECONDS

    def close(self) -> None:
        """Where it cannot be renamed it is left like that of a killed process, which is looked for too."""
        try:
            if self.size:
                self.path.rename(self.path.with_suffix(CLOSED))
            else:
                self.path.unlink()
        except OSError as why:
            log.error("%s could not be closed: %s", self.path.name, why)
        finally:
            os.close(self.file)


def _sync_folder(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Spool:
    """Writes what requests bring, many of them with one fsync: while one is under way, the next ones gather."""

    def __init__(self) -> None:
        self.syncs = 0
        self._waiting: list[tuple[bytes, Future[None]]] = []
        self._came = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None

    def put(self, payload: bytes) -> "Future[None]":
        """Done when it is durable; SpoolBroken when the disk did not take it."""
        done: Future[None] = Future()
        frame = HEAD.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload
        with self._came:
            if self._thread is None or not self._thread.is_alive():
                self._stopped = False
                self._thread = threading.Thread(target=self._write, name="spool", daemon=True)
                self._thread.start()
            self._waiting.append((frame, done))
            self._came.notify()
        return done

    def close(self) -> None:
        """Write what waits and close the segment."""
        with self._came:
            self._stopped = True
            self._came.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _write(self) -> None:
        segment: _Segment | None = None
        while True:
            with self._came:
                if not self._waiting and not self._stopped:
                    self._came.wait(CLOSED_AFTER_SECONDS / 3 if segment else None)
                taken, self._waiting = self._waiting, []
                if self._stopped and not taken:
                    break
            if taken:
                segment = self._commit(segment, taken)
            if segment is not None and segment.is_due:
                segment.close()
                segment = None
        if segment is not None:
            segment.close()

    def _commit(self, segment: _Segment | None, taken: Sequence[tuple[bytes, "Future[None]"]]) -> _Segment | None:
        try:
            segment = segment or _Segment(folder())
            segment.append([frame for frame, _ in taken])
        except OSError as why:
            log.error("live events could not be kept: %s", why)
            for _, done in taken:
                with suppress(InvalidStateError):  # its request was given up meanwhile
                    done.set_exception(why)
            if segment is not None:  # a new one is begun: after a failed sync nobody knows what this one holds
                segment.close()
            return None
        self.syncs += 1
        for _, done in taken:
            with suppress(InvalidStateError):
                done.set_result(None)
        return segment


# Reading


def closed_segments() -> list[Path]:
    """Segments that nobody writes any more, the oldest first. Only by the mover."""
    place = folder()
    for path in [*place.glob(f"*{OPEN}"), *place.glob(f"*{NEW}")]:
        with suppress(FileNotFoundError):
            _close_abandoned(path)
    return sorted(place.glob(f"*{CLOSED}"))


def _close_abandoned(path: Path) -> None:
    """Of a process that was killed: it holds no lock any more."""
    if path.suffix == NEW and time.time() - path.stat().st_mtime < ABANDONED_SECONDS:
        return  # it will be locked in a moment
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if path.stat().st_size:
            path.rename(path.with_suffix(CLOSED))
        else:
            path.unlink()


class Frames:
    """The payloads of a segment. ``lost``: bytes between good frames, or behind the last one, that are none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lost = 0  # between good frames: the disk damaged what was answered
        self.torn = 0  # at the end: what a killed process was writing

    def __iter__(self) -> Iterator[bytes]:
        data = self.path.read_bytes()
        place = 0
        while place < len(data):
            payload = _frame_at(data, place)
            if payload is not None:
                place += HEAD.size + len(payload)
                yield payload
                continue
            following = _next_frame(data, place + 1)
            if following is None:
                self.torn = len(data) - place
                return
            self.lost += following - place
            place = following


def _frame_at(data: bytes, place: int) -> bytes | None:
    if len(data) - place < HEAD.size:
        return None
    magic, length, crc = HEAD.unpack_from(data, place)
    payload = data[place + HEAD.size : place + HEAD.size + length]
    return payload if magic == MAGIC and len(payload) == length and zlib.crc32(payload) == crc else None


def _next_frame(data: bytes, place: int) -> int | None:
    while (place := data.find(MAGIC, place)) >= 0:
        if _frame_at(data, place) is not None:
            return place
        place += 1
    return None
