"""A file dropped into the chat: what it is, its columns, the work, the results, and taking it back."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from uptake.chat.models import Message
from uptake.chat.tests.conftest import drop, page, settled, the_import, usage
from uptake.customers.models import Customer
from uptake.lake.models import Import
from uptake.team.models import AuditRecord

pytestmark = pytest.mark.django_db(transaction=True)


def looked_at(client, *files, text=""):
    conversation = drop(client, *files, text=text)
    message = the_import(conversation)
    settled(message)
    return conversation, message


def test_a_file_is_confirmed_imported_and_answered(as_ann, at_work):
    conversation, message = looked_at(as_ann, usage(), text="Calculate adoption scores from this usage data")
    asked = page(as_ann, conversation)
    assert "Calculate adoption scores" in asked
    assert "usage.csv" in asked
    assert '<select name="means-0"' in asked
    assert "Import 120 rows" in asked
    assert "nothing is imported or scored before you confirm" in asked
    assert not Customer.objects.exists()

    answer = as_ann.post(f"/m/{message.pk}/confirm/", {"means-0": "customer", "means-1": "visitor"})
    assert answer.status_code == 302
    assert settled(message).state == Import.State.LIVE
    done = page(as_ann, conversation)
    assert "Found 120 usage events for 2 customers over 60 days, 2 May to 30 Jun 2026: 2 users and 1 feature." in done
    assert "Every row accounted for" in done
    assert '<div class="result">' in done
    message.refresh_from_db()
    assert message.parts["answer"]["headline"] in done.replace("&#x27;", "'")
    page(as_ann, conversation)
    assert Message.objects.get(pk=message.pk).version == message.version  # kept, not worked out again


def test_what_was_asked_along_with_the_file_is_answered_in_the_end(as_ann, at_work):
    _, message = looked_at(as_ann, usage(), text="Update all health scores")
    as_ann.post(f"/m/{message.pk}/confirm/", {})
    settled(message)
    done = page(as_ann, message.conversation)
    assert "Leave it" in done  # nothing was changed without a word
    key = next(
        str(n)
        for n, part in enumerate(Message.objects.get(pk=message.pk).parts["answer"]["parts"])
        if part["part"] == "confirm"
    )
    for _ in range(2):
        as_ann.post(f"/m/{message.pk}/press/", {"button": key})
    assert AuditRecord.objects.filter(verb="updated health of").count() == 2  # of each customer once
    assert message.conversation.messages.count() == 4
    done = page(as_ann, message.conversation)
    assert "Leave it" not in done
    assert f'href="#m-{message.conversation.messages.last().pk}">Done</a>' in done


def test_htmx_is_answered_with_the_message_alone(as_ann, at_work):
    _, message = looked_at(as_ann, usage())
    answer = as_ann.post(f"/m/{message.pk}/confirm/", {}, headers={"HX-Request": "true"}).content.decode()
    assert answer.startswith(f'<article class="message" id="m-{message.pk}"')
    assert "<html" not in answer
    settled(message)


def test_the_first_rows_are_shown_before_anything_is_decided(as_ann, at_work):
    conversation, message = looked_at(as_ann, usage())
    shown = as_ann.post(f"/m/{message.pk}/first/", {"means-0": "customer"}).content.decode()
    assert "The first 20 rows, as the file has them" in shown
    assert shown.count("ann@acme.example") >= 10
    assert settled(message).state == Import.State.PREVIEW
    assert "The first 20 rows" not in page(as_ann, conversation)


def test_changed_columns_are_taken_and_a_column_means_one_thing(as_ann, at_work):
    _, message = looked_at(as_ann, usage())
    swapped = {"means-0": "visitor", "means-1": "customer", "means-2": "feature", "means-3": "timestamp"}
    said = as_ann.post(f"/m/{message.pk}/confirm/", swapped | {"means-0": "customer"}).content.decode()
    assert "“customer” and “user” cannot both be Customer; choose one." in said
    assert said.count('<option value="customer" selected>') == 2  # what was chosen still stands there
    assert settled(message).state == Import.State.PREVIEW
    as_ann.post(f"/m/{message.pk}/confirm/", swapped)
    assert settled(message).imported_count == 120
    assert set(Customer.objects.values_list("name", flat=True)) == {"ann@acme.example", "ann@globex.example"}


def test_a_column_may_be_left_out(as_ann, at_work):
    conversation, message = looked_at(as_ann, usage())
    as_ann.post(f"/m/{message.pk}/confirm/", {"means-1": ""})
    assert settled(message).state == Import.State.LIVE
    assert "120 usage events for 2 customers over 60 days, 2 May to 30 Jun 2026: 0 users" in page(as_ann, conversation)


def test_what_the_file_does_not_say_is_asked_and_answered(as_ann, at_work):
    rows = "\n".join(f"Acme,ann@acme.example,Reports,0{1 + n % 9}/0{1 + n // 9 % 9}/2026,1" for n in range(60))
    file = SimpleUploadedFile("dates.csv", f"customer,user,feature,date,count\n{rows}\n".encode())
    conversation, message = looked_at(as_ann, file)
    asked = page(as_ann, conversation)
    assert 'name="told-dates"' in asked
    refused = as_ann.post(f"/m/{message.pk}/confirm/", {}).content.decode()
    assert 'role="alert"' in refused
    assert settled(message).state == Import.State.PREVIEW
    as_ann.post(f"/m/{message.pk}/confirm/", {"told-dates": "day-first"})
    assert settled(message).state == Import.State.LIVE
    assert settled(message).answers["day_first"] is True


def test_confirming_twice_imports_once(as_ann, at_work):
    conversation, message = looked_at(as_ann, usage())
    for _ in range(2):
        assert as_ann.post(f"/m/{message.pk}/confirm/", {}).status_code == 302
    assert settled(message).state == Import.State.LIVE
    assert Import.objects.count() == 1
    assert page(as_ann, conversation).count("Found 120 usage events") == 1


def test_cancelled_leaves_nothing(as_ann, at_work):
    conversation, message = looked_at(as_ann, usage())
    as_ann.post(f"/m/{message.pk}/cancel/")
    assert settled(message).state == Import.State.CANCELLED
    assert "Cancelled; nothing of it was kept." in page(as_ann, conversation)
    assert "confirm" not in page(as_ann, conversation)


def test_undone_says_so_and_comes_back(as_ann, at_work):
    conversation, message = looked_at(as_ann, usage())
    as_ann.post(f"/m/{message.pk}/confirm/", {})
    settled(message)
    as_ann.post(f"/m/{message.pk}/undo/")
    assert settled(message).state == Import.State.UNDONE
    undone = page(as_ann, conversation)
    assert "its 120 usage events are out of every number" in undone
    assert '<div class="result">' not in undone
    assert "Every row accounted for" not in undone
    as_ann.post(f"/m/{message.pk}/redo/")
    assert settled(message).state == Import.State.LIVE
    assert "Found 120 usage events" in page(as_ann, conversation)


def test_the_same_file_again_shows_the_live_results(as_ann, at_work):
    _, message = looked_at(as_ann, usage())
    as_ann.post(f"/m/{message.pk}/confirm/", {})
    settled(message)
    conversation, again = looked_at(as_ann, usage())
    as_ann.post(f"/m/{again.pk}/confirm/", {})
    assert settled(again).state == Import.State.REFUSED
    shown = page(as_ann, conversation)
    assert f"Nothing changed: usage.csv is live already as import {message.batch_id}." in shown
    assert '<div class="result">' in shown


def test_many_bad_rows_are_asked_about_once(as_ann, at_work):
    good = "\n".join(f"Acme,ann@acme.example,Reports,2026-06-{1 + n % 30:02d},1" for n in range(60))
    bad = "\n".join("Acme,ann@acme.example,Reports,not a day,1" for n in range(30))
    file = SimpleUploadedFile("bad.csv", f"customer,user,feature,date,count\n{good}\n{bad}\n".encode())
    conversation, message = looked_at(as_ann, file)
    as_ann.post(f"/m/{message.pk}/confirm/", {})
    assert settled(message).state == Import.State.REFUSED
    shown = page(as_ann, conversation)
    assert "30 of 90 rows (33%) cannot be read" in shown
    assert "Import the others anyway" in shown
    for _ in range(2):
        assert as_ann.post(f"/m/{message.pk}/others/").status_code == 302
    assert Import.objects.count() == 2
    again = the_import(conversation)
    if settled(again).state == Import.State.PREVIEW:
        as_ann.post(f"/m/{again.pk}/confirm/", {})
    assert settled(again).set_aside_count == 30
    shown = page(as_ann, conversation)
    assert "Import the others anyway" not in shown
    assert "Download the rows set aside" in shown
    csv = b"".join(as_ann.get(f"/m/{again.pk}/set-aside/").streaming_content).decode()
    assert csv.count("not a day") == 30


BAD_FILES = {
    "empty.csv": (b"", "empty"),
    "header.csv": (b"customer,user,feature,date\n", "header"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(200), "PNG"),
    "report.pdf": (b"%PDF-1.7\n" + bytes(200), "PDF"),
    "letter.txt": (b"Dear all,\nthis is no table of anything.\nRegards\n", ""),
    "bomb.zip": (b"PK\x03\x04" + bytes(30), ""),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_no_usage_is_refused_in_a_sentence(as_ann, at_work, name):
    content, word = BAD_FILES[name]
    conversation, message = looked_at(as_ann, SimpleUploadedFile(name, content))
    batch = settled(message)
    assert batch.state == Import.State.REFUSED
    assert batch.message
    assert word.lower() in batch.message.lower()
    shown = page(as_ann, conversation)
    assert "Nothing was imported" in shown
    assert 'role="alert"' in shown
    assert "Traceback" not in shown


def test_a_file_over_the_limit_is_not_taken(as_ann, settings):
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"max_upload_size": "1KB"})
    conversation = drop(as_ann, usage(days=200), text="Here it is")
    shown = page(as_ann, conversation)
    assert "usage.csv is larger than 1\N{NO-BREAK SPACE}KB" in shown
    assert "Here it is" in shown
    assert not Import.objects.exists()


def test_a_viewer_is_told_that_the_role_may_not(cem):
    client = Client()
    client.force_login(cem)
    conversation = drop(client, usage())
    assert "Your role does not let you import usage" in page(client, conversation)
    assert 'type="file"' not in client.get("/").content.decode()
    assert not Import.objects.exists()


MARKUP = "<img src=x onerror=alert(1)>"


def test_hostile_names_are_text(as_ann, at_work):
    conversation, message = looked_at(as_ann, usage(name=f"{MARKUP}.csv", customers=(MARKUP, "Globex")), text=MARKUP)
    asked = page(as_ann, conversation) + as_ann.post(f"/m/{message.pk}/first/", {}).content.decode()
    as_ann.post(f"/m/{message.pk}/confirm/", {})
    assert settled(message).state == Import.State.LIVE
    for shown in (asked, page(as_ann, conversation), as_ann.get("/find/", {"q": MARKUP}).content.decode()):
        assert "<img src=x" not in shown
        assert "&lt;img src=x onerror" in shown


async def events(answer, most=200):
    """The parts that a stream sends, until it says that it is done."""
    told, text = [], ""
    async for chunk in answer.streaming_content:
        text += chunk.decode() if isinstance(chunk, bytes) else chunk
        while "\n\n" in text:
            block, _, text = text.partition("\n\n")
            kind = next((line[7:] for line in block.splitlines() if line.startswith("event: ")), "")
            data = next((json.loads(line[6:]) for line in block.splitlines() if line.startswith("data: ")), None)
            if kind:
                told.append((kind, data))
            if kind == "done" or len(told) > most:
                return told
    return told


def test_the_stream_tells_the_import_as_it_goes(as_ann, at_work, ann, async_client):
    import asyncio

    conversation, message = looked_at(as_ann, usage())
    as_ann.post(f"/m/{message.pk}/confirm/", {})

    async def follow():
        await async_client.aforce_login(ann)
        answer = await async_client.get(f"/c/{conversation.pk}/stream?watch={message.pk}")
        assert answer["Content-Type"] == "text/event-stream"
        assert "no-transform" in answer["Cache-Control"]
        return await events(answer)

    told = asyncio.run(asyncio.wait_for(follow(), 60))
    assert told[-1] == ("done", {})
    of_message = [data for kind, data in told if kind == "part" and data["id"] == f"m-{message.pk}"]
    assert "data-live" in of_message[0]["html"] or "Found 120" in of_message[0]["html"]
    assert "Found 120 usage events" in of_message[-1]["html"]
    assert len({data["state"] for data in of_message}) == len(of_message)  # nothing is told twice
    assert any(data["id"] == "ledger" and "Every row accounted for" in data["html"] for kind, data in told if data)

    # Whoever comes late, with a page that still shows it under way, is told the end at once
    late = asyncio.run(asyncio.wait_for(follow(), 60))
    assert [kind for kind, _ in late] == ["part", "part", "done"]
    assert "Found 120 usage events" in late[0][1]["html"]


def test_without_script_the_page_reloads_itself_while_work_is_under_way(as_ann):
    conversation = drop(as_ann, usage())  # nobody is at work
    assert '<meta http-equiv="refresh"' in page(as_ann, conversation)
    message = the_import(conversation)
    as_ann.post(f"/m/{message.pk}/cancel/")
    assert '<meta http-equiv="refresh"' not in page(as_ann, conversation)
