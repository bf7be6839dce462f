"""Usage files: sent, looked at, confirmed, followed, taken back."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Id, Paged, PageOf, Text, example, paged
from uptake.api.sent import body_of, with_files
from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline import uploads
from uptake.pipeline.preview import StillOpen
from uptake.pipeline.remedies import Door, import_message
from uptake.pipeline.results import import_json
from uptake.pipeline.set_aside import access_set_aside, safe_csv
from uptake.team.rights import Right, require

router = Router(by_alias=True)


class ImportOver(ProductError):
    """Refused, cancelled or undone: it cannot be processed any more."""

    status = 409


class OpenQuestions(StillOpen):
    """With the questions as data, so that a script can answer them."""

    def __init__(self, why: StillOpen, questions: list[dict[str, Any]]) -> None:
        super().__init__(str(why))
        self.more = {"questions": questions}


PREVIEW = {
    "tables": [
        {
            "name": "usage.csv",
            "platform": "generic",
            "format": "events",
            "title": "A table of events",
            "confidence": 0.94,
            "columns": [
                {"column": "Company", "means": "customer", "confidence": 0.97, "why": "its name", "examples": ["Acme"]}
            ],
        }
    ],
    "questions": [
        {
            "key": "timezone",
            "sentence": "In which time zone are the times?",
            "choices": ["UTC", "Europe/Berlin"],
            "assumed": "UTC",
        }
    ],
    "warnings": [],
}
REPORT = {
    "importId": 12,
    "platform": "generic",
    "files": ["usage.csv"],
    "rowsRead": 45_700,
    "imported": 45_678,
    "duplicates": 20,
    "setAside": [{"reason": "no customer", "rows": 2}],
    "refused": [],
    "customers": 67,
    "visitors": 1_204,
    "features": 23,
    "from": "2025-11-01",
    "to": "2026-01-29",
    "mapping": {"customer": "Company", "visitor": "User", "feature": "Action", "timestamp": "Time"},
}
WAITING = {
    "importId": 12,
    "state": "preview",
    "step": "",
    "doneShare": 0.0,
    "files": ["usage.csv"],
    "begunBy": "Ann Berg",
    "createdAt": "2026-01-30T08:12:40Z",
    "finishedAt": None,
    "message": "",
    "statusUrl": "/api/usage/imports/12",
    "preview": PREVIEW,
    "report": None,
}


class ImportStatus(Camel):
    """Where an import stands."""

    model_config = example(WAITING)

    import_id: int
    state: str = Field(
        description="preview: waits for /usage/process; running; live; refused; cancelled; undone.",
        examples=["preview"],
    )
    step: str = Field(description="What is being done now; empty when nothing is. In preview, look: not looked at yet.")
    done_share: float = Field(description="Of that step, 0 to 1.")
    files: list[str]
    begun_by: str | None = Field(description="None: the command line.")
    created_at: datetime
    finished_at: datetime | None
    message: str = Field(description="Why it was refused, or what goes wrong; empty otherwise.")
    status_url: str
    preview: dict[str, Any] | None = Field(description="What was found and what is asked, while it waits.")
    report: dict[str, Any] | None = Field(
        description="When it is live or undone: what `uptake import --json` prints.", examples=[REPORT]
    )


class ImportLine(Camel):
    """One line of the history."""

    import_id: int
    state: str
    files: list[str]
    begun_by: str | None
    platform: str
    created_at: datetime
    undone_at: datetime | None
    rows_read: int
    imported: int
    duplicates: int
    set_aside: int
    refused: int
    first_day: date | None = Field(alias="from")
    last_day: date | None = Field(alias="to")
    message: str
    status_url: str


LINE = {
    **{name: WAITING[name] for name in ("importId", "files", "begunBy", "createdAt", "statusUrl", "message")},
    **{name: REPORT[name] for name in ("platform", "rowsRead", "imported", "duplicates", "from", "to")},
    "state": "live",
    "undoneAt": None,
    "setAside": 2,
    "refused": 0,
}


class Imports(PageOf):
    """Newest first."""

    model_config = example({"page": 1, "pageSize": 50, "pages": 1, "total": 1, "imports": [LINE]})

    imports: list[ImportLine]


class ToProcess(Camel):
    """The word to import it, with what the preview asked."""

    model_config = example(
        {
            "importId": 12,
            "mapping": {"customer": "Company", "visitor": "User", "feature": "Action", "timestamp": "Time"},
            "timezone": "Europe/Berlin",
            "dates": "day-first",
            "decimal": "point",
            "acceptAssumed": True,
        }
    )

    import_id: Id
    mapping: dict[Text, Text] = Field({}, max_length=50, description="Meaning -> column. Left out: as guessed.")
    timezone: Text = Field("", description="Of times without one, such as Europe/Berlin.")
    dates: Literal["", "day-first", "month-first"] = ""
    decimal: Literal["", "point", "comma"] = ""
    accept_assumed: bool = Field(False, description="Take what is assumed, and import in spite of many bad rows.")


def status_url(batch: Import) -> str:
    return f"/api/usage/imports/{batch.pk}"


def status_json(batch: Import) -> dict[str, Any]:
    """One import as the API tells it."""
    done = batch.state in {Import.State.LIVE, Import.State.UNDONE} or "sameAs" in batch.report
    return {
        "importId": batch.pk,
        "state": batch.state,
        "step": batch.step,
        "doneShare": batch.done_share,
        "files": [file.name for file in batch.files.all()],
        "begunBy": str(batch.begun_by) if batch.begun_by else None,
        "createdAt": batch.created_at,
        "finishedAt": batch.finished_at,
        "message": import_message(batch, Door.API),
        "statusUrl": status_url(batch),
        "preview": uploads.preview_json(batch) if batch.state == Import.State.PREVIEW else None,
        "report": _report(batch) if done else None,
    }


def _report(batch: Import) -> dict[str, Any]:
    """With an address in place of a path of the server's disk."""
    told = import_json(batch)
    return told | {"setAsideFile": told["setAsideFile"] and f"/api/usage/imports/{told['importId']}/set-aside"}


def _line(batch: Import) -> dict[str, Any]:
    return {
        "importId": batch.pk,
        "state": batch.state,
        "files": [file.name for file in batch.files.all()],
        "begunBy": str(batch.begun_by) if batch.begun_by else None,
        "platform": batch.platform,
        "createdAt": batch.created_at,
        "undoneAt": batch.undone_at,
        "rowsRead": batch.rows_read,
        "imported": batch.imported_count,
        "duplicates": batch.duplicate_count,
        "setAside": batch.set_aside_count,
        "refused": batch.refused_count,
        "from": batch.first_day,
        "to": batch.last_day,
        "message": batch.message,
        "statusUrl": status_url(batch),
    }


def _followed(batch: Import, status: int) -> HttpResponse:
    """An answer that says where to look on."""
    told = ImportStatus.model_validate(status_json(batch)).model_dump(by_alias=True, mode="json")
    return JsonResponse(told, status=status, headers={"Location": status_url(batch)})


# Sending


UPLOAD_BODY = body_of("Company,User,Action,Time\nAcme,ada@acme.example,Search,2026-01-29T09:30:00Z\n")


@router.post("/usage/upload", response={201: ImportStatus}, openapi_extra=UPLOAD_BODY, summary="Upload usage files")
def upload(request: HttpRequest, filename: Query[str] = "upload") -> HttpResponse:
    """Send one or several files: as multipart, or one as the body itself with `?filename=`.

    They are looked at in the background; `Location` says where to ask what was found. Nothing is imported before
    `/api/usage/process`. A file over the workspace's limit is answered with 413.
    """
    teammate = caller(request)
    require(teammate, Right.IMPORT)
    batch = with_files(request, filename, lambda files: uploads.begin_upload(files, by=teammate))
    return _followed(batch, 201)


# Following and deciding


@router.get("/usage/imports", response=Imports, summary="List imports")
def list_imports(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    """The history, newest first."""
    teammate = caller(request)
    require(teammate, Right.IMPORT)
    batches, told = paged(uploads.access_imports(teammate), asked)
    return {**told, "imports": [_line(batch) for batch in batches]}


@router.get("/usage/imports/{int:import_id}", response=ImportStatus, summary="Where an import stands")
def import_status(request: HttpRequest, import_id: Id) -> dict[str, Any]:
    """State, step and share; what was found while it waits; the whole report when it is done."""
    return status_json(uploads.access_import(caller(request), import_id))


SET_ASIDE_FILE = {
    "responses": {
        200: {
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": 'file,row,reason,text\nusage.csv,17,no customer,",ada@acme.example,Search,2026-01-29"\n',
                }
            }
        }
    }
}


@router.get("/usage/imports/{int:import_id}/set-aside", openapi_extra=SET_ASIDE_FILE, summary="The rows set aside")
def set_aside(request: HttpRequest, import_id: Id) -> StreamingHttpResponse:
    """As CSV: each row that could not be taken, with the reason; every cell safe for a spreadsheet.

    For who began the import, and for roles that see every customer. 404 where no row was set aside.
    """
    lines = safe_csv(access_set_aside(caller(request), import_id))
    headers = {"Content-Disposition": f'attachment; filename="import-{import_id}-set-aside.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@router.post("/usage/process", response={202: ImportStatus}, summary="Import what was uploaded")
def process(request: HttpRequest, sent: ToProcess) -> HttpResponse:
    """Confirm the columns and begin. Saying it again changes nothing. `Location` says where to follow it.

    409 while something is open: the answer's `questions` say what, each with its choices.
    """
    teammate = caller(request)
    batch = uploads.access_import(teammate, sent.import_id)
    told = {"timezone": sent.timezone, "dates": sent.dates, "decimal": sent.decimal}
    try:
        batch = uploads.confirm_upload(batch, columns=sent.mapping, told=told, yes=sent.accept_assumed, by=teammate)
    except StillOpen as why:
        batch.refresh_from_db()
        raise OpenQuestions(why, (uploads.preview_json(batch) or {}).get("questions", [])) from why
    if batch.state in {Import.State.REFUSED, Import.State.CANCELLED, Import.State.UNDONE} and not batch.step:
        message = import_message(batch, Door.API)
        raise ImportOver(f"Import {batch.pk} is {batch.get_state_display()}. {message}".strip())
    return _followed(batch, 202)


@router.delete("/usage/imports/{int:import_id}", response={202: ImportStatus}, summary="Undo or cancel an import")
def undo(request: HttpRequest, import_id: Id) -> HttpResponse:
    """Take a live import back: every number becomes what it was without it. One that is not live yet is cancelled."""
    teammate = caller(request)
    batch = uploads.access_import(teammate, import_id)
    if batch.state in {Import.State.PREVIEW, Import.State.RUNNING}:
        return _followed(uploads.cancel_upload(batch, by=teammate), 202)
    return _followed(uploads.undo_import(batch, by=teammate), 202)


@router.post("/usage/imports/{int:import_id}/redo", response={202: ImportStatus}, summary="Bring an undone import back")
def redo(request: HttpRequest, import_id: Id) -> HttpResponse:
    """Its facts were kept; they count again."""
    teammate = caller(request)
    return _followed(uploads.redo_import(uploads.access_import(teammate, import_id), by=teammate), 202)
