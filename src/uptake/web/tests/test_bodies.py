"""The limit on what is taken before anybody looked at it, as a server drives the application."""

import asyncio
import tempfile

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from uptake.team.models import Role
from uptake.team.services import add_teammate, create_key, revoke_key
from uptake.web.bodies import FORM_BYTES, Handler, limited

pytestmark = pytest.mark.django_db(transaction=True)  # connections are closed when they are old, as served
LONG = (b"content-length", b"50000000")


def asked(path: str, *headers: tuple[bytes, bytes], body: int = 0, method: str = "POST") -> tuple[int, int]:
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

    scope = {"type": "http", "method": method, "path": path, "headers": list(headers)}
    async_to_sync(limited(application))(scope, receive, send)
    return sent[0]["status"], reached


def session_of(role: str, **changes) -> tuple[bytes, bytes]:
    """The cookie of a teammate's browser."""
    teammate, _ = add_teammate(email=f"{role}@us.example", role=role, password="correct horse battery")
    type(teammate).objects.filter(pk=teammate.pk).update(**changes)
    client = Client()
    client.force_login(teammate)
    return b"cookie", f"a=b; sessionid={client.cookies['sessionid'].value}".encode()


def bearer(text: str) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {text}".encode()


def test_who_is_logged_in_sends_files_where_they_go():
    session = session_of(Role.CSM)
    assert asked("/c/", LONG, session)[0] == 200
    assert asked("/c/7/say/", LONG, session)[0] == 200
    assert asked("/api/usage/upload", LONG, session)[0] == 200
    assert asked("/tasks/new", LONG, session)[0] == 413  # takes no files
    assert asked("/c/", session, body=2 * FORM_BYTES) == (200, 2 * FORM_BYTES)  # without a length


def test_a_key_opens_the_api_and_no_page():
    key, text = create_key(name="script", role=Role.CSM)
    assert asked("/api/usage/upload", LONG, bearer(text))[0] == 200
    assert asked("/c/", LONG, bearer(text))[0] == 413
    revoke_key(key)
    assert asked("/api/usage/upload", LONG, bearer(text))[0] == 413


@pytest.mark.parametrize("path", ["/c/", "/api/usage/upload"])
@pytest.mark.parametrize(
    "made_up",
    [
        (b"authorization", b"x"),
        (b"authorization", b"Bearer upt_x"),
        (b"authorization", b"\xff\x00"),
        (b"cookie", b"sessionid=x"),
        (b"cookie", b"sessionid=0123456789abcdef0123456789abcdef"),
        (b"cookie", b'sessionid="\\000bcdefghijk"'),
    ],
)
def test_what_is_made_up_gets_a_forms_worth(path, made_up):
    assert asked(path, (b"content-length", b"30000000000"), made_up)[0] == 413
    assert asked(path, (b"content-length", b"9" * 5000), made_up)[0] == 413
    assert asked(path, made_up, body=3 * FORM_BYTES)[1] <= FORM_BYTES
    assert asked(path, (b"content-length", b"1000"), made_up, body=1_000) == (200, 1_000)


def test_who_may_not_import_or_has_a_password_to_change_sends_no_files():
    assert asked("/c/", LONG, session_of(Role.VIEWER))[0] == 413
    assert asked("/c/", LONG, session_of(Role.CSM, has_one_time_password=True))[0] == 413


def test_a_body_without_a_length_is_counted_as_it_comes():
    _, reached = asked("/accounts/login/", body=3 * FORM_BYTES)
    assert reached <= FORM_BYTES
    assert asked("/accounts/login/", body=1_000) == (200, 1_000)


def test_a_long_body_lies_in_the_home_and_not_in_the_systems_folder(monkeypatch, home):
    monkeypatch.setattr(tempfile, "tempdir", "/no/such/folder")  # whoever writes there fails
    pieces = [bytes(3_000_000), bytes(3_000_000)]

    async def receive():
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    with asyncio.run(Handler().read_body(receive)) as body:
        assert len(body.read()) == 6_000_000
    assert list((home / "uploads").iterdir()) == []
