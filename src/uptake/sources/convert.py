"""Run Readings over whole tables: canonical facts as Parquet, and what could not be one, with its reason.

All of it happens column-wise inside a DuckDB file of its own, which is gone afterwards:
1. ``stage``: each table is read once, renamed and typed;
2. every row gets at most one problem; repeated totals are found;
3. rows without a problem are written as facts, the others as a CSV that a person can open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from uptake.customers.names import LONGEST_TEXT
from uptake.kit import sql
from uptake.kit.errors import ProductError
from uptake.lake.days import day_as_sql
from uptake.lake.derive import CONTENT
from uptake.lake.schemas import USAGE_EVENTS
from uptake.sources import many, straight
from uptake.sources.expressions import EARLIEST, MOST_USES, are_odd, cleaned, is_constant, total_day, total_start
from uptake.sources.reading import TABLE_ROW, Reading, Table
from uptake.sources.staging import IDS, NAMES, is_large, rows_as_text, staged, staging_query, zone_of
from uptake.sources.tables import tolerant

NAMES_ACCOUNT = f"length(account_id) <= {LONGEST_TEXT} AND NOT contains(account_id, chr(0))"  # as attribution takes it
REFUSED = "refused:"  # before a reason: the row is no record of use, rather than a bad one


@dataclass(frozen=True)
class Reason:
    """So many rows for one reason."""

    reason: str
    rows: int


@dataclass(frozen=True)
class Facts:
    """One Parquet file of facts."""

    source: str
    path: Path
    rows: int
    first_row: (
        int | None
    )  # the n-th row of the file (from 0) is row first_row + n of what was read; None: it says so itself
    people: str = ""  # the table of its different (source, account_id, visitor_id), where there is one already


@dataclass
class Converted:
    """What one import's tables came to. rows_read = good + repeated + set aside + refused."""

    rows_read: int = 0
    good: int = 0  # rows that became facts, repeats of an event id among them
    repeated: int = 0  # rows of a total that the file holds twice: not written again
    same_id: int = 0  # among ``good``: rows whose event id and content stand in the import already
    clashes: int = 0  # event ids that stand on rows of different content: all kept
    set_aside: list[Reason] = field(default_factory=list)
    refused: list[Reason] = field(default_factory=list)
    of_many_files: bool = False  # files of the import may hold the same uses
    unassigned: int = 0  # facts that name no customer, or by a text that is no name
    first_at: datetime | None = None
    last_at: datetime | None = None
    days: dict[str, list[date]] = field(default_factory=dict)  # per source those with facts, in the workspace's zone
    accounts: list[tuple[str, str]] = field(default_factory=list)  # (source, account id), as written
    visitors: int = 0  # of accounts: the same id at two is two people, and who is at none is not counted
    facts: list[Facts] = field(default_factory=list)
    set_aside_file: Path | None = None

    @property
    def sources(self) -> list[str]:
        """The platforms that facts came from."""
        return sorted({each.source for each in self.facts})

    @property
    def first_day(self) -> date | None:
        return min((days[0] for days in self.days.values()), default=None)

    @property
    def last_day(self) -> date | None:
        return max((days[-1] for days in self.days.values()), default=None)

    @property
    def set_aside_rows(self) -> int:
        return sum(each.rows for each in self.set_aside)

    @property
    def refused_rows(self) -> int:
        return sum(each.rows for each in self.refused)


class Conversion:
    """One import being converted, on a DuckDB connection of its own."""

    def __init__(self, con: duckdb.DuckDBPyConnection, *, import_id: int, workspace_zone: str, latest: date) -> None:
        self.con = con
        self.import_id = import_id
        self.workspace_zone = workspace_zone
        self.latest = latest  # a later day cannot have happened yet
        self.staged: list[tuple[int, Table, Reading]] = []
        self.groups: dict[str, Group] = {}
        self.facts: list[Facts] = []

    def convert(
        self,
        tables: Sequence[tuple[Table, Reading]],
        *,
        facts_path_of: Callable[[str], Path],
        set_aside_path: Path,
        work: Path,
    ) -> Converted:
        """Write facts and what was set aside.

        ``facts_path_of(source)`` names a new file for a platform's facts; ``work`` is for what a damaged file needs.
        Leaves the view ``good``: the facts as written. Raises ProductError for a file that cannot be read at all.
        """
        out = Converted()
        others = []
        for number, (table, reading) in enumerate(tables, start=1):
            path = facts_path_of(reading.platform)
            written = straight.write(self.con, number, table, reading, self.import_id, path, self.latest)
            if written is None:
                others.append((number, table, reading))
            else:
                self.facts.append(Facts(reading.platform, path, written, table.first_row, straight.people_of(number)))
        for batch in many.batches(others):
            self._stage_all(batch, work)
        if self.staged:
            self._judge_all(out)
            self._collect_reasons(set_aside_path, out)
            self._write_facts(facts_path_of)
        out.facts = self.facts
        out.good = sum(each.rows for each in self.facts)
        if out.facts:
            self._describe([reading for _, reading in tables], out)
        out.rows_read = out.good + out.repeated + out.set_aside_rows + out.refused_rows
        return out

    def _stage_all(self, batch: many.Batch, work: Path) -> None:
        """Tables that are read alike; where one of them is damaged each by itself, which tells which it is."""
        if len(batch) == 1 or not self._stage_together(batch):
            for number, table, reading in batch:
                self._stage(number, table, reading, work)

    def _stage_together(self, batch: many.Batch) -> bool:
        """Whether that went well; otherwise nothing is staged."""
        _, table, reading = batch[0]
        key = f"{many.likeness(reading)} together"
        group = self.groups.get(key) or Group(len(self.groups) + 1, reading, None, is_of_many=True)
        query = staging_query(None, replace(table, relation=many.relation(batch)), reading)
        try:
            with zone_of(self.con, reading):
                many.stage(self.con, batch, query, raw=group.raw, places=group.places)
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            return False
        self.groups[key] = group
        self.staged += batch
        return True

    def _stage(self, file_number: int, table: Table, reading: Reading, work: Path) -> None:
        """Read one table that is not clean, or whose totals must be compared."""
        try:
            self._create(file_number, table, reading)
        except duckdb.InterruptException:
            raise
        except duckdb.Error as why:
            if table.numbered and table.kind != "json":
                raise ProductError(f"{table.name} cannot be read: {_first_line(why)}.") from why
            table = tolerant(table, self.con, work)
            self._create(file_number, table, reading)
        self.staged.append((file_number, table, reading))

    def _create(self, file_number: int, table: Table, reading: Reading) -> None:
        """Files that are read alike, such as an export's hours, are staged together."""
        large = is_large(table, reading)
        key = f"{file_number}" if large else many.likeness(reading)
        query = staging_query(file_number, table, reading)
        with zone_of(self.con, reading):
            if key in self.groups:
                self.con.execute(f"INSERT INTO {self.groups[key].raw} {query}")
                return
            group = Group(len(self.groups) + 1, reading, table.first_row if large else None)
            self.con.execute(f"CREATE OR REPLACE TABLE {group.raw} AS {query}")
            self.groups[key] = group

    def _judge_all(self, out: Converted) -> None:
        for group in self.groups.values():
            self._judge(group)
        for _, table, _ in self.staged:
            out.refused += [Reason(refusal.reason, len(refusal.rows)) for refusal in table.refused]
        self._mark_repeats(out)

    def _judge(self, group: "Group") -> None:
        """A view over a staged table: canonical columns and the row's problem."""
        reading = group.reading
        columns = ", ".join(f"{self._clean(group, name)} AS {name}" for name in (*NAMES, *IDS))
        row = "table_row" if group.first_row is None else f"rowid + {group.first_row}"
        self.con.execute(
            f"CREATE OR REPLACE VIEW {group.judged} AS SELECT *, {self._problem(reading)} AS problem FROM ("
            f"SELECT file_number, ({row})::BIGINT AS row_number, {columns}, "
            f"utc, {total_start(reading, 'utc')} AS occurred_at, {total_day(reading, 'utc')} AS occurred_on, "
            f"{staged(reading, 'uses')} AS uses, {staged(reading, 'seconds')} AS seconds, when_text, uses_text, "
            f"seconds_text, {'is_usage' if reading.where else 'true'} AS is_usage, is_record, identity, "
            f"{sql.text(reading.platform)} AS source, {sql.text(reading.grain)} AS grain FROM {group.source})"
        )

    def _clean(self, group: "Group", name: str) -> str:
        """The column, rid of spaces and of words that mean nothing, where it has any. Looks at distinct values only."""
        if name in IDS:
            return f"nullif({name}, '')"
        return cleaned(name) if are_odd(self.con, name, group.raw) else name

    def _problem(self, reading: Reading) -> str:
        late = f"DATE '{self.latest.isoformat()}'"
        checks = [
            ("NOT is_record", "'the line is not readable'"),
            ("NOT is_usage", f"'{REFUSED}' || {sql.text(reading.where_reason)}"),
            ("event_name IS NULL", "'no feature'"),
            ("occurred_at IS NULL AND when_text IS NULL", "'no date'"),
            ("occurred_at IS NULL", "'the date is not readable'"),
            (f"utc < TIMESTAMP '{EARLIEST.isoformat()}'", f"'the date is before {EARLIEST.year}'"),
            (f"CAST(occurred_at AS DATE) > {late}", "'the date is in the future'"),
            ("uses IS NULL AND uses_text IS NULL", "'the count is empty'"),
            ("uses IS NULL OR uses <> floor(uses)", "'the count is not a whole number'"),
            ("uses < 0", "'the count is negative'"),
            ("uses = 0", f"'{REFUSED}the count is 0: no use'"),
            (f"uses > {MOST_USES}", f"'the count is over {MOST_USES:,}'"),
            ("seconds IS NULL AND seconds_text IS NOT NULL", "'the duration is not a number'"),
            ("NOT isfinite(seconds)", "'the duration is not a number'"),
            ("seconds < 0", "'the duration is negative'"),
        ]
        return "CASE " + " ".join(f"WHEN {test} THEN {reason}" for test, reason in checks) + " END"

    def _mark_repeats(self, out: Converted) -> None:
        """Totals that stand in the import more than once, whole row for whole row; only the first is a fact."""
        views = " UNION ALL ".join(f"SELECT * FROM {group.judged}" for group in self.groups.values())
        self.con.execute(f"CREATE OR REPLACE VIEW judged AS {views}")
        if all(reading.grain == "event" for _, _, reading in self.staged):
            self.con.execute("CREATE OR REPLACE VIEW fit AS SELECT * FROM judged WHERE problem IS NULL")
            return
        self.con.execute(
            "CREATE OR REPLACE TABLE repeats AS SELECT file_number, row_number, event_name, occurred_at FROM judged "
            "WHERE problem IS NULL AND grain <> 'event' QUALIFY row_number() OVER "
            "(PARTITION BY source, identity, account_id, visitor_id, event_name, occurred_at ORDER BY file_number, row_number) > 1"
        )
        out.repeated = self._count("SELECT count(*) FROM repeats")
        self.con.execute(
            "CREATE OR REPLACE VIEW fit AS SELECT * FROM judged WHERE problem IS NULL"
            + (
                " AND (file_number, row_number, event_name, occurred_at) NOT IN "
                "(SELECT file_number, row_number, event_name, occurred_at FROM repeats)"
                if out.repeated
                else ""
            )
        )

    def _collect_reasons(self, path: Path, out: Converted) -> None:
        reasons = self.con.execute(
            "SELECT problem, count(*) FROM judged WHERE problem IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        broken = [(number_, table.broken_rows) for number_, table, _ in self.staged if table.broken_rows]
        for _, relation in broken:
            reasons += self.con.execute(
                f"SELECT reason, count(*) FROM {relation} GROUP BY 1 ORDER BY 2 DESC"
            ).fetchall()
        for reason, rows in reasons:
            if reason.startswith(REFUSED):
                out.refused.append(Reason(reason.removeprefix(REFUSED), rows))
            else:
                out.set_aside.append(Reason(reason, rows))
        if out.set_aside:
            self._write_set_aside(path, broken)
            out.set_aside_file = path

    def _write_set_aside(self, path: Path, broken: Sequence[tuple[int, str | None]]) -> None:
        """A CSV of file, row, reason and the row as it was; cells that a spreadsheet would calculate are disarmed."""
        troubled = {
            row[0]
            for row in self.con.execute("SELECT DISTINCT file_number FROM judged WHERE problem IS NOT NULL").fetchall()
        }
        parts = [
            f"SELECT {sql.text(table.name)} AS file, r AS row, problem AS reason, text FROM "
            f"(SELECT row_number AS r, min(problem) AS problem FROM judged WHERE file_number = {number_} "
            f"AND problem IS NOT NULL AND NOT starts_with(problem, '{REFUSED}') GROUP BY 1) "
            f"JOIN ({rows_as_text(table)}) USING (r)"
            for number_, table, _ in self.staged
            if number_ in troubled
        ]
        names = {number_: table.name for number_, table, _ in self.staged}
        parts += [
            f"SELECT {sql.text(names[number_])} AS file, {TABLE_ROW} AS row, reason, text FROM {relation}"
            for number_, relation in broken
        ]
        file, text = (
            f"CASE WHEN substr({name}, 1, 1) IN ('=', '+', '-', '@', chr(9), chr(13)) THEN '''' || {name} ELSE {name} END"
            for name in ("bad.file", "bad.text")
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        self.con.execute(
            f"COPY (SELECT {file} AS file, row, reason, {text} AS text FROM ({' UNION ALL '.join(parts)}) AS bad "
            "ORDER BY bad.file, row) "
            f"TO {sql.text(path)} (FORMAT csv, HEADER)"
        )

    def _write_facts(self, facts_path_of: Callable[[str], Path]) -> None:
        for source in sorted({reading.platform for _, _, reading in self.staged}):
            path = facts_path_of(source)
            rows = self._count(
                f"COPY (SELECT {_fact_columns(self.import_id)} FROM fit WHERE source = {sql.text(source)}) "
                f"TO {sql.text(path)} {straight.FACTS_FORMAT}"
            )
            if rows:
                self.facts.append(Facts(source, path, rows, first_row=None))
            else:
                path.unlink()

    def _describe(self, readings: Sequence[Reading], out: Converted) -> None:
        """Count over the facts as they were written."""
        view_facts(self.con, out.facts)
        [row] = self.con.execute(
            f"SELECT min(occurred_at), max(occurred_at), count(*) FILTER (({NAMES_ACCOUNT}) IS NOT true), "
            "count(DISTINCT file_number) > 1 OR count(DISTINCT grain) > 1 FROM good"
        ).fetchall()
        first_at, last_at, out.unassigned, out.of_many_files = row
        out.first_at, out.last_at = first_at, last_at
        day = day_as_sql(self.workspace_zone, first_at.date(), last_at.date())
        for source, on in self.con.execute(f"SELECT DISTINCT source, {day} FROM good ORDER BY ALL").fetchall():
            out.days.setdefault(source, []).append(on)
        out.accounts, out.visitors = self._people()
        if any(not is_constant(reading.event_id) for reading in readings):
            out.same_id, out.clashes = self._repeated_ids()

    def _repeated_ids(self) -> tuple[int, int]:
        """How many rows stand on an id and content that another row has already, and how many ids on several contents.

        Ids whose short mark stands alone cannot repeat: they are nearly all, and to find that out takes a sixth of the time.
        """
        marks = "SELECT hash(source, event_id) AS mark FROM good WHERE event_id IS NOT NULL AND grain = 'event'"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE marks AS {marks} GROUP BY ALL HAVING count(*) > 1")
        [(same, clashes)] = self.con.execute(
            f"WITH contents AS (SELECT {', '.join(CONTENT)}, count(*) AS copies FROM good WHERE event_id IS NOT NULL "
            "AND grain = 'event' AND hash(source, event_id) IN (SELECT mark FROM marks) GROUP BY ALL), "
            "per_id AS (SELECT source, event_id, sum(copies) AS rows, count(*) AS contents FROM contents GROUP BY ALL) "
            "SELECT coalesce(sum(rows - contents), 0)::BIGINT, count(*) FILTER (contents > 1) FROM per_id"
        ).fetchall()
        self.con.execute("DROP TABLE marks")
        return same, clashes

    def _people(self) -> tuple[list[tuple[str, str]], int]:
        """The accounts that the facts name, and how many visitors they have."""
        each = " UNION ALL ".join(
            f"SELECT source, account_id, visitor_id FROM {facts.people or f'read_parquet({sql.text(facts.path)})'}"
            for facts in self.facts
        )
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE people AS SELECT DISTINCT * FROM ({each})")
        accounts = f"SELECT DISTINCT source, account_id FROM people WHERE {NAMES_ACCOUNT} ORDER BY ALL"
        named = f"SELECT DISTINCT account_id, visitor_id FROM people WHERE visitor_id IS NOT NULL AND {NAMES_ACCOUNT}"
        return self.con.execute(accounts).fetchall(), self._count(f"SELECT count(*) FROM ({named})")

    def _count(self, query: str) -> int:
        [(count,)] = self.con.execute(query).fetchall()
        return int(count)


def view_facts(con: duckdb.DuckDBPyConnection, facts: Sequence[Facts]) -> None:
    """The view ``good``: these files' rows by their canonical columns."""
    columns = ", ".join(name for name in USAGE_EVENTS.names if name != "row_number")
    paths = sql.texts(each.path for each in facts)
    con.execute(f"CREATE OR REPLACE VIEW good AS SELECT {columns} FROM read_parquet({paths}, union_by_name=true)")


@dataclass(frozen=True)
class Group:
    """Tables that are read alike, staged as one."""

    number: int
    reading: Reading
    first_row: int | None  # of its only table, where the place tells the row
    is_of_many: bool = False  # staged by ``many``: file and row are told by the place

    @property
    def raw(self) -> str:
        return f"raw_{self.number}"

    @property
    def places(self) -> str:
        return f"places_{self.number}"

    @property
    def source(self) -> str:
        return many.with_places(self.raw, self.places) if self.is_of_many else self.raw

    @property
    def judged(self) -> str:
        return f"judged_{self.number}"


def _fact_columns(import_id: int) -> str:
    renamed = {
        "event_count": "uses::BIGINT AS event_count",
        "duration_seconds": "seconds AS duration_seconds",
        "import_id": f"{import_id}::BIGINT AS import_id",
    }
    return ", ".join(renamed.get(name, name) for name in USAGE_EVENTS.names)


def _first_line(why: Exception) -> str:
    return str(why).strip().splitlines()[0].rstrip(".")
