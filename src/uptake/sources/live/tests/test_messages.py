"""A message of an SDK, or an event of our own, as a canonical row."""

import json
from pathlib import Path

import pytest

from uptake.customers.event_rules import verdict
from uptake.sources.live.bodies import BadLine, Sent
from uptake.sources.live.messages import Row, columns_of, dumped, rows_of

SAMPLE = Path(__file__).parent.parent / "sample"
NOW = 1_795_300_000_000_000  # 2026-11-21T22:26:40Z
SAID = "2026-11-21T00:59:00.598+00:00"


def row(message, kind="", **sent) -> Row:
    [found] = rows_of(Sent([message], **sent), received=NOW, kind=kind)
    return found


def own(**event) -> Row:
    return row({"customer": "Acme", "user": "ann", "feature": "Export", **event}, kind=None)


def track(**message) -> Row:
    return row({"type": "track", "event": "Export", "userId": "u", "messageId": "m", **message})


@pytest.mark.parametrize("file", sorted(SAMPLE.glob("*.json")), ids=lambda file: file.stem)
def test_what_real_sdks_sent(file):
    """Both tell the same, though one of them puts a user's traits into the context only."""
    told = json.loads(file.read_text())
    identify, group, use, page, alias = rows_of(Sent(told["batch"], sent_at=told["sentAt"]), received=NOW, kind="")
    assert (identify.kind, identify.visitor_id, identify.email) == (
        "identify",
        "user_42",
        "dana.okafor@northwind.example",
    )
    assert (group.kind, group.account_id, group.name) == ("group", "acct_northwind", "Northwind Traders")
    assert (use.kind, use.account_id, use.visitor_id, use.event_name) == (
        "use",
        "acct_northwind",
        "user_42",
        "Report Exported",
    )
    assert (page.kind, page.account_id, page.event_name) == ("use", None, "Viewed Docs Home Page")
    assert alias.kind == "alias"
    assert [each.event_id for each in (identify, group, use, page, alias)] == [m["messageId"] for m in told["batch"]]


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ({"type": "page", "name": "Home"}, "Viewed Home Page"),
        ({"type": "page", "properties": {"name": "Home", "category": "Docs"}}, "Viewed Docs Home Page"),
        ({"type": "screen", "name": "Inbox"}, "Viewed Inbox Screen"),
        ({"type": "page"}, "Loaded a Page"),
        ({"type": "screen", "name": ""}, "Loaded a Screen"),
    ],
)
def test_pages_and_screens_are_called_as_segment_calls_them(message, name):
    assert row({"userId": "u", **message}).event_name == name


@pytest.mark.parametrize("name", ["Loaded a Page", "Loaded a Screen"])
def test_the_catalogue_knows_a_load_without_a_name_for_no_feature(name):
    assert verdict("live-web", name).kind == "set_aside"
    assert verdict("live-web", "Viewed Home Page").kind == "feature"


def test_the_address_says_the_type_of_a_message_that_does_not():
    assert row({"event": "Export", "userId": "u"}, kind="track").event_name == "Export"
    assert row({"event": "Export", "userId": "u"}, kind="").reason.startswith("the type is none of track, page")
    assert row({"type": "identify", "userId": "u"}, kind="track").kind == "identify"


@pytest.mark.parametrize("kind", ["pageview", 7, ["track"], {}, True])
def test_an_unknown_type_is_said(kind):
    assert (
        row({"type": kind, "event": "Export"}).reason
        == "the type is none of track, page, screen, identify, group, alias"
    )


def test_who_used_it():
    assert track(userId=None, anonymousId="a").visitor_id == "a"
    both = track(anonymousId="a")
    assert (both.visitor_id, both.other_id) == ("u", "a")
    assert track(userId=42).visitor_id == "42"
    assert track(userId=None).visitor_id is None
    assert track(userId="  undefined ").visitor_id is None
    assert track(userId={"id": 1}).visitor_id is None


def test_whose_it_is():
    assert track(context={"groupId": "g"}).account_id == "g"
    assert track(context={"groupId": ["g", "h"]}).account_id == "g"
    assert track(context={"groupId": "null"}).account_id is None
    assert row({"type": "track", "event": "x"}, context={"groupId": "all"}).account_id == "all"
    assert own(customer=None, account_id=7).account_id == "7"


def test_a_session_is_the_devices_own():
    assert track(anonymousId="a", context={"sessionId": 1_700}).session_id == "a/1700"
    assert track(context={"sessionId": 1_700}).session_id is None


def test_our_own_event():
    found = own(count=3, duration=1.5, session="s", id="i", timestamp="2026-11-20T10:00:00Z")
    assert found == Row("use", "i", "ann", None, "Acme", "Export", 1_795_168_800_000_000, 3, 1.5, "s")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"feature": None}, "no feature"),
        ({"feature": " \t"}, "no feature"),
        ({"feature": "x" * 501}, "the feature is over 500 characters"),
        ({"customer": "x" * 501}, "the customer is over 500 characters"),
        ({"user": "x" * 501}, "the user id is over 500 characters"),
        ({"id": "x" * 501}, "the event id is over 500 characters"),
        ({"timestamp": "soon"}, "the date is not readable"),
        ({"timestamp": "1999-12-31"}, "the date is before 2000"),
        ({"timestamp": "2026-11-23"}, "the date is in the future"),
        ({"count": -1}, "the count is negative"),
        ({"count": "-1"}, "the count is negative"),
        ({"count": 1.5}, "the count is not a whole number"),
        ({"count": float("nan")}, "the count is not a whole number"),
        ({"count": float("inf")}, "the count is not a whole number"),
        ({"count": "many"}, "the count is not a whole number"),
        ({"count": True}, "the count is not a whole number"),
        ({"count": 2_000_000_000}, "the count is over 1,000,000,000"),
        ({"count": 10**400}, "the count is not a whole number"),
        ({"duration": -1}, "the duration is negative"),
        ({"duration": "long"}, "the duration is not a number"),
    ],
)
def test_an_odd_event_is_set_aside_with_its_reason(event, reason):
    found = own(**event)
    assert (found.kind, found.reason, found.event_name) == ("odd", reason, None)
    assert "Acme" in found.text or "customer" in event


def test_no_use_is_no_bad_row():
    assert own(count=0).kind == "none"
    assert own(count="3").uses == 3


@pytest.mark.parametrize("message", ["text", 7, None, [], [{"feature": "x"}]])
def test_what_is_no_object_is_set_aside(message):
    assert row(message).reason == "the event is no object"


def test_a_line_that_cannot_be_read_is_kept_as_it_was():
    assert row(BadLine("{oops")).text == "{oops"


@pytest.mark.parametrize(
    ("traits", "domain"),
    [
        ({"domain": "acme.example"}, "acme.example"),
        ({"website": "https://www.acme.example:443/about"}, "www.acme.example"),
        ({"website": "acme.example/"}, "acme.example"),
        ({"website": 7, "domain": ""}, "7"),
        ({}, None),
        ("none", None),
    ],
)
def test_a_group_tells_its_company(traits, domain):
    found = row({"type": "group", "groupId": "g", "traits": traits})
    assert (found.account_id, found.domain) == ("g", domain)


# Ids


def test_an_event_without_an_id_is_known_by_what_it_says():
    """Two clicks in a second, in one request, are two; the same request again brings the same two."""
    twice = Sent([{"feature": "Export", "timestamp": SAID}] * 2)
    first, again = (rows_of(twice, received=NOW + n) for n in (0, 5))
    assert [each.event_id for each in first] == [each.event_id for each in again]
    assert len({each.event_id for each in first}) == 2
    assert own(timestamp=SAID).event_id != own(timestamp=SAID, user="bo").event_id


def test_an_event_without_id_and_time_is_always_new():
    first, again = (rows_of(Sent([{"feature": "Export"}]), received=NOW + n)[0] for n in (0, 5))
    assert first.event_id != again.event_id


def test_a_long_event_is_known_by_all_of_it():
    long = "x" * 5_000
    assert own(timestamp=SAID, note=long + "a").event_id != own(timestamp=SAID, note=long + "b").event_id


# Columns


def test_columns_say_only_what_is_unusual():
    columns = columns_of([track(), track(messageId="n")])
    assert columns == {
        "event_id": ["m", "n"],
        "visitor_id": ["u", "u"],
        "event_name": ["Export", "Export"],
        "occurred": [NOW, NOW],
    }


def test_a_text_that_no_encoding_can_hold_is_kept_with_question_marks():
    assert json.loads(dumped(columns_of([track(event="a\ud800b")])))["event_name"] == ["a?b"]


def test_nul_is_taken_out():
    assert track(event="a\0b", userId="c\0").event_name == "ab"
