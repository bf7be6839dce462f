"""How much of a new import is live already: counted before it is committed, by the rules that count uses later."""

from dataclasses import dataclass

import duckdb

from uptake.kit import sql
from uptake.lake import files
from uptake.lake.derive import CONTENT
from uptake.lake.models import DataFile, Import
from uptake.sources.convert import Converted


@dataclass(frozen=True)
class Duplicates:
    """Rows of the new import that stand for uses which are counted already, and ids that clash with live ones only."""

    known: int = 0  # they are live already
    twice: int = 0  # they stand in another file of this import
    clashes: int = 0  # ids that do not clash within the import itself


def duplicates_of(con: duckdb.DuckDBPyConnection, converted: Converted, *, beside: int | None = None) -> Duplicates:
    """Compare the new facts (view ``good``) with the live facts of the same platform and time.

    ``beside``: the connection that brought them, whose older facts of these days they stand in for.
    """
    known = twice = clashes = 0
    if converted.first_day is None or converted.last_day is None:
        return Duplicates()
    for source in converted.sources:
        live = files.live(
            DataFile.Table.USAGE_EVENTS, source=source, ranges=[(converted.first_day, converted.last_day)]
        )
        if beside is not None:
            own = set(Import.objects.filter(connection_id=beside).values_list("pk", flat=True))
            live = [file for file in live if file.brought_by_id not in own]
        if not live and not converted.of_many_files:
            continue
        _views(con, source, [str(files.root() / file.path) for file in live], converted)
        for query in (KNOWN_WITH_ID, KNOWN_WITHOUT_ID, KNOWN_TOTALS):
            known += _number(con, query)
        if converted.of_many_files:
            twice += _number(con, TWICE_WITHOUT_ID)
        clashes += _number(con, CLASHES)
    return Duplicates(known, twice, clashes)


def _views(con: duckdb.DuckDBPyConnection, source: str, live: list[str], converted: Converted) -> None:
    columns = ", ".join(CONTENT)
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW new_rows AS SELECT {columns}, file_number FROM good WHERE source = {sql.text(source)}"
    )
    # Without live facts the files of the import are still compared with each other.
    source_of_live = f"read_parquet({sql.texts(live)}, union_by_name=true)" if live else "(SELECT * FROM good LIMIT 0)"
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW live_rows AS SELECT {', '.join(CONTENT)}, import_id, file_number "
        f"FROM {source_of_live} WHERE occurred_at BETWEEN "
        f"TIMESTAMP '{converted.first_at}' AND TIMESTAMP '{converted.last_at}' "
        f"OR occurred_on BETWEEN DATE '{converted.first_day}' AND DATE '{converted.last_day}'"
    )


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    [(count,)] = con.execute(query).fetchall()
    return int(count or 0)


_CONTENT = ", ".join(CONTENT)
_SAME = " AND ".join(f"n.{name} IS NOT DISTINCT FROM l.{name}" for name in CONTENT if name != "event_id")
_KEY = "source, account_id, visitor_id, event_name, grain, total_at"
_TOTALS = "SELECT *, coalesce(occurred_on::TIMESTAMP, occurred_at) AS total_at FROM"

KNOWN_WITH_ID = f"""
SELECT count(*) FROM (SELECT DISTINCT {_CONTENT} FROM new_rows WHERE grain = 'event' AND event_id IS NOT NULL) n
SEMI JOIN (SELECT DISTINCT {_CONTENT} FROM live_rows WHERE grain = 'event' AND event_id IS NOT NULL) l
ON n.event_id = l.event_id AND {_SAME}"""

# An id that stands on several contents in the new files is counted there already, as one clash.
CLASHES = f"""
WITH contents AS (SELECT DISTINCT {_CONTENT} FROM new_rows WHERE grain = 'event' AND event_id IS NOT NULL),
  clashing AS (SELECT DISTINCT n.event_id FROM contents n
    JOIN (SELECT DISTINCT {_CONTENT} FROM live_rows WHERE grain = 'event' AND event_id IS NOT NULL) l
    ON n.event_id = l.event_id AND NOT ({_SAME}))
SELECT count(*) FROM (SELECT event_id FROM contents WHERE event_id IN (FROM clashing) GROUP BY 1 HAVING count(*) = 1)"""

# As many copies as the fullest single file has: what a new file holds beyond that is new.
KNOWN_WITHOUT_ID = f"""
WITH new_copies AS (SELECT {_CONTENT}, file_number, count(*) AS copies FROM new_rows
    WHERE grain = 'event' AND event_id IS NULL GROUP BY ALL),
  fullest_new AS (SELECT {_CONTENT}, max(copies) AS most FROM new_copies GROUP BY ALL),
  live_copies AS (SELECT {_CONTENT}, import_id, file_number, count(*) AS copies FROM live_rows
    WHERE grain = 'event' AND event_id IS NULL GROUP BY ALL),
  fullest_live AS (SELECT {_CONTENT}, max(copies) AS most FROM live_copies GROUP BY ALL)
SELECT sum(least(n.most, l.most)) FROM fullest_new n
JOIN fullest_live l ON n.event_id IS NOT DISTINCT FROM l.event_id AND {_SAME}"""

# Of the import's own files too the fullest counts.
TWICE_WITHOUT_ID = f"""
WITH new_copies AS (SELECT {_CONTENT}, file_number, count(*) AS copies FROM new_rows
    WHERE grain = 'event' AND event_id IS NULL GROUP BY ALL)
SELECT sum(written - most) FROM
  (SELECT {_CONTENT}, max(copies) AS most, sum(copies) AS written FROM new_copies GROUP BY ALL)"""

# A total that comes again unchanged says nothing new; a changed one replaces the old.
KNOWN_TOTALS = f"""
WITH new_totals AS (SELECT {_KEY}, sum(event_count) AS uses, count(*) AS written FROM ({_TOTALS} new_rows)
    WHERE grain <> 'event' GROUP BY ALL),
  newest AS (SELECT * FROM ({_TOTALS} live_rows) WHERE grain <> 'event' QUALIFY import_id = max(import_id) OVER (PARTITION BY {_KEY})),
  live_totals AS (SELECT {_KEY}, sum(event_count) AS uses FROM newest GROUP BY ALL)
SELECT sum(n.written) FROM new_totals n JOIN live_totals l ON n.uses = l.uses AND
  {" AND ".join(f"n.{name.strip()} IS NOT DISTINCT FROM l.{name.strip()}" for name in _KEY.split(","))}"""
