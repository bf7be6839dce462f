"""E-mails to customers: written as drafts, approved by a person."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from uptake.actions.email.access import access_draft, access_drafts, access_own_draft
from uptake.actions.email.models import Draft
from uptake.actions.email.services import BadDraft, approve_draft, discard_draft, draft_email
from uptake.api.access import caller
from uptake.api.schemas import Camel, Id, Paged, PageOf, Text, example, paged
from uptake.customers.access import access_own_customer
from uptake.customers.models import Customer, Stakeholder
from uptake.pipeline.outreach_facts import addressees, outreach_facts, template_for
from uptake.team.rights import Right, require

router = Router(by_alias=True)


class DraftsAsked(Paged):
    """Which drafts."""

    status: Literal["", "draft", "approved", "sending", "sent", "failed", "discarded"] = ""
    customer_id: Id | None = None


DRAFT = {
    "draftId": 9,
    "customerId": 7,
    "customer": "Acme Logistics",
    "toName": "Marta Heinze",
    "toEmail": "marta@acme.example",
    "subject": "The workflow builder, in ten minutes",
    "body": "Hello Marta,\n\n…\n",
    "template": "feature_introduction",
    "status": "draft",
    "attachmentName": "",
    "seen": "0f1e2d3c4b5a6978",
    "createdAt": "2026-01-30T08:16:11Z",
    "approvedBy": None,
    "approvedAt": None,
    "sentAt": None,
    "openedAt": None,
    "clickedAt": None,
    "error": "",
}


class DraftTold(Camel):
    """One e-mail."""

    model_config = example(DRAFT)

    draft_id: int
    customer_id: int
    customer: str
    to_name: str
    to_email: str
    subject: str
    body: str
    template: str
    status: str
    attachment_name: str = Field(description="The PDF that goes out with it; empty: none.")
    seen: str = Field(description="Stands for recipient, text and attachment: say it when you approve.")
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    sent_at: datetime | None
    opened_at: datetime | None
    clicked_at: datetime | None
    error: str


class Drafts(PageOf):
    """Newest first."""

    model_config = example({"page": 1, "pageSize": 50, "pages": 1, "total": 1, "drafts": [DRAFT]})

    drafts: list[DraftTold]


class NewDraft(Camel):
    """For which customer, which template, to whom. Its words come from the template and the customer's own figures."""

    model_config = example({"customerId": 7, "template": "feature_introduction", "personId": 31})

    customer_id: Id
    template: Text = Field(
        "",
        description="re_engagement, feature_introduction, check_in, training_invitation, or one of the workspace's own; "
        "left out: the one that fits the figures.",
    )
    person_id: Id | None = Field(
        None, description="By default the champion, else the sponsor, else who has an address."
    )


class Approval(Camel):
    """Which text is approved."""

    model_config = example({"seen": "0f1e2d3c4b5a6978"})

    seen: Text = Field(min_length=1, description="The draft's `seen` when it was read; other words are not approved.")


def _told(draft: Draft) -> dict[str, Any]:
    same = (
        *("to_name", "to_email", "subject", "body", "template", "status", "attachment_name", "seen", "error"),
        *("created_at", "approved_at", "sent_at", "opened_at", "clicked_at"),
    )
    return {
        **{name: getattr(draft, name) for name in same},
        "draft_id": draft.pk,
        "customer_id": draft.customer_id,
        "customer": draft.customer.name,
        "approved_by": str(draft.approved_by) if draft.approved_by else None,
    }


@router.get("/drafts", response=Drafts, summary="List e-mails")
def list_drafts(request: HttpRequest, asked: Query[DraftsAsked]) -> dict[str, Any]:
    """To the customers the caller may see."""
    teammate = caller(request)
    require(teammate, Right.SEE_PEOPLE)
    found = access_drafts(teammate).select_related("customer", "approved_by")
    if asked.status:
        found = found.filter(status=asked.status)
    if asked.customer_id:
        found = found.filter(customer=asked.customer_id)
    drafts, told = paged(found, asked)
    return {**told, "drafts": [_told(draft) for draft in drafts]}


@router.get("/drafts/{int:draft_id}", response=DraftTold, summary="One e-mail")
def one_draft(request: HttpRequest, draft_id: Id) -> dict[str, Any]:
    """Text, recipient, and what became of it."""
    return _told(access_draft(caller(request), draft_id))


@router.post("/drafts", response={201: DraftTold}, summary="Draft an e-mail")
def make_draft(request: HttpRequest, sent: NewDraft) -> Status[dict[str, Any]]:
    """From the customer's own figures on the newest day. Nothing goes out before a person approves it."""
    teammate = caller(request)
    customer = access_own_customer(teammate, sent.customer_id)
    facts = outreach_facts(teammate, [customer.pk])[customer.pk]
    draft = draft_email(
        customer=customer,
        template=sent.template or template_for(facts),
        facts=facts,
        to=_addressee(customer, sent.person_id),
        by=teammate,
    )
    return Status(201, _told(draft))


def _addressee(customer: Customer, person_id: int | None) -> Stakeholder | None:
    if person_id is None:
        return addressees([customer.pk]).get(customer.pk)
    person = Stakeholder.objects.filter(pk=person_id, customer=customer).first()
    if person is None:
        raise BadDraft(f"There is no person {person_id} at {customer}.")
    return person


@router.post("/drafts/{int:draft_id}/discard", response=DraftTold, summary="Discard an e-mail")
def discard(request: HttpRequest, draft_id: Id) -> dict[str, Any]:
    """It will not be sent. Again changes nothing. 409: it is being sent, or was."""
    teammate = caller(request)
    discard_draft(access_own_draft(teammate, draft_id), by=teammate)
    return _told(access_draft(teammate, draft_id))


@router.post("/drafts/{int:draft_id}/approve", response=DraftTold, summary="Approve an e-mail")
def approve(request: HttpRequest, draft_id: Id, sent: Approval) -> dict[str, Any]:
    """Let it go out in these words. Only a person who is logged in can; a key is refused."""
    teammate = caller(request)
    return _told(approve_draft(access_own_draft(teammate, draft_id), by=teammate, seen=sent.seen))
