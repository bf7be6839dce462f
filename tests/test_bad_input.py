"""Bad input through the real command: one clear sentence, a bad exit code, and no trace in the lake."""

import csv
import gzip
import json
import os
import random
import resource
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.command import Home

HEADER = "customer,user,feature,timestamp,count\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"


def rows(number, *, start=0):
    return [
        f"acme {n % 3},user{n % 4}@acme.example,feature {n % 5},2025-03-{n % 28 + 1:02}T10:{n % 60:02}:07Z,{n % 3 + 1}\n"
        for n in range(start, start + number)
    ]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A home for what is refused: nothing of it stays, so all of it can go to the same one."""
    return Home(tmp_path_factory.mktemp("shared") / "home")


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "its-home")


def text_file(text):
    def make(folder):
        path = folder / "usage.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return make


def bytes_file(name, data):
    def make(folder):
        path = folder / name
        path.write_bytes(data)
        return path

    return make


def zip_of(name, data):
    def make(folder):
        path = folder / "usage.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, data)
        return path

    return make


def ten_gigabytes_of_zeros(folder):
    """A zip as bombs are made: one entry of 10 GB whose deflated stream repeats one block. Under 10 MB to write."""
    path = folder / "bomb.zip"
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    part = deflate.compress(bytes(64 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)
    times = 160
    size, packed = times * (64 << 20), times * len(part) + 2
    name = b"usage.csv"
    both = struct.pack("<QQ", size, packed)
    with path.open("wb") as file:
        file.write(struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 8, 0, 33, 0, *[0xFFFFFFFF] * 2, len(name), 20))
        file.write(name + struct.pack("<2H", 1, 16) + both)
        for _ in range(times):
            file.write(part)
        file.write(b"\3\0")
        at = file.tell()
        file.write(
            struct.pack(
                "<4s6H3I5H2I", b"PK\1\2", 45, 45, 0, 8, 0, 33, 0, *[0xFFFFFFFF] * 2, len(name), 20, 0, 0, 0, 0, 0
            )
        )
        file.write(name + struct.pack("<2H", 1, 16) + both)
        file.write(struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, file.tell() - at, at, 0))
    return path


def lying_bomb(folder):
    """A gz of 3 GB that says nothing of its size: it is measured while it is unpacked. One member, again and again."""
    path = folder / "usage.csv.gz"
    zeros = gzip.compress(bytes(64 << 20), compresslevel=9)
    path.write_bytes(gzip.compress(HEADER.encode()) + zeros * 48)
    return path


def workbook_bomb(folder):
    """A workbook with one sheet of 150 MB of spaces."""
    path = folder / "usage.xlsx"
    plain = folder / "plain.xlsx"
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<sheetData", b" " * (150 << 20) + b"<sheetData")
            target.writestr(entry.filename, data)
    plain.unlink()
    return path


def workbook(*lines):
    def make(folder):
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        path = folder / "usage.xlsx"
        book.save(path)
        return path

    return make


def folder_of_files(folder):
    (folder / "usage.csv").write_text(HEADER)
    return folder


def good_and_bad(folder):
    good = folder / "good.csv"
    good.write_text(HEADER + "".join(rows(20)))
    bad = folder / "bad.csv"
    bad.write_bytes(PNG)
    return good, bad


def thirty_percent_broken(cells="not a date {n},1"):
    return HEADER + "".join(rows(70) + [f"acme,ann,search,{cells.format(n=n)}\n" for n in range(30)])


INVOICES = "Invoice No,Customer,Invoice Date,Due Date,Net,VAT,Total\n" + "".join(
    f"R-{n},acme,2025-03-{n:02},2025-04-{n:02},{n}00.00,19.00,{n}19.00\n" for n in range(1, 20)
)
AMBIGUOUS = HEADER + "".join(f"acme,ann,search,0{n % 9 + 1}/0{n % 7 + 2}/2025 10:0{n % 9}:07Z,1\n" for n in range(40))
NAIVE = HEADER + "".join(row.replace("Z,", ",") for row in rows(20))
CUT_ARRAY = json.dumps([dict(zip(HEADER.strip().split(","), row.strip().split(","), strict=True)) for row in rows(40)])[
    :-30
]
NOISE = random.Random(1).randbytes(50_000)


@dataclass(frozen=True)
class Refused:
    """What is given, and words of the sentence that answers."""

    make: Callable[[Path], Path | tuple[Path, ...]]
    words: str
    options: tuple[str, ...] = ()


REFUSED = {
    "empty": Refused(bytes_file("usage.csv", b""), "usage.csv is empty"),
    "header only": Refused(text_file(HEADER), "usage.csv has only a header row, no data."),
    "picture": Refused(bytes_file("usage.csv", PNG + NOISE), "usage.csv is a PNG picture, not a usage export"),
    "invoices": Refused(text_file(INVOICES), "looks like an invoice or payment list, not usage"),
    "path in a zip": Refused(zip_of("../../usage.csv", HEADER + "".join(rows(9))), "points outside the archive"),
    "zip bomb": Refused(ten_gigabytes_of_zeros, "unpacks to more than 200 times its size"),
    "gz bomb": Refused(lying_bomb, "unpacks to more than 200 times its size"),
    "workbook bomb": Refused(workbook_bomb, "unpacks to more than 200 times its size"),
    "noise": Refused(bytes_file("usage.csv", NOISE), "not a usage export"),
    "a title and no more": Refused(workbook(["Usage of March"]), "usage.xlsx"),
    "a folder": Refused(folder_of_files, "is a folder"),
    "no such file": Refused(lambda folder: folder / "none.csv", "none.csv"),
    "a good file and a bad one": Refused(good_and_bad, "bad.csv is a PNG picture"),
    "30% broken": Refused(text_file(thirty_percent_broken()), "30 of 100 rows (30%) cannot be read: the date is not readable"),
    "all broken": Refused(
        text_file(HEADER + "".join(row.replace("2025", "1970") for row in rows(20))), "the date is before 2000 (20)", ("--yes",)
    ),
    "2090": Refused(
        text_file(HEADER + "".join(row.replace("2025", "2090") for row in rows(20))), "the date is in the future (20)", ("--yes",)
    ),
    "no such column": Refused(text_file(HEADER + "".join(rows(20))), "no column “firm”", ("--map", "customer=firm")),
    "a mapping of nothing": Refused(text_file(HEADER + "".join(rows(20))), "“customer” is no mapping", ("--map", "customer")),
    "an unknown word": Refused(text_file(HEADER + "".join(rows(20))), "“colour” cannot be mapped", ("--map", "colour=red")),
    "no time zone": Refused(text_file(NAIVE), "is no time zone", ("--map", "timezone=Mars/Base")),
    "day or month": Refused(text_file(AMBIGUOUS), "Answer with --map dates=…"),
    "day or month, with --yes": Refused(text_file(AMBIGUOUS), "Answer with --map dates=…", ("--yes",)),
    "30% without a count": Refused(
        text_file(thirty_percent_broken("2025-03-01T10:00:00Z,many{n}")), "(30%) cannot be read: the count is not a whole number"
    ),
    "a JSON list cut off": Refused(bytes_file("usage.json", CUT_ARRAY.encode()), "usage.json is cut off"),
    "naive times": Refused(text_file(NAIVE), "Answer with --map timezone=…, or --yes"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_in_one_sentence_and_leaves_nothing(case, shared, tmp_path):
    refused = REFUSED[case]
    given = refused.make(tmp_path)
    given = given if isinstance(given, tuple) else (given,)
    said = shared.run("import", *given, *refused.options, "--json")
    assert said.code != 0
    assert refused.words in said.err
    assert said.err.strip().count("\n") == 0
    assert "Traceback" not in said.err
    assert said.json == {"error": said.err.strip()}
    assert (shared.facts, shared.leftovers) == ([], [])


def test_after_all_of_it_no_import_is_live(shared, tmp_path):
    path = text_file(thirty_percent_broken())(tmp_path)
    assert shared.run("import", path).code == 1
    states = {each["state"] for each in shared.told("imports")["imports"]}
    assert states == {"refused"}
    assert shared.run("score", "--json").json == {"error": "There is no usage yet. Start with: uptake import FILE"}


def imported(home, folder, text, *options):
    return home.imported(text_file(text)(folder), *options)


def uses(home):
    """(account, visitor, feature, instant) of every fact, in order of time."""
    facts = [
        row
        for path in (home.path / "lake" / "usage_events").glob("*.parquet")
        for row in pq.read_table(path).to_pylist()
    ]
    found = [(row["account_id"], row["visitor_id"], row["event_name"], row["occurred_at"]) for row in facts]
    return sorted(found, key=lambda use: use[3])


def set_aside(told):
    return {each["reason"]: each["rows"] for each in told["setAside"]}


def test_with_yes_the_readable_seventy_percent_are_imported(home, tmp_path):
    told = imported(home, tmp_path, thirty_percent_broken(), "--yes")
    assert (told["rowsRead"], told["imported"], told["duplicates"]) == (100, 70, 0)
    assert set_aside(told) == {"the date is not readable": 30}
    lines = Path(told["setAsideFile"]).read_text().splitlines()
    assert lines[0] == "file,row,reason,text"
    assert lines[1] == 'usage.csv,72,the date is not readable,"acme,ann,search,not a date 0,1"'
    assert len(lines) == 31


def test_odd_rows_of_every_kind_are_set_aside_beside_the_good_ones(home, tmp_path):
    """Years that cannot be, negative counts, and a last row that is cut off in its middle."""
    odd = [
        "acme,ann,search,1970-01-01T00:00:00Z,1\n",
        "acme,ann,search,2090-01-01T00:00:00Z,1\n",
        "acme,ann,search,2025-03-01T10:00:00Z,-5\n",
        "acme,ann,search,2025-03-01T10:0",
    ]
    told = imported(home, tmp_path, HEADER + "".join(rows(30) + odd))
    assert (told["rowsRead"], told["imported"]) == (34, 30)
    assert set_aside(told) == {
        "the date is before 2000": 1,
        "the date is in the future": 1,
        "the count is negative": 1,
        "the file ends in the middle of this row": 1,
    }
    assert (told["from"], told["to"]) == ("2025-03-01T10:00:07Z", "2025-03-28T10:27:07Z")


@pytest.mark.parametrize(
    ("answer", "first", "last"),
    [("day-first", "2025-02-01", "2025-08-08"), ("month-first", "2025-01-02", "2025-09-07")],
)
def test_days_and_months_are_read_as_the_answer_says(answer, first, last, home, tmp_path):
    """01/02 … 09/08 fit both ways."""
    told = imported(home, tmp_path, AMBIGUOUS, "--map", f"dates={answer}")
    assert (told["imported"], told["setAside"]) == (40, [])
    assert (told["from"][:10], told["to"][:10]) == (first, last)


def test_times_without_a_zone_are_read_in_the_one_that_is_named(home, tmp_path):
    """Over the end of summer time in New York: 09:00 is 13:00 UTC on 1 November and 14:00 on the 2nd."""
    text = HEADER + "".join(f"acme,ann,search,2025-11-0{day} 09:00:30,1\n" for day in (1, 2))
    told = imported(home, tmp_path, text, "--map", "timezone=America/New_York")
    assert (told["from"], told["to"]) == ("2025-11-01T13:00:30Z", "2025-11-02T14:00:30Z")


def test_utf16_of_a_spreadsheet_and_a_single_row_are_read(home, tmp_path):
    wide = tmp_path / "wide.csv"
    wide.write_bytes((HEADER.replace(",", "\t") + "Škoda\tann\tüben\t2025-03-01T10:00:07Z\t1\n").encode("utf-16"))
    assert home.imported(wide)["imported"] == 1
    [(account, _, feature, _)] = uses(home)
    assert (account, feature) == ("Škoda", "üben")


HOSTILE = (
    '=HYPERLINK("http://evil.example";"x")',
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "[bold red]Acme[/]",
    "Acme \u202etxt.exe",
    "Robert'); DROP TABLE customers;--",
    "+1 Acme",
)


def test_names_with_formulas_markup_and_tricks_stay_text(home, tmp_path):
    quoted = ['"' + name.replace('"', '""') + '"' for name in HOSTILE]
    good = [f"{name},ann,search,2025-03-{day:02}T10:00:07Z,1\n" for name in quoted for day in range(1, 25)]
    odd = [f"{name},ann,search,soon,1\n" for name in quoted]
    told = imported(home, tmp_path, HEADER + "".join(good + odd))
    assert (told["imported"], told["customers"], set_aside(told)) == (168, 7, {"the date is not readable": 7})
    assert {account for account, *_ in uses(home)} == set(HOSTILE)
    named = {
        name.replace("\u202e", "") for name in HOSTILE
    }  # a name does not turn the text around it; the account stays
    assert {row["customer"] for row in home.told("score")["scores"]} == named
    shown = home.run("score").out
    assert "\u202e" not in shown
    assert "[bold red]Acme[/]" in shown
    with Path(told["setAsideFile"]).open(encoding="utf-8", newline="") as file:
        cells = [row["text"] for row in csv.DictReader(file)]
    assert len(cells) == 7
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    """Root may read everything, so it is asked without that power."""
    path = text_file(HEADER + "".join(rows(9)))(tmp_path)
    path.chmod(0)
    before = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    home = Home(tmp_path / "home", before=before)
    said = home.run("import", path, "--json")
    assert said.code == 1
    assert "permission denied" in said.err
    assert said.err.count("\n") == 1
    assert (home.facts, home.leftovers) == ([], [])


@pytest.fixture
def small_disk(tmp_path):
    """A disk with little more room than an empty home takes while it is made, where one may be mounted; else None."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(folder)], check=False, capture_output=True, timeout=20
    ).returncode == 0  # fmt: skip
    yield folder if mounted else None
    if mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True, timeout=20)


def no_file_over_a_megabyte():
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))


def test_a_full_disk_is_said_and_nothing_is_imported(small_disk, tmp_path):
    """Where no disk can be mounted, a limit to the size of files stands for one."""
    noise = random.Random(2)
    many = [
        f"acme,u{noise.getrandbits(64):x},feature {noise.getrandbits(3)},2025-03-01T10:00:07Z,1\n"
        for _ in range(150_000)
    ]
    path = text_file(HEADER + "".join(many))(tmp_path)
    home = Home((small_disk or tmp_path) / "home")
    said = home.run("import", path, "--json", limit=None if small_disk else no_file_over_a_megabyte)
    assert said.code != 0
    assert "Traceback" not in said.err
    assert (home.facts, home.leftovers) == ([], [])
    if small_disk:
        assert "is full" in said.err
        assert said.err.count("\n") == 1
        small = text_file(HEADER + "".join(rows(9)))(tmp_path)
        assert home.imported(small)["imported"] == 9  # the home is as good as before
