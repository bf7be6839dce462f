"""The word about a customer list: other answers, yes, no, and taking it back."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from uptake.customers.lists.undoing import take_back
from uptake.customers.lists.writing import write
from uptake.customers.models import CustomerListLock
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline.home import forget_staging, uploads
from uptake.pipeline.lists.looking import look_at_list
from uptake.pipeline.lists.told import ListAnswers, is_list, list_answers
from uptake.pipeline.preview import StillOpen
from uptake.sources.customer_lists.cells import BadCell, currency
from uptake.sources.customer_lists.recognise import ORDERS, SIGNS
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

MOST_TOLD = 200  # sentences about what an undo left


class ChangedMeanwhile(ProductError):
    """Somebody changed customers since the list was looked at; it was looked at again, and nothing was written."""

    status = 409


class BadAnswer(ProductError):
    """An answer that there is not."""


def require_lists(by: Teammate | None) -> None:
    """Raises NotAllowed: a list speaks of any customer. None is the command line."""
    if by is not None:
        require(by, Right.CHANGE_ALL)


def answered(before: ListAnswers, told: Mapping[str, str], columns: Mapping[str, str] | None = None) -> ListAnswers:
    """The answers with those of a form or a script: dates, decimal, currency, starts, customers. Raises BadAnswer."""
    changes: dict[str, Any] = {}
    if columns is not None:
        changes["columns"] = {**before.columns, **columns}
    for key, name, choices in (("dates", "day_first", ORDERS), ("decimal", "decimal", SIGNS)):
        if value := told.get(key, "").strip():
            if value not in choices:
                raise BadAnswer(f"{key} must be {' or '.join(choices)}.")
            changes[name] = choices[value]
    if value := told.get("currency", "").strip():
        try:
            changes["currency"] = currency(value)
        except BadCell as why:
            raise BadAnswer(f"{why}.") from why
    if value := told.get("starts", "").strip():
        try:
            changes["starts_on"] = date.fromisoformat(value).isoformat()
        except ValueError as why:
            raise BadAnswer(f"“{value[:20]}” is no day; write it as 2026-01-31.") from why
    if value := told.get("customers", ""):
        if value not in {"make", "known"}:
            raise BadAnswer("customers must be make or known.")
        changes["makes_customers"] = value == "make"
    return replace(before, **changes)


def look_again(batch: Import, answers: ListAnswers, *, by: Teammate | None) -> Import:
    """Read the list with other answers, as long as it waits. Raises StillOpen where it does not."""
    require_lists(by)
    _refuse_settled(batch)
    look_at_list(batch, answers)
    return batch


def _refuse_settled(batch: Import) -> None:
    if batch.state != Import.State.PREVIEW or not is_list(batch) or "preview" not in batch.report:
        raise StillOpen(f"Import {batch.pk} is no list that waits for an answer: it is {batch.get_state_display()}.")


def confirm_list(batch: Import, *, by: Teammate | None) -> Import:
    """Write what the preview shows, all of it or nothing. Confirming again changes nothing.

    Raises NotAllowed; StillOpen with what is asked; ChangedMeanwhile where the preview is not true any more.
    """
    require_lists(by)
    if not is_list(batch):
        raise StillOpen(f"Import {batch.pk} is no customer list.")
    done = _write(batch.pk, by)
    if done is None:
        batch.refresh_from_db()
        look_at_list(batch)
        raise ChangedMeanwhile(
            "Customers were changed since this was looked at. Look at it again; nothing was written."
        )
    if done.state == Import.State.LIVE:  # what became of each row is kept, the file itself is not needed any more
        forget_staging(done.pk)
        shutil.rmtree(uploads() / str(done.pk), ignore_errors=True)
    return done


def confirm_answered(
    batch: Import, told: Mapping[str, str], columns: Mapping[str, str], *, by: Teammate | None
) -> Import:
    """Confirm with answers of a form or a script: where they change the reading, what it comes to is written.

    Raises as ``confirm_list`` and ``answered``.
    """
    require_lists(by)
    before = list_answers(batch)
    answers = answered(before, told, columns)
    if answers != before:
        look_again(batch, answers, by=by)
    return confirm_list(batch, by=by)


@transaction.atomic
def _write(import_id: int, by: Teammate | None) -> Import | None:
    """The import as it is now; None where the plan is another one than was shown."""
    CustomerListLock.take()
    batch = Import.objects.select_for_update().get(pk=import_id)
    if batch.state != Import.State.PREVIEW:
        return batch
    preview = batch.report.get("preview") or {}
    if preview.get("questions") or "digest" not in preview:
        raise StillOpen(" ".join(each["sentence"] for each in preview.get("questions", ())) or "It is being looked at.")
    shown = preview["digest"]
    plan = look_at_list(batch)
    if plan is None or plan.digest != shown:
        transaction.set_rollback(True)
        return None
    write(plan, import_id=batch.pk, by=by)
    told = {
        key: value for key, value in batch.report["preview"].items() if key not in {"sample", "digest", "questions"}
    }
    batch.report = {**told, "mapping": told["tables"][0]["mapping"] if told["tables"] else {}}
    counts = plan.counts
    batch.rows_read, batch.duplicate_count = len(plan.outcomes), counts["same"]
    batch.imported_count, batch.set_aside_count = counts["new"] + counts["changed"], counts["aside"]
    batch.state, batch.step, batch.finished_at = Import.State.LIVE, "", timezone.now()
    batch.save()
    record(by, "imported", batch, platform=batch.platform, rows=batch.imported_count, **counts)
    return batch


@transaction.atomic
def undo_list(batch: Import, *, by: Teammate | None) -> Import:
    """Take the list back: values that nobody changed since become what they were. Raises NotAllowed and StillOpen."""
    require_lists(by)
    CustomerListLock.take()
    current = Import.objects.select_for_update().get(pk=batch.pk)
    if current.state != Import.State.LIVE:
        raise StillOpen(f"Import {current.pk} is not live: it is {current.get_state_display()}.")
    undone = take_back(current.pk, by=by)
    told = {"restored": undone.restored, "removed": sum(undone.removed.values()), "stayed": len(undone.stays)}
    current.report = {
        **current.report,
        "undone": {**told, "removedOf": undone.removed, "stays": undone.stays[:MOST_TOLD]},
    }
    current.state, current.undone_at = Import.State.UNDONE, timezone.now()
    current.save(update_fields=["report", "state", "undone_at"])
    record(by, "undid", current, **told)
    return current
