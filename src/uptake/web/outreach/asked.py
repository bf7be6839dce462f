"""Which e-mails an address asks for."""

from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from uptake.actions.email.models import Draft, DraftStatus
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate

STATES: dict[str, tuple[str, tuple[DraftStatus, ...]]] = {
    "review": ("To review", (DraftStatus.DRAFT, DraftStatus.FAILED)),
    "approved": ("Approved", (DraftStatus.APPROVED,)),
    "sent": ("Sent", (DraftStatus.SENT, DraftStatus.SENDING)),
    "discarded": ("Discarded", (DraftStatus.DISCARDED,)),
    "all": ("All but discarded", tuple(status for status in DraftStatus if status != DraftStatus.DISCARDED)),
}
WHOSE = {"all": "All", "mine": "My customers"}


def teammate_of(request: HttpRequest) -> Teammate:
    """Who is logged in; the middleware lets nobody else through."""
    return cast(Teammate, request.user)


@dataclass(frozen=True)
class Asked:
    """The filters of one address."""

    state: str = "review"
    whose: str = "all"
    customer: int | None = None
    search: str = ""
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Raises ProductError for a value that none of the filters has."""
        given = request.GET
        state, whose = given.get("state") or "review", given.get("whose") or "all"
        if state not in STATES or whose not in WHOSE:
            raise ProductError(f"There are no e-mails “{state[:50]}” of “{whose[:50]}”.")
        return cls(
            state=state,
            whose=whose,
            customer=_number(given.get("customer", "")),
            search=given.get("search", "").replace("\x00", "").strip()[:100],
            page=_number(given.get("page", "")) or 1,
        )

    def query(self, *, state: str | None = None, page: int = 1) -> str:
        """The same address for another state or page."""
        asked = replace(self, state=state or self.state, page=page)
        pairs = {
            "state": "" if asked.state == "review" else asked.state,
            "whose": "" if asked.whose == "all" else asked.whose,
            "customer": asked.customer,
            "search": asked.search,
            "page": asked.page if asked.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in pairs.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.customer or self.search or self.whose != "all")

    def among(self, drafts: "QuerySet[Draft]", teammate: Teammate) -> "QuerySet[Draft]":
        """Whose e-mails, whatever their state."""
        if self.whose == "mine":
            drafts = drafts.filter(customer__owner=teammate)
        if self.customer is not None:
            drafts = drafts.filter(customer=self.customer)
        if self.search:
            words = self.search
            drafts = drafts.filter(
                Q(customer__name__icontains=words)
                | Q(subject__icontains=words)
                | Q(to_name__icontains=words)
                | Q(to_email__icontains=words)
            )
        return drafts


def _number(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15:
        raise ProductError(f"“{text[:50]}” is no number.")
    return int(text)
