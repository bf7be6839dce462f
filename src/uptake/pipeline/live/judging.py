"""What became of each row that arrived: a use, a duplicate, set aside or refused; and the uses' facts, not listed yet.

All of it happens column-wise in DuckDB:
1. A row counts once per source and event id. Ids are looked up in the facts of the time around it, and for some days after
   they came in everything the source sent; an undone import's count too: what was taken back does not come back by itself.
2. A use belongs to the account it names, else to that of its person's last ``group`` call, else to the domain of the
   person's e-mail address.
3. Uses are written as facts; other rows beside them, with their ids, by which they are known again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
from django.db.models import Q

from uptake.kit import sql
from uptake.lake import files
from uptake.lake.days import day_as_sql, runs
from uptake.lake.models import DataFile, Import
from uptake.lake.schemas import USAGE_EVENTS
from uptake.lake.wall_clock import workspace_zone
from uptake.pipeline.home import home
from uptake.pipeline.imports import MOST_EVENT_NAMES
from uptake.pipeline.live.arrivals import Arrived
from uptake.pipeline.live.models import LivePerson
from uptake.sources.convert import NAMES_ACCOUNT
from uptake.sources.domains import domain_of
from uptake.sources.live.messages import GROUP, NO_USE, ODD, USE

REMEMBERED = timedelta(days=7)
NEAR = timedelta(hours=26)  # the same event again may have its clock put right by another day's difference
AT_ONCE = 900  # values in one statement
TOO_MANY_NAMES = f"more than {MOST_EVENT_NAMES:,} different features on one day: ids belong into properties"
FORMAT = "(FORMAT parquet, COMPRESSION zstd)"

Person = tuple[str, str | None, str | None]
"""person, account, e-mail address"""

Company = tuple[str, str, str]
"""account, name, domain; empty where a group call does not tell it"""


@dataclass
class Judged:
    """What one source's rows of one day came to. rows = uses + duplicates + set aside + refused."""

    rows: int = 0
    uses: int = 0
    duplicates: int = 0
    set_aside: dict[str, int] = field(default_factory=dict)  # by reason
    refused: dict[str, int] = field(default_factory=dict)
    moved: int = 0  # uses in the future that count as of when they came
    facts: list[files.NewFile] = field(default_factory=list)
    others: Path | None = None
    days: list[date] = field(default_factory=list)  # of the uses, in the workspace's zone
    accounts: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # the most used first
    people: list[Person] = field(default_factory=list)  # where it changed
    companies: list[Company] = field(default_factory=list)
    first_at: datetime | None = None
    last_at: datetime | None = None


def others_folder() -> Path:
    """Rows that are no facts, a file per round: the ids by which they are known again, and what was set aside."""
    path = home() / "live" / "others"
    path.mkdir(parents=True, exist_ok=True)
    return path


def judge(
    con: duckdb.DuckDBPyConnection, came: Arrived, batch: Import, source: str, *, refuse_all: str | None = None
) -> Judged:
    """``refuse_all``: why nothing of it may become a fact."""
    con.register("_came", came.rows)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE came AS SELECT *, {batch.rows_read} + row_number() OVER () AS n FROM _came"
    )
    con.unregister("_came")
    _find_duplicates(con, source, came.connection_id)
    people = _find_accounts(con, came.connection_id)
    _decide(con, batch, refuse_all)
    out = _counted(con)
    if out.uses:
        _write_facts(con, batch, source, out)
        _describe(con, out)
    if out.rows > out.uses + out.duplicates:
        out.others = others_folder() / files.new_path(DataFile.Table.USAGE_EVENTS, f"{batch.pk}-others").name
        con.execute(
            f"COPY (SELECT n, event_id, kind, verdict, why, text, received FROM judged "
            f"WHERE verdict IN ('set aside', 'refused')) TO {sql.text(out.others)} {FORMAT}"
        )
    out.people = [] if refuse_all else _changed_people(con, people)
    out.companies = [] if refuse_all else _companies(con)
    return out


# Duplicates


def _find_duplicates(con: duckdb.DuckDBPyConnection, source: str, connection_id: int) -> None:
    """Table ``known``: ids that were here before. What was odd may come again as a use."""
    con.execute("CREATE OR REPLACE TEMP TABLE known (event_id VARCHAR, of_use BOOLEAN)")
    [(first, last, received, untimed)] = con.execute(
        f"SELECT min(occurred), max(occurred), min(received), bool_or(occurred = received AND kind = '{USE}') FROM came"
    ).fetchall()
    since, until = _instant(first) - NEAR, _instant(last) + NEAR
    remembered = _instant(received) - REMEMBERED
    if untimed:
        since = min(since, remembered)
    paths = _facts_around(source, since.date(), until.date())
    if paths:
        con.execute(
            f"INSERT INTO known SELECT event_id, true FROM read_parquet({sql.texts(paths)}) WHERE event_id IS NOT NULL "
            f"AND occurred_at BETWEEN TIMESTAMP '{since:%Y-%m-%d %H:%M:%S}' AND TIMESTAMP '{until:%Y-%m-%d %H:%M:%S}' "
            "AND event_id IN (SELECT event_id FROM came)"
        )
    others = _others_since(connection_id, remembered)
    if others:
        con.execute(
            f"INSERT INTO known SELECT event_id, kind = '{USE}' FROM read_parquet({sql.texts(others)}) "
            "WHERE event_id IN (SELECT event_id FROM came)"
        )


def _facts_around(source: str, first: date, last: date) -> list[Path]:
    """Also of imports that were undone; not those whose rows a larger file holds."""
    found = DataFile.objects.filter(table=DataFile.Table.USAGE_EVENTS, source=source, key=files.ONCE)
    found = found.filter(first_day__lte=last + files.ZONES_APART, last_day__gte=first - files.ZONES_APART)
    return [files.root() / path for path in found.values_list("path", flat=True)]


def _others_since(connection_id: int, since: datetime) -> list[Path]:
    lately = Q(finished_at=None) | Q(finished_at__gte=since)
    found = Import.objects.filter(lately, connection_id=connection_id).values_list("report__others", flat=True)
    return [others_folder() / name for names in found for name in names or ()]


# Accounts


def _find_accounts(con: duckdb.DuckDBPyConnection, connection_id: int) -> list[Person]:
    """Tables ``fresh`` (rows with their account and whether they are the first of their id) and ``told``.

    Returns what was known of the people before.
    """
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE numbered AS SELECT *, row_number() OVER "
        f"(PARTITION BY coalesce(event_id, 'row ' || n), kind = '{USE}' ORDER BY n) = 1 AND (event_id IS NULL OR "
        f"(event_id, kind = '{USE}') NOT IN (SELECT event_id, of_use FROM known)) AS is_first FROM came"
    )
    said = [
        row[0]
        for row in con.execute(
            "SELECT DISTINCT unnest([visitor_id, other_id]) AS person FROM numbered WHERE is_first AND kind <> 'odd'"
        ).fetchall()
        if row[0] is not None
    ]
    people = _people(connection_id, said)
    con.register(
        "_people",
        pa.Table.from_pylist(
            [{"person": person, "account": account, "email": email} for person, account, email in people],
            pa.schema([("person", pa.string()), ("account", pa.string()), ("email", pa.string())]),
        ),
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE told AS
        SELECT person, 0::BIGINT AS n, account, email FROM _people
        UNION ALL SELECT person, n, CASE WHEN kind = '{GROUP}' THEN account_id END, email
        FROM (SELECT *, unnest([visitor_id, other_id]) AS person FROM numbered
              WHERE is_first AND (kind = '{GROUP}' OR email IS NOT NULL)) WHERE person IS NOT NULL"""
    )
    con.unregister("_people")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT r.* EXCLUDE (account_id, email), coalesce(r.account_id, g.account, {domain_of("e.email")},
            {domain_of("r.visitor_id")}) AS account_id
        FROM numbered r
        ASOF LEFT JOIN (SELECT * FROM told WHERE account IS NOT NULL) g ON r.visitor_id = g.person AND r.n >= g.n
        ASOF LEFT JOIN (SELECT * FROM told WHERE email IS NOT NULL) e ON r.visitor_id = e.person AND r.n >= e.n"""
    )
    return people


def _people(connection_id: int, said: Sequence[str]) -> list[Person]:
    found: list[Person] = []
    for start in range(0, len(said), AT_ONCE):
        rows = LivePerson.objects.filter(connection_id=connection_id, person__in=said[start : start + AT_ONCE])
        found += [
            (person, account or None, email or None)
            for person, account, email in rows.values_list("person", "account_id", "email")
        ]
    return found


def _changed_people(con: duckdb.DuckDBPyConnection, before: Iterable[Person]) -> list[Person]:
    known = {person: (account, email) for person, account, email in before}
    rows = con.execute(
        "SELECT person, last(account ORDER BY n) FILTER (account IS NOT NULL), "
        "last(email ORDER BY n) FILTER (email IS NOT NULL) FROM told WHERE person IN (SELECT person FROM told WHERE n > 0) "
        "GROUP BY person ORDER BY person"
    ).fetchall()
    return [(person, account, email) for person, account, email in rows if known.get(person) != (account, email)]


def _companies(con: duckdb.DuckDBPyConnection) -> list[Company]:
    return con.execute(
        f"SELECT account_id, coalesce(last(name ORDER BY n) FILTER (name IS NOT NULL), ''), "
        f"coalesce(last(domain ORDER BY n) FILTER (domain IS NOT NULL), '') FROM numbered "
        f"WHERE is_first AND kind = '{GROUP}' AND (name IS NOT NULL OR domain IS NOT NULL) GROUP BY account_id ORDER BY ALL"
    ).fetchall()


# Verdicts


def _decide(con: duckdb.DuckDBPyConnection, batch: Import, refuse_all: str | None) -> None:
    """Table ``judged``: each row with its verdict and why."""
    if refuse_all:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE judged AS SELECT *, 'refused' AS verdict, {sql.text(refuse_all)} AS why FROM fresh"
        )
        return
    _find_names(con, batch)
    no_use = " ".join(f"WHEN {sql.text(kind)} THEN {sql.text(reason)}" for kind, reason in NO_USE.items())
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE judged AS SELECT *,
        CASE WHEN NOT is_first THEN 'duplicate' WHEN kind = '{ODD}' THEN 'set aside' WHEN kind <> '{USE}' THEN 'refused'
             WHEN event_name NOT IN (SELECT event_name FROM names) THEN 'set aside' ELSE 'use' END AS verdict,
        CASE WHEN kind = '{ODD}' THEN reason WHEN kind <> '{USE}' THEN CASE kind {no_use} END
             ELSE {sql.text(TOO_MANY_NAMES)} END AS why
        FROM fresh"""
    )


def _find_names(con: duckdb.DuckDBPyConnection, batch: Import) -> None:
    """Table ``names``: event names that may be: those of the day so far, and as many new ones as there is room for."""
    known = [name for _, name in batch.report.get("eventNames", [])]
    con.register("_names", pa.table({"event_name": pa.array(known, pa.string())}))
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE names AS SELECT event_name FROM _names UNION ALL
        (SELECT event_name FROM fresh WHERE is_first AND kind = '{USE}' AND event_name NOT IN (SELECT event_name FROM _names)
         GROUP BY event_name ORDER BY min(n) LIMIT {max(0, MOST_EVENT_NAMES - len(known))})"""
    )
    con.unregister("_names")


def _counted(con: duckdb.DuckDBPyConnection) -> Judged:
    out = Judged()
    for verdict, why, rows in con.execute(
        "SELECT verdict, CASE WHEN verdict IN ('set aside', 'refused') THEN why END AS reason, count(*) FROM judged "
        "GROUP BY ALL ORDER BY 3 DESC, 2"
    ).fetchall():
        out.rows += rows
        if verdict == "use":
            out.uses += rows
        elif verdict == "duplicate":
            out.duplicates += rows
        else:
            (out.set_aside if verdict == "set aside" else out.refused)[why] = rows
    return out


# Facts


def _write_facts(con: duckdb.DuckDBPyConnection, batch: Import, source: str, out: Judged) -> None:
    """A file for each run of days: a late event of last year must not make today's file reach back a year."""
    con.execute(
        f"""CREATE OR REPLACE TEMP VIEW facts AS SELECT {sql.text(source)} AS source, account_id, visitor_id, event_name,
        make_timestamp(occurred) AS occurred_at, NULL::DATE AS occurred_on, 'event' AS grain, uses AS event_count,
        seconds AS duration_seconds, session_id, event_id, {batch.pk}::BIGINT AS import_id, 1::INTEGER AS file_number,
        n AS row_number FROM judged WHERE verdict = 'use'"""
    )
    [(first, last)] = con.execute("SELECT min(occurred_at), max(occurred_at) FROM facts").fetchall()
    out.first_at, out.last_at = first, last
    day = day_as_sql(workspace_zone(), first.date(), last.date())
    out.days = [row[0] for row in con.execute(f"SELECT DISTINCT {day} FROM facts ORDER BY 1").fetchall()]
    columns = ", ".join(USAGE_EVENTS.names)
    for first_day, last_day in runs(out.days):
        path = files.new_path(DataFile.Table.USAGE_EVENTS, f"{batch.pk}-{source}")
        chosen = f"WHERE {day} BETWEEN DATE '{first_day}' AND DATE '{last_day}'"
        [(rows,)] = con.execute(
            f"COPY (SELECT {columns} FROM facts {chosen} ORDER BY row_number) TO {sql.text(path)} {FORMAT}"
        ).fetchall()
        out.facts.append(files.NewFile(path, source, rows, first_day, last_day, key=files.ONCE))


def _describe(con: duckdb.DuckDBPyConnection, out: Judged) -> None:
    [(out.moved,)] = con.execute("SELECT count(*) FILTER (moved) FROM judged WHERE verdict = 'use'").fetchall()
    out.accounts = [
        row[0]
        for row in con.execute(f"SELECT DISTINCT account_id FROM facts WHERE {NAMES_ACCOUNT} ORDER BY 1").fetchall()
    ]
    out.names = [
        row[0] for row in con.execute("SELECT event_name FROM facts GROUP BY 1 ORDER BY count(*) DESC, 1").fetchall()
    ]


def _instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
