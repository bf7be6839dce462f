"""Amplitude's export, asked over HTTP: what comes into the files is the server's truth, whatever goes wrong on the way."""

import gzip
import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.standins.amplitude import AmplitudeStandIn, AmplitudeTruth, Event
from tests.standins.faults import Faults
from tests.standins.server import Answer

from uptake.kit.errors import ProductError
from uptake.kit.http import CutOff, Patience
from uptake.sources.amplitude import api
from uptake.sources.amplitude.api import AmplitudeClient
from uptake.sources.pull import NoRights, WrongKey, WrongRegion
from uptake.sources.tests.by_hand import PUBLISHED
from uptake.sources.tests.pulled import QUICK, read

FIRST = date(2026, 1, 1)


def client(server, **more):
    return AmplitudeClient(server.key, server.secret, address=server.url, patience=QUICK, **more)


def pull(server, folder, first=FIRST, last=None):
    folder.mkdir(exist_ok=True)
    with client(server) as asking:
        return asking.pull(first, last or server.truth.last, folder)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def by_hand(*events):
    """(uploaded, done, user, Amplitude's id, account, name), each an event of its own."""
    truth = AmplitudeTruth(events=0)
    truth.events = [
        Event(at(uploaded), at(done), user, person, "dev", account, name, f"u{number}")
        for number, (uploaded, done, user, person, account, name) in enumerate(events)
    ]
    return truth


def test_a_day_of_uploads_is_its_24_hours_and_events_are_filed_by_their_own_day(tmp_path):
    truth = by_hand(
        ("2026-01-01 23:59:59", "2026-01-01 23:59:58", "ann", 1, "acme", "Export"),  # the day before
        ("2026-01-02 00:00:00", "2025-12-30 08:00:00", "ann", 1, "acme", "Export"),  # a phone that was offline
        ("2026-01-02 23:59:59", "2026-01-02 23:59:58", "ann", 1, "acme", "Export"),
        ("2026-01-02 12:00:00", "2026-01-02 12:00:00", None, 2, None, "Export"),  # before login: by Amplitude's own id
        ("2026-01-03 00:00:00", "2026-01-02 23:59:59", "ann", 1, "acme", "Export"),  # the day after
    )
    day = date(2026, 1, 2)
    with AmplitudeStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in", day, day)
        assert server.asked[0].query == {"start": "20260102T00", "end": "20260102T23"}
    assert sorted(read(pulled.files, tmp_path / "out").rows, key=str) == sorted(
        [
            (date(2025, 12, 30), "acme", "ann", "Export", 1),
            (day, "acme", "ann", "Export", 1),
            (day, None, "2", "Export", 1),
        ],
        key=str,
    )
    assert (pulled.received, pulled.requests) == (3, 1)
    assert pulled.newest_at == at("2026-01-02 23:59:59")


DIALS = {
    "none": {},
    "throttle": {"throttle": 0.5},
    "throttle without a word": {"throttle_bare": 0.5},
    "server errors": {"server_error": 0.5},
    "stalls": {"stall": 0.3, "stall_seconds": 0.6},
    "resets": {"reset": 0.5},
    "cut bodies": {"cut": 0.6},
    "pages instead of a zip": {"wrong_json": 0.5},
    "events twice": {"repeat": 1},
    "events in another order": {"reorder": 1},
    "a clock that is ahead": {"throttle": 0.5, "clock_skew": 7200, "wait_seconds": 0.01},
    "all at once": {
        "throttle": 0.05, "throttle_bare": 0.05, "server_error": 0.1, "stall": 0.05, "stall_seconds": 0.6, "reset": 0.1,
        "cut": 0.2, "wrong_json": 0.1, "repeat": 0.5, "reorder": 0.5,
    },
}  # fmt: skip


@pytest.mark.parametrize("dial", DIALS)
@pytest.mark.parametrize("most_events", [1_000_000, 20])
def test_every_fault_ends_in_the_truth(tmp_path, dial, most_events):
    truth, faults = AmplitudeTruth(seed=1), Faults(seed=2, **DIALS[dial])
    with AmplitudeStandIn(truth, faults, most_events=most_events) as server:
        pulled = pull(server, tmp_path / "in")
    got = read(pulled.files, tmp_path / "out")
    assert got.totals() == truth.totals()
    assert pulled.received == got.converted.rows_read
    assert len(pulled.files) > (1 if most_events == 20 else 0)
    assert sorted(pulled.files) == sorted((tmp_path / "in").iterdir())


def test_too_large_is_asked_in_halves_down_to_an_hour(tmp_path):
    truth = by_hand(
        ("2026-01-01 07:10:00", "2026-01-01 07:10:00", "ann", 1, "acme", "Export"),
        ("2026-01-01 08:10:00", "2026-01-01 08:10:00", "ann", 1, "acme", "Export"),
    )
    with AmplitudeStandIn(truth, most_events=1) as server:
        pulled = pull(server, tmp_path / "in", FIRST, FIRST)
        assert [path.name for path in pulled.files] == [
            "amplitude-20260101T06-20260101T07.zip", "amplitude-20260101T08-20260101T08.zip",
        ]  # fmt: skip
        assert read(pulled.files, tmp_path / "out").totals() == truth.totals()
        server.most_events = 0
        with pytest.raises(ProductError, match="not export even the single hour 07:00 to 08:00 UTC on 2026-01-01"):
            pull(server, tmp_path / "in", FIRST, FIRST)


def test_of_today_it_asks_for_the_hours_that_are_ready(tmp_path):
    today, before = datetime.now(tz=UTC).date(), api._ready_hour()
    with AmplitudeStandIn(by_hand()) as server:
        pull(server, tmp_path / "in", today - timedelta(days=1), today + timedelta(days=1))
        [asked] = server.asked
    assert asked.query["start"] == f"{today - timedelta(days=1):%Y%m%dT00}"
    assert asked.query["end"] in {f"{hour:%Y%m%dT%H}" for hour in (before, api._ready_hour())}


def test_no_data_is_no_error(tmp_path):
    with AmplitudeStandIn(AmplitudeTruth(events=0)) as server:
        pulled = pull(server, tmp_path / "in")
        with client(server) as asking:
            found = asking.check()
            assert asking.accounts() == []
            assert asking.totals([FIRST]) == {FIRST: 0}
    assert (pulled.files, pulled.received, pulled.newest_at) == ((), 0, None)
    assert list((tmp_path / "in").iterdir()) == []
    assert found.newest_on is None
    assert found.notes[0].startswith("No events came in from ")


def test_a_zip_of_hours_without_events_is_no_data(tmp_path, monkeypatch):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1/1_2026-01-01_0#0.json.gz", gzip.compress(b""))
    with AmplitudeStandIn(AmplitudeTruth(events=0)) as server:
        monkeypatch.setattr(server, "answer", lambda _: Answer(200, out.getvalue()))
        assert pull(server, tmp_path / "in").files == ()


def test_a_zip_with_a_damaged_hour_counts_for_nothing(tmp_path, monkeypatch):
    """The zip is whole, its checksums are right: the hour was cut before it was zipped."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("1/1_2026-01-01_0#0.json.gz", gzip.compress(b'{"event_type": "x"}\n' * 100)[:-9])
    patience = Patience(tries=2, first_wait=0.001)
    with (
        AmplitudeStandIn(AmplitudeTruth(events=0)) as server,
        AmplitudeClient(server.key, server.secret, address=server.url, patience=patience) as asking,
    ):
        monkeypatch.setattr(server, "answer", lambda _: Answer(200, out.getvalue()))
        with pytest.raises(CutOff, match="not a whole zip file of whole gz files"):
            asking.pull(FIRST, FIRST, tmp_path)
    assert not list(tmp_path.glob("amplitude*"))


def test_a_late_correction_is_what_the_next_pull_brings(tmp_path):
    truth = AmplitudeTruth(seed=3)
    day = date(2026, 1, 2)
    with AmplitudeStandIn(truth) as server:
        before = read(pull(server, tmp_path / "one").files, tmp_path / "out1").totals()
        truth.correct(day)
        after = read(pull(server, tmp_path / "two").files, tmp_path / "out2").totals()
        with client(server) as asking:
            assert asking.totals([day]) == {day: truth.per_day()[day]}
    assert before != after == truth.totals()


def test_a_wrong_key_a_key_without_rights_and_a_wrong_region_are_told_apart(tmp_path, monkeypatch):
    truth = AmplitudeTruth(events=0)
    with AmplitudeStandIn(truth) as here, AmplitudeStandIn(truth, key="eu-key", secret="eu-secret") as there:
        monkeypatch.setattr(api, "REGIONS", {"us": here.url, "eu": there.url})
        with pytest.raises(WrongRegion, match="Amplitude's region eu"):
            AmplitudeClient("eu-key", "eu-secret", patience=QUICK).check()
        with pytest.raises(WrongKey, match="does not know this API key and secret key"):
            AmplitudeClient("nobody", "nothing", patience=QUICK).check()
        there.may_read = False
        with pytest.raises(NoRights, match="Export is not part of this plan"):
            AmplitudeClient("eu-key", "eu-secret", region="eu", patience=QUICK).pull(FIRST, FIRST, tmp_path)
    with pytest.raises(ProductError, match="no region of Amplitude"):
        AmplitudeClient("key", "secret", region="mars")
    with pytest.raises(ProductError, match="cannot be a key"):
        AmplitudeClient("key", "")


def test_the_key_is_tried_without_taking_the_events():
    hour = datetime.now(tz=UTC) - timedelta(hours=3)
    truth = by_hand((f"{hour:%Y-%m-%d %H:%M:%S}", f"{hour:%Y-%m-%d %H:%M:%S}", "ann", 1, "acme", "Export"))
    with AmplitudeStandIn(truth) as server, client(server) as asking:
        found = asking.check()
    assert (found.time_zone, found.newest_on) == ("UTC", hour.date())


def test_the_published_answer_is_taken(tmp_path, monkeypatch):
    path = PUBLISHED / "apis/amplitude/export_response.zip"
    if not path.is_file():
        pytest.skip("only the project is checked out")
    with AmplitudeStandIn(AmplitudeTruth(events=0)) as server:
        monkeypatch.setattr(server, "answer", lambda _: Answer(200, path.read_bytes()))
        pulled = pull(server, tmp_path / "in", FIRST, FIRST)
    lines = path.with_name("export_events.ndjson").read_text().splitlines()
    assert pulled.received == len(lines)
    assert sum(read(pulled.files, tmp_path / "out").totals().values()) <= len(lines)
