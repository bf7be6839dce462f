"""One customer's score, opened: its parts, what moved it, and the features, people and rows behind them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from uptake.customers.access import find_customer
from uptake.kit.days import Period
from uptake.lake.engine import Engine, engine
from uptake.lake.models import Import
from uptake.lake.provenance import facts_of, listed
from uptake.metrics.attributed import COUNTED_KINDS, left_out, not_human
from uptake.metrics.reach import reach
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import windows
from uptake.pipeline import scoring
from uptake.pipeline.published import Published, published, workspace_week
from uptake.scores.explain import Explanation, explain
from uptake.scores.model import ScoreModel
from uptake.scores.models import PORTFOLIO
from uptake.scores.tables import Tables

if TYPE_CHECKING:
    import ibis.expr.types as ir

MOST_ROWS = 1_000


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
    """Raises UnknownCustomer naming the closest ones."""
    who = find_customer(customer)
    found = scoring.scores(as_of=as_of, period=period, model=model)
    row = next(each for each in found.rows if each["customer_id"] == who.pk)
    known = published()
    names = known.feature_names()
    with engine() as opened:
        tables = known.tables(opened)
        spans = windows(
            tables.facts, tables.customers, as_of=[found.as_of], period=period, workspace_week=workspace_week()
        )
        cells = _of(opened, reach(tables.facts, spans, entitlements=tables.feature_entitlements), who.pk)
        people = _of(opened, visitors_behind(tables.facts, spans), who.pk)
        mine = tables.accounts.filter(tables.accounts.customer_id == who.pk)
        theirs = tables.daily.semi_join(mine, ["source", "account_id"])
        theirs = theirs.filter(theirs.day.between(row["first_day"], row["last_day"])) if row["first_day"] else theirs
        left = opened.arrow(left_out(theirs, tables.accounts, tables.event_names, tables.rules)).to_pylist()
        rows = _rows(opened, who.pk, row, known, tables) if with_rows and row["first_day"] else []
    return Opened(
        customer=who.name,
        period=period,
        row=row,
        explanation=explain(row, model, scoring.before(found, row)),
        features=sorted(
            ({**cell, "feature": names.get(cell["feature_id"], cell["feature_id"])} for cell in cells),
            key=lambda cell: (not cell["is_available"], -(cell["uses"] or 0), cell["feature"]),
        ),
        visitors=sorted(people, key=lambda person: (-person["uses"], person["visitor_id"])),
        left_out=left,
        rows=rows,
    )


def _of(opened: Engine, table: "ir.Table", customer_id: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = opened.arrow(table.filter(table.customer_id == customer_id)).to_pylist()
    return rows


def _rows(
    opened: Engine, customer_id: int, row: Mapping[str, Any], known: Published, tables: Tables
) -> list[dict[str, Any]]:
    """The facts of the period with the file each came from, newest first, at most MOST_ROWS."""
    own = {each["customer_id"]: each["time_zone"] for each in known.customers.to_pylist()}
    accounts = [
        (each["source"], each["account_id"], own[customer_id])
        for each in known.accounts.to_pylist()
        if each["customer_id"] == customer_id
    ]
    counted = [_counted(table, tables) for table in facts_of(opened, accounts, row["first_day"], row["last_day"])]
    facts = listed(opened, counted, limit=MOST_ROWS)
    batches = Import.objects.in_bulk({fact["import_id"] for fact in facts})
    return [{**fact, "file": _file(batches[fact["import_id"]], int(fact["file_number"]))} for fact in facts[:MOST_ROWS]]


def _counted(facts: "ir.Table", tables: Tables) -> "ir.Table":
    """Without what no number counts: names that are no feature use, visitors who are not people."""
    names = tables.event_names.filter(tables.event_names.kind.isin(COUNTED_KINDS))
    facts = facts.semi_join(names, ["source", "event_name"])
    return facts.anti_join(not_human(facts, tables.rules), "visitor_id") if tables.rules else facts


def _file(batch: Import, number: int) -> str:
    """The file, sheet or archive member, as the reader knows it."""
    return str(batch.report["tables"][number - 1]["name"])
