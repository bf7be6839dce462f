"""An import in words: where it stands, what became of its rows, which column meant what."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from uptake.insights import words
from uptake.kit.remedies import Remedy
from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.imports import REDO_STEP, UNDO_STEP
from uptake.pipeline.lists.told import CUSTOMER_LIST, is_list
from uptake.pipeline.remedies import Door, import_message, import_remedy
from uptake.pipeline.sync.models import Connection
from uptake.pipeline.uploads import preview_json

State = Import.State
OVER = {State.REFUSED, State.CANCELLED}
DONE = {State.LIVE, State.UNDONE}
PLATFORMS = {CUSTOMER_LIST: "Customer list", "generic": "A table", "ga4": "Google Analytics 4"}
STEPS = {
    "stage": "checking the files",
    "convert": "reading rows",
    "commit": "matching customers, counting days",
    "score": "scoring customers",
    "finish": "finishing",
    UNDO_STEP: "being undone",
    REDO_STEP: "being brought back",
}
MEANINGS = {
    "customer": "Customer",
    "visitor": "User",
    "feature": "Feature or event",
    "timestamp": "Time",
    "event_id": "Event id",
    "session_id": "Session",
    "count": "Number of uses",
    "duration": "Duration",
}


@dataclass(frozen=True)
class Told:
    """An import as its row and its page tell it."""

    batch: Import

    @property
    def state(self) -> str:
        """“live”, “reading rows, 40%”."""
        if self.batch.state == State.PREVIEW:
            return "being looked at" if self.is_moving else "waits for you"
        if self.is_same:
            return "was live already"
        if self.batch.state in OVER or not self.is_moving:
            return str(self.batch.get_state_display())
        doing = STEPS.get(self.batch.step, "waiting for its turn")
        return f"{doing}, {100 * self.batch.done_share:.0f}%" if self.batch.step == "convert" else doing

    @property
    def tone(self) -> str:
        if self.is_same:
            return ""  # nothing went wrong: it counts once
        return {State.LIVE: "done", State.REFUSED: "bad", State.PREVIEW: "warn"}.get(State(self.batch.state), "")

    @property
    def is_moving(self) -> bool:
        """Whether it changes by itself: the page then looks again."""
        if self.batch.state == State.PREVIEW:
            return preview_json(self.batch) is None
        return self.batch.state not in OVER and (bool(self.batch.step) or self.batch.state == State.RUNNING)

    @property
    def is_same(self) -> bool:
        """Whether the very bytes were live already."""
        return "sameAs" in self.batch.report

    @property
    def names(self) -> list[str]:
        return [file.name for file in self.batch.files.all()]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.batch.files.all())

    @property
    def title(self) -> str:
        """The first file, and how many more; of a sync whom it asked for which days."""
        if self._connection is not None and self.batch.first_day and self.batch.last_day:
            span = words.day(self.batch.first_day)
            if self.batch.last_day != self.batch.first_day:
                span += f" – {words.day(self.batch.last_day)}"
            return f"{self._connection.name}, {span}"
        first, *more = self.names or ["no file"]
        return f"{first} and {len(more)} more" if more else first

    @cached_property
    def _connection(self) -> Connection | None:
        return Connection.objects.filter(pk=self.batch.connection_id).first() if self.batch.connection_id else None

    @property
    def platform(self) -> str:
        name = self.batch.platform
        return PLATFORMS.get(name, name.capitalize())

    @property
    def begun_by(self) -> str:
        if self.batch.begun_by:
            return str(self.batch.begun_by)
        return "by itself" if self.batch.connection_id else "the command line"

    @property
    def mapping(self) -> list[tuple[str, str]]:
        """(what it means, the column)."""
        found: Mapping[str, str] = self.batch.report.get("mapping") or {}
        return [(MEANINGS.get(word, word.replace("_", " ").capitalize()), column) for word, column in found.items()]

    @property
    def ledger(self) -> list[tuple[str, int, list[dict[str, Any]]]]:
        """What became of the rows, each kind with its reasons; together they are the rows read."""
        report, batch = self.batch.report, self.batch
        return [
            ("Imported", batch.imported_count, []),
            ("Duplicates, counted once", batch.duplicate_count, report.get("duplicateReasons") or []),
            ("Set aside, not counted", batch.set_aside_count, report.get("setAside") or []),
            ("Refused", batch.refused_count, report.get("refused") or []),
        ]

    @property
    def has_report(self) -> bool:
        return self.batch.state in DONE and "mapping" in self.batch.report

    @property
    def has_set_aside(self) -> bool:
        return set_aside_path(self.batch.pk).is_file()

    @property
    def refusal(self) -> str:
        """Why it was refused, and what can be done about it on a page."""
        return import_message(self.batch, Door.PAGE)

    @property
    def remedy(self) -> Remedy | None:
        return import_remedy(self.batch) if self.batch.state == State.REFUSED else None

    @property
    def may_undo(self) -> bool:
        return self.batch.state == State.LIVE and not self.is_moving

    @property
    def may_redo(self) -> bool:
        return self.batch.state == State.UNDONE and not self.is_moving and not is_list(self.batch)

    @property
    def may_cancel(self) -> bool:
        return self.batch.state in {State.PREVIEW, State.RUNNING}
