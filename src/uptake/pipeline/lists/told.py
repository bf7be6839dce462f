"""An import that is a customer list: how it is known, what was answered about it, and what doors tell of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from uptake.lake.models import Import
from uptake.pipeline.home import home, set_aside_path

CUSTOMER_LIST = "customers"
"""``Import.platform`` of a customer list."""

REMOVED = {
    "customer": ("customer", "customers"),
    "contract": ("contract", "contracts"),
    "entitlement": ("entitlement", "entitlements"),
    "stakeholder": ("person", "people"),
    "row": ("row", "rows"),
}
MOST_NAMED = 5  # segments in a sentence
WORDS = {"new": "New", "changed": "Changed", "same": "The same already", "aside": "Set aside", "waits": "Waiting"}


@dataclass(frozen=True)
class ListAnswers:
    """What a person said about a list. ``columns``: meaning -> column, or “@none”."""

    columns: Mapping[str, str] = field(default_factory=dict)
    day_first: bool | None = None
    decimal: str | None = None
    currency: str = ""  # of amounts that name none
    starts_on: str = ""  # ISO; of contracts and entitlements without a first day
    makes_customers: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": dict(self.columns)}

    @property
    def first_day(self) -> date | None:
        return date.fromisoformat(self.starts_on) if self.starts_on else None


def is_list(batch: Import) -> bool:
    """Whether the import is a customer list; otherwise it is usage."""
    return batch.platform == CUSTOMER_LIST


def list_answers(batch: Import) -> ListAnswers:
    """What was said about the list so far."""
    told = batch.report.get("preview", batch.report).get("answers", {})
    known = {each.name for each in fields(ListAnswers)}  # earlier versions kept more
    return ListAnswers(**{key: value for key, value in told.items() if key in known})


def outcomes_path(import_id: int) -> Path:
    """What became of each row, a JSON object a line."""
    return home() / "lists" / f"import-{import_id}.jsonl"


def outcomes(batch: Import, what: str = "") -> Iterator[dict[str, Any]]:
    """What becomes, or became, of each row, in the file's order; of one kind where it is asked for."""
    path = outcomes_path(batch.pk)
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            if not what or told["what"] == what:
                yield told


def list_json(batch: Import) -> dict[str, Any]:
    """A customer list for scripts: every row is new, changed, the same or set aside."""
    told = batch.report.get("preview", batch.report)
    counts = told.get("counts") or {}
    path = set_aside_path(batch.pk)
    return {
        "importId": batch.pk,
        "kind": "customers",
        "state": batch.state,
        "files": [file.name for file in batch.files.all()],
        "rowsRead": told.get("rows"),
        "new": counts.get("new"),
        "changed": counts.get("changed"),
        "same": counts.get("same"),
        "setAside": told.get("setAside") or [],
        "setAsideRows": counts.get("aside"),
        "waitingRows": counts.get("waits", 0) if counts else None,
        "setAsideFile": str(path) if path.is_file() else None,
        "made": told.get("made") or {},
        "ownerUnknown": told.get("ownerUnknown") or 0,
        "newSegments": _new_segments(batch),
        "tables": told.get("tables") or [],
        "questions": told.get("questions") or [],
        "undone": batch.report.get("undone"),
        "message": batch.message,
    }


def list_sentence(batch: Import) -> str:
    """“12 rows: 3 new, 2 changed, 6 the same already, 1 set aside.”"""
    told = batch.report.get("preview", batch.report)
    counts = told.get("counts")
    if counts is None:
        return "Something has to be answered before the rows can be read."
    rows = told["rows"]
    parts = [f"{counts[what]:,} {words.lower()}" for what, words in WORDS.items() if what != "waits"]
    return " ".join((f"{rows:,} row{'s' if rows != 1 else ''}: {', '.join(parts)}.", *_waiting(told), *_notes(batch)))


def _new_segments(batch: Import) -> list[str]:
    """Named while the list waits: who sent it sees it then. Later also those see its counts who may not see its values."""
    told = batch.report.get("preview") or {}
    return told.get("newSegments") or [] if batch.state == Import.State.PREVIEW else []


def _waiting(told: Mapping[str, Any]) -> list[str]:
    """“5 rows wait for two answers.”"""
    rows, asked = told["counts"].get("waits", 0), len(told.get("questions") or ())
    if not rows:
        return []
    answers = {1: "one answer", 2: "two answers"}.get(asked, f"{asked} answers")
    return [f"{rows:,} row{'s wait' if rows != 1 else ' waits'} for {answers}."]


def _notes(batch: Import) -> list[str]:
    """What a reader should know of the rows that are taken."""
    segments = _new_segments(batch)
    named = ", ".join(f"“{name}”" for name in segments[:MOST_NAMED])
    more = f" and {len(segments) - MOST_NAMED:,} more" if len(segments) > MOST_NAMED else ""
    found = [f"New segment{'s' if len(segments) > 1 else ''}: {named}{more}."] if segments else []
    if rows := batch.report.get("preview", batch.report).get("ownerUnknown"):
        found.append(
            f"{rows:,} row{'s name' if rows != 1 else ' names'} a CSM whom nobody here is: taken without that owner."
        )
    return found


def undone_sentence(undone: Mapping[str, Any]) -> str:
    """“4 values restored; 3 customers, 2 contracts removed; 1 stayed because somebody changed or needs it.”"""
    of = undone.get("removedOf") or {"row": undone["removed"]}  # earlier versions kept only how many
    gone = [_counted(of[what], one, many) for what, (one, many) in REMOVED.items() if of.get(what)]
    parts = [f"{_counted(undone['restored'], 'value', 'values')} restored", f"{', '.join(gone) or 'nothing'} removed"]
    if undone["stayed"]:
        parts.append(f"{undone['stayed']:,} stayed because somebody changed or needs them")
    return f"{'; '.join(parts)}."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def nothing_changes(batch: Import) -> bool:
    """Whether every row that can be read says what is known already."""
    counts = batch.report.get("preview", batch.report).get("counts") or {}
    return bool(counts) and not counts["new"] and not counts["changed"] and not counts.get("waits")
