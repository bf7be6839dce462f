import gzip
import io
import os
import struct
import time
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest

from uptake.kit.errors import ProductError
from uptake.sources.containers import CannotOpen, members
from uptake.sources.limits import Limits, TooLarge

LIMITS = Limits(max_bytes=2 * 10**9, max_ratio=200)
CSV = b"customer,feature\nAcme,Export\n"


def opened(path: Path, limits: Limits = LIMITS) -> dict[str, bytes]:
    return {member.name: member.path.read_bytes() for member in members(path, path.parent / "work", limits)}


def zipped(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def zip_bytes(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


def zeros_gz(size: int) -> bytes:
    """``size`` zeros as gz, without making them: equal blocks, each flushed, pack to equal bytes."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)]
    block = deflate.compress(bytes(1 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    return out[0] + block * (size // (1 << 20))


def test_a_plain_file_is_itself_and_is_not_copied(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_bytes(CSV)
    [member] = members(path, tmp_path / "work", LIMITS)
    assert (member.path, member.name) == (path, "usage.csv")
    assert not (tmp_path / "work").exists()


def test_bytes_decide_not_the_extension(tmp_path):
    path = tmp_path / "usage.csv"
    path.write_bytes(gzip.compress(CSV))
    assert opened(path) == {"usage.csv": CSV}


def test_several_gz_members_in_sequence_are_one_file(tmp_path):
    path = tmp_path / "usage.csv.gz"
    path.write_bytes(gzip.compress(CSV) + gzip.compress(b"Blue,Import\n") + bytes(512))  # zeros: padding of tapes
    assert opened(path) == {"usage.csv.gz": CSV + b"Blue,Import\n"}


def test_a_gz_file_of_empty_members_does_not_cost_a_copy_of_the_file_for_each(tmp_path):
    (tmp_path / "usage.csv.gz").write_bytes(gzip.compress(b"") * 300_000 + gzip.compress(CSV))  # 6 MB
    before = time.process_time()
    assert opened(tmp_path / "usage.csv.gz") == {"usage.csv.gz": CSV}
    assert time.process_time() - before < 2  # it took 4 s with a megabyte read at once


def test_gz_whose_text_fills_whole_blocks(tmp_path):
    text = b"0123456789abcdef" * (1 << 16) * 3  # 3 × 1 MB, the size of the blocks it is unpacked in
    path = tmp_path / "usage.gz"
    path.write_bytes(gzip.compress(text))
    assert opened(path) == {"usage.gz": text}


def test_gz_files_in_folders_of_a_zip(tmp_path):
    path = zipped(
        tmp_path / "export.zip",
        {"100011/a#0.json.gz": gzip.compress(b'{"n":1}\n'), "100011/b#0.json.gz": gzip.compress(b'{"n":2}\n')},
    )
    assert opened(path) == {
        "export.zip › 100011/a#0.json.gz": b'{"n":1}\n',
        "export.zip › 100011/b#0.json.gz": b'{"n":2}\n',
    }
    assert len(list((tmp_path / "work").iterdir())) == 2  # the gz files in between are gone


def test_a_zip_in_a_zip(tmp_path):
    path = zipped(tmp_path / "all.zip", {"march.zip": zip_bytes({"usage.csv": CSV})})
    assert opened(path) == {"all.zip › march.zip › usage.csv": CSV}


def test_archives_in_archives_without_end_are_refused(tmp_path):
    data = CSV
    for _ in range(5):
        data = zip_bytes({"inner.zip": data})
    path = tmp_path / "deep.zip"
    path.write_bytes(data)
    with pytest.raises(CannotOpen, match="archive inside"):
        opened(path)


def test_side_files_and_markers_are_left_out(tmp_path):
    entries = {
        "usage.csv": CSV,
        "__MACOSX/._usage.csv": b"\x00\x05\x16\x07",
        ".DS_Store": b"\x00\x00\x00\x01Bud1",
        "Thumbs.db": b"x",
        "100011/complete": b"",
        "folder/": b"",
        "empty_hour.json": b"",
    }
    assert opened(zipped(tmp_path / "x.zip", entries)) == {"x.zip › usage.csv": CSV}


def test_an_archive_of_nothing_but_side_files_is_refused(tmp_path):
    with pytest.raises(CannotOpen, match="holds no file with data"):
        opened(zipped(tmp_path / "x.zip", {".DS_Store": b"x"}))


def test_a_workbook_is_handed_on_whole(tmp_path):
    path = tmp_path / "usage.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["customer"])
    book.save(path)
    [member] = members(path, tmp_path / "work", LIMITS)
    assert member.path == path
    inside = zipped(tmp_path / "x.zip", {"usage.xlsx": path.read_bytes()})
    assert opened(inside) == {"x.zip › usage.xlsx": path.read_bytes()}


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv"])
def test_paths_that_leave_the_archive_are_refused(tmp_path, name):
    path = zipped(tmp_path / "x.zip", {"usage.csv": CSV, name: CSV})
    with pytest.raises(CannotOpen, match="points outside"):
        opened(path)
    assert not list(tmp_path.glob("**/evil.csv"))


def test_a_link_in_an_archive_is_refused(tmp_path):
    info = zipfile.ZipInfo("link.csv")
    info.external_attr = 0o120777 << 16
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(CannotOpen, match="points outside"):
        opened(path)


def test_missing_folder_and_empty_files_are_refused(tmp_path):
    with pytest.raises(CannotOpen, match="There is no file"):
        opened(tmp_path / "none.csv")
    with pytest.raises(CannotOpen, match="is a folder"):
        opened(tmp_path)
    (tmp_path / "empty.csv").touch()
    with pytest.raises(CannotOpen, match=r"is empty \(0 bytes\)"):
        opened(tmp_path / "empty.csv")
    (tmp_path / "empty.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(CannotOpen, match="unpacks to 0 bytes"):
        opened(tmp_path / "empty.gz")


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CannotOpen, match="not a regular file"):
        opened(tmp_path / "pipe")


def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = tmp_path / "secret.csv"
    path.write_bytes(CSV)
    path.chmod(0)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # root may read everything: ask as somebody else
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            opened(path)
        except ProductError as why:
            os.write(write, str(why).encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    assert "permission denied" in os.read(read, 1000).decode()


def test_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path / "x.zip", {"usage.csv": CSV})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # “encrypted”, in the entry's own header and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(CannotOpen, match="encrypted"):
        opened(path)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_cut_archives_are_refused(tmp_path, keep):
    noise = os.urandom(50_000)
    for name, data in {"x.zip": zip_bytes({"usage.csv": noise}), "x.gz": gzip.compress(noise)}.items():
        path = tmp_path / name
        path.write_bytes(data[: int(len(data) * keep)])
        with pytest.raises(CannotOpen, match="damaged or cut off"):
            opened(path)


def test_damaged_archives_are_refused(tmp_path):
    for name, data in {"x.zip": zip_bytes({"usage.csv": CSV * 100}), "x.gz": gzip.compress(CSV * 100)}.items():
        path = tmp_path / name
        broken = bytearray(data)
        broken[50] ^= 0xFF
        path.write_bytes(broken)
        with pytest.raises(CannotOpen, match="damaged or cut off"):
            opened(path)


def test_over_the_size_limit(tmp_path):
    limits = Limits(max_bytes=1000, max_ratio=200)
    path = tmp_path / "usage.csv"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(TooLarge, match="limit is 1 KB"):
        opened(path, limits)
    packed = zipped(tmp_path / "x.zip", {"a.csv": b"x" * 600, "b.csv": b"y" * 600})  # each is below, both are not
    with pytest.raises(TooLarge, match="unpacks to more than 1 KB"):
        opened(packed, limits)


def test_a_small_file_of_equal_rows_may_pack_a_thousandfold(tmp_path):
    path = zipped(tmp_path / "x.zip", {"a.csv": b"Acme,Export\n" * 100_000})
    assert path.stat().st_size * 200 < 1_200_000
    assert len(opened(path)["x.zip › a.csv"]) == 1_200_000


def test_ten_gigabytes_of_zeros_are_refused_at_once(tmp_path):
    bomb = zeros_gz(10 * 10**9)
    path = tmp_path / "bomb.gz"
    path.write_bytes(bomb)
    started = time.process_time()
    with pytest.raises(TooLarge, match="200 times its size"):
        opened(path, Limits(max_bytes=20 * 10**9, max_ratio=200))
    with pytest.raises(TooLarge, match="200 times its size"):
        opened(zipped(tmp_path / "bomb.zip", {"bomb.gz": bomb}), Limits(max_bytes=20 * 10**9, max_ratio=200))
    assert time.process_time() - started < 5
    assert not [file for file in (tmp_path / "work").iterdir() if file.stat().st_size > 20_000_000]


def test_a_zip_that_lies_about_its_size_is_stopped(tmp_path):
    path = zipped(tmp_path / "bomb.zip", {"usage.csv": bytes(300 << 20)})
    with pytest.raises(TooLarge):
        opened(path)
    assert not (tmp_path / "work").exists()  # what it declares is too much already
    declare_size(path, 1000)
    with pytest.raises(ProductError):
        opened(path)


def test_a_workbook_that_is_a_bomb_is_refused_whatever_it_declares(tmp_path):
    path = zipped(
        tmp_path / "usage.xlsx", {"[Content_Types].xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(300 << 20)}
    )
    declare_size(path, 1000)
    with pytest.raises(TooLarge):
        opened(path)


def declare_size(path: Path, size: int) -> None:
    """Write another unpacked size of the last entry into its header and the directory."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.rindex(b"PK\x03\x04") + 22, size)
    struct.pack_into("<I", data, data.rindex(b"PK\x01\x02") + 24, size)
    path.write_bytes(data)
