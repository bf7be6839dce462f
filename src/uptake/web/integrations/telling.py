"""A connection in words: where it stands, how fresh it is, what it brought."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Sum
from django.utils import timezone

from uptake.lake import files
from uptake.lake.models import Import
from uptake.pipeline.sync import telling
from uptake.pipeline.sync.accuracy import CheckedDay
from uptake.pipeline.sync.models import Connection, Platform, SyncRun, SyncWindow
from uptake.pipeline.sync.platforms import PLATFORMS, Asked
from uptake.pipeline.sync.running import OPEN

MOST_IMPORTS = 30


def span_words(span: timedelta | None) -> str:
    """“3 hours”, “2 days”; – where it is not known."""
    if span is None:
        return "–"
    seconds = max(0, round(span.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return f"{seconds} s"


@dataclass(frozen=True)
class Told:
    """A connection as its row and its page tell it."""

    row: Connection

    @property
    def platform(self) -> Asked | None:
        return PLATFORMS.get(self.row.platform)

    @property
    def holds_days_whole(self) -> bool:
        """Whether it adds its days up itself, so that they can be compared."""
        return self.platform is not None and self.platform.holds_days_whole

    @property
    def sends(self) -> bool:
        """Whether it sends by itself, rather than being asked."""
        return self.row.platform == Platform.LIVE

    @cached_property
    def open_run(self) -> SyncRun | None:
        return self.row.runs.filter(state__in=OPEN).first()

    @cached_property
    def last_run(self) -> SyncRun | None:
        """The newest that is over."""
        return self.row.runs.exclude(state__in=OPEN).first()

    @property
    def state(self) -> str:
        if self.open_run is not None:
            return "syncing"
        if self.row.state != Connection.State.ACTIVE:
            return str(self.row.get_state_display())
        return "in trouble" if self.row.trouble else "connected"

    @property
    def tone(self) -> str:
        return {"in trouble": "bad", "connected": "done", "paused": "warn"}.get(self.state, "")

    @property
    def freshness(self) -> str:
        """How old the newest event is."""
        if self.row.newest_at is None:
            return "nothing came yet"
        return f"{span_words(timezone.now() - self.row.newest_at)} old"

    @property
    def is_late(self) -> bool:
        return not self.sends and telling.is_late(self.row, timezone.now())

    @property
    def key(self) -> str:
        return f"…{self.row.hint}" if self.row.hint else "kept"

    @property
    def checked(self) -> list[CheckedDay]:
        """The days of the last comparison with what the platform says; none before there was one."""
        told = self.row.found.get("accuracy", {}).get("days", {})
        return [CheckedDay(date.fromisoformat(day), theirs, ours) for day, (theirs, ours) in sorted(told.items())]

    @property
    def checked_at(self) -> datetime:
        return datetime.fromisoformat(self.row.found["accuracy"]["at"])

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many of what was seen when the key was tried."""
        return [
            (name.replace("_", " ").capitalize(), count) for name, count in self.row.found.get("counts", {}).items()
        ]

    @property
    def options(self) -> list[tuple[str, str]]:
        """What was said about it, secrets aside."""
        fields = self.platform.fields if self.platform else ()
        said = [(field, str(self.row.options.get(field.name) or "")) for field in fields if not field.is_secret]
        return [(field.label, (field.choices or {}).get(value, value)) for field, value in said if value]

    @cached_property
    def kept(self) -> int:
        """Rows that count now: a day that was asked again counts as it was told last."""
        live = Import.objects.filter(connection_id=self.row.pk, state=Import.State.LIVE)
        brought = live.aggregate(kept=Sum("imported_count"))["kept"] or 0
        return max(0, brought - files.replaced_rows(self.row.pk))

    @property
    def imports(self) -> list[Import]:
        """What a source that sends brought, a row a day, the newest first."""
        return list(Import.objects.filter(connection_id=self.row.pk).order_by("-pk")[:MOST_IMPORTS])


@dataclass(frozen=True)
class ToldRun:
    """A sync as a row of the audit."""

    run: SyncRun

    @cached_property
    def sums(self) -> dict[str, int]:
        return telling.sums_of(self.run)

    @property
    def tone(self) -> str:
        return {SyncRun.State.DONE: "done", SyncRun.State.FAILED: "bad"}.get(SyncRun.State(self.run.state), "")

    @property
    def took(self) -> str:
        return span_words(telling.duration(self.run))

    @property
    def lag(self) -> str:
        return span_words(telling.lag(self.run))

    @cached_property
    def windows(self) -> list[SyncWindow]:
        return list(self.run.windows.order_by("-first_day"))

    @property
    def share(self) -> float:
        """Of its windows that are over, 0–1."""
        over = [each for each in self.windows if each.state != SyncWindow.State.WAITING]
        return len(over) / len(self.windows) if self.windows else 0.0


def next_words(at: datetime | None) -> str:
    """“22 Nov 2026, 04:00 UTC”; “not by itself”."""
    if at is None:
        return "not by itself"
    local = timezone.localtime(at)
    return f"{local.day} {local:%b %Y, %H:%M} {local:%Z}"
