"""What the address asks for: day, period, filters, order, page. And addresses of the same page, a little changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest

from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.portfolio import Filters
from uptake.pipeline.scoring import DEFAULT_PERIOD
from uptake.team.models import Teammate

STEP = 5  # points; a bar of the distribution
FILTERS = tuple(each.name for each in fields(Filters))
ONLY = ("falling", "both", "new", "gone")
"""Fell by five points or more; and of two days: a score on both, only now, only then."""
MOST_NAMED = 500
PERIODS = (("7d", "7 d", "7 days"), ("30d", "30 d", "30 days"), ("90d", "90 d", "90 days"), ("all", "All", ""))


def teammate_of(request: HttpRequest) -> Teammate:
    """Who asks. The middleware lets nobody in without a login."""
    return cast(Teammate, request.user)


@dataclass(frozen=True)
class Asked:
    """The address, read once. What it does not say has its default, and its default is not written into addresses."""

    period: Period = DEFAULT_PERIOD
    as_of: date | None = None
    compare: date | None = None  # the other day
    filters: Filters = field(default_factory=Filters)
    score: int | None = None  # only customers from this score up to five points more
    customers: tuple[int, ...] = ()  # only these
    only: str = ""  # one of ONLY
    reason: str = ""  # only customers that have no score for this reason
    sort: str = "score"
    descending: bool | None = None  # None: as the column is usually read
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Raises ProductError for what cannot be read."""
        asked = {name: request.GET.get(name, "").strip() for name in request.GET}
        given = {name: value for name, value in asked.items() if value}
        return cls(
            period=Period.parse(given.get("period", str(DEFAULT_PERIOD))),
            as_of=day_of(given.get("as_of")),
            compare=day_of(given.get("compare")),
            filters=Filters(**{name: given[name][:200] for name in FILTERS if name in given}),
            score=_number(given["score"], "score", up_to=100 - STEP) if "score" in given else None,
            customers=_customers(given.get("customer", "")),
            only=_only(given.get("only", "")),
            reason=given.get("reason", "")[:200],
            sort=given.get("sort", "score"),
            descending={"asc": False, "desc": True}.get(given.get("dir", "")),
            page=_number(given["page"], "page") if "page" in given else 1,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether not everybody is shown."""
        return self.filters != Filters() or self.score is not None or bool(self.customers or self.only or self.reason)

    def query(self, **changes: Any) -> str:
        """The address of this page with some things changed, from its ``?``; another page only where it is asked for."""
        changes.setdefault("page", 1)
        filters = replace(self.filters, **{name: changes.pop(name) for name in FILTERS if name in changes})
        return f"?{urlencode(replace(self, filters=filters, **changes).told())}"

    def told(self) -> Mapping[str, str]:
        """What differs from the defaults, as the address writes it."""
        known = {
            "period": str(self.period) if self.period != DEFAULT_PERIOD else "",
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "compare": self.compare.isoformat() if self.compare else "",
            **{name: getattr(self.filters, name) for name in FILTERS},
            "score": "" if self.score is None else str(self.score),
            "customer": ",".join(map(str, self.customers)),
            "only": self.only,
            "reason": self.reason,
            "sort": self.sort if self.sort != "score" else "",
            "dir": "" if self.descending is None else "desc" if self.descending else "asc",
            "page": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in known.items() if value}

    @property
    def day_query(self) -> str:
        """Day and period alone: what a link to a customer carries."""
        told = {name: value for name, value in self.told().items() if name in ("period", "as_of")}
        return f"?{urlencode(told)}" if told else ""


def day_of(text: str | None) -> date | None:
    """Raises ProductError for what is no day."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProductError(f"“{text[:40]}” is no day; write it as 2026-01-29.") from None


def _number(text: str, what: str, up_to: int = 10**9) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= up_to):
        raise ProductError(f"“{text[:40]}” is no {what}.")
    return int(text)


def _customers(text: str) -> tuple[int, ...]:
    """Numbers with commas between them; one that is nobody's, or not theirs to see, chooses nobody."""
    found = tuple(dict.fromkeys(_number(each.strip(), "number of a customer") for each in text.split(",") if each))
    if len(found) > MOST_NAMED:
        raise ProductError(f"At most {MOST_NAMED} customers can be named at once; filter them instead.")
    return found


def _only(text: str) -> str:
    if text and text not in ONLY:
        raise ProductError(f"There are no customers “{text[:40]}”; there are {', '.join(ONLY)}.")
    return text


def period_words(period: Period) -> str:
    """“30 days”, “the whole time”."""
    return "the whole time" if period.days is None else f"{period.days} days" if period.days > 1 else "1 day"
