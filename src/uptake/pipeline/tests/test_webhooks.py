"""An endpoint that answers slowly holds up nobody: no other endpoint, and not the end of the process."""

import contextlib
import socket
import threading
import time

import pytest
from django.utils import timezone

from uptake.actions.webhook import sending
from uptake.actions.webhook.models import Delivery
from uptake.actions.webhook.sending import send
from uptake.actions.webhook.services import add_endpoint, due_deliveries, send_test
from uptake.pipeline import webhooks
from uptake.team.models import Role
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db(transaction=True)  # each endpoint is told in a thread of its own


class Server:
    """Answers as ``answer`` does with the connection; counts who came."""

    def __init__(self, answer):
        self.came = 0
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.closed = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}/hook"

    def _serve(self):
        while not self.closed.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.came += 1
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        with connection, contextlib.suppress(OSError):  # it hung up
            connection.recv(65_536)
            self._answer(connection, self.closed)

    def close(self):
        self.closed.set()
        self._listening.close()


def at_once(connection, _):
    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")


def drip_headers(connection, closed):
    connection.sendall(b"HTTP/1.1 200 OK\r\nx-slow: ")
    while not closed.wait(0.05):
        connection.sendall(b"x")


def drip_interim_answers(connection, closed):
    while not closed.wait(0.05):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")


def drip_body(connection, closed):
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    while not closed.wait(0.05):
        connection.sendall(b"x")


@pytest.fixture
def serve():
    made = []

    def begin(answer):
        made.append(Server(answer))
        return made[-1]

    yield begin
    for server in made:
        server.close()


@pytest.fixture
def ada(settings):
    settings.UPTAKE.webhook_private = True
    yield add_teammate(email="ada@ours.example", role=Role.ADMIN, password="correct horse battery 1")[0]
    settings.UPTAKE.webhook_private = False


@pytest.fixture
def telling(monkeypatch):
    """The loop as it is served; ended after the test."""
    monkeypatch.setattr(webhooks, "LOOK_EVERY_SECONDS", 0.1)
    stop = threading.Event()
    thread = threading.Thread(target=webhooks.tell_what_happens, args=(stop,), daemon=True)
    yield stop, thread
    stop.set()
    thread.join(20)


def until(happened, seconds=10):
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        time.sleep(0.05)
    return happened()


@pytest.mark.parametrize("answer", [drip_headers, drip_interim_answers])
def test_a_server_that_drips_its_answer_is_not_waited_for(ada, serve, answer, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    server = serve(answer)
    endpoint, _ = add_endpoint(ada, server.url, ["task.done"])
    send_test(ada, endpoint)
    threading.Timer(5, server.close).start()  # so that this ends
    before = time.monotonic()
    assert send(due_deliveries(timezone.now())[0])
    assert time.monotonic() - before < 3
    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.tries, delivery.message) == ("waiting", 1, "No answer within 0.5 seconds.")


def test_the_body_of_an_answer_is_not_read(ada, serve):
    endpoint, _ = add_endpoint(ada, serve(drip_body).url, ["task.done"])
    send_test(ada, endpoint)
    before = time.monotonic()
    assert send(due_deliveries(timezone.now())[0])
    assert time.monotonic() - before < 3
    assert Delivery.objects.get().state == "delivered"


def test_a_slow_endpoint_holds_up_no_other_and_is_told_one_after_another(ada, serve, telling, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 4.0)
    monkeypatch.setattr(webhooks, "LEAVE_WITHIN_SECONDS", 20.0)
    slow, quick = serve(drip_headers), serve(at_once)
    first, _ = add_endpoint(ada, slow.url, ["task.done"])
    second, _ = add_endpoint(ada, quick.url, ["task.done"])
    for _ in range(3):
        send_test(ada, first)
    send_test(ada, second)
    stop, thread = telling
    thread.start()
    assert until(lambda: second.deliveries.filter(state="delivered").exists(), seconds=3)
    assert slow.came == 1
    stop.set()


def test_the_end_does_not_wait_for_an_endpoint_that_does_not_answer(ada, serve, telling, monkeypatch):
    monkeypatch.setattr(webhooks, "LEAVE_WITHIN_SECONDS", 0.2)
    monkeypatch.setattr(sending, "SECONDS", 6.0)
    slow = serve(drip_headers)
    endpoint, _ = add_endpoint(ada, slow.url, ["task.done"])
    send_test(ada, endpoint)
    stop, thread = telling
    thread.start()
    assert until(lambda: slow.came)
    stop.set()
    thread.join(3)
    assert not thread.is_alive()
    slow.close()
    assert until(lambda: Delivery.objects.get().tries == 1)  # its thread is over, before the database goes
