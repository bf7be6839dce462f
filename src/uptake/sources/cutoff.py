"""Whether a file has exactly as many rows as its platform hands out at most."""

from collections.abc import Sequence

import duckdb

from uptake.sources.reading import Table


def cut_off_warnings(table: Table, limits: Sequence[int]) -> tuple[str, ...]:
    """A warning where the table's rows are exactly one of the platform's limits. Counts no further than the largest."""
    with duckdb.connect() as con:
        query = f"SELECT count(*) FROM (SELECT 1 FROM {table.relation} LIMIT {max(limits) + 1})"
        [rows] = con.execute(query).fetchone() or (0,)
    if rows not in limits:
        return ()
    return (f"{table.name} has exactly {rows:,} rows, the platform's limit: the rest is probably missing.",)
