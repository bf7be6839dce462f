"""Events reach who is told of them: signed, once, in time, and nowhere they may not."""

import json
import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.utils import timezone

from uptake.actions.task.services import complete_task, create_task
from uptake.actions.webhook.models import Delivery, Endpoint
from uptake.actions.webhook.sending import send
from uptake.actions.webhook.services import (
    BadEndpoint,
    UnknownEndpoint,
    access_endpoint,
    add_endpoint,
    due_deliveries,
    note_events,
    replay,
    send_test,
    switch_endpoint,
)
from uptake.actions.webhook.signing import BadAddress, address_of, checked_url, sign
from uptake.customers.services import create_customer
from uptake.kit.secrets import seal
from uptake.team.models import Role
from uptake.team.rights import NotAllowed
from uptake.team.services import add_teammate, record_all

pytestmark = pytest.mark.django_db


class Receiver(ThreadingHTTPServer):
    """Keeps what came, and answers as told."""

    def __init__(self):
        self.came, self.answers = [], []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status, headers = self.server.answers.pop(0) if self.server.answers else (204, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ada(settings):
    """An admin of a workspace whose webhooks may go to this machine."""
    settings.UPTAKE.webhook_private = True
    yield add_teammate(email="ada@ours.example", role=Role.ADMIN, password="correct horse battery 1")[0]
    settings.UPTAKE.webhook_private = False


def tell():
    note_events()
    return [send(each) for each in due_deliveries(timezone.now())]


def due_now():
    Delivery.objects.update(next_at=timezone.now())


def make_task(ada, title="Call them"):
    return create_task(customer=create_customer(name=f"Acme {title}"), title=title, why="", checklist=[], by=ada)


def test_the_signature_is_that_of_the_standard():
    """The example of the Standard Webhooks specification."""
    secret, number = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    found = sign(secret, number, 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_happens_is_told_signed_and_once(ada, receiver):
    make_task(ada, "before anybody listened")
    endpoint, secret = add_endpoint(ada, receiver.url, ["task.created", "task.done"])
    task = make_task(ada)
    complete_task(task, by=ada)
    assert tell() == [True, True]
    assert tell() == []
    (headers, body), (_, second) = receiver.came
    told = json.loads(body)
    assert (told["type"], told["data"]["subject"], told["data"]["by"]) == ("task.created", str(task), str(ada))
    assert json.loads(second)["type"] == "task.done"
    stamp = int(headers["webhook-timestamp"])
    assert headers["webhook-signature"] == sign(secret, headers["webhook-id"], stamp, body)
    assert secret not in Endpoint.objects.get(pk=endpoint.pk).sealed
    assert set(endpoint.deliveries.values_list("state", "answered")) == {("delivered", 204)}


def test_a_failure_is_tried_again_with_the_same_id(ada, receiver):
    add_endpoint(ada, receiver.url, ["task.created"])
    receiver.answers = [(500, {}), (302, {"location": "http://127.0.0.1:1/elsewhere"})]
    make_task(ada)
    tell()
    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.tries, delivery.answered) == ("waiting", 1, 500)
    assert delivery.next_at > timezone.now() + timedelta(seconds=3)
    assert tell() == []
    for _ in range(2):
        due_now()
        tell()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("delivered", 3)
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1


def test_nobody_there_is_noted_and_given_up_in_the_end(ada):
    add_endpoint(ada, "http://127.0.0.1:9/nobody", ["task.created"])
    make_task(ada)
    for _ in range(12):
        due_now()
        tell()
    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.tries, delivery.answered) == ("failed", 10, None)
    assert delivery.message == "No answer: ConnectError."


def test_gone_switches_it_off(ada, receiver):
    endpoint, _ = add_endpoint(ada, receiver.url, ["task.created"])
    receiver.answers = [(410, {})]
    make_task(ada)
    tell()
    endpoint.refresh_from_db()
    assert (endpoint.is_on, endpoint.trouble) == (False, "It says that it is gone (410).")
    make_task(ada, "unheard")
    assert tell() == []
    switch_endpoint(ada, endpoint, on=True)
    make_task(ada, "heard")
    assert len(tell()) == 2  # what happened while it was off is told as well


def test_a_test_and_a_replay(ada, receiver):
    endpoint, _ = add_endpoint(ada, receiver.url, ["task.done"])
    delivery = send_test(ada, endpoint)
    tell()
    replay(ada, endpoint, delivery.pk)
    tell()
    first, second = (headers["webhook-id"] for headers, _ in receiver.came)
    assert first == second
    with pytest.raises(UnknownEndpoint):
        replay(ada, endpoint, 999_999)


def test_thousands_of_changes_at_once_are_all_told(ada, receiver):
    add_endpoint(ada, receiver.url, ["health.updated"])
    customer = create_customer(name="Acme")
    record_all(ada, "updated health of", [(customer, customer.pk, {"after": n}) for n in range(2_500)])
    record_all(ada, "ticked", [(customer, customer.pk, {})] * 2_500)  # nothing that is told
    assert note_events() == 2_500
    assert note_events() == 0


def test_two_senders_send_it_once(ada, receiver):
    add_endpoint(ada, receiver.url, ["task.created"])
    make_task(ada)
    assert (note_events(), note_events()) == (1, 0)
    [number] = due_deliveries(timezone.now())
    assert (send(number), send(number)) == (True, False)
    assert len(receiver.came) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x", "https://localhost/x", "https://10.1.2.3/x", "https://[::1]/x", "https://169.254.169.254/latest",
        "https://0.0.0.0/x", "https://[::ffff:10.0.0.1]/x", "https://2130706433/x", "http://example.com/x", "ftp://example.com",
        "https://user:pass@example.com/x", "https:///x", "javascript:alert(1)", "https://no.such.name.invalid/x",
        "https://:secret@8.8.8.8/x", "https://@8.8.8.8/x", "https://8.8.8.8/\x01", "https://[::1", "https://8.8.8.8:99999/x",
        "https://8.8.8.8:0/x",
    ],
)  # fmt: skip
def test_addresses_that_may_not_be_told(url):
    with pytest.raises(BadAddress):
        checked_url(url, private=False)


def test_a_name_with_other_letters_is_told_under_its_name_in_ascii(ada, receiver, monkeypatch):
    port, real, asked = receiver.server_port, socket.getaddrinfo, []

    def resolver(host, *rest, **more):  # no such name is known here
        asked.append(host)
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    add_endpoint(ada, f"http://münchen.example:{port}/hook", ["task.created"])
    make_task(ada)
    tell()
    [(headers, _)] = receiver.came
    assert headers["host"] == f"xn--mnchen-3ya.example:{port}"
    assert set(asked) <= {"xn--mnchen-3ya.example", "127.0.0.1"}


@pytest.mark.parametrize("broken", [{"url": "http://127.0.0.1:9/\x01"}, {"sealed": "whsec_a"}], ids=["address", "key"])
def test_what_cannot_be_sent_is_a_failed_try_and_holds_nothing_up(ada, receiver, broken):
    odd, _ = add_endpoint(ada, receiver.url, ["task.created"])
    if "sealed" in broken:
        broken = {"sealed": seal(broken["sealed"], key=settings.SECRET_KEY)}
    Endpoint.objects.filter(pk=odd.pk).update(**broken)  # as an earlier version kept it
    add_endpoint(ada, receiver.url, ["task.created"])
    make_task(ada)
    assert tell() == [True, True]
    assert len(receiver.came) == 1
    failed = odd.deliveries.get()
    assert (failed.state, failed.tries, failed.answered) == ("waiting", 1, None)
    assert failed.message


@pytest.mark.parametrize(
    "address",
    [
        "224.0.0.1", "[ff0e::1]", "[fec0::1]", "[5f00::1]", "[64:ff9b::a00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::808:808]",
        "[2002:7f00:1::]", "[2002:a00:1::1]", "[::7f00:1]", "[::a00:1]", "[::ffff:a00:1]", "[::]",
        "[2001:0:808:808:0:0:f5ff:fffe]",
    ],
)  # fmt: skip
def test_addresses_that_lead_somewhere_else_than_to_one_machine_on_the_internet(address):
    with pytest.raises(BadAddress, match="private network"):
        checked_url(f"https://{address}/x", private=False)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8"]
)
def test_public_addresses_may_be_told_also_those_that_have_an_ipv4_inside(address):
    assert address_of(f"https://[{address}]/x" if ":" in address else f"https://{address}/x", private=False) == address


def test_an_address_that_turned_private_is_not_connected_to(ada, receiver, settings):
    endpoint, _ = add_endpoint(ada, receiver.url, ["task.created"])
    settings.UPTAKE.webhook_private = False
    make_task(ada)
    tell()
    assert receiver.came == []
    assert "private network" in endpoint.deliveries.get().message
    assert address_of("http://8.8.8.8/x", private=False) == "8.8.8.8"


def test_what_cannot_be_added(ada, receiver):
    for types, said in ([], "at least one"), (["nothing"], "no event"):
        with pytest.raises(BadEndpoint, match=said):
            add_endpoint(ada, receiver.url, types)
    ann, _ = add_teammate(email="ann@ours.example", role=Role.LEADER, password="correct horse battery 1")
    with pytest.raises(NotAllowed):
        add_endpoint(ann, receiver.url, ["task.done"])
    with pytest.raises(UnknownEndpoint):
        access_endpoint(ada, 77)
