"""Which alerts an address asks for. Everything that narrows the list stands in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest

from uptake.kit.errors import ProductError
from uptake.signals.access import routed_to
from uptake.signals.models import AlertQuerySet, Severity
from uptake.signals.registry import RULE
from uptake.team.models import Teammate
from uptake.team.rights import Right, may
from uptake.web.asking import teammate_of

WHOSE = {"mine": "Mine", "all": "All"}
STATES = {"open": "Open", "snoozed": "Snoozed", "closed": "Closed"}
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "whose": tuple(WHOSE),
    "state": tuple(STATES),
    "kind": ("", *RULE),
    "severity": ("", *Severity.values),
}


@dataclass(frozen=True)
class Asked:
    """The filters of one address."""

    whose: str
    state: str = "open"
    kind: str = ""
    severity: str = ""
    customer: int | None = None
    search: str = ""
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Raises ProductError for a value that none of the filters has."""
        given = request.GET
        looks_after = may(teammate_of(request), Right.CHANGE_OWN) and not may(teammate_of(request), Right.CHANGE_ALL)
        usual = cls(whose="mine" if looks_after and not given.get("customer") else "all")
        words = {name: given[name] for name in ALLOWED if given.get(name)}
        for name, value in words.items():
            if value not in ALLOWED[name]:
                told = ", ".join(filter(None, ALLOWED[name]))
                raise ProductError(f"“{value[:50]}” is nothing to filter by; {name} can be {told}.")
        return replace(
            usual,
            **cast(Any, words),
            customer=_number(given.get("customer", ""), "customer"),
            search=given.get("search", "").replace("\x00", "").strip()[:100],
            page=_number(given.get("page", ""), "page") or 1,
        )

    def query(self, **other: object) -> str:
        """The same address with something else in it; the page begins again unless it is said."""
        asked = replace(self, **cast(Any, {"page": 1, **other}))
        pairs = {
            "whose": asked.whose,
            "state": "" if asked.state == "open" else asked.state,
            "kind": asked.kind,
            "severity": asked.severity,
            "customer": asked.customer,
            "search": asked.search,
            "page": asked.page if asked.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in pairs.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.severity or self.customer or self.search)

    def among(self, alerts: AlertQuerySet, teammate: Teammate) -> AlertQuerySet:
        """All filters but the state: what the tabs count."""
        if self.whose == "mine":
            alerts = routed_to(alerts, teammate)
        if self.customer is not None:
            alerts = alerts.filter(customer=self.customer)
        if self.kind:
            alerts = alerts.filter(rule=self.kind)
        if self.severity:
            alerts = alerts.filter(severity=self.severity)
        return alerts.filter(customer__name__icontains=self.search) if self.search else alerts

    def chosen(self, among: AlertQuerySet) -> AlertQuerySet:
        """The rows of the list, in the order they are shown."""
        among = among.select_related("customer__owner", "acknowledged_by", "closed_by")
        if self.state == "closed":
            return among.closed().order_by("-closed_at", "-pk")
        if self.state == "snoozed":
            return among.snoozed().order_by("snoozed_until", "pk")
        return among.shown().most_severe_first()


def _number(text: str, name: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 15:
        raise ProductError(f"“{text[:50]}” is no number of a {name}.")
    return int(text)
