"""The customers that a teammate may see and asked for, as rows and as columns of numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db.models import Min

from uptake.customers.models import Customer
from uptake.insights import money
from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.portfolio import Filters, Portfolio, portfolio
from uptake.pipeline.published import published
from uptake.pipeline.state import ByState, state
from uptake.scores.model import ScoreModel
from uptake.scores.models import BANDS, PORTFOLIO
from uptake.team.models import Teammate

Row = Mapping[str, Any]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Everybody:
    """Rows are ``portfolio.Portfolio.rows``, with the parts of ``model``, and: cohort, first_use (quarters, “2026-Q2”; None).

    Best first, those without a score last.
    """

    as_of: date
    period: Period
    model: ScoreModel
    rows: Sequence[Row]
    total: int  # how many the teammate may see, before filters
    _numbers: dict[str, Floats] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    def number(self, name: str) -> Floats:
        """A column of the rows; nan where there is none."""
        if name not in self._numbers:
            self._numbers[name] = np.array([row[name] for row in self.rows], np.float64)  # None becomes nan
        return self._numbers[name]

    def texts(self, name: str) -> list[str | None]:
        return [row[name] for row in self.rows]

    @cached_property
    def ids(self) -> npt.NDArray[np.int64]:
        return np.array([row["customer_id"] for row in self.rows], np.int64)

    @cached_property
    def scored(self) -> Bools:
        found: Bools = ~np.isnan(self.number("score"))
        return found

    @cached_property
    def bands(self) -> Mapping[str, Bools]:
        """Who is in which band."""
        return bands_of(self.number("score"))

    @cached_property
    def reasons(self) -> Mapping[str, Bools]:
        """Who has no score for which reason; the commonest first."""
        texts = np.array([row["reason"] if row["score"] is None else "" for row in self.rows], object)
        found: dict[str, Bools] = {str(name): texts == name for name in dict.fromkeys(texts.tolist()) if name}
        return dict(sorted(found.items(), key=lambda each: (-int(each[1].sum()), each[0])))

    @cached_property
    def currencies(self) -> list[str]:
        """Of the customers' ARR on the day; that of most customers first."""
        return money.currencies(self.rows)

    def arr(self, currency: str) -> Floats:
        """ARR in one currency; nan for who has none in it."""
        name = f"arr in {currency}"
        if name not in self._numbers:
            amounts = [row["arr"] if row["currency"] == currency else None for row in self.rows]
            self._numbers[name] = np.array(amounts, np.float64)
        return self._numbers[name]

    @cached_property
    def weeks(self) -> Floats:
        """Customers × 13: the scores by week, the oldest first; nan where withheld."""
        found = np.array([row["weeks"] for row in self.rows], np.float64)
        return found.reshape(len(self.rows), scoring.WEEKS)


def bands_of(scores: Floats) -> Mapping[str, Bools]:
    """Who is in which band, best first; nan is in none."""
    found, above = {}, np.inf
    for name, lowest in BANDS.items():
        found[name] = (scores >= lowest) & (scores < above)
        above = lowest
    return found


def everybody(teammate: Teammate, *, as_of: date, period: Period, filters: Filters, model: ScoreModel) -> Everybody:
    """Raises NothingToScore, and ProductError for a filter or a day that cannot be."""
    key = (teammate.pk, teammate.role, teammate.is_active, settings.UPTAKE.csm_sees, as_of, period, filters, model)

    def make() -> Everybody:
        found = portfolio(teammate, as_of=as_of, period=period, filters=filters)
        return _with_quarters(found if model == PORTFOLIO else _by_model(found, model))

    return _EVERYBODY.get(key, make)


_EVERYBODY: ByState[Everybody] = ByState(state, size=12)


def _with_quarters(found: Portfolio) -> Everybody:
    started = _STARTED.get("all", _started)
    rows = [
        {
            **row,
            "cohort": quarter(started.get(row["customer_id"])),
            "first_use": quarter(row["first_ever_on"]),
        }
        for row in found.rows
    ]
    return Everybody(found.as_of, found.period, found.model, rows, found.total)


def quarter(day: date | None) -> str | None:
    """“2026-Q2”."""
    return None if day is None else f"{day.year}-Q{(day.month + 2) // 3}"


def _started() -> dict[int, date]:
    """When each became a customer: as told, else the first day of its first contract."""
    rows = Customer.objects.filter(is_archived=False).order_by()
    known = rows.annotate(first=Min("contracts__starts_on")).values_list("pk", "started_on", "first")
    return {pk: started or first for pk, started, first in known if started or first}


_STARTED: ByState[dict[int, date]] = ByState(state, size=1)


def _by_model(found: Portfolio, model: ScoreModel) -> Portfolio:
    """The same customers with another model's score and parts."""
    scored, weeks = _SCORED.get((found.as_of, found.period, model), lambda: _scored(found, model))
    nothing = [None] * scoring.WEEKS
    rows = [
        {**row, **scored[row["customer_id"]], "weeks": weeks.get(row["customer_id"], nothing)}
        for row in found.rows
        if row["customer_id"] in scored
    ]
    return replace(found, model=model, rows=sorted(rows, key=scoring.best_first))


def _scored(found: Portfolio, model: ScoreModel) -> tuple[dict[int, Row], dict[int, list[float | None]]]:
    rows = scoring.scores(as_of=found.as_of, period=found.period, model=model).rows
    weeks = scoring.weeks(published(), as_of=found.as_of, period=found.period, model=model)
    return {row["customer_id"]: row for row in rows}, weeks


_SCORED: ByState[tuple[dict[int, Row], dict[int, list[float | None]]]] = ByState(state, size=2)
