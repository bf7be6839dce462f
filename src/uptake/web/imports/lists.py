"""Customer lists on pages: a file is sent, its rows are shown with what each would do, and somebody says yes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from uptake.customers.access import access_customers
from uptake.customers.lists.touched import touched_customers
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline.lists.deciding import answered, confirm_list, look_again, require_lists
from uptake.pipeline.lists.sending import begin_list
from uptake.pipeline.lists.told import (
    WORDS,
    list_answers,
    list_json,
    list_sentence,
    nothing_changes,
    outcomes,
    undone_sentence,
)
from uptake.pipeline.uploads import access_import, refuse_too_many
from uptake.sources.customer_lists.fields import FIELDS
from uptake.sources.customer_lists.recognise import NOTHING
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may
from uptake.web.asking import page_of, teammate_of

PER_PAGE = 50
MOST_LINKED = 100
COUNTED = {"aside": "setAsideRows", "waits": "waitingRows"}  # as scripts are told them
BAD = 400
MEANINGS = [(field.key, field.title) for field in FIELDS]


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is looked at and shown."""
    teammate = teammate_of(request)
    require_lists(teammate)
    if request.method != "POST":
        return render(request, "imports/send_list.html", {"meanings": MEANINGS})
    try:
        batch = begin_list(_files(request), by=teammate)
    except NotAllowed:
        raise
    except ProductError as why:
        return render(request, "imports/send_list.html", {"meanings": MEANINGS, "wrong": str(why)}, status=BAD)
    return HttpResponseRedirect(reverse("imports:import", args=[batch.pk]))


def _files(request: HttpRequest) -> list[tuple[str, Path]]:
    if request.META.get("uptake.too_many"):
        raise refuse_too_many()
    if name := request.META.get("uptake.too_large"):
        raise ProductError(f"“{str(name)[:100]}” is larger than a file may be; nothing of it was kept.")
    sent = [file for file in request.FILES.getlist("files") if isinstance(file, TemporaryUploadedFile)]
    return [(file.name or "list", Path(file.temporary_file_path())) for file in sent]


def list_page(request: HttpRequest, context: Mapping[str, Any]) -> HttpResponse:
    """A list that waits, is written or undone. Rows are shown to who may change every customer, counts to all."""
    return render(request, "imports/list.html", _context(request, context["batch"], context))


def _context(request: HttpRequest, batch: Import, more: Mapping[str, Any]) -> dict[str, Any]:
    teammate = teammate_of(request)
    told = list_json(batch)
    may_change = may(teammate, Right.CHANGE_ALL)
    show = request.GET.get("show", "")
    show = show if show in WORDS else ""
    rows = list(outcomes(batch, show)) if may_change else []
    numbers = {what: told[COUNTED.get(what, what)] for what in WORDS}
    waits = batch.state == Import.State.PREVIEW
    return {
        **more,
        **page_of(rows, request, per_page=PER_PAGE),
        "listed": told,
        "sentence": list_sentence(batch),
        "is_same": nothing_changes(batch),
        "show": show,
        "tabs": [(what, words, numbers[what]) for what, words in WORDS.items() if what != "waits" or numbers[what]],
        "waits": waits,
        "may_confirm": waits and may_change and not told["questions"],
        "may_answer": waits and may_change,
        "tables": _tables(told) if waits else [],
        "has_hints": any(column.get("hint") for table in told["tables"] for column in table["columns"]),
        "meanings": MEANINGS,
        "answers": list_answers(batch),
        "undone": batch.report.get("undone"),
        "undone_sentence": undone_sentence(batch.report["undone"]) if batch.report.get("undone") else "",
        **_customers(teammate, batch),
    }


def _customers(teammate: Teammate, batch: Import) -> dict[str, Any]:
    """Those that the list made or changed, while it stands: before there is any usage no other page lists them."""
    if batch.state != Import.State.LIVE:
        return {}
    found = access_customers(teammate).filter(pk__in=touched_customers(batch.pk)).order_by("name")
    return {"customers": found[:MOST_LINKED], "customer_count": found.count()}


def _tables(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **table,
            "columns": [{**column, "field": _field(number, place)} for place, column in enumerate(table["columns"])],
        }
        for number, table in enumerate(told["tables"])
    ]


def _field(table: int, place: int) -> str:
    return f"means-{table}-{place}"


@require_POST
def answer(request: HttpRequest, import_id: int) -> HttpResponse:
    """Read it with other columns or answers."""
    teammate, batch = _mine(request, import_id)
    told = {key: str(value) for key, value in request.POST.items()}
    answers = answered(list_answers(batch), {"customers": "known", **told}, _columns(list_json(batch), told))
    look_again(batch, answers, by=teammate)
    return HttpResponseRedirect(reverse("imports:import", args=[import_id]))


def _columns(told: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, str]:
    """Only what was changed: meaning -> column, or that nothing says it any more."""
    chosen: dict[str, str] = {}
    known: dict[str, str] = {}
    for number, table in enumerate(told["tables"]):
        known |= table["mapping"]
        for place, column in enumerate(table["columns"]):
            means = posted.get(_field(number, place), column["means"])
            if not means:
                continue
            if chosen.get(means, column["column"]) != column["column"] and len(told["tables"]) == 1:
                raise ProductError(f"“{chosen[means]}” and “{column['column']}” cannot mean the same; choose one.")
            chosen[means] = column["column"]
    changed = {key: column for key, column in chosen.items() if known.get(key) != column}
    return changed | {key: NOTHING for key in known if key not in chosen}


@require_POST
def confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """Write what is shown."""
    teammate, batch = _mine(request, import_id)
    done = confirm_list(batch, by=teammate)
    said = "Nothing changed." if nothing_changes(done) else "The list is written."
    messages.success(request, f"{said} {list_sentence(done)}")
    return HttpResponseRedirect(reverse("imports:import", args=[import_id]))


def _mine(request: HttpRequest, import_id: int) -> tuple[Teammate, Import]:
    teammate = teammate_of(request)
    require_lists(teammate)
    return teammate, access_import(teammate, import_id)
