"""Importing files: what each step does. Every step can be done again after a kill and then does nothing twice."""

import hashlib
import json
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from uptake.customers import services as customers
from uptake.customers.catalogue import resolve_event_names
from uptake.customers.features import forget_event_names, name_events
from uptake.customers.models import Account
from uptake.customers.names import name_key
from uptake.kit.errors import ProductError
from uptake.kit.remedies import Mendable, Remedy
from uptake.lake import derive as lake_derive
from uptake.lake import files
from uptake.lake.days import runs
from uptake.lake.engine import duckdb_connection, engine
from uptake.lake.models import DataFile, Import
from uptake.lake.wall_clock import workspace_zone
from uptake.pipeline import overlap
from uptake.pipeline.faults import disk_full_said, hand_over_if_leaving, interrupt, progress
from uptake.pipeline.home import forget_staging, set_aside_path, staging, uploads
from uptake.pipeline.preview import answers_of, look
from uptake.pipeline.published import zones
from uptake.pipeline.remedies import FEATURE, OTHERS, UNDO, remedy_of
from uptake.pipeline.sync.models import Connection
from uptake.sources.convert import Conversion, Converted
from uptake.sources.detect import Found, Looked
from uptake.sources.pendo import guides
from uptake.team.services import record

TOO_MANY_BAD = 0.2
MOST_EVENT_NAMES = 50_000
GUIDES = "pulledGuides"  # in the report of an import that is not converted yet: the file with its guide events
GUIDES_PRINT = "guidesPrint"  # in the report afterwards: the fingerprint of that file
UNDO_STEP = "retire"  # the step of a live import that shall be undone
REDO_STEP = "restore"  # the step of an undone import that shall come back


NOT_LIVE_YET = (Import.State.PREVIEW, Import.State.RUNNING)

_one_change = threading.Lock()  # a home has one executor, so this is enough


class TooManyBadRows(Mendable):
    """So many rows cannot be read that the mapping is probably wrong."""


class NoSuchImport(ProductError):
    status = 404


class AlreadyImported(ProductError):
    """The very bytes are live already."""

    status = 409

    def __init__(self, message: str, batch: Import) -> None:
        super().__init__(message)
        self.batch = batch


# Steps


def begin_step(import_id: int, step: str) -> bool:
    """Note what is being done. False: the import was cancelled, is gone, is done already, or something else is wanted.

    Work may be asked for twice, by a command and by the executor that found it left: whoever comes second finds no step
    due and does nothing.
    """
    going_on = Import.objects.filter(pk=import_id).exclude(state__in=[Import.State.CANCELLED, Import.State.REFUSED])
    going_on = going_on.filter(Q(state=Import.State.RUNNING) | ~Q(step=""))
    if step != UNDO_STEP:
        going_on = going_on.exclude(state=Import.State.LIVE, step=UNDO_STEP)
    if step != REDO_STEP:
        going_on = going_on.exclude(state=Import.State.UNDONE, step=REDO_STEP)
    return bool(going_on.update(step=step, done_share=0, message=""))


def ask_for_undo(import_id: int) -> None:
    """From here on the undo is work to be done, whatever else is under way for this import and whoever is killed."""
    Import.objects.filter(pk=import_id, state=Import.State.LIVE).update(step=UNDO_STEP, message="")


def is_undo_asked_for(batch: Import) -> bool:
    return batch.state == Import.State.LIVE and batch.step == UNDO_STEP


def stage(import_id: int) -> None:
    """Fingerprint the files and unpack them, unless their very bytes are live already."""
    batch = Import.objects.get(pk=import_id)
    for file in batch.files.all():
        file.sha256 = _sha256(Path(file.path))
        file.save(update_fields=["sha256"])
    _refuse_what_is_live(batch)


def _refuse_what_is_live(batch: Import) -> None:
    """Raises AlreadyImported where a live import holds the very bytes, read alike."""
    prints = {file.sha256 for file in batch.files.all()}
    live = Import.objects.filter(state=Import.State.LIVE).exclude(pk=batch.pk)
    if batch.whole_days:  # the same days as they were once may be other ones than the last sync's
        newest = next(
            (each for each in live.filter(connection_id=batch.connection_id) if _share_days(each, batch)), None
        )
        is_like = newest is not None and newest.whole_days == batch.whole_days
        is_same = newest is not None and is_like and _guides_print(newest) == _guides_print(batch)
        live = live.filter(pk__in=[newest.pk] if newest is not None and is_same else [])
    for other in live.filter(files__sha256__in=prints).distinct():
        same = {file.sha256 for file in other.files.all()}
        if prints <= same and not (_same_answers(other, batch) or _same_reading(other, batch)):
            raise Mendable(
                f"{_names(batch)} is live already as import {other.pk}, read in another way.", Remedy(UNDO, other.pk)
            )
        if prints <= same:
            raise AlreadyImported(f"Nothing changed: {_names(batch)} is live already as import {other.pk}.", other)


def _share_days(one: Import, other: Import) -> bool:
    days = files.whole_days(other)
    return any(first <= to and since <= last for first, last in files.whole_days(one) for since, to in days)


def _same_answers(one: Import, other: Import) -> bool:
    told = ("columns", "timezone", "day_first", "decimal", "platform")
    return all(one.answers.get(key) == other.answers.get(key) for key in told)


def _same_reading(live: Import, batch: Import) -> bool:
    """Whether other answers come to the same: what was assumed then may be said now."""
    known = live.report.get("readAs")  # an import of an older version does not say
    if not known or batch.state == Import.State.UNDONE:
        return bool(known) and known == batch.report.get("readAs")
    return bool(known == _read_as(look(batch, answers_of(batch)).found))


HOW = (
    "platform", "grain", "when", "account", "visitor", "event_name", "event_count", "duration_seconds", "session_id",
    "event_id", "identity", "json_paths", "where", "melt", "decimal",
)  # fmt: skip


def _read_as(found: Sequence[Found]) -> str:
    """A mark of how the tables become rows, whatever was asked or guessed for it."""
    how = sorted(repr((each.table.name, [getattr(each.reading, name) for name in HOW])) for each in found)
    return hashlib.sha256("\n".join(how).encode()).hexdigest()


def _names(batch: Import) -> str:
    names = [file.name for file in batch.files.all()]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as why:
        raise ProductError(f"{path} cannot be read: {why.strerror}.") from why


def convert(import_id: int) -> None:
    """Read the files whole: facts into the lake (not listed yet), bad rows beside it, counts into staging."""
    batch = Import.objects.get(pk=import_id)
    answers = answers_of(batch)
    work = staging(import_id)
    work.mkdir(parents=True, exist_ok=True)
    _forget_converted(import_id)  # an earlier try that was killed before it was noted as done
    if batch.whole_days and not batch.files.exists():  # the platform knows of no use on these days any more
        told = {"report": _report_of_nothing(batch), "guides": _guides(batch), "zone": answers.workspace_zone}
        _note_converted(import_id, {**NOTHING, **told})
        return
    looked = look(batch, answers)
    found = looked.found
    database = work / "rows.duckdb"
    database.unlink(missing_ok=True)
    con = duckdb_connection(database)
    try:
        with progress(con, import_id), disk_full_said():
            converted = _converted(con, batch, found, work)
            duplicates = overlap.duplicates_of(con, converted, beside=batch.connection_id if batch.whole_days else None)
            names = con.execute(
                "SELECT source, event_name, count(*) FROM good GROUP BY ALL ORDER BY 3 DESC LIMIT ?",
                [MOST_EVENT_NAMES + 1],
            ).fetchall()
    except duckdb.InterruptException:
        hand_over_if_leaving()
        return  # cancelled; the next step sees it
    finally:
        con.close()
        database.unlink(missing_ok=True)
    if len(names) > MOST_EVENT_NAMES:
        _forget(converted)
        raise Mendable(_too_many_names(found), Remedy(FEATURE))
    _note_converted(
        import_id,
        {
            "report": _report(looked, converted, duplicates, names),
            "accounts": converted.accounts,
            "days": converted.days,
            "zone": answers.workspace_zone,
            "files": _files_json(converted),
            "names": _used_names(looked, names),
            "guides": _guides(batch),
        },
    )


NOTHING: Mapping[str, Any] = {"accounts": [], "days": {}, "files": [], "names": []}


def _guides(batch: Import) -> list[dict[str, Any]]:
    """Guide events that came beside the usage, written as facts."""
    path = batch.report.get(GUIDES)
    if not path or not Path(path).is_file():
        return []
    out = files.new_path(DataFile.Table.GUIDE_EVENTS, f"{batch.pk}-{batch.platform}")
    zone = answers_of(batch).timezone or settings.UPTAKE.time_zone
    with disk_full_said():
        found = guides.convert(Path(path), out, import_id=batch.pk, source=batch.platform, zone=zone)
    if not found.rows:
        out.unlink()
    return [{"path": str(out), "rows": found.rows, "set_aside": found.set_aside, "days": list(map(str, found.days))}]


def _guides_print(batch: Import) -> str:
    """Names the guide events that came with an import, also once they are facts; empty: none came."""
    if GUIDES_PRINT in batch.report:
        return str(batch.report[GUIDES_PRINT])
    path = batch.report.get(GUIDES)
    return _sha256(Path(path)) if path and Path(path).is_file() else ""


def _note_converted(import_id: int, told: Mapping[str, Any]) -> None:
    written = staging(import_id) / "converted.json.new"
    written.write_text(json.dumps(told, default=str), encoding="utf-8")
    written.replace(_converted_note(import_id))  # there whole, or not there


def _report_of_nothing(batch: Import) -> dict[str, Any]:
    numbers = ("rowsRead", "imported", "duplicates", "clashes", "unassigned", "customers", "visitors", "features")
    lists = ("duplicateReasons", "setAside", "refused", "eventNames", "notFeatures", "warnings", "tables")
    none: dict[str, Any] = {"setAsideFile": None, "from": None, "to": None, "mapping": {}, "readAs": ""}
    return {"platform": batch.platform, **dict.fromkeys(numbers, 0), **{name: [] for name in lists}, **none}


def _converted_note(import_id: int) -> Path:
    return staging(import_id) / "converted.json"


def converted_files(import_id: int) -> list[Path]:
    """The fact files that an import has written and not committed yet: they are work that is done, not leftovers."""
    note = _converted_note(import_id)
    if not note.is_file():
        return []
    done = json.loads(note.read_text(encoding="utf-8"))
    return [Path(row["path"]) for row in (*done["files"], *done.get("guides", ()))]  # an older version noted none


def _forget_converted(import_id: int) -> None:
    for path in converted_files(import_id):
        path.unlink(missing_ok=True)
    _converted_note(import_id).unlink(missing_ok=True)


def _converted(con: duckdb.DuckDBPyConnection, batch: Import, found: Sequence[Found], work: Path) -> Converted:
    answers = answers_of(batch)
    tomorrow = datetime.now(tz=ZoneInfo(answers.workspace_zone)).date() + timedelta(days=1)
    conversion = Conversion(con, import_id=batch.pk, workspace_zone=answers.workspace_zone, latest=tomorrow)
    out = conversion.convert(
        [(each.table, each.reading) for each in found],
        facts_path_of=lambda source: files.new_path(DataFile.Table.USAGE_EVENTS, f"{batch.pk}-{source}"),
        set_aside_path=set_aside_path(batch.pk),
        work=work,
    )
    bad = out.set_aside_rows
    if out.good + out.repeated == 0:
        _forget(out)
        raise ProductError(f"No row of {_names(batch)} can be used: {_worst(out)}.")
    if bad > TOO_MANY_BAD * out.rows_read and not answers.yes:
        _forget(out)
        raise TooManyBadRows(
            f"{bad:,} of {out.rows_read:,} rows ({bad / out.rows_read:.0%}) cannot be read: {_worst(out)}.",
            Remedy(OTHERS),
        )
    return out


def _worst(out: Converted) -> str:
    reasons = [*out.set_aside, *out.refused]
    return "; ".join(f"{each.reason} ({each.rows:,})" for each in reasons[:3]) or "it holds no rows"


def _forget(out: Converted) -> None:
    for each in out.facts:
        each.path.unlink(missing_ok=True)
    if out.set_aside_file:
        out.set_aside_file.unlink(missing_ok=True)


def _too_many_names(found: Sequence[Found]) -> str:
    columns = dict.fromkeys(each.reading.mapping["feature"] for each in found if "feature" in each.reading.mapping)
    of = " and ".join(f"“{column}”" for column in columns)
    return (
        f"What was taken for the feature{f', {of},' if of else ''} has over {MOST_EVENT_NAMES:,} different values, "
        "more than any product has features: it is probably the wrong column."
    )


def _used_names(looked: Looked, used: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, str]]:
    """(platform, event name, readable name) of what the events use."""
    return [(source, name, looked.names[source, name]) for source, name, _ in used if (source, name) in looked.names]


def _files_json(converted: Converted) -> list[dict[str, Any]]:
    return [
        {
            "source": each.source,
            "path": str(each.path),
            "rows": each.rows,
            "has_repeats": converted.same_id > 0 or converted.of_many_files,
            "first_row": each.first_row,
        }
        for each in converted.facts
    ]


def _report(
    looked: Looked, out: Converted, duplicates: overlap.Duplicates, names: Sequence[tuple[str, str, int]]
) -> dict[str, Any]:
    """What people and scripts are told of the import."""
    found = looked.found
    catalogue = resolve_event_names([(source, name) for source, name, _ in names]).to_pylist()
    kinds = {(row["source"], row["event_name"]): row for row in catalogue}
    features = {row["feature_id"] for row in catalogue if row["kind"] == "feature"}
    not_use = [(name, rows) for source, name, rows in names if kinds[source, name]["kind"] == "set_aside"]
    repeated = out.repeated + out.same_id + duplicates.known + duplicates.twice
    return {
        "platform": ", ".join(sorted({each.reading.platform for each in found})),
        "tables": [each.summary() for each in found],
        "readAs": _read_as(found),
        "mapping": {key: value for each in reversed(found) for key, value in each.reading.mapping.items()},
        "rowsRead": out.rows_read,
        "imported": out.good - out.same_id - duplicates.known - duplicates.twice,
        "duplicates": repeated,
        "duplicateReasons": [
            {"reason": reason, "rows": rows}
            for reason, rows in (
                ("the same total twice in the file", out.repeated),
                ("the same event id twice in the file", out.same_id),
                ("the same row in another file of this import", duplicates.twice),
                ("already live from an earlier import", duplicates.known),
            )
            if rows
        ],
        "clashes": out.clashes + duplicates.clashes,
        "setAside": [asdict(each) for each in out.set_aside],
        "setAsideFile": str(out.set_aside_file) if out.set_aside_file else None,
        "refused": [asdict(each) for each in out.refused],
        "unassigned": out.unassigned,
        "customers": len({name_key(account) for _, account in out.accounts}),  # until they are attributed
        "visitors": out.visitors,
        "features": len(features),
        "eventNames": [[source, name] for source, name, _ in names],
        "notFeatures": [{"name": name, "rows": rows} for name, rows in not_use],
        "from": _instant(out.first_at),
        "to": _instant(out.last_at),
        "warnings": [*looked.skipped, *dict.fromkeys(each for one in found for each in one.reading.warnings)],
    }


def _instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, and saying so."""
    return None if at is None else f"{at.isoformat()}Z"


def commit(import_id: int) -> None:
    """Derive the days that the facts touch, then make facts, days and customers visible, all at once."""
    all_at_once(import_id, Import.State.RUNNING, _go_live)


def _go_live(batch: Import) -> None:
    _refuse_what_is_live(batch)  # it may have come while this one waited for its turn or was killed
    done = json.loads(_converted_note(batch.pk).read_text(encoding="utf-8"))
    makes = _makes_customers(batch)
    for source in sorted({source for source, _ in done["accounts"]}):
        theirs = [account for each, account in done["accounts"] if each == source]
        customers.attribute_accounts(source, theirs, import_id=batch.pk, makes_customers=makes)
    named = name_events([(source, name, readable) for source, name, readable in done["names"]])
    files.list_facts(batch, [_new_file(row, done["days"][row["source"]]) for row in done["files"]])
    told_of_guides = _list_guides(batch, done.get("guides", ()))
    told = {"customers": _customers_of(done["accounts"]), "days": done["days"], "daysIn": done["zone"]}
    report = {**done["report"], **told, **told_of_guides, "namedEvents": named, "broughtNames": done["names"]}
    report["warnings"] = [*report["warnings"], *_guides_left_out(done.get("guides", ()))]
    days = sorted(day for each in done["days"].values() for day in each)
    batch.platform = report["platform"][:40]
    batch.rows_read, batch.imported_count = report["rowsRead"], report["imported"]
    batch.duplicate_count = report["duplicates"]
    batch.set_aside_count = sum(each["rows"] for each in report["setAside"])
    batch.refused_count = sum(each["rows"] for each in report["refused"])
    batch.first_day, batch.last_day = (days[0], days[-1]) if days else (None, None)
    batch.report, batch.state = report, Import.State.LIVE
    batch.save()
    _show_newest(batch)
    record(batch.begun_by, "imported", batch, platform=batch.platform, rows=batch.imported_count)


def _list_guides(batch: Import, written: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Make guide events visible; what the report says of them. They are no rows of usage and are counted apart."""
    for row in written:
        if row["rows"]:
            first, last = map(_day, row["days"])
            new = files.NewFile(Path(row["path"]), batch.platform, row["rows"], first, last)
            files.list_facts(batch, [new], DataFile.Table.GUIDE_EVENTS)
    return {"guideEvents": sum(row["rows"] for row in written), GUIDES_PRINT: _guides_print(batch)}


def _guides_left_out(written: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence per reason for which guide events could not be taken."""
    return [
        f"{rows:,} guide event{'s' if rows != 1 else ''} left out: {reason}."
        for row in written
        for reason, rows in row["set_aside"].items()
    ]


def _show_newest(batch: Import) -> None:
    if batch.whole_days and batch.connection_id is not None:
        files.show_newest_of(batch.connection_id)


def _makes_customers(batch: Import) -> bool:
    """Whether accounts that no customer fits become customers; a connection may leave them to a teammate."""
    connection = Connection.objects.filter(pk=batch.connection_id).first() if batch.connection_id else None
    return connection is None or bool(connection.options.get("makes_customers", True))


def _customers_of(accounts: Sequence[tuple[str, str]]) -> int:
    """How many customers these accounts are, now that they are attributed."""
    wanted = {(source, account) for source, account in accounts}
    known = Account.objects.filter(customer__isnull=False).values_list("source", "account_id", "customer")
    return len({customer for source, account, customer in known if (source, account) in wanted})


def all_at_once(
    import_id: int,
    state: Import.State,
    change: Callable[[Import], None],
    days_of: Callable[[Import], list[lake_derive.DaysToDerive]] | None = None,
) -> None:
    """One such change at a time: imports, undos and live events are under way in several threads of the executor.

    ``days_of``: the days that the change touches, where it is not all the days of the import.
    """
    with _one_change:
        _all_at_once(import_id, state, change, days_of or _days_of)


def _all_at_once(
    import_id: int,
    state: Import.State,
    change: Callable[[Import], None],
    days_of: Callable[[Import], list[lake_derive.DaysToDerive]],
) -> None:
    """Change what is live together with the days that follow from it: no reader sees one without the other.

    1. Make the change, list what the days would be made from, and take the change back.
    2. Derive the days into files that nobody sees. The executor alone changes facts, so what was listed still holds.
    3. Make the change again and show the days, in one transaction.

    Days that another time zone left are derived again, before it and where the change itself brought such a zone.
    """
    derive_again_if_stale()
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=import_id)
        if batch.state != state:
            return
        change(batch)
        todo = days_of(batch)
        transaction.set_rollback(True)
    with engine() as opened, disk_full_said():
        derived = [lake_derive.write_days(opened, each) for each in todo]
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=import_id)
        if batch.state != state:
            return  # cancelled meanwhile; the files are swept
        change(batch)
        for each in derived:
            lake_derive.show_days(each)
    derive_again_if_stale()


def _days_of(batch: Import) -> list[lake_derive.DaysToDerive]:
    """The days that an import's facts touch, source by source, now that they came or went."""
    own_zones = zones()
    is_same = not own_zones.num_rows and batch.report.get("daysIn") == workspace_zone()
    # Otherwise a day may be another one by now: in a customer's own zone, or since the workspace's was changed.
    around = timedelta() if is_same else files.ZONES_APART
    by_source = {source: runs(list(map(_day, days))) for source, days in batch.report.get("days", {}).items()}
    if batch.whole_days:  # also where nothing is any more
        by_source[batch.platform] = files.whole_days(batch)
    return [
        lake_derive.days_to_derive(source, [(first - around, last + around) for first, last in ranges], own_zones)
        for source, ranges in by_source.items()
        if ranges
    ]


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()


def _new_file(row: dict[str, Any], days: Sequence[str]) -> files.NewFile:
    first, last = _day(days[0]), _day(days[-1])
    return files.NewFile(
        Path(row["path"]),
        row["source"],
        row["rows"],
        first,
        last,
        has_repeats=row["has_repeats"],
        first_row=row["first_row"],
    )


def retire(import_id: int) -> None:
    """Take the facts out of sight, the days that came of them, and the customers that only this import knew."""
    all_at_once(import_id, Import.State.LIVE, _go_out_of_sight)


def _go_out_of_sight(batch: Import) -> None:
    files.retire_facts(batch)
    customers.forget_import(batch.pk)
    _forget_names(batch)
    batch.state, batch.undone_at = Import.State.UNDONE, timezone.now()
    batch.save(update_fields=["state", "undone_at"])
    _show_newest(batch)
    record(None, "undid", batch)


def restore(import_id: int) -> None:
    """Bring an undone import's facts back, with its days and customers."""
    all_at_once(import_id, Import.State.UNDONE, _come_back)


def _come_back(batch: Import) -> None:
    _refuse_what_is_live(batch)
    if not batch.whole_days and (batch.first_day is None or not batch.data_files.exists()):
        raise ProductError(f"Import {batch.pk} left no facts that could come back.")
    makes = _makes_customers(batch)
    for source, accounts in _accounts_in(batch).items():
        customers.attribute_accounts(source, accounts, import_id=batch.pk, makes_customers=makes)
    named = name_events([(source, name, readable) for source, name, readable in batch.report.get("broughtNames", [])])
    files.restore_facts(batch)
    batch.report = {**batch.report, "namedEvents": named}
    batch.state, batch.undone_at = Import.State.LIVE, None
    batch.save(update_fields=["report", "state", "undone_at"])
    _show_newest(batch)
    record(None, "brought back", batch)


def _accounts_in(batch: Import) -> dict[str, list[str]]:
    """Per source the accounts that the import's facts name."""
    facts = batch.data_files.filter(table=DataFile.Table.USAGE_EVENTS).values_list("path", flat=True)
    if not facts:
        return {}
    con = duckdb_connection()
    try:
        rows = con.execute(
            "SELECT DISTINCT source, account_id FROM read_parquet(?) WHERE account_id IS NOT NULL ORDER BY ALL",
            [[str(files.root() / path) for path in facts]],
        ).fetchall()
    finally:
        con.close()
    found: dict[str, list[str]] = {}
    for source, account in rows:
        found.setdefault(source, []).append(account)
    return found


def _forget_names(batch: Import) -> None:
    """Take back the readable names that this import gave; what another live import brought too is its own from now."""
    given = {(source, key) for source, key in batch.report["namedEvents"]}
    for other in Import.objects.filter(state=Import.State.LIVE).exclude(pk=batch.pk) if given else ():
        brought = {(source, name_key(name)) for source, name, _ in other.report.get("broughtNames", [])}
        if shared := given & brought:
            other.report["namedEvents"] = [*other.report["namedEvents"], *sorted(shared)]
            other.save(update_fields=["report"])
            given -= shared
    forget_event_names(sorted(given))


def days_are_stale() -> bool:
    """Whether a time zone was changed, the workspace's or a customer's, since days were derived."""
    wanted = lake_derive.zone_key(zones())
    return any(file.key != wanted for file in files.live(DataFile.Table.USAGE_DAILY))


def derive_again_if_stale() -> None:
    """Only for the holder of the executor's lock, and not while an import is at its commit."""
    if days_are_stale():
        derive_again()


def derive_again() -> None:
    """Derive every day of every platform. Only for the holder of the executor's lock."""
    with engine() as opened, disk_full_said():
        for source in sorted({file.source for file in files.live(DataFile.Table.USAGE_EVENTS)}):
            facts = files.live(DataFile.Table.USAGE_EVENTS, source=source)
            derived = files.live(DataFile.Table.USAGE_DAILY, source=source)
            first = min(file.first_day for file in [*facts, *derived]) - files.ZONES_APART
            last = max(file.last_day for file in [*facts, *derived]) + files.ZONES_APART
            lake_derive.derive_daily(opened, source, [(first, last)], zones())


def finish(import_id: int) -> None:
    forget_staging(import_id)
    ending = Import.objects.filter(pk=import_id, step="finish")  # not if its undo was asked for meanwhile
    ending.update(step="", done_share=1, finished_at=timezone.now(), message="")
    shutil.rmtree(uploads() / str(import_id), ignore_errors=True)  # the facts are in the lake
    files.sweep_retired()


def refuse(import_id: int, why: ProductError) -> None:
    """End an import that cannot be: nothing of it stays but the sentence. A live one stays, and its step is due again."""
    if not Import.objects.filter(pk=import_id, state__in=NOT_LIVE_YET).exists():
        due = Import.objects.filter(pk=import_id).exclude(step="")
        due.filter(state=Import.State.UNDONE, step=REDO_STEP).update(step="", message=str(why))  # it stays undone
        due.update(message=str(why))
        return
    _forget_converted(import_id)
    forget_staging(import_id)
    set_aside_path(import_id).unlink(missing_ok=True)
    report: dict[str, Any] = {"sameAs": why.batch.pk} if isinstance(why, AlreadyImported) else {}
    remedy = remedy_of(why)
    report |= {"remedy": remedy.to_json()} if remedy else {}
    Import.objects.filter(pk=import_id, state__in=NOT_LIVE_YET).update(
        state=Import.State.REFUSED, step="", message=str(why), report=report, finished_at=timezone.now()
    )


def fail(import_id: int, step: str) -> None:
    """A bug or a broken machine. Before the commit nothing is kept; after it the facts stand and the step is due again.

    What it was stands in the log: it may name the server's folders, which is nothing for a browser.
    """
    told = f"Something failed that should not, while it did “{step}”; the server's log has it under import {import_id}."
    refuse(import_id, ProductError(told))


def cancel(import_id: int) -> None:
    """Stop an import that is not live yet."""
    stopped = Import.objects.filter(pk=import_id, state__in=NOT_LIVE_YET).update(
        state=Import.State.CANCELLED, step="", message="Cancelled.", finished_at=timezone.now()
    )
    if not stopped:
        return  # it is live: an undo takes it back
    interrupt(import_id)
    _forget_converted(import_id)
    forget_staging(import_id)
    set_aside_path(import_id).unlink(missing_ok=True)


def access_live_import(import_id: int) -> Import:
    """The live import with this number, to be undone. Raises NoSuchImport saying what it is instead."""
    batch = Import.objects.filter(pk=import_id).first()
    if batch is None:
        raise NoSuchImport(f"There is no import {import_id}.")
    if batch.state != Import.State.LIVE:
        raise NoSuchImport(f"Import {import_id} is not live: it is {batch.get_state_display()}.")
    return batch
