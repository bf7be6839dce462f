"""What is derived from the facts of a day: usage_daily and sessions, with duplicates resolved.

The rules of docs/definitions.md, section 0 (Duplicates):
1. Rows with the platform's event id count once per content; the same id on other content is a clash, and both count.
2. Rows without an id: as many copies as the fullest single file has.
3. Totals (hour, day, month): within an import rows of one key are added up; a newer import's total replaces an older one.
   Of a day that came as hours and as a whole, only the newer kind counts. A total's key is the day it speaks of, in
   whatever zone its platform wrote the midnight.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from uptake.lake import files
from uptake.lake.days import utc_days
from uptake.lake.engine import Engine
from uptake.lake.models import DataFile
from uptake.lake.portions import ROWS_AT_ONCE, Portion, portions
from uptake.lake.schemas import SESSIONS, USAGE_EVENTS
from uptake.lake.wall_clock import WallClock, wall_clock, workspace_zone

if TYPE_CHECKING:
    import ibis.expr.types as ir

WHO_AND_WHAT = ("source", "account_id", "visitor_id", "event_name")
CONTENT = (
    *WHO_AND_WHAT,
    "occurred_at",
    "occurred_on",
    "grain",
    "event_count",
    "duration_seconds",
    "session_id",
    "event_id",
)
GRAINS = ("event", "hour", "day", "month")
SESSION_GAP_SECONDS = 30 * 60
DAY = timedelta(days=1)
DERIVATION = "2"  # changes with what this module makes of the same facts: days of an older version are derived again


DATED = (*CONTENT, "local", "local_day")
"""What follows from a row's content stays with it: the wall clock and the day by it."""


def counted(facts: "ir.Table") -> "ir.Table":
    """Facts with duplicates resolved.

    In:  usage events of whole days of one source, with ``local`` and ``local_day``.
    Out: DATED, and ``copies`` (int): how often the row counts.
    """
    parts = [_with_id(facts), _without_id(facts), _totals(facts)]
    return reduce(lambda left, right: left.union(right), parts)


def _with_id(facts: "ir.Table") -> "ir.Table":
    import ibis

    rows = facts.filter(facts.grain == "event", facts.event_id.notnull())
    return rows.select(*DATED).distinct().mutate(copies=ibis.literal(1, "int64"))


def _without_id(facts: "ir.Table") -> "ir.Table":
    rows = facts.filter(facts.grain == "event", facts.event_id.isnull())
    per_file = rows.group_by([*DATED, "import_id", "file_number"]).agg(in_file=rows.count())
    return per_file.group_by(list(DATED)).agg(copies=per_file.in_file.max())


def _totals(facts: "ir.Table") -> "ir.Table":
    rows = newest_totals(facts)
    return rows.group_by(list(DATED)).agg(copies=rows.count())


def newest_totals(facts: "ir.Table") -> "ir.Table":
    """The newest import's total of each key; where a day changed from hours to a total or back, only the newer kind.

    A month's total stands beside its days, not instead of them.
    """
    import ibis

    rows = facts.filter(facts.grain != "event")
    rows = rows.mutate(
        total_at=ibis.coalesce(rows.occurred_on.cast("timestamp"), rows.occurred_at),
        total_day=rows.local_day,
        total_kind=rows.grain.cases(("month", "month"), else_="day"),
    )
    key = [*WHO_AND_WHAT, "grain", "total_at"]
    rows = rows.mutate(newest=rows.import_id.max().over(ibis.window(group_by=key)))
    rows = rows.filter(rows.import_id == rows.newest)
    day = ibis.window(group_by=[*WHO_AND_WHAT, "total_day", "total_kind"])
    rows = rows.mutate(newest_of_day=rows.import_id.max().over(day))
    newest_grain = (rows.import_id == rows.newest_of_day).ifelse(rows.grain, ibis.null("string")).max().over(day)
    rows = rows.mutate(newest_grain=newest_grain)
    return rows.filter(rows.grain == rows.newest_grain).select(*facts.columns)


def usage_daily(rows: "ir.Table") -> "ir.Table":
    """Uses per source, account, visitor, event name and local day; ``rows`` with ``copies`` are free of duplicates.

    A month's total has a row of its own beside that of the month's last day: it does not say what happened on it.

    Out: the columns of USAGE_DAILY.
    """
    import ibis

    copies = rows.copies
    coarseness = ibis.cases(*[(rows.grain == name, rank) for rank, name in enumerate(GRAINS)], else_=0)
    rows = rows.mutate(
        day=rows.local_day,
        uses=rows.event_count * copies,
        fact_rows=copies,
        seconds=rows.duration_seconds * copies,
        coarseness=coarseness,
    )
    return _summed(rows)


def _summed(rows: "ir.Table") -> "ir.Table":
    import ibis

    rows = rows.mutate(is_month=rows.coarseness == GRAINS.index("month"))
    sums = rows.group_by([*WHO_AND_WHAT, "day", "is_month"]).agg(
        coarseness=rows.coarseness.max(),
        uses=rows.uses.sum(),
        fact_rows=rows.fact_rows.sum(),
        sum_duration_seconds=rows.seconds.sum(),
    )
    grain = ibis.cases(*[(sums.coarseness == rank, name) for rank, name in enumerate(GRAINS)], else_="event")
    return sums.select(
        *WHO_AND_WHAT,
        "day",
        grain=grain,
        uses=sums.uses.cast("int64"),
        fact_rows=sums.fact_rows.cast("int64"),
        sum_duration_seconds=sums.sum_duration_seconds,
    )


def sessions(rows: "ir.Table", clock: WallClock) -> "ir.Table":
    """Runs of one visitor's events with gaps under 30 minutes, or the platform's own session id.

    In:  single events with ``copies``; totals and events without a visitor have no sessions.
    Out: the columns of SESSIONS; ``ended_at`` counts the last event's own duration where it is known.
    """
    import ibis

    rows = rows.filter(rows.grain == "event", rows.visitor_id.notnull())
    person = ["source", "account_id", "visitor_id"]
    in_order = ibis.window(group_by=[*person, "session_id"], order_by="occurred_at")
    rows = rows.mutate(before=rows.occurred_at.lag().over(in_order))
    gap = rows.occurred_at.epoch_seconds() - rows.before.epoch_seconds()
    starts = (rows.session_id.isnull() & (gap >= SESSION_GAP_SECONDS)).ifelse(1, 0)
    rows = rows.mutate(starts=ibis.coalesce(starts, 0))
    rows = rows.mutate(
        run=rows.starts.sum().over(ibis.cumulative_window(group_by=[*person, "session_id"], order_by="occurred_at"))
    )
    own = ibis.coalesce(rows.duration_seconds, 0.0).cast("int64")
    rows = rows.mutate(ends=rows.occurred_at + own.as_interval("s"))
    rows = rows.mutate(last_at=rows.occurred_at.max().over(ibis.window(group_by=[*person, "session_id", "run"])))
    found = rows.group_by([*person, "session_id", "run"]).agg(
        started_at=rows.occurred_at.min(),
        ended_at=rows.ends.max(where=rows.occurred_at == rows.last_at),
        uses=(rows.event_count * rows.copies).sum().cast("int64"),
        feature_count=rows.event_name.nunique(),
    )
    found = clock.told(found, "started_at")
    return found.mutate(day=found.local.date()).select(*SESSIONS.names)


def zone_key(zones: pa.Table) -> str:
    """Names what derived days depend on besides the facts: the workspace's zone and the customers' own."""
    own = sorted((row["source"], row["account_id"], row["zone"]) for row in zones.to_pylist())
    if not own:
        return f"{DERIVATION}|{workspace_zone()}"
    return f"{DERIVATION}|{workspace_zone()}+{hashlib.sha256(repr(own).encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class DaysToDerive:
    """What days of one source are made from. Once it is there the database is not asked any more."""

    source: str
    ranges: Sequence[files.Range]
    zones: pa.Table  # source, account_id, zone for the accounts of customers that keep their own time zone
    facts: Sequence[DataFile]


@dataclass(frozen=True)
class DerivedDays:
    """Days that are written and not shown yet."""

    source: str
    ranges: Sequence[files.Range]
    made: Sequence[files.NewFile]
    key: str


def days_to_derive(source: str, ranges: Sequence[files.Range], zones: pa.Table) -> DaysToDerive:
    """The live facts that these days are made from, as the surrounding transaction sees them."""
    return DaysToDerive(source, ranges, zones, files.live(DataFile.Table.USAGE_EVENTS, source=source, ranges=ranges))


def write_days(engine: Engine, todo: DaysToDerive) -> DerivedDays:
    """Derive usage_daily into files that nobody sees yet."""
    made = [
        file
        for portion in portions(todo.facts, todo.ranges, _all_zones(todo.zones))
        for file in _written_days(engine, todo, portion)
    ]
    return DerivedDays(todo.source, todo.ranges, made, zone_key(todo.zones))


def _all_zones(zones: pa.Table) -> list[str]:
    return sorted({workspace_zone(), *zones["zone"].to_pylist()})


def _written_days(engine: Engine, todo: DaysToDerive, portion: Portion) -> list[files.NewFile]:
    parts = [usage_daily(facts) for facts in counted_facts(engine, todo.source, todo.facts, todo.zones, portion)]
    return _written(engine, DataFile.Table.USAGE_DAILY, todo.source, portion.ranges, parts, _summed_again)


def show_days(derived: DerivedDays) -> None:
    """Show these days instead of what stood there. Sessions of them are out of date from here on."""
    if not derived.ranges:
        return
    files.replace_days(DataFile.Table.USAGE_DAILY, derived.source, derived.ranges, derived.made, key=derived.key)
    files.hide_days(DataFile.Table.SESSIONS, derived.source, derived.ranges)


def derive_daily(engine: Engine, source: str, ranges: Sequence[files.Range], zones: pa.Table) -> int:
    """Derive usage_daily for these days of one source from its live facts, and show it instead of what stood there.

    Returns the number of rows written.
    """
    if not ranges:
        return 0
    derived = write_days(engine, days_to_derive(source, ranges, zones))
    show_days(derived)
    return sum(file.row_count for file in derived.made)


def days_without_sessions(source: str) -> list[files.Range]:
    """The days of a source that have facts, in any zone, and whose sessions were not derived yet."""
    facts_days = [(file.first_day, file.last_day) for file in files.live(DataFile.Table.USAGE_EVENTS, source=source)]
    local_days = files.covered(files.live(DataFile.Table.USAGE_DAILY, source=source))  # in customers' own zones too
    return files.missing([*facts_days, *local_days], files.covered(files.live(DataFile.Table.SESSIONS, source=source)))


def derive_sessions(engine: Engine, source: str, zones: pa.Table) -> int:
    """Derive the sessions of all days of a source that have facts and no sessions yet; returns the rows written."""
    ranges = days_without_sessions(source)
    if not ranges:
        return 0
    around = [(first - DAY, last + DAY) for first, last in ranges]  # a session may begin before midnight
    todo = days_to_derive(source, around, zones)
    clock = wall_clock(engine, source, zones, around[0][0], around[-1][1])
    shares = -(-sum(file.row_count for file in todo.facts) // ROWS_AT_ONCE)
    made = []
    for share in range(shares):
        parts = [
            sessions(_of_visitors(facts, share, shares), clock)
            for facts in counted_facts(engine, source, todo.facts, zones, Portion(around, None))
        ]
        made += _written(engine, DataFile.Table.SESSIONS, source, ranges, parts, lambda table: table)
    files.replace_days(DataFile.Table.SESSIONS, source, ranges, made, key=zone_key(zones))
    return sum(file.row_count for file in made)


def _of_visitors(facts: "ir.Table", share: int, shares: int) -> "ir.Table":
    """One share of the visitors: a session is one visitor's, and to bring all events in order at once spills to disk."""
    return facts if shares == 1 else facts.filter(facts.visitor_id.hash().abs() % shares == share)


def counted_facts(
    engine: Engine, source: str, live: Sequence[DataFile], zones: pa.Table, portion: Portion | None = None
) -> "list[ir.Table]":
    """The facts of a source's live files, with ``copies``, ``local`` and ``local_day``.

    ``portion``: all facts of its days, and maybe some of other days. Files that share no day with another file and
    repeat nothing need no look for duplicates and are a table of their own.
    """
    contested = _contested(live)
    alone = [file for file in live if file not in contested]
    found = []
    for name, chosen in (("alone", alone), ("contested", contested)):
        if not chosen:
            continue
        first = min(file.first_day for file in chosen) - files.ZONES_APART
        last = max(file.last_day for file in chosen) + files.ZONES_APART
        facts = engine.files(f"facts_of_{source}_{name}", files.selections(chosen), USAGE_EVENTS)
        if portion is not None:
            facts = _near(facts, portion, first, last, _all_zones(zones))
        dated = wall_clock(engine, source, zones, first, last).dated(facts)
        found.append(_once(dated) if name == "alone" else counted(dated))
    return found


def _once(facts: "ir.Table") -> "ir.Table":
    import ibis

    return facts.mutate(copies=ibis.literal(1, "int64"))


def _contested(chosen: Sequence[DataFile]) -> list[DataFile]:
    """Files whose rows may stand for the same uses as other rows.

    The days of two files may be of different zones: the workspace's was another one when the first came.
    """
    apart = files.ZONES_APART
    return [
        file
        for file in chosen
        if file.has_repeats
        or any(
            other.first_day <= file.last_day + apart and file.first_day <= other.last_day + apart
            for other in chosen
            if other != file and not file.key == other.key == files.ONCE
        )
    ]


def _near(facts: "ir.Table", portion: Portion, first: date, last: date, zones: Sequence[str]) -> "ir.Table":
    """Leave out the facts that cannot fall on these days in any of the zones; a total's own day counts, not its start.

    Whole UTC days stay or go, so that what stands for the same uses stays together.
    """
    import ibis

    if portion.utc_days:  # on the column as it is, which lets the engine pass over parts of the files
        begin, end = (ibis.timestamp(day.isoformat()) for day in (portion.utc_days[0], portion.utc_days[1] + DAY))
        return facts.filter(facts.occurred_at >= begin, facts.occurred_at < end)
    if any(range_first <= first and last <= range_last for range_first, range_last in portion.ranges):
        return facts
    own, started = facts.occurred_on, facts.occurred_at.date()
    wanted = [
        ibis.ifelse(own.notnull(), own.between(*days), started.between(*utc_days(*days, zones)))
        for days in portion.ranges
    ]
    return facts.filter(reduce(lambda a, b: a | b, wanted))


def _written(
    engine: Engine,
    table: str,
    source: str,
    ranges: Sequence[files.Range],
    parts: "Sequence[ir.Table]",
    joined: "Callable[[ir.Table], ir.Table]",
) -> list[files.NewFile]:
    if not parts:
        return []
    rows = parts[0] if len(parts) == 1 else joined(reduce(lambda a, b: a.union(b), parts))
    rows = rows.filter(reduce(lambda a, b: a | b, [rows.day.between(first, last) for first, last in ranges]))
    written = engine.write(rows.order_by(["account_id", "day"]), files.new_path(table, source))
    return [file for path in written if (file := _described(path, source))]


def _summed_again(rows: "ir.Table") -> "ir.Table":
    """One row a key, where parts of a day were derived apart."""
    import ibis

    coarseness = ibis.cases(*[(rows.grain == name, rank) for rank, name in enumerate(GRAINS)], else_=0)
    return _summed(rows.mutate(coarseness=coarseness, seconds=rows.sum_duration_seconds))


def _described(path: Path, source: str) -> files.NewFile | None:
    """What the catalogue says of a derived file, read from the file itself; None (and gone) where it is empty."""
    import pyarrow.parquet as pq

    days = pq.read_table(path, columns=["day"])["day"]
    if not len(days):
        path.unlink()
        return None
    span = pc.min_max(days).as_py()
    return files.NewFile(path, source, len(days), span["min"], span["max"])
