"""One customer's facts on an engine of their own, and the questions that are put to them.

The customer's own usage is read from the lake by its accounts and stands on the engine as ``facts``; beside it, as
small tables, is all else that the questions (``questions.py``) need.
"""

import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from uptake.kit import sql
from uptake.kit.days import Period
from uptake.lake import files
from uptake.lake.engine import Engine, duckdb_connection
from uptake.lake.engine import engine as chosen_engine
from uptake.lake.models import DataFile
from uptake.lake.schemas import SESSIONS, USAGE_DAILY
from uptake.lake.spill import spill_root
from uptake.pipeline.compiled import sql_of
from uptake.pipeline.published import Published, workspace_week

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

# Asking as the warning would have it plans every query twice, which takes longer than copying a few thousand rows.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)

WITHOUT_TOP = -1
"""As a customer: this one less its user who uses most. What the score would be if that person left."""

WEEKS = 13
SHORTEST_SHOWN, LONGEST_SHOWN = 90, 366  # days that the line of active users goes back

FACTS = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("visitor_id", pa.string()),
        ("feature_id", pa.string()),
        ("kind", pa.string()),
        ("day", pa.date32()),
        ("grain", pa.string()),
        ("uses", pa.int64()),
        ("fact_rows", pa.int64()),
        ("sum_duration_seconds", pa.float64()),
    ]
)
SEEN = pa.schema([("feature_id", pa.string()), ("first_on", pa.date32())])
DAYS = pa.schema([("as_of", pa.date32())])


@dataclass(frozen=True)
class Asked:
    """Which customer, which day and how long."""

    customer_id: int
    as_of: date
    period: Period

    @property
    def before(self) -> date | None:
        """The as-of day of the previous period."""
        return None if self.period.days is None else self.as_of - timedelta(days=self.period.days)

    @property
    def both(self) -> list[date]:
        return [self.as_of] if self.before is None else [self.before, self.as_of]

    @property
    def weeks(self) -> list[date]:
        """The last days of the last 13 weeks, oldest first."""
        return [self.as_of - timedelta(days=7 * back) for back in range(WEEKS - 1, -1, -1)]

    @property
    def shown(self) -> list[date]:
        """The days of the line of active users."""
        length = min(max(self.period.days or LONGEST_SHOWN, SHORTEST_SHOWN), LONGEST_SHOWN)
        return [self.as_of - timedelta(days=back) for back in range(length - 1, -1, -1)]

    @property
    def months(self) -> list[date]:
        """The last day of each of the last 13 months as far as they are over, the as-of day for the one that runs."""
        ends, day = [self.as_of], self.as_of.replace(day=1)
        for _ in range(12):
            ends.append(day - timedelta(days=1))
            day = ends[-1].replace(day=1)
        return ends[::-1]

    def day_tables(self) -> dict[str, pa.Table]:
        days = {
            "on_day": [self.as_of],
            "on_both": self.both,
            "on_scores": sorted({*self.both, *self.weeks}),
            "on_shown": self.shown,
            "on_weeks": self.weeks,
            "on_months": self.months,
        }
        return {name: pa.table([pa.array(each, pa.date32())], schema=DAYS) for name, each in days.items()}


class Desk(Protocol):
    """An engine with one customer's tables on it."""

    queries: int  # asked so far

    def ask(self, *questions: str) -> list[pa.Table]:
        """The answers to some of ``questions.QUESTIONS``, in their order."""


@contextmanager
def desk(known: Published, asked: Asked, seen: pa.Table) -> Iterator[Desk]:
    """The customer's tables, for as long as it is open. ``seen``: SEEN, of the whole portfolio."""
    small = small_tables(known, asked, seen)
    if settings.UPTAKE.engine == "duckdb":
        cursor = _root().cursor()
        try:
            yield DuckDBDesk(cursor, known, asked, small)
        finally:
            cursor.close()
    else:
        with chosen_engine() as opened:
            yield EngineDesk(opened, known, asked, small)


def small_tables(known: Published, asked: Asked, seen: pa.Table) -> dict[str, pa.Table]:
    """Everything but usage, by name: what concerns the customer, twice where WITHOUT_TOP needs it too."""
    found = {"seen": seen, **asked.day_tables()}
    for part in fields(known):
        table = getattr(known, part.name)
        if not isinstance(table, pa.Table):
            continue
        if "customer_id" in table.column_names:
            table = table.filter(pc.equal(table["customer_id"], asked.customer_id))
            if part.name != "accounts":
                table = pa.concat_tables([table, _of_another(table, WITHOUT_TOP)])
        found[part.name] = table
    return found


def _of_another(table: pa.Table, customer_id: int) -> pa.Table:
    place = table.column_names.index("customer_id")
    numbers = pa.array([customer_id] * len(table), table.schema.field(place).type)
    return table.set_column(place, table.schema.field(place), numbers)


class DuckDBDesk:
    """The fast way: SQL that was made before, on a connection of the process."""

    def __init__(
        self, cursor: "duckdb.DuckDBPyConnection", known: Published, asked: Asked, small: Mapping[str, pa.Table]
    ) -> None:
        self._cursor = cursor
        self.queries = 0
        self._told = (asked.period.days, known.rules, workspace_week())
        self._small = dict(small)
        self._shapes = {name: table.schema for name, table in small.items()}
        self._shapes |= {"usage_daily": USAGE_DAILY, "sessions": SESSIONS}
        self._views = {"usage_daily": (USAGE_DAILY, known.daily), "sessions": (SESSIONS, known.sessions)}
        self._accounts = _accounts(known, asked)
        [self._small["facts"]] = self.ask("facts")
        self._shapes["facts"] = FACTS

    def ask(self, *questions: str) -> list[pa.Table]:
        """Side by side: half of the time is the making of a plan, which takes one core."""
        queries = [self._sql(question) for question in questions]
        self.queries += len(queries)
        if len(queries) == 1:
            return [self._answer(queries[0])]
        with ThreadPoolExecutor(len(queries)) as threads:
            return list(threads.map(self._answer, queries))

    def _answer(self, query: str) -> pa.Table:
        with closing(self._cursor.cursor()) as cursor:
            self._lay_out(cursor, query)
            return cursor.execute(query).to_arrow_table()

    def _lay_out(self, cursor: "duckdb.DuckDBPyConnection", query: str) -> None:
        """Put the tables on the engine that a query names; each costs half a millisecond."""
        for name, table in self._small.items():
            if sql.name(name) in query:
                cursor.register(name, table)
        for name, (schema, live) in self._views.items():
            if sql.name(name) in query:
                self._view(cursor, name, schema, live)

    def _view(
        self, cursor: "duckdb.DuckDBPyConnection", name: str, schema: pa.Schema, live: Sequence[DataFile]
    ) -> None:
        """The customer's own rows of a lake table."""
        columns = ", ".join(map(sql.name, schema.names))
        parts = [
            f"SELECT {columns} FROM read_parquet({sql.texts(part.paths)}) WHERE source = {sql.text(source)} "
            f"AND account_id IN ({', '.join(map(sql.text, mine))})"
            + (f" AND {part.condition()}" if part.hidden_ranges else "")
            for source, mine in self._accounts.items()
            for part in files.selections([file for file in live if file.source == source])
        ]
        if parts:
            cursor.execute(f"CREATE TEMP VIEW {sql.name(name)} AS {' UNION ALL '.join(parts)}")
        else:
            cursor.register(name, schema.empty_table())

    def _sql(self, question: str) -> str:
        told = (
            "dashboard",
            tuple((name, schema.to_string()) for name, schema in sorted(self._shapes.items())),
            self._told,
        )
        return sql_of(question, told, lambda: self._compile(question))

    def _compile(self, question: str) -> str:
        from uptake.lake.engine import DuckDBEngine

        opened = DuckDBEngine()
        try:
            tables = {name: opened.small(name, schema.empty_table()) for name, schema in self._shapes.items()}
            return opened.compile(_expression(question, tables, *self._told))
        finally:
            opened.close()


class EngineDesk:
    """The way for any engine: the same expressions, made anew."""

    def __init__(self, opened: Engine, known: Published, asked: Asked, small: Mapping[str, pa.Table]) -> None:
        self._engine = opened
        self.queries = 1
        self._told = (asked.period.days, known.rules, workspace_week())
        self._tables = {name: opened.small(name, table) for name, table in small.items()}
        accounts = _accounts(known, asked)
        for name, schema, live in (("usage_daily", USAGE_DAILY, known.daily), ("sessions", SESSIONS, known.sessions)):
            rows = opened.files(name, files.selections(live), schema)
            mine = [account for each in accounts.values() for account in each]
            self._tables[name] = rows.filter(rows.account_id.isin(mine))
        self._tables["facts"] = opened.keep("facts", _expression("facts", self._tables, *self._told))

    def ask(self, *questions: str) -> list[pa.Table]:
        self.queries += len(questions)
        return [self._engine.arrow(_expression(question, self._tables, *self._told)) for question in questions]


def _expression(question: str, tables: "Mapping[str, ir.Table]", days: int | None, rules: Any, week: str) -> "ir.Table":
    from uptake.pipeline.dashboard.questions import QUESTIONS, Given  # heavy; SQL that was made before needs none of it

    return QUESTIONS[question](Given(tables, days, rules, week))


def _accounts(known: Published, asked: Asked) -> dict[str, list[str]]:
    """source -> the customer's accounts there."""
    mine = known.accounts.filter(pc.equal(known.accounts["customer_id"], asked.customer_id))
    found: dict[str, list[str]] = {}
    for source, account in zip(mine["source"].to_pylist(), mine["account_id"].to_pylist(), strict=True):
        found.setdefault(source, []).append(account)
    return found


_roots: "dict[tuple[str, ...], duckdb.DuckDBPyConnection]" = {}
_opening = threading.Lock()


def _root() -> "duckdb.DuckDBPyConnection":
    """This process' DuckDB for dashboards; every request has a cursor with tables of its own on it."""
    options = settings.UPTAKE
    key = (str(spill_root()), options.engine_memory, str(options.engine_threads))
    with _opening:
        if key not in _roots:
            _roots[key] = duckdb_connection()
            # A file of the lake never changes; where each customer's rows are in it is read once.
            _roots[key].execute("SET parquet_metadata_cache = true")
        return _roots[key]
