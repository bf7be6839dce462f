"""Pendo's guide events -> canonical guide events: who was shown which step of which guide, and what they did with it.

One line of JSON is one event, as the aggregation API's ``guideEvents`` has it. Completion is no event of Pendo: it is the
last step advanced, which whoever counts it knows from the guide's list of steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from uptake.kit import sql
from uptake.lake.days import offsets
from uptake.lake.engine import ZSTD, duckdb_connection
from uptake.lake.schemas import GUIDE_EVENTS, MISSING
from uptake.sources.expressions import EARLIEST

KINDS: Mapping[str, str] = {
    "guideSeen": "seen",
    "guideAdvanced": "advanced",
    "guideDismissed": "dismissed",
    "guideSnoozed": "snoozed",
    "guideTimeout": "timed out",
    "guideActivity": "clicked",
}
PROBLEMS = (
    ("guide_id IS NULL", "no guide"),
    ("kind IS NULL", "a kind of event that is not known"),
    ("occurred_at IS NULL", "no time that can be read"),
    (f"occurred_at < TIMESTAMP '{EARLIEST.isoformat()}'", f"the time is before {EARLIEST.year}"),
    ("occurred_at > now()::TIMESTAMP + INTERVAL 1 DAY", "the time is in the future"),
)


@dataclass(frozen=True)
class GuideFacts:
    """What was written."""

    rows: int
    set_aside: dict[str, int]  # reason -> rows
    days: tuple[date, ...]  # the first and the last day; empty without rows


def convert(path: Path, out: Path, *, import_id: int, source: str, zone: str) -> GuideFacts:
    """Write the events of a file of JSON lines as Parquet. ``zone``: in which the platform's days begin."""
    con = duckdb_connection()
    try:
        con.execute(f"CREATE TEMP TABLE came AS {_came(path)}")
        [(first, last)] = con.execute("SELECT min(occurred_at), max(occurred_at) FROM came").fetchall()
        day = _day(zone, first.date(), last.date()) if first else "NULL::DATE"
        problem = "CASE " + " ".join(f"WHEN {test} THEN {sql.text(said)}" for test, said in PROBLEMS) + " END"
        con.execute(f"CREATE TEMP VIEW judged AS SELECT *, {day} AS day, {problem} AS problem FROM came")
        columns = {"source": sql.text(source), "import_id": f"{import_id}::BIGINT"}
        chosen = ", ".join(f"{columns.get(name, name)} AS {name}" for name in GUIDE_EVENTS.names)
        good = "FROM judged WHERE problem IS NULL"
        con.execute(f"COPY (SELECT {chosen} {good} ORDER BY account_id, occurred_at) TO {sql.text(out)} {ZSTD}")
        [(rows, since, to)] = con.execute(f"SELECT count(*), min(day), max(day) {good}").fetchall()
        bad = con.execute("SELECT problem, count(*) FROM judged WHERE problem IS NOT NULL GROUP BY 1").fetchall()
    finally:
        con.close()
    return GuideFacts(rows, dict(bad), (since, to) if rows else ())


def _came(path: Path) -> str:
    missing = sql.texts(MISSING)
    kinds = " ".join(f"WHEN {sql.text(name)} THEN {sql.text(kind)}" for name, kind in KINDS.items())

    def named(key: str) -> str:
        text = f"trim(json_extract_string(json, '$.{key}'))"
        return f"CASE WHEN lower({text}) NOT IN ({missing[1:-1]}) THEN {text} END"

    milliseconds = "TRY_CAST(json_extract_string(json, '$.browserTime') AS DOUBLE)"
    return (
        f"SELECT row_number() OVER () AS row_number, {named('accountId')} AS account_id, "
        f"{named('visitorId')} AS visitor_id, {named('guideId')} AS guide_id, {named('guideStepId')} AS step_id, "
        f"CASE json_extract_string(json, '$.type') {kinds} END AS kind, "
        f"CASE WHEN {milliseconds} BETWEEN 0 AND 32503680000000 THEN make_timestamp(({milliseconds} * 1000)::BIGINT) END "
        f"AS occurred_at FROM read_ndjson_objects({sql.text(path)})"
    )


def _day(zone: str, first: date, last: date) -> str:
    """The calendar day of an instant in the zone."""
    *changes, (_, final) = offsets(zone, first, last)
    moved = f"occurred_at + INTERVAL ({int(final.total_seconds())}) SECOND"
    cases = [
        f"WHEN occurred_at < TIMESTAMP '{until.isoformat(' ')}' "
        f"THEN occurred_at + INTERVAL ({int(shift.total_seconds())}) SECOND"
        for until, shift in changes
        if until
    ]
    return f"CAST(CASE {' '.join(cases)} ELSE {moved} END AS DATE)" if cases else f"CAST({moved} AS DATE)"
