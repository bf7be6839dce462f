"""Mixpanel's raw export, asked over HTTP: what comes into the files is the server's truth, whatever goes wrong."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.standins.faults import Faults
from tests.standins.mixpanel import Event, MixpanelStandIn, MixpanelTruth
from tests.standins.server import Answer

from uptake.kit.errors import ProductError
from uptake.kit.http import CutOff, Odd, Patience, Throttled
from uptake.sources.mixpanel import api
from uptake.sources.mixpanel.api import MixpanelClient
from uptake.sources.pull import NoRights, WrongKey, WrongRegion
from uptake.sources.tests.by_hand import PUBLISHED, published
from uptake.sources.tests.pulled import QUICK, read

FIRST = date(2026, 1, 1)
BRIEF = Patience(tries=2, silent_tries=2, overall=2, first_wait=0.001, throttled_wait=0.01)


def client(server, **more):
    more = {"patience": QUICK, "project": server.project, "address": server.url} | more
    return MixpanelClient(server.user, server.secret, **more)


def pull(server, folder, first=FIRST, last=None, **more):
    folder.mkdir(exist_ok=True)
    with client(server, **more) as asking:
        return asking.pull(first, last or server.truth.last, folder)


def by_hand(*events):
    """(local time, person, account, name), each an event of its own."""
    truth = MixpanelTruth(events=0)
    truth.events = [
        Event(datetime.fromisoformat(local), person, account, name, f"i{number}")
        for number, (local, person, account, name) in enumerate(events)
    ]
    return truth


def test_days_are_asked_with_both_ends(tmp_path):
    truth = by_hand(
        ("2026-01-01T23:59:59", "ann", "acme", "Export"),  # the day before
        ("2026-01-02T00:00:00", "ann", "acme", "Export"),
        ("2026-01-03T23:59:59", "bob", "acme", "Export"),
        ("2026-01-03T12:00:00", "$device:18c2", None, "Signed up"),  # nobody known yet
        ("2026-01-03T12:00:01", "eve", None, "$identify"),  # tells that two ids are one: kept, and no use of a feature
        ("2026-01-04T00:00:00", "bob", "acme", "Export"),  # the day after
    )
    with MixpanelStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in", date(2026, 1, 2), date(2026, 1, 3))
        assert server.asked[0].query == {"from_date": "2026-01-02", "to_date": "2026-01-03", "project_id": "123456"}
    assert sorted(read(pulled.files, tmp_path / "out").rows, key=str) == sorted(
        [
            (date(2026, 1, 2), "acme", "ann", "Export", 1),
            (date(2026, 1, 3), "acme", "bob", "Export", 1),
            (date(2026, 1, 3), None, "$device:18c2", "Signed up", 1),
            (date(2026, 1, 3), None, "eve", "$identify", 1),
        ],
        key=str,
    )
    assert (pulled.received, pulled.requests) == (4, 1)
    assert pulled.newest_at == datetime(2026, 1, 4, 0, 0, 0, 500_000, tzinfo=UTC)  # came in 1.5 s later


DIALS = {
    "none": {},
    "throttle": {"throttle": 0.5},
    "throttle without a word": {"throttle_bare": 0.5},
    "server errors": {"server_error": 0.5},
    "stalls": {"stall": 0.3, "stall_seconds": 0.6},
    "resets": {"reset": 0.5},
    "cut bodies": {"cut": 0.6},
    "pages instead of events": {"wrong_json": 0.5},
    "terminated early": {"terminated": 0.5},
    "events twice": {"repeat": 1},
    "events in another order": {"reorder": 1},
    "a clock that is ahead": {"throttle": 0.5, "clock_skew": 7200, "wait_seconds": 0.01},
    "all at once": {
        "throttle": 0.05, "throttle_bare": 0.05, "server_error": 0.1, "stall": 0.05, "stall_seconds": 0.6, "reset": 0.1,
        "cut": 0.1, "wrong_json": 0.1, "terminated": 0.1, "repeat": 0.5, "reorder": 0.5,
    },
}  # fmt: skip


@pytest.mark.parametrize("dial", DIALS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_fault_ends_in_the_truth(tmp_path, dial, seed):
    truth, faults = MixpanelTruth(seed=seed, days=40, events=120), Faults(seed=seed, **DIALS[dial])
    with MixpanelStandIn(truth, faults) as server:
        pulled = pull(server, tmp_path / "in")
    got = read(pulled.files, tmp_path / "out")
    assert got.totals() == truth.totals()
    assert pulled.received == got.converted.rows_read
    assert sorted(pulled.files) == sorted((tmp_path / "in").iterdir())


def test_a_project_of_before_2023_writes_its_own_clock(tmp_path):
    today = datetime.now(tz=UTC).date()
    truth = MixpanelTruth(seed=4, first=today - timedelta(days=5), zone="Asia/Tokyo", events=200)
    with MixpanelStandIn(truth) as server:
        with client(server) as asking:
            found = asking.check()
        pulled = pull(server, tmp_path / "in", truth.first, truth.last)
    assert found.time_zone is None
    assert "9 hours later than they reached Mixpanel" in found.notes[0]
    assert read(pulled.files, tmp_path / "out", timezone="Asia/Tokyo").totals() == truth.totals()


def test_a_project_in_utc_is_told_to_be():
    today = datetime.now(tz=UTC).date()
    truth = MixpanelTruth(seed=5, first=today - timedelta(days=5), events=200)
    with MixpanelStandIn(truth, Faults(seed=1, cut=0.5)) as server, client(server) as asking:
        found = asking.check()
    assert (found.time_zone, found.notes) == ("UTC", ())
    assert found.newest_on in (truth.last, truth.last + timedelta(days=1))


def test_a_project_without_events_is_no_error(tmp_path):
    with MixpanelStandIn(MixpanelTruth(events=0)) as server:
        pulled = pull(server, tmp_path / "in")
        with client(server) as asking:
            found = asking.check()
            assert (asking.accounts(), asking.totals([FIRST])) == ([], {FIRST: 0})
    assert (pulled.files, pulled.received) == ((), 0)
    assert list((tmp_path / "in").iterdir()) == []
    assert found.notes == ("Mixpanel shows no events in the last 7 days.",)


def test_a_project_secret_stands_where_a_user_would(tmp_path):
    with (
        MixpanelStandIn(MixpanelTruth(seed=6)) as server,
        MixpanelClient("", server.project_secret, address=server.url, patience=QUICK) as asking,
    ):
        pulled = asking.pull(FIRST, server.truth.last, tmp_path)
    assert pulled.received == 60


def test_an_export_that_always_ends_early_keeps_nothing(tmp_path):
    with (
        MixpanelStandIn(MixpanelTruth(seed=7), Faults(terminated=1)) as server,
        pytest.raises(CutOff, match="broke its export off"),
    ):
        pull(server, tmp_path / "in", patience=BRIEF)
    assert list((tmp_path / "in").iterdir()) == []


def test_a_window_that_breaks_off_is_asked_in_halves(tmp_path, monkeypatch):
    """Mixpanel gets to the end of two days, and of no more."""
    truth = MixpanelTruth(seed=8, days=7)
    with MixpanelStandIn(truth) as server:
        whole = server.answer

        def broken(asked):
            days = date.fromisoformat(asked.query["to_date"]) - date.fromisoformat(asked.query["from_date"])
            return server.terminated(whole(asked)) if days.days > 1 else whole(asked)

        monkeypatch.setattr(server, "answer", broken)
        pulled = pull(server, tmp_path / "in", patience=BRIEF)
    assert len(pulled.files) == 4
    assert read(pulled.files, tmp_path / "out").totals() == truth.totals()


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_the_last_line_may_end_without_a_break_when_it_is_whole(tmp_path, monkeypatch, end):
    lines = b"".join(by_hand(("2026-01-01T10:00:00", "ann", "acme", "Export")).lines(FIRST, FIRST))
    with MixpanelStandIn(MixpanelTruth(events=0)) as server:
        monkeypatch.setattr(server, "answer", lambda _: Answer(200, lines.rstrip() + end))
        assert pull(server, tmp_path / "in").received == 1
        monkeypatch.setattr(
            server, "answer", lambda _: Answer(200, lines.rstrip()[:-1])
        )  # ends in a bracket all the same
        with pytest.raises(CutOff):
            pull(server, tmp_path / "in", FIRST, FIRST, patience=BRIEF)


def test_an_error_with_status_200_is_no_event(tmp_path, monkeypatch):
    with MixpanelStandIn(MixpanelTruth()) as server:
        monkeypatch.setattr(server, "answer", lambda _: Answer(200, b'{"error": "timeout"}\n'))
        with pytest.raises(Odd, match="something else than events"):
            pull(server, tmp_path / "in", patience=BRIEF)


def test_an_odd_event_is_said_and_loses_no_other(tmp_path, monkeypatch):
    plain = list(by_hand(*[("2026-01-01T10:00:00", "ann", "acme", "Größe geändert")] * 3).lines(FIRST, FIRST))
    odd = [
        b'{"event": "x", "properties": {"time": ' + b"[" * 5000 + b"]" * 5000 + b"}}\n",  # deep
        plain[0].replace(b"ann", b"\xff\xfe"),  # no UTF-8
        b'{"event": "x", "properties": {"time": "soon", "distinct_id": "eve", "$insert_id": "e"}}\n',
        b"not an event\n",
        b'{"event": "x", "properties": {"big": "' + b"x" * (17 << 20) + b'"}}\n',
    ]
    body = b"".join([*plain[:2], *odd, plain[2]])
    with MixpanelStandIn(MixpanelTruth(events=0)) as server:
        monkeypatch.setattr(server, "answer", lambda _: Answer(200, body))
        with client(server) as asking:
            asking.check()
        pulled = pull(server, tmp_path / "in", FIRST, FIRST)
    got = read(pulled.files, tmp_path / "out").converted
    assert pulled.received == got.rows_read == 8
    assert (got.good, got.set_aside_rows) == (3, 5)


def test_over_the_hourly_limit_for_too_long(tmp_path):
    with (
        MixpanelStandIn(MixpanelTruth(seed=9, days=70), hourly=1) as server,
        pytest.raises(Throttled, match="asked too often"),
    ):
        pull(server, tmp_path / "in", patience=Patience(overall=0.2, throttled_wait=0.05))


def test_a_late_correction_is_what_the_next_pull_brings(tmp_path):
    truth = MixpanelTruth(seed=10)
    day = date(2026, 1, 2)
    with MixpanelStandIn(truth) as server:
        before = read(pull(server, tmp_path / "one").files, tmp_path / "out1").totals()
        truth.correct(day)
        after = read(pull(server, tmp_path / "two").files, tmp_path / "out2").totals()
        with client(server) as asking:
            assert asking.totals([day]) == {day: truth.per_day()[day]}
    assert before != after == truth.totals()


def test_a_wrong_key_a_key_without_rights_and_a_wrong_region_are_told_apart(monkeypatch):
    truth = MixpanelTruth(events=0)
    with MixpanelStandIn(truth) as here, MixpanelStandIn(truth, user="eu-user") as there:
        monkeypatch.setattr(api, "REGIONS", {"us": here.url, "eu": there.url})
        asking = {"project": "123456", "patience": QUICK}
        with pytest.raises(WrongRegion, match="Mixpanel's region eu"):
            MixpanelClient("eu-user", "mix-secret", **asking).check()
        with pytest.raises(WrongKey, match="does not know this service account or project secret"):
            MixpanelClient("nobody", "nothing", **asking).check()
        with pytest.raises(NoRights, match="no permission for this project"):
            MixpanelClient(here.user, here.secret, **asking | {"project": "999"}).check()


@pytest.mark.parametrize(
    ("user", "secret", "more", "said"),
    [
        ("user", "secret", {}, "needs the project's number"),
        ("user", "secret", {"project": "12x"}, "needs the project's number"),
        ("user", "", {"project": "12"}, "cannot be a key"),
        ("", "secret", {"region": "mars"}, "no region of Mixpanel"),
    ],
)
def test_what_cannot_be_a_connection(user, secret, more, said):
    with pytest.raises(ProductError, match=said):
        MixpanelClient(user, secret, **more)


def test_published_answers(tmp_path, monkeypatch):
    for text in published("apis/mixpanel/export_response.jsonl"):
        with MixpanelStandIn(MixpanelTruth()) as server:
            answer = Answer(200, text.encode())
            monkeypatch.setattr(server, "answer", lambda _, answer=answer: answer)
            pulled = pull(server, tmp_path / "in", FIRST, FIRST)
        assert read(pulled.files, tmp_path / "out").converted.good == 2
    cut = PUBLISHED / "apis/mixpanel/export_response_cut_short.jsonl"
    if cut.is_file():
        with pytest.raises(CutOff):
            api._checked(cut)
