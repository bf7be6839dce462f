"""The durable workflows: small steps that pass ids, each safe to do again.

What a step does stands in ``imports`` and ``scoring``; here is only the order, and how work is found again.
"""

import logging
import threading
import uuid
from collections.abc import Collection, Sequence
from contextlib import nullcontext

from dbos import DBOS, DBOSClient, SetWorkflowID
from django.db import connections

from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.models import Import
from uptake.pipeline import faults, imports, preview, scoring, uploads
from uptake.pipeline.executor import QUEUE, WORKFLOW_SHAPE, is_launched, system_database_url
from uptake.pipeline.sync import running
from uptake.pipeline.sync.models import SyncRun
from uptake.pipeline.warm import put_off

log = logging.getLogger(__name__)
logging.getLogger("dbos").setLevel(logging.CRITICAL)  # what fails is told by the import's own state
_one_at_a_time = (
    threading.Lock()
)  # each import sees what the one before kept; a home has one executor, so this is enough

STEPS = {
    "look": uploads.look_at,
    "stage": imports.stage,
    "convert": imports.convert,
    "commit": imports.commit,
    "retire": imports.retire,
    "restore": imports.restore,
    "score": scoring.score_step,
    "finish": imports.finish,
}
IMPORT = ("stage", "convert", "commit", "score", "finish")
UNDO = ("retire", "score", "finish")
REDO = ("restore", "score", "finish")
SETTLE = ("score", "finish")
PRESSING = ("look", "stage", "convert", "commit", "retire", "restore")  # later steps ask for what is got ready


@DBOS.step()
def do(step: str, import_id: int) -> bool:
    """One step of an import, by name. False: it was refused or cancelled, and nothing of it is left."""
    try:
        with put_off() if step in PRESSING else nullcontext():
            return imports.begin_step(import_id, step) and (STEPS[step](import_id) or True)
    except ProductError as why:
        faults.hand_over_if_leaving()  # a reading that was stopped may look like a damaged file
        uploads.refuse_upload(import_id, why)
        return False
    except Exception:  # a bug: say so where people look, keep the trace, and let DBOS mark the workflow failed
        faults.hand_over_if_leaving()
        log.exception("import %s failed while it did %s", import_id, step)
        imports.fail(import_id, step)
        raise
    finally:
        connections.close_all()  # the thread may never come back


@DBOS.step()
def is_confirmed(import_id: int) -> bool:
    """Whether an upload that was looked at may go on without anybody's word."""
    try:
        return Import.objects.filter(pk=import_id, state=Import.State.RUNNING).exists()
    finally:
        connections.close_all()


def _in_turn(steps: Sequence[str], import_id: int) -> None:
    with _one_at_a_time:
        for step in steps:
            faults.hand_over_if_leaving()
            if not do(step, import_id):
                return


def leave() -> None:
    """End what this process is at, between steps or in the middle of a reading, so that the next executor may begin."""
    faults.leave()
    with _one_at_a_time:
        pass


@DBOS.workflow(name="import_usage")
def import_usage(import_id: int) -> None:
    """A file becomes facts, facts become scores."""
    _in_turn(IMPORT, import_id)


@DBOS.workflow(name="undo_import")
def undo_import(import_id: int) -> None:
    """An import's facts go out of sight, and the days they touched become what they were."""
    _in_turn(UNDO, import_id)


@DBOS.workflow(name="settle_import")
def settle_import(import_id: int) -> None:
    """Facts that changed and whose scores were not worked out yet, because an earlier try failed."""
    _in_turn(SETTLE, import_id)


@DBOS.workflow(name="redo_import")
def redo_import(import_id: int) -> None:
    """An undone import's facts come back."""
    _in_turn(REDO, import_id)


@DBOS.workflow(name="look_at_upload")
def look_at_upload(import_id: int) -> None:
    """Uploaded files are looked at, beside whatever import is under way; what needs no confirmation is imported."""
    faults.hand_over_if_leaving()
    if do("look", import_id) and is_confirmed(import_id):
        _in_turn(IMPORT, import_id)


@DBOS.step()
def windows_of(run_id: int) -> list[int]:
    """What a sync still has to ask for."""
    try:
        return running.windows_of(run_id)
    finally:
        connections.close_all()


@DBOS.step()
def pull_window(window_id: int) -> int | None:
    """Ask for some days; the import that is to be done with them. Beside whatever import is under way."""
    try:
        return running.pull_window(window_id)
    except Exception:  # a bug, or an answer nobody thought of: the run says that it failed, the log says why
        faults.hand_over_if_leaving()
        log.exception("window %s of a sync failed", window_id)
        running.fail_window(window_id)
        return None
    finally:
        connections.close_all()


@DBOS.step()
def close_window(window_id: int) -> bool:
    """False: it failed, and the rest is not asked for."""
    try:
        return running.close_window(window_id)
    finally:
        connections.close_all()


@DBOS.step()
def close_run(run_id: int) -> None:
    try:
        running.close_run(run_id)
    finally:
        connections.close_all()


@DBOS.workflow(name="sync_usage")
def sync_usage(run_id: int) -> None:
    """A platform is asked for days; each window of them is an import."""
    for window_id in windows_of(run_id):
        faults.hand_over_if_leaving()
        import_id = pull_window(window_id)
        faults.hand_over_if_leaving()
        if import_id is not None:
            _in_turn(IMPORT, import_id)
        if not close_window(window_id):
            break
    close_run(run_id)


WORKFLOWS = {
    "sync": sync_usage,
    "look": look_at_upload,
    "import": import_usage,
    "undo": undo_import,
    "redo": redo_import,
    "settle": settle_import,
}


def start(kind: str, number: int) -> None:
    """Enqueue work on an import, or a sync's run, in this process if it is the executor.

    Doing it again for the same work changes nothing.
    """
    import_id = number
    # An import is done once; what follows may be asked for again after it failed.
    once = kind == "import"
    workflow_id = f"{kind}-{import_id}" if once else f"{kind}-{import_id}-{uuid.uuid4().hex[:8]}"
    if kind == "undo":
        imports.ask_for_undo(import_id)
    if is_launched():
        with SetWorkflowID(workflow_id):
            DBOS.start_workflow(WORKFLOWS[kind], import_id)
        return
    DBOS.migrate(system_database_url())  # in a new home the executor may not have come to it yet
    client = DBOSClient(system_database_url=system_database_url())
    try:
        client.enqueue(
            {
                "queue_name": QUEUE,
                "workflow_name": WORKFLOWS[kind].__name__,
                "workflow_id": workflow_id,
                "app_version": WORKFLOW_SHAPE,
            },
            import_id,
        )
    finally:
        client.destroy()


def sweep_before_launch() -> None:
    """Remove what a killed predecessor left and nobody will go on with. The lock is ours and nothing runs yet."""
    preview.drop_abandoned_previews()
    uploads.forget_old_uploads()
    going_on = Import.objects.filter(state=Import.State.RUNNING).values_list("pk", flat=True)
    files.sweep(spare=[path for pk in going_on for path in imports.converted_files(pk)])
    files.sweep_retired()


def settle_days() -> None:
    """Derive again what another time zone or an older version left, while nothing else runs."""
    try:
        imports.derive_again_if_stale()
    except ProductError:  # such as a full disk; the next import tries again, and says so
        log.exception("the days could not be derived again")


def resume() -> None:
    """Listen for other processes' work, and start again what was asked for and is not done.

    DBOS itself goes on with what it knows.
    """
    DBOS.register_queue(QUEUE, polling_interval_sec=0.2)
    for batch in Import.objects.filter(state=Import.State.RUNNING):
        start("import", batch.pk)
    for batch in Import.objects.filter(state=Import.State.PREVIEW, step=uploads.LOOK_STEP):
        start("look", batch.pk)
    unsettled = Import.objects.exclude(step="").exclude(state__in=[Import.State.RUNNING, Import.State.PREVIEW])
    under_way = {status.workflow_id for status in DBOS.list_workflows(status=["PENDING", "ENQUEUED"])}
    for batch in unsettled:
        if not _is_at(under_way, batch.pk, set(WORKFLOWS) - {"sync"}):
            start(_due(batch), batch.pk)
    for run in SyncRun.objects.filter(state__in=running.OPEN):
        if not _is_at(under_way, run.pk, {"sync"}):
            start("sync", run.pk)


def _is_at(under_way: Collection[str], number: int, kinds: Collection[str]) -> bool:
    """Whether one of these workflows, by their ids, is at the import or run with this number."""
    return any(name.split("-")[0] in kinds and name.split("-")[1:2] == [str(number)] for name in under_way)


def _due(batch: Import) -> str:
    if imports.is_undo_asked_for(batch):
        return "undo"
    return "redo" if batch.step == imports.REDO_STEP else "settle"
