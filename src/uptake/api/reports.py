"""A customer's report as PDF."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from uptake.api.access import caller
from uptake.api.intelligence import Compared
from uptake.api.schemas import Id
from uptake.pipeline.report import report

router = Router(by_alias=True)
PDF = {
    "responses": {
        200: {
            "description": "The report.",
            "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 …"}},
        }
    }
}


class ReportAsked(Compared):
    """Which report. Only the internal edition compares."""

    edition: Literal["internal", "customer"] = Field(
        "internal", description="customer: only what is safe to share with the customer."
    )
    paper: Literal["a4", "letter"] = "a4"


@router.get("/intelligence/adoption/{int:customer_id}/report.pdf", openapi_extra=PDF, summary="A customer's report")
def adoption_report(request: HttpRequest, customer_id: Id, asked: Query[ReportAsked]) -> HttpResponse:
    """The Adoption page as a tagged PDF: the team's edition, or what the customer may read. 403: without the right to export."""
    made = report(
        caller(request),
        customer_id,
        edition=asked.edition,
        as_of=asked.as_of,
        period=asked.length,
        comparison=asked.comparison,
        paper=asked.paper,
    )
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return HttpResponse(made.pdf, content_type="application/pdf", headers=headers)
