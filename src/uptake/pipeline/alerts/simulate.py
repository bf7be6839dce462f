"""A rule tried out on history before it is switched on or set otherwise. Nothing is changed by it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from uptake.customers.access import access_customers
from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline import scoring
from uptake.pipeline.alerts.facts import falls, found_by, scores_on
from uptake.pipeline.alerts.run import evidence_of, people_named
from uptake.pipeline.insight_facts import ended_contracts
from uptake.pipeline.published import Published, published
from uptake.signals.applying import is_wide_fall
from uptake.signals.life import Replayed, replay
from uptake.signals.rule import Rule, Told
from uptake.signals.settings import Setting, alert_budget, rule_setting, rule_settings
from uptake.signals.watched import State
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require

WEEKS, MOST_WEEKS = 12, 26
FELL_BY = 10.0  # points of score: a downturn
IN_DAYS = 30  # within so many days
WARNED_BEFORE = 60  # days before a downturn in which an alert would have warned of it


@dataclass(frozen=True)
class Week:
    """Seven days and the alerts that would have been raised in them."""

    first_day: date
    last_day: date
    alerts: int


@dataclass(frozen=True)
class Seen:
    """An alert that would have been."""

    customer: Customer
    told: Told
    raised_on: date
    resolved_on: date | None
    was_held: bool  # raised on a day when so many fell at once that it would have been held back


@dataclass(frozen=True)
class Downturn:
    """What really happened to a customer, and which alert would have warned of it."""

    customer: Customer
    on: date
    what: str  # a sentence
    warned_on: date | None  # None: missed


@dataclass(frozen=True)
class Load:
    """New alerts in the busiest week of one CSM, of this rule and of all that are on."""

    owner: Teammate | None  # None: customers of nobody, which go to the leaders
    this_rule: int
    all_rules: int
    weeks_over: int  # weeks in which all together exceed the budget
    weeks_over_by_this: int  # of them those that would keep to it without this rule


@dataclass(frozen=True)
class Simulation:
    """A rule with these thresholds, as if it had been watched every day of these weeks with nobody at work."""

    setting: Setting
    first_day: date
    last_day: date
    weeks: Sequence[Week]  # oldest first
    alerts: Sequence[Seen]  # newest first
    standing: int  # of them those that held on the very first day
    unjudged: Mapping[str, int]  # state -> customers that were in it on the last day
    downturns: Sequence[Downturn]
    budget: int
    loads: Sequence[Load]  # the busiest first

    @property
    def per_week(self) -> float:
        """New ones a week, those that stood on the first day apart."""
        return (len(self.alerts) - self.standing) / len(self.weeks)

    @property
    def missed(self) -> Sequence[Downturn]:
        return [each for each in self.downturns if each.warned_on is None]

    @property
    def over(self) -> Sequence[Load]:
        """Whose budget the rule would exceed."""
        return [each for each in self.loads if each.weeks_over_by_this]


def simulate(slug: str, *, by: Teammate, values: Mapping[str, float] | None = None, weeks: int = WEEKS) -> Simulation:
    """Replay the last weeks of facts. Without ``values`` the rule as it is set.

    Raises NotAllowed, UnknownRule, BadThreshold, NothingToScore, and ProductError for too many weeks.
    """
    require(by, Right.SET_ALERT_RULES)
    if not 1 <= weeks <= MOST_WEEKS:
        raise ProductError(f"{weeks} weeks cannot be simulated; 1 to {MOST_WEEKS} can.")
    setting = rule_setting(slug)
    if values is not None:
        setting = replace(setting, values=setting.rule.with_defaults(values))
    known, last = published(), scoring.newest_day()
    days = simulated_days(last, weeks)
    rows = found_by(setting, known, days)
    made = replay(slug, rows, days, setting.values)
    held = {day for day, fallen in falls(known, days).items() if is_wide_fall(*fallen)}
    customers = access_customers(by).select_related("owner").in_bulk({each.customer_id for each in made})
    return Simulation(
        setting=setting,
        first_day=days[0],
        last_day=last,
        weeks=_weeks(made, days),
        alerts=_seen(made, setting.rule, customers, held, by),
        standing=sum(each.raised_on == days[0] for each in made),
        unjudged=_unjudged(rows, last),
        downturns=_downturns(known, days, made, by),
        budget=alert_budget(),
        loads=_loads(setting, made, known, days),
    )


def simulated_days(last: date, weeks: int) -> list[date]:
    """Every day of so many weeks up to the last, not before there was any usage."""
    first = min(file.first_day for file in files.live(DataFile.Table.USAGE_DAILY))
    start = max(first, last - timedelta(days=7 * weeks - 1))
    return [start + timedelta(days=ahead) for ahead in range((last - start).days + 1)]


def _weeks(made: Sequence[Replayed], days: Sequence[date]) -> list[Week]:
    """Counted back from the last day; the first may be shorter."""
    by_week = _by_week(made, days[-1])
    ends = [days[-1] - timedelta(days=7 * back) for back in range((len(days) + 6) // 7)]
    return [
        Week(max(days[0], end - timedelta(days=6)), end, by_week[back]) for back, end in reversed(list(enumerate(ends)))
    ]


def _by_week(made: Sequence[Replayed], last: date) -> Counter[int]:
    """Weeks before the last day -> alerts raised in them."""
    return Counter((last - each.raised_on).days // 7 for each in made)


def _seen(
    made: Sequence[Replayed], rule: Rule, customers: Mapping[int, Customer], held: set[date], by: Teammate
) -> list[Seen]:
    subjects = [int(each.subject) for each in made if rule.slug == "champion_quiet"]
    people = people_named(subjects) if may(by, Right.SEE_PEOPLE) else {}
    told = [
        Seen(
            customers[each.customer_id],
            rule.tell(str(customers[each.customer_id]), evidence_of(each.evidence, people)),
            each.raised_on,
            each.resolved_on,
            each.raised_on in held,
        )
        for each in made
        if each.customer_id in customers
    ]
    return sorted(told, key=lambda each: (-each.raised_on.toordinal(), each.customer.name.casefold()))


def _unjudged(rows: Sequence[Mapping[str, object]], last: date) -> dict[str, int]:
    told = {(row["state"], row["customer_id"]) for row in rows if row["as_of"] == last and row["state"] != State.HOLDS}
    return dict(Counter(str(state) for state, _ in told))


def _downturns(known: Published, days: Sequence[date], made: Sequence[Replayed], by: Teammate) -> list[Downturn]:
    """Who churned or fell by ten points within the weeks, newest first; each customer once, by the first of both."""
    happened: dict[int, tuple[date, str]] = {}
    for each in ended_contracts(days[-1]):
        if not each.renewed and each.ended_on >= days[0]:
            happened[each.customer_id] = (each.ended_on, "left: the contract ended and none followed")
    for customer_id, (on, points) in _first_falls(known, days).items():
        if customer_id not in happened or on < happened[customer_id][0]:
            happened[customer_id] = (on, f"fell by {points:.0f} points within {IN_DAYS} days")
    customers = access_customers(by).in_bulk(happened)
    told = [
        Downturn(customers[customer_id], on, what, _warned_on(customer_id, on, made))
        for customer_id, (on, what) in happened.items()
        if customer_id in customers
    ]
    return sorted(told, key=lambda each: (-each.on.toordinal(), each.customer.name.casefold()))


def _first_falls(known: Published, days: Sequence[date]) -> dict[int, tuple[date, float]]:
    """customer_id -> the first week's end on which the score lay ten points under that of 30 days before, and by how much."""
    ends = [day for day in days if (days[-1] - day).days % 7 == 0]
    scores = scores_on(known, sorted({*ends, *(day - timedelta(days=IN_DAYS) for day in ends)}))
    fallen: dict[int, tuple[date, float]] = {}
    for day in ends:
        before = scores.get(day - timedelta(days=IN_DAYS), {})
        for customer_id, score in scores.get(day, {}).items():
            points = before.get(customer_id, score) - score
            if points >= FELL_BY and customer_id not in fallen:
                fallen[customer_id] = (day, points)
    return fallen


def _warned_on(customer_id: int, on: date, made: Sequence[Replayed]) -> date | None:
    """The first alert that stood within the 60 days up to it."""
    since = on - timedelta(days=WARNED_BEFORE)
    warned = [
        each.raised_on
        for each in made
        if each.customer_id == customer_id
        and each.raised_on <= on
        and (each.resolved_on is None or each.resolved_on >= since)
    ]
    return min(warned, default=None)


def _loads(setting: Setting, made: Sequence[Replayed], known: Published, days: Sequence[date]) -> list[Load]:
    """By owner as customers are owned today; the first day apart, on which all that stands is raised at once."""
    others = [
        each
        for other in rule_settings()
        if other.is_on and other.rule.slug != setting.rule.slug
        for each in replay(other.rule.slug, found_by(other, known, days), days, other.values)
    ]
    owners = dict(Customer.objects.filter(owner__is_active=True).values_list("pk", "owner_id"))
    teammates: dict[int | None, Teammate] = dict(Teammate.objects.in_bulk(set(owners.values())).items())
    mine, all_of = _by_owner(made, owners, days), _by_owner([*made, *others], owners, days)
    budget = alert_budget()
    loads = []
    for owner_id, weeks in all_of.items():
        ours = mine.get(owner_id, Counter())
        over = [week for week, alerts in weeks.items() if alerts > budget]
        loads.append(
            Load(
                teammates.get(owner_id),
                max(ours.values(), default=0),
                max(weeks.values()),
                len(over),
                sum(weeks[week] - ours[week] <= budget for week in over),
            )
        )
    return sorted(loads, key=lambda each: (-each.all_rules, str(each.owner or "")))


def _by_owner(
    made: Sequence[Replayed], owners: Mapping[int, int | None], days: Sequence[date]
) -> dict[int | None, Counter[int]]:
    told: dict[int | None, Counter[int]] = {}
    for each in made:
        if each.raised_on > days[0]:
            weeks = told.setdefault(owners.get(each.customer_id), Counter())
            weeks[(days[-1] - each.raised_on).days // 7] += 1
    return told
