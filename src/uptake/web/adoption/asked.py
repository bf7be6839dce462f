"""What the address asks for: period, day, and whom to compare with. And addresses of the tab that keep all three."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from uptake.kit.days import Period
from uptake.pipeline.dashboard import behind, dashboard
from uptake.pipeline.dashboard.peers import checked
from uptake.pipeline.dashboard.view import Behind, Comparison, Dashboard
from uptake.team.models import Teammate
from uptake.web.portfolio.asked import Asked as Page

COMPARISONS: tuple[tuple[Comparison, str], ...] = (
    ("peers", "Peers of its kind"),
    ("segment", "Its segment"),
    ("all", "All customers"),
)


@dataclass(frozen=True)
class Asked:
    """The address, read once. What stands at its default is not written into addresses."""

    customer_id: int
    page: Page  # period, as-of day and number of the page, as the portfolio's addresses have them
    comparison: Comparison = "peers"

    @classmethod
    def of(cls, request: HttpRequest, customer_id: int) -> "Asked":
        """Raises ProductError for what cannot be read."""
        return cls(customer_id, Page.of(request), checked(request.GET.get("comparison", "") or "peers"))

    @property
    def period(self) -> Period:
        return self.page.period

    @property
    def as_of(self) -> date | None:
        return self.page.as_of

    @property
    def more(self) -> str:
        """What the tab's addresses carry beside day and period, to be written after them."""
        return "" if self.comparison == "peers" else f"&comparison={self.comparison}"

    @property
    def query(self) -> str:
        """Day, period and comparison, from the ``?``; empty where all stand at their defaults."""
        told = f"{self.page.day_query or '?'}{self.more}".replace("?&", "?")
        return "" if told == "?" else told

    def url(self, name: str, *args: Any, **also: Any) -> str:
        """An address of the tab, with the same day, period and comparison."""
        query = self.query
        if also:
            query = f"{query}{'&' if query else '?'}{urlencode(also)}"
        return f"{reverse(f'adoption:{name}', args=[self.customer_id, *args])}{query}"

    @property
    def tab(self) -> str:
        return self.url("page")

    @property
    def all_features(self) -> str:
        return self.url("features")

    def dashboard(self, teammate: Teammate) -> Dashboard:
        return dashboard(teammate, self.customer_id, as_of=self.as_of, period=self.period, comparison=self.comparison)

    def behind(self, teammate: Teammate, key: str) -> Behind:
        return behind(teammate, self.customer_id, key, as_of=self.as_of, period=self.period, comparison=self.comparison)


@dataclass(frozen=True)
class Ways:
    """For templates: ``ways|get:key`` is the address of the list behind a number; nothing for no list."""

    asked: Asked

    def get(self, key: str) -> str:
        return self.asked.url("behind", key) if key else ""
