"""What a body may be, and how little of an odd one is unpacked."""

import gzip
import json
import random
import tracemalloc
import zlib

import pytest

from uptake.sources.live.bodies import MOST_BYTES, MOST_MEMBERS, MOST_OBJECTS, BadLine, BodyRefused, read, unpacked

EVENT = {"feature": "Export"}


def body(told) -> bytes:
    return json.dumps(told).encode()


def refused(act) -> tuple[int, str]:
    with pytest.raises(BodyRefused) as caught:
        act()
    assert str(caught.value).endswith(".")
    return caught.value.status, caught.value.code


@pytest.mark.parametrize(
    "told", [EVENT, [EVENT], {"events": [EVENT]}, {"batch": [EVENT]}], ids=["object", "list", "events", "batch"]
)
def test_one_event_and_many_in_every_wrapping(told):
    assert read(body(told)).messages == [EVENT]


def test_what_is_said_of_the_whole_batch():
    sent = read(
        body({"batch": [EVENT], "sentAt": "2026-01-01T00:00:00Z", "writeKey": "k", "context": {"groupId": "g"}})
    )
    assert (sent.sent_at, sent.write_key, sent.context) == ("2026-01-01T00:00:00Z", "k", {"groupId": "g"})


@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/json"])
def test_lines_also_where_the_content_type_does_not_say_so(kind):
    assert read(b'{"a": 1}\r\n\n{"a": 2}\n', kind).messages == [{"a": 1}, {"a": 2}]


def test_a_bad_line_leaves_the_others():
    first, second, third = read(b'{"a": 1}\n{"a": \xff}\n{"a": 3}', "application/x-ndjson").messages
    assert (first, third) == ({"a": 1}, {"a": 3})
    assert second == BadLine('{"a": \ufffd}')


def test_what_only_python_writes_does_not_cost_the_batch():
    [first, second] = read(b'[{"properties": {"share": NaN}}, {"event": "\\ud800"}]').messages
    assert first["properties"]["share"] != first["properties"]["share"]
    assert second == {"event": "\ud800"}


@pytest.mark.parametrize(
    "odd",
    [b"", b"no", b"7", b'"text"', b'{"batch": 7}', b'{"batch": {}}', b'{"a": \xff}', b'{"a": 1', b"[" * 100_000, b'{"a":' * 9_000],
    ids=["empty", "word", "number", "text", "batch 7", "batch {}", "no UTF-8", "cut", "deep list", "deep object"],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(odd):
    assert refused(lambda: read(odd))[0] == 400


def test_gzip_is_known_by_its_first_bytes():
    packed = gzip.compress(body(EVENT)) + gzip.compress(b" ")  # a file may have several members
    assert unpacked(packed, "gzip") == unpacked(packed, "") == body(EVENT) + b" "


@pytest.mark.parametrize("odd", [b"\x1f\x8bno gzip", gzip.compress(body(EVENT))[:-9]], ids=["broken", "cut"])
def test_damaged_gzip_is_refused(odd):
    assert refused(lambda: unpacked(odd)) == (400, "invalid_gzip")


def test_a_gzip_body_of_countless_members_is_refused():
    """Each costs as much as a full one, and a megabyte has fifty thousand of them."""
    empty, told = gzip.compress(b""), body(EVENT)
    assert unpacked(empty * (MOST_MEMBERS - 1) + gzip.compress(told)) == told
    assert refused(lambda: unpacked(empty * (MOST_MEMBERS + 1))) == (413, "too_many_members")


def test_a_large_gzip_body_is_unpacked_over_many_blocks():
    told = random.Random(1).randbytes(1 << 20)
    assert unpacked(gzip.compress(told) + gzip.compress(b"end")) == told + b"end"


def test_other_encodings_are_refused():
    assert refused(lambda: unpacked(zlib.compress(b"{}"), "deflate")) == (415, "unknown_encoding")


def test_the_largest_batch_of_an_sdk_is_taken():
    """Up to 4 MiB are gathered, and then one message more, which may have 4 MiB itself."""
    batch = body({"batch": [{"properties": "x" * ((4 << 20) - 100)} for _ in range(2)], "sentAt": "2026"})
    assert len(read(unpacked(gzip.compress(batch))).messages) == 2


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, lambda text: gzip.compress(text[:-9]) + gzip.compress(text[-9:])]
)
def test_over_the_limit_nothing_is_taken(pack):
    assert refused(lambda: unpacked(pack(b"x" * (MOST_BYTES + 1)))) == (413, "payload_too_large")


def test_a_bomb_is_not_unpacked():
    bomb = gzip.compress(bytes(400 << 20), 9)
    tracemalloc.start()
    try:
        assert refused(lambda: unpacked(bomb)) == (413, "payload_too_large")
        assert tracemalloc.get_traced_memory()[1] < 3 * MOST_BYTES
    finally:
        tracemalloc.stop()


def test_millions_of_empty_events_are_refused_before_they_take_memory():
    assert refused(lambda: read(b"[" + b"{}," * MOST_OBJECTS + b"{}]")) == (413, "too_many_objects")
