"""What is done in a conversation: begun, asked, answered, pressed, renamed, found again."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from uptake.chat.answers import Answer, Button, Buttons, Confirm
from uptake.chat.held import held
from uptake.chat.models import Conversation, Message
from uptake.kit.errors import ProductError
from uptake.pipeline.remedies import Door, refusal_said
from uptake.pipeline.uploads import begin_upload, insist
from uptake.team.models import Teammate

TITLE_LENGTH = 60
MOST_TEXT = 4000
LEAVE_IT = "leave"
OTHERS = "others"
BUTTON = re.compile(r"(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3}))?")


class NoSuchConversation(ProductError):
    """There is none, or it is somebody else's."""

    status = 404


class NothingSaid(ProductError):
    """Neither a sentence nor a file came."""


# Whose it is


def access_conversations(teammate: Teammate) -> QuerySet[Conversation]:
    """Their own, the one spoken in last first."""
    return Conversation.objects.filter(teammate=teammate)


def access_conversation(teammate: Teammate, conversation_id: int) -> Conversation:
    """Raises NoSuchConversation, whether there is none or it is not theirs."""
    found = access_conversations(teammate).select_related("teammate").filter(pk=conversation_id).first()
    if found is None:
        raise NoSuchConversation("There is no such conversation, or it is not yours.")
    return found


def access_message(teammate: Teammate, message_id: int) -> Message:
    """Raises NoSuchConversation, whether there is none or it is not theirs."""
    mine = Message.objects.filter(conversation__teammate=teammate).select_related("batch", "conversation__teammate")
    found = mine.filter(pk=message_id).first()
    if found is None:
        raise NoSuchConversation("There is no such message, or it is not yours.")
    return found


def find_conversations(teammate: Teammate, words: str) -> QuerySet[Conversation]:
    """Those whose title, or anything that was said or dropped in them, holds every word."""
    found = access_conversations(teammate)
    for word in words.split()[:8]:
        said = Message.objects.filter(Q(text__icontains=word) | Q(batch__files__name__icontains=word))
        found = found.filter(Q(title__icontains=word) | Q(pk__in=said.values("conversation")))
    return found


# Saying something


def begin_conversation(teammate: Teammate, *, text: str, names: Sequence[str]) -> Conversation:
    """An empty one, called after the sentence it begins with, else after its files."""
    return Conversation.objects.create(teammate=teammate, title=_title(text, names))


def _title(text: str, names: Sequence[str]) -> str:
    files = names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "") if names else ""
    title = " ".join(text.split()) or files or "New conversation"
    return title if len(title) <= TITLE_LENGTH else f"{title[:TITLE_LENGTH].rsplit(' ', 1)[0]}…"


def rename_conversation(conversation: Conversation, title: str) -> Conversation:
    """Raises NothingSaid for a blank title."""
    title = " ".join(title.split())[:120]
    if not title:
        raise NothingSaid("A conversation needs a title.")
    conversation.title = title
    conversation.save(update_fields=["title"])
    return conversation


def say(conversation: Conversation, text: str) -> list[Message]:
    """A sentence and its answer. Raises NothingSaid."""
    text = text.strip()[:MOST_TEXT]
    if not text:
        raise NothingSaid("Type a question, or choose a file.")
    answer = _answer(conversation.teammate, text)
    with transaction.atomic():  # a question never stands without its answer
        return [_say(conversation, text), _reply(conversation, answer)]


def drop_files(conversation: Conversation, files: Sequence[tuple[str, Path]], text: str = "") -> list[Message]:
    """Files, with or without a sentence: they are taken over and looked at. A refusal is the answer."""
    told = [{"name": _shown_name(name), "size": path.stat().st_size} for name, path in files]
    try:
        with transaction.atomic():  # no upload without the messages that show it
            batch = begin_upload(files, by=conversation.teammate)
            asked = _say(conversation, text.strip()[:MOST_TEXT], parts={"files": told}, batch=batch)
            return [asked, _follow(conversation, batch)]
    except ProductError as why:
        return refuse_files(conversation, [name for name, _ in files], refusal_said(why, Door.PAGE), text)


def refuse_files(conversation: Conversation, names: Sequence[str], why: str, text: str = "") -> list[Message]:
    """Files that were not taken, and the sentence that says so."""
    parts = {"files": [{"name": _shown_name(name), "size": None} for name in names]}
    with transaction.atomic():
        return [_say(conversation, text, parts=parts), _reply(conversation, Answer(why), tone="error")]


def follow_insisted(message: Message) -> list[Message]:
    """Take a refused file in spite of it, and follow that in a message of its own; whoever asks again is given none.

    Raises ProductError where the files are not kept any more.
    """
    with transaction.atomic():
        message = _locked(message)
        if OTHERS in message.parts or message.batch is None:
            return []
        again = insist(message.batch, by=message.conversation.teammate)
        _keep(message, {**message.parts, OTHERS: again.pk})
        return [_follow(message.conversation, again)]


def note_confirmed(message: Message) -> None:
    """From now on the import is worked on: its rate is counted from here."""
    with transaction.atomic():
        message = _locked(message)
        _keep(message, {**message.parts, "confirmed_at": timezone.now().isoformat()})


def _keep(message: Message, parts: dict[str, Any]) -> Message:
    message.parts = parts
    message.version += 1
    message.save(update_fields=["parts", "version"])
    return message


def _follow(conversation: Conversation, batch: Any) -> Message:
    _touch(conversation)
    return Message.objects.create(
        conversation=conversation, author=Message.Author.UPTAKE, kind=Message.Kind.IMPORT, batch=batch
    )


def _shown_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:200] or "file"


def _say(conversation: Conversation, text: str, *, parts: Any = None, batch: Any = None) -> Message:
    _touch(conversation)
    return Message.objects.create(
        conversation=conversation,
        author=Message.Author.ME,
        kind=Message.Kind.SAID,
        text=text,
        parts=parts or {},
        batch=batch,
    )


def _reply(conversation: Conversation, answer: Answer, *, tone: str = "") -> Message:
    return Message.objects.create(
        conversation=conversation,
        author=Message.Author.UPTAKE,
        kind=Message.Kind.ANSWER,
        text=answer.headline,
        parts={"answer": answer.to_json(), **held(conversation.teammate, answer)} | ({"tone": tone} if tone else {}),
    )


def _touch(conversation: Conversation) -> None:
    conversation.updated_at = timezone.now()
    conversation.save(update_fields=["updated_at"])


def _answer(teammate: Teammate, text: str) -> Answer:
    from uptake.chat.tools.replying import reply  # it loads every tool

    try:
        return reply(teammate, text)
    except ProductError as why:
        return Answer(refusal_said(why, Door.PAGE))


# Pressing


def press_button(message: Message, key: str) -> tuple[Message, list[Message]]:
    """Do what a button of an answer says, once: whoever presses again is shown what came of it.

    ``key`` is the place of the button in the message (“2.0”), of a confirmation its part (“3”), or LEAVE_IT. Returns the
    message and what it was answered with. Raises NoSuchConversation where the message has no such button.
    """
    if key != LEAVE_IT and not _was_pressed(message, key):
        label, tool, arguments = _button(message, key)
        if not _changes(tool):  # nothing to do twice, and nobody has to wait for it
            answer, tone = _pressed(message, tool, arguments)
            with transaction.atomic():
                return _note_pressed(message, key, label, answer, tone)
    with transaction.atomic():
        message = _locked(message)
        if _was_pressed(message, key):
            answers = Message.objects.filter(pk=message.parts["pressed"].get(key), conversation=message.conversation)
            return message, list(answers)
        if key == LEAVE_IT:
            return _keep_pressed(message, key, None), []
        label, tool, arguments = _button(message, key)
        answer, tone = _pressed(message, tool, arguments)
        return _note_pressed(message, key, label, answer, tone)


def _was_pressed(message: Message, key: str) -> bool:
    pressed = message.parts.get("pressed", {})
    return key in pressed or LEAVE_IT in pressed


def _locked(message: Message) -> Message:
    """As it is now, for nobody else to press meanwhile."""
    waiting = Message.objects.select_for_update(of=("self",)).select_related("conversation__teammate", "batch")
    return waiting.get(pk=message.pk)


def _pressed(message: Message, tool: str, arguments: Any) -> tuple[Answer, str]:
    """The answer and its tone. Refused: nothing was changed."""
    try:
        with transaction.atomic():
            return _press(message.conversation.teammate, tool, arguments), ""
    except ProductError as why:
        return Answer(refusal_said(why, Door.PAGE)), "error"


def _note_pressed(message: Message, key: str, label: str, answer: Answer, tone: str) -> tuple[Message, list[Message]]:
    said = _say(message.conversation, label)
    answered = _reply(message.conversation, answer, tone=tone)
    if not tone:  # what was refused may be pressed again
        message = _keep_pressed(_locked(message), key, answered.pk)
    return message, [said, answered]


def _changes(tool: str) -> bool:
    from uptake.chat.tools.registry import CHANGING

    return tool in CHANGING


def _press(teammate: Teammate, tool: str, arguments: Any) -> Answer:
    from uptake.chat.tools.replying import press

    return press(teammate, tool, arguments)


def _keep_pressed(message: Message, key: str, answered_by: int | None) -> Message:
    return _keep(message, {**message.parts, "pressed": {**message.parts.get("pressed", {}), key: answered_by}})


def _button(message: Message, key: str) -> tuple[str, str, Any]:
    """What the stored answer's button says, does, and to what: never what a browser sends."""
    told = message.parts.get("answer")
    if not BUTTON.fullmatch(key):  # one key a button, or it could be pressed once by each
        raise NoSuchConversation("There is no such button.")
    place, _, number = key.partition(".")
    try:
        part = Answer.from_json(told).parts[int(place)] if told else None
        if isinstance(part, Confirm) and not number:
            return part.label, part.tool, part.arguments
        button = part.buttons[int(number)] if isinstance(part, Buttons) else None
    except (ValueError, IndexError) as why:
        raise NoSuchConversation("There is no such button.") from why
    if not isinstance(button, Button) or not button.tool:
        raise NoSuchConversation("There is no such button.")
    return button.label, button.tool, button.arguments


def keep_results(message: Message, results_of: str, answer: Answer) -> None:
    """What an import came to, kept with the message that shows it; whoever comes second changes nothing."""
    parts = {
        key: value for key, value in message.parts.items() if key != "pressed"
    }  # those were another answer's buttons
    parts |= {"answer": answer.to_json(), "results_of": results_of, **held(message.conversation.teammate, answer)}
    kept = Message.objects.filter(pk=message.pk, version=message.version)
    if kept.update(parts=parts, text=answer.headline, version=F("version") + 1):
        message.parts, message.text, message.version = parts, answer.headline, message.version + 1
    else:
        message.refresh_from_db()
