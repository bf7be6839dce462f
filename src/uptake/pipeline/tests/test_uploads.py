"""Files that come through the browser, followed by a real executor in this process."""

import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline import executor, home, scoring, uploads
from uptake.pipeline.imports import NoSuchImport
from uptake.team.models import Role
from uptake.team.rights import NotAllowed
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ann():
    return add_teammate(email="ann@us.example", role=Role.CSM)[0]


@pytest.fixture
def ben():
    return add_teammate(email="ben@us.example", role=Role.CSM)[0]


@pytest.fixture
def cem():
    return add_teammate(email="cem@us.example", role=Role.VIEWER)[0]


@pytest.fixture
def at_work() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=executor.work_until, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(30)


def usage(
    folder: Path, *, name: str = "usage.csv", header: str = "customer,user,feature,date", customers=("Acme", "Globex")
):
    last = date(2026, 6, 30)
    lines = [header]
    for back in range(60):
        day = last - timedelta(days=back)
        lines += [f"{customer},ann@{customer}.example,Reports,{day}" for customer in customers]
    path = folder / f"sent-{name}"
    path.write_text("\n".join(lines) + "\n")
    return name, path


def settled(batch: Import, seconds: float = 60) -> Import:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        batch.refresh_from_db()
        if not batch.step or batch.message:
            return batch
        time.sleep(0.05)
    pytest.fail(f"still at {batch.step} ({batch.state})")


def test_a_file_is_looked_at_confirmed_and_scored(ann, at_work, tmp_path):
    batch = settled(uploads.begin_upload([usage(tmp_path)], by=ann))
    found = uploads.preview_json(batch)
    assert batch.state == Import.State.PREVIEW
    assert {c["column"]: c["means"] for c in found["tables"][0]["columns"]} == {
        "customer": "customer", "user": "visitor", "feature": "feature", "date": "timestamp",
    }  # fmt: skip
    assert found["tables"][0]["columns"][0]["examples"] == ["Acme", "Globex"]
    assert found["questions"] == []
    assert not Customer.objects.exists()  # nothing before the word

    batch = settled(uploads.confirm_upload(batch, columns={}, told={}, by=ann))
    assert (batch.state, batch.imported_count) == (Import.State.LIVE, 120)
    assert {row["customer"] for row in scoring.scores().rows} == {"Acme", "Globex"}
    assert not (home.uploads() / str(batch.pk)).exists()  # the facts are in the lake

    uploads.undo_import(batch, by=ann)
    assert settled(batch).state == Import.State.UNDONE
    assert not Customer.objects.exists()
    with pytest.raises(NoSuchImport):
        uploads.undo_import(batch, by=ann)
    uploads.redo_import(batch, by=ann)
    assert settled(batch).state == Import.State.LIVE
    assert {row["customer"] for row in scoring.scores().rows} == {"Acme", "Globex"}


def test_what_the_file_does_not_say_is_asked(ann, at_work, tmp_path):
    path = tmp_path / "sent"
    days = [f"{one:02}/{other:02}/2026" for one in range(1, 7) for other in range(1, 7)]
    path.write_text("customer,user,feature,date\n" + "".join(f"Acme,ann,Reports,{day}\n" for day in days))
    batch = settled(uploads.begin_upload([("usage.csv", path)], by=ann))
    [question] = uploads.preview_json(batch)["questions"]
    assert (question["key"], question["choices"]) == ("dates", ["day-first", "month-first"])
    assert uploads.preview_json(batch)["rows"] == 36
    with pytest.raises(uploads.StillOpen, match="2026"):
        uploads.confirm_upload(batch, columns={}, told={}, by=ann)
    with pytest.raises(ProductError, match="dates must be"):
        uploads.confirm_upload(batch, columns={}, told={"dates": "sometimes"}, by=ann)
    batch = settled(uploads.confirm_upload(batch, columns={}, told={"dates": "day-first"}, by=ann))
    assert (batch.state, batch.imported_count) == (Import.State.LIVE, 36)


def test_a_column_that_is_mapped_by_hand_is_read(ann, at_work, tmp_path):
    file = usage(tmp_path, header="customer,user,feature,date")
    batch = settled(uploads.begin_upload([file], by=ann))
    swapped = {"customer": "user", "visitor": "customer", "feature": "feature", "timestamp": "date"}
    settled(uploads.confirm_upload(batch, columns=swapped, told={}, by=ann))
    assert set(Customer.objects.values_list("name", flat=True)) == {"ann@Acme.example", "ann@Globex.example"}


def test_a_file_that_is_no_usage_says_so_and_leaves_nothing(ann, at_work, tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    batch = settled(uploads.begin_upload([("usage.csv", path)], by=ann))
    assert batch.state == Import.State.REFUSED
    assert "picture" in batch.message or "PNG" in batch.message
    assert not path.exists()


def test_a_trusted_format_goes_on_by_itself(ann, ben, at_work, tmp_path):
    batch = settled(uploads.begin_upload([usage(tmp_path)], by=ann))
    settled(uploads.confirm_upload(batch, columns={}, told={}, by=ann, trust=True))
    ann.refresh_from_db()
    second = settled(uploads.begin_upload([usage(tmp_path, customers=("Hooli",))], by=ann))
    assert settled(second).state == Import.State.LIVE
    third = settled(uploads.begin_upload([usage(tmp_path, customers=("Stark",))], by=ben))
    assert third.state == Import.State.PREVIEW  # Ben did not say so


def test_the_same_file_from_two_at_once_is_one_import(ann, ben, at_work, tmp_path):
    both = [uploads.begin_upload([usage(tmp_path)], by=one) for one in (ann, ben)]
    for batch, one in zip(both, (ann, ben), strict=True):
        uploads.confirm_upload(settled(batch), columns={}, told={}, by=one)
    states = sorted(settled(batch).state for batch in both)
    assert states == [Import.State.LIVE, Import.State.REFUSED]
    [refused] = [batch for batch in both if batch.state == Import.State.REFUSED]
    assert refused.message.startswith("Nothing changed: usage.csv is live already as import ")


def test_who_may(ann, ben, cem, at_work, tmp_path):
    with pytest.raises(NotAllowed):
        uploads.begin_upload([usage(tmp_path)], by=cem)
    batch = settled(uploads.begin_upload([usage(tmp_path)], by=ann))
    assert uploads.access_import(ann, batch.pk) == batch
    for one in (ben, cem):  # unconfirmed: hers alone
        with pytest.raises(uploads.NoSuchUpload):
            uploads.access_import(one, batch.pk)
    settled(uploads.confirm_upload(batch, columns={}, told={}, by=ann))
    assert uploads.access_import(ben, batch.pk) == batch
    with pytest.raises(uploads.NoSuchUpload):
        uploads.access_import(cem, batch.pk)
    with pytest.raises(NotAllowed):
        uploads.undo_import(batch, by=cem)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\temp\\usage.csv", "usage.csv"), ("..", "upload"), ("a\0b\n.csv", "ab.csv")],
)
def test_a_file_keeps_its_own_name_and_no_path(ann, tmp_path, sent, kept):
    _, path = usage(tmp_path)
    batch = uploads.begin_upload([(sent, path)], by=ann)
    file = batch.files.get()
    assert file.name == kept
    assert Path(file.path).is_relative_to(home.uploads())
