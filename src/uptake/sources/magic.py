"""What the first bytes of a file say it is."""

from collections.abc import Collection
from pathlib import Path

HEAD = 8192

ACCEPTED = (
    "Uptake takes usage exports as CSV or other delimited text, JSON, JSON lines, Excel (XLSX, XLS), ODS or Parquet, "
    "also inside zip or gz."
)

GZIP = b"\x1f\x8b"
ZIPS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"

_KINDS = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\x00asm", "a program"),
    (b"Obj\x01", "an Avro file (Pendo Data Sync writes these)"),
    (b"ORC", "an ORC file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"{\\rtf", "an RTF document"),
    (b"OggS", "a sound or video file"),
    (b"ID3", "a sound file"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"ARROW1", "an Arrow file"),
    (b"\x00\x01\x00\x00\x00", "a font"),
    (b"OTTO", "a font"),
    (b"wOF", "a font"),
)

_DOCUMENTS = (
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("Index/Document.iwa", "an Apple Numbers or Pages document"),
    ("Index.zip", "an Apple Numbers or Pages document"),
)


def head_of(path: Path, size: int = HEAD) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def foreign(head: bytes) -> str | None:
    """What the file is, where it is nothing that can hold usage: “a PNG picture”. None: it may be a usage file."""
    for start, what in _KINDS:
        if head.startswith(start):
            return what
    if head[:4] == b"RIFF":
        return "a WebP picture" if head[8:12] == b"WEBP" else "a sound or video file"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "a BMP picture"
    if head[4:8] == b"ftyp":
        return "a picture or video file"
    return "a tar archive" if head[257:262] == b"ustar" else None


def is_zip(head: bytes) -> bool:
    return head.startswith(ZIPS)


def is_workbook(names: Collection[str]) -> bool:
    """Whether a zip with these entries is an Excel workbook (XLSX, XLSM, XLSB) or an ODS."""
    return ("[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)) or (
        "mimetype" in names and "content.xml" in names
    )


def document(names: Collection[str]) -> str | None:
    """What a zip with these entries is, where it is an office document and no workbook; None: an archive."""
    for part, what in _DOCUMENTS:
        if any(name.startswith(part) for name in names):
            return what
    return "an office document" if "[Content_Types].xml" in names else None
