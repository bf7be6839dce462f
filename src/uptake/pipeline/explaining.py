"""One customer's score, opened: its parts, what moved it, and the features, people and rows behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from uptake.customers.access import find_customer
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.lake.engine import Engine, engine
from uptake.lake.models import Import
from uptake.lake.provenance import NEWEST_FIRST, facts_of, listed
from uptake.metrics.attributed import COUNTED_KINDS, not_human
from uptake.pipeline import scoring
from uptake.pipeline.at_hand import at_hand
from uptake.pipeline.feature_use import feature_use
from uptake.pipeline.published import Published, published, workspace_week
from uptake.pipeline.questions import Question
from uptake.scores.explain import Explanation, explain
from uptake.scores.model import ScoreModel
from uptake.scores.models import PORTFOLIO
from uptake.scores.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_ROWS = 1_000


class NotScored(ProductError):
    """The customer is out of the portfolio."""

    status = 404


@dataclass(frozen=True)
class Opened:
    """An explained score and what stands behind it."""

    customer: str
    period: Period
    row: Mapping[str, Any]  # of scoring.Scores
    explanation: Explanation
    features: Sequence[Mapping[str, Any]]  # feature, is_available, users, uses, reach, is_adopted; most used first
    visitors: Sequence[Mapping[str, Any]]  # visitor_id, uses, active_days, first_on, last_on; most uses first
    left_out: Sequence[Mapping[str, Any]]  # reason, rule, rows, uses, visitors: of this customer, over all time
    rows: Sequence[Mapping[str, Any]]  # the facts: file, row, day, visitor, event, uses; newest first


def open_score(
    customer: str,
    *,
    as_of: date | None = None,
    period: Period = scoring.DEFAULT_PERIOD,
    model: ScoreModel = PORTFOLIO,
    with_rows: bool = False,
) -> Opened:
    """Raises UnknownCustomer naming the closest ones, and NotScored for a customer that is archived."""
    who = find_customer(customer)
    found = scoring.scores(as_of=as_of, period=period, model=model)
    row = next((each for each in found.rows if each["customer_id"] == who.pk), None)
    if row is None:
        raise NotScored(f"{who.name} is archived and has no score; its past stays.")
    known = published()
    names = known.feature_names()
    cells = feature_use(as_of=found.as_of, period=period).cells.get(who.pk, {})
    with at_hand(known) as bench:
        whom = bench.engine.small("explained", pa.table({"customer_id": pa.array([who.pk], pa.int64())}))
        asked = (bench.tables, whom)
        people = bench.answer(Question(_people, asked, (found.as_of,), (period, workspace_week()))).to_pylist()
        days = (row["first_day"], row["last_day"]) if row["first_day"] else ()
        left = bench.answer(Question(_left_out_of, asked, days)).to_pylist()
        rows = _newest_rows(bench.engine, who.pk, row, known, bench.tables) if with_rows and days else []
    return Opened(
        customer=who.name,
        period=period,
        row=row,
        explanation=explain(row, model, scoring.before(found, row)),
        features=sorted(
            ({**cell._asdict(), "feature_id": each, "feature": names.get(each, each)} for each, cell in cells.items()),
            key=lambda cell: (not cell["is_available"], -(cell["uses"] or 0), cell["feature"]),
        ),
        visitors=sorted(people, key=lambda person: (-person["uses"], person["visitor_id"])),
        left_out=left,
        rows=rows,
    )


def _people(asked: "tuple[Tables, ir.Table]", days: Sequence[date], period: Period, week: str) -> "ir.Table":
    from uptake.metrics.visitors import visitors_behind  # heavy, as all expressions; kept SQL needs none of them
    from uptake.metrics.windows import windows

    tables, whom = asked
    facts, customers = (table.semi_join(whom, "customer_id") for table in (tables.facts, tables.customers))
    return visitors_behind(facts, windows(facts, customers, as_of=days, period=period, workspace_week=week))


def _left_out_of(asked: "tuple[Tables, ir.Table]", days: Sequence[date]) -> "ir.Table":
    """Of the customer's accounts on these days, first and last; on all where there are none."""
    from uptake.metrics.attributed import left_out

    tables, whom = asked
    mine = tables.accounts.semi_join(whom, "customer_id")
    daily = tables.daily.semi_join(mine, ["source", "account_id"])
    if days:
        daily = daily.filter(daily.day.between(*days))
    return left_out(daily, tables.accounts, tables.event_names, tables.rules)


def _newest_rows(
    opened: Engine, customer_id: int, row: Mapping[str, Any], known: Published, tables: Tables
) -> list[dict[str, Any]]:
    """The facts of the period with the file each came from, newest first, at most MOST_ROWS."""
    counted = [_counted(facts, tables.event_names, known) for facts in _facts(opened, customer_id, row, known)]
    return _with_files(listed(opened, counted, limit=MOST_ROWS))


@dataclass(frozen=True)
class RowsBehind:
    """Some of the rows behind a score, and what all of them come to."""

    rows: Sequence[Mapping[str, Any]]  # the facts, with file, feature_id, feature and kind; newest first
    first: int  # how many newer ones there are
    total: int
    uses: int  # of features, of all of them: log-ins are rows and no uses


@dataclass(frozen=True)
class Which:
    """Which of a customer's rows; empty: all that count."""

    feature_id: str = ""
    visitor_id: str = ""
    reason: str = ""  # of ``metrics.attributed.left_out``: rows that do not count
    rule: str = ""


def rows_behind(
    customer_id: int, row: Mapping[str, Any], which: Which = Which(), *, first: int = 0, most: int
) -> RowsBehind:
    """The rows of imported files that a score was counted from, ``most`` of them from the ``first`` (0: the newest).

    ``row``: of ``scoring.Scores``, whose days are meant. They are chosen by the lake's query among all rows, as the
    pages are. Behind the last row the last page is given.
    """
    known = published()
    with engine() as opened:
        names = opened.small("event_names", known.event_names)
        tables = _facts(opened, customer_id, row, known) if row["first_day"] else []
        if not tables:
            return RowsBehind((), 0, 0, 0)
        if which.reason:
            tables = [_left_out(facts, names, known, which) for facts in tables]
        else:
            tables = [_counted(facts, names, known) for facts in tables]
        found = _chosen(_in_one(tables), names, which)
        kept = opened.keep("rows_behind", found)
        uses = kept.event_count.sum(where=kept.kind == "feature")
        [sums] = opened.arrow(kept.agg(total=kept.count(), uses=uses)).to_pylist()
        first = min(first, max(0, (sums["total"] - 1) // most * most))
        page = kept.order_by([kept[name].desc() for name in NEWEST_FIRST]).limit(most, offset=first)
        facts = opened.arrow(page).to_pylist()
    return RowsBehind(_with_files(facts), first, sums["total"], sums["uses"] or 0)


def _in_one(tables: "Sequence[ir.Table]") -> "ir.Table":
    found, *others = tables
    for table in others:
        found = found.union(table)
    return found


def _chosen(facts: "ir.Table", names: "ir.Table", which: Which) -> "ir.Table":
    """With the feature that each is use of; only of one feature or one visitor where they are named."""
    known = names.select("source", "event_name", "feature_id", "feature", "kind")
    found = facts.left_join(known, ["source", "event_name"]).select(*facts.columns, "feature_id", "feature", "kind")
    if which.feature_id:
        found = found.filter((found.feature_id == which.feature_id) & (found.kind == "feature"))
    return found.filter(found.visitor_id == which.visitor_id) if which.visitor_id else found


def _facts(opened: Engine, customer_id: int, row: Mapping[str, Any], known: Published) -> "list[ir.Table]":
    """The customer's facts on the row's days; a table per platform and time zone."""
    own = {each["customer_id"]: each["time_zone"] for each in known.customers.to_pylist()}
    accounts = [
        (each["source"], each["account_id"], own[customer_id])
        for each in known.accounts.to_pylist()
        if each["customer_id"] == customer_id
    ]
    return facts_of(opened, accounts, row["first_day"], row["last_day"])


def _counted(facts: "ir.Table", names: "ir.Table", known: Published) -> "ir.Table":
    """Without what no number counts: names that are no feature use, visitors who are not people."""
    facts = _of_kinds(facts, names)
    return facts.anti_join(not_human(facts, known.rules), "visitor_id") if known.rules else facts


def _left_out(facts: "ir.Table", names: "ir.Table", known: Published, which: Which) -> "ir.Table":
    """What does not count for one reason, by the same order of reasons as ``metrics.attributed.left_out``."""
    if which.reason in ("not in the catalogue", "not feature use"):
        aside = names.filter(~names.kind.isin(COUNTED_KINDS))
        is_known = which.reason == "not feature use"
        left = facts.semi_join(aside, NAMED) if is_known else facts.anti_join(names, NAMED)
        return left.filter(left.event_name == which.rule)
    facts = _of_kinds(facts, names)
    people = not_human(facts, known.rules) if known.rules else None
    if people is None:
        return facts.limit(0)
    return facts.semi_join(
        people.filter((people.visitor_kind == which.reason) & (people.title == which.rule)), "visitor_id"
    )


NAMED = ["source", "event_name"]


def _of_kinds(facts: "ir.Table", names: "ir.Table") -> "ir.Table":
    return facts.semi_join(names.filter(names.kind.isin(COUNTED_KINDS)), NAMED)


def _with_files(facts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    batches = Import.objects.in_bulk({fact["import_id"] for fact in facts})
    return [{**fact, "file": _file(batches[fact["import_id"]], int(fact["file_number"]))} for fact in facts]


def _file(batch: Import, number: int) -> str:
    """The file, sheet or archive member, as the reader knows it."""
    return str(batch.report["tables"][number - 1]["name"])
