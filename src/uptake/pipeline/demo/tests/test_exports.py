"""Each format read back by means that are not ours, and compared with the CSV."""

import gzip
import hashlib
import json
import zipfile
from collections import Counter
from datetime import UTC, datetime

import pytest

from uptake.kit.errors import ProductError
from uptake.pipeline.demo import amplitude, words
from uptake.pipeline.demo.exports import WRITERS, write_events
from uptake.pipeline.demo.plan import make_plan

from .conftest import UNTIL, read_csv


@pytest.fixture(scope="module")
def small():
    return make_plan(customers=40, events=6_000, until=UNTIL)


@pytest.fixture(scope="module")
def by_csv(small, tmp_path_factory):
    """(customer's key, user, feature, day) -> uses; who was not logged in counts as one nobody."""
    keys = {customer.name: customer.key for customer in small.customers}
    [path] = write_events(small, tmp_path_factory.mktemp("csv"), "csv")
    return Counter(
        (keys[use.customer], use.user, use.feature, use.day) if use.customer else ("", "", use.feature, use.day)
        for use in read_csv(path)
    )


@pytest.mark.parametrize("layout", sorted(WRITERS))
def test_the_same_plan_gives_the_same_bytes(tmp_path, layout):
    def written(folder):
        paths = write_events(make_plan(customers=8, events=1_500, until=UNTIL), folder, layout)
        return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in paths]

    assert written(tmp_path / "one") == written(tmp_path / "two")


def test_the_csv_has_its_columns_quotes_and_utf_8(small, tmp_path):
    [path] = write_events(small, tmp_path, "csv", days=90)
    assert path.read_bytes().startswith(b"customer,user,feature,timestamp,count\n")
    customers = {use.customer for use in read_csv(path)}
    assert {"Ibarra, Ruiz y Asociados", "Müller & Söhne", "O'Hara Shipping"} <= customers
    assert all(use.count == 1 for use in read_csv(path))
    lines = path.read_bytes().splitlines()
    assert 70 <= path.stat().st_size / len(lines) <= 85


def test_pendo_totals_add_up_to_the_same_uses(small, by_csv, tmp_path):
    lookup, *days = write_events(small, tmp_path, "pendo")
    names = {row["id"]: row["name"] for row in json.loads(lookup.read_text(encoding="utf-8"))["results"]}
    found = Counter()
    for path in days:
        for row in json.loads(path.read_text(encoding="utf-8"))["results"]:
            day = datetime.fromtimestamp(row["day"] / 1000, tz=UTC)
            assert path.name == f"pendo_feature_events_{day.date()}.json"
            assert day.hour == day.minute == 0
            assert 1 <= row["numMinutes"] <= row["numEvents"]
            visitor = row["visitorId"] if row["accountId"] else ""
            assert visitor or row["visitorId"].startswith("_PENDO_T_")
            found[row["accountId"], visitor, names[row["featureId"]], day.date()] += row["numEvents"]
    assert found == by_csv
    assert len(names) == 24


def test_mixpanel_lines_are_the_same_uses_and_a_few_page_views(small, by_csv, tmp_path):
    [path] = write_events(small, tmp_path, "mixpanel")
    found, others, ids = Counter(), Counter(), set()
    for line in path.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        properties = event["properties"]
        day = datetime.fromtimestamp(properties["time"], tz=UTC).date()
        ids.add(properties["$insert_id"])
        assert 0 <= properties["$mp_api_timestamp_ms"] - properties["time"] * 1000 < 1000
        if event["event"].startswith("$"):
            others[event["event"]] += 1
        elif "company_id" in properties:
            found[properties["company_id"][0], properties["distinct_id"], event["event"], day] += 1
        else:
            assert properties["distinct_id"].startswith("$device:")
            found["", "", event["event"], day] += 1
    assert found == by_csv
    assert others.keys() == {"$mp_web_page_view"}
    assert len(ids) == found.total() + others.total()


def amplitude_records(path):
    with zipfile.ZipFile(path) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
        for member in archive.infolist():
            for line in gzip.decompress(archive.read(member)).decode("utf-8").splitlines():
                yield member.filename, json.loads(line)


def test_amplitude_archive_holds_the_same_uses_with_sessions(small, by_csv, tmp_path):
    keys = {customer.name: customer.key for customer in small.customers}
    [path] = write_events(small, tmp_path, "amplitude")
    found, others, sessions, ids = Counter(), Counter(), {}, set()
    for member, event in amplitude_records(path):
        at = datetime.strptime(event["event_time"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
        assert member == f"100011/100011_{at:%Y-%m-%d}_{at.hour}#0.json.gz"
        ids.add(event["uuid"])
        company = event["groups"].get("company", [""])[0]
        session = event["amplitude_id"], event["session_id"]
        if event["event_type"] in ("session_start", "$identify"):
            others[event["event_type"]] += 1
            assert company
            assert at.timestamp() // 1 == event["session_id"] / 1000  # a session's id is its start
        else:
            found[keys.get(company, ""), event["user_id"] or "", event["event_type"], at.date()] += 1
            first, last = sessions.get(session, (at, at))
            sessions[session] = min(first, at), max(last, at)
    assert found == by_csv
    assert others["session_start"] > others["$identify"] > 0
    assert len(ids) == found.total() + others.total()
    assert len(sessions) < 0.7 * found.total()  # most have several events
    assert max((last - first).total_seconds() for first, last in sessions.values()) < 4 * 3600


def test_large_amplitude_exports_are_loose_gz_files(tmp_path, monkeypatch):
    plan = make_plan(customers=6, events=800, until=UNTIL)
    [archive] = write_events(plan, tmp_path, "amplitude", days=90)
    monkeypatch.setattr(amplitude, "ARCHIVE_UNTIL", 100)
    loose = write_events(plan, tmp_path, "amplitude", days=90)
    records = [
        json.loads(line) for path in loose for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    ]
    assert records == [record for _, record in amplitude_records(archive)]
    assert {path.parent.name for path in loose} == {"100011"}


def test_files_do_not_depend_on_how_many_rows_are_written_at_once(tmp_path, monkeypatch):
    plan = make_plan(customers=5, events=150, until=UNTIL)

    def written(folder):
        plain = [
            path.read_bytes() for layout in ("csv", "pendo", "mixpanel") for path in write_events(plan, folder, layout)
        ]
        return plain, list(amplitude_records(*write_events(plan, folder, "amplitude")))

    whole = written(tmp_path)
    monkeypatch.setattr(words, "ROWS_AT_ONCE", 2)  # hours are cut in the middle
    assert written(tmp_path) == whole


def test_an_unknown_format_is_refused(small, tmp_path):
    with pytest.raises(ProductError, match=r"“xlsx” is no format of the demo; use csv, pendo, amplitude, mixpanel\."):
        write_events(small, tmp_path / "never", "xlsx")
    assert not (tmp_path / "never").exists()
