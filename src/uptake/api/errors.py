"""Refusals as RFC 9457 problems: one sentence for the reader, never a page."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from uptake.api.schemas import Camel, example
from uptake.kit.errors import ProductError
from uptake.pipeline.remedies import Door, refusal_said

MEDIA_TYPE = "application/problem+json"
SHOWN_ERRORS = 20
SENTENCES = {
    401: "Send an API key as “Authorization: Bearer upt_…”, or log in to the pages.",
    404: "There is nothing at this address; the addresses are listed at /api/docs.",
}


class FieldError(Camel):
    """One value that cannot be."""

    where: str
    problem: str


class Problem(Camel):
    """RFC 9457."""

    model_config = example(
        {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is no customer 77, or it is not yours.",
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="One sentence for people.")
    errors: list[FieldError] = Field([], description="Of a request that cannot be read: each value and what is wrong.")


def problem(status: int, detail: str, **more: Any) -> JsonResponse:
    """The answer to a request that is refused. Members without a value are left out."""
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    told |= {name: value for name, value in more.items() if value}
    headers = {"WWW-Authenticate": 'Bearer realm="uptake"'} if status == 401 else {}
    return JsonResponse(told, status=status, content_type=MEDIA_TYPE, headers=headers)


def unknown_address(request: HttpRequest, **_: Any) -> HttpResponse:
    """Whatever under /api/ is no endpoint."""
    return problem(404, SENTENCES[404])


def methods_as_problems(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The framework says 405 in plain text; we say it as everything else."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        if not isinstance(answer, HttpResponseNotAllowed):
            return answer
        allowed = answer["Allow"]
        refusal = problem(405, f"{request.method} is not offered here; {allowed} is.")
        refusal["Allow"] = allowed
        return refusal

    return told


def _refused(_: HttpRequest, why: ProductError | type[ProductError]) -> HttpResponse:
    told = refusal_said(why, Door.API) if isinstance(why, ProductError) else str(why)
    return problem(why.status, told, **getattr(why, "more", {}))


def tell_problems(api: NinjaAPI) -> None:
    """Every expected refusal of every endpoint. What is not listed is a bug, and rises."""
    api.add_exception_handler(ProductError, _refused)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Http404, lambda _, why: problem(404, SENTENCES[404]))
    api.add_exception_handler(RequestDataTooBig, lambda _, why: problem(413, "The body is too large for a form."))
    api.add_exception_handler(MultiPartParserError, lambda _, why: problem(400, "The multipart body cannot be read."))
    api.add_exception_handler(SuspiciousOperation, lambda _, why: problem(400, "The request cannot be read."))
    api.add_exception_handler(UnreadablePostError, lambda _, why: problem(400, "The body broke off."))


def _http_error(_: HttpRequest, why: Any) -> HttpResponse:
    return problem(why.status_code, SENTENCES[401] if why.status_code == 401 else str(why).split("\n")[0][:300])


def _invalid(_: HttpRequest, why: Any) -> HttpResponse:
    errors = [_error(each) for each in why.errors[:SHOWN_ERRORS]]
    more = f" (and {len(why.errors) - 1} more)" if len(why.errors) > 1 else ""
    return problem(422, f"{errors[0]['where']}: {errors[0]['problem']}{more}.", errors=errors)


PLACES = {"query", "path", "body", "form", "file", "header", "cookie"}


def _error(found: dict[str, Any]) -> dict[str, str]:
    """``("body", "sent", "dueOn")`` without the names that are ours."""
    place = [str(part)[:80] for part in found["loc"]]
    named = place[2:] if len(place) > 2 and place[0] in PLACES else place[-1:]
    message = str(found["msg"]).removeprefix("Value error, ").rstrip(".")
    return {"where": ".".join(named), "problem": message[:1].lower() + message[1:]}
