"""The file catalogue: which Parquet files are live, how one is added and how one is retired."""

import hashlib
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from uptake.lake.engine import Selection
from uptake.lake.models import DataFile, Import

Range = tuple[date, date]
FACTS = (DataFile.Table.USAGE_EVENTS, DataFile.Table.GUIDE_EVENTS)
"""What imports bring: kept also when they are undone."""
OLD_ENOUGH_SECONDS = 600
ZONES_APART = timedelta(days=2)  # between two zones' days of one instant: they reach from -12 to +14 hours
LONGEST_READ = timedelta(hours=6)  # whoever listed a file before it was retired has read it by then
ONCE = "once"  # key of facts that no other such file of the source repeats: they were compared when they came
SUPERSEDED = "superseded"  # key of facts whose rows stand in a larger file


@dataclass(frozen=True)
class NewFile:
    """A Parquet file that was written and is not listed yet."""

    path: Path
    source: str
    row_count: int
    first_day: date
    last_day: date
    has_repeats: bool = False
    first_row: int | None = None
    key: str = ""  # of facts: ONCE, or nothing


def root() -> Path:
    """The lake's folder."""
    return Path(settings.UPTAKE.lake or settings.UPTAKE_HOME / "lake")


def new_path(table: str, stem: str) -> Path:
    """A name that nobody used, in the folder of the table. Nothing sees the file before it is listed."""
    folder = root() / table
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{stem}-{uuid.uuid4().hex[:12]}.parquet"


def live(table: str, *, source: str | None = None, ranges: Iterable[Range] | None = None) -> list[DataFile]:
    """Live files of a table in the order they came, by source and by the days they may hold.

    A day of the catalogue is the workspace's as it was when the file came; another zone may see the row on another day.
    Facts of which newer ones hold every day are not among them.
    """
    found = DataFile.objects.filter(table=table, retired_at=None).order_by("pk")
    if source is not None:
        found = found.filter(source=source)
    if ranges is not None:
        any_of = Q(pk=None)
        for first, last in ranges:
            any_of |= Q(first_day__lte=last + ZONES_APART, last_day__gte=first - ZONES_APART)
        found = found.filter(any_of)
    return [file for file in found if not (file.hidden_ranges and _is_all_hidden(file))]


def _is_all_hidden(file: DataFile) -> bool:
    return any(_day(first) <= file.first_day and file.last_day <= _day(last) for first, last in file.hidden_ranges)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def selections(files: Sequence[DataFile]) -> list[Selection]:
    """How an engine reads these files: together where nothing parts them."""
    together: dict[tuple[int | None, tuple[tuple[str, str], ...], str], list[Path]] = {}
    for file in files:
        hidden = tuple((first, last) for first, last in file.hidden_ranges)
        column = "occurred_on" if file.table == DataFile.Table.USAGE_EVENTS else "day"
        together.setdefault((file.first_row, hidden, column), []).append(root() / file.path)
    return [Selection(tuple(paths), hidden, row, column) for (row, hidden, column), paths in together.items()]


def list_facts(batch: Import, files: Sequence[NewFile], table: str = DataFile.Table.USAGE_EVENTS) -> None:
    """Make an import's facts visible. Doing it again changes nothing. Call inside the import's transaction."""
    known = set(batch.data_files.values_list("path", flat=True))
    DataFile.objects.bulk_create(
        _row(table, file, brought_by=batch, key=file.key) for file in files if _relative(file.path) not in known
    )


def retire_facts(batch: Import) -> None:
    """Take an import's facts out of sight. Call inside the undo's transaction."""
    batch.data_files.filter(table__in=FACTS, retired_at=None).update(retired_at=timezone.now())


def restore_facts(batch: Import) -> None:
    """Show an undone import's facts again. Call inside the transaction of the change."""
    batch.data_files.filter(table__in=FACTS).exclude(key=SUPERSEDED).update(retired_at=None)


def supersede_facts(batch: Import, old: Sequence[DataFile], merged: NewFile) -> bool:
    """Show one file with the rows of these in their place. False, and nothing is changed, where one is not shown any more.

    Call inside a transaction that holds the import.
    """
    chosen = batch.data_files.filter(pk__in=[file.pk for file in old], retired_at=None)
    if chosen.count() != len(old):
        return False
    chosen.update(retired_at=timezone.now(), key=SUPERSEDED)
    _row(DataFile.Table.USAGE_EVENTS, merged, brought_by=batch, key=merged.key).save(force_insert=True)
    return True


def show_newest_of(connection_id: int) -> None:
    """Of each day that imports of a connection hold whole, show the newest live one's facts only.

    So a day that was asked for again is as the platform tells it now, also where something has gone from it, and undoing
    the newer import brings back what the older one said. Call inside the transaction of the change.
    """
    newer: list[Range] = []
    for batch in Import.objects.filter(connection_id=connection_id, state=Import.State.LIVE).order_by("-pk"):
        for file in batch.data_files.all():
            hidden = [[str(first), str(last)] for first, last in newer if _touches(file, first, last)]
            if hidden != file.hidden_ranges:
                file.hidden_ranges = hidden
                file.save(update_fields=["hidden_ranges"])
        newer = _merged([*newer, *whole_days(batch)])


def whole_days(batch: Import) -> list[Range]:
    """The days that an import holds whole, where a connection brought it."""
    return [(_day(first), _day(last)) for first, last in batch.whole_days]


def _touches(file: DataFile, first: date, last: date) -> bool:
    return file.first_day <= last and first <= file.last_day


@transaction.atomic
def replace_days(table: str, source: str, ranges: Sequence[Range], files: Sequence[NewFile], *, key: str) -> None:
    """List derived files that hold these days; older files of the source no longer show them."""
    for old in DataFile.objects.select_for_update().filter(table=table, source=source, retired_at=None):
        _hide(old, ranges)
    DataFile.objects.bulk_create(_row(table, file, key=key) for file in files)


def list_derived(table: str, file: NewFile, *, key: str) -> None:
    """List a file that stands for itself, such as scores: its key says what it was made from, and it stays."""
    _row(table, file, key=key).save(force_insert=True)


@transaction.atomic
def hide_days(table: str, source: str, ranges: Sequence[Range]) -> None:
    """Derived rows of these days are out of date and no longer shown."""
    replace_days(table, source, ranges, [], key="")


def _hide(file: DataFile, ranges: Sequence[Range]) -> None:
    touching = [(first, last) for first, last in ranges if _touches(file, first, last)]
    if not touching:
        return
    hidden = _merged([*[(_day(a), _day(b)) for a, b in file.hidden_ranges], *touching])
    file.hidden_ranges = [[first.isoformat(), last.isoformat()] for first, last in hidden]
    if any(first <= file.first_day and file.last_day <= last for first, last in hidden):
        file.retired_at = timezone.now()
    file.save(update_fields=["hidden_ranges", "retired_at"])


def _merged(ranges: Sequence[Range]) -> list[Range]:
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def covered(files: Sequence[DataFile]) -> list[Range]:
    """The days that these derived files show."""
    shown: list[Range] = []
    for file in files:
        day = file.first_day
        for first, last in [(_day(a), _day(b)) for a, b in file.hidden_ranges]:
            if day < first:
                shown.append((day, first - timedelta(days=1)))
            day = max(day, last + timedelta(days=1))
        if day <= file.last_day:
            shown.append((day, file.last_day))
    return _merged(shown)


def newest_day(files: Sequence[DataFile]) -> date | None:
    """The last day of which these derived files show a row; None where they show none.

    A file's last day has rows. Where that day is hidden, the file itself is asked which one comes before.
    """
    newest: date | None = None
    for file in sorted(files, key=lambda file: file.last_day, reverse=True):
        if newest is not None and file.last_day <= newest:
            break
        hidden = tuple((_day(first), _day(last)) for first, last in file.hidden_ranges)
        day = _newest_shown(root() / file.path, file.last_day, hidden)
        newest = max((each for each in (newest, day) if each is not None), default=None)
    return newest


@lru_cache(maxsize=256)
def _newest_shown(path: Path, last_day: date, hidden: tuple[Range, ...]) -> date | None:
    """A file never changes, so neither does the answer."""
    if not any(first <= last_day <= last for first, last in hidden):
        return last_day
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    days = pc.unique(pq.read_table(path, columns=["day"])["day"]).to_pylist()
    return max((day for day in days if not any(first <= day <= last for first, last in hidden)), default=None)


def replaced_rows(connection_id: int | None = None) -> int:
    """Rows of live facts whose day a newer file holds, of all imports or of those of a connection: they do not count."""
    found = DataFile.objects.filter(table=DataFile.Table.USAGE_EVENTS, retired_at=None).exclude(hidden_ranges=[])
    if connection_id is not None:
        found = found.filter(brought_by__connection_id=connection_id)
    return sum(
        _replaced(root() / file.path, tuple((_day(a), _day(b)) for a, b in file.hidden_ranges)) for file in found
    )


@lru_cache(maxsize=1_024)
def _replaced(path: Path, hidden: tuple[Range, ...]) -> int:
    """A file never changes, so neither does the answer."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    days = pc.value_counts(pq.read_table(path, columns=["occurred_on"])["occurred_on"]).to_pylist()
    of_day = {each["values"]: each["counts"] for each in days if each["values"] is not None}
    return sum(count for day, count in of_day.items() if any(first <= day <= last for first, last in hidden))


def missing(wanted: Sequence[Range], present: Sequence[Range]) -> list[Range]:
    """The parts of ``wanted`` that ``present`` does not hold."""
    gaps: list[Range] = []
    for first, last in _merged(wanted):
        day = first
        for have_first, have_last in present:
            if have_last < day or have_first > last:
                continue
            if day < have_first:
                gaps.append((day, have_first - timedelta(days=1)))
            day = max(day, have_last + timedelta(days=1))
        if day <= last:
            gaps.append((day, last))
    return gaps


def state_token(*tables: str) -> str:
    """Changes whenever a live file of these tables, or what it shows, changes."""
    rows = DataFile.objects.filter(table__in=tables, retired_at=None).order_by("pk").values_list("pk", "hidden_ranges")
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]


def sweep(spare: Iterable[Path] = ()) -> int:
    """Delete files that no row lists: what a crash left. Returns how many. Only by the executor, before it works.

    ``spare``: files that are written in full and that work under way will list.
    Scores are written by whoever asks for them, so theirs must be old enough to belong to nobody.
    """
    listed = {*DataFile.objects.values_list("path", flat=True), *map(_relative, spare)}
    unlisted = [
        path
        for table in DataFile.Table.values
        for path in (root() / table).rglob("*.parquet")  # Spark writes folders of that name
        if path.is_file()
        and _relative(path) not in listed
        and (table != DataFile.Table.SCORES or time.time() - path.stat().st_mtime > OLD_ENOUGH_SECONDS)
    ]
    for path in unlisted:
        path.unlink()
    return len(unlisted)


def sweep_retired(*, after: timedelta = LONGEST_READ, sources: Sequence[str] | None = None) -> int:
    """Delete files whose days or rows newer ones hold since long: nobody who listed them still reads. Returns how many.

    Other facts stay, also those of an import that was undone: it may be brought back.
    """
    derived = Q(table__in=[DataFile.Table.USAGE_DAILY, DataFile.Table.SESSIONS])
    replaced = derived | Q(table=DataFile.Table.USAGE_EVENTS, key=SUPERSEDED)
    unread = DataFile.objects.filter(replaced, retired_at__lt=timezone.now() - after)
    if sources is not None:
        unread = unread.filter(source__in=sources)
    for file in unread:
        (root() / file.path).unlink(missing_ok=True)
    return unread.delete()[0]


def _row(table: str, file: NewFile, *, brought_by: Import | None = None, key: str = "") -> DataFile:
    return DataFile(
        table=table,
        path=_relative(file.path),
        brought_by=brought_by,
        source=file.source,
        row_count=file.row_count,
        byte_count=file.path.stat().st_size,
        first_day=file.first_day,
        last_day=file.last_day,
        has_repeats=file.has_repeats,
        first_row=file.first_row,
        key=key,
    )


def _relative(path: Path) -> str:
    return path.relative_to(root()).as_posix()
