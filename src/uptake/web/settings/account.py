"""My account: password and second factor, light or dark, formats that need no confirmation."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import record
from uptake.web.asking import teammate_of
from uptake.web.settings.tabs import tabs

THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
A_YEAR = 365 * 24 * 3600


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is mine to set."""
    teammate = teammate_of(request)
    chosen = request.COOKIES.get("theme", "system")
    context = {
        "tabs": tabs(teammate),
        "themes": THEMES,
        "theme": chosen if chosen in dict(THEMES) else "system",
        "has_second_factor": is_mfa_enabled(teammate),
        "formats": teammate.trusted_formats,
    }
    return render(request, "settings/account.html", context)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, for this browser."""
    chosen = request.POST.get("theme", "")
    if chosen not in dict(THEMES):
        raise ProductError("Choose light, dark, or as the system.")
    answer = HttpResponseRedirect(reverse("settings:page"))
    if chosen == "system":
        answer.delete_cookie("theme")
    else:
        answer.set_cookie(
            "theme", chosen, max_age=A_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return answer


@require_POST
@transaction.atomic
def forget_format(request: HttpRequest) -> HttpResponse:
    """Files of this kind wait for a confirmation again."""
    teammate = Teammate.objects.select_for_update().get(pk=teammate_of(request).pk)
    forgotten = request.POST.get("format", "")
    if forgotten in teammate.trusted_formats:
        teammate.trusted_formats = [one for one in teammate.trusted_formats if one != forgotten]
        teammate.save(update_fields=["trusted_formats"])
        record(teammate, "trusts no more", teammate, format=forgotten)
        messages.success(request, "Files of this kind wait for your confirmation again.")
    return HttpResponseRedirect(reverse("settings:page"))
