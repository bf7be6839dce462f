"""Files by the API: sent, looked at, confirmed, followed, undone; by a real executor."""

import threading
import time
from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from uptake.api.tests.conftest import Caller
from uptake.api.tests.test_access import refused
from uptake.pipeline import executor
from uptake.pipeline.home import uploads
from uptake.team.models import Role
from uptake.team.services import create_key

pytestmark = pytest.mark.django_db(transaction=True)
LAST = date(2026, 6, 30)


def csv(time_zone="Z"):
    lines = ["customer,user,feature,timestamp"]
    for back in range(60):
        day = LAST - timedelta(days=back)
        lines += [f"{name},ada@{name}.example,Reports,{day}T09:00:00{time_zone}" for name in ("acme", "globex")]
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture
def at_work():
    stop = threading.Event()
    thread = threading.Thread(target=executor.work_until, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(30)


@pytest.fixture
def call(client, db):
    return Caller(client, create_key(name="sync", role=Role.CSM)[1])


def raw(call, body, name="usage.csv"):
    path = f"/api/usage/upload?filename={name}"
    return call.client.post(path, body, content_type="text/csv", headers=call.headers)


def followed(call, url, until):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(OperationalError):  # the test's database lies in memory and locks whole tables
            told = call.client.get(url, headers=call.headers).json()
            if until(told):
                return told
        time.sleep(0.05)
    return pytest.fail(f"{url} does not get there")


def looked_at(told):
    return told["preview"] is not None or told["state"] == "refused"


def settled(told):
    return not told["step"] and told["state"] != "running"


def test_a_body_is_looked_at_processed_once_and_undone(call, at_work):
    sent = raw(call, csv())
    assert sent.status_code == 201
    assert sent["Location"] == sent.json()["statusUrl"]
    url, number = sent["Location"], sent.json()["importId"]
    found = followed(call, url, looked_at)
    columns = {column["column"]: column["means"] for column in found["preview"]["tables"][0]["columns"]}
    assert columns["customer"] == "customer"

    for _ in range(2):  # again changes nothing
        answer = call.post("/usage/process", {"importId": number})
        assert (answer.status_code, answer["Location"]) == (202, url)
    live = followed(call, url, settled)
    assert (live["state"], live["report"]["imported"], live["report"]["customers"]) == ("live", 120, 2)
    assert call.post("/usage/process", {"importId": number}).status_code == 202
    assert call.get("/adoption/scores").json()["total"] == 2
    assert call.get("/usage/imports").json()["imports"][0]["imported"] == 120

    assert call.client.delete(url, headers=call.headers).status_code == 202
    assert followed(call, url, settled)["state"] == "undone"
    refused(call.get("/adoption/scores"), 404)
    refused(call.post("/usage/process", {"importId": number}), 409)
    assert call.post(f"/usage/imports/{number}/redo").status_code == 202
    assert followed(call, url, settled)["state"] == "live"


def test_several_files_of_a_form_are_one_import(call, at_work):
    half = csv().splitlines(keepends=True)
    files = [
        SimpleUploadedFile("one.csv", b"".join(half[:61])),
        SimpleUploadedFile("two.csv", half[0] + b"".join(half[61:])),
    ]
    sent = call.client.post("/api/usage/upload", {"files": files}, headers=call.headers).json()
    assert sent["files"] == ["one.csv", "two.csv"]
    followed(call, sent["statusUrl"], looked_at)
    call.post("/usage/process", {"importId": sent["importId"]})
    assert followed(call, sent["statusUrl"], settled)["report"]["imported"] == 120


def test_what_is_open_is_said_with_its_choices(call, at_work):
    sent = raw(call, csv(time_zone="")).json()
    followed(call, sent["statusUrl"], looked_at)
    answer = call.post("/usage/process", {"importId": sent["importId"]})
    assert "time" in refused(answer, 409)
    assert answer.json()["questions"][0]["key"] == "timezone"
    refused(call.post("/usage/process", {"importId": sent["importId"], "timezone": "Mars/Phobos"}), 400)
    assert call.post("/usage/process", {"importId": sent["importId"], "timezone": "Europe/Berlin"}).status_code == 202
    assert followed(call, sent["statusUrl"], settled)["report"]["imported"] == 120


def test_what_is_no_usage_is_refused_with_a_sentence(call, at_work):
    sent = raw(call, b"\x89PNG\r\n\x1a\n" + b"\0" * 100, name="picture.png").json()
    told = followed(call, sent["statusUrl"], looked_at)
    assert told["state"] == "refused"
    assert told["message"]
    assert told["message"] in refused(call.post("/usage/process", {"importId": sent["importId"]}), 409)


def test_one_that_is_not_live_is_cancelled_and_nothing_is_kept(call, at_work):
    sent = raw(call, csv()).json()
    followed(call, sent["statusUrl"], looked_at)
    assert call.client.delete(sent["statusUrl"], headers=call.headers).json()["state"] == "cancelled"
    assert not (uploads() / str(sent["importId"])).exists()


def test_a_file_over_the_limit_is_refused_and_nothing_is_kept(call, settings):
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"max_upload_size": "1KB"})
    assert "1KB" in refused(raw(call, csv()), 413)
    files = {"files": SimpleUploadedFile("usage.csv", csv())}
    refused(call.client.post("/api/usage/upload", files, headers=call.headers), 413)
    assert list(uploads().iterdir()) == []


def test_an_empty_body_is_no_file(call):
    assert "No file" in refused(raw(call, b""), 400)


def test_a_viewer_sends_nothing_and_sees_no_import(viewer, call):
    refused(raw(viewer, csv()), 403)
    refused(viewer.get("/usage/imports"), 403)
    assert list(uploads().iterdir()) == []
