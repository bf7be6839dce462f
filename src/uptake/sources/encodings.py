"""Which encoding a text file is in, and the same text in UTF-8, which is what DuckDB reads."""

import codecs
import re
from pathlib import Path

from uptake.sources.reading import NotUsage
from uptake.sources.scratch import BLOCK, new_file

SAMPLE = 256 << 10

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark starts with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Windows-1252 with its five unassigned bytes read as browsers read them, so that every byte is a character.
_WINDOWS = "".join(
    bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte) for byte in range(256)
)

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")


def detect(path: Path) -> str:
    """``utf-8``, ``utf-16-le``, ``utf-16-be``, ``utf-32`` or ``windows-1252``, from blocks of the file.

    Raises NotUsage for what is no text. Text that is no UTF-8 anywhere in the blocks is taken for Windows-1252, what
    spreadsheets in Western languages write; where both occur, what is more frequent decides.
    """
    head = block_at(path, 0)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if wide := _wide(head[:8192]):
        return wide
    if len(_CONTROL.findall(head)) > len(head) // 100:
        raise NotUsage("This is a binary file, not a usage export.")
    size = path.stat().st_size
    good = bad = 0
    for at in {0, size // 2, max(0, size - SAMPLE)}:
        more_good, more_bad = _count(block_at(path, at))
        good, bad = good + more_good, bad + more_bad
    return "windows-1252" if bad > good else "utf-8"


def settle(path: Path) -> str:
    """``utf-8`` or ``windows-1252``, from the whole file: for one that turned out not to be the UTF-8 it looked like."""
    good = bad = 0
    rest = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            lines, newline, rest_ = (rest + block).rpartition(b"\n")
            more_good, more_bad = _count(lines + newline, whole=True)
            good, bad, rest = good + more_good, bad + more_bad, rest_
    more_good, more_bad = _count(rest, whole=True)
    return "windows-1252" if bad + more_bad > good + more_good else "utf-8"


def block_at(path: Path, at: int, size: int = SAMPLE) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(size)


def to_utf8(path: Path, encoding: str, work: Path) -> Path:
    """The file itself where it is UTF-8 with the usual line breaks, else a copy that is. Bounded memory."""
    old_mac = encoding in ("utf-8", "windows-1252") and _only_carriage_returns(path)
    if encoding == "utf-8" and not old_mac:
        return path
    decoder = None if encoding == "windows-1252" else codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb") as source, new_file(work, ".utf8") as target:
        first = True
        while block := source.read(BLOCK):
            if encoding == "utf-8":  # bytes that are no UTF-8 stay as they are, to be found later
                target.write(block.replace(b"\r", b"\n"))
                continue
            text = decoder.decode(block) if decoder else codecs.charmap_decode(block, "strict", _WINDOWS)[0]
            text = text.removeprefix("\ufeff") if first else text
            target.write((text.replace("\r", "\n") if old_mac else text).encode("utf-8", "replace"))
            first = False
        if decoder and encoding != "utf-8":
            target.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
    return Path(target.name)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of Western text is zero."""
    half = len(head) // 2
    if half < 2:
        return None
    low, high = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if high > 0.4 * half and low < 0.05 * half:
        return "utf-16-le"
    if low > 0.4 * half and high < 0.05 * half:
        return "utf-16-be"
    return None


def _count(block: bytes, *, whole: bool = False) -> tuple[int, int]:
    """Characters beyond ASCII that are UTF-8, and bytes that are not. A block is cut at its lines unless it is whole."""
    if block.isascii():
        return 0, 0
    if not whole and len(block) == SAMPLE:
        block = block[: block.rfind(b"\n") + 1] or block
        block = block[block.find(b"\n") + 1 :] or block
    text = block.decode("utf-8", "surrogateescape")
    bad = sum(map(len, re.findall("[\udc80-\udcff]+", text)))
    return len(text) - len(re.sub("[^\x00-\x7f]", "", text)) - bad, bad


def _only_carriage_returns(path: Path) -> bool:
    head = block_at(path, 0)
    return b"\r" in head[:-1] and b"\n" not in head
