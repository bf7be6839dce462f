"""From a path to plain files: what is packed is unpacked, by its bytes and never by its name.

Unpacked text is streamed into the work folder and measured on the way (``limits``). Names inside archives are only
shown, never used as paths. A workbook is a zip too: it is measured and handed on whole.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from uptake.kit.errors import ProductError
from uptake.sources import magic
from uptake.sources.limits import MAX_WORKBOOK_BYTES, Limits, Meter
from uptake.sources.reading import Member
from uptake.sources.scratch import new_file

BLOCK = 1 << 20
PACKED_BLOCK = 64 << 10  # of gz: what lies behind each member is copied, and an empty one has twenty bytes
MAX_DEPTH = 3  # a zip of zips of gz; nobody exports deeper
MAX_ENTRIES = 100_000  # a year of hourly files in ten parts each
SIDE_FILES = {".ds_store", "thumbs.db", "desktop.ini", "complete", "_success", "_complete"}
CUT = "is damaged or cut off in transfer; please export or send it again"


class CannotOpen(ProductError):
    """The file cannot be opened, or the archive cannot be unpacked; the sentence says why."""


def members(path: Path, work: Path, limits: Limits) -> list[Member]:
    """The plain files that ``path`` is or holds, in the archive's order; a plain file is itself, in place.

    Left out: folders, empty files inside archives, side files of operating systems and markers of exports.
    Raises CannotOpen and TooLarge, with one sentence for the reader; what was unpacked until then stays in ``work``.
    """
    size = _checked_size(path)
    limits.check_size(size, path.name)
    found = list(_opened(Member(path, path.name), work, Meter(limits, path.name), depth=0))
    if not found:
        raise CannotOpen(f"{path.name} holds no file with data.")
    return found


def _checked_size(path: Path) -> int:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise CannotOpen(f"{path.name or path} is a folder; please name the files in it.")
        if not stat.S_ISREG(status.st_mode):
            raise CannotOpen(f"{path.name} is not a regular file.")
        magic.head_of(path, 1)
    except FileNotFoundError as why:
        raise CannotOpen(f"There is no file {path}.") from why
    except PermissionError as why:
        raise CannotOpen(f"Uptake may not read {path}: permission denied.") from why
    except OSError as why:
        raise CannotOpen(f"{path} cannot be read: {why.strerror}.") from why
    if status.st_size == 0:
        raise CannotOpen(f"{path.name} is empty (0 bytes).")
    return status.st_size


def _opened(member: Member, work: Path, total: Meter, depth: int) -> Iterator[Member]:
    """``total`` bounds everything that comes out, however the parts are nested."""
    head = magic.head_of(member.path, 4)
    packed = head.startswith(magic.GZIP) or magic.is_zip(head)
    if not packed:
        yield member
        return
    if depth == 0:
        total.packed = member.path.stat().st_size
    if magic.is_zip(head):
        yield from _zip(member, work, total, depth)
        return
    _check_depth(member, depth)
    plain = Member(_gunzip(member, work, total), member.name)
    if plain.path.stat().st_size:
        yield from _opened(plain, work, total, depth + 1)
    elif depth == 0:
        raise CannotOpen(f"{member.name} holds nothing: it unpacks to 0 bytes.")


def _check_depth(member: Member, depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise CannotOpen(f"{member.name} is an archive inside {depth} others; please unpack it first.")


def _gunzip(member: Member, work: Path, total: Meter) -> Path:
    """One or several gz members in sequence, as gzip itself reads them; zeros after the last are padding."""
    meter = Meter(total.limits, member.name)
    inflate = zlib.decompressobj(31)
    with member.path.open("rb") as packed, new_file(work, ".unpacked") as target:
        while block := packed.read(PACKED_BLOCK):
            meter.add(packed=len(block), unpacked=0)
            while block:
                if inflate.eof:
                    block = block.lstrip(b"\0")
                    if not block:
                        break
                    inflate = zlib.decompressobj(31)
                for text in _inflated(inflate, block, member):
                    target.write(text)
                    meter.add(packed=0, unpacked=len(text))
                    total.add(packed=0, unpacked=len(text))
                block = inflate.unused_data
        if not inflate.eof:
            raise CannotOpen(f"{member.name} {CUT}.")
    return Path(target.name)


def _inflated(inflate: "zlib._Decompress", block: bytes, member: Member) -> Iterator[bytes]:
    """What ``block`` unpacks to, in pieces of at most BLOCK bytes, up to the end of the stream."""
    full = True
    try:
        while not inflate.eof and (block or full):
            text = inflate.decompress(block, BLOCK)
            block, full = inflate.unconsumed_tail, len(text) == BLOCK
            yield text
    except zlib.error as why:
        raise CannotOpen(f"{member.name} {CUT}.") from why


def _zip(member: Member, work: Path, total: Meter, depth: int) -> Iterator[Member]:
    try:
        with zipfile.ZipFile(member.path) as archive:
            names = set(archive.namelist())
            if magic.is_workbook(names) or magic.document(names):
                _measure_workbook(member, archive, total.limits)
                yield member
                return
            _check_depth(member, depth)
            entries = list(_entries(member, archive))
            declared = Meter(total.limits, member.name)  # who declares too much is not unpacked at all
            declared.add(packed=member.path.stat().st_size, unpacked=sum(entry.file_size for entry in entries))
            for entry in entries:
                path = _unzip(member, archive, entry, work, total)
                inner = list(_opened(Member(path, f"{member.name} › {entry.filename}"), work, total, depth + 1))
                if all(each.path != path for each in inner):
                    path.unlink()  # an archive itself, unpacked by now
                yield from inner
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError) as why:
        raise CannotOpen(f"{member.name} {CUT}.") from why
    except NotImplementedError as why:
        raise CannotOpen(f"{member.name} is packed in a way that Uptake cannot unpack; please zip it anew.") from why


def _entries(member: Member, archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise CannotOpen(f"{member.name} holds {len(infos):,} files; the limit is {MAX_ENTRIES:,}.")
    for info in infos:
        if _leaves_the_folder(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
            raise CannotOpen(f"{member.name} holds a file that points outside the archive (“{info.filename[:80]}”).")
        if info.is_dir() or _is_side_file(info.filename):
            continue
        if info.flag_bits & 1:
            raise CannotOpen(f"{member.name} is encrypted; please send it without a password.")
        if info.file_size or info.CRC:  # an hour without events is an empty file
            yield info


def _leaves_the_folder(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or parts[0].endswith(":")


def _is_side_file(name: str) -> bool:
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.startswith("._") or path.name.lower() in SIDE_FILES


def _unzip(member: Member, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, work: Path, total: Meter) -> Path:
    """Raises BadZipFile where the entry is damaged or is not what the archive declares."""
    meter = Meter(total.limits, member.name)
    meter.packed = entry.compress_size
    with archive.open(entry) as packed, new_file(work, ".unpacked") as target:
        while text := packed.read(BLOCK):
            target.write(text)
            meter.add(packed=0, unpacked=len(text))
            total.add(packed=0, unpacked=len(text))
    return Path(target.name)


def _measure_workbook(member: Member, archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack a workbook into nothing, to know its size before a reader takes it into memory.

    Inflates the entries' own bytes to their end: readers of workbooks do, whatever size the directory declares.
    """
    meter = Meter(Limits(min(limits.max_bytes, MAX_WORKBOOK_BYTES), limits.max_ratio), member.name)
    with member.path.open("rb") as file:
        for entry in archive.infolist():
            if entry.flag_bits & 1:
                raise CannotOpen(f"{member.name} is encrypted; please send it without a password.")
            file.seek(entry.header_offset)
            header = file.read(30)
            name_size, extra_size = struct.unpack("<HH", header[26:30])
            file.seek(name_size + extra_size, 1)
            if entry.compress_type == zipfile.ZIP_STORED:
                meter.add(packed=entry.compress_size, unpacked=entry.compress_size)
            elif entry.compress_type == zipfile.ZIP_DEFLATED:
                _measure_entry(file, entry.compress_size, meter, member)
            else:
                raise NotImplementedError(f"compression {entry.compress_type}")


def _measure_entry(file: BinaryIO, left: int, meter: Meter, member: Member) -> None:
    inflate = zlib.decompressobj(-15)
    while left > 0 and not inflate.eof and (block := file.read(min(BLOCK, left))):
        left -= len(block)
        meter.add(packed=len(block), unpacked=0)
        for text in _inflated(inflate, block, member):
            meter.add(packed=0, unpacked=len(text))
    if not inflate.eof:
        raise EOFError("the entry ends early")
