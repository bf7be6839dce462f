"""The life of an import as a conversation tells it: read from its row at every look, so that it is always the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from uptake.chat.answers import counted, days_text, listed
from uptake.lake.models import Import
from uptake.pipeline.imports import REDO_STEP, UNDO_STEP
from uptake.pipeline.uploads import LOOK_STEP, preview_json


class Life(StrEnum):
    """Where an import stands, for whoever follows it in the chat."""

    GONE = "gone"
    LOOKING = "looking"
    ASKING = "asking"  # waits for the teammate
    WORKING = "working"
    STUCK = "stuck"  # a step failed after the facts were kept; it is tried again
    LIVE = "live"
    SAME = "same"  # the very bytes are live already
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"
    REDOING = "redoing"


UNDER_WAY = {Life.LOOKING, Life.WORKING, Life.UNDOING, Life.REDOING}
"""Something changes without anybody doing anything: pages follow along."""

_OF_STATE = {
    Import.State.CANCELLED: Life.CANCELLED,
    Import.State.LIVE: Life.LIVE,
    Import.State.UNDONE: Life.UNDONE,
    Import.State.RUNNING: Life.WORKING,
}


def life_of(batch: Import | None) -> Life:
    """Of an import, or of one whose row is gone."""
    if batch is None:
        return Life.GONE
    if batch.state == Import.State.PREVIEW:
        return Life.LOOKING if preview_json(batch) is None or batch.step == LOOK_STEP else Life.ASKING
    if batch.state == Import.State.REFUSED:
        return Life.SAME if batch.report.get("sameAs") else Life.REFUSED
    if batch.step and batch.state != Import.State.RUNNING:
        return _settling(batch)
    return _OF_STATE[Import.State(batch.state)]


def _settling(batch: Import) -> Life:
    if batch.message:
        return Life.STUCK
    if batch.state == Import.State.UNDONE:
        return Life.REDOING if batch.step == REDO_STEP else Life.UNDOING
    return Life.UNDOING if batch.step == UNDO_STEP else Life.WORKING


def state_of(batch: Import | None) -> str:
    """Changes when what is shown of the import changes."""
    if batch is None:
        return "gone"
    share = f"{batch.done_share:.2f}" if batch.step == "convert" else ""
    at = batch.finished_at.timestamp() if batch.finished_at else ""
    seen = "seen" if preview_json(batch) else ""
    return f"{batch.state}.{batch.step}.{share}.{at}.{seen}.{len(batch.message)}"


# Progress


@dataclass(frozen=True)
class Step:
    """One line of the progress. ``share`` is None where it is not known."""

    title: str
    stands: str  # done, now, next
    note: str = ""
    share: float | None = None

    @property
    def percent(self) -> int:
        return int(100 * (self.share or 0))


_STEPS = (
    ("Read and check the rows", ("stage", "convert")),
    ("Match customers, count use by day and session", ("commit",)),
    ("Score customers", ("score", "finish")),
)


def steps_of(batch: Import, confirmed_at: datetime | None) -> list[Step]:
    """The work on a confirmed import, with rows and rate where they are known."""
    now = next((place for place, (_, steps) in enumerate(_STEPS) if batch.step in steps), 0)
    lines = []
    for place, (title, _) in enumerate(_STEPS):
        if place == now and batch.step in {"convert", "stage"}:
            lines.append(_reading(batch, title, confirmed_at))
        else:
            stands = "done" if place < now else "now" if place == now else "next"
            lines.append(Step(title, stands, _done_note(batch, place) if place < now else ""))
    return lines


def _done_note(batch: Import, place: int) -> str:
    if place == 0 and batch.rows_read:
        return f"{counted(batch.rows_read, 'row')} read"
    return "done"


def _reading(batch: Import, title: str, confirmed_at: datetime | None) -> Step:
    share = min(1.0, batch.done_share)
    rows = expected_rows(preview_json(batch))
    size = sum(file.size for file in batch.files.all())
    seconds = (timezone.now() - confirmed_at).total_seconds() if confirmed_at else 0
    told = [f"{share * rows:,.0f} of {rows:,} rows"] if rows and share else []
    if share and seconds > 0.5:
        told.append(f"{share * rows / seconds:,.0f} rows/s" if rows else f"{share * size / seconds / 1e6:,.1f} MB/s")
    if not told:
        told = [filesizeformat(size)]
    return Step(title, "now", ", ".join(told), share if batch.step == "convert" and share else None)


def expected_rows(preview: Mapping[str, Any] | None) -> int | None:
    """How many rows the files hold, where looking at them told."""
    return preview.get("rows") if preview else None


# What came of it


@dataclass(frozen=True)
class Row:
    """A line of a ledger."""

    title: str
    rows: int
    why: str = ""
    href: str = ""


def ledger(batch: Import) -> list[Row]:
    """Every row accounted for: these add up to the rows read."""
    report = batch.report
    return [
        Row("Imported", batch.imported_count),
        Row("Duplicates", batch.duplicate_count, _reasons(report.get("duplicateReasons"))),
        Row("Set aside", batch.set_aside_count, _reasons(report.get("setAside"))),
        Row("Refused", batch.refused_count, _reasons(report.get("refused"))),
    ]


def not_use(batch: Import) -> list[Row]:
    """Rows that are kept and count for nothing."""
    unassigned = batch.report.get("unassigned") or 0
    rows = [Row(one["name"], one["rows"]) for one in (batch.report.get("notFeatures") or [])[:5]]
    return [*rows, *([Row("No customer named", unassigned)] if unassigned else [])]


def _reasons(reasons: Any) -> str:
    return "; ".join(f"{one['reason']} ({one['rows']:,})" for one in (reasons or [])[:4])


def found_sentence(batch: Import) -> str:
    """Found 45,678 usage events for 67 customers over 90 days, 1 Nov 2025 to 29 Jan 2026, with 24 features."""
    report = batch.report
    words = (
        f"Found {counted(batch.imported_count, 'usage event')} for {counted(report.get('customers') or 0, 'customer')}"
    )
    if batch.first_day and batch.last_day:
        days = (batch.last_day - batch.first_day).days + 1
        words += f" over {counted(days, 'day')}, {days_text(batch.first_day, batch.last_day)}"
    people, features = report.get("visitors") or 0, report.get("features") or 0
    words += f": {counted(people, 'user')} and {counted(features, 'feature')}."
    if nobodys := report.get("unassigned") or 0:
        words += f" {counted(nobodys, 'row')} {'names' if nobodys == 1 else 'name'} no customer and count{'s' * (nobodys == 1)} for none."
    return words


def read_as(batch: Import) -> str:
    """How the columns were read: customer from “account”, …; empty where a report does not say."""
    pairs = (batch.report.get("mapping") or {}).items()
    return (
        listed([f"{MEANINGS.get(word, word).lower()} from “{column}”" for word, column in pairs], 12) if pairs else ""
    )


MEANINGS = {
    "customer": "Customer",
    "visitor": "User",
    "feature": "Feature",
    "timestamp": "Time",
    "count": "Number of uses",
    "duration": "Duration",
    "session": "Session",
    "event_id": "Event id",
}
"""What a column can mean, in the words of the form."""
