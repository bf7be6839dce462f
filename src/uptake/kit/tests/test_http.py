"""What passes is tried again, what does not is said; only a whole answer counts."""

import gzip
import json
import socket
import threading
import time
from email.utils import formatdate

import pytest

from uptake.kit.errors import ProductError
from uptake.kit.http import (
    CutOff,
    Failing,
    Http,
    Odd,
    Patience,
    Refused,
    Stopped,
    Throttled,
    TimedOut,
    TooMuch,
    Unreachable,
)

QUICK = Patience(
    tries=4,
    silent_tries=2,
    overall=5,
    connect=1,
    silence=0.2,
    first_wait=0.001,
    longest_wait=0.002,
    throttled_wait=0.01,
)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b'{"ok": 123}'


class Scripted:
    """A server that sends these bytes, one item a connection; a number among an item's parts is a pause in seconds."""

    def __init__(self, *items):
        self.items = list(items)
        self.asked = []
        self.times = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.socket.close()

    def serve(self):
        for item in self.items:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.times.append(time.monotonic())
            self.asked.append(self.request(connection))
            threading.Thread(target=self.send, args=(connection, item), daemon=True).start()

    def send(self, connection, item):
        with connection:
            for part in [item] if isinstance(item, bytes) else item:
                try:
                    time.sleep(part) if isinstance(part, int | float) else connection.sendall(part)
                except OSError:  # the client has left
                    break

    def request(self, connection):
        text = b""
        while b"\r\n\r\n" not in text:
            text += connection.recv(65536)
        head, _, body = text.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body


def status(code, *headers, body=b""):
    lines = [f"HTTP/1.1 {code} x", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(server, patience=QUICK, **more):
    http = Http(server.url, name="Acme", patience=patience, should_stop=more.pop("should_stop", lambda: False))
    try:
        return http.json("GET", "/x", read=more.pop("read", lambda answer: answer), **more)
    finally:
        http.close()


PASSING = {
    "too many requests": status(429),
    "too many requests, and when to come back": status(429, "Retry-After: 0"),
    "unavailable, and when to come back": status(503, "Retry-After: 0"),
    "an error of its own": status(500, body=b"<html>"),
    "a gateway's error": status(502),
    "hung up at once": b"",
    "hung up in the middle of the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "fewer bytes than said": b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"ok\"",
    "chunks without an end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ok\"\r\n",
    "cut, and no length said": b"HTTP/1.1 200 OK\r\n\r\n{\"ok\": 1",
    "no JSON": status(200, body=b"<html>back soon</html>"),
    "nothing": status(200),
    "packed and cut": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b'{"ok": 1}')[:-5],
    "packed and damaged": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot packed at all",
    "packed in another way": status(200, "Content-Encoding: br", body=b"xx"),
    "silence": [0.5],
}  # fmt: skip


@pytest.mark.parametrize("what", PASSING)
def test_what_passes_is_asked_again(what):
    with Scripted(PASSING[what], PASSING[what] if what != "silence" else OK, OK) as server:
        assert ask(server) == {"ok": 123}
    assert len(server.asked) == (2 if what == "silence" else 3)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (status(500), Failing, "Acme has a problem of its own at the moment (it answers 500)."),
        (b"", CutOff, "Acme broke its answer off."),
        (status(200, body=b"<html>"), Odd, "Acme answers with something that is not JSON."),
    ],
)
def test_in_the_end_it_is_said(answer, kind, said):
    with Scripted(*[answer] * 4) as server, pytest.raises(kind) as why:
        ask(server)
    assert str(why.value) == said
    assert len(server.asked) == 4  # QUICK's tries


def test_silences_are_tried_less_often():
    with Scripted([0.4], [0.4], OK) as server, pytest.raises(TimedOut, match="took too long"):
        ask(server)
    assert len(server.asked) == 2


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 413, 302])
def test_a_refusal_is_not_asked_again(code):
    body = b"no  such\nthing " + b"x" * 5000
    with (
        Scripted(status(code, "Location: http://elsewhere.example/", body=body), OK) as server,
        pytest.raises(Refused) as why,
    ):
        ask(server)
    assert len(server.asked) == 1
    assert why.value.answered == code
    assert why.value.said == ("no such thing " + "x" * 5000)[:300]


def test_it_waits_as_long_as_it_is_told():
    date = formatdate(time.time() + 3600 + 1, usegmt=True)  # of a clock that is an hour ahead
    ahead = formatdate(time.time() + 3600, usegmt=True)
    with Scripted(status(429, "Retry-After: 0.3"), status(429, f"Retry-After: {date}", f"Date: {ahead}"), OK) as server:
        assert ask(server) == {"ok": 123}
    first, second = (after - before for before, after in zip(server.times, server.times[1:], strict=False))
    assert 0.3 <= first < 1
    assert 0.9 <= second < 2.5


@pytest.mark.parametrize("said", ["3600", "Fri, 31 Dec 9999 23:59:59 GMT", "1e999"])
def test_a_wait_beyond_all_patience_is_given_up_at_once(said):
    started = time.monotonic()
    with Scripted(status(429, f"Retry-After: {said}"), OK) as server, pytest.raises(Throttled, match="asked too often"):
        ask(server)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("said", ["soon", "-5", "nan", "", "Fri, 99 Dec"])
def test_a_wait_that_says_nothing_is_a_short_one(said):
    with Scripted(status(429, f"Retry-After: {said}"), OK) as server:
        assert ask(server) == {"ok": 123}


def test_being_throttled_is_no_failed_try():
    with Scripted(*[status(429, "Retry-After: 0")] * 20, OK) as server:
        assert ask(server) == {"ok": 123}


def test_a_process_that_leaves_is_not_held_up_by_a_wait():
    answers = iter([False, False, True])
    started = time.monotonic()
    with Scripted(status(429, "Retry-After: 4"), OK) as server, pytest.raises(Stopped):
        ask(server, should_stop=lambda: next(answers))
    assert time.monotonic() - started < 1
    assert len(server.asked) == 1


def test_an_answer_that_trickles_without_end_is_given_up():
    trickle = [b"HTTP/1.1 200 OK\r\n\r\n"] + [b" ", 0.05] * 40
    patience = Patience(tries=1, overall=0.4, silence=0.2, first_wait=0.001)
    started = time.monotonic()
    with Scripted(trickle) as server, pytest.raises(TimedOut):
        ask(server, patience)
    assert time.monotonic() - started < 1


def test_more_than_fits_is_not_taken():
    packed = gzip.compress(json.dumps(["x" * 5_000_000]).encode())
    with (
        Scripted(status(200, "Content-Encoding: gzip", body=packed)) as server,
        pytest.raises(TooMuch, match="more than 4 MB"),
    ):
        ask(server, most_bytes=4 << 20)


def test_packed_answers_are_unpacked_and_counted_as_they_came():
    text = json.dumps({"rows": list(range(100_000))}).encode()
    packed = gzip.compress(text[:300_000]) + gzip.compress(text[300_000:])  # two streams are one text
    with Scripted(status(200, "Content-Encoding: gzip", body=packed)) as server:
        http = Http(server.url, name="Acme", patience=QUICK)
        assert http.json("GET", "/x", read=lambda answer: len(answer["rows"])) == 100_000
        assert http.byte_count == len(packed)
        http.close()


def test_one_odd_value_does_not_lose_an_answer():
    with Scripted(status(200, body=b'{"a": NaN, "b": "caf\xe9", "c": "\\ud800"}')) as server:
        answer = ask(server)
    assert (answer["b"], answer["c"]) == ("caf�", "\ud800")
    assert answer["a"] != answer["a"]


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a": [' * 50_000, b'{"a": 1}}'])
def test_what_is_nested_without_end_is_no_json(body):
    with Scripted(status(200, body=body)) as server, pytest.raises(Odd):
        ask(server, Patience(tries=1))


def test_another_shape_than_expected_is_asked_again():
    def read(answer):
        if answer != {"ok": 123}:
            raise Odd("It is another one.")
        return "fine"

    with Scripted(status(200, body=b"{}"), OK) as server:
        assert ask(server, read=read) == "fine"


def test_a_download_is_there_whole_or_not_at_all(tmp_path):
    def check(path):
        if path.read_bytes() != b'{"ok": 123}':
            raise CutOff("It is not whole.")
        return "checked"

    target = tmp_path / "in" / "file"
    target.parent.mkdir()
    with Scripted(status(200, body=b"hal"), status(200, body=b'{"ok"'), OK) as server:
        http = Http(server.url, name="Acme", patience=QUICK)
        assert http.download("/x", target, check=check) == "checked"
        http.close()
    assert [path.name for path in target.parent.iterdir()] == ["file"]
    target.unlink()
    with Scripted(*[status(200, body=b"hal")] * 4) as server, pytest.raises(CutOff):
        Http(server.url, name="Acme", patience=QUICK).download("/x", target, check=check)
    assert list(target.parent.iterdir()) == []


def test_the_body_and_the_key_are_sent_as_they_are():
    with Scripted(OK) as server:
        http = Http(server.url, name="Acme", headers={"X-Key": "abc.eu"}, patience=QUICK)
        http.json("POST", "/api/v1/x", body={"a": [1, None]}, read=dict)
        http.close()
    [asked] = server.asked
    head, _, body = asked.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/v1/x HTTP/1.1\r\n")
    assert b"\r\nx-key: abc.eu" in head.lower()
    assert b"content-type: application/json" in head.lower()
    assert body == b'{"a":[1,null]}'


def test_nobody_there():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    http = Http(f"http://127.0.0.1:{port}", name="Acme", patience=QUICK)
    with pytest.raises(Unreachable, match=r"Acme cannot be reached at 127\.0\.0\.1: .*refused"):
        http.knock("/x")
    http.close()


@pytest.mark.parametrize(
    "address",
    ["", "acme.example", "http://acme.example", "ftp://acme.example", "https://", "https://u:p@acme.example",
     "https://acme.example/?key=1", "https://acme.example:99999999", "https://exa mple.com", "file:///etc/passwd"],
)  # fmt: skip
def test_an_address_that_cannot_be_one(address):
    with pytest.raises(ProductError):
        Http(address, name="Acme")


def test_a_secret_is_in_no_sentence():
    with Scripted(status(401, body=b"no")) as server:
        http = Http(
            server.url, name="Acme", headers={"X-Key": "secret-key"}, auth=("user", "secret-pass"), patience=QUICK
        )
        with pytest.raises(Refused) as why:
            http.knock("/x")
        http.close()
    assert "secret" not in str(why.value) + repr(why.value)
