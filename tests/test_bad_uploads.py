"""Bad input through the browser: the command line's sentence in the chat, never a 500, and no trace.

The files are those of ``test_bad_input``; what differs is what a page can ask instead of refusing.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import test_bad_input as bad
from uptake.chat.models import Conversation, Message
from uptake.chat.tests.conftest import ann, as_ann, at_work, settled, the_import  # noqa: F401 - fixtures
from uptake.lake import files
from uptake.lake.models import DataFile, Import
from uptake.pipeline.home import set_aside_path, staging, uploads

pytestmark = pytest.mark.django_db(transaction=True)

HEADER, rows = bad.HEADER, bad.rows
GOOD = HEADER + "".join(rows(20))
DOOR_WORDS = re.compile(r"--[a-z]+|uptake (undo|import)|@domain|@columns|/api/")


def encrypted_workbook(folder: Path) -> Path:
    """As Office writes it: an OLE file that holds the package under this name."""
    path = folder / "usage.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(2000)
    )
    return path


def encrypted_zip(folder: Path) -> Path:
    """With the flag that says so; the password would be asked before anything else."""
    path = folder / "usage.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("usage.csv", GOOD)
    text = bytearray(path.read_bytes())
    for at in (text.find(b"PK\3\4") + 6, text.find(b"PK\1\2") + 8):
        text[at] |= 1
    path.write_bytes(bytes(text))
    return path


def cut_workbook(folder: Path) -> Path:
    path = folder / "usage.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["customer", "user", "feature", "timestamp"])
    book.save(path)
    path.write_bytes(path.read_bytes()[:-400])
    return path


@dataclass(frozen=True)
class Sent:
    """What is dropped, and words of the answer. ``after``: what is posted once it is looked at, before it is refused."""

    make: Callable[[Path], Path | tuple[Path, ...]]
    words: str
    confirmed: dict[str, str] | None = None


def same(case: str, confirmed: dict[str, str] | None = None) -> Sent:
    """The very file and sentence of the command line."""
    return Sent(bad.REFUSED[case].make, bad.REFUSED[case].words, confirmed)


def all_rows(change: Callable[[str], str]) -> Callable[[Path], Path]:
    return bad.text_file(HEADER + "".join(change(row) for row in rows(20)))


REFUSED = {
    **{case: same(case) for case in (
        "empty", "header only", "picture", "invoices", "path in a zip", "zip bomb", "gz bomb", "workbook bomb", "noise",
        "a title and no more", "a good file and a bad one", "a JSON list cut off",
    )},
    "30% broken": same("30% broken", {}),
    "30% without a count": same("30% without a count", {}),
    "1970": same("all broken", {}),
    "2090": same("2090", {}),
    "negative counts": Sent(all_rows(lambda row: row.rsplit(",", 1)[0] + ",-3\n"), "the count is negative (20)", {}),
    "encrypted workbook": Sent(encrypted_workbook, "usage.xlsx is encrypted; please save it without a password."),
    "encrypted zip": Sent(encrypted_zip, "usage.zip is encrypted; please send it without a password."),
    "workbook cut off": Sent(cut_workbook, "is damaged or cut off in transfer; please export or send it again"),
}  # fmt: skip


def dropped(client: Client, given: Path | tuple[Path, ...]) -> tuple[Conversation, Message]:
    sent = [
        SimpleUploadedFile(path.name, path.read_bytes()) for path in (given if isinstance(given, tuple) else (given,))
    ]
    answer = client.post("/c/", {"text": "", "files": sent})
    assert answer.status_code == 302
    conversation = Conversation.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))
    return conversation, the_import(conversation)


def talk(client: Client, conversation: Conversation) -> str:
    """What stands in the conversation, without its markup."""
    answer = client.get(f"/c/{conversation.pk}/")
    assert answer.status_code == 200
    html = answer.content.decode().partition('<div id="talk">')[2].partition('<aside class="margin"')[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def has_no_trace(batch: Import) -> bool:
    """Neither facts, nor what was set aside, nor unpacked bytes; the upload only where it may still be taken."""
    kept = (uploads() / str(batch.pk)).exists() and "remedy" not in batch.report
    there = staging(batch.pk).exists() or set_aside_path(batch.pk).exists()
    return not (kept or there or DataFile.objects.exists() or list(files.root().rglob("*.parquet")))


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_in_the_chat_and_leaves_nothing(as_ann, at_work, tmp_path, case):  # noqa: F811
    sent = REFUSED[case]
    conversation, message = dropped(as_ann, sent.make(tmp_path))
    batch = settled(message)
    if sent.confirmed is not None:
        assert batch.state == Import.State.PREVIEW, batch.message
        assert as_ann.post(f"/m/{message.pk}/confirm/", sent.confirmed).status_code == 302
        batch = settled(message)
    assert batch.state == Import.State.REFUSED
    shown = talk(as_ann, conversation)
    assert "Nothing was imported" in shown
    assert sent.words in shown
    assert "Traceback" not in shown
    assert as_ann.get(f"/imports/{batch.pk}/").status_code == 200
    assert has_no_trace(batch)


ASKED = {
    "day or month": (bad.text_file(bad.AMBIGUOUS), "Is “0", {"told-dates": "day-first"}, 40),
    "naive times": (bad.text_file(bad.NAIVE), "name no time zone", {"told-timezone": "Europe/Berlin"}, 20),
    "headers that say nothing": (
        bad.text_file("a,b,c,d\n" + "".join(row.rsplit(",", 1)[0] + "\n" for row in rows(20))),
        "No column clearly names what was used. Which one does?",
        {"told-customer": "a", "told-feature": "c"},
        20,
    ),
    "headers and values that say nothing": (
        bad.text_file(
            "Zeile,Kram,Ding,Wann\n" + "".join(f"K-{n % 3},P{n % 4},F{n % 5},2025-03-{n + 1:02}\n" for n in range(20))
        ),
        "a table that Uptake cannot read by itself",
        {"told-customer": "Zeile", "told-visitor": "Kram", "told-feature": "Ding", "means-3": "timestamp"},
        20,
    ),
    "not even a date": (
        bad.text_file("x,y,z\n" + "".join(f"K-{n % 3},P{n % 4},F{n % 5}\n" for n in range(20))),
        "for which day or month does the table stand?",
        {"told-customer": "x", "told-visitor": "@none", "told-feature": "z", "typed-timestamp": "2025-03"},
        20,
    ),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_only_the_reader_knows_is_asked_in_the_chat(as_ann, at_work, tmp_path, case):  # noqa: F811
    make, words, answers, imported = ASKED[case]
    conversation, message = dropped(as_ann, make(tmp_path))
    assert settled(message).state == Import.State.PREVIEW
    shown = talk(as_ann, conversation)
    assert words in shown
    assert not DOOR_WORDS.search(shown)
    as_ann.post(f"/m/{message.pk}/confirm/", answers)
    batch = settled(message)
    assert batch.state == Import.State.LIVE, batch.message or talk(as_ann, conversation)
    assert batch.imported_count + batch.duplicate_count == imported


def test_odd_rows_are_set_aside_beside_the_good_ones(as_ann, at_work, tmp_path):  # noqa: F811
    """Years that cannot be, negative counts, names with formulas and markup, and a last row that is cut off."""
    odd = [
        "acme,ann,search,1970-01-01T00:00:00Z,1\n",
        "acme,ann,search,2090-01-01T00:00:00Z,1\n",
        "acme,ann,search,2025-03-01T10:00:00Z,-5\n",
        '"=HYPERLINK(""http://evil.example"")",<script>alert(1)</script>,search,2025-03-01T10:00:00Z,1\n',
        "acme,ann,search,2025-03-01T10:0",
    ]
    conversation, message = dropped(as_ann, bad.text_file(HEADER + "".join(rows(30) + odd))(tmp_path))
    settled(message)
    as_ann.post(f"/m/{message.pk}/confirm/", {})
    batch = settled(message)
    assert (batch.state, batch.rows_read, batch.imported_count, batch.set_aside_count) == (Import.State.LIVE, 35, 31, 4)
    html = as_ann.get(f"/c/{conversation.pk}/").content.decode()
    assert "<script>alert" not in html
    set_aside = b"".join(as_ann.get(f"/m/{message.pk}/set-aside/").streaming_content).decode()
    assert "the file ends in the middle of this row" in set_aside


def test_an_invoice_list_may_be_mapped_all_the_same(as_ann, at_work, tmp_path):  # noqa: F811
    """The teammate knows better; who presses twice begins it once."""
    conversation, message = dropped(as_ann, bad.text_file(bad.INVOICES)(tmp_path))
    refused = settled(message)
    assert (refused.state, refused.report["remedy"]["way"]) == (Import.State.REFUSED, "map")
    assert "map it yourself" in talk(as_ann, conversation)
    for _ in range(2):
        assert as_ann.post(f"/m/{message.pk}/others/").status_code == 302
    again = the_import(conversation)
    assert again.pk != message.pk
    assert Import.objects.count() == 2
    batch = settled(again)
    assert batch.state == Import.State.PREVIEW, batch.message
    shown = talk(as_ann, conversation)
    assert "a table that Uptake cannot read by itself" in shown
    assert "Trust this format" not in shown
    said = as_ann.post(f"/m/{again.pk}/confirm/", {}).content.decode()
    assert "Which one does?" in said  # nothing is imported before the teammate said so
    answers = {"told-feature": "=x", "typed-feature": "Billing", "means-1": "customer", "told-visitor": "@none"}
    as_ann.post(f"/m/{again.pk}/confirm/", answers | {"means-2": "timestamp"})
    batch = settled(again)
    assert batch.state == Import.State.LIVE, batch.message or talk(as_ann, conversation)


def test_tables_that_differ_are_not_mapped_together(as_ann, at_work, tmp_path):  # noqa: F811
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("Kram,Ding\n" + "a1,b1\na2,b2\n" * 5)
    other.write_text(GOOD)
    conversation, message = dropped(as_ann, (one, other))
    assert settled(message).state == Import.State.REFUSED
    shown = talk(as_ann, conversation)
    assert "one.csv does not look like usage" in shown
    assert "drop it alone, as one table in a file of its own" in shown
    assert "Map it yourself" not in shown


def test_more_files_than_are_taken_at_once_are_refused_in_a_sentence(as_ann):  # noqa: F811
    sent = [SimpleUploadedFile(f"{n}.csv", GOOD.encode()) for n in range(101)]
    answer = as_ann.post("/c/", {"text": "All of March", "files": sent}, follow=True)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "More than 100 files came at once; nothing was kept. Pack them into one zip and send that." in html
    assert "All of March" in html
    assert not Import.objects.exists()
    assert not [path for path in uploads().iterdir() if path.is_file()]
