"""A sync in words and as data: what was asked, what came, what was kept, how long it took, how fresh it is."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from uptake.pipeline.sync.models import Connection, SyncRun

SUMS = ("requests", "received", "kept", "duplicates", "set_aside", "byte_count")


def sums_of(run: SyncRun) -> dict[str, int]:
    """Over the windows of a run."""
    found = run.windows.aggregate(**{name: Sum(name) for name in SUMS})
    return {name: value or 0 for name, value in found.items()}


def duration(run: SyncRun) -> timedelta | None:
    """From its beginning to its end; None while it is not over."""
    return run.finished_at - run.started_at if run.started_at and run.finished_at else None


def lag(run: SyncRun) -> timedelta | None:
    """How old the newest event was when it had come."""
    return run.finished_at - run.newest_at if run.finished_at and run.newest_at else None


def run_json(run: SyncRun) -> dict[str, Any]:
    """The audit row of a sync, with its windows."""
    sums = sums_of(run)
    took, late = duration(run), lag(run)
    return {
        "syncId": run.pk,
        "platform": run.connection.platform,
        "kind": run.kind,
        "state": run.state,
        "from": run.first_day,
        "to": run.last_day,
        "asked": sums["requests"],
        "received": sums["received"],
        "kept": sums["kept"],
        "duplicates": sums["duplicates"],
        "setAside": sums["set_aside"],
        "bytes": sums["byte_count"],
        "startedAt": run.started_at,
        "finishedAt": run.finished_at,
        "seconds": took and round(took.total_seconds(), 1),
        "lagSeconds": late and round(late.total_seconds()),
        "message": run.message,
        "windows": [
            {
                "from": window.first_day,
                "to": window.last_day,
                "state": window.state,
                "importId": window.import_id,
                "received": window.received,
                "kept": window.kept,
                "message": window.message,
            }
            for window in run.windows.all()
        ],
    }


def is_late(connection: Connection, now: datetime) -> bool:
    """Whether data should have come by now and has not: the newest event is over two days old, or nothing ever came."""
    newest = connection.newest_at
    return connection.state == Connection.State.ACTIVE and (newest is None or now - newest > timedelta(days=2))
