"""Who asks, and for which page of a list."""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from uptake.team.models import Teammate


def teammate_of(request: HttpRequest) -> Teammate:
    """Who asks. The middleware lets nobody in without a login."""
    return cast(Teammate, request.user)


def page_of(items: Any, request: HttpRequest, *, per_page: int = 50) -> dict[str, Any]:
    """Context of ``imports/_pages.html``: the page asked for (the nearest that is there), and the way to the others."""
    asked = request.GET.get("page", "1")[:9]
    shown: Page[Any] = Paginator(items, per_page).get_page(int(asked) if asked.isascii() and asked.isdecimal() else 1)
    kept = request.GET.copy()

    def address(number: int) -> str:
        kept["page"] = str(number)
        return f"?{kept.urlencode()}"

    numbers = shown.paginator.get_elided_page_range(shown.number)
    links = [
        (number, address(number) if isinstance(number, int) and number != shown.number else "") for number in numbers
    ]
    return {
        "page": shown,
        "pages": links if shown.paginator.num_pages > 1 else [],
        "previous": address(shown.number - 1) if shown.has_previous() else "",
        "next": address(shown.number + 1) if shown.has_next() else "",
    }
