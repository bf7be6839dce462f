"""A shared report as a page and as a PDF. Nobody is logged in here: the secret in the address is the key."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from uptake.kit.errors import ProductError
from uptake.pipeline.report import sharing
from uptake.pipeline.report.branding import branding
from uptake.pipeline.report.document import PAPERS, Drawing

View = Callable[[HttpRequest, str], HttpResponse]
HEADERS = {
    "Referrer-Policy": "no-referrer",  # the secret stays out of other servers' logs
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "private, no-store",
}


def to_outsiders(view: View) -> View:
    """Refusals as a page of their own, and headers that keep the secret where it is."""

    @require_safe
    @wraps(view)
    def told(request: HttpRequest, secret: str) -> HttpResponse:
        try:
            answer = view(request, secret)
        except ProductError as why:
            answer = _shown("shared/gone.html", {"sentence": str(why)}, status=why.status)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    return told


@to_outsiders
def page(request: HttpRequest, secret: str) -> HttpResponse:
    """The customer's edition of one day."""
    link = sharing.link_of(secret)
    report = sharing.shared_report(link)
    _count(request, link, is_pdf=False)
    drawings = {
        name: _picture(drawing)
        for name in ("users", "rhythm", "growth")
        if (drawing := getattr(report, name)) is not None
    }
    context = {"report": report, "until": link.expires_at, "secret": secret, "drawings": drawings, "logo": _logo()}
    return _shown("shared/page.html", context)


@to_outsiders
def report_pdf(request: HttpRequest, secret: str) -> HttpResponse:
    """The same to keep."""
    link = sharing.link_of(secret)
    made = sharing.shared_pdf(link, paper=request.GET.get("paper") or next(iter(PAPERS)))
    _count(request, link, is_pdf=True)
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return HttpResponse(made.pdf, content_type="application/pdf", headers=headers)


def _count(request: HttpRequest, link: Any, *, is_pdf: bool) -> None:
    """A teammate who looks what the customer will see is not the customer."""
    if request.method == "GET" and not request.user.is_authenticated:
        sharing.count_opening(link, is_pdf=is_pdf)


def _picture(drawing: Drawing) -> dict[str, str]:
    words = {"told": drawing.told, "finding": drawing.finding, "unit": drawing.unit, "note": drawing.note}
    return {"src": _as_address(drawing.svg), **words}


def _logo() -> str:
    svg = branding().svg
    return _as_address(svg) if svg else ""


def _as_address(svg: str) -> str:
    """As the picture of an ``img``: nothing in it can run, and the page's policy stays strict."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _shown(template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Without the request: nothing of the shell, of a session or of who is logged in gets into the page."""
    return HttpResponse(render_to_string(template, context), status=status)
