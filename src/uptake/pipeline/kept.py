"""What was worked out from a state of the facts, kept in the lake for whoever asks again, in any process.

A key says all that a table was made from, so a table is never wrong, only out of use: then it is swept.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import OperationalError, connection
from django.utils import timezone

from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline.at_hand import Bench, at_hand
from uptake.pipeline.published import Published

EXPRESSIONS = "2"  # changes with what the metrics make of the same days: what an older version kept is not shown
STATES = 4  # of the facts, whose tables stay; the newest, by when something was last worked out from them
TABLES = 400  # of all states together: every day that somebody asks about makes a few
LAST_READ = timedelta(minutes=10)  # whoever found a table in the catalogue has opened it by then
BUSY_SECONDS = 2

log = logging.getLogger(__name__)


def key_of(what: str, known: Published, *parts: object) -> str:
    """The name of a table: what it is, which version of the metrics, of which state, and whatever else it depends on."""
    return "|".join([what, EXPRESSIONS, known.token, *map(str, parts)])


def kept_or_made(key: str, known: Published, days: Sequence[date], make: Callable[[Bench], pa.Table]) -> pa.Table:
    """The table of this key, made and kept where nobody has yet."""
    table = kept(key)
    if table is None:
        with at_hand(known) as bench:
            table = kept(key)  # somebody else may have been at it while we waited for the engine
            if table is None:
                table = make(bench)
                keep(key, table, days)
    return table


def kept(key: str) -> pa.Table | None:
    """What was worked out for this key before; None if nobody did, or it is swept this moment."""
    file = DataFile.objects.filter(table=DataFile.Table.SCORES, key=key, retired_at=None).first()
    try:
        return None if file is None else pq.read_table(files.root() / file.path)
    except FileNotFoundError:
        return None


def keep(key: str, table: pa.Table, days: Sequence[date]) -> None:
    """Keep a table under its key, and sweep what it puts out of use. ``|`` ends the part that names the file.

    Where the database stays busy it is not kept, and somebody works it out again.
    """
    path = files.new_path(DataFile.Table.SCORES, key.partition("|")[0])
    pq.write_table(table, path, compression="zstd")
    new = files.NewFile(path, "", table.num_rows, min(days), max(days))
    try:
        with _waiting_little():
            files.list_derived(DataFile.Table.SCORES, new, key=key)
            _sweep()
    except OperationalError:
        log.info("%s was not kept", key, exc_info=True)


@contextmanager
def _waiting_little() -> Iterator[None]:
    """SQLite has one writer at a time. Careful: it may be a transaction that waits for the very table made here."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {1000 * connection.settings_dict['OPTIONS'].get('timeout', 5)}")


def _sweep() -> None:
    """Take tables of states long gone out of the catalogue, and delete what was taken out a while ago.

    In two steps, because another process may have found a table's row and not opened its file yet.
    """
    catalogue = DataFile.objects.filter(table=DataFile.Table.SCORES)
    listed = list(catalogue.filter(retired_at=None).order_by("-pk").values_list("pk", "key"))
    states = list(dict.fromkeys(_state(key) for _, key in listed))[:STATES]
    old = [pk for place, (pk, key) in enumerate(listed) if place >= TABLES or _state(key) not in states]
    now = timezone.now()
    if old:
        catalogue.filter(pk__in=old[:TABLES]).update(retired_at=now)
    unread = catalogue.filter(retired_at__lt=now - LAST_READ)
    for file in unread:
        (files.root() / file.path).unlink(missing_ok=True)
    if unread:
        unread.delete()


def _state(key: str) -> str:
    """The state in a key; in one of an older shape something else, which no state is called."""
    return "".join(key.split("|")[2:3])
