"""What is connected, connecting, and what may be done about a connection."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from uptake.customers.mapping import access_accounts, waiting
from uptake.kit.errors import ProductError
from uptake.pipeline.live import keys
from uptake.pipeline.sync import running
from uptake.pipeline.sync.accuracy import check_accuracy
from uptake.pipeline.sync.connections import (
    HISTORY_DAYS,
    access_connection,
    access_connections,
    change_key,
    connect,
    pause,
    remove,
)
from uptake.pipeline.sync.models import Connection, Guide, Platform
from uptake.pipeline.sync.platforms import PLATFORMS, platform_named
from uptake.team.rights import NotAllowed, Right, may, require
from uptake.web.asking import page_of, teammate_of
from uptake.web.integrations.telling import Told, ToldRun, next_words

PER_PAGE = 25
BAD = 400


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is connected, and what could be. While something syncs, the list asks for itself again."""
    teammate = teammate_of(request)
    told = [Told(row) for row in access_connections(teammate)]
    connected = {one.row.platform for one in told}
    may_connect = may(teammate, Right.CONNECT)
    context = {
        "connections": told,
        "platforms": [asked for name, asked in PLATFORMS.items() if name not in connected],
        "may_connect": may_connect,
        "is_moving": any(one.open_run for one in told),
        "newest": max((one.row.newest_at for one in told if one.row.newest_at), default=None),
        "waiting": waiting(access_accounts(teammate)).count() if may_connect else 0,
        "guides": Guide.objects.count() if may(teammate, Right.EDIT_CATALOGUE) else 0,
    }
    return render(request, "integrations/_list.html" if _is_polling(request) else "integrations/page.html", context)


def _is_polling(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") in {"connections", "connection"}


@require_http_methods(["GET", "HEAD", "POST"])
def connect_one(request: HttpRequest, platform: str) -> HttpResponse:
    """Ask for the key; try it; keep it."""
    teammate = teammate_of(request)
    require(teammate, Right.CONNECT)
    asked = platform_named(platform)
    context: dict[str, Any] = {"asked": asked, "history": HISTORY_DAYS, "said": {}, "days": 90, "makes_customers": True}
    if request.method != "POST":
        return render(request, "integrations/connect.html", _with_fields(context))
    typed = request.POST.get("history_days", "90")
    days = int(typed) if typed.isdecimal() and len(typed) < 5 else 0
    makes = request.POST.get("makes_customers") == "yes"
    said = {field.name: request.POST.get(field.name, "") for field in asked.fields}
    try:
        made = connect(teammate, platform, said, history_days=days, makes_customers=makes)
    except NotAllowed:
        raise
    except ProductError as why:
        kept = {field.name: said[field.name] for field in asked.fields if not field.is_secret}
        context |= {"wrong": str(why), "said": kept, "days": days, "makes_customers": makes}
        return render(request, "integrations/connect.html", _with_fields(context), status=BAD)
    running.begin_what_is_due()
    messages.success(request, f"{made} is connected. Its history is being fetched; you can leave this page.")
    return HttpResponseRedirect(reverse("integrations:connection", args=[made.pk]))


def _with_fields(context: dict[str, Any]) -> dict[str, Any]:
    """Each field with what was said before."""
    fields = [(field, context["said"].get(field.name, field.default)) for field in context["asked"].fields]
    return {**context, "fields": fields}


@require_safe
def one(request: HttpRequest, connection_id: int) -> HttpResponse:
    """A connection: what was found, how fresh it is, and the audit of its syncs."""
    teammate = teammate_of(request)
    told = Told(access_connection(teammate, connection_id))
    may_connect = may(teammate, Right.CONNECT)
    shown = page_of(told.row.runs.select_related("begun_by").prefetch_related("windows"), request, per_page=PER_PAGE)
    context = {
        **shown,
        "told": told,
        "row": told.row,
        "next_words": next_words(told.row.next_at),
        "runs": [ToldRun(run) for run in shown["page"]],
        "may_connect": may_connect,
        "waiting": waiting(access_accounts(teammate)).filter(source=told.row.source).count() if may_connect else 0,
        "days": (3, 30, 90, 365),
    }
    return render(request, "integrations/_one.html" if _is_polling(request) else "integrations/one.html", context)


@require_POST
def sync(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Ask for the last days now."""
    connection = access_connection(teammate_of(request), connection_id)
    days = request.POST.get("days", "90")
    running.sync_now(teammate_of(request), connection, days=int(days) if days.isdecimal() and len(days) < 5 else 0)
    return _back(request, connection, f"{connection} is being asked for the last {days} days.")


@require_POST
def check(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Compare some days with what the platform says."""
    connection = access_connection(teammate_of(request), connection_id)
    found = check_accuracy(teammate_of(request), connection)
    apart = [each for each in found if each.theirs != each.ours]
    days = ", ".join(f"{each.day.day} {each.day:%b}" for each in found)
    if not apart:
        return _back(request, connection, f"{days}: {connection} and Uptake count the same uses.")
    said = "; ".join(f"{each.day.day} {each.day:%b}: {each.theirs:,} there, {each.ours:,} here" for each in apart)
    messages.error(
        request, f"{connection} and Uptake differ. {said}. Sync these days again, and see what was set aside."
    )
    return HttpResponseRedirect(reverse("integrations:connection", args=[connection.pk]))


@require_POST
def pause_one(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Pause, or go on."""
    connection = access_connection(teammate_of(request), connection_id)
    paused = request.POST.get("paused") == "yes"
    if connection.platform == Platform.LIVE:
        keys.pause(connection, teammate_of(request), paused=paused)
        said = "is paused: what it sends is refused." if paused else "goes on: it may send."
        return _back(request, connection, f"{connection} {said}")
    pause(teammate_of(request), connection, paused=paused)
    said = "is paused: it is not asked by itself." if paused else "goes on: it is asked every day."
    return _back(request, connection, f"{connection} {said}")


@require_http_methods(["GET", "HEAD", "POST"])
def key(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Another key, or other options."""
    teammate = teammate_of(request)
    connection = access_connection(teammate, connection_id)
    require(teammate, Right.CONNECT)
    asked = platform_named(connection.platform)
    context: dict[str, Any] = {"asked": asked, "said": connection.options, "connection": connection}
    if request.method != "POST":
        return render(request, "integrations/connect.html", _with_fields(context))
    said = {field.name: request.POST.get(field.name, "") for field in asked.fields}
    try:
        change_key(teammate, connection, said)
    except NotAllowed:
        raise
    except ProductError as why:
        return render(request, "integrations/connect.html", _with_fields({**context, "wrong": str(why)}), status=BAD)
    return _back(request, connection, f"The key of {connection} was tried and kept.")


@require_http_methods(["GET", "HEAD", "POST"])
def remove_one(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Ask first; then forget the key, with its facts or without."""
    teammate = teammate_of(request)
    connection = access_connection(teammate, connection_id)
    require(teammate, Right.CONNECT)
    if request.method != "POST":
        return render(request, "integrations/remove.html", {"told": Told(connection), "row": connection})
    with_facts = request.POST.get("facts") == "go"
    if connection.platform == Platform.LIVE:
        undone = keys.remove(connection, teammate, with_facts=with_facts)
    else:
        undone = remove(teammate, connection, with_facts=with_facts)
    said = f" {len(undone)} of its imports are being undone." if undone else " What it brought stays."
    messages.success(request, f"{connection} is removed; its key is forgotten.{said}")
    return HttpResponseRedirect(reverse("integrations:page"))


def _back(request: HttpRequest, connection: Connection, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("integrations:connection", args=[connection.pk]))
