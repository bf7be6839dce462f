"""API keys: made with a role, shown once, revoked. For admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from uptake.kit.errors import ProductError
from uptake.team.models import ApiKey, Role
from uptake.team.rights import Right, require
from uptake.team.services import BadTeammate, create_key, revoke_key
from uptake.web.asking import teammate_of
from uptake.web.settings.tabs import tabs


class UnknownKey(ProductError):
    """There is no such key."""

    status = 404


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The keys; a POST makes one and shows it this once."""
    by = teammate_of(request)
    require(by, Right.MANAGE_TEAM)
    if request.method != "POST":
        return _shown(request)
    name = request.POST.get("name", "").replace("\0", "")
    try:
        key, text = create_key(name=name, role=request.POST.get("role", ""), by=by)
    except BadTeammate as why:
        return _shown(request, status=400, wrong=str(why))
    return _shown(request, text=text, made=key)


def _shown(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    keys = ApiKey.objects.select_related("acts_as", "created_by").order_by("revoked_at", "-created_at")
    context = {"tabs": tabs(teammate_of(request)), "roles": Role.choices, "keys": keys, **more}
    return render(request, "settings/keys.html", context, status=status)


@require_POST
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Nobody comes in with it any more."""
    by = teammate_of(request)
    require(by, Right.MANAGE_TEAM)
    key = ApiKey.objects.filter(pk=key_id).first()
    if key is None:
        raise UnknownKey(f"There is no key {key_id}.")
    revoke_key(key, by=by)
    messages.success(request, f"Key {key.name} is revoked.")
    return HttpResponseRedirect(reverse("settings:keys"))
