"""What one address of the page shows, for one teammate; its parts are worked out when they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from django.conf import settings

from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.leader import features, movers, spread, weighing
from uptake.pipeline.leader.everybody import Everybody, Floats, everybody
from uptake.pipeline.leader.groups import Grouping, Groups, divided, grouping_named, together
from uptake.pipeline.leader.lines import Line, of_groups
from uptake.pipeline.portfolio import Filters
from uptake.pipeline.state import ByState, state
from uptake.scores.model import ScoreModel
from uptake.scores.models import ACCOUNT, PORTFOLIO
from uptake.team.models import Teammate

MODELS: Mapping[str, ScoreModel] = {each.name: each for each in (PORTFOLIO, ACCOUNT)}
MOST_GROUPS = 40  # lines of a table on the page; the file has all
MOST_COLUMNS = 12  # groups beside each other
UNTOLD_DAYS = 30  # back to the other day of the movers, for the period “all”


@dataclass(frozen=True)
class Asked:
    """Everything that a view depends on besides the teammate."""

    as_of: date | None = None
    period: Period = scoring.DEFAULT_PERIOD
    filters: Filters = field(default_factory=Filters)
    by: str = "segment"  # one of groups.GROUPINGS
    model: str = PORTFOLIO.name  # one of MODELS
    weight: str = "customers"  # or arr
    currency: str = ""  # of the ARR; empty: that of most customers
    since: date | None = None  # movers: the other day; by default one period earlier
    every: int = 7  # days between the scores over time: one of spread.STEPS


@dataclass(frozen=True)
class View:
    """The customers that a teammate may see and asked for, and how they are grouped and weighed."""

    found: Everybody
    grouping: Grouping
    by: weighing.By
    currency: str  # empty: no contract on the day has ARR
    since: date
    every: int

    @cached_property
    def weight(self) -> Floats:
        """What each customer weighs."""
        return weighing.weights(self.found, self.by, self.currency)

    @cached_property
    def groups(self) -> Groups:
        return divided(self.found, self.grouping, most=MOST_GROUPS)

    @cached_property
    def side_by_side(self) -> Groups:
        """The same in few groups, for tables that have a column each."""
        return divided(self.found, self.grouping, most=MOST_COLUMNS)

    @cached_property
    def all_groups(self) -> Groups:
        return divided(self.found, self.grouping)

    @cached_property
    def everybody(self) -> Groups:
        return together(self.found)

    @cached_property
    def lines(self) -> list[Line]:
        """A line a group."""
        return of_groups(self, self.groups)

    @cached_property
    def total(self) -> Line:
        """Of everybody."""
        return of_groups(self, self.everybody)[0]

    @cached_property
    def use(self) -> features.Use:
        return features.use_of(self.found)

    @cached_property
    def moved(self) -> movers.Moved:
        return movers.moved(self.found, self.since)

    @cached_property
    def spread(self) -> spread.Spread:
        return spread.spread(self.found, self.every)

    @cached_property
    def without_weight(self) -> tuple[int, int]:
        """How many have ARR in another currency, or several; and how many have none."""
        texts = self.found.texts("currency")
        known = ~np.isnan(self.found.arr(self.currency))
        others = sum(text is not None and not has for text, has in zip(texts, known.tolist(), strict=True))
        return others, len(texts) - others - int(known.sum())


def leader_view(teammate: Teammate, asked: Asked = Asked()) -> View:
    """Raises NothingToScore, and ProductError for what cannot be asked."""
    model = MODELS.get(asked.model)
    if model is None:
        raise ProductError(f"There is no score “{asked.model[:40]}” here; there is {' and '.join(MODELS)}.")
    day = scoring.as_of_day(asked.as_of)
    back = timedelta(days=asked.period.days or UNTOLD_DAYS)
    since = day - back if asked.since is None else scoring.as_of_day(asked.since)
    settled = (day, since, asked.period, asked.filters, asked.by, asked.weight, asked.currency, asked.every, model)
    key = (teammate.pk, teammate.role, teammate.is_active, settings.UPTAKE.csm_sees, settled)

    def make() -> View:
        found = everybody(teammate, as_of=day, period=asked.period, filters=asked.filters, model=model)
        return View(
            found=found,
            grouping=grouping_named(asked.by),
            by=weighing.checked(asked.weight),
            currency=asked.currency or next(iter(found.currencies), ""),
            since=since,
            every=spread.checked(asked.every),
        )

    return _VIEWS.get(key, make)


_VIEWS: ByState[View] = ByState(state, size=12)


def get_ready() -> None:
    """Work out what everybody's first view is chosen from, besides what the portfolio keeps ready."""
    day, period = scoring.newest_day(), scoring.DEFAULT_PERIOD
    features.marks_of(day, period)
    movers.on(day - timedelta(days=period.days or UNTOLD_DAYS), period, PORTFOLIO)
