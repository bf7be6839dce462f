"""The engines under test, and small worlds of usage written as tuples.

The same tests run on DuckDB and, marked ``spark``, on Spark: import ``engine`` into a conftest.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from uptake.lake.schemas import USAGE_DAILY

ACCOUNTS = pa.schema([("source", pa.string()), ("account_id", pa.string()), ("customer_id", pa.int64())])
CUSTOMERS = pa.schema([("customer_id", pa.int64()), ("customer", pa.string()), ("working_week", pa.string())])
EVENT_NAMES = pa.schema(
    [
        ("source", pa.string()),
        ("event_name", pa.string()),
        ("feature_id", pa.string()),
        ("feature", pa.string()),
        ("category", pa.string()),
        ("importance", pa.int64()),
        ("tags", pa.string()),
        ("kind", pa.string()),
    ]
)
SEATS = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("seats", pa.int64()),
        ("from_day", pa.date32()),
        ("to_day", pa.date32()),
        ("price", pa.float64()),
    ]
)
LIMITS = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("name", pa.string()),
        ("granted", pa.float64()),
        ("unit", pa.string()),
        ("price", pa.float64()),
        ("counted_feature", pa.string()),
        ("counted_per", pa.string()),
        ("from_day", pa.date32()),
        ("to_day", pa.date32()),
    ]
)
READINGS = pa.schema(
    [("customer_id", pa.int64()), ("name", pa.string()), ("used", pa.float64()), ("read_on", pa.date32())]
)
ENTITLEMENTS = pa.schema(
    [("customer_id", pa.int64()), ("feature_id", pa.string()), ("from_day", pa.date32()), ("to_day", pa.date32())]
)


class DuckDB:
    """Tables in memory."""

    def __init__(self) -> None:
        self.connection = ibis.duckdb.connect()
        self.made = 0

    def table(self, rows: list[tuple], schema: pa.Schema) -> ir.Table:
        columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(schema.types)]
        self.made += 1
        name = f"made_{self.made}"
        self.connection.con.register(f"{name}_rows", pa.table(columns, schema=schema))
        self.connection.raw_sql(f"CREATE TABLE {name} AS FROM {name}_rows")
        return self.connection.table(name)

    def rows(self, table: ir.Table) -> list[dict[str, Any]]:
        return self.connection.to_pyarrow(table).to_pylist()


class Spark:
    """A local Spark with two threads."""

    def __init__(self) -> None:
        from pyspark.sql import SparkSession

        session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = session.config("spark.sql.shuffle.partitions", "2").config("spark.driver.host", "127.0.0.1")
        self.session = session.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self.connection = ibis.pyspark.connect(self.session)
        self.made = 0

    def table(self, rows: list[tuple], schema: pa.Schema) -> ir.Table:
        names = {"string": "string", "int64": "long", "date32[day]": "date", "double": "double"}
        names["timestamp[us]"] = "timestamp_ntz"
        kinds = ", ".join(f"{field.name} {names[str(field.type)]}" for field in schema)
        self.made += 1
        name = f"made_{self.made}"
        self.session.createDataFrame(rows, kinds).createOrReplaceTempView(name)
        return self.connection.table(name)

    def rows(self, table: ir.Table) -> list[dict[str, Any]]:
        return self.connection.to_pyarrow(table).to_pylist()


ENGINES = {"duckdb": DuckDB, "spark": Spark}


@pytest.fixture(scope="session", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest) -> DuckDB | Spark:
    """What builds tables and reads them back."""
    return ENGINES[request.param]()


def day(text: str) -> date:
    """``03-05`` is in 2026, when 2 March is a Monday."""
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def daily(engine: DuckDB | Spark, *rows: tuple) -> ir.Table:
    """usage_daily from (account, visitor, event_name, day[, uses[, grain]]) of the source ``generic``."""
    full = [
        ("generic", account, visitor, name, day(on), grain, uses, uses, None)
        for account, visitor, name, on, uses, grain in (row + (1, "event")[len(row) - 4 :] for row in rows)
    ]
    return engine.table(full, USAGE_DAILY)


def facts(engine: DuckDB | Spark, *rows: tuple) -> ir.Table:
    """Attributed usage from (customer_id, visitor, feature, day[, uses[, grain]]); the feature None is a log-in."""
    schema = pa.schema(
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
    full = [
        (customer, visitor, feature, "feature" if feature else "login", day(on), grain, uses, uses, None)
        for customer, visitor, feature, on, uses, grain in (row + (1, "event")[len(row) - 4 :] for row in rows)
    ]
    return engine.table(full, schema)


def customers(engine: DuckDB | Spark, *ids: int, weeks: dict[int, str] | None = None) -> ir.Table:
    """Customers that work as the workspace does, but for ``weeks``."""
    rows = [(customer, f"Customer {customer}", (weeks or {}).get(customer)) for customer in ids]
    return engine.table(rows, CUSTOMERS)


def entitlements(engine: DuckDB | Spark, *rows: tuple[int, str, str | None, str | None]) -> ir.Table:
    """Features granted: (customer_id, feature_id, from, to)."""
    return engine.table([(*row[:2], *map(_day_or_none, row[2:])) for row in rows], ENTITLEMENTS)


def seats(engine: DuckDB | Spark, *rows: tuple) -> ir.Table:
    """Seats granted: (customer_id, seats, from, to[, price])."""
    full = [(*row[:2], *map(_day_or_none, row[2:4]), *(row[4:] or (None,))) for row in rows]
    return engine.table(full, SEATS)


def limits(engine: DuckDB | Spark, *rows: tuple) -> ir.Table:
    """Limits granted: (customer_id, name, granted, price, counted feature, counted per[, from, to])."""
    full = [
        (customer, name, granted, None, price, feature, per, *map(_day_or_none, days or (None, None)))
        for customer, name, granted, price, feature, per, *days in rows
    ]
    return engine.table(full, LIMITS)


def readings(engine: DuckDB | Spark, *rows: tuple[int, str, float, str]) -> ir.Table:
    """What was read somewhere else: (customer_id, name, used, day)."""
    return engine.table([(*row[:3], day(row[3])) for row in rows], READINGS)


def sessions(engine: DuckDB | Spark, *rows: tuple[int, str, str, str]) -> ir.Table:
    """Attributed sessions from (customer_id, visitor, first, last), instants as “03-02T09:00”, days as in UTC."""
    schema = pa.schema(
        [
            ("customer_id", pa.int64()),
            ("visitor_id", pa.string()),
            ("day", pa.date32()),
            ("started_at", pa.timestamp("us")),
            ("ended_at", pa.timestamp("us")),
            ("uses", pa.int64()),
        ]
    )
    full = [
        (customer, visitor, day(first[:5]), *(datetime.fromisoformat(f"2026-{text}") for text in (first, last)), 1)
        for customer, visitor, first, last in rows
    ]
    return engine.table(full, schema)


def _day_or_none(text: str | None) -> date | None:
    return day(text) if text else None


def by(rows: Iterable[dict[str, Any]], *keys: str) -> dict[Any, dict[str, Any]]:
    """Rows by a key that is unique."""
    found = {}
    for row in rows:
        key = tuple(row[name] for name in keys) if len(keys) > 1 else row[keys[0]]
        assert key not in found, f"two rows for {key}"
        found[key] = row
    return found
