"""Sources that send live events: made, given another key. The key is shown this once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from uptake.pipeline.live.keys import BadSource, create_live_source, new_key
from uptake.pipeline.sync.connections import access_connection
from uptake.team.rights import Right, require
from uptake.web.asking import teammate_of


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Ask for a name; a POST makes the source and shows its key with what to do with it."""
    teammate = teammate_of(request)
    require(teammate, Right.CONNECT)
    if request.method != "POST":
        return _shown(request)
    name = request.POST.get("name", "").replace("\0", "")
    try:
        made, key = create_live_source(name, teammate)
    except BadSource as why:
        return _shown(request, status=400, wrong=str(why), name=name)
    return _shown(request, made=made, secret=key)


@require_POST
def another_key(request: HttpRequest, connection_id: int) -> HttpResponse:
    """The old key opens nothing from now on."""
    teammate = teammate_of(request)
    changed, key = new_key(access_connection(teammate, connection_id), teammate)
    return _shown(request, made=changed, secret=key)


def _shown(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    address = request.build_absolute_uri("/").rstrip("/")
    return render(request, "integrations/live.html", {"address": address, **more}, status=status)
