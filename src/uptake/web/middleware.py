"""What every page has: strict headers, a login, and refusals told as pages."""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import reverse

from uptake.kit.errors import ProductError
from uptake.kit.marks import without_steering_bytes
from uptake.pipeline.remedies import Door, refusal_said

Handler = Callable[[HttpRequest], HttpResponse]

OPEN_PATHS = ("/accounts/", "/static/", "/api/", "/calendar/", "/shared/", "/mail/", "/healthz")
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


def whole_answers_are_packed(get_response: Handler) -> Handler:
    """Gzip for what is there whole. What arrives in parts, such as a chat's answer, must not wait for a block to fill."""
    gzip = GZipMiddleware(get_response)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.streaming:
            gzip.process_response(request, response)  # changes the answer in place
        return response

    return middleware


SHOWN = ("text/html", "image/svg+xml", "text/calendar")


def text_reads_as_it_is(get_response: Handler) -> Handler:
    """No name or title in a page turns the direction of the text around it, wherever it came from."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.streaming and response.headers.get("Content-Type", "").startswith(SHOWN):
            response.content = without_steering_bytes(response.content)
        return response

    return middleware


NUL_REFUSED = "The request has a NUL character in it, which no text has. Nothing was changed."


def nul_is_refused(get_response: Handler) -> Handler:
    """400 for a NUL in the address, a cookie or a field: databases differ in what they make of it.

    A body of the API is the API's own to read.
    """

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            asked = (request.path, *request.COOKIES.values(), *_texts(request.GET))
            return _nul_page(request) if _has_nul(asked) else get_response(request)

        def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
            if request.path.startswith("/api/") or not _has_nul(_texts(request.POST)):
                return None
            return _nul_page(request)

    return Middleware()


def _texts(fields: QueryDict) -> Iterator[str]:
    for name, values in fields.lists():
        yield name
        yield from map(str, values)


def _has_nul(texts: Iterable[str]) -> bool:
    return any("\0" in text for text in texts)


def _nul_page(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        told = {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": NUL_REFUSED}
        return JsonResponse(told, status=400, content_type="application/problem+json")
    return HttpResponse(NUL_REFUSED, status=400, content_type="text/plain; charset=utf-8")


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
                "sentence": refusal_said(why, Door.PAGE),
                "layout": "web/base.html" if inside else "allauth/layouts/entrance.html",
            }
            return render(request, template, context, status=why.status)

    return Middleware()


TITLES = {403: "Your role does not allow this", 404: "Not found", 409: "It changed meanwhile"}
