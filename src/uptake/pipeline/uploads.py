"""Files that come through the browser or the API: looked at, confirmed, imported, undone and brought back.

Each is an ``Import`` that a teammate began. What is long is a durable workflow: nobody has to wait with a page open,
and a killed server goes on.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from uptake.kit.errors import ProductError
from uptake.kit.remedies import Remedy
from uptake.lake.models import Import, ImportedFile
from uptake.pipeline import imports
from uptake.pipeline.found import likeness, preview_of
from uptake.pipeline.home import forget_staging, uploads
from uptake.pipeline.lists.beginning import is_taken_for_a_list
from uptake.pipeline.lists.deciding import confirm_answered, undo_list
from uptake.pipeline.lists.told import is_list, outcomes_path
from uptake.pipeline.preview import StillOpen, answers_json, answers_of, look, open_questions
from uptake.pipeline.remedies import OTHERS, import_remedy
from uptake.sources.detect import Looked
from uptake.sources.generic.said import LITERAL, NO_COLUMN
from uptake.sources.reading import MAP, MAP_ALONE, Answers, NotRecognised, NotUsage
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require
from uptake.team.services import record

MOST_FILES = 100  # in one upload: each is open until the request ends; an archive may hold many more
KEPT_DAYS = 7  # an upload that nobody confirmed
LOOK_STEP = "look"
WORDS = ("customer", "visitor", "feature", "timestamp", "count", "duration")
ONE_AT_A_TIME = "The files hold several tables that differ, so their columns cannot be mapped together."
INSISTED: Mapping[str, Mapping[str, Any]] = {OTHERS: {"yes": True}, MAP: {"by_hand": True}}
DATES = {"day-first": True, "month-first": False}
DECIMALS = {"point": ".", "comma": ",", ".": ".", ",": ","}


class NoSuchUpload(ProductError):
    """There is no such import, or the teammate may not see imports."""

    status = 404


class TooManyFiles(ProductError):
    """More files than one upload takes."""

    status = 413


def refuse_too_many() -> TooManyFiles:
    """The refusal of an upload of more files than are taken at once."""
    return TooManyFiles(
        f"More than {MOST_FILES} files came at once; nothing was kept. Pack them into one zip and send that."
    )


def begin_upload(files: Sequence[tuple[str, Path]], *, by: Teammate, answers: Answers | None = None) -> Import:
    """Take files over (name, where their bytes are now) and have them looked at in the background.

    The bytes are moved, not copied. Answers that say ``yes`` were confirmed already and go on by
    themselves. Raises NotAllowed; TooManyFiles; ProductError where no file came.
    """
    require(by, Right.IMPORT)
    batch = take_over(files, by=by, answers=answers)
    _start("look", batch)
    return batch


def take_over(files: Sequence[tuple[str, Path]], *, by: Teammate, answers: Answers | None = None) -> Import:
    """The import of these files, their bytes moved to it; nobody has looked at them. Raises as ``begin_upload``."""
    if not files:
        raise ProductError("No file came with it; choose one and send it again.")
    if len(files) > MOST_FILES:
        raise refuse_too_many()
    answers = answers or Answers(workspace_zone=settings.UPTAKE.time_zone)
    with transaction.atomic():
        batch = Import.objects.create(answers=answers_json(answers), begun_by=by, step=LOOK_STEP)
        for number, (name, path) in enumerate(files, start=1):
            kept = _folder(batch) / str(number) / _plain_name(name)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, kept)
            ImportedFile.objects.create(
                of=batch, number=number, name=kept.name, path=str(kept), size=kept.stat().st_size
            )
        record(by, "uploaded", batch, files=[_plain_name(name) for name, _ in files])
    return batch


def _folder(batch: Import) -> Path:
    return uploads() / str(batch.pk)


def _plain_name(name: str) -> str:
    """The file's own name, whatever path or sign it was sent with."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable() and sign not in "\0/").strip(". ")[-200:] or "upload"


def _start(kind: str, batch: Import) -> None:
    """Once the caller's transaction is through: the worker must find what it shall work on."""
    from uptake.pipeline import durable  # it imports this module

    transaction.on_commit(lambda: durable.start(kind, batch.pk))


# Looking


def look_at(import_id: int) -> None:
    """The durable step: find out what the files are, and say so in the import's report.

    A table that says nothing of who used what and when is no refusal here: the teammate may say it.
    """
    batch = Import.objects.get(pk=import_id)
    if batch.state != Import.State.PREVIEW:
        return
    answers = answers_of(batch)
    if not answers.by_hand and is_taken_for_a_list(batch, batch.begun_by):
        Import.objects.filter(pk=import_id, step=LOOK_STEP).update(step="")
        return
    try:
        looked = look(batch, answers)
    except NotRecognised as why:
        answers = replace(answers, by_hand=True)
        looked = _one_table(look(batch, answers), str(why))
    else:
        looked = _one_table(looked, ONE_AT_A_TIME) if answers.by_hand else looked
    batch.answers = answers_json(answers)
    batch.report = {"preview": preview_of(looked, answers)}
    batch.save(update_fields=["answers", "report"])
    trusted = batch.begun_by is not None and fingerprint(batch) in batch.begun_by.trusted_formats
    if (trusted or answers.yes) and not batch.report["preview"]["questions"]:
        _go_on(batch, answers)  # the workflow that looked goes on with it
    else:
        Import.objects.filter(pk=import_id, step=LOOK_STEP).update(step="")


def _one_table(looked: Looked, why: str) -> Looked:
    """Columns are mapped by hand for one table, or for many with the same columns. Raises NotUsage for others."""
    if len({likeness(each) for each in looked.found}) > 1:
        raise NotUsage(why, Remedy(MAP_ALONE))
    return looked


def fingerprint(batch: Import) -> str:
    """Names a kind of file for “trust this format”: the layout, and for plain tables the columns as well."""
    tables = batch.report["preview"]["tables"]
    kinds = sorted(
        {(one["platform"], one["format"], *((c["column"] for c in one["columns"]) if one["platform"] == "generic" else ()))
         for one in tables}
    )  # fmt: skip
    return "; ".join(" ".join(kind) for kind in kinds)


def preview_json(batch: Import) -> dict[str, Any] | None:
    """What was found, for the form; None while it is looked at."""
    found: dict[str, Any] | None = batch.report.get("preview")
    return found


# Deciding


def confirm_upload(
    batch: Import,
    *,
    columns: Mapping[str, str],
    told: Mapping[str, str],
    by: Teammate,
    yes: bool = False,
    trust: bool = False,
) -> Import:
    """Import it, with these columns (canonical word -> column) and answers (timezone, dates, decimal).

    ``yes``: take what is assumed, and import in spite of many bad rows. ``trust``: files of this kind need no
    confirmation from this teammate any more. Confirming again changes nothing. Raises StillOpen with what is asked.
    """
    require(by, Right.IMPORT)
    batch = Import.objects.get(pk=batch.pk)
    if batch.state != Import.State.PREVIEW:
        return batch
    if is_list(batch):
        return confirm_answered(batch, told, columns, by=by)
    if preview_json(batch) is None:
        raise StillOpen("The files are still being looked at; confirm when the columns are shown.")
    chosen = _checked_columns(batch, {**columns, **_told_columns(told)})
    given = answers_of(batch)
    answers = replace(given, columns={**given.columns, **chosen}, yes=yes, **_checked(told))
    _refuse_open(batch, answers, is_same=replace(answers, yes=given.yes) == given)
    if trust and fingerprint(batch) not in by.trusted_formats:
        by.trusted_formats = [*by.trusted_formats, fingerprint(batch)]
        by.save(update_fields=["trusted_formats"])
        record(by, "trusts format", batch, format=fingerprint(batch))
    if _go_on(batch, answers):
        _start("import", batch)
    return batch


def _refuse_open(batch: Import, answers: Answers, *, is_same: bool) -> None:
    """Raises StillOpen while something is asked. Only files that are to be read in another way are looked at again."""
    if is_same:
        asked = [q for q in batch.report["preview"]["questions"] if q["assumed"] is None or not answers.yes]
        sentences = [q["sentence"] for q in asked]
    else:
        looked = look(batch, answers)
        sentences = [question.sentence for question in open_questions(looked.found, answers)]
        batch.answers = answers_json(replace(answers, yes=False))
        batch.report = {"preview": preview_of(looked, replace(answers, yes=False))}
        batch.save(update_fields=["answers", "report"])
    if sentences:
        raise StillOpen(" ".join(sentences))


def _told_columns(told: Mapping[str, str]) -> dict[str, str]:
    """Questions that are answered by naming a column."""
    return {word: told[word] for word in WORDS if told.get(word)}


def _checked_columns(batch: Import, columns: Mapping[str, str]) -> dict[str, str]:
    """Only words that mean something, only columns that exist; unchanged guesses are left to the reading."""
    found = batch.report["preview"]["tables"]
    guessed = {(c["means"], c["column"]) for table in found for c in table["columns"] if c["means"]}
    chosen = {word: name for word, name in columns.items() if name}
    named = [name for name in chosen.values() if name != NO_COLUMN and not name.startswith(LITERAL)]
    if len(set(named)) < len(named):
        raise ProductError("One column can mean one thing only; two meanings were given to the same column.")
    return {} if set(chosen.items()) == guessed else chosen


def _checked(told: Mapping[str, str]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    if zone := told.get("timezone"):
        if zone not in available_timezones():
            raise ProductError(f"“{zone}” is no time zone; use a name such as Europe/Berlin.")
        checked["timezone"] = zone
    for key, name, choices in (("dates", "day_first", DATES), ("decimal", "decimal", DECIMALS)):
        if value := told.get(key):
            if value not in choices:
                raise ProductError(f"{key} must be {' or '.join(choices)}.")
            checked[name] = choices[value]
    return checked


def _go_on(batch: Import, answers: Answers) -> bool:
    """From here on the import is work to be done; False where somebody confirmed or cancelled it meanwhile."""
    confirmed = Import.objects.filter(pk=batch.pk, state=Import.State.PREVIEW).update(
        answers=answers_json(answers), state=Import.State.RUNNING, step="stage"
    )
    batch.refresh_from_db()
    return bool(confirmed)


def cancel_upload(batch: Import, *, by: Teammate) -> Import:
    """Stop an import that is not live yet; nothing of it is kept. Raises StillOpen for one that is live already."""
    require(by, Right.IMPORT)
    imports.cancel(batch.pk)
    batch.refresh_from_db()
    if batch.state == Import.State.LIVE:
        raise StillOpen("It is done already; undo it instead.")
    record(by, "cancelled", batch)
    forget_upload(batch.pk)
    return batch


def may_insist(batch: Import) -> bool:
    """Whether a refused upload can be taken in spite of it: without its bad rows, or with columns mapped by hand."""
    remedy = import_remedy(batch)
    return batch.state == Import.State.REFUSED and remedy is not None and remedy.way in INSISTED


def insist(batch: Import, *, by: Teammate) -> Import:
    """The same files again, in spite of the refusal, in the way that it offers.

    Raises ProductError where the files are not kept any more.
    """
    paths = [(file.name, Path(file.path)) for file in batch.files.all()]
    remedy = import_remedy(batch)
    if remedy is None or not may_insist(batch) or not all(path.is_file() for _, path in paths):
        raise ProductError("The files are not kept any more; upload them again.")
    answers = replace(answers_of(batch), **INSISTED[remedy.way])
    again = begin_upload(paths, by=by, answers=answers)
    ImportedFile.objects.filter(of=batch).update(path="")  # the bytes are the new import's now
    return again


def refuse_upload(import_id: int, why: ProductError) -> None:
    """End an import that cannot be; its bytes stay only where the way out needs them."""
    imports.refuse(import_id, why)
    batch = Import.objects.filter(pk=import_id, state=Import.State.REFUSED).first()
    if batch is not None and not may_insist(batch):
        forget_upload(import_id)


# Afterwards


def undo_import(batch: Import, *, by: Teammate) -> Import:
    """Take an import back. Raises NoSuchImport where it is not live."""
    require(by, Right.UNDO)
    batch = imports.access_live_import(batch.pk)
    if is_list(batch):
        return undo_list(batch, by=by)
    record(by, "asked to undo", batch)
    _start("undo", batch)
    return batch


def redo_import(batch: Import, *, by: Teammate) -> Import:
    """Bring an undone import back: its facts were kept. Raises ProductError where it is not undone."""
    require(by, Right.UNDO)
    if is_list(batch):
        raise ProductError("An undone customer list does not come back by itself; send the file again.")
    asked = Import.objects.filter(pk=batch.pk, state=Import.State.UNDONE).update(step=imports.REDO_STEP, message="")
    if not asked:
        raise ProductError(f"Import {batch.pk} is not undone, so there is nothing to bring back.")
    record(by, "asked to bring back", batch)
    _start("redo", batch)
    batch.refresh_from_db()
    return batch


def access_imports(teammate: Teammate) -> QuerySet[Import]:
    """All imports, newest first, for who may import; nothing for others. Unconfirmed ones only to who began them."""
    if not may(teammate, Right.IMPORT):
        return Import.objects.none()
    waiting = Import.objects.filter(state=Import.State.PREVIEW).exclude(begun_by=teammate)
    return Import.objects.exclude(pk__in=waiting.values("pk")).prefetch_related("files").select_related("begun_by")


def access_import(teammate: Teammate, import_id: int) -> Import:
    """Raises NoSuchUpload, whether there is none or it is not theirs to see."""
    batch = access_imports(teammate).filter(pk=import_id).first()
    if batch is None:
        raise NoSuchUpload(f"There is no import {import_id}.")
    return batch


def forget_upload(import_id: int) -> None:
    """The uploaded bytes are not needed any more: the facts are in the lake, or it was cancelled."""
    shutil.rmtree(uploads() / str(import_id), ignore_errors=True)
    forget_staging(import_id)
    outcomes_path(import_id).unlink(missing_ok=True)


def forget_old_uploads() -> None:
    """Uploads that nobody confirmed for days are cancelled, and bytes of refused ones go."""
    old = timezone.now() - timedelta(days=KEPT_DAYS)
    for batch in Import.objects.filter(begun_by__isnull=False, created_at__lt=old):
        if batch.state == Import.State.PREVIEW:
            imports.cancel(batch.pk)
        if batch.state in {Import.State.PREVIEW, Import.State.REFUSED}:
            forget_upload(batch.pk)
