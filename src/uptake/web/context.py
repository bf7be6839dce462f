"""What every page's shell shows: the way to the other pages, who is looking, and how fresh the data is."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from uptake.customers.access import access_customers
from uptake.pipeline.first_start import DEMO_DOMAIN, DEMO_PASSWORD, demo_mode
from uptake.signals.access import access_alerts, routed_to
from uptake.team.models import Teammate
from uptake.team.rights import Right, may


@dataclass(frozen=True)
class Link:
    """One line of the navigation."""

    title: str
    icon: str  # of lucide
    url_name: str
    right: Right | None = None
    keep: bool = False  # stays in the bottom bar of a small screen
    gap: bool = False  # a thin rule above it

    @property
    def url(self) -> str:
        return reverse(self.url_name)

    @property
    def room(self) -> str:
        """Pages of this namespace mark the link as the current one."""
        return self.url_name.partition(":")[0]


NAVIGATION = (
    Link("Chat", "message-square", "chat:home", keep=True),
    Link("Portfolio", "chart-no-axes-column", "portfolio:page", keep=True),
    Link("Signals", "activity", "signals:page", keep=True),
    Link("Tasks", "list-checks", "tasks:page", keep=True),
    Link("Outreach", "send", "outreach:page", right=Right.CHANGE_OWN),
    Link("Integrations", "plug", "integrations:page", right=Right.IMPORT, gap=True),
    Link("Imports", "download", "imports:page", right=Right.IMPORT),
    Link("Settings", "settings-2", "settings:page"),
)
"""In this order. A room that brings a page adds its line."""


BELONGS_TO = {"customer": "portfolio", "leader": "portfolio"}
"""Pages without a line of their own, by the one they are reached from."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Nothing for somebody who is not logged in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return _login_page(request)
    match = request.resolver_match
    return {
        "navigation": [
            link for link in NAVIGATION if (link.right is None or may(user, link.right)) and _is_there(link)
        ],
        "here": BELONGS_TO.get(match.namespace, match.namespace) if match else "",
        "my_customers": access_customers(user).filter(is_archived=False).count,
        "data_until": _data_until,
        "open_alerts": routed_to(access_alerts(user), user).shown().count,  # asked for where the page shows it
    }


def _login_page(request: HttpRequest) -> dict[str, Any]:
    """Ways in besides the password; in a demo also who there is, with the password they share."""
    if request.path != reverse(settings.LOGIN_URL):
        return {}
    sso = settings.UPTAKE.oidc_server and {
        "name": settings.UPTAKE.oidc_name,
        "url": reverse("openid_connect_login", args=["sso"]),
    }
    if not demo_mode():
        return {"single_sign_on": sso}
    teammates = Teammate.objects.filter(email__endswith=DEMO_DOMAIN, is_active=True).order_by("pk")
    return {"single_sign_on": sso, "demo_teammates": teammates, "demo_password": DEMO_PASSWORD}


def _is_there(link: Link) -> bool:
    try:
        return bool(link.url)
    except NoReverseMatch:
        return False


def _data_until() -> Any:
    from uptake.pipeline import scoring

    try:
        return scoring.newest_day()
    except scoring.NothingToScore:
        return None
