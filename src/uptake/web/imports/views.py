"""The history of imports, one of them, and what may be done about it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.uploads import access_import, access_imports, cancel_upload, redo_import, undo_import
from uptake.team.rights import Right, may, require
from uptake.web.asking import page_of, teammate_of
from uptake.web.exports import harmless
from uptake.web.imports.telling import Told

PER_PAGE = 25


class NothingSetAside(ProductError):
    """No row of the import was set aside, or they are not kept any more."""

    status = 404


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The history, newest first. While something moves, the list asks for itself again."""
    teammate = teammate_of(request)
    require(teammate, Right.IMPORT)
    everything = access_imports(teammate)
    shown = page_of(everything, request, per_page=PER_PAGE)
    told = [Told(batch) for batch in shown["page"]]
    live = everything.filter(state=Import.State.LIVE)
    days = [batch.last_day for batch in live if batch.last_day]
    context = {
        **shown,
        "imports": told,
        "is_moving": any(one.is_moving for one in told),
        "live": live.count(),
        "rows": sum(batch.imported_count for batch in live),
        "until": max(days, default=None),
    }
    return render(request, "imports/_list.html" if _is_polling(request) else "imports/page.html", context)


def _is_polling(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") in {"import-list", "import"}


@require_GET
def one(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import with its whole report."""
    return render(request, _template(request), _context(request, import_id))


def _template(request: HttpRequest) -> str:
    return "imports/_one.html" if _is_polling(request) else "imports/one.html"


def _context(request: HttpRequest, import_id: int) -> dict[str, Any]:
    teammate = teammate_of(request)
    require(teammate, Right.IMPORT)
    told = Told(access_import(teammate, import_id))
    conversation = told.batch.state == Import.State.PREVIEW and told.batch.begun_by_id == teammate.pk
    return {
        "told": told,
        "batch": told.batch,
        "report": told.batch.report,
        "in_chat": conversation,
        "may_download": told.has_set_aside and may(teammate, Right.SEE_PEOPLE),
        "may_undo": may(teammate, Right.UNDO),
    }


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask first; then take it back."""
    context = _context(request, import_id)
    require(teammate_of(request), Right.UNDO)
    if request.method == "GET":
        return render(request, "imports/undo.html", context)
    undo_import(context["batch"], by=teammate_of(request))
    return _back(request, import_id, "It is being undone. Every score becomes what it was without it.")


@require_http_methods(["GET", "POST"])
def redo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask first; then bring it back."""
    context = _context(request, import_id)
    require(teammate_of(request), Right.UNDO)
    if request.method == "GET":
        return render(request, "imports/redo.html", context)
    redo_import(context["batch"], by=teammate_of(request))
    return _back(request, import_id, "It is being brought back. Its rows count again in a moment.")


@require_POST
def cancel(request: HttpRequest, import_id: int) -> HttpResponse:
    """Stop one that is not live yet."""
    context = _context(request, import_id)
    cancel_upload(context["batch"], by=teammate_of(request))
    return _back(request, import_id, "It is cancelled. Nothing of it was kept.")


def _back(request: HttpRequest, import_id: int, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("imports:import", args=[import_id]))


@require_GET
def set_aside(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The rows that could not be taken, with their reasons; every cell safe for a spreadsheet."""
    teammate = teammate_of(request)
    require(teammate, Right.IMPORT)
    require(teammate, Right.SEE_PEOPLE)
    path = set_aside_path(access_import(teammate, import_id).pk)
    if not path.is_file():
        raise NothingSetAside(f"No rows of import {import_id} are set aside.")
    headers = {"Content-Disposition": f'attachment; filename="import-{import_id}-set-aside.csv"'}
    return StreamingHttpResponse(_safe_lines(path), content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    """A file for ``csv.writer`` whose write returns the line."""

    def write(self, line: str) -> str:
        return line


def _safe_lines(path: Path) -> Iterator[bytes]:
    csv.field_size_limit(2**31 - 1)
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"  # so that spreadsheets read accents
    with path.open(encoding="utf-8", newline="", errors="replace") as file:
        for row in csv.reader(line.replace("\0", "") for line in file):
            yield writer.writerow([harmless(cell) for cell in row]).encode()
