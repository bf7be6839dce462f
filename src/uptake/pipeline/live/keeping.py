"""What was judged becomes visible: facts, days, customers and the import's counts, all at once or not at all."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from uptake.customers import services as customers
from uptake.customers.catalogue import resolve_event_names
from uptake.customers.models import Account, AccountProfile
from uptake.customers.profiles import note_profiles
from uptake.kit import sql
from uptake.lake import derive as lake_derive
from uptake.lake import files
from uptake.lake.days import runs
from uptake.lake.engine import duckdb_connection
from uptake.lake.models import DataFile, Import, ImportedFile
from uptake.lake.wall_clock import workspace_zone
from uptake.pipeline import imports
from uptake.pipeline.faults import disk_full_said
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.live.arrivals import Arrived
from uptake.pipeline.live.judging import Company, Judged, Person, judge, others_folder
from uptake.pipeline.live.keys import FORGET
from uptake.pipeline.live.models import LivePerson, MovedSegment
from uptake.pipeline.published import zones
from uptake.pipeline.sync.models import Connection
from uptake.sources.convert import NAMES_ACCOUNT
from uptake.sources.pull import AccountSeen
from uptake.team.services import record

if TYPE_CHECKING:
    from django.db.models import QuerySet

RECEIVED_ON = "receivedOn"  # in the report of an import of live events
REMOVED = "its source was removed with its facts"
SOME_ZONE = ""  # of days that were told by more than one
MOST_SET_ASIDE = 100_000  # rows of a day that people can open; all are counted


def keep(came: Arrived) -> None:
    """Take what came from one source on one day; done again after a kill it changes nothing."""
    connection = Connection.objects.get(pk=came.connection_id)
    batch = open_import(connection, came.day)
    while not _kept_in(batch, connection, came):  # it was undone this moment
        batch = open_import(connection, came.day)
    write_set_aside(batch.pk)


def _kept_in(batch: Import, connection: Connection, came: Arrived) -> bool:
    """False, and nothing is changed, where the import is not live any more."""
    con = duckdb_connection()
    try:
        with disk_full_said():
            judged = judge(
                con, came, batch, connection.source, refuse_all=REMOVED if connection.options.get(FORGET) else None
            )
    finally:
        con.close()
    try:
        _commit(batch, connection, came, judged)
        moved = MovedSegment.objects.filter(connection_id=connection.pk, day=came.day)
        return moved.filter(segment=came.segments[0]).exists()
    finally:
        _sweep(judged)


def imports_of(connection_id: int, day: date) -> "QuerySet[Import]":
    """Those that took what came on the day, also undone ones."""
    return Import.objects.filter(connection_id=connection_id, **{f"report__{RECEIVED_ON}": str(day)})


def open_import(connection: Connection, day: date) -> Import:
    """The live import that takes what came on the day; a new one where there is none, or where that was undone."""
    found = imports_of(connection.pk, day).filter(state=Import.State.LIVE, step="").first()
    return found or _new_import(connection, day)


@transaction.atomic
def _new_import(connection: Connection, day: date) -> Import:
    earlier = imports_of(connection.pk, day).count()
    batch = Import.objects.create(
        state=Import.State.LIVE,
        platform=connection.source[:40],
        connection_id=connection.pk,
        report=_empty_report(connection, day),
    )
    name = f"Live events of {connection.name}, {day}" + (f", part {earlier + 1}" if earlier else "")
    mark = hashlib.sha256(f"live events {batch.pk}".encode()).hexdigest()  # no file has it: it is not known again
    ImportedFile.objects.create(of=batch, number=1, name=name, path="", size=0, sha256=mark)
    record(None, "began", batch, source=connection.source, day=str(day))
    return batch


def _empty_report(connection: Connection, day: date) -> dict[str, Any]:
    """As an import of files tells it, with nothing in it yet."""
    return {
        "platform": connection.source,
        "tables": [],
        "readAs": "",
        "mapping": {},
        "rowsRead": 0,
        "imported": 0,
        "duplicates": 0,
        "duplicateReasons": [],
        "clashes": 0,
        "setAside": [],
        "setAsideFile": None,
        "refused": [],
        "unassigned": 0,
        "customers": 0,
        "visitors": 0,
        "features": 0,
        "eventNames": [],
        "notFeatures": [],
        "from": None,
        "to": None,
        "warnings": [],
        "days": {},
        "daysIn": workspace_zone(),
        "namedEvents": [],
        "broughtNames": [],
        "moved": 0,
        "others": [],
        RECEIVED_ON: str(day),
    }


def _commit(batch: Import, connection: Connection, came: Arrived, judged: Judged) -> None:
    def change(current: Import) -> None:
        _note_companies(connection.source, judged.companies)  # first: by these an account finds its customer
        if judged.uses:
            makes = bool(connection.options.get("makes_customers", True))
            customers.attribute_accounts(
                connection.source, judged.accounts, import_id=current.pk, makes_customers=makes
            )
            files.list_facts(current, judged.facts)
        _note_people(connection.pk, judged.people)
        _count(current, connection.source, judged)
        _note_newest(connection.pk, judged.last_at)
        MovedSegment.objects.bulk_create(
            MovedSegment(segment=name, connection_id=connection.pk, day=came.day) for name in came.segments
        )

    if judged.facts:
        imports.all_at_once(
            batch.pk, Import.State.LIVE, change, lambda _: _days_touched(connection.source, judged.days)
        )
        return
    with transaction.atomic():
        current = Import.objects.select_for_update().get(pk=batch.pk)
        if current.state == Import.State.LIVE:
            change(current)


def _days_touched(source: str, days: Sequence[date]) -> list[lake_derive.DaysToDerive]:
    own_zones = zones()
    around = files.ZONES_APART * bool(own_zones.num_rows)
    ranges = [(first - around, last + around) for first, last in runs(list(days))]
    return [lake_derive.days_to_derive(source, ranges, own_zones)]


def _note_people(connection_id: int, people: Sequence[Person]) -> None:
    LivePerson.objects.bulk_create(
        [
            LivePerson(connection_id=connection_id, person=person, account_id=account or "", email=email or "")
            for person, account, email in people
        ],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["connection_id", "person"],
        update_fields=["account_id", "email"],
    )


def _note_companies(source: str, companies: Sequence[Company]) -> None:
    """What group calls tell of their accounts; what one does not tell stays as another told it."""
    if not companies:
        return
    before = {row.account_id: row for row in AccountProfile.objects.filter(source=source)}
    seen = []
    for account, name, domain in companies:
        known = before.get(account, AccountProfile())
        seen.append(AccountSeen(account, name or known.name, domain or known.domain, known.crm_id))
    note_profiles(source, seen)


def _note_newest(connection_id: int, at: datetime | None) -> None:
    if at is not None:
        aware = at.replace(tzinfo=UTC)
        known = Connection.objects.filter(pk=connection_id)
        known.filter(newest_at=None).update(newest_at=aware)
        known.filter(newest_at__lt=aware).update(newest_at=aware)


# Counts


def _count(batch: Import, source: str, judged: Judged) -> None:
    """The ledger: rows read = imported + duplicates + set aside + refused, now with this round."""
    batch.rows_read += judged.rows
    batch.imported_count += judged.uses
    batch.duplicate_count += judged.duplicates
    batch.set_aside_count += sum(judged.set_aside.values())
    batch.refused_count += sum(judged.refused.values())
    batch.finished_at = timezone.now()
    report = dict(batch.report)
    report |= {
        "rowsRead": batch.rows_read,
        "imported": batch.imported_count,
        "duplicates": batch.duplicate_count,
        "duplicateReasons": _reasons([], {"sent before, by its id": batch.duplicate_count}),
        "setAside": _reasons(report["setAside"], judged.set_aside),
        "setAsideFile": str(set_aside_path(batch.pk)) if batch.set_aside_count else None,
        "refused": _reasons(report["refused"], judged.refused),
        "others": [*report["others"], *([judged.others.name] if judged.others else [])],
        "moved": report["moved"] + judged.moved,
    }
    if judged.uses:
        report |= _told_of_uses(batch, report, source, judged)
        batch.first_day = min(filter(None, (batch.first_day, judged.days[0])))
        batch.last_day = max(filter(None, (batch.last_day, judged.days[-1])))
    batch.report = report
    batch.save()


def _reasons(known: Iterable[Mapping[str, Any]], more: Mapping[str, int]) -> list[dict[str, Any]]:
    counts = {each["reason"]: each["rows"] for each in known}
    for reason, rows in more.items():
        counts[reason] = counts.get(reason, 0) + rows
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"reason": reason, "rows": rows} for reason, rows in ordered if rows]


def _told_of_uses(batch: Import, report: Mapping[str, Any], source: str, judged: Judged) -> dict[str, Any]:
    known = [name for _, name in report["eventNames"]]
    names = [*known, *sorted(set(judged.names) - set(known))]
    told: dict[str, Any] = {
        "from": min(filter(None, (report["from"], _instant(judged.first_at)))),
        "to": max(filter(None, (report["to"], _instant(judged.last_at)))),
        "days": {source: sorted({*report["days"].get(source, []), *map(str, judged.days)})},
        "daysIn": workspace_zone() if report["daysIn"] == workspace_zone() else SOME_ZONE,
        "warnings": _warnings(report["moved"]),
        **_people_of(batch, source),
    }
    if len(names) > len(known):
        told |= {"eventNames": [[source, name] for name in names], **_features_of(source, names)}
    return told


def _warnings(moved: int) -> list[str]:
    if not moved:
        return []
    return [f"{moved:,} events were of the future by their sender's clock; they count as of when they came."]


def _features_of(source: str, names: Sequence[str]) -> dict[str, Any]:
    rows = resolve_event_names([(source, name) for name in names]).to_pylist()
    return {"features": len({row["feature_id"] for row in rows if row["kind"] == "feature"})}


def _people_of(batch: Import, source: str) -> dict[str, Any]:
    """Counted over the facts: different people cannot be added up."""
    paths = batch.data_files.filter(retired_at=None, table=DataFile.Table.USAGE_EVENTS).values_list("path", flat=True)
    facts = f"read_parquet({sql.texts(files.root() / path for path in paths)})"
    con = duckdb_connection()
    try:
        named = con.execute(
            f"SELECT account_id, count(DISTINCT visitor_id), count(*) FROM {facts} WHERE {NAMES_ACCOUNT} GROUP BY 1"
        ).fetchall()
        unassigned = con.execute(f"SELECT count(*) FROM {facts} WHERE ({NAMES_ACCOUNT}) IS NOT TRUE").fetchall()[0][0]
    finally:
        con.close()
    accounts = {account for account, _, _ in named}
    known = Account.objects.filter(source=source).values_list("account_id", "customer")
    return {
        "visitors": sum(visitors for _, visitors, _ in named),
        "unassigned": unassigned,
        "customers": len({customer for account, customer in known if account in accounts and customer is not None}),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else f"{at.isoformat()}Z"


# Beside the facts


def write_set_aside(import_id: int) -> None:
    """The rows set aside, for people to open; written again whenever there are more."""
    batch = Import.objects.get(pk=import_id)
    if not batch.set_aside_count or not batch.report["others"]:
        return
    path = set_aside_path(import_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".new")
    others = sql.texts(others_folder() / name for name in batch.report["others"])
    shown = "CASE WHEN substr(text, 1, 1) IN ('=', '+', '-', '@', chr(9), chr(13)) THEN '''' || text ELSE text END"
    con = duckdb_connection()
    try:
        con.execute(
            f"COPY (SELECT {sql.text(batch.files.get().name)} AS file, n AS row, why AS reason, {shown} AS text "
            f"FROM read_parquet({others}) WHERE verdict = 'set aside' ORDER BY n LIMIT {MOST_SET_ASIDE}) "
            f"TO {sql.text(half)} (FORMAT csv, HEADER)"
        )
    finally:
        con.close()
    half.replace(path)


def write_missing_set_aside() -> None:
    """For imports whose rows were committed, and the process was killed, or the disk full, before people could open them."""
    live = Import.objects.filter(state=Import.State.LIVE, set_aside_count__gt=0).exclude(connection_id=None)
    for import_id, names in live.values_list("pk", "report__others"):
        if names and _lacks_rows(set_aside_path(import_id), names):
            write_set_aside(import_id)


def _lacks_rows(path: Path, others: Sequence[str]) -> bool:
    """Whether the file is older than the rows it is written from, and they are all there."""
    written_at = path.stat().st_mtime_ns if path.is_file() else -1
    rows = [others_folder() / name for name in others]
    return all(each.is_file() for each in rows) and any(each.stat().st_mtime_ns > written_at for each in rows)


def _sweep(judged: Judged) -> None:
    """What was written and is not listed, because the commit failed."""
    written = [each.path for each in judged.facts]
    listed = set(DataFile.objects.filter(path__in=[_relative(path) for path in written]).values_list("path", flat=True))
    for path in written:
        if _relative(path) not in listed:
            path.unlink(missing_ok=True)


def _relative(path: Path) -> str:
    return path.relative_to(files.root()).as_posix()


def sweep_others() -> None:
    """Files beside the facts that a crash left and no import lists. Only by the mover, before it works."""
    names = Import.objects.exclude(connection_id=None).values_list("report__others", flat=True)
    listed = {name for each in names for name in each or ()}
    for path in others_folder().glob("*.parquet"):
        if path.name not in listed:
            path.unlink()
