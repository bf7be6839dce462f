"""The questions behind one customer's dashboard, as expressions over its tables.

Two rows of other "customers" are made, so that the metrics are the very same as the portfolio's: EVERYBODY, because what
is available to a customer without entitlements is what anybody has used; and WITHOUT_TOP, the customer's own usage less
that of the user who uses most.

Heavy to load and to turn into SQL: ``facts.py`` asks for it only where no SQL was made before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, reduce

import ibis
import ibis.expr.types as ir
from ibis import _

from uptake.kit.days import Period
from uptake.metrics.activity import activation, active_share, active_visitors, mau, usage_trend, wau
from uptake.metrics.attributed import Rule, attributed
from uptake.metrics.breadth import breadth
from uptake.metrics.cohorts import cohort_visitors_behind
from uptake.metrics.day_numbers import day_number, days_before, month_span
from uptake.metrics.depth import depth
from uptake.metrics.entitlements import entitlement_use
from uptake.metrics.lifecycle import firsts, visitors_by_lifecycle
from uptake.metrics.logins import login_frequency, logins_behind
from uptake.metrics.presence import calendar_stickiness, dau, recency, stickiness
from uptake.metrics.reach import feature_stickiness, reach, time_to_feature, users_behind
from uptake.metrics.sessions import multi_user_sessions, session_minutes, sessions_behind, sessions_by_visitor
from uptake.metrics.status import visitor_status, visitors_by_status
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import Windows, windows
from uptake.pipeline.dashboard.facts import WEEKS, WITHOUT_TOP
from uptake.scores.adoption import KEYS, MEASURES, WINDOW_COLUMNS
from uptake.scores.model import ScoreModel
from uptake.scores.models import ACCOUNT
from uptake.scores.tables import Tables
from uptake.scores.total import total

EVERYBODY = 0
"""As a customer: one row per feature that anybody has used, on the day of its first use."""

CATEGORIES = ("core", "advanced", "power")

Measure = Callable[[Tables, Windows], ir.Table]


def _active_share(tables: Tables, spans: Windows) -> ir.Table:
    return active_share(tables.facts, spans, seats=tables.seats)


MEASURED: Sequence[Measure] = (
    lambda tables, spans: active_visitors(tables.facts, spans),
    lambda tables, spans: activation(tables.facts, spans, seats=tables.seats),
    lambda tables, spans: wau(tables.facts, spans),
    lambda tables, spans: mau(tables.facts, spans),
    lambda tables, spans: dau(tables.facts, spans).rename(dau_visitor_days="expected_visitor_days"),
    lambda tables, spans: stickiness(tables.facts, spans).rename(sticky_dau="dau"),
    lambda tables, spans: calendar_stickiness(tables.facts, spans).rename(
        calendar_visitor_days="visitor_days", calendar_visitors="active_visitors", calendar_days="days"
    ),
    lambda tables, spans: depth(tables.facts, spans),
    lambda _, spans: recency(spans),
    lambda tables, spans: usage_trend(tables.facts, spans),
    lambda tables, spans: breadth(tables.facts, spans, entitlements=tables.feature_entitlements),
    lambda tables, spans: feature_stickiness(tables.facts, spans),
    lambda tables, spans: visitor_status(tables.facts, spans),
    lambda tables, spans: session_minutes(tables.own_sessions, spans),
    lambda tables, spans: multi_user_sessions(tables.own_sessions, spans),
    lambda tables, spans: login_frequency(tables.facts, spans, sessions=tables.own_sessions),
)
"""What is worked out of every customer. Each gives a row per customer and as-of day."""


@dataclass(frozen=True)
class Given:
    """The tables of one customer by name, and what the questions depend on besides."""

    tables: Mapping[str, ir.Table]
    days: int | None
    rules: Sequence[Rule]
    workspace_week: str

    @cached_property
    def own(self) -> ir.Table:
        """The customer's own usage that counts."""
        return self.tables["facts"]

    @cached_property
    def customer(self) -> ir.Table:
        customers = self.tables["customers"]
        return customers.filter(customers.customer_id != WITHOUT_TOP)

    def spans(self, on: str, facts: ir.Table | None = None, customers: ir.Table | None = None) -> Windows:
        """Windows of the period on the days of one of the tables of days."""
        return windows(
            self.own if facts is None else facts,
            self.customer if customers is None else customers,
            period=Period(self.days),
            workspace_week=self.workspace_week,
            span_rows=self.tables[on],
        )

    def as_tables(self, facts: ir.Table) -> Tables:
        """As scores take them."""
        named = {part.name: self.tables[part.name] for part in fields(Tables) if part.name in self.tables}
        return Tables(**{**named, "daily": self.tables["usage_daily"], "held_facts": facts, "rules": self.rules})

    @cached_property
    def of_everybody(self) -> ir.Table:
        """The own usage, and the first use of each feature in the portfolio."""
        return self.own.union(seen_as_facts(self.tables["seen"], self.own))

    @cached_property
    def top(self) -> ir.Table:
        """visitor_id of who uses most in the period; of several the first by id."""
        people = visitors_behind(self.own, self.spans("on_day"))
        people = people.filter(people.uses > 0)
        return people.order_by([people.uses.desc(), people.visitor_id]).limit(1).select("visitor_id")

    def less_top(self, rows: ir.Table) -> ir.Table:
        """``rows`` and, of the customer WITHOUT_TOP, those of anybody but the top user."""
        others = rows.anti_join(self.top, "visitor_id").mutate(customer_id=ibis.literal(WITHOUT_TOP, "int64"))
        return rows.union(others.select(*rows.columns))


def seen_as_facts(seen: ir.Table, facts: ir.Table) -> ir.Table:
    """SEEN as usage of EVERYBODY, in the columns of ``facts``."""
    values = {
        "customer_id": ibis.literal(EVERYBODY, "int64"),
        "feature_id": seen.feature_id,
        "day": seen.first_on,
        "kind": ibis.literal("feature"),
        "grain": ibis.literal("event"),
        "uses": ibis.literal(0, "int64"),
        "fact_rows": ibis.literal(0, "int64"),
    }
    schema = facts.schema()
    return seen.select(**{name: values.get(name, ibis.null(kind)) for name, kind in schema.items()})


def facts(given: Given) -> ir.Table:
    """The customer's usage that counts."""
    tables = given.tables
    return attributed(tables["usage_daily"], tables["accounts"], tables["event_names"], given.rules)


def people(given: Given) -> ir.Table:
    """Every user ever seen, on the as-of day and on that of the previous period.

    Out: as_of, visitor_id, status, last_on, days_quiet, first_on (ever; null: only a month's total names them), and of
         the period: uses, active_days, expected_active_days, features, and per category whether a feature of it was used
         (uses_core, uses_advanced, uses_power); null uses: not there in the period.
    """
    spans = given.spans("on_both")
    known = visitors_by_status(given.own, spans).drop("customer_id")
    ever = visitors_behind(given.own, spans.of(None)).select("as_of", "visitor_id", "first_on")
    there = visitors_behind(given.own, spans).select(
        "as_of", "visitor_id", "uses", "active_days", "expected_active_days"
    )
    key = ["as_of", "visitor_id"]
    rows = known.join(ever, key)
    rows = rows.left_join(there, key).select(*rows.columns, "uses", "active_days", "expected_active_days")
    used = _features_by_visitor(given, spans)
    told = [name for name in used.columns if name not in key]
    rows = rows.left_join(used, key).select(*rows.columns, *told)
    return rows.order_by("as_of", "visitor_id")


def _features_by_visitor(given: Given, spans: Windows) -> ir.Table:
    """as_of, visitor_id, features, uses_core, uses_advanced, uses_power."""
    used = users_behind(given.own, spans)
    used = used.left_join(_catalogue(given), "feature_id").select("as_of", "visitor_id", "feature_id", "category")
    of = {f"uses_{category}": (used.category == category).fill_null(False).any() for category in CATEGORIES}
    return used.group_by("as_of", "visitor_id").agg(features=used.count(), **of)


def _catalogue(given: Given) -> ir.Table:
    """feature_id (unique), category."""
    names = given.tables["event_names"]
    names = names.filter(names.feature_id.notnull())
    return names.group_by("feature_id").agg(category=names.category.max())


def features(given: Given) -> ir.Table:
    """``cells`` of the customer alone."""
    facts = given.of_everybody
    return cells(facts, given.spans("on_both", facts), given.tables["feature_entitlements"])


def cells(facts: ir.Table, spans: Windows, entitlements: ir.Table) -> ir.Table:
    """The matrix of customers and features.

    Out: as ``metrics.reach``, time_to_feature, first_used_on.
    """
    found = reach(facts, spans, entitlements=entitlements).drop("active_visitors")
    firsts = time_to_feature(facts, spans).select(*CELL, "time_to_feature", "first_used_on")
    found = found.left_join(firsts, list(CELL)).select(*found.columns, "time_to_feature", "first_used_on")
    return found.order_by("customer_id", "as_of", "feature_id")


def feature_users(given: Given) -> ir.Table:
    """Who used which feature in the period: feature_id, visitor_id, uses, active_days, first_on, last_on."""
    return users_behind(given.own, given.spans("on_day")).drop("customer_id", "as_of")


def life_users(given: Given) -> ir.Table:
    """Who came, came again, came back and stayed away, week by week: as_of, visitor_id, lifecycle."""
    return visitors_by_lifecycle(given.own, given.spans("on_weeks").of(7)).drop("customer_id")


def ways(given: Given) -> ir.Table:
    """Every user's features and days up to the as-of day: kind (feature, day), visitor_id, feature_id, first_on (of a
    day: the day), uses, active_days."""
    used = users_behind(given.own, given.spans("on_day").of(None))
    used = used.select("visitor_id", "feature_id", "first_on", "uses", "active_days", kind=ibis.literal("feature"))
    days = given.own.filter(given.own.visitor_id.notnull() & (given.own.grain != "month"))
    days = days.cross_join(given.tables["on_day"])
    days = days.filter(days.day <= days.as_of)
    days = days.group_by("visitor_id", "day").agg(uses=ibis.ifelse(days.kind == "feature", days.uses, 0).sum())
    days = days.select(
        "visitor_id",
        "uses",
        feature_id=ibis.null("string"),
        first_on=days.day,
        active_days=ibis.literal(1, "int64"),
        kind=ibis.literal("day"),
    )
    return used.union(days.select(*used.columns))


def session_users(given: Given) -> ir.Table:
    """Who came how often in the period: visitor_id, sessions, minutes, session_uses."""
    tables = given.as_tables(given.own)
    return sessions_by_visitor(given.own, tables.own_sessions, given.spans("on_day")).drop("customer_id", "as_of")


def session_rows(given: Given) -> ir.Table:
    """The period's sessions: visitor_id, day, started_at, minutes, is_shared; the newest first."""
    found = sessions_behind(given.as_tables(given.own).own_sessions, given.spans("on_day"))
    found = found.select("visitor_id", "day", "started_at", "minutes", "is_shared")
    return found.order_by(found.started_at.desc(), "visitor_id")


def login_users(given: Given) -> ir.Table:
    """Who logged in how often in the period: visitor_id, login_count, login_basis."""
    sessions = given.as_tables(given.own).own_sessions
    return logins_behind(given.own, given.spans("on_day"), sessions=sessions).drop("customer_id", "as_of")


def cohort_users(given: Given) -> ir.Table:
    """Who was there in which month: month (of the first use, “2026-01”), since (months), visitor_id."""
    rows = cohort_visitors_behind(given.own, given.spans("on_day"))
    year, month = (rows.began // 12).cast("string"), (rows.began % 12 + 1).cast("string").lpad(2, "0")
    return rows.select("visitor_id", month=year + "-" + month, since=rows.months_since)


CELL = ("customer_id", "as_of", "feature_id")


def _one_below_the_other(*tables: ir.Table) -> ir.Table:
    return reduce(lambda above, below: above.union(below), tables)


def days(given: Given) -> ir.Table:
    """The customer's use by day, from which users in any window follow; by week and feature; and its cohorts.

    Out: kind, key, day, number, amount, uses; by kind:
         day:     amount: users who are named; uses: of features; key: “unnamed” where usage of the day names nobody
         end7, end30: the day from which on so many users (amount) are no longer in the window of 7, of 30 days
         month:   the last day of a month of which there is a total
         feature: key: feature_id; number: how many weeks before that of the as-of day, 0 to 12; uses
         cohort:  key: number of the month of the first use (year × 12 + month − 1); number: months since; amount: users
                  who were there
         life:    key: new, returning, resurrected, dormant, as ``metrics.lifecycle`` of weeks; number: weeks back
    """
    own = given.own
    by_visitor = own.filter(own.grain != "month")
    by_visitor = by_visitor.group_by("day", "visitor_id").agg(
        uses=ibis.ifelse(by_visitor.kind == "feature", by_visitor.uses, 0).sum()
    )
    unnamed = by_visitor.visitor_id.isnull().any()
    by_day = by_visitor.group_by("day").agg(
        amount=by_visitor.visitor_id.count(),
        uses=by_visitor.uses.sum(),
        key=ibis.ifelse(unnamed, "unnamed", ""),
    )
    months = own.filter(own.grain == "month").mutate(is_month_total=True)
    months = month_span(months).group_by("day").agg(uses=_.uses.sum())
    kinds = {
        "day": by_day,
        "end7": _ends(by_visitor, 7),
        "end30": _ends(by_visitor, 30),
        "month": months,
        "feature": _uses_by_week(given),
        "cohort": _cohorts(given),
        "life": _life_by_week(by_visitor, given),
    }
    rows = _one_below_the_other(*(_filled(kind, table) for kind, table in kinds.items()))
    return rows.order_by("kind", "key", "day", "number")


def _ends(by_visitor: ir.Table, length: int) -> ir.Table:
    """On how many users a window of so many days closes, by the day after: nothing of theirs follows in time."""
    named = by_visitor.filter(by_visitor.visitor_id.notnull())
    in_order = ibis.window(group_by="visitor_id", order_by="day")
    following = named.day.lead().over(in_order)
    last = days_before(named.day, -length)
    named = named.mutate(end=ibis.ifelse(following.notnull() & (following < last), following, last))
    return named.group_by(day=named.end).agg(amount=named.count())


def _uses_by_week(given: Given) -> ir.Table:
    used = given.own.filter(given.own.feature_id.notnull() & (given.own.grain != "month"))
    used = used.cross_join(given.tables["on_day"])
    used = used.mutate(back=day_number(used.as_of) - day_number(used.day))
    used = used.filter((used.back >= 0) & (used.back < 7 * WEEKS))
    return used.group_by(key=used.feature_id, number=used.back // 7).agg(uses=used.uses.sum())


def _cohorts(given: Given) -> ir.Table:
    rows = cohort_visitors_behind(given.own, given.spans("on_day"))
    return rows.group_by(key=rows.began.cast("string"), number=rows.months_since).agg(amount=rows.count())


def _life_by_week(by_visitor: ir.Table, given: Given) -> ir.Table:
    rows = by_visitor.filter(by_visitor.visitor_id.notnull()).cross_join(given.tables["on_day"])
    rows = rows.mutate(back=day_number(rows.as_of) - day_number(rows.day))
    rows = rows.filter(rows.back >= 0)
    weeks = rows.group_by("visitor_id", week=rows.back // 7).agg(days=rows.count())
    in_order = ibis.window(group_by="visitor_id", order_by="week")
    weeks = weeks.mutate(later=weeks.week.lag().over(in_order), earlier=weeks.week.lead().over(in_order))
    weeks = weeks.join(_first_weeks(given), "visitor_id")
    state = ibis.cases(
        (weeks.earlier == weeks.week + 1, "returning"),
        (weeks.earlier.isnull() & (weeks.first_week <= weeks.week), "new"),
        else_="resurrected",
    )
    there = weeks.select(key=state, number=weeks.week)
    gone = weeks.filter((weeks.week > 0) & (weeks.later.isnull() | (weeks.later < weeks.week - 1)))
    both = there.union(gone.select(key=ibis.literal("dormant"), number=gone.week - 1))
    both = both.filter(both.number < WEEKS)
    return both.group_by("key", "number").agg(amount=both.count())


def _first_weeks(given: Given) -> ir.Table:
    """visitor_id, first_week: how many weeks back they were first there; a month's total may say so."""
    rows = firsts(given.own).cross_join(given.tables["on_day"])
    return rows.select("visitor_id", first_week=(day_number(rows.as_of) - day_number(rows.first_on)) // 7)


def _filled(kind: str, table: ir.Table) -> ir.Table:
    """The columns that a kind of row has, null for those it has not."""
    columns = {"key": "string", "day": "date", "number": "int64", "amount": "int64", "uses": "int64"}
    values = {
        name: table[name].cast(kind_) if name in table.columns else ibis.null(kind_) for name, kind_ in columns.items()
    }
    return table.select(kind=ibis.literal(kind), **values)


def figures(given: Given) -> ir.Table:
    """``measured`` of the customer and of WITHOUT_TOP, on the as-of day and on that of the previous period."""
    seen_by_all = seen_as_facts(given.tables["seen"], given.own)
    tables = replace(
        given.as_tables(given.less_top(given.own).union(seen_by_all)),
        held_sessions=given.less_top(given.as_tables(given.own).own_sessions),
    )
    # Whoever left, the customer began when it began: its windows are those of all its usage.
    twin = given.own.mutate(customer_id=ibis.literal(WITHOUT_TOP, "int64")).select(*given.own.columns)
    everything = given.own.union(twin)
    return measured(tables, given.spans("on_both", everything, tables.customers))


def entitled(given: Given) -> ir.Table:
    """``metrics.entitlement_use`` of the customer."""
    tables, spans = given.as_tables(given.own), given.spans("on_day")
    found = entitlement_use(given.own, spans, seats=tables.seats, limits=tables.limits, readings=tables.readings)
    return in_order(found)


def in_order(entitled: ir.Table) -> ir.Table:
    """Seats first."""
    return entitled.order_by("customer_id", "as_of", entitled.kind.desc(), "name")


def measured(tables: Tables, spans: Windows, model: ScoreModel = ACCOUNT) -> ir.Table:
    """Every figure of the dashboard and the score, one row per customer and as-of day.

    Out: the window, and what the metrics in MEASURED give under their own names; the parts and the total of the score.
    """
    return total(_beside(tables, spans, (*MEASURED, *_parts(model))), model).order_by(*KEYS)


def scored(tables: Tables, spans: Windows, model: ScoreModel = ACCOUNT) -> ir.Table:
    """The score alone."""
    return total(_beside(tables, spans, _parts(model)), model)


def _parts(model: ScoreModel) -> Sequence[Measure]:
    """What a score is made of; the active share stands beside any."""
    return [_active_share, *(MEASURES[part.metric] for part in model.components if part.metric in MEASURES)]


def _beside(tables: Tables, spans: Windows, measures: Sequence[Measure]) -> ir.Table:
    """The window and what is measured in it, in one row. Every metric has a row for every customer and as-of day."""
    rows = spans.table.select(*KEYS, *WINDOW_COLUMNS)
    for measure in measures:
        found = measure(tables, spans)
        new = [column for column in found.columns if column not in rows.columns]
        if new:
            rows = rows.join(found.select(*KEYS, *new), list(KEYS))
    return rows


QUESTIONS: Mapping[str, Callable[[Given], ir.Table]] = {
    "facts": facts,
    "figures": figures,
    "people": people,
    "features": features,
    "entitled": entitled,
    "days": days,
    "feature_users": feature_users,
    "life_users": life_users,
    "cohort_users": cohort_users,
    "session_users": session_users,
    "session_rows": session_rows,
    "login_users": login_users,
    "ways": ways,
}
"""What a desk can be asked, by name. ``facts`` is asked first and stands as a table for the others."""
