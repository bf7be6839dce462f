"""Whatever is sent: a problem with a sentence, never a fault of ours."""

import itertools

import pytest

from uptake.api.tests.test_access import refused

HUGE = 10**30
TEXTS = ["\0", "a\0b", "\u202ex", "<script>alert(1)</script>", "'; DROP TABLE x; --", "é" * 5000, "%", "\\", "\ud800"]
QUERIES = {
    "page": ["-1", "0", "x", "1.5", str(HUGE), "", "NaN", "1e9", "٣"],
    "pageSize": ["0", "201", "-5", str(HUGE)],
    "asOf": [
        "yesterday",
        "2026-13-01",
        "0001-01-01",
        "9999-12-31",
        "2026-06-31",
        "99999999999",
        "2026-06-30T00:00:00Z",
    ],
    "period": ["0d", "-1d", "30", "99999d", "9999d", "all", "", "30d "],
    "owner": ["someone", str(HUGE), "-1", "٣"],
    "band": ["great"],
    "sort": ["weeks", "-", "customer__owner__password", "pk"],
    "search": [text for text in TEXTS if text != "\ud800"],
    "segment": ["\0", "x" * 600],
    "customerId": ["0", "-1", str(HUGE), "x", "2147483648"],
    "status": ["gone"],
}
LISTS = (
    "/adoption/scores",
    "/customers",
    "/tasks",
    "/health",
    "/recommendations",
    "/insights",
    "/drafts",
    "/usage/imports",
)
PATHS = (
    *("/usage/imports/{}", "/adoption/features/{}", "/customers/{}", "/health/{}", "/tasks/{}", "/drafts/{}"),
    *("/tasks/{}/complete", "/drafts/{}/approve", "/usage/imports/{}/redo", "/customers/{}/rating"),
    *("/tasks/{}/drop", "/tasks/{}/reopen", "/drafts/{}/discard"),
)
IDS = ["0", "-1", "x", str(HUGE), "9223372036854775807", "1.0", "%00", "1%0a", "٣", "None", "99"]


def is_an_answer(answer):
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        refused(answer, answer.status_code)


def test_odd_queries(workspace, call):
    for path, (name, values) in itertools.product(LISTS, QUERIES.items()):
        for value in values:
            is_an_answer(call.get(path, **{name: value}))


def test_odd_numbers_in_the_address(workspace, call):
    for path, odd, method in itertools.product(PATHS, IDS, ("get", "post", "put", "delete")):
        answer = getattr(call.client, method)(f"/api{path.format(odd)}", headers=call.headers)
        assert 400 <= answer.status_code < 500, (odd, method)
        refused(answer, answer.status_code)


BODIES = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"{}" * 2, b"[" * 100_000, b'{"customerId": 1e999}', b'{"a": NaN}',
    b'{"customerId": ' + b"9" * 5000 + b"}", b'{"importId": 1, "mapping": [1]}', b'{"importId": 1, "mapping": {"x": 1}}',
    b'{"importId": 1, "mapping": {"customer": "\\u0000"}}', b'{"importId": 1, "timezone": "../etc/passwd"}',
    b'{"importId": 1, "timezone": "Mars/Phobos"}', b'{"importId": true}', b'{"importId": 1.5}', b'{"importId": "1"}',
    b'{"customerId": 1, "title": "\\ud800"}', b'{"customerId": 1, "title": " "}', b'{"customerId": 1, "title": "\\u0000"}',
    b'{"customerId": 1, "title": "x", "dueOn": "0001-01-01"}', b'{"customerId": 1, "title": "x", "dueOn": 9e18}',
    b'{"customerId": 1, "title": "x", "dueDays": 100000}', b'{"customerId": 1, "title": "x", "priority": "x"}',
    b'{"customerId": 1, "title": "x", "ownerId": 9223372036854775807}', b'{"customerId": 1, "title": "x", "checklist": [{}]}',
    b'{"customerIds": [0]}', b'{"customerIds": [99]}', b'{"customerIds": "all"}', b'{"customerIds": [1], "cause": 5}',
    b'{"weights": {}}', b'{"weights": {"adoption": -1}}', b'{"weights": {"adoption": NaN}}', b'{"weights": {"x": 1}}',
    b'{"weights": {"adoption": 1e400}}', b'{"weights": [1]}', b'{"customerId": 1, "template": "../../etc/passwd"}',
    b'{"customerId": 1, "template": "\\u0000"}', b'{"customerId": 1, "personId": 0}', b'{"seen": ""}',
    b'{"rating": 101}', b'{"rating": -1}', b'{"rating": 1.5}', b'{"rating": true}', b'{"rating": "x"}',
    b'{"cause": "' + b"x" * 6_000_000 + b'"}',
]  # fmt: skip


POSTS = ("/usage/process", "/tasks", "/health/update", "/drafts/1/approve", "/drafts", "/health/weights/try")
KINDS = ("application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data")


def test_odd_bodies(workspace, call):
    for path, kind in itertools.product(POSTS, KINDS):
        for body in BODIES if kind == KINDS[0] else BODIES[:4]:
            is_an_answer(call.client.post(f"/api{path}", body, content_type=kind, headers=call.headers))


def test_odd_ratings(workspace, call):
    for body in BODIES:
        path = f"/api/customers/{workspace.acme.pk}/rating"
        is_an_answer(call.client.put(path, body, content_type="application/json", headers=call.headers))


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x"]
)
def test_odd_uploads(db, call, kind):
    for body in (
        b"",
        b"--x",
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n--x--',
    ):
        refused(call.client.post("/api/usage/upload", body, content_type=kind, headers=call.headers), 400)


def test_a_form_without_a_file(db, call):
    answer = call.client.post("/api/usage/upload", {"files": "not a file"}, headers=call.headers)
    assert "No file" in refused(answer, 400)
