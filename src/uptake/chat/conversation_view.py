"""What a page shows of a conversation: each message with where it stands now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page as PageOf
from django.core.paginator import Paginator
from django.db.models import QuerySet

from uptake.chat.answers import Answer, Buttons, Text
from uptake.chat.conversation import OTHERS, find_conversations, keep_results
from uptake.chat.held import LOST, may_still_see
from uptake.chat.importing import (
    UNDER_WAY,
    Life,
    Row,
    Step,
    found_sentence,
    ledger,
    life_of,
    not_use,
    read_as,
    state_of,
    steps_of,
)
from uptake.chat.importing_form import FirstRows, Layout, layout
from uptake.chat.models import Conversation, Message
from uptake.chat.parts import DrawnAnswer, drawn_answer
from uptake.kit.errors import ProductError
from uptake.kit.remedies import Remedy
from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.lists.told import CUSTOMER_LIST, is_list, list_answers, list_json, list_sentence
from uptake.pipeline.preview import size_in_bytes
from uptake.pipeline.remedies import Door, import_message, import_remedy, refusal_said
from uptake.pipeline.set_aside import may_open_set_aside
from uptake.pipeline.uploads import MOST_FILES, preview_json
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

EARLIER, FOUND = 12, 50
IN_THE_RESULTS = {"scores", "leaders", "laggards", "upload_help", "feature_shares", "heatmap", "insights"}
"""Tools whose answer stands in the results of an import anyway."""


@dataclass(frozen=True)
class Shown:
    """One message, ready for its template. ``state`` changes with what is shown; ``is_live``: it changes by itself."""

    message: Message
    state: str
    is_live: bool = False
    life: Life | None = None
    batch: Import | None = None
    form: Layout | None = None
    steps: Sequence[Step] = ()
    found: str = ""
    read_as: str = ""
    answer: DrawnAnswer | None = None
    problem: str = ""
    first: FirstRows | None = None
    refusal: str = ""
    remedy: Remedy | None = None
    listed: Mapping[str, Any] | None = None  # of a customer list
    rows: Sequence[Mapping[str, Any]] = ()  # its first ones

    @property
    def said(self) -> str:
        """For readers who do not see the page: what came of it, in a sentence."""
        return (SAID.get(self.life, "") if self.life else "") or (self.answer.headline if self.answer else "")


SAID = {
    Life.LOOKING: "The files are being looked at.",
    Life.ASKING: "The columns are ready to be confirmed.",
    Life.WORKING: "The import is under way.",
    Life.REFUSED: "The files were refused.",
    Life.CANCELLED: "The import was cancelled.",
    Life.UNDONE: "The import is undone.",
}


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    """All of them, in the order they were said."""
    return conversation.messages.select_related("batch", "conversation__teammate").order_by("pk")


def show(
    message: Message, *, posted: Mapping[str, str] | None = None, problem: str = "", first: FirstRows | None = None
) -> Shown:
    """A message as it stands now. ``posted`` and ``problem``: a form that could not be taken yet, and why."""
    if message.kind != Message.Kind.IMPORT:
        return Shown(message, state=str(message.version), answer=_answer(message), problem=problem)
    life = life_of(message.batch)
    if message.batch is not None and is_list(message.batch):
        return _show_list(message, message.batch, life, problem)
    if message.batch is not None and life in {Life.LIVE, Life.SAME}:
        _fill_results(message, message.batch)
    state = f"{message.version}.{state_of(message.batch)}"
    if message.batch is None:
        return Shown(message, state=state, life=life)
    return _show_import(message, message.batch, life, state, posted or {}, problem, first)


def _show_import(
    message: Message,
    batch: Import,
    life: Life,
    state: str,
    posted: Mapping[str, str],
    problem: str,
    first: FirstRows | None,
) -> Shown:
    preview = preview_json(batch) if life == Life.ASKING else None
    is_over = life in {Life.LIVE, Life.SAME}
    is_refused = life == Life.REFUSED and OTHERS not in message.parts  # what was offered is taken only once
    return Shown(
        message,
        state=state,
        is_live=life in UNDER_WAY,
        life=life,
        batch=batch,
        form=layout(preview, posted) if preview else None,
        steps=steps_of(batch, confirmed_at(message)) if life == Life.WORKING else (),
        found=found_sentence(batch) if life == Life.LIVE else "",
        read_as=read_as(batch) if life == Life.LIVE else "",
        answer=_answer(message) if is_over else None,
        problem=problem,
        first=first,
        refusal=import_message(batch, Door.PAGE) if is_refused else batch.message,
        remedy=import_remedy(batch) if is_refused else None,
    )


def _show_list(message: Message, batch: Import, life: Life, problem: str) -> Shown:
    """A customer list: counts for all, rows for who may change every customer."""
    sees_rows = life == Life.ASKING and may(message.conversation.teammate, Right.CHANGE_ALL)
    return Shown(
        message,
        state=f"{message.version}.{state_of(batch)}.{list_answers(batch)}",
        life=life,
        batch=batch,
        found=list_sentence(batch),
        problem=problem,
        refusal=import_message(batch, Door.PAGE),
        listed=list_json(batch),
        rows=(batch.report.get("preview") or {}).get("sample", ()) if sees_rows else (),
    )


def confirmed_at(message: Message) -> datetime | None:
    """When the teammate said yes; None where the format was trusted."""
    told = message.parts.get("confirmed_at")
    return datetime.fromisoformat(told) if told else None


def _answer(message: Message) -> DrawnAnswer | None:
    told = message.parts.get("answer")
    if told and not may_still_see(message.conversation.teammate, message.parts):
        return drawn_answer(Answer(LOST).to_json(), {}, "")
    return drawn_answer(told, message.parts.get("pressed", {}), message.parts.get("tone", "")) if told else None


def _fill_results(message: Message, batch: Import) -> None:
    """The results of a live import, worked out once for each time it went live, and kept."""
    same_as = batch.report.get("sameAs")
    live = Import.objects.filter(pk=same_as, state=Import.State.LIVE).first() if same_as else batch
    if live is None:
        return  # what was live then is undone by now
    results_of = f"{live.pk} {live.finished_at}"
    if message.parts.get("results_of") != results_of:
        keep_results(message, results_of, _results(message, live.pk))


def _results(message: Message, import_id: int) -> Answer:
    """What the import came to, and the answer to what was asked along with the files, where that is something else."""
    from uptake.chat.tools.results import results_answer  # it loads every tool

    teammate = message.conversation.teammate
    try:
        results = results_answer(teammate, import_id)
        asked = message.conversation.messages.filter(kind=Message.Kind.SAID, batch=message.batch).first()
        more = _asked_along(teammate, asked.text) if asked and asked.text else None
    except ProductError as why:
        return Answer(refusal_said(why, Door.PAGE))
    if more is None:
        return results
    parts = [*results.parts]
    buttons = [parts.pop()] if parts and isinstance(parts[-1], Buttons) else []
    return Answer(results.headline, (*parts, Text(more.headline), *more.parts, *buttons))


def _asked_along(teammate: Teammate, text: str) -> Answer | None:
    """None where the results are the answer, or where the sentence is not understood."""
    from uptake.chat.grammar import Understood, understand
    from uptake.chat.tools.replying import reply

    found = understand(text, teammate)
    if not isinstance(found, Understood) or found.tool in IN_THE_RESULTS:
        return None
    return reply(teammate, text)


# The margin


@dataclass(frozen=True)
class Accounts:
    """Of the newest import of a conversation that is live: where every row went."""

    batch: Import | None
    rows: Sequence[Row] = ()
    others: Sequence[Row] = ()
    has_set_aside: bool = False
    message_id: int | None = None

    @property
    def state(self) -> str:
        return f"{self.batch.pk}.{self.batch.finished_at}" if self.batch else "none"


def accounts_of(conversation: Conversation | None) -> Accounts:
    """For the margin; empty without a live import."""
    if conversation is None:
        return Accounts(None)
    of_imports = messages_of(conversation).filter(kind=Message.Kind.IMPORT, batch__state=Import.State.LIVE)
    of_imports = of_imports.exclude(batch__platform=CUSTOMER_LIST)
    message = of_imports.last()
    if message is None or message.batch is None:
        return Accounts(None)
    batch = message.batch
    return Accounts(batch, ledger(batch), not_use(batch), _opens(conversation, batch), message.pk)


def _opens(conversation: Conversation, batch: Import) -> bool:
    return set_aside_path(batch.pk).is_file() and may_open_set_aside(conversation.teammate, batch)


@dataclass(frozen=True)
class Page:
    """A whole page of the chat."""

    conversation: Conversation | None
    messages: Sequence[Shown]
    accounts: Accounts
    earlier: Sequence[Conversation]
    may_import: bool
    is_live: bool
    largest: str
    largest_bytes: int
    most_files: int
    suggestions: Sequence[str] = field(default_factory=list)


def page_of(teammate: Teammate, conversation: Conversation | None, *, shown: Shown | None = None) -> Page:
    """``shown``: one message as it must stand now, in place of how it would be shown."""
    messages = [show(each) for each in messages_of(conversation)] if conversation else []
    if shown is not None:
        messages = [shown if each.message.pk == shown.message.pk else each for each in messages]
    return Page(
        conversation=conversation,
        messages=messages,
        accounts=accounts_of(conversation),
        earlier=earlier(teammate),
        may_import=may(teammate, Right.IMPORT),
        is_live=any(each.is_live for each in messages),
        largest=largest_upload(),
        largest_bytes=size_in_bytes(settings.UPTAKE.max_upload_size),
        most_files=MOST_FILES,
        suggestions=_suggestions(teammate),
    )


def largest_upload() -> str:
    """As people write it: 2 GB."""
    size = settings.UPTAKE.max_upload_size
    number = size.rstrip("KMGTiB ")
    return f"{number}\N{NO-BREAK SPACE}{size[len(number) :].strip()}"


def found_page(teammate: Teammate, words: str, number: str) -> "PageOf[Conversation]":
    """A page of all of them, those that hold the words where some are given."""
    return Paginator(find_conversations(teammate, words), FOUND).get_page(number)


def earlier(teammate: Teammate, words: str = "") -> Sequence[Conversation]:
    """Conversations newest first, those that hold the words where some are given."""
    return list(find_conversations(teammate, words)[:EARLIER])


def _suggestions(teammate: Teammate) -> list[Any]:
    from uptake.chat.tools.replying import suggestions

    return list(suggestions(teammate))
