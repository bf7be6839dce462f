"""Imports as scripts and tables want them (DESIGN section 5)."""

from typing import Any

from uptake.lake.models import Import
from uptake.pipeline.commands.output import clean
from uptake.pipeline.lists.told import is_list, list_json

TOLD = (
    "rowsRead", "imported", "duplicates", "duplicateReasons", "clashes", "setAside", "setAsideFile", "refused",
    "unassigned", "customers", "visitors", "features", "notFeatures", "from", "to", "mapping", "tables", "warnings",
)  # fmt: skip


def import_json(batch: Import) -> dict[str, Any]:
    """What ``uptake import --json`` prints. The same bytes again: the live import, with nothing imported by this one."""
    if is_list(batch):
        return list_json(batch)
    same_as = batch.report.get("sameAs")
    if same_as is None:
        return _told(batch) | {"alreadyLive": False}
    live = _told(Import.objects.get(pk=same_as))
    read = live["rowsRead"] - _rows(live["setAside"]) - _rows(live["refused"])
    return live | {"imported": 0, "duplicates": read, "alreadyLive": True}


def _rows(reasons: list[dict[str, Any]]) -> int:
    return sum(each["rows"] for each in reasons)


def _told(batch: Import) -> dict[str, Any]:
    files = [file.name for file in batch.files.all()]
    return {"importId": batch.pk, "platform": batch.platform, "files": files} | {key: batch.report[key] for key in TOLD}


def import_line(batch: Import) -> dict[str, Any]:
    """One row of ``uptake imports --json``."""
    return {
        "importId": batch.pk,
        "state": batch.state,
        "createdAt": batch.created_at,
        "undoneAt": batch.undone_at,
        "files": [file.name for file in batch.files.all()],
        "platform": batch.platform,
        "rowsRead": batch.rows_read,
        "imported": batch.imported_count,
        "duplicates": batch.duplicate_count,
        "setAside": batch.set_aside_count,
        "refused": batch.refused_count,
        "from": batch.first_day,
        "to": batch.last_day,
        "message": batch.message,
    }


def import_cells(batch: Import) -> list[str]:
    """One row of ``uptake imports`` for people."""
    files = [file.name for file in batch.files.all()]
    names = files[0] + (f" and {len(files) - 1} more" if len(files) > 1 else "") if files else "–"
    days = f"{batch.first_day} – {batch.last_day}" if batch.first_day else "–"
    return [
        str(batch.pk),
        f"{batch.created_at:%Y-%m-%d %H:%M}",
        clean(names[:50]),
        clean(batch.platform or "–"),
        f"{batch.imported_count:,}",
        f"{batch.duplicate_count:,}",
        f"{batch.set_aside_count:,}",
        days,
        batch.get_state_display() + (f": {clean(batch.message)}" if batch.message else ""),
    ]
