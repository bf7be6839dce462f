"""The portfolio as one teammate may see it: every customer's score with what it stands beside, filtered and summed up.

Rows are worked out once per state for all customers and shared between requests; a request chooses among them. What
a teammate may see is chosen before anything is counted. Percentiles are among all peers of the workspace, so that a
customer has one, whoever looks.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from uptake.customers.access import access_customers
from uptake.insights import benchmarks, money
from uptake.insights.benchmarks import FEWEST_PEERS
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.facts_about import about_customers
from uptake.pipeline.published import published
from uptake.pipeline.scoring import DEFAULT_PERIOD, Row
from uptake.pipeline.state import ByState, state, usage_state
from uptake.scores.model import ScoreModel
from uptake.scores.models import BANDS, PORTFOLIO
from uptake.team.models import Teammate

__all__ = ["FEWEST_PEERS", "Filters", "Portfolio", "choices", "portfolio", "state"]

NO_BAND = "none"
ME, NOBODY = "me", "none"


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty: all."""

    search: str = ""  # every word of it in the customer's name, accents and case aside
    segment: str = ""
    region: str = ""
    plan: str = ""
    owner: str = ""  # "me", "none", or a teammate's id
    band: str = ""  # excellent, good, fair, poor, or "none": no score


@dataclass(frozen=True)
class Portfolio:
    """The customers that a teammate may see and asked for, best first, those without a score last.

    Rows are ``scoring.Scores.rows`` and: owner_id, owner (name or None), region, plan, arr, currency, renews_on (of the
    contracts running on the as-of day), weeks (13 weekly scores, oldest first, None where withheld; instead of the
    period's length in weeks, which is days / 7), percentile (0–100, mid-rank among peers; None without a score), peers
    (in words), health, health_band, health_on (as last updated), csm_rating.
    """

    as_of: date
    period: Period
    model: ScoreModel
    rows: Sequence[Row]
    total: int  # how many the teammate may see, before filters

    @cached_property
    def scored(self) -> int:
        """How many have a score."""
        return sum(row["score"] is not None for row in self.rows)

    @cached_property
    def average(self) -> float | None:
        """Over the customers that have a score, each counted alike."""
        return _mean([row["score"] for row in self.rows if row["score"] is not None])

    @cached_property
    def previous_average(self) -> float | None:
        """Over the customers whose score of the previous period is known."""
        return _mean([row["previous_score"] for row in self.rows if row["previous_score"] is not None])

    @cached_property
    def average_change(self) -> float | None:
        """Over the customers that have a trend: like with like, whoever came or left."""
        return _mean([row["change"] for row in self.rows if row["change"] is not None])

    @property
    def highest(self) -> float | None:
        return self.rows[0]["score"] if self.scored else None

    @property
    def lowest(self) -> float | None:
        return self.rows[self.scored - 1]["score"] if self.scored else None

    @cached_property
    def bands(self) -> dict[str, int]:
        """How many customers are in each band, best first."""
        counts = Counter(row["band"] for row in self.rows)
        return {band: counts[band] for band in BANDS}

    @cached_property
    def withheld(self) -> dict[str, list[str]]:
        """Why there is no score -> the names of those customers."""
        found: dict[str, list[str]] = {}
        for row in self.rows[self.scored :]:
            found.setdefault(row["reason"], []).append(row["customer"])
        return found

    def sorted_by(self, column: str, *, descending: bool = False) -> list[Row]:
        """The rows in another order, those without a value last. Raises ProductError for what cannot be sorted by."""
        if column not in SORTABLE:
            raise ProductError(f"The portfolio cannot be sorted by “{column}”; by {', '.join(SORTABLE)} it can.")
        known = [row for row in self.rows if row[column] is not None]
        unknown = [row for row in self.rows if row[column] is None]
        ordered = [*sorted(known, key=lambda row: _order(row[column]), reverse=descending), *unknown]
        return money.grouped(ordered) if column == "arr" else ordered


SORTABLE = (
    "customer", "score", "change", "health", "segment", "region", "plan", "owner", "arr", "renews_on", "percentile",
    "active_visitors", "active_share", "features_used", "breadth", "last_active_on", "history_days", "csm_rating",
)  # fmt: skip


def portfolio(
    teammate: Teammate, *, as_of: date | None = None, period: Period = DEFAULT_PERIOD, filters: Filters = Filters()
) -> Portfolio:
    """What the teammate sees. Raises NothingToScore, and ProductError for a filter or a day that cannot be."""
    day = scoring.as_of_day(as_of)
    asked = _Asked.of(filters, teammate)
    board = _board(day, period)
    theirs = _theirs(teammate)
    seen = [listed for listed in board if listed.row["customer_id"] in theirs]
    rows = [listed.row for listed in seen if asked.fits(listed)]
    return Portfolio(day, period, PORTFOLIO, rows, len(seen))


def get_ready() -> None:
    """Work out what everybody's portfolio is chosen from, before anybody asks."""
    _board(scoring.newest_day(), DEFAULT_PERIOD)


def choices(teammate: Teammate) -> dict[str, list[Any]]:
    """What the filters can be, of the customers the teammate may see: segments, regions, plans, owners (id, name)."""
    theirs = _theirs(teammate)
    about = [each for customer_id, each in about_customers().items() if customer_id in theirs]
    owners = {(each["owner_id"], each["owner"]) for each in about if each["owner_id"] is not None}
    return {
        "segments": sorted({each["segment"] for each in about if each["segment"]}, key=_order),
        "regions": sorted({each["region"] for each in about if each["region"]}, key=_order),
        "plans": sorted({each["plan"] for each in about if each["plan"]}, key=_order),
        "owners": sorted(owners, key=lambda owner: (_order(owner[1]), owner[0])),
    }


def _theirs(teammate: Teammate) -> set[int]:
    return set(access_customers(teammate).order_by().values_list("pk", flat=True))


@dataclass(frozen=True)
class _Listed:
    """A row, and its name as it is searched."""

    row: Row
    name: str


@dataclass(frozen=True)
class _Asked:
    """Filters, read once per request."""

    words: tuple[str, ...]
    columns: tuple[tuple[str, Any], ...] = field(default=())  # what a row must hold

    @classmethod
    def of(cls, filters: Filters, teammate: Teammate) -> "_Asked":
        wanted: dict[str, Any] = {
            name: getattr(filters, name) for name in ("segment", "region", "plan") if getattr(filters, name)
        }
        if filters.owner:
            wanted["owner_id"] = _owner(filters.owner, teammate)
        if filters.band:
            if filters.band not in (*BANDS, NO_BAND):
                raise ProductError(f"There is no band “{filters.band}”; there are {', '.join(BANDS)} and {NO_BAND}.")
            wanted["band"] = None if filters.band == NO_BAND else filters.band
        return cls(tuple(_plain(filters.search).split()), tuple(wanted.items()))

    def fits(self, listed: _Listed) -> bool:
        row = listed.row
        return all(row[name] == value for name, value in self.columns) and all(
            word in listed.name for word in self.words
        )


def _owner(text: str, teammate: Teammate) -> int | None:
    if text == ME:
        return teammate.pk
    if text == NOBODY:
        return None
    if not (text.isdecimal() and len(text) < 19):
        raise ProductError(f"“{text}” is no owner; use me, none or a teammate's number.")
    return int(text)


def _plain(text: str) -> str:
    """Lower case, without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def _board(day: date, period: Period) -> list[_Listed]:
    """Every customer's row, whoever may see it."""
    return _BOARDS.get((day, period), lambda: _listed(day, period))


def _listed(day: date, period: Period) -> list[_Listed]:
    about = about_customers(on=day)
    scored = _SCORED.get((day, period), lambda: _scored(day, period))
    return [
        _Listed({**row, **about[row["customer_id"]]}, _plain(row["customer"]))
        for row in scored
        if row["customer_id"] in about
    ]


def _scored(day: date, period: Period) -> list[Row]:
    """What follows from usage: scores, thirteen weeks of them, and where each stands among its peers."""
    known = published()
    found = scoring.scores(as_of=day, period=period, model=PORTFOLIO, known=known)
    by_week = scoring.weeks(known, as_of=day, period=period, model=PORTFOLIO)
    ranks = percentiles([(row["segment"], row["score"]) for row in found.rows])
    return [
        {**row, "weeks": by_week.get(row["customer_id"], [None] * scoring.WEEKS), "percentile": rank, "peers": peers}
        for row, (rank, peers) in zip(found.rows, ranks, strict=True)
    ]


_BOARDS: ByState[list[_Listed]] = ByState(state, size=4)
_SCORED: ByState[list[Row]] = ByState(usage_state, size=4)


def percentiles(scored: Sequence[tuple[str | None, float | None]]) -> list[tuple[float | None, str]]:
    """(segment, score) -> (percentile, peers in words); all at once, by the rules of ``insights.benchmarks``."""
    scores = np.array([np.nan if score is None else score for _, score in scored], np.float64)
    has_score = ~np.isnan(scores)
    overall, everybody = benchmarks.percentiles(scores), benchmarks.peers_in_words(int(has_score.sum()), None)
    found = [(float(place), everybody) for place in overall]
    by_segment: dict[str, list[int]] = {}
    for place, (segment, _) in enumerate(scored):
        if segment:
            by_segment.setdefault(segment, []).append(place)
    for segment, places in by_segment.items():
        count = int(has_score[places].sum())
        if count >= FEWEST_PEERS:
            words = benchmarks.peers_in_words(count, segment)
            for place, rank in zip(places, benchmarks.percentiles(scores[places]), strict=True):
                found[place] = (float(rank), words)
    return [(rank if has else None, words) for has, (rank, words) in zip(has_score.tolist(), found, strict=True)]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _order(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value
