"""Conversations: said, answered, pressed, found again, and nobody else's."""

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from uptake.chat.answers import Answer, Button, Buttons, Confirm, Text
from uptake.chat.models import Conversation, Message
from uptake.chat.tests.conftest import page
from uptake.customers.services import create_customer
from uptake.lake.models import Import
from uptake.team.models import Role
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(ann):
    return Conversation.objects.create(teammate=ann, title="Weekly review")


def answered(talk, *parts, headline="Shall I?"):
    answer = Answer(headline, parts)
    return Message.objects.create(
        conversation=talk, author="uptake", kind="answer", text=headline, parts={"answer": answer.to_json()}
    )


def test_home_says_what_to_do(as_ann):
    home = as_ann.get("/").content.decode()
    assert "Drop an export here, or ask about your customers" in home
    assert 'name="files" multiple' in home
    assert 'enctype="multipart/form-data"' in home


def test_a_question_is_kept_with_its_answer(as_ann):
    gone = as_ann.post("/c/", {"text": "What can you do?"})
    conversation = Conversation.objects.get()
    assert gone["Location"] == f"/c/{conversation.pk}/"
    assert conversation.title == "What can you do?"
    assert [message.author for message in conversation.messages.all()] == ["me", "uptake"]
    shown = page(as_ann, conversation)
    assert shown.count("What can you do?") >= 2


def test_htmx_gets_the_new_messages(as_ann, talk):
    answer = as_ann.post(f"/c/{talk.pk}/say/", {"text": "What can you do?"}, headers={"HX-Request": "true"})
    assert answer.content.decode().count("<article") == 2
    assert as_ann.post("/c/", {"text": "Hello"}, headers={"HX-Request": "true"})["HX-Redirect"].startswith("/c/")


def test_nothing_said_is_refused(as_ann, talk):
    refused = as_ann.post("/c/", {"text": "  "})
    assert refused.status_code == 400
    assert "Type a question, or choose a file." in refused.content.decode()
    assert as_ann.post(f"/c/{talk.pk}/say/", {}).status_code == 400
    assert not Message.objects.exists()


def test_what_is_not_understood_says_so(as_ann, talk):
    as_ann.post(f"/c/{talk.pk}/say/", {"text": "Bake me a cake with blue sugar"})
    shown = page(as_ann, talk)
    assert "Bake me a cake" in shown
    assert talk.messages.last().parts["answer"]["parts"]


def test_conversations_are_found_by_title_and_by_what_was_said(as_ann, ann, talk):
    other = Conversation.objects.create(teammate=ann, title="December export")
    Message.objects.create(conversation=other, author="me", kind="said", text="Why did OldCorp drop?")
    found = as_ann.get("/find/", {"q": "oldcorp"}).content.decode()
    assert "December export" in found
    assert "Weekly review" not in found.split("<h1")[1].split("</section>")[0]
    part = as_ann.get("/find/", {"q": "weekly"}, headers={"HX-Request": "true"}).content.decode()
    assert "Weekly review" in part
    assert "<html" not in part
    assert "No conversation holds" in as_ann.get("/find/", {"q": "zebra"}).content.decode()


def test_renamed_and_newest_first(as_ann, ann, talk):
    Conversation.objects.create(teammate=ann, title="Newer")
    as_ann.post(f"/c/{talk.pk}/rename/", {"title": "  Monday   review "})
    assert as_ann.post(f"/c/{talk.pk}/rename/", {"title": " "}).status_code == 400
    home = as_ann.get("/").content.decode()
    assert home.index("Newer") < home.index("Monday review")
    as_ann.post(f"/c/{talk.pk}/say/", {"text": "What can you do?"})
    home = as_ann.get("/").content.decode()
    assert home.index("Monday review") < home.index("Newer")


def test_pressing_twice_does_it_once(as_ann, talk):
    message = answered(talk, Buttons((Button("What can you do?", "what_can_you_do"),)), headline="Or this")
    for _ in range(2):
        as_ann.post(f"/m/{message.pk}/press/", {"button": "0.0"})
    assert talk.messages.count() == 3
    again = as_ann.post(f"/m/{message.pk}/press/", {"button": "0.0"}, headers={"HX-Request": "true"})
    assert f'id="m-{message.pk}"' in again.content.decode()


def test_what_is_left_is_left(as_ann, talk):
    message = answered(talk, Confirm("Update the health scores.", "update_health", {}))
    as_ann.post(f"/m/{message.pk}/press/", {"button": "leave"})
    as_ann.post(f"/m/{message.pk}/press/", {"button": "0"})
    assert talk.messages.count() == 1
    assert "Left as it was." in page(as_ann, talk)


def test_a_refused_press_says_why_and_changes_nothing(ben, as_ann, talk):
    theirs = create_customer(name="Hooli", owner=ben)
    message = answered(talk, Confirm("Create a task.", "create_tasks", {"customers": [theirs.pk]}))
    as_ann.post(f"/m/{message.pk}/press/", {"button": "0"})
    assert "Hooli" not in page(as_ann, talk)
    assert talk.messages.last().parts["tone"] == "error"
    message.refresh_from_db()
    assert "pressed" not in message.parts


@pytest.mark.parametrize("button", ["", "7", "0.9", "x", "-1", "0.0.0"])
def test_a_button_that_is_not_there_is_404(as_ann, talk, button):
    message = answered(talk, Text("Nothing to press."))
    assert as_ann.post(f"/m/{message.pk}/press/", {"button": button}).status_code == 404
    assert talk.messages.count() == 1


def test_names_in_answers_are_text(as_ann, talk):
    markup = "<script>alert(1)</script>"
    answered(talk, Text(markup), Buttons((Button(markup, "scores"),)), headline=markup)
    shown = page(as_ann, talk)
    assert "<script>alert" not in shown
    assert shown.count("&lt;script&gt;alert(1)") >= 3


GET, POST = "get", "post"
OF_A_CONVERSATION = {"conversation": GET, "say": POST, "rename": POST, "stream": GET}
OF_A_MESSAGE = {
    "press": POST, "confirm": POST, "first": POST, "cancel": POST, "others": POST, "undo": POST, "redo": POST, "set_aside": GET,
}  # fmt: skip
OF_NOBODY = {"home", "begin", "find"}


def routes():
    chat = next(one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "chat")
    return {pattern.name: str(pattern.pattern) for pattern in chat.url_patterns}


def test_every_route_is_in_the_table():
    assert set(routes()) == OF_NOBODY | set(OF_A_CONVERSATION) | set(OF_A_MESSAGE)


@pytest.mark.parametrize("name", [*OF_A_CONVERSATION, *OF_A_MESSAGE])
@pytest.mark.parametrize("role", [Role.CSM, Role.VIEWER, Role.ADMIN])
def test_stranger_gets_404(as_ann, talk, name, role):
    message = answered(talk, Confirm("Update the health scores.", "update_health", {}))
    if name not in ("press", *OF_A_CONVERSATION):
        batch = Import.objects.create(begun_by=talk.teammate, state=Import.State.LIVE)
        Message.objects.filter(pk=message.pk).update(kind=Message.Kind.IMPORT, batch=batch)
    stranger = Client()
    stranger.force_login(add_teammate(email="other@us.example", role=role, password="correct horse battery")[0])
    pk = talk.pk if name in OF_A_CONVERSATION else message.pk
    method = (OF_A_CONVERSATION | OF_A_MESSAGE)[name]
    url = "/" + routes()[name].replace("<int:pk>", str(pk))
    assert getattr(stranger, method)(url, {"button": "0", "text": "Hello", "title": "Mine"}).status_code == 404
    assert Message.objects.count() == 1
    talk.refresh_from_db()
    assert talk.title == "Weekly review"


def test_nobody_sees_anothers_titles(ben, talk):
    client = Client()
    client.force_login(ben)
    assert "Weekly review" not in client.get("/").content.decode()
    assert "Weekly review" not in client.get("/find/", {"q": "weekly"}).content.decode()


def test_every_conversation_is_found_page_by_page(as_ann, ann):
    for number in range(61):
        Conversation.objects.create(teammate=ann, title=f"Talk {number}")
    found = as_ann.get(reverse("chat:find")).context["found"]
    assert (len(found), found.paginator.count) == (50, 61)
    older = as_ann.get(reverse("chat:find"), {"q": "talk", "page": 2})
    assert len(older.context["found"]) == 11
    assert "51–61 of 61 conversations" in older.content.decode()
