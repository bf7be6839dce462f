"""What insights and recommendations look at, made from the facts; and both, for one teammate.

Everything is worked out once per state for the whole workspace; a request only chooses what the teammate may see.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from uptake.customers.access import access_customers
from uptake.customers.models import Stakeholder, TrainingResource
from uptake.insights.at_risk import QUIET_DAYS
from uptake.insights.insight import Insight, Recommendation
from uptake.insights.matrix import Matrix
from uptake.insights.registry import insights, recommendations
from uptake.insights.rules import FILE, Rule, rules_at
from uptake.insights.view import Champion, Outcomes, Presence, View
from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.facts_about import about_customers
from uptake.pipeline.feature_use import Feature, FeatureUse, feature_use
from uptake.pipeline.freshness import late_customers
from uptake.pipeline.home import home
from uptake.pipeline.published import Published, published
from uptake.pipeline.scoring import DEFAULT_PERIOD, Row
from uptake.pipeline.stakeholders import stakeholder_use
from uptake.pipeline.state import ByState, state
from uptake.scores.models import PORTFOLIO
from uptake.team.models import Teammate
from uptake.team.rights import Right, may


def view_for(teammate: Teammate, *, as_of: date | None = None, period: Period = DEFAULT_PERIOD) -> View:
    """The workspace as the teammate may see it; without the right, without people's names.

    Raises NothingToScore, and ProductError for a day that is not complete yet.
    """
    day = scoring.as_of_day(as_of)
    return _everything(day, period).seen_by(_theirs(teammate), with_people=may(teammate, Right.SEE_PEOPLE))


def insights_for(
    teammate: Teammate,
    customer_ids: Collection[int] | None = None,
    *,
    as_of: date | None = None,
    period: Period = DEFAULT_PERIOD,
) -> list[Insight]:
    """What is worth knowing, most important first: of the workspace and every customer the teammate may see.

    With ``customer_ids`` only what is about these customers.
    """
    day, with_people = scoring.as_of_day(as_of), may(teammate, Right.SEE_PEOPLE)
    found = _noticed(day, period, with_people)
    theirs = _theirs(teammate) - late_customers(day).keys()
    if customer_ids is not None:
        wanted = theirs & set(customer_ids)
        return [each for each in found if each.customer_id in wanted]
    return [each for each in found if each.customer_id is None or each.customer_id in theirs]


def recommendations_for(
    teammate: Teammate,
    customer_ids: Collection[int] | None = None,
    *,
    as_of: date | None = None,
    period: Period = DEFAULT_PERIOD,
) -> list[Recommendation]:
    """What to do next, the highest expected value first; of some customers, or of all that the teammate may see.

    Raises BrokenRules when the workspace's own rules cannot be read.
    """
    if customer_ids is not None:
        known = set(customer_ids) - late_customers(scoring.as_of_day(as_of)).keys()
        return recommendations(view_for(teammate, as_of=as_of, period=period), current_rules(), known)
    day, with_people, rules = scoring.as_of_day(as_of), may(teammate, Right.SEE_PEOPLE), current_rules()
    found = _RECOMMENDED.get(
        (day, period, with_people, tuple(rules)),
        lambda: recommendations(_seen_by_all(_everything(day, period), with_people), rules),
    )
    theirs = _theirs(teammate) - late_customers(day).keys()
    return [each for each in found if each.customer_id in theirs]


def get_ready() -> None:
    """Work out what everybody's insights are chosen from, before anybody asks."""
    day = scoring.newest_day()
    for with_people in (True, False):
        _noticed(day, DEFAULT_PERIOD, with_people)


def current_rules() -> Sequence[Rule]:
    """The workspace's rules: ``rules.yaml`` in its home, else those that come with Uptake. Raises BrokenRules."""
    path = home() / FILE
    stamp = path.stat() if path.exists() else None
    return _rules(path, (stamp.st_mtime_ns, stamp.st_size) if stamp else None)


@lru_cache(maxsize=4)
def _rules(path: Path, _stamp: tuple[int, int] | None) -> Sequence[Rule]:
    return rules_at(path)


def _noticed(day: date, period: Period, with_people: bool) -> list[Insight]:
    return _INSIGHTS.get(
        (day, period, with_people), lambda: insights(_seen_by_all(_everything(day, period), with_people))
    )


def _theirs(teammate: Teammate) -> set[int]:
    return set(access_customers(teammate).order_by().values_list("pk", flat=True))


def _seen_by_all(view: View, with_people: bool) -> View:
    return view.seen_by(view.place.keys(), with_people=with_people)


def _everything(day: date, period: Period) -> View:
    return _VIEWS.get((day, period), lambda: _view(day, period))


_VIEWS: ByState[View] = ByState(state, size=2)
_INSIGHTS: ByState[list[Insight]] = ByState(state, size=4)
_RECOMMENDED: ByState[list[Recommendation]] = ByState(state, size=4)


def _view(day: date, period: Period) -> View:
    known = published()
    found = scoring.scores(as_of=day, period=period, model=PORTFOLIO, known=known)
    about = about_customers(on=day)
    rows = [{**row, **about[row["customer_id"]]} for row in found.rows if row["customer_id"] in about]
    use = feature_use(as_of=day, period=period)
    presence, top_users = _people(known, day, period)
    return View(
        as_of=day,
        period=period,
        rows=rows,
        features=use.features,
        matrix=_matrix(use, rows),
        seen=frozenset(),
        presence=presence,
        top_users=top_users,
        champions=_champions(known, day),
        outcomes=_outcomes(known, day, use.features),
        before=found.earlier,
        training=_training(),
    )


def _matrix(use: FeatureUse, rows: Sequence[Row]) -> Matrix:
    table = use.table
    names = pa.array([feature.feature_id for feature in use.features], pa.string())
    columns = ("uses", "reach", "is_available", "is_adopted")
    return Matrix.of_columns(
        [row["customer_id"] for row in rows],
        [feature.feature_id for feature in use.features],
        customers=table["customer_id"].to_numpy(),
        features=pc.index_in(table["feature_id"], names).to_numpy().astype(np.int64),
        columns={name: table[name].cast(pa.float64()).to_numpy() for name in columns},
    )


def _people(known: Published, day: date, period: Period) -> tuple[dict[int, Presence], dict[int, str]]:
    """Presence and the main user by customer."""
    from uptake.pipeline.insight_facts import last_days, top_users  # heavy

    last = last_days(known, day)
    quiet = pc.less_equal(last["last_on"], pa.scalar(day - timedelta(days=QUIET_DAYS)))
    counted = last.append_column("quiet", pc.fill_null(quiet, False).cast(pa.int64()))
    counted = counted.group_by("customer_id").aggregate([("visitor_id", "count"), ("quiet", "sum")])
    most = {row["customer_id"]: row for row in top_users(known, day, period).to_pylist()}
    presence = {}
    for row in counted.to_pylist():
        top = most.get(row["customer_id"], {"uses": 0, "top_uses": 0, "active_users": 0})
        presence[row["customer_id"]] = Presence(
            known_users=row["visitor_id_count"],
            quiet_users=row["quiet_sum"],
            uses=top["uses"],
            top_uses=top["top_uses"],
            active_users=top["active_users"],
        )
    return presence, {customer_id: row["top_user"] for customer_id, row in most.items()}


def _champions(known: Published, day: date) -> list[Champion]:
    """Champions who are users, under whichever ids."""
    marked = Stakeholder.objects.filter(is_champion=True, customer__is_archived=False).order_by("pk")
    use = stakeholder_use(known, day)
    return [
        Champion(customer_id, name, role or None, last_on)
        for pk, customer_id, name, role in marked.values_list("pk", "customer_id", "name", "role")
        if pk in use and (last_on := use[pk].last_on) is not None
    ]


def _outcomes(known: Published, day: date, features: Sequence[Feature]) -> Outcomes | None:
    """None where no contract has ended, or nothing was measured before."""
    from uptake.pipeline.insight_facts import ended_contracts, use_before  # heavy

    ended = ended_contracts(day)
    if not ended:
        return None
    table = use_before(known, day, ended)
    names = pa.array([feature.feature_id for feature in features], pa.string())
    table = table.filter(pc.is_in(table["feature_id"], value_set=names))
    customers = pc.unique(table["customer_id"])
    use = np.full((len(customers), len(features)), np.nan)
    rows, places = pc.index_in(table["customer_id"], customers), pc.index_in(table["feature_id"], names)
    use[rows.to_numpy(), places.to_numpy()] = table["use"].to_numpy()
    renewed = {each.customer_id: each.renewed for each in ended}
    went_on = [renewed[customer_id] for customer_id in customers.to_pylist()]
    return Outcomes(np.array(went_on, np.bool_), use) if went_on else None


def _training() -> dict[str, list[str]]:
    """feature_id -> titles of what teaches it."""
    found: dict[str, list[str]] = {}
    for key, title in TrainingResource.objects.order_by("title", "pk").values_list("feature__key", "title"):
        found.setdefault(key, []).append(title)
    return found
