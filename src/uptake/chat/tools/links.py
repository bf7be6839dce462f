"""Ways from an answer to the pages behind it."""

from datetime import date
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from uptake.chat.tools.tool import DEFAULT_PERIOD
from uptake.kit.days import Period


def page(name: str, *args: object, **query: object) -> str:
    """The path of a page with what was asked for; empty where this workspace has no such page."""
    try:
        path = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    asked = {key: str(value) for key, value in query.items() if value not in (None, "", DEFAULT_PERIOD)}
    return f"{path}?{urlencode(asked)}" if asked else path


def customer_page(customer_id: int, *, period: Period | None = None, as_of: date | None = None) -> str:
    """A customer's page, on the same days."""
    return page("customer:page", customer_id, period=period, as_of=as_of)


def portfolio_page(*, period: Period | None = None, as_of: date | None = None, **query: str) -> str:
    """The portfolio, on the same days and filtered alike."""
    return page("portfolio:page", period=period, as_of=as_of, **query)
