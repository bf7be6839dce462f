"""What every page has: strict headers, a login, and refusals told as pages."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from uptake.kit.errors import ProductError

Handler = Callable[[HttpRequest], HttpResponse]

OPEN_PATHS = ("/accounts/", "/static/", "/api/", "/calendar/", "/mail/", "/healthz")
"""What stands open, or has a door of its own: login, sheets, keys, secret links, a provider's signed word."""


def _policy() -> str:
    provider = urlsplit(settings.UPTAKE.oidc_server)
    forms = f"'self' {provider.scheme}://{provider.netloc}" if provider.netloc else "'self'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
    )


def strict_headers(get_response: Handler) -> Handler:
    """Nothing inline and nothing from elsewhere runs; pages with customers' data are not kept by caches."""
    policy = _policy()

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def everybody_logs_in(get_response: Handler) -> Handler:
    """No page without a login; whoever has a one-time password chooses another first."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OPEN_PATHS):
            return get_response(request)
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=401, headers={"HX-Redirect": reverse(settings.LOGIN_URL)})
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if request.user.has_one_time_password:
            return HttpResponseRedirect(reverse("account_change_password"))
        return get_response(request)

    return middleware


def refusals_are_pages(get_response: Handler) -> Handler:
    """A ProductError becomes a page, or for htmx a notice, with its sentence and status."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
            if not isinstance(why, ProductError) or request.path.startswith("/api/"):
                return None
            template = "web/_notice.html" if request.headers.get("HX-Request") else "web/refusal.html"
            inside = request.user.is_authenticated and not request.path.startswith("/accounts/")
            context = {
                "tone": "error",
                "title": TITLES.get(why.status, "That did not work"),
                "sentence": str(why),
                "layout": "web/base.html" if inside else "allauth/layouts/entrance.html",
            }
            return render(request, template, context, status=why.status)

    return Middleware()


TITLES = {403: "Your role does not allow this", 404: "Not found", 409: "It changed meanwhile"}
