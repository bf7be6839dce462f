"""The door for live events, as a server drives it: who may send, what is answered, and what is said of what it cannot take."""

import asyncio
import base64
import gzip
import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from uptake.api import live
from uptake.api.live import OWN, PATHS, with_live_events
from uptake.pipeline.live import spool
from uptake.pipeline.live.arrivals import arrived
from uptake.pipeline.live.keys import create_live_source, new_key, pause
from uptake.pipeline.live.spool import closed_segments
from uptake.sources.live import bodies
from uptake.sources.live.bodies import MOST_BYTES
from uptake.team.models import Role
from uptake.team.services import create_key

pytestmark = pytest.mark.django_db(transaction=True)  # keys are looked up in another thread, as served
DOCUMENT = Path(live.__file__).parents[3] / "docs" / "live-events.md"
EVENT = {"id": "1", "customer": "Acme", "user": "ann", "feature": "Export"}
TRACK = {"type": "track", "event": "Export", "userId": "ann", "messageId": "1"}


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: bytes
    left: int  # pieces of the body that nobody received

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def basic(key: str) -> tuple[str, str]:
    return "Authorization", f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"


def bearer(key: str) -> tuple[str, str]:
    return "Authorization", f"Bearer {key}"


async def ask(path, body=b"", *headers, method="POST", says_length=True, pieces=None) -> Answer:
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    waiting = pieces or [body[start : start + 65_536] for start in range(0, len(body), 65_536)] or [b""]
    sent = []

    async def receive():
        if not waiting or waiting[0] is None:
            await asyncio.sleep(60)  # the sender has no more to say
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    async def inner(scope, receive, send):
        await live._send(send, 418, b"the pages", [])

    length = [("Content-Length", str(len(body)))] if says_length else []
    told = [(name.lower().encode(), value.encode()) for name, value in [*headers, *length]]
    scope = {"type": "http", "method": method, "path": path, "headers": told}
    await with_live_events(inner)(scope, receive, send)
    start, end = sent
    return Answer(start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, end["body"], len(waiting))


def asked(*arguments, **more) -> Answer:
    return asyncio.run(ask(*arguments, **more))


@pytest.fixture(autouse=True)
def door(monkeypatch):
    """A door of its own for each home."""
    monkeypatch.setattr(live, "_door", None)
    yield
    if live._door is not None:
        live._door.spool.close()


@pytest.fixture
def key(transactional_db):
    return create_live_source("Web app", None)[1]


def kept() -> list[dict[str, Any]]:
    """The rows that are durable by now."""
    live.door().spool.close()
    return [row for came in arrived(closed_segments()) for row in came.rows.to_pylist()]


# Taking


@pytest.mark.parametrize("way", [basic, bearer])
def test_events_are_taken_with_the_sources_key(key, way):
    answer = asked(OWN, [EVENT, {**EVENT, "id": "2"}], way(key))
    assert (answer.status, answer.json) == (200, {"success": True, "received": 2})
    assert answer.headers["content-type"] == "application/json"
    assert [row["event_id"] for row in kept()] == ["1", "2"]


def test_the_key_may_stand_in_the_body(key):
    assert asked("/v1/batch", {"batch": [TRACK], "writeKey": key}).status == 200
    assert asked(OWN, {"events": [EVENT], "writeKey": "upw_wrong"}).status == 401
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("path", "message", "kind"),
    [
        ("/v1/track", {"event": "Export"}, "use"),
        ("/v1/page", {"name": "Home"}, "use"),
        ("/v1/screen", {"name": "Home"}, "use"),
        ("/v1/identify", {"traits": {}}, "identify"),
        ("/v1/group", {"groupId": "g"}, "group"),
        ("/v1/alias", {"previousId": "a"}, "alias"),
        ("/v1/t", {"event": "Export"}, "use"),
        ("/v1/import", {"batch": [TRACK]}, "use"),
        ("/v1/batch", {"batch": [TRACK]}, "use"),
    ],
)
def test_every_address_of_the_protocol(key, path, message, kind):
    answer = asked(path, {"userId": "ann", "messageId": "m", **message}, basic(key))
    assert (answer.status, answer.json["success"]) == (200, True)
    assert [row["kind"] for row in kept()] == [kind]


def test_gzip_and_lines(key):
    lines = "\n".join(json.dumps({**EVENT, "id": n}) for n in range(3)).encode()
    packed = gzip.compress(lines)
    for headers in ([("Content-Type", "application/x-ndjson")], [("Content-Encoding", "gzip")]):
        body = packed if headers[0][0] == "Content-Encoding" else lines
        assert asked(OWN, body, basic(key), *headers).json == {"success": True, "received": 3}


def test_a_large_batch_is_taken(key):
    large = [{**EVENT, "id": n, "note": "x" * 700} for n in range(10_000)]
    assert asked(OWN, large, basic(key)).json == {"success": True, "received": 10_000}
    assert len(kept()) == 10_000


def test_odd_events_are_named_and_the_others_taken(key):
    answer = asked(OWN, [EVENT, {**EVENT, "count": -1}, 7, {**EVENT, "count": 0}], basic(key))
    assert answer.status == 200
    assert answer.json == {
        "success": True,
        "received": 4,
        "setAside": 2,
        "reasons": [
            {"event": 1, "reason": "the count is negative"},
            {"event": 2, "reason": "the event is no object"},
        ],
        "noUse": 1,
    }
    assert len(kept()) == 4


def test_an_empty_batch_is_a_success(key):
    assert asked("/v1/batch", {"batch": []}, basic(key)).json == {"success": True, "received": 0}
    assert closed_segments() == []


def test_many_at_once_share_their_fsyncs(key):
    async def many():
        return await asyncio.gather(*(ask(OWN, {**EVENT, "id": n}, basic(key)) for n in range(200)))

    assert {answer.status for answer in asyncio.run(many())} == {200}
    assert live.door().spool.syncs < 100
    assert len(kept()) == 200


def test_scripts_in_a_browser_may_send(key):
    before = asked("/v1/t", method="OPTIONS")
    assert (before.status, before.headers["access-control-allow-origin"]) == (204, "*")
    assert asked("/v1/t", {"event": "x", "writeKey": key}).headers["access-control-allow-origin"] == "*"


def test_other_addresses_are_the_pages():
    assert asked("/api/usage/upload").status == asked("/v1/else").status == asked("/").status == 418


# Refusing


def refusal(answer: Answer, status: int, code: str) -> None:
    """JSON with what SDKs look for."""
    assert (answer.status, answer.json["code"]) == (status, code)
    assert answer.json["message"].endswith(".")
    assert answer.headers["content-length"] == str(len(answer.text))


@pytest.mark.parametrize("path", [OWN, "/v1/batch"])
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ([], "missing_write_key"),
        ([basic("")], "missing_write_key"),
        ([basic("upw_wrong")], "invalid_write_key"),
        ([bearer("upw_wrong")], "invalid_write_key"),
        ([("Authorization", "Digest x")], "unknown_authorization"),
        ([("Authorization", "Basic ###")], "unknown_authorization"),
        ([("Authorization", "Basic /w==")], "unknown_authorization"),
    ],
)
def test_strangers_are_refused(key, path, headers, code):
    refusal(asked(path, [EVENT], *headers), 401, code)
    assert kept() == []


def test_a_key_of_the_api_is_no_write_key(db):
    refusal(asked(OWN, EVENT, bearer(create_key(name="script", role=Role.ADMIN)[1])), 401, "invalid_write_key")


def test_a_paused_source_and_an_old_key(key, monkeypatch):
    from uptake.pipeline.live import keys
    from uptake.pipeline.sync.models import Connection

    monkeypatch.setattr(keys, "LOOKED_UP_EVERY_SECONDS", 0)
    made = Connection.objects.get()
    pause(made, None)
    refusal(asked(OWN, EVENT, basic(key)), 403, "source_paused")
    pause(made, None, paused=False)
    assert asked(OWN, EVENT, basic(key)).status == 200
    new_key(made, None)
    refusal(asked(OWN, EVENT, basic(key)), 401, "invalid_write_key")


def test_refusals_of_the_api_are_problems(key):
    answer = asked(OWN, b"{", basic(key))
    refusal(answer, 400, "invalid_json")
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(answer.json)
    assert set(asked("/v1/batch", b"{", basic(key)).json) == {"code", "message"}


@pytest.mark.parametrize("says_length", [True, False])
def test_forty_megabytes_are_refused_and_the_sender_gets_to_read_it(key, says_length):
    body = b'{"feature": "' + b"x" * (40 << 20) + b'"}'
    answer = asked(OWN, body, basic(key), says_length=says_length)
    refusal(answer, 413, "payload_too_large")
    assert answer.left == 0  # SDKs read an answer only when they have sent everything
    assert live.door().in_memory == 0


def test_a_bomb_is_refused(key):
    refusal(asked("/v1/batch", gzip.compress(bytes(200 << 20)), basic(key)), 413, "payload_too_large")


def test_without_a_key_in_the_header_only_little_is_read(key):
    body = {"batch": [{**TRACK, "properties": {"x": "x" * (2 << 20)}}], "writeKey": key}
    refusal(asked("/v1/batch", body, says_length=False), 413, "payload_too_large")
    assert asked("/v1/batch", body, basic(key)).status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"\xff\xfe", "invalid_json"),
        (b"[" * 200_000, "invalid_json"),
        (b'{"batch": 7}', "invalid_batch"),
        (b"\x1f\x8bxx", "invalid_gzip"),
    ],
)
def test_odd_bodies_are_refused_in_a_sentence(key, body, code):
    refusal(asked("/v1/batch", body, basic(key)), 400, code)


def test_other_methods_are_not_offered():
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
        answer = asked("/v1/batch", method=method)
        assert (answer.status, answer.headers["allow"]) == (405, "POST")


# Too much


def test_a_full_spool_asks_to_come_later(key, settings, monkeypatch):
    monkeypatch.setattr(live, "LOOK_EVERY_SECONDS", -1)
    assert asked(OWN, EVENT, basic(key)).status == 200
    settings.UPTAKE.live_spool, before = "0.01KB", settings.UPTAKE.live_spool
    try:
        answer = asked(OWN, EVENT, basic(key))
    finally:
        settings.UPTAKE.live_spool = before
    refusal(answer, 429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0
    live.door().spool.close()
    for path in closed_segments():  # moved
        path.unlink()
    assert asked(OWN, EVENT, basic(key)).status == 200  # once there is room again


def test_too_much_at_once_is_refused_before_memory_grows(key, settings):
    settings.UPTAKE.live_memory, before = "1MB", settings.UPTAKE.live_memory
    body = json.dumps({**EVENT, "note": "x" * 400_000}).encode()

    async def many():
        return await asyncio.gather(*(ask(OWN, body, basic(key)) for _ in range(10)))

    try:
        answers = asyncio.run(many())
    finally:
        settings.UPTAKE.live_memory = before
    statuses = [answer.status for answer in answers]
    assert 1 <= statuses.count(200) <= 2
    assert statuses.count(429) == 10 - statuses.count(200)
    assert live.door().in_memory == 0
    assert asked(OWN, body, basic(key)).status == 200


async def stalled(count, size, *headers):
    """Senders that send so much, and then nothing for as long as they are listened to. Their answers come in the end."""
    body = b'{"batch": [], "x": "' + b"x" * size

    def pieces():
        return [body[start : start + 65_536] for start in range(0, len(body), 65_536)] + [None]

    asking = [
        asyncio.create_task(ask("/v1/batch", b"", *headers, says_length=False, pieces=pieces())) for _ in range(count)
    ]
    await asyncio.sleep(0.1)
    return asking


def test_who_has_no_key_takes_no_room_from_who_has_one(key, monkeypatch):
    monkeypatch.setattr(live, "BODY_WITHIN_SECONDS", 2.0)
    monkeypatch.setattr(live, "READ_ON_SECONDS", 2.0)
    large = {**EVENT, "note": "x" * 100_000}

    async def tried():
        asking = await stalled(70, (1 << 20) - 100)
        held = live.door().nameless_in_memory
        assert (await ask(OWN, large, basic(key))).status == 200
        return held, await asyncio.gather(*asking)

    held, answers = asyncio.run(tried())
    assert 0 < held <= live.NAMELESS_AT_ONCE_BYTES
    assert {answer.status for answer in answers} == {408, 429}
    assert live.door().in_memory == live.door().nameless_in_memory == 0
    assert asked("/v1/batch", {"batch": [TRACK], "writeKey": key}).status == 200


@pytest.mark.parametrize("has_key", [True, False])
def test_a_body_that_does_not_come_is_not_waited_for(key, has_key, monkeypatch):
    monkeypatch.setattr(live, "BODY_WITHIN_SECONDS", 0.2)

    async def tried():
        [asking] = await stalled(1, 10, *([basic(key)] if has_key else []))
        return await asyncio.wait_for(asking, 5)

    answer = asyncio.run(tried())
    refusal(answer, 408, "slow_body")
    assert answer.headers["connection"] == "close"
    assert live.door().in_memory == live.door().nameless_in_memory == 0


def test_the_rest_of_a_refused_body_is_not_waited_for_without_end(key, monkeypatch):
    monkeypatch.setattr(live, "READ_ON_SECONDS", 0.2)

    async def tried():
        [asking] = await stalled(1, 2 << 20)
        return await asyncio.wait_for(asking, 5)

    answer = asyncio.run(tried())
    refusal(answer, 413, "payload_too_large")
    assert answer.headers["connection"] == "close"


def test_a_disk_that_fails_is_said_and_nothing_is_answered_as_kept(key, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool.os, "fdatasync", full)
    answer = asked(OWN, EVENT, basic(key))
    refusal(answer, 503, "storage_failed")
    assert "retry-after" in answer.headers


def test_a_disk_that_is_nearly_full_is_said_before(key, monkeypatch):
    monkeypatch.setattr(live, "LEAST_FREE_BYTES", 1 << 60)
    refusal(asked(OWN, EVENT, basic(key)), 503, "storage_full")


def test_a_disk_that_stalls_does_not_keep_the_sender_waiting(key, monkeypatch):
    monkeypatch.setattr(live, "ANSWER_WITHIN_SECONDS", 0.1)
    monkeypatch.setattr(spool.os, "fdatasync", lambda _: time.sleep(0.5))
    refusal(asked(OWN, EVENT, basic(key)), 503, "slow_storage")


def test_a_sender_that_hangs_up_leaves_nothing(key):
    async def broken():
        async def receive():
            return {"type": "http.disconnect"}

        async def send(_):
            raise AssertionError("nobody is there to be answered")

        headers = [(name.lower().encode(), value.encode()) for name, value in [basic(key)]]
        scope = {"type": "http", "method": "POST", "path": OWN, "headers": headers}
        await with_live_events(lambda *_: None)(scope, receive, send)

    asyncio.run(broken())
    assert live.door().in_memory == 0


def test_the_document_names_every_address_refusal_and_limit():
    text = DOCUMENT.read_text()
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| [45]\d\d \| (.*?) \|", text, re.MULTILINE))))
    code = "".join(Path(module.__file__).read_text() for module in (live, bodies))
    assert told == set(re.findall(r"(?:Refused\(\s*\d{3}|\n\s+\d{3}),\s*\"(\w+)\"", code)) - {"method_not_allowed"}
    assert f"over {MOST_BYTES >> 20} MiB unpacked" in text
    assert f"up to {live.NAMELESS_BYTES >> 20} MiB may carry it" in text
    assert f"have {live.NAMELESS_AT_ONCE_BYTES >> 20} MiB of their own" in text
    assert f"within {live.BODY_WITHIN_SECONDS:g} seconds" in text
    assert f"over {bodies.MOST_OBJECTS:,} objects" in text
    assert f"over {bodies.MOST_MEMBERS:,} gzip members" in text
    assert all(f"/{path.rpartition('/')[2]}" in text for path in PATHS)
