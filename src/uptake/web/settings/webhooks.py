"""Webhooks: who is told of what, with every delivery and what came of it. For admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from uptake.actions.webhook.services import (
    TYPES,
    BadEndpoint,
    access_endpoint,
    access_endpoints,
    add_endpoint,
    remove_endpoint,
    replay,
    send_test,
    switch_endpoint,
)
from uptake.actions.webhook.signing import BadAddress
from uptake.web.asking import page_of, teammate_of
from uptake.web.settings.tabs import tabs

OFFERED = {name: words for name, words in TYPES.items() if name != "test"}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The webhooks; a POST adds one and shows its secret this once."""
    by = teammate_of(request)
    endpoints = access_endpoints(by)
    if request.method != "POST":
        return _shown(request, endpoints)
    url, types = request.POST.get("url", "").replace("\0", ""), request.POST.getlist("type")
    try:
        made, secret = add_endpoint(by, url, types)
    except (BadEndpoint, BadAddress) as why:
        return _shown(request, endpoints, status=400, wrong=str(why), url=url, chosen=types)
    return _shown(request, endpoints.all(), secret=secret, made=made)


def _shown(request: HttpRequest, endpoints: Any, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"tabs": tabs(teammate_of(request)), "endpoints": endpoints, "types": OFFERED, "chosen": list(OFFERED)}
    return render(request, "settings/webhooks.html", {**context, **more}, status=status)


@require_safe
def one(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """The deliveries of a webhook, newest first."""
    endpoint = access_endpoint(teammate_of(request), endpoint_id)
    shown = page_of(endpoint.deliveries.all(), request)
    context = {**shown, "tabs": tabs(teammate_of(request)), "endpoint": endpoint, "types": TYPES}
    return render(request, "settings/webhook.html", context)


@require_POST
def do(request: HttpRequest, endpoint_id: int, verb: str) -> HttpResponse:
    """Test, switch on or off, replay a delivery, remove."""
    by = teammate_of(request)
    endpoint = access_endpoint(by, endpoint_id)
    if verb == "remove":
        remove_endpoint(by, endpoint)
        messages.success(request, "The webhook is removed; nothing is told to it any more.")
        return HttpResponseRedirect(reverse("settings:webhooks"))
    if verb == "test":
        send_test(by, endpoint)
        messages.success(request, "A test is on its way; look here in a few seconds whether it arrived.")
    elif verb == "replay":
        number = request.POST.get("delivery", "")
        replay(by, endpoint, int(number) if number.isdecimal() and len(number) < 19 else 0)
        messages.success(request, "The message is sent once more, with the same id.")
    else:
        switch_endpoint(by, endpoint, on=verb == "on")
        messages.success(
            request, "It is told again." if verb == "on" else "It is told nothing until it is switched on."
        )
    return HttpResponseRedirect(reverse("settings:webhook", args=[endpoint.pk]))
