"""What a teammate decides about an import in the chat. Every view is about a message of their own; else it answers 404."""

from collections.abc import Callable

from django.http import HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST, require_safe

from uptake.chat import conversation as talk
from uptake.chat.conversation_view import show
from uptake.chat.importing import Life, life_of
from uptake.chat.importing_form import FirstRows, decided, first_rows
from uptake.chat.models import Message
from uptake.chat.views import changed
from uptake.chat.views_request import Request
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline import uploads
from uptake.pipeline.lists.deciding import answered, confirm_list, look_again
from uptake.pipeline.lists.told import is_list, list_answers
from uptake.pipeline.preview import answers_of, look
from uptake.pipeline.remedies import Door, refusal_said
from uptake.pipeline.set_aside import access_set_aside, safe_csv
from uptake.team.models import Teammate
from uptake.team.rights import Right, require

LIST_QUESTIONS = {"dates", "decimal", "currency", "starts"}


def _access(teammate: Teammate, pk: int) -> tuple[Message, Import]:
    """The message and its import. Raises NoSuchConversation, whether there is none or it is not theirs."""
    message = talk.access_message(teammate, pk)
    if message.batch is None or message.kind != Message.Kind.IMPORT:
        raise talk.NoSuchConversation("There is no such import, or it is not yours.")
    return message, message.batch


def _posted(request: Request) -> dict[str, str]:
    return {key: str(value) for key, value in request.POST.items()}


@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    """Import it, with the columns and answers of the form. What is still open is said in the form."""
    message, batch = _access(request.user, pk)
    posted = _posted(request)
    try:
        _confirm(message, batch, posted, by=request.user)
    except ProductError as why:
        message.refresh_from_db()
        return changed(request, show(message, posted=posted, problem=refusal_said(why, Door.PAGE)))
    message.refresh_from_db()
    return changed(request, show(message))


def _confirm(message: Message, batch: Import, posted: dict[str, str], *, by: Teammate) -> None:
    preview = uploads.preview_json(batch)
    if life_of(batch) != Life.ASKING or preview is None:
        return  # it was confirmed already, or is not ready
    if is_list(batch):
        _confirm_list(batch, posted, by=by)
        return
    form = decided(preview, posted)
    uploads.confirm_upload(
        batch,
        columns=form.columns,
        told=form.told,
        yes=bool(batch.answers.get("yes")),
        trust="trust" in posted,
        by=by,
    )
    talk.note_confirmed(message)


def _confirm_list(batch: Import, posted: dict[str, str], *, by: Teammate) -> None:
    """The answers are taken and shown first: what they come to nobody has seen yet."""
    before = list_answers(batch)
    answers = answered(before, {key: value for key, value in posted.items() if key in LIST_QUESTIONS})
    if answers != before:
        look_again(batch, answers, by=by)
    else:
        confirm_list(batch, by=by)


@require_POST
def first(request: Request, pk: int) -> HttpResponse:
    """The first rows of the file, while it waits to be confirmed."""
    message, batch = _access(request.user, pk)
    require(request.user, Right.IMPORT)
    preview = uploads.preview_json(batch)
    rows: FirstRows | None = None
    if life_of(batch) == Life.ASKING and preview is not None and not is_list(batch):
        sample = look(batch, answers_of(batch)).found[0].table.sample
        rows = first_rows(preview, tuple(sample))
    return changed(request, show(message, posted=_posted(request), first=rows))


def _doing(do: Callable[[Import, Teammate], object]) -> Callable[[Request, int], HttpResponse]:
    def view(request: Request, pk: int) -> HttpResponse:
        _, batch = _access(request.user, pk)
        problem = ""
        try:
            do(batch, request.user)
        except ProductError as why:
            problem = refusal_said(why, Door.PAGE)
        return changed(request, show(talk.access_message(request.user, pk), problem=problem))

    return require_POST(view)


cancel = _doing(lambda batch, by: uploads.cancel_upload(batch, by=by))
undo = _doing(lambda batch, by: uploads.undo_import(batch, by=by))
redo = _doing(lambda batch, by: uploads.redo_import(batch, by=by))


@require_POST
def others(request: Request, pk: int) -> HttpResponse:
    """Take a refused file in spite of it: without its bad rows, or to be mapped by hand; twice does it once."""
    message, _ = _access(request.user, pk)
    new = talk.follow_insisted(message)
    return changed(request, show(talk.access_message(request.user, pk)), new)


@require_safe
def set_aside(request: Request, pk: int) -> StreamingHttpResponse:
    """The rows that could not be taken, with their reasons, as a CSV that is safe to open in a spreadsheet."""
    _, batch = _access(request.user, pk)
    lines = safe_csv(access_set_aside(request.user, batch.pk))
    headers = {"Content-Disposition": f'attachment; filename="set-aside-import-{batch.pk}.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
