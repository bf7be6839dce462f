"""What works and what does not, each with the sentence that says so."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import DataFile, Import
from uptake.pipeline.home import home, prepare
from uptake.pipeline.live.spool import waiting_bytes
from uptake.pipeline.sync.models import Connection, Platform

STALE_DAYS = 7
LITTLE_SPACE = 1_000_000_000  # bytes


@dataclass(frozen=True)
class Check:
    name: str
    ok: bool
    says: str

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "says": self.says}


def all_checks() -> list[Check]:
    """Each check on its own: one that breaks says so and leaves the others alone."""
    return [_tried(name, run) for name, run in CHECKS]


def _tried(name: str, run: Callable[[], str]) -> Check:
    try:
        return Check(name, True, run())
    except (ProductError, DatabaseError, OSError, pa.ArrowException, RuntimeError) as why:
        return Check(name, False, str(why).strip().splitlines()[0] if str(why) else repr(why))
    except ImportError as why:
        return Check(name, False, f"{why}; install it with: pip install 'uptake[spark]'")


def _settings() -> str:
    options = settings.UPTAKE
    return f"home {home()}, time zone {options.time_zone}, working days {options.working_days}"


def _home() -> str:
    prepare()
    free = shutil.disk_usage(home()).free
    if free < LITTLE_SPACE:
        raise ProductError(f"only {free / 1e6:,.0f} MB free on the disk of {home()}")
    return f"{free / 1e9:,.0f} GB free"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    running = Import.objects.filter(state=Import.State.RUNNING).count()
    waiting = f", {running} unfinished: they go on with the next command" if running else ""
    return f"{connection.vendor}, {Import.objects.filter(state=Import.State.LIVE).count()} live imports{waiting}"


def _lake() -> str:
    live = DataFile.objects.filter(retired_at=None)
    missing = [file.path for file in live if not (files.root() / file.path).exists()]
    if missing:
        raise ProductError(f"{len(missing)} files are missing from {files.root()}, the first is {missing[0]}")
    return f"{len(live)} files, {sum(file.byte_count for file in live) / 1e6:,.1f} MB in {files.root()}"


def _engine() -> str:
    with engine() as opened:
        probe = opened.small("probe", pa.table({"one": pa.array([1, 2], pa.int64())}))
        total = opened.arrow(probe.agg(total=probe.one.sum())).to_pylist()[0]["total"]
    if total != 3:
        raise ProductError(f"{settings.UPTAKE.engine} adds 1 and 2 to {total}")
    return f"{settings.UPTAKE.engine}"


def _freshness() -> str:
    newest = DataFile.objects.filter(table=DataFile.Table.USAGE_EVENTS, retired_at=None).order_by("-last_day").first()
    if newest is None:
        return "no usage yet; start with: uptake import FILE"
    age = timezone.localdate() - newest.last_day
    if age > timedelta(days=STALE_DAYS):
        return f"the newest usage event is {age.days} days old ({newest.last_day}): import or sync again"
    return f"the newest usage event is of {newest.last_day}"


def _live_events() -> str:
    sources = Connection.objects.filter(platform=Platform.LIVE).exclude(state=Connection.State.REMOVED)
    stuck = sources.exclude(trouble="").first()
    if stuck is not None:
        raise ProductError(f"{stuck}: {stuck.trouble}")
    return f"{sources.count()} sources, {waiting_bytes() / 1e6:,.1f} MB wait to become facts"


CHECKS: list[tuple[str, Callable[[], str]]] = [
    ("settings", _settings),
    ("home", _home),
    ("database", _database),
    ("lake", _lake),
    ("engine", _engine),
    ("freshness", _freshness),
    ("live", _live_events),
]
