"""The engine: where expressions run. DuckDB in this process by default, a Spark cluster when the data outgrew it.

Metrics never see this module: they get tables and give tables.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
from django.conf import settings

from uptake.kit import sql
from uptake.lake.spill import SpillFolder, spill_root

if TYPE_CHECKING:
    import duckdb
    import ibis.expr.types as ir

ZSTD = "(FORMAT parquet, COMPRESSION zstd)"


class Engine(Protocol):
    """Runs expressions over tables of Parquet files and small in-memory tables."""

    def files(self, name: str, selections: "Sequence[Selection]", schema: pa.Schema) -> "ir.Table":
        """The rows of these files as one table; without files an empty table of the schema."""

    def small(self, name: str, rows: pa.Table) -> "ir.Table":
        """A table of plain values, such as customers."""

    def arrow(self, expression: "ir.Table | str") -> pa.Table:
        """Run it. An expression may be given as the SQL that ``compile`` made of it, here and below."""

    def keep(self, name: str, expression: "ir.Table | str") -> "ir.Table":
        """Run it once and hold the result under a name, for expressions that use it several times."""

    def write(self, expression: "ir.Table | str", path: Path) -> list[Path]:
        """Run it into Parquet; the files that came out."""

    def compile(self, expression: "ir.Table | str") -> str:
        """The expression in the engine's own SQL."""

    def close(self) -> None: ...


Ranges = Sequence[tuple[str, str]]
"""Calendar days as (first, last), ISO text, both ends in."""


@dataclass(frozen=True)
class Selection:
    """Files to read together, less the days that newer files hold."""

    paths: tuple[Path, ...]
    hidden_ranges: tuple[tuple[str, str], ...] = ()
    first_row: int | None = None  # the files have no row_number: the n-th row (from 0) of each is row first_row + n
    day_column: str = "day"  # rows without a day are never hidden

    def condition(self) -> str:
        """What a row must satisfy, in SQL that both engines take; empty: every row."""
        hidden = " OR ".join(
            f"{self.day_column} BETWEEN DATE {sql.text(first)} AND DATE {sql.text(last)}"
            for first, last in self.hidden_ranges
        )
        return f"({hidden}) IS NOT TRUE" if hidden else ""


def duckdb_connection(database: Path | None = None) -> "duckdb.DuckDBPyConnection":
    """A DuckDB of its own with the workspace's limits; nothing is loaded from the network."""
    import duckdb

    options = settings.UPTAKE
    config: dict[str, Any] = {
        "memory_limit": options.engine_memory,
        "temp_directory": str(spill_root()),
        "autoinstall_known_extensions": "false",
    }
    if options.engine_threads:
        config["threads"] = str(options.engine_threads)
    connection = duckdb.connect(str(database) if database else ":memory:", config=config)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


class DuckDBEngine:
    """DuckDB in this process."""

    def __init__(self) -> None:
        import ibis

        self.raw = duckdb_connection()
        self.kept: list[Path] = []
        self.folder: SpillFolder | None = None
        self.ibis = ibis.duckdb.from_connection(self.raw)

    def files(self, name: str, selections: Sequence[Selection], schema: pa.Schema) -> "ir.Table":
        parts = [self._select(schema.names, part) for part in selections if part.paths]
        if not parts:
            return self.small(name, schema.empty_table())
        self.raw.execute(f"CREATE OR REPLACE TEMP VIEW {sql.name(name)} AS " + " UNION ALL ".join(parts))
        return self.ibis.table(name)

    @staticmethod
    def _select(columns: Sequence[str], part: Selection) -> str:
        source, values = f"read_parquet({sql.texts(part.paths)})", [sql.name(column) for column in columns]
        if part.first_row is not None:
            source = f"read_parquet({sql.texts(part.paths)}, file_row_number=true)"
            values[columns.index("row_number")] = f"file_row_number + {part.first_row} AS row_number"
        query = f"SELECT {', '.join(values)} FROM {source}"
        return f"{query} WHERE {part.condition()}" if part.hidden_ranges else query

    def small(self, name: str, rows: pa.Table) -> "ir.Table":
        arrow = f"_arrow_{name}"
        self.raw.register(arrow, rows)
        self.raw.execute(f"CREATE OR REPLACE TEMP TABLE {sql.name(name)} AS SELECT * FROM {sql.name(arrow)}")
        self.raw.unregister(arrow)
        return self.ibis.table(name)

    def arrow(self, expression: "ir.Table | str") -> pa.Table:
        return self.raw.sql(self.compile(expression)).to_arrow_table()

    def keep(self, name: str, expression: "ir.Table | str") -> "ir.Table":
        """Kept as Parquet: a table in memory takes thirty times the room, and reading that back is not faster."""
        self.folder = self.folder or SpillFolder()
        self.kept.append(self.folder.path / f"{name}-{len(self.kept)}.parquet")
        self.write(expression, self.kept[-1])
        self.raw.execute(
            f"CREATE OR REPLACE TEMP VIEW {sql.name(name)} AS SELECT * FROM read_parquet({sql.text(self.kept[-1])})"
        )
        return self.ibis.table(name)

    def write(self, expression: "ir.Table | str", path: Path) -> list[Path]:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.raw.execute(f"COPY ({self.compile(expression)}) TO {sql.text(path)} {ZSTD}")
        return [path]

    def compile(self, expression: "ir.Table | str") -> str:
        """The expression as DuckDB's SQL, its whole numbers in 64 bits.

        DuckDB adds whole numbers up in 128 bits, which Arrow and Parquet would turn into floats. Ibis takes such a sum
        for 64 bits already and leaves out a cast, so it is made here.
        """
        if isinstance(expression, str):
            return expression
        query = str(self.ibis.compile(expression))
        found = self.raw.sql(query)
        wide = [sql.name(name) for name, kind in zip(found.columns, found.types, strict=True) if str(kind) == "HUGEINT"]
        if not wide:
            return query
        return f"SELECT * REPLACE ({', '.join(f'{name}::BIGINT AS {name}' for name in wide)}) FROM ({query})"

    def close(self) -> None:
        self.raw.close()
        if self.folder:
            self.folder.close()


class SparkEngine:
    """An Apache Spark session, local or on a cluster; needs ``uptake[spark]``."""

    def __init__(self, master: str) -> None:
        import ibis
        from pyspark.sql import SparkSession

        self.session = (
            SparkSession.builder.master(master)
            .appName("uptake")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.parquet.compression.codec", "zstd")
            .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "4" if master.startswith("local") else "200")
            .getOrCreate()
        )
        self.ibis = ibis.pyspark.connect(self.session)

    def files(self, name: str, selections: Sequence[Selection], schema: pa.Schema) -> "ir.Table":
        frame = None
        for part in selections:
            if not part.paths:
                continue
            read = self.session.read.parquet(*map(str, part.paths))
            if part.first_row is not None:
                read = read.selectExpr("*", f"_metadata.row_index + {part.first_row} AS row_number")
            if part.hidden_ranges:
                read = read.filter(part.condition())
            read = read.select(*schema.names)
            frame = read if frame is None else frame.unionByName(read)
        if frame is None:
            return self.small(name, schema.empty_table())
        frame.createOrReplaceTempView(name)
        return self.ibis.table(name)

    def small(self, name: str, rows: pa.Table) -> "ir.Table":
        self.session.createDataFrame(rows).createOrReplaceTempView(name)
        return self.ibis.table(name)

    def arrow(self, expression: "ir.Table | str") -> pa.Table:
        found = self.session.sql(self.compile(expression)).toArrow()
        nullable = pa.schema([field.with_nullable(True) for field in found.schema])  # Spark promises more than others
        return pa.Table.from_arrays(found.columns, schema=nullable)

    def keep(self, name: str, expression: "ir.Table | str") -> "ir.Table":
        self.session.sql(self.compile(expression)).cache().createOrReplaceTempView(name)
        return self.ibis.table(name)

    def write(self, expression: "ir.Table | str", path: Path) -> list[Path]:
        self.session.sql(self.compile(expression)).write.parquet(str(path))
        return sorted(path.glob("*.parquet"))

    def compile(self, expression: "ir.Table | str") -> str:
        """The expression as Spark's SQL, its fractions in doubles.

        Spark takes a plain 30.0 for a decimal and divides it to six places, where DuckDB gives sixteen.
        """
        if isinstance(expression, str):
            return expression
        from sqlglot import exp, parse_one

        tree = parse_one(str(self.ibis.compile(expression)), read="spark")
        for number in list(tree.find_all(exp.Literal)):
            if not number.is_string and not number.is_int:
                number.replace(exp.cast(number.copy(), "double"))
        return tree.sql(dialect="spark")

    def close(self) -> None:
        self.session.stop()


@contextmanager
def engine() -> Iterator[Engine]:
    """The engine that the workspace's settings name."""
    chosen = settings.UPTAKE.engine
    opened: Engine = DuckDBEngine() if chosen == "duckdb" else SparkEngine(chosen)
    try:
        yield opened
    finally:
        opened.close()
