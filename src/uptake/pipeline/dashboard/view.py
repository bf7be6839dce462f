"""What one customer's dashboard shows, as plain values: page, API, chat and PDF all read this.

A tile that has nothing to show says why in one sentence and leaves the others alone. Of numbers None means: not
measured. A figure's ``opens`` names the list behind it (``dashboard.behind``), ``count`` is how long that list is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from uptake.insights.insight import Recommendation
from uptake.kit.days import Period
from uptake.pipeline.sync.onboarding import Onboarding

T = TypeVar("T")

Comparison = Literal["peers", "segment", "all"]
Status = Literal["active", "engaged", "at_risk", "dormant", "undated"]
How = Literal["count", "share", "sum", "mean", "median", "ratio", "row", "none"]


@dataclass(frozen=True)
class Tile(Generic[T]):
    """One part of the page. Without data ``absent`` says why, in one sentence."""

    data: T | None
    absent: str = ""


@dataclass(frozen=True)
class Figure:
    """One number with all that stands beside it.

    ``how`` ties the number to the list that ``opens`` names: count: the list is as long; share: the list is the part
    that is counted, of ``of`` in all; sum: the list's ``amount`` adds up to it; mean: the mean of the list's ``amount``;
    ratio: the sum of the list's ``amount`` by ``of``; row: it stands in the one row; none: nothing to open.
    """

    slug: str
    title: str
    unit: str  # people, %, a week, minutes, uses, …: what ``shown`` leaves out
    value: float | None  # shares are 0–1
    shown: str  # as pages write it, without the unit; “–” where there is none
    previous: float | None = None  # one period before
    change: float | None = None  # value − previous
    change_shown: str = ""  # “+9”, “+3 pts”, “stable”
    is_more_better: bool | None = None  # None: neither
    peers_median: float | None = None
    peers_shown: str = ""
    percentile: float | None = None  # 0–100 among the customers compared with, as the number stands
    threshold: str = ""  # “above 70% of seats”; empty: none
    threshold_value: float | None = None
    is_met: bool | None = None  # None: no threshold, or not measured
    opens: str = ""  # key for ``behind``; empty: nothing
    count: int | None = None  # how long that list is
    how: How = "none"
    of: float | None = None
    basis: str = ""  # “of 200 seats”, “mean of 22 working days”
    absent: str = ""  # why there is no value


@dataclass(frozen=True)
class Series:
    """Users by day. The day after the as-of day is incomplete where it is there, and never counted anywhere else."""

    days: Sequence[date]
    dau: Sequence[int | None]
    wau: Sequence[int | None]
    mau: Sequence[int | None]
    is_complete: Sequence[bool]
    is_weekend: Sequence[bool]  # outside the customer's working week
    dau_mean: float | None  # over the expected days of the period


@dataclass(frozen=True)
class Person:
    """A user. Without the right to see people ``visitor_id``, ``name`` and ``role`` are empty and ``number`` tells them
    apart."""

    number: int  # from 1, in the order of the list
    visitor_id: str
    name: str | None  # of the stakeholder with that e-mail address
    role: str | None
    status: Status
    last_on: date | None  # None: only a month's total names them
    first_on: date | None
    days_quiet: int | None
    active_days: int  # in the period
    uses: int  # in the period
    features: int  # in the period
    is_power: bool | None  # None: not known yet, see Dashboard.is_whole
    is_champion: bool


@dataclass(frozen=True)
class StatusCount:
    """How many users have a status on the as-of day; ``behind(…, "status_active")`` names them."""

    status: Status
    title: str
    days: str  # “last there 8 to 14 days ago”
    people: int
    share: float  # of all users ever seen
    opens: str


@dataclass(frozen=True)
class UserHealth:
    """Every user ever seen, by how long ago they were last there."""

    counts: Sequence[StatusCount]
    known: int
    quiet: Sequence[Person]  # at risk and dormant, the most worth winning back first; a few
    threshold: str
    is_met: bool | None  # dormant under 10% of the base


@dataclass(frozen=True)
class LifecycleWeek:
    """Users of one week against the week before."""

    week_start: date
    week_end: date
    new: int | None
    returning: int | None
    resurrected: int | None
    dormant: int | None
    opens: str  # the week's key: “lifecycle:2026-01-25”, followed by “:new” and the like


@dataclass(frozen=True)
class Resource:
    """Something that teaches a feature."""

    title: str
    url: str
    kind: str
    resource_id: int
    minutes: int | None = None


@dataclass(frozen=True)
class FeatureLine:
    """One feature of the matrix."""

    feature_id: str
    feature: str
    category: str  # core, advanced, power; empty: nobody said
    importance: int
    tags: Sequence[str]
    is_available: bool
    is_adopted: bool | None
    reach: float | None
    users: int | None
    uses: int | None
    returning_users: int | None
    previous_reach: float | None
    previous_uses: int | None
    peers_median_reach: float | None
    time_to_feature: int | None  # days from the first ever use
    first_used_on: date | None
    weeks: Sequence[int | None]  # uses in each of the last 13 weeks, oldest first
    is_unused: bool  # available, under 10%, the peers' middle 20 points above
    is_sticky: bool | None  # at least half of its users came back to it
    trend: Literal["up", "down", "flat", "new", "none"]
    level: str | None  # the portfolio's adoption rate of it: High, Medium, Low
    value_sentence: str
    resources: Sequence[Resource]
    opens: str  # “feature:export”


@dataclass(frozen=True)
class Features:
    """The matrix over all features, the used ones first, and what follows from it."""

    lines: Sequence[FeatureLine]
    used: int
    available: int
    adopted: int
    unused: Sequence[FeatureLine]  # the most worth winning first
    median_time_to_feature: float | None  # days, over features used
    sentence: str


@dataclass(frozen=True)
class FunnelStep:
    category: str
    title: str
    visitors: int
    share: float | None  # of the period's active users
    opens: str


@dataclass(frozen=True)
class Funnel:
    """Users of core, then of advanced, then of power features, in the period."""

    steps: Sequence[FunnelStep]
    active: int
    sentence: str


@dataclass(frozen=True)
class Rhythm:
    """Uses by weekday (Monday first) and hour in the customer's time zone, over the period."""

    cells: Sequence[Sequence[int]]  # 7 × 24
    total: int
    peak: str  # “Tuesday, 10 to 11”
    peak_day: int
    peak_hour: int
    weekend_uses: int
    weekend_share: float | None
    zone: str
    finding: str
    untimed: int  # uses of daily and monthly totals, which have no hour


@dataclass(frozen=True)
class WeekOfUse:
    week_start: date
    week_end: date
    uses: int | None
    visitors: int | None
    is_whole: bool  # False: the customer's first week began inside it


@dataclass(frozen=True)
class Milestone:
    on: date
    words: str
    kind: str  # first_use, first_core, all_core, api, report, record_users, record_uses, …


@dataclass(frozen=True)
class AnnotationLine:
    annotation_id: int
    on: date
    text: str
    by: str
    may_remove: bool


@dataclass(frozen=True)
class Growth:
    weeks: Sequence[WeekOfUse]
    milestones: Sequence[Milestone]
    annotations: Sequence[AnnotationLine]
    finding: str


@dataclass(frozen=True)
class PeerLine:
    """One figure of the customer among those it is compared with."""

    slug: str
    title: str
    unit: str
    value: float
    shown: str
    peer_average: float
    peer_median: float
    average_shown: str
    median_shown: str
    percentile: float  # 0–100, mid-rank, as the number stands
    low: float  # the peers' 10th percentile
    lower: float  # 25th
    upper: float  # 75th
    high: float  # 90th
    least: float
    most: float
    count: int  # customers that have the figure, this one among them
    is_more_better: bool | None


@dataclass(frozen=True)
class PeerView:
    """Where the customer stands among its peers; ``words`` says by which rule they were chosen."""

    words: str  # “21 customers in Enterprise with 100 to 400 seats on the plan Business”
    count: int
    comparison: Comparison
    lines: Sequence[PeerLine]
    above: Sequence[str]  # titles
    below: Sequence[str]
    sentence: str


@dataclass(frozen=True)
class Action:
    """A button that does something: a task, a draft, an invitation, or a link to give away."""

    kind: Literal["task", "campaign", "training", "guide", "share link"]
    title: str
    feature_id: str | None = None
    status: str = ""  # for a campaign: whom to write to
    resource_id: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Advice:
    """Something to do, and what can be done at once."""

    recommendation: Recommendation
    actions: Sequence[Action]


@dataclass(frozen=True)
class WorthLine:
    feature_id: str
    feature: str
    value_sentence: str
    uses: int
    minutes_saved_per_use: float
    hours: float


@dataclass(frozen=True)
class Worth:
    """What the use was worth: hours saved by the catalogue's own assumption of minutes a use."""

    lines: Sequence[WorthLine]
    hours: float
    uses: int
    sentence: str
    without_assumption: int  # features used of which nobody said what a use saves


@dataclass(frozen=True)
class Cohort:
    """Users by the month of their first use, and which share of them was there in each month since."""

    month: date
    size: int
    people: Sequence[int | None]
    shares: Sequence[float | None]
    opens: str


@dataclass(frozen=True)
class Concentration:
    """How much of the use hangs on few users, and what the score would be without the first of them."""

    top: Person | None
    top_uses: int
    uses: int
    share: float | None
    visitors_for_80: int | None
    visitors: int
    curve: Sequence[tuple[int, float]]  # (so many users, make this share)
    score: float | None
    score_without: float | None
    champions: Sequence[Person]
    sentence: str


@dataclass(frozen=True)
class Entitled:
    """What the contract grants against what is used."""

    name: str
    kind: str  # seats, limit, feature
    used: float | None  # None: nothing measures it
    granted: float | None  # None: unlimited
    utilization: float | None
    price: float | None
    unused_value: float | None
    currency: str
    unit: str
    basis: str
    absent: str = ""
    opens: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Entitlements:
    lines: Sequence[Entitled]
    utilization: float | None  # the score's part: mean of min(1, used / granted)
    unused_value: float | None
    currency: str
    sentence: str


@dataclass(frozen=True)
class GuideLine:
    """One guide inside the product, in the period."""

    guide_id: str
    source: str
    name: str
    is_onboarding: bool  # the workspace says so
    steps: int  # 0: not told
    views: int
    viewers: int
    dismissed: int
    dismissal_rate: float | None  # of the views, 0–1
    completed: int | None  # people; None: its steps are not known
    completion_rate: float | None  # of the viewers, 0–1
    is_few: bool  # under 10 viewers: a share says more than is known
    last_on: date
    key: str  # after guide_viewers:, guide_dismissals:, guide_completions:, guide_rows: it names the lists behind it


@dataclass(frozen=True)
class Guides:
    """Most shown first."""

    lines: Sequence[GuideLine]
    onboarding: Onboarding | None  # None: no guide is called onboarding, or nobody was shown one
    has_onboarding: bool  # whether one of those shown is called onboarding
    sentence: str


@dataclass(frozen=True)
class ScorePart:
    name: str
    title: str
    weight: float  # the model's
    share: float  # of the score, after absent parts gave their weight away
    measured: float | None
    value: float | None  # 0–100
    points: float | None
    peers_median: float | None  # of value
    basis: str  # “145 of 200 seats active”
    formula: str


@dataclass(frozen=True)
class ScoreMove:
    name: str
    title: str
    points: float
    how: str


@dataclass(frozen=True)
class ScoreTile:
    """The account score. ``reason`` says why there is none."""

    score: float | None
    band: str | None
    present: float
    reason: str | None
    previous: float | None
    change: float | None
    percentile: float | None
    peers_median: float | None
    parts: Sequence[ScorePart]
    moves: Sequence[ScoreMove]
    weeks: Sequence[tuple[date, float | None]]
    model: str
    version: str


@dataclass(frozen=True)
class Dashboard:
    """Everything the Adoption tab shows of one customer on one day."""

    customer_id: int
    customer: str
    as_of: date
    period: Period
    first_day: date | None  # of the period, clipped to the customer's first use; None: no use
    history_days: int | None
    comparison: Comparison
    peers: str  # who it is compared with, in words
    zone: str
    working_week: str
    with_people: bool  # whether names are shown
    score: Tile[ScoreTile]
    entitled: Tile[Entitlements]
    figures: Tile[Sequence[Figure]]
    series: Tile[Series]
    users: Tile[UserHealth]
    lifecycle: Tile[Sequence[LifecycleWeek]]
    features: Tile[Features]
    funnel: Tile[Funnel]
    rhythm: Tile[Rhythm]
    growth: Tile[Growth]
    peer_view: Tile[PeerView]
    advice: Tile[Sequence[Advice]]
    worth: Tile[Worth]
    cohorts: Tile[Sequence[Cohort]]
    concentration: Tile[Concentration]
    guides: Tile[Guides]
    version: str  # of the score model
    token: str  # changes with anything shown
    late_until: date | None = None  # usage has come up to this day only; None: it has come
    is_whole: bool = True  # False: peers, power users and weekly scores are still being worked out; ask again
    queries: int = 0  # engine queries that it took

    def figure(self, slug: str) -> Figure | None:
        """One figure by its slug; None where the tile has none."""
        return next((each for each in self.figures.data or () if each.slug == slug), None)


@dataclass(frozen=True)
class Behind:
    """The list behind a number. One of people, features and rows is filled; ``count`` is its length.

    Each row's ``amount`` is what adds up to a sum or makes a mean.
    """

    key: str
    title: str
    noun: str  # user, feature, day, session, …
    count: int
    people: Sequence[Person] = ()
    features: Sequence[FeatureLine] = ()
    columns: Sequence[tuple[str, str]] = ()  # (name, title) of the rows
    rows: Sequence[Mapping[str, Any]] = ()
    as_of: date | None = None
    period: Period = field(default_factory=Period)


@dataclass(frozen=True)
class JourneyStep:
    """The first use of one feature by one user."""

    on: date | None  # None: only a month's total names it
    feature_id: str
    feature: str
    uses: int  # up to the as-of day
    days: int


@dataclass(frozen=True)
class Journey:
    """One user's way into the product."""

    person: Person
    steps: Sequence[JourneyStep]  # in the order of first use
    active_days: Sequence[tuple[date, int]]  # day, uses
    sentence: str
