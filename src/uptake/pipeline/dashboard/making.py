"""One customer's dashboard, put together: who may see it, what was worked out, and each tile by itself."""

import logging
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from uptake.customers.access import access_customer, may_change
from uptake.customers.models import Customer
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.lake.wall_clock import workspace_zone
from uptake.pipeline import scoring
from uptake.pipeline.dashboard import growth, people, score, worth
from uptake.pipeline.dashboard.advice import MOST, advice_tile
from uptake.pipeline.dashboard.entitled import entitlements
from uptake.pipeline.dashboard.features import catalogue, feature_lines, features_tile, funnel
from uptake.pipeline.dashboard.figures import figures
from uptake.pipeline.dashboard.guides import absent_words, guides_tile
from uptake.pipeline.dashboard.hours import are_kept, hours_of
from uptake.pipeline.dashboard.peers import Among, among, checked, peer_view
from uptake.pipeline.dashboard.rhythm import rhythm_tile
from uptake.pipeline.dashboard.specs import COMPARED
from uptake.pipeline.dashboard.view import Advice, Dashboard, FeatureLine, Growth, Rhythm, Tile
from uptake.pipeline.dashboard.worked import Worked, worked_out
from uptake.pipeline.facts_about import about_customers
from uptake.pipeline.insight_view import recommendations_for
from uptake.pipeline.models import Annotation
from uptake.pipeline.scoring import DEFAULT_PERIOD
from uptake.pipeline.still import still
from uptake.scores.models import ACCOUNT
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

T = TypeVar("T")
logger = logging.getLogger(__name__)

NO_USAGE = "There is no usage of this customer yet."
NOBODY_NAMED = "No usage says who uses the product."
WAITING = "This is still being worked out for all customers; look again in a minute."
FAILED = "This part could not be worked out; the reason is in the server's log."


class NotInPortfolio(ProductError):
    """The customer is archived."""

    status = 404


def dashboard(
    teammate: Teammate,
    customer_id: int,
    *,
    as_of: date | None = None,
    period: Period = DEFAULT_PERIOD,
    comparison: str = "peers",
) -> Dashboard:
    """Everything the Adoption tab shows.

    Raises UnknownCustomer, NotInPortfolio, NothingToScore, and ProductError for a day or comparison that cannot be.
    """
    with still():
        customer = access_customer(teammate, customer_id)
        compared = checked(comparison)
        found = found_for(customer, as_of, period)
        peers = among(found.board, about_customers(on=found.as_of), customer.pk, compared)
        return _Making(teammate, customer, found, peers).dashboard()


def found_for(customer: Customer, as_of: date | None, period: Period) -> Worked:
    """What was worked out of a customer that the caller may see."""
    if customer.is_archived:
        raise NotInPortfolio(f"{customer} is archived; restore it to see its adoption.")
    return worked_out(customer.pk, scoring.as_of_day(as_of), period)


class _Making:
    """One dashboard in the making."""

    def __init__(self, teammate: Teammate, customer: Customer, found: Worked, peers: Among) -> None:
        self.teammate, self.customer, self.found, self.peers = teammate, customer, found, peers
        self.known = people.Known.of(customer.pk, with_people=may(teammate, Right.SEE_PEOPLE))
        self.catalogue = catalogue()
        self._lines: list[FeatureLine] | None = None

    def dashboard(self) -> Dashboard:
        found, peers = self.found, self.peers
        return Dashboard(
            customer_id=self.customer.pk,
            customer=self.customer.name,
            as_of=found.as_of,
            period=found.asked.period,
            first_day=found.first_day,
            history_days=found.now["history_days"],
            comparison=peers.comparison,
            peers=peers.words,
            zone=found.zone or workspace_zone(),
            working_week=found.working_week,
            with_people=self.known.with_people,
            score=_tile(lambda: score.score_tile(found, peers, ACCOUNT, found.weeks), NO_USAGE),
            entitled=_tile(lambda: entitlements(found), "No contract in force grants seats or limits."),
            figures=_tile(lambda: figures(found, peers, self.lines()), NO_USAGE),
            series=_tile(lambda: people.series(found), NOBODY_NAMED),
            users=_tile(lambda: people.user_health(found, self.known), NOBODY_NAMED),
            lifecycle=_tile(lambda: people.lifecycle_weeks(found) or None, NOBODY_NAMED),
            features=_tile(lambda: features_tile(found, self.lines()), NO_USAGE),
            funnel=_tile(
                lambda: funnel(found),
                "Nobody used a feature whose category is known in this period.",
            ),
            rhythm=_tile(self.rhythm, "No use in this period has an hour."),
            growth=_tile(self.growth, NO_USAGE),
            peer_view=_tile(
                lambda: peer_view(peers, found.now, self.customer.name, COMPARED),
                "Nothing of this customer was measured that could be compared." if found.board else WAITING,
            ),
            advice=_tile(self.advice, "No recommendation applies to this customer."),
            worth=_tile(
                lambda: worth.worth_tile(found, self.lines(), self.catalogue),
                "The catalogue does not say yet how many minutes a use of a feature saves.",
            ),
            cohorts=_tile(lambda: people.cohorts(found) or None, NOBODY_NAMED),
            concentration=_tile(
                lambda: people.concentration(found, self.known), "Nobody who is named used a feature in this period."
            ),
            guides=_tile(lambda: guides_tile(self.customer, found), absent_words()),
            version=ACCOUNT.version,
            token=found.known.token,
            late_until=found.late.until if found.late else None,
            is_whole=found.board is not None,
            queries=found.queries,
        )

    def lines(self) -> list[FeatureLine]:
        if self._lines is None:
            self._lines = feature_lines(self.found, self.peers, self.catalogue)
        return self._lines

    def rhythm(self) -> Rhythm | None:
        first = self.found.first_day
        if first is None:
            return None
        if self.found.board is None and not are_kept(self.found.known):
            raise ProductError(WAITING)
        hours = hours_of(self.found.known, self.customer.pk, first, self.found.as_of)
        return rhythm_tile(self.found, hours, self.found.zone or workspace_zone())

    def growth(self) -> Growth | None:
        annotations = list(Annotation.objects.filter(customer=self.customer).select_related("by"))
        changing = may_change(self.teammate, self.customer)
        return growth.growth_tile(self.found, self.lines(), annotations, may_change=changing)

    def advice(self) -> list[Advice] | None:
        found = self.found
        made = recommendations_for(self.teammate, [self.customer.pk], as_of=found.as_of, period=found.asked.period)
        return advice_tile(found, made[:MOST], self.catalogue) or None


def _tile(make: Callable[[], T | None], absent: str) -> Tile[T]:
    """A part by itself: what goes wrong in it is told in its place, and the others stay."""
    try:
        data = make()
    except ProductError as why:
        return Tile(None, str(why))
    except Exception:
        logger.exception("A part of the dashboard failed.")
        return Tile(None, FAILED)
    return Tile(data, "" if data is not None else absent)
