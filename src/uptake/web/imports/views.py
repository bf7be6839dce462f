"""The history of imports, one of them, and what may be done about it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from uptake.lake import files
from uptake.lake.models import Import
from uptake.pipeline.lists.told import CUSTOMER_LIST, is_list
from uptake.pipeline.set_aside import access_set_aside, may_open_set_aside, safe_csv
from uptake.pipeline.uploads import (
    access_import,
    access_imports,
    cancel_upload,
    may_insist,
    redo_import,
    undo_import,
)
from uptake.team.rights import Right, may, require
from uptake.web.asking import page_of, teammate_of
from uptake.web.imports.lists import list_page
from uptake.web.imports.telling import Told

PER_PAGE = 25


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The history, newest first. While something moves, the list asks for itself again."""
    teammate = teammate_of(request)
    require(teammate, Right.IMPORT)
    everything = access_imports(teammate)
    shown = page_of(everything, request, per_page=PER_PAGE)
    told = [Told(batch) for batch in shown["page"]]
    live = everything.filter(state=Import.State.LIVE).exclude(platform=CUSTOMER_LIST).order_by()
    sums = live.aggregate(count=Count("pk"), rows=Sum("imported_count"), until=Max("last_day"))  # no report is read
    replaced = files.replaced_rows()
    context = {
        **shown,
        "imports": told,
        "is_moving": any(one.is_moving for one in told),
        "live": sums["count"],
        "rows": (sums["rows"] or 0) - replaced,
        "replaced": replaced,
        "until": sums["until"],
        "may_list": may(teammate, Right.CHANGE_ALL),
    }
    return render(request, "imports/_list.html" if _is_polling(request) else "imports/page.html", context)


def _is_polling(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") in {"import-list", "import"}


@require_safe
def one(request: HttpRequest, import_id: int) -> HttpResponse:
    """One import with its whole report; of a customer list its rows."""
    context = _context(request, import_id)
    if is_list(context["batch"]):
        return list_page(request, context)
    return render(request, _template(request), context)


def _template(request: HttpRequest) -> str:
    return "imports/_one.html" if _is_polling(request) else "imports/one.html"


def _context(request: HttpRequest, import_id: int) -> dict[str, Any]:
    teammate = teammate_of(request)
    require(teammate, Right.IMPORT)
    told = Told(access_import(teammate, import_id))
    asks = told.batch.state == Import.State.PREVIEW or may_insist(told.batch)
    return {
        "told": told,
        "batch": told.batch,
        "report": told.batch.report,
        "in_chat": asks and told.batch.begun_by_id == teammate.pk,
        "may_download": told.has_set_aside and may_open_set_aside(teammate, told.batch),
        "may_undo": may(teammate, Right.CHANGE_ALL if is_list(told.batch) else Right.UNDO),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask first; then take it back."""
    context = _context(request, import_id)
    require(teammate_of(request), Right.UNDO)
    if request.method != "POST":
        return render(request, "imports/undo.html", context)
    undo_import(context["batch"], by=teammate_of(request))
    if is_list(context["batch"]):
        return _back(request, import_id, "It is undone. What nobody changed since is as it was.")
    return _back(request, import_id, "It is being undone. Every score becomes what it was without it.")


@require_http_methods(["GET", "HEAD", "POST"])
def redo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask first; then bring it back."""
    context = _context(request, import_id)
    require(teammate_of(request), Right.UNDO)
    if request.method != "POST":
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


@require_safe
def set_aside(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """The rows that could not be taken, with their reasons; every cell safe for a spreadsheet."""
    path = access_set_aside(teammate_of(request), import_id)
    headers = {"Content-Disposition": f'attachment; filename="import-{import_id}-set-aside.csv"'}
    return StreamingHttpResponse(safe_csv(path), content_type="text/csv; charset=utf-8", headers=headers)
