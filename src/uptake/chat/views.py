"""The chat's pages. Each view serves the page, and for htmx the part that changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from uptake.chat import conversation as talk
from uptake.chat.conversation_view import Shown, accounts_of, earlier, found_page, largest_upload, page_of, show
from uptake.chat.models import Conversation, Message
from uptake.chat.views_request import Request
from uptake.pipeline.uploads import refuse_too_many

SHOWN_FILES = 3  # of too many


@require_safe
def home(request: Request) -> HttpResponse:
    """Where a conversation begins."""
    return render(request, "chat/page.html", {"page": page_of(request.user, None)})


@require_safe
def conversation(request: Request, pk: int) -> HttpResponse:
    """One conversation, as it stands now. 404: no such one, or not yours."""
    found = talk.access_conversation(request.user, pk)
    return render(request, "chat/page.html", {"page": page_of(request.user, found)})


@require_POST
def begin(request: Request) -> HttpResponse:
    """Say the first thing of a new conversation."""
    names = [file.name or "" for file in request.FILES.getlist("files")]
    text = _text(request)
    if not text.strip() and not names and not _too_large(request):
        raise talk.NothingSaid("Type a question, or choose a file.")
    new = talk.begin_conversation(request.user, text=text, names=names or [_too_large(request)])
    _say(request, new)
    return go_to(request, reverse("chat:conversation", args=[new.pk]))


@require_POST
def say(request: Request, pk: int) -> HttpResponse:
    """Say something, or drop files. Answers with the new messages. 404: no such conversation, or not yours."""
    found = talk.access_conversation(request.user, pk)
    return added(request, found, _say(request, found))


@require_POST
def rename(request: Request, pk: int) -> HttpResponse:
    """Give it another title. 404: no such conversation, or not yours."""
    found = talk.access_conversation(request.user, pk)
    talk.rename_conversation(found, request.POST.get("title", ""))
    return go_to(request, reverse("chat:conversation", args=[pk]))


@require_safe
def find(request: Request) -> HttpResponse:
    """Their conversations that hold the words."""
    words = request.GET.get("q", "")
    if request.htmx:
        return render(request, "chat/_earlier.html", {"earlier": earlier(request.user, words), "words": words})
    page = page_of(request.user, None)
    found = found_page(request.user, words, request.GET.get("page", ""))
    return render(request, "chat/find.html", {"page": page, "found": found, "words": words})


@require_POST
def press(request: Request, pk: int) -> HttpResponse:
    """Press a button of an answer; twice does it once. 404: no such message, or not yours."""
    message = talk.access_message(request.user, pk)
    message, answers = talk.press_button(message, request.POST.get("button", ""))
    return changed(request, show(message), answers)


def _say(request: Request, found: Conversation) -> list[Message]:
    text = _text(request)
    if request.META.get("uptake.too_many"):
        some = [file.name or "file" for file in request.FILES.getlist("files")[:SHOWN_FILES]]
        return talk.refuse_files(found, some, str(refuse_too_many()), text)
    if name := _too_large(request):
        why = f"{name} is larger than {largest_upload()}, the most that is taken through the browser; nothing of it was kept."
        return talk.refuse_files(found, [name], why, text)
    sent = [file for file in request.FILES.getlist("files") if isinstance(file, TemporaryUploadedFile)]
    files = [(file.name or "file", Path(file.temporary_file_path())) for file in sent]
    return talk.drop_files(found, files, text) if files else talk.say(found, text)


def _text(request: Request) -> str:
    """The sentence of the suggestion that was pressed, else what was typed."""
    return request.POST.get("ask", "") or request.POST.get("text", "").strip()


def _too_large(request: Request) -> str:
    return str(request.META.get("uptake.too_large") or "")


# Answers: a part for htmx, the page for everybody else


def go_to(request: Request, url: str) -> HttpResponse:
    """To another page, also when htmx asked."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def added(request: Request, of: Conversation, new: Sequence[Message]) -> HttpResponse:
    """New messages at the end of the conversation."""
    if not request.htmx:
        return _back(of, new[-1] if new else None)
    return HttpResponse("".join(drawn(request, show(each)) for each in new))


def changed(request: Request, shown: Shown, new: Sequence[Message] = (), **more: Any) -> HttpResponse:
    """One message as it stands now, the ledger beside it, and what was said because of it."""
    of = shown.message.conversation
    if not request.htmx:
        if shown.problem:
            messages.error(request, shown.problem)
        if shown.problem or shown.first:
            return render(request, "chat/page.html", {"page": page_of(request.user, of, shown=shown)})
        return _back(of, new[-1] if new else shown.message)
    ledger = {"accounts": accounts_of(of), "out_of_band": True}
    parts = [
        drawn(request, shown),
        render_to_string("chat/_appended.html", {"messages": [show(each) for each in new]}, request) if new else "",
        render_to_string("chat/_ledger.html", ledger, request),
    ]
    return HttpResponse("".join(parts))


def drawn(request: Request, shown: Shown) -> str:
    """A message's HTML."""
    return render_to_string("chat/_message.html", {"shown": shown}, request).strip()


def _back(of: Conversation, message: Message | None) -> HttpResponse:
    anchor = f"#m-{message.pk}" if message else ""
    return redirect(f"{reverse('chat:conversation', args=[of.pk])}{anchor}")
