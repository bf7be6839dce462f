"""Pendo, asked over HTTP: what comes into the files is the server's truth, whatever goes wrong on the way."""

import json
import operator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.standins import expressions
from tests.standins import pendo as standin
from tests.standins.faults import Faults
from tests.standins.pendo import PendoStandIn
from tests.standins.pendo_truth import FEATURES, PAGES, PLACEHOLDER, GuideEvent, PendoTruth, Use

from uptake.kit.errors import ProductError
from uptake.kit.http import Odd, Patience, Refused, Stopped, Unreachable
from uptake.sources.pendo import api
from uptake.sources.pendo.api import PendoClient
from uptake.sources.pendo.pulling import Moving
from uptake.sources.pull import NoRights, WrongKey, WrongRegion
from uptake.sources.tests.by_hand import published
from uptake.sources.tests.pulled import QUICK, read

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 10)
NEW_YORK = "America/New_York"


def client(server, **more):
    return PendoClient(server.key, address=server.url, patience=QUICK, **more)


def pull(server, folder, first=FIRST, last=LAST, **more):
    folder.mkdir(exist_ok=True)
    with client(server, **more) as asking:
        return asking.pull(first, last, folder)


def by_hand(*rows):
    """A subscription with these uses alone: (day of January, account, visitor, item, events, minutes)."""
    truth = PendoTruth(empty=True, days=31)
    truth.uses = [
        Use(FEATURES, date(2026, 1, day), account, visitor, item, -323232, events, minutes, "203.0.113.1")
        for day, account, visitor, item, events, minutes in rows
    ]
    return truth


def test_rows_of_one_visitor_and_feature_and_day_are_one_total(tmp_path):
    truth = by_hand(
        (1, "acme", "ann", "f1", 5, 1),
        (1, "acme", "ann", "f1", 2, 3),  # from another browser
        (1, "acme", "bob", "f1", 1, 1),
        (2, "acme", "ann", "f1", 4, 2),
        (2, None, "eve", "f1", 7, 1),  # a visitor without an account
        (3, PLACEHOLDER, "eve", "f1", 9, 1),
    )
    with PendoStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in")
    [file] = pulled.files
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    midnight = round(datetime(2026, 1, 1, 5, tzinfo=UTC).timestamp() * 1000)  # of New York
    assert lines[0] == {
        "day": midnight, "accountId": "acme", "visitorId": "ann", "featureId": "f1", "numEvents": 7, "numMinutes": 4,
    }  # fmt: skip
    assert sorted(read(pulled.files, tmp_path / "out").rows, key=str) == sorted(
        [
            (date(2026, 1, 1), "acme", "ann", "f1", 7),
            (date(2026, 1, 1), "acme", "bob", "f1", 1),
            (date(2026, 1, 2), "acme", "ann", "f1", 4),
            (date(2026, 1, 2), None, "eve", "f1", 7),
            (date(2026, 1, 3), None, "eve", "f1", 9),  # the placeholder of the install snippet is no account
        ],
        key=str,
    )
    assert (pulled.received, pulled.guide_rows, pulled.guides) == (5, 0, None)
    assert pulled.newest_at == datetime(2026, 1, 3, 5, tzinfo=UTC)


def test_all_kinds_of_use_of_all_apps_come_with_their_names(tmp_path):
    truth = PendoTruth(seed=1)
    with PendoStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in")
    assert [path.name for path in pulled.files] == [
        "pendo-featureEvents.jsonl", "pendo-pageEvents.jsonl", "pendo-trackEvents.jsonl", "pendo-names.jsonl",
    ]  # fmt: skip
    got = read(pulled.files, tmp_path / "out")
    assert got.totals() == truth.totals()
    known = truth.names()
    deleted = {items[-1].id for items in truth.items.values()}
    assert got.looked.names == {("pendo", key): name for key, name in known.items() if key not in deleted}
    assert "<i>Invite</i> feature 2" in got.looked.names.values()
    assert (got.converted.set_aside_rows, got.converted.refused_rows, got.converted.repeated) == (0, 0, 0)
    assert pulled.received == got.converted.good
    assert (pulled.requests, pulled.requests) == (len(server.asked), 7)  # three kinds, guides, three lists
    assert pulled.byte_count > 10_000


DIALS = {
    "throttle": {"throttle": 0.4},
    "throttled at length": {"throttle": 0.3, "wait_seconds": 0.02},
    "throttle without a word": {"throttle_bare": 0.4},
    "server errors": {"server_error": 0.4},
    "stalls": {"stall": 0.1, "stall_seconds": 0.6},
    "resets": {"reset": 0.4},
    "cut bodies": {"cut": 0.4},
    "wrong JSON": {"wrong_json": 0.4},
    "rows twice": {"repeat": 0.7},
    "rows in another order": {"reorder": 1},
    "a clock that is ahead": {"throttle": 0.3, "clock_skew": 7200, "wait_seconds": 0.01},
    "all at once": {
        "throttle": 0.05, "throttle_bare": 0.05, "server_error": 0.1, "stall": 0.02, "stall_seconds": 0.6, "reset": 0.05,
        "cut": 0.1, "wrong_json": 0.1, "repeat": 0.3, "reorder": 0.5,
    },
}  # fmt: skip


@pytest.mark.parametrize("dial", DIALS)
@pytest.mark.parametrize("page_rows", [50_000, 40])
def test_every_fault_ends_in_the_truth(tmp_path, dial, page_rows):
    truth, faults = PendoTruth(seed=2, days=6), Faults(seed=3, **DIALS[dial])
    with PendoStandIn(truth, faults) as server:
        pulled = pull(server, tmp_path / "in", page_rows=page_rows)
    got = read(pulled.files, tmp_path / "out")
    assert got.totals() == truth.totals()
    assert len(pulled.guides.read_text().splitlines()) == len(set(truth.guide_events))
    assert sum(count for name, count in faults.counts.items() if name != "requests") > 0, faults.counts
    assert not list((tmp_path / "in").glob("*.part"))


@pytest.mark.parametrize("faults", [{}, {"reorder": 1, "repeat": 0.5}])
@pytest.mark.parametrize("page_rows", [2, 3, 7])
def test_tiny_pages_lose_nothing_and_double_nothing(tmp_path, page_rows, faults):
    """Pages end in the middle of a day, of a visitor, of an account that is missing or has to be escaped."""
    truth = PendoTruth(seed=4, days=3, rows=12)
    with PendoStandIn(truth, Faults(seed=5, **faults)) as server:
        pulled = pull(server, tmp_path / "in", page_rows=page_rows)
    got = read(pulled.files, tmp_path / "out")
    assert got.totals() == truth.totals()
    visitors = {(use.day, use.visitor, use.item): 0 for use in truth.uses}
    assert {(day, visitor, item) for day, _, visitor, item, _ in got.rows} == set(visitors)
    assert len(pulled.guides.read_text().splitlines()) == len(set(truth.guide_events))


def test_many_at_one_moment_are_paged_by_their_people(tmp_path):
    truth = PendoTruth(empty=True)
    truth.guide_events = [
        GuideEvent(FIRST, 3600, account, visitor, "g1", step, "guideSeen")
        for account, visitor in (("acme", "ann"), ("acme", "bob"), (None, "eve"))
        for step in ("s1", "s2", "s3")
    ]
    with PendoStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in", page_rows=3)
    assert pulled.files == ()  # guides alone are no usage
    seen = [json.loads(line) for line in pulled.guides.read_text().splitlines()]
    assert sorted((row["visitorId"], row["guideStepId"]) for row in seen) == sorted(
        (event.visitor, event.step) for event in truth.guide_events
    )


def test_use_that_comes_in_between_two_pages_is_no_error_and_what_goes_away_is(tmp_path, monkeypatch):
    truth = by_hand(*((1, "acme", f"v{number}", "f1", 1, 1) for number in range(9)))
    asked = []
    with PendoStandIn(truth) as server:
        real = server.aggregated

        def late(body):
            asked.append(body)
            if len(asked) == change_at:  # behind the pages that are still to come
                truth.uses = change(truth.uses)
            return real(body)

        monkeypatch.setattr(server, "aggregated", late)
        change_at, change = (
            5,
            lambda uses: [*uses, Use(FEATURES, FIRST, "acme", "z", "f1", -323232, 1, 1, "203.0.113.1")],
        )
        assert read(pull(server, tmp_path / "one", page_rows=3).files, tmp_path / "out").totals() == truth.totals()
        asked.clear()
        change_at, change = 7, lambda uses: uses[:2]  # rows that a page brought already are gone: read again
        assert read(pull(server, tmp_path / "two", page_rows=3).files, tmp_path / "out2").totals() == truth.totals()
        assert len(truth.uses) == 2


OF_SIX = [(1, "acme", visitor, "f1", 1, 1) for visitor in ("ann", "Bob", "Cem", "dan", "Eve", "fay")]


def test_pages_that_do_not_add_up_are_not_taken(tmp_path, monkeypatch):
    with PendoStandIn(by_hand(*OF_SIX)) as server:
        assert len(read(pull(server, tmp_path / "in", page_rows=3).files, tmp_path / "out").rows) == 6
        monkeypatch.setitem(expressions.COMPARISONS, ">=", operator.gt)  # it leaves out the boundary itself
        with pytest.raises(Moving, match="changed while they were read"):
            pull(server, tmp_path / "lost", page_rows=3)
    assert list((tmp_path / "lost").iterdir()) == []


def test_pages_in_an_order_of_their_own_are_not_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(expressions, "by_bytes", str.casefold)
    monkeypatch.setattr(standin, "by_bytes", str.casefold)
    with PendoStandIn(by_hand(*OF_SIX)) as server, pytest.raises(Odd, match="in another order"):
        pull(server, tmp_path / "in", page_rows=3)
    assert list((tmp_path / "in").iterdir()) == []


def test_a_late_correction_is_what_the_next_pull_brings(tmp_path):
    truth = PendoTruth(seed=6)
    day = date(2026, 1, 5)
    with PendoStandIn(truth) as server:
        before = read(pull(server, tmp_path / "one", day, day).files, tmp_path / "out1").totals()
        truth.correct(day)
        after = read(pull(server, tmp_path / "two", day, day).files, tmp_path / "out2").totals()
        with client(server) as asking:
            told = asking.totals([day])
    assert before != after == truth.totals(day, day)
    assert told == {day: sum(after.values())}


def test_history_is_asked_in_windows_of_thirty_days(tmp_path):
    truth = PendoTruth(seed=7, days=70, rows=4)
    with PendoStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in", FIRST, truth.last)
    assert read(pulled.files, tmp_path / "out").totals() == truth.totals()
    asked = [json.loads(each.body)["request"]["pipeline"][0]["source"] for each in server.asked if each.body]
    counts = [source["timeSeries"]["count"] for source in asked if FEATURES in source]
    assert counts == [30, 30, 10]


def test_a_window_that_takes_too_long_is_asked_in_halves(tmp_path):
    truth = PendoTruth(seed=8, days=8)
    impatient = Patience(tries=2, silence=0.15, first_wait=0.001, longest_wait=0.01)
    with (
        PendoStandIn(truth, Faults(stall_seconds=0.4), most_days=2) as server,
        PendoClient(server.key, address=server.url, patience=impatient) as asking,
    ):
        pulled = asking.pull(FIRST, truth.last, tmp_path)
    assert read(pulled.files, tmp_path / "out").totals() == truth.totals()


@pytest.mark.parametrize("null_results", [True, False])
def test_an_empty_subscription_is_no_error(tmp_path, null_results):
    with PendoStandIn(PendoTruth(empty=True), null_results=null_results) as server:
        pulled = pull(server, tmp_path / "in")
        with client(server) as asking:
            found = asking.check()
            assert (asking.accounts(), list(asking.people()), asking.guides()) == ([], [], [])
            assert asking.totals([FIRST]) == {FIRST: 0}
    assert (pulled.files, pulled.guides, pulled.received, pulled.newest_at) == ((), None, 0, None)
    assert list((tmp_path / "in").iterdir()) == []
    assert found.notes == ("Pendo shows no use in the last 90 days.",)
    assert found.time_zone is None
    assert set(found.counts.values()) == {0}


def test_without_visitors_totals_are_per_account(tmp_path):
    truth = PendoTruth(seed=9)
    with PendoStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in", visitors=False, page_rows=20)
        with client(server, visitors=False) as asking:
            assert list(asking.people()) == []
    got = read(pulled.files, tmp_path / "out")
    assert got.totals() == truth.totals()
    assert {visitor for _, _, visitor, _, _ in got.rows} == {None}
    assert not [visitor for visitor in truth.visitors if visitor in written(tmp_path / "in")]
    asked = [each.body.decode() for each in server.asked]
    assert not [body for body in asked if '"group":["day","visitorId"' in body.replace(" ", "")]


def written(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.iterdir())


def test_a_pseudonym_stands_before_anything_is_written(tmp_path):
    truth = PendoTruth(seed=10)
    veil = {}

    def pseudonym(text):
        return veil.setdefault(text, f"person-{len(veil)}")

    with PendoStandIn(truth) as server:
        pulled = pull(server, tmp_path / "in", pseudonym=pseudonym)
        with client(server, pseudonym=pseudonym) as asking:
            people = list(asking.people())
    text = written(tmp_path / "in")
    assert not [visitor for visitor in truth.visitors if f'"{visitor}"' in text]
    assert "203.0.113" not in text  # guide events come with addresses
    got = read(pulled.files, tmp_path / "out")
    assert got.totals() == truth.totals()
    expected = {(use.day, veil[use.visitor], use.item) for use in truth.uses}
    assert {(day, visitor, item) for day, _, visitor, item, _ in got.rows} == expected
    assert {seen.visitor_id for seen in people} <= set(veil.values())
    assert {seen.email for seen in people} <= {*veil.values(), ""}


def test_accounts_people_and_guides_as_pendo_knows_them():
    truth = PendoTruth(seed=11)
    with PendoStandIn(truth) as server, client(server) as asking:
        accounts, people, guides = asking.accounts(), list(asking.people()), asking.guides()
    assert {each.account_id: each.name for each in accounts} == truth.accounts  # the placeholder is none
    first = next(each for each in accounts if each.account_id == "acct_000")
    assert (first.domain, first.crm_id) == ("company0.example", "001000000000000000")
    assert first.first_at == datetime(2026, 1, 1, 5, tzinfo=UTC)
    assert first.last_at == datetime(2026, 1, 10, 5, tzinfo=UTC)  # it was written as text
    emails = {each.visitor_id: (each.email, each.account_ids) for each in people}
    assert emails["user0@company0.example"] == ("user0@company0.example", ("acct_000",))
    assert emails["9917"] == ("", ("acct_000",))
    assert emails["nobody@nowhere.example"] == ("nobody@nowhere.example", ())
    assert not [visitor for visitor in emails if visitor.startswith("_PENDO_T_")]
    assert (guides[0].guide_id, guides[0].step_ids) == ("guide-0", ("g0-step0", "g0-step1", "g0-step2"))


def test_more_accounts_than_a_page_has(monkeypatch):
    monkeypatch.setattr(api, "LIST_ROWS", 3)
    truth = PendoTruth(seed=12, accounts=20)
    with PendoStandIn(truth, Faults(seed=1, reorder=1)) as server, client(server) as asking:
        accounts, people = asking.accounts(), list(asking.people())
    assert {each.account_id for each in accounts} == set(truth.accounts)
    assert len(people) == len({each.visitor_id for each in people}) == 20 * 4 + 3


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("America/New_York", "America/New_York"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("Europe/Vienna", "Europe/Berlin"),  # the same midnights
        ("Asia/Kolkata", "Asia/Kolkata"),
        ("UTC", "UTC"),
        ("Pacific/Auckland", "Pacific/Auckland"),
        ("Pacific/Honolulu", "Pacific/Honolulu"),
        ("Pacific/Kiritimati", "Pacific/Kiritimati"),  # a day apart from Honolulu, to the hour
    ],
)
def test_the_zone_is_told_by_the_midnights(tmp_path, zone, told):
    today = datetime.now(tz=UTC).date()
    truth = PendoTruth(seed=13, first=today - timedelta(days=60), days=58, rows=4, zone=zone)
    with PendoStandIn(truth) as server:
        with client(server) as asking:
            found = asking.check()
        pulled = pull(server, tmp_path / "in", truth.first, truth.last)
    assert found.time_zone == told
    assert found.newest_on == truth.last
    assert dict(found.counts) == {
        "features": 7, "pages": 4, "track types": 2, "guides": 3, "accounts": 6, "visitors": 25,
    }  # fmt: skip
    assert read(pulled.files, tmp_path / "out", timezone=found.time_zone).totals() == truth.totals()


def test_totals_are_pendos_own(tmp_path):
    truth = PendoTruth(seed=14)
    with PendoStandIn(truth, Faults(seed=2, repeat=1)) as server, client(server) as asking:
        days = [LAST, FIRST, FIRST]
        assert asking.totals(days) == {day: truth.per_day()[day] for day in (FIRST, LAST)}


def test_a_wrong_key_a_key_without_rights_and_a_wrong_region_are_told_apart(tmp_path, monkeypatch):
    with PendoStandIn(PendoTruth()) as here, PendoStandIn(PendoTruth(), key="other.eu") as there:
        monkeypatch.setattr(api, "REGIONS", {"us": here.url, "eu": there.url})
        with pytest.raises(WrongRegion, match="belongs to Pendo's region eu"):
            PendoClient("other.eu", region="us", patience=QUICK).check()
        with pytest.raises(WrongKey, match="does not know this integration key"):
            PendoClient("nobody", region="us", patience=QUICK).check()
        there.may_read = False
        with pytest.raises(NoRights, match=r"does not let it read usage .*Forbidden"):
            PendoClient("other.eu", region="eu", patience=QUICK).check()
        with pytest.raises(WrongKey):
            PendoClient("nobody", address=here.url, patience=QUICK).pull(FIRST, LAST, tmp_path)
    assert [each.headers["x-pendo-integration-key"] for each in here.asked][:1] == ["other.eu"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"region": "mars"}, "no region of Pendo"),
        ({"address": "http://app.pendo.io"}, "must begin with https"),
        ({"address": "https://key@app.pendo.io"}, "give the host alone"),
        ({"address": "app.pendo.io"}, "must begin with https"),
    ],
)
def test_an_address_that_cannot_be_one(more, said):
    with pytest.raises(ProductError, match=said):
        PendoClient("key", **more)


@pytest.mark.parametrize("key", ["", "  ", "a key", "schlüssel", "a\nb"])
def test_a_key_that_cannot_be_one(key):
    with pytest.raises(ProductError, match="cannot be a key of Pendo"):
        PendoClient(key)


def test_a_key_is_taken_without_the_spaces_around_it():
    with PendoStandIn(PendoTruth(empty=True)) as server:
        assert PendoClient(f" {server.key}\n", address=server.url, patience=QUICK).accounts() == []


def test_nobody_there():
    with PendoStandIn(PendoTruth()) as server:
        gone = server.url
    with pytest.raises(Unreachable, match=r"Pendo cannot be reached at 127\.0\.0\.1"):
        PendoClient("key", address=gone, patience=Patience(tries=2, first_wait=0.001)).check()


def test_other_days_than_those_asked_for_are_not_taken(tmp_path, monkeypatch):
    truth = PendoTruth(seed=15)
    with PendoStandIn(truth) as server:
        monkeypatch.setattr(truth, "midnight", lambda day: 1_700_000_000_000)
        with pytest.raises(Odd, match="other days"):
            pull(server, tmp_path / "in")
    assert list((tmp_path / "in").iterdir()) == []


ODD = {  # what a row has instead of 1 use of f1 by ann of acme on the first day -> why it is set aside; empty: it counts
    "a count as text": ({"numEvents": "3"}, ""),
    "no account": ({"accountId": None}, ""),
    "an account that is a number": ({"accountId": 4711}, ""),
    "a visitor that is longer than the rest of the file": ({"visitorId": "v" * 1_000_000}, ""),
    "a count that is negative": ({"numEvents": -4}, "the count is negative"),
    "a count that is no number": ({"numEvents": float("nan")}, "the count is empty"),
    "a count beyond 64 bits": ({"numEvents": 10**30}, "the count is over 1,000,000,000"),
    "half a use": ({"numEvents": 1.5}, "the count is not a whole number"),
    "no day": ({"day": None}, "no date"),
    "a day that is none": ({"day": "today"}, "the date is not readable"),
    "no feature": ({"featureId": None}, "no feature"),
    "a row of 17 MB": ({"visitorId": "v" * (17 << 20)}, "longer than 16 MB"),
}  # fmt: skip


@pytest.mark.parametrize("what", ODD)
def test_an_odd_row_is_said_and_loses_no_other(tmp_path, monkeypatch, what):
    change, reason = ODD[what]
    truth = PendoTruth(empty=True)
    plain = {
        "day": truth.midnight(FIRST), "visitorId": "ann", "accountId": "acme", "featureId": "f1", "numEvents": 1, "numMinutes": 1,
    }  # fmt: skip
    rows = [plain, plain | {"visitorId": "bob"} | change, plain | {"visitorId": "cem"}]
    with PendoStandIn(truth) as server:
        monkeypatch.setattr(server, "aggregated", lambda body: rows if FEATURES in json.dumps(body) else [])
        pulled = pull(server, tmp_path / "in")
    got = read(pulled.files, tmp_path / "out").converted
    assert pulled.received == got.rows_read == 3
    assert [(each.reason, each.rows) for each in got.set_aside] == ([(reason, 1)] if reason else [])
    assert got.good == (2 if reason else 3)


def test_ten_thousand_features(tmp_path):
    truth = by_hand(*((1 + number % 10, "acme", "ann", f"f{number}", 1, 1) for number in range(10_000)))
    with PendoStandIn(truth) as server:
        got = read(pull(server, tmp_path / "in", page_rows=700).files, tmp_path / "out")
    assert got.totals() == truth.totals()


def test_a_process_that_leaves_is_not_held_up(tmp_path):
    waits = iter([False, False, True])
    with PendoStandIn(PendoTruth(), Faults(throttle=1, wait_seconds=20)) as server:
        started = datetime.now(tz=UTC)
        with pytest.raises(Stopped):
            pull(server, tmp_path / "in", should_stop=lambda: next(waits))
        assert datetime.now(tz=UTC) - started < timedelta(seconds=2)
    assert list((tmp_path / "in").iterdir()) == []


def test_what_the_brief_asks_for_is_refused_as_pendo_would():
    with PendoStandIn(PendoTruth()) as server, client(server) as asking:
        for text in published("apis/pendo/requests/WRONG_accountMetrics_seed.json"):
            with pytest.raises(Refused, match="unknown source accountMetrics") as refusal:
                asking._http.json("POST", api.AGGREGATION, body=json.loads(text), read=dict)
            assert refusal.value.answered == 400


REQUESTS = ("accounts", "events_account_metrics_january_2026", "feature_events_last_30_days", "features",
            "guide_events_last_7_days", "monthly_active_accounts", "page_events_january_2026", "visitors")  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_the_stand_in_takes_published_requests(name):
    with PendoStandIn(PendoTruth(seed=16)) as server, client(server) as asking:
        for text in published(f"apis/pendo/requests/{name}.json"):
            rows = asking._http.json(
                "POST", api.AGGREGATION, body=json.loads(text), read=lambda answer: answer["results"]
            )
            assert rows is None or isinstance(rows, list)


def test_published_answers_are_taken(tmp_path):
    from uptake.sources.pendo.people import account_seen, visitor_seen

    for text in published("apis/pendo/responses/accounts.json"):
        first, second = (account_seen(row) for row in api._results(json.loads(text)))
        assert (first.account_id, first.name, second.name) == ("acct_northwind", "Northwind Traders", "Fabrikam")
    for text in published("apis/pendo/responses/visitors.json"):
        seen = [visitor_seen(row) for row in api._results(json.loads(text))]
        assert seen[1].email == "mina.sato@fabrikam.example"
    for text in published("apis/pendo/responses/feature_events_raw_rows.json"):
        path = tmp_path / "rows.json"
        path.write_text(text)
        assert sum(read([path], tmp_path / "out").totals().values()) == 5 + 1 + 12


def test_pages_are_no_features_and_both_count(tmp_path):
    truth = by_hand((1, "acme", "ann", "f1", 3, 1))
    truth.uses.append(Use(PAGES, FIRST, "acme", "ann", "p1", -323232, 4, 1, "203.0.113.1"))
    with PendoStandIn(truth) as server:
        got = read(pull(server, tmp_path / "in").files, tmp_path / "out")
    assert got.totals() == {(FIRST, "acme", "f1"): 3, (FIRST, "acme", "p1"): 4}
