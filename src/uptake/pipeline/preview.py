"""Before an import is durable: what the files are, what must be asked, and the word to go on."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from uptake.kit.errors import ProductError
from uptake.lake.engine import duckdb_connection
from uptake.lake.models import Import, ImportedFile
from uptake.pipeline.home import forget_staging, staging
from uptake.sources.detect import Found, Looked, find_readings
from uptake.sources.limits import Limits
from uptake.sources.reading import Answers, Question


class StillOpen(ProductError):
    """The preview still asks something; nothing was imported."""

    status = 409


def limits() -> Limits:
    return Limits(max_bytes=size_in_bytes(settings.UPTAKE.max_file_size), max_ratio=settings.UPTAKE.max_archive_ratio)


def size_in_bytes(text: str) -> int:
    """Of a size as settings write it: 2GB, 500 MiB."""
    number, unit = float("".join(c for c in text if c.isdigit() or c == ".")), text.upper().rstrip("IB").strip()[-1]
    return int(number * 1024 ** " KMGT".index(unit))


def start_preview(paths: Sequence[Path], answers: Answers) -> tuple[Import, Sequence[Found]]:
    """Look into the files and say what they are; nothing is kept until ``confirm``.

    Raises NeedsAnswer with what must be asked, NotUsage and other refusals; the preview is gone then.
    """
    batch = start_batch(paths, answers)
    try:
        found = look(batch, answers).found
    except BaseException:
        drop(batch)
        raise
    return batch, found


def start_batch(paths: Sequence[Path], answers: Answers | None = None) -> Import:
    """An import of files where they lie; nobody has looked at them."""
    batch = Import.objects.create(answers=answers_json(answers or Answers()), report=_this_process())
    for number, path in enumerate(paths, start=1):
        size = path.stat().st_size if path.is_file() else 0
        ImportedFile.objects.create(of=batch, number=number, name=path.name, path=str(path.absolute()), size=size)
    return batch


def look(batch: Import, answers: Answers) -> Looked:
    """The import's tables and how each is read. Unpacks archives into staging.

    What was looked at for the preview is not looked at again by the steps, as long as it is the same process.
    """
    paths = [Path(file.path) for file in batch.files.all()]
    key = (batch.pk, tuple(_stamp(path) for path in paths), repr(answers))
    known = _looked.get(key)
    if known is None:
        con = duckdb_connection()
        try:
            _looked.clear()
            known = find_readings(paths, staging(batch.pk) / "unpacked", limits(), con, answers)
            _looked[key] = known
        finally:
            con.close()
    return known


_looked: dict[tuple[Any, ...], Looked] = {}


def _stamp(path: Path) -> tuple[str, int, int]:
    """Names the very bytes: a file that was written again is another one."""
    try:
        told = path.stat()
    except OSError:  # the reading says what is the matter
        return (str(path), 0, 0)
    return (str(path), told.st_size, told.st_mtime_ns)


def open_questions(found: Sequence[Found], answers: Answers) -> list[Question]:
    """What still must be asked: with ``--yes`` only what has no sensible guess."""
    questions = {q.key: q for each in found for q in each.reading.questions}
    return [q for q in questions.values() if q.assumed is None or not answers.yes]


def confirm(batch: Import, answers: Answers) -> None:
    """From here on the import is work to be done, whatever happens to this process."""
    batch.answers = answers_json(answers)
    batch.state = Import.State.RUNNING
    batch.step = "stage"
    batch.save(update_fields=["answers", "state", "step"])


def drop(batch: Import) -> None:
    """Forget a preview without a trace."""
    _looked.clear()
    forget_staging(batch.pk)
    batch.delete()


def drop_abandoned_previews() -> None:
    """Previews whose process is gone, and staged bytes that no import needs any more."""
    for batch in Import.objects.filter(state=Import.State.PREVIEW, begun_by=None):  # uploads wait for their teammate
        if not _lives(batch.report):
            drop(batch)
    folder = staging(0).parent
    there = list(folder.iterdir()) if folder.is_dir() else []  # first: a preview that begins meanwhile is not in it
    needed = {str(pk) for pk in Import.objects.filter(state=Import.State.PREVIEW).values_list("pk", flat=True)}
    needed |= {str(pk) for pk in Import.objects.exclude(step="").values_list("pk", flat=True)}  # confirmed in between
    for path in there:
        if path.name not in needed:
            shutil.rmtree(path, ignore_errors=True)


def _this_process() -> dict[str, Any]:
    return {"pid": os.getpid(), "started": _started(os.getpid())}


def _lives(process: Mapping[str, Any]) -> bool:
    """Whether the process that began a preview still runs. In a container the next one often has the same number."""
    pid = process.get("pid")
    if pid is None:
        return False
    try:
        os.kill(pid, 0)  # signal 0 asks, and does nothing
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it runs, as somebody else
    return bool(_started(pid) == process.get("started"))


def _started(pid: int) -> str | None:
    """When a process began, as the kernel counts; None where it does not tell."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return None


def answers_json(answers: Answers) -> dict[str, Any]:
    """As an import keeps them."""
    return {**asdict(answers), "columns": dict(answers.columns)}


def answers_of(batch: Import) -> Answers:
    """What the reader said about this import."""
    return Answers(**batch.answers)
