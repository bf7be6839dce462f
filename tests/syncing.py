"""A connection to a stand-in, and its syncs done in this process, step by step as the durable work does them."""

from collections import Counter
from datetime import date

from django.conf import settings

from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.schemas import USAGE_DAILY
from uptake.pipeline import durable, imports, uploads
from uptake.pipeline.sync import running
from uptake.pipeline.sync.connections import connect
from uptake.pipeline.sync.models import Connection, SyncRun
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role


def connected(server, **said) -> Connection:
    """Lea connects the stand-in."""
    setattr(settings.UPTAKE, f"{said.get('platform', 'pendo')}_url", server.url)
    lea = teammate("lea@ours.example", Role.LEADER)
    return connect(lea, said.pop("platform", "pendo"), {"key": getattr(server, "key", ""), **said}, history_days=90)


def sync(connection: Connection, first: date, last: date) -> SyncRun:
    """Ask for these days; the run as it ended."""
    run = running.begin(connection, SyncRun.Kind.BY_HAND, first, last)
    finish(run)
    run.refresh_from_db()
    connection.refresh_from_db()
    return run


def finish(run: SyncRun) -> None:
    """What the workflow does."""
    for window_id in running.windows_of(run.pk):
        import_id = running.pull_window(window_id)
        if import_id is not None:
            import_whole(import_id)
        if not running.close_window(window_id):
            break
    running.close_run(run.pk)


def import_whole(import_id: int) -> None:
    try:
        for step in durable.IMPORT:
            if imports.begin_step(import_id, step):
                durable.STEPS[step](import_id)
    except ProductError as why:
        uploads.refuse_upload(import_id, why)


def uses() -> dict[tuple[date, str | None, str], int]:
    """Uses per day, account and event name, as metrics see them."""
    with engine() as opened:
        daily = opened.files("usage_daily", files.selections(files.live("usage_daily")), USAGE_DAILY)
        rows = opened.arrow(daily).to_pylist()
    found: Counter[tuple[date, str | None, str]] = Counter()
    for row in rows:
        found[row["day"], row["account_id"], row["event_name"]] += row["uses"]
    return dict(found)
