"""The limit on what is taken before anybody looked at it, as a server drives the application."""

import asyncio

import pytest

from uptake.web.bodies import FORM_BYTES, limited

SESSION = (b"cookie", b"a=b; sessionid=x")


def asked(path: str, *headers: tuple[bytes, bytes], body: int = 0) -> tuple[int, int]:
    """(status, bytes that reached the application)."""
    reached, sent = 0, []

    async def application(scope, receive, send):
        nonlocal reached
        while (message := await receive())["type"] == "http.request":
            reached += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        nonlocal body
        piece = min(body, 1_000_000)
        body -= piece
        return {"type": "http.request", "body": bytes(piece), "more_body": body > 0}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": list(headers)}
    asyncio.run(limited(application)(scope, receive, send))
    return sent[0]["status"], reached


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/c/", [SESSION], 200),
        ("/api/usage/upload", [(b"authorization", b"Bearer upt_x")], 200),
        ("/c/", [], 413),  # a stranger
        ("/tasks/new", [SESSION], 413),  # takes no files
    ],
)
def test_only_who_carries_a_login_sends_files_and_only_where_they_go(path, headers, status):
    assert asked(path, (b"content-length", b"50000000"), *headers)[0] == status


def test_a_body_without_a_length_is_counted_as_it_comes():
    _, reached = asked("/accounts/login/", body=3 * FORM_BYTES)
    assert reached <= FORM_BYTES
    assert asked("/accounts/login/", body=1_000) == (200, 1_000)
