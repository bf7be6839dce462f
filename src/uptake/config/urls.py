"""Every door's addresses."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from uptake import api
from uptake.chat import urls as chat
from uptake.web import login
from uptake.web import urls as web


def healthz(_: HttpRequest) -> HttpResponse:
    """For a supervisor: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz),
    path("accounts/password/reset/", login.password_reset),
    path("accounts/email/", login.not_offered),
    path("accounts/", include("allauth.urls")),
    *([path("mail/", include("anymail.urls"))] if settings.UPTAKE.anymail.get("WEBHOOK_SECRET") else []),
    path("api/", api.urls),
    *chat.urlpatterns,
    *web.urlpatterns,
]
