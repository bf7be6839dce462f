"""Shared by the chat's tests: three people, a small export, and work that is really done."""

import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from uptake.chat.models import Conversation, Message
from uptake.lake.models import Import
from uptake.pipeline import executor
from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate

LAST = date(2026, 6, 30)


@pytest.fixture
def ann() -> Teammate:
    return add_teammate(email="ann@us.example", role=Role.CSM, name="Ann", password="correct horse battery")[0]


@pytest.fixture
def ben() -> Teammate:
    return add_teammate(email="ben@us.example", role=Role.CSM, name="Ben", password="correct horse battery")[0]


@pytest.fixture
def cem() -> Teammate:
    return add_teammate(email="cem@us.example", role=Role.VIEWER, name="Cem", password="correct horse battery")[0]


@pytest.fixture
def as_ann(ann: Teammate) -> Client:
    client = Client()
    client.force_login(ann)
    return client


@pytest.fixture
def at_work() -> Iterator[None]:
    """An executor in this process, as ``uptake serve`` has one."""
    stop = threading.Event()
    thread = threading.Thread(target=executor.work_until, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(30)


def usage(
    *, name: str = "usage.csv", header: str = "customer,user,feature,date", customers=("Acme", "Globex"), days=60
):
    lines = [header]
    for back in range(days):
        lines += [
            f"{customer},ann@{customer.lower()}.example,Reports,{LAST - timedelta(days=back)}" for customer in customers
        ]
    return SimpleUploadedFile(name, ("\n".join(lines) + "\n").encode(), "text/csv")


def drop(client: Client, *files, text: str = "") -> Conversation:
    """Begin a conversation with files."""
    answer = client.post("/c/", {"text": text, "files": list(files)})
    assert answer.status_code == 302, answer.content[:500]
    return Conversation.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def the_import(conversation: Conversation) -> Message:
    return conversation.messages.filter(kind=Message.Kind.IMPORT).last()


def settled(message: Message, seconds: float = 60) -> Import:
    """The message's import, when nothing is under way for it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        batch = Import.objects.get(pk=message.batch_id)
        if not batch.step or batch.message:
            return batch
        time.sleep(0.05)
    pytest.fail(f"still at {batch.step} ({batch.state})")


def page(client: Client, conversation: Conversation) -> str:
    answer = client.get(f"/c/{conversation.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()
