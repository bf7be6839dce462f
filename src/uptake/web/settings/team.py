"""Teammates: added with a one-time password, given a role, locked out. For admins."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from uptake.kit.errors import ProductError
from uptake.team.models import Role, Teammate
from uptake.team.rights import Right, require
from uptake.team.services import BadTeammate, add_teammate, change_role, just_added, reset_password, switch_teammate
from uptake.web.asking import teammate_of
from uptake.web.settings.tabs import tabs


class UnknownTeammate(ProductError):
    """There is no such teammate."""

    status = 404


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The team; a POST adds somebody and shows the one-time password this once."""
    by = teammate_of(request)
    require(by, Right.MANAGE_TEAM)
    if request.method != "POST":
        return _shown(request)
    said = {name: request.POST.get(name, "").replace("\0", "")[:150] for name in ("email", "role", "name")}
    if again := just_added(said["email"], by=by):  # the button was pressed twice: the page with a password must come
        return _shown(request, password=reset_password(again, by=by), for_whom=again)
    try:
        teammate, given = add_teammate(**said, by=by)
    except BadTeammate as why:
        return _shown(request, status=400, wrong=str(why), said=said)
    return _shown(request, password=given, for_whom=teammate)


def _shown(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    customers = Count("customers", filter=Q(customers__is_archived=False))
    everybody = Teammate.objects.filter(is_service=False).annotate(customer_count=customers)
    context = {
        "tabs": tabs(teammate_of(request)),
        "roles": Role.choices,
        "teammates": everybody.order_by("-is_active", "first_name", "email"),
        **more,
    }
    return render(request, "settings/team.html", context, status=status)


def _access(request: HttpRequest, teammate_id: int) -> Teammate:
    require(teammate_of(request), Right.MANAGE_TEAM)
    teammate = Teammate.objects.filter(pk=teammate_id, is_service=False).first()
    if teammate is None:
        raise UnknownTeammate(f"There is no teammate {teammate_id}.")
    return teammate


def _back(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("settings:team"))


@require_POST
def role(request: HttpRequest, teammate_id: int) -> HttpResponse:
    """Another role."""
    teammate = _access(request, teammate_id)
    teammate = change_role(teammate, role=request.POST.get("role", ""), by=teammate_of(request))
    return _back(request, f"{teammate} is now {teammate.get_role_display()}.")


@require_POST
def switch(request: HttpRequest, teammate_id: int) -> HttpResponse:
    """Lock out, or let in again."""
    active = request.POST.get("active") == "yes"
    teammate = switch_teammate(_access(request, teammate_id), active=active, by=teammate_of(request))
    return _back(request, f"{teammate} can log in again." if active else f"{teammate} is locked out.")


@require_POST
def password(request: HttpRequest, teammate_id: int) -> HttpResponse:
    """A new one-time password, shown this once."""
    teammate = _access(request, teammate_id)
    return _shown(request, password=reset_password(teammate, by=teammate_of(request)), for_whom=teammate)
