"""Customer lists: sent, previewed, confirmed. They are followed and undone as any import, at /api/usage/imports."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Id, Text, example
from uptake.api.sent import body_of, with_files
from uptake.api.usage import OpenQuestions, status_url
from uptake.lake.models import Import
from uptake.pipeline.lists.deciding import (
    answered,
    confirm_list,
    look_again,
    require_lists,
)
from uptake.pipeline.lists.sending import begin_list
from uptake.pipeline.lists.told import ListAnswers, list_answers, list_json, outcomes
from uptake.pipeline.preview import StillOpen
from uptake.pipeline.uploads import access_import
from uptake.team.models import Teammate

router = Router(by_alias=True)
MOST_ROWS = 1_000  # in one answer; all of them are counted


ROW = {
    "table": "customers.csv",
    "row": 2,
    "what": "changed",
    "why": "",
    "note": "",
    "customer": "Acme Logistics",
    "edits": [
        {
            "of": "customer",
            "title": "Acme Logistics",
            "isNew": False,
            "changes": [{"field": "segment", "old": "Small", "new": "Enterprise"}],
        }
    ],
    "text": "",
}
LIST = {
    "importId": 31,
    "state": "preview",
    "files": ["customers.csv"],
    "rowsRead": 12,
    "new": 3,
    "changed": 1,
    "same": 7,
    "setAsideRows": 1,
    "waitingRows": 0,
    "setAside": [{"reason": "Start: … is no date", "rows": 1}],
    "setAsideUrl": "/api/usage/imports/31/set-aside",
    "made": {"customer": 3},
    "ownerUnknown": 0,
    "newSegments": ["Enterprise"],
    "tables": [{"name": "customers.csv", "kinds": ["customers"], "mapping": {"customer": "Company"}, "columns": []}],
    "questions": [],
    "rows": [ROW],
    "statusUrl": "/api/usage/imports/31",
}


class ListTold(Camel):
    """A customer list: rowsRead = new + changed + same + setAsideRows + waitingRows."""

    model_config = example(LIST)

    import_id: int
    state: str = Field(description="preview: nothing is written yet; live: it is; undone.")
    files: list[str]
    rows_read: int | None = Field(description="Null while something is asked without which rows cannot be read.")
    new: int | None
    changed: int | None
    same: int | None
    set_aside_rows: int | None
    waiting_rows: int | None = Field(description="Rows that only wait for an answer; none once nothing is asked.")
    set_aside: list[dict[str, Any]] = Field(description="Reasons and rows.")
    set_aside_url: str | None
    made: dict[str, int] = Field(description="Customers, contracts, entitlements, stakeholders that are made.")
    owner_unknown: int = Field(description="Rows taken without an owner: nobody here has the address that they say.")
    new_segments: list[str] = Field(description="Segments that no customer has yet; named while the list waits.")
    tables: list[dict[str, Any]] = Field(description="Each with its kinds, and meaning -> column.")
    questions: list[dict[str, Any]] = Field(description="What must be answered first.")
    rows: list[dict[str, Any]] = Field(description=f"What becomes of each row; the first {MOST_ROWS:,}.")
    status_url: str


class ListAsked(Camel):
    """What the file itself does not say."""

    dates: Literal["", "day-first", "month-first"] = ""
    decimal: Literal["", "point", "comma"] = ""
    currency: Text = Field("", description="Of amounts that name none, such as EUR.")
    starts: Text = Field("", description="First day of new contracts and entitlements that say none: 2026-01-31.")
    customers: Literal["", "make", "known"] = Field(
        "", description="Whether rows that say nothing but the name of an unknown customer make it."
    )
    accept_assumed: bool = Field(False, description="Changes nothing: a list has no question with an assumed answer.")


class ListSent(ListAsked):
    """The query of a list that is sent."""

    filename: Text = "list.csv"
    confirm: bool = Field(False, description="Write it at once, if nothing is asked.")


class ListConfirmed(ListAsked):
    """The word to write what the preview shows; with other columns or answers, what these come to."""

    model_config = example({"mapping": {"arr": "Value", "plan": "@none"}, "currency": "EUR"})

    mapping: dict[Text, Text] = Field({}, max_length=50, description="Meaning -> column, or @none. Left out: as found.")


def _told(batch: Import) -> dict[str, Any]:
    told = list_json(batch)
    has_file = told.pop("setAsideFile") is not None
    rows = [row for _, row in zip(range(MOST_ROWS), outcomes(batch), strict=False)]
    aside = f"{status_url(batch)}/set-aside" if has_file else None
    return {**told, "setAsideUrl": aside, "rows": rows, "statusUrl": status_url(batch)}


def _answers(before: ListAnswers, asked: ListAsked, columns: dict[str, str] | None = None) -> ListAnswers:
    told = {name: str(getattr(asked, name)) for name in ("dates", "decimal", "currency", "starts", "customers")}
    return answered(before, told, columns)


def _confirmed(batch: Import, teammate: Teammate) -> Import:
    try:
        return confirm_list(batch, by=teammate)
    except StillOpen as why:
        raise OpenQuestions(why, list_json(batch)["questions"]) from why


LIST_BODY = body_of("Company,CRM ID,Segment,ARR,Currency,Renewal\nAcme,A-1,Enterprise,12000,EUR,2027-01-31\n")


@router.post("/customers/import", response=ListTold, openapi_extra=LIST_BODY, summary="Import a customer list")
def import_list(request: HttpRequest, asked: Query[ListSent]) -> dict[str, Any]:
    """Send a list of customers, contracts, entitlements or stakeholders: as multipart, or as the body itself.

    The answer says what each row would do; nothing is written before it is confirmed, by `?confirm=true` or the second call.
    409 while something is open: the answer's `questions` say what. For roles that change every customer.
    """
    teammate = caller(request)
    require_lists(teammate)
    answers = _answers(ListAnswers(), asked)
    batch = with_files(request, asked.filename, lambda files: begin_list(files, by=teammate, answers=answers))
    return _told(_confirmed(batch, teammate) if asked.confirm else batch)


@router.post("/customers/import/{int:import_id}/confirm", response=ListTold, summary="Write a customer list")
def confirm_customer_list(request: HttpRequest, import_id: Id, sent: ListConfirmed) -> dict[str, Any]:
    """Write what the preview shows. Saying it again changes nothing.

    409 where something is still open, or customers were changed since it was looked at: it is looked at again then.
    """
    teammate = caller(request)
    batch = access_import(teammate, import_id)
    require_lists(teammate)
    before = list_answers(batch)
    answers = _answers(before, sent, dict(sent.mapping))
    if batch.state == Import.State.PREVIEW and answers != before:
        batch = look_again(batch, answers, by=teammate)
    return _told(_confirmed(batch, teammate))
