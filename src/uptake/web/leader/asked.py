"""What the address asks for. What stands at its default is not written into addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from uptake.kit.errors import ProductError
from uptake.pipeline.leader import Asked as Question
from uptake.pipeline.leader.features import measure_named
from uptake.pipeline.leader.weighing import Figure
from uptake.pipeline.portfolio import Filters
from uptake.web.portfolio.asked import Asked as Page
from uptake.web.portfolio.asked import day_of

FILTERED = ("segment", "region", "plan", "owner")
DEFAULT_MEASURE = "lapsed"


@dataclass(frozen=True)
class Asked:
    """The address, read once."""

    page: Page  # period, as-of day, filters and number of the page, as the portfolio's addresses have them
    by: str = "segment"
    model: str = "portfolio"
    weight: str = "customers"
    currency: str = ""
    since: date | None = None
    every: int = 7
    measure: str = DEFAULT_MEASURE
    cell: str = ""
    group: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """Raises ProductError for what cannot be read."""
        given = {name: text for name in request.GET if (text := request.GET.get(name, "").strip())}
        every = given.get("every", "7")
        if every not in ("7", "28"):
            raise ProductError(f"Scores over time stand 7 or 28 days apart, not “{every[:20]}”.")
        return cls(
            page=Page.of(request),
            by=given.get("by", "segment"),
            model=given.get("model", "portfolio"),
            weight=given.get("weight", "customers"),
            currency=given.get("currency", "")[:20],
            since=day_of(given.get("since")),
            every=int(every),
            measure=measure_named(given.get("measure", DEFAULT_MEASURE)).name,
            cell=given.get("cell", "")[:700],
            group=request.GET.get("group", "")[:200],  # a name may begin or end with a space
        )

    @property
    def question(self) -> Question:
        """Without what only other pages know."""
        filters = Filters(**{name: getattr(self.page.filters, name) for name in FILTERED})
        return Question(
            as_of=self.page.as_of,
            period=self.page.period,
            filters=filters,
            by=self.by,
            model=self.model,
            weight=self.weight,
            currency=self.currency,
            since=self.since,
            every=self.every,
        )

    @property
    def is_narrowed(self) -> bool:
        return self.question.filters != Filters()

    def own(self) -> Mapping[str, str]:
        """What addresses carry beside those of the portfolio."""
        defaults = {each.name: each.default for each in fields(self)}
        names = ("by", "model", "weight", "currency", "since", "every", "measure")
        return {name: str(value) for name in names if (value := getattr(self, name)) != defaults[name]}

    def told(self, **changes: str) -> str:
        """The query with some things changed, from its ``?``; empty where all stand at their defaults."""
        shared = {name: text for name, text in self.page.told().items() if name in ("period", "as_of", *FILTERED)}
        known = {**shared, **self.own(), **changes}
        text = urlencode({name: value for name, value in known.items() if value})
        return f"?{text}" if text else ""

    @property
    def query(self) -> str:
        return self.told()

    @property
    def more(self) -> str:
        """What a list's addresses carry beside those of the portfolio, to be written after them."""
        known = {**self.own(), "cell": self.cell, "group": self.group}
        text = urlencode({name: value for name, value in known.items() if value})
        return f"&{text}" if text else ""

    @property
    def portfolio(self) -> str:
        """The portfolio's own page of the same customers and day."""
        shared = {name: text for name, text in self.page.told().items() if name in ("period", "as_of", *FILTERED)}
        return f"{reverse('portfolio:page')}{f'?{urlencode(shared)}' if shared else ''}"

    def url(self, name: str, *args: Any, **also: str) -> str:
        """Another address of the room with the same question."""
        return f"{reverse(f'leader:{name}', args=args)}{self.told(**also)}"

    def way(self, figure: Figure) -> str:
        """The customers behind a figure; nothing where there are none."""
        return self.url("customers", cell=figure.cell, group=figure.group) if figure.count and figure.cell else ""
