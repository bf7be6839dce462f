"""What is done about drafts, by people. Each call is one transaction, leaves a line in the audit trail, and asks
whether it may. What the mail server is told stands in ``sending``."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from uptake.actions.email import inputs
from uptake.actions.email.access import access_draft, access_drafts, access_own_draft
from uptake.actions.email.facts import BadFacts, known_facts
from uptake.actions.email.inputs import BadDraft
from uptake.actions.email.mail import mail_is_set_up, why_not
from uptake.actions.email.models import EDITABLE, Draft, DraftFile, DraftStatus
from uptake.actions.email.rendering import BadTemplate, read_template, render, templates
from uptake.actions.email.sending import answers_to, due_drafts, send_draft
from uptake.customers.access import may_change
from uptake.customers.models import Customer, Stakeholder
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, require
from uptake.team.services import record

__all__ = [
    "Attached",
    "BadDraft",
    "BadFacts",
    "BadTemplate",
    "DraftChanged",
    "access_draft",
    "access_drafts",
    "access_own_draft",
    "approve_draft",
    "discard_draft",
    "draft_email",
    "due_drafts",
    "edit_draft",
    "is_stranded",
    "mail_is_set_up",
    "read_template",
    "send_draft",
    "settle_draft",
    "take_back",
    "templates",
    "why_not",
]

HANDING_OVER = timedelta(
    minutes=10
)  # longer than a mail server may take: what still says “sending” then was broken off


class DraftChanged(ProductError):
    """The draft is not what the reader had on screen."""

    status = 409


@dataclass(frozen=True)
class Attached:
    """A PDF to go out with an e-mail. ``name``: its file name, in letters that every mail program takes."""

    name: str
    content: bytes


class DraftFields(TypedDict, total=False):
    """What a person may write in a draft."""

    to_name: str
    to_email: str
    subject: str
    body: str


@transaction.atomic
def draft_email(
    *,
    customer: Customer,
    template: str,
    facts: Mapping[str, Any],
    to: Stakeholder | None,
    by: Teammate,
    attached: Attached | None = None,
) -> Draft:
    """Write an e-mail from a template (``email.facts`` lists the facts). Nothing goes out by this.

    Without ``to``, or where its address is unknown, a recipient is chosen later. A draft that stands there in the same
    words to the same person is returned instead of a second one: the button was pressed twice.
    Raises NotAllowed, BadTemplate, BadFacts, and BadDraft for a recipient of another customer.
    """
    _require(by, customer)
    if to is not None and to.customer_id != customer.pk:
        raise BadDraft(f"{to} is nobody at {customer}.")
    owner = customer.owner or by
    known = known_facts(
        facts,
        customer=customer.name,
        owner_name="" if owner.is_service else owner.get_full_name(),
        stakeholder_name=to.name if to else "",
    )
    subject, body = render(read_template(template), known)
    words = {
        "customer": customer,
        "to_name": inputs.checked_name(" ".join(to.name.split())) if to else "",
        "to_email": inputs.checked_address(to.email, may_be_empty=True) if to else "",
        "subject": inputs.checked_subject(inputs.CONTROL.sub(" ", subject)),
        "body": inputs.checked_body(body),
        "template": template,
        "attachment_name": attached.name if attached else "",
        "attachment_sha256": hashlib.sha256(attached.content).hexdigest() if attached else "",
    }
    Customer.objects.select_for_update().get(pk=customer.pk)  # one after the other: the second finds the first
    if same := Draft.objects.filter(status=DraftStatus.DRAFT, **words).first():
        return same
    draft = Draft.objects.create(**words, facts=known, created_by=by)
    if attached:
        DraftFile.objects.create(draft=draft, content=attached.content)
    record(by, "drafted", draft, customer_id=customer.pk, draft=draft.pk, template=template)
    return draft


@transaction.atomic
def edit_draft(draft: Draft, *, by: Teammate, seen: str = "", **fields: Unpack[DraftFields]) -> Draft:
    """Write recipient, subject or body. An approved one is a draft again: somebody must approve the new text.

    ``seen``: the draft's ``seen`` when the reader opened it. Raises NotAllowed, BadDraft, and DraftChanged when it was
    written by somebody else since, is being sent, or was sent.
    """
    draft = _held(draft, by, EDITABLE, seen)
    wanted = {name: _checked(name, value) for name, value in fields.items()}
    changed = [name for name, value in wanted.items() if getattr(draft, name) != value]
    for name in changed:
        setattr(draft, name, wanted[name])
    if changed:
        _unapprove(draft)
        draft.save()
        record(by, "edited", draft, customer_id=draft.customer_id, draft=draft.pk, changed=sorted(changed))
    return draft


def _checked(name: str, value: Any) -> str:
    checks = {"to_name": inputs.checked_name, "subject": inputs.checked_subject, "body": inputs.checked_body}
    return checks[name](value) if name in checks else inputs.checked_address(value, may_be_empty=True)


@transaction.atomic
def approve_draft(draft: Draft, *, by: Teammate, seen: str = "") -> Draft:
    """Let it go out, to this recipient and in these words. It is sent soon, where mail is set up; else it stays ready.

    ``seen``: the draft's ``seen`` when the reader read it; other words are not approved by this.
    Raises NotAllowed, BadDraft for one without a recipient, and DraftChanged.
    """
    require(by, Right.APPROVE_OUTREACH)
    if by.is_service:
        raise NotAllowed("Only a person who logs in can approve what goes out to a customer.")
    draft = _held(draft, by, (DraftStatus.DRAFT, DraftStatus.FAILED, DraftStatus.APPROVED), seen)
    if draft.status == DraftStatus.APPROVED:
        return draft
    inputs.checked_address(draft.to_email, may_be_empty=False)
    inputs.checked_name(draft.to_name)
    inputs.checked_subject(draft.subject)
    _unapprove(draft)
    draft.status, draft.approved_by, draft.approved_at = DraftStatus.APPROVED, by, timezone.now()
    draft.reply_to = answers_to(draft.customer, by)
    draft.save()
    record(by, "approved", draft, customer_id=draft.customer_id, draft=draft.pk, seen=draft.seen)
    return draft


@transaction.atomic
def take_back(draft: Draft, *, by: Teammate) -> Draft:
    """Take an approval back before it is sent. Raises NotAllowed, and DraftChanged when it is too late."""
    draft = _held(draft, by, (DraftStatus.APPROVED,))
    _unapprove(draft)
    draft.save()
    record(by, "took back", draft, customer_id=draft.customer_id, draft=draft.pk)
    return draft


@transaction.atomic
def discard_draft(draft: Draft, *, by: Teammate) -> Draft:
    """It will not be sent. Doing so again changes nothing. Raises NotAllowed, and DraftChanged when it is too late."""
    draft = _held(draft, by, (*EDITABLE, DraftStatus.DISCARDED))
    if draft.status != DraftStatus.DISCARDED:
        draft.status = DraftStatus.DISCARDED
        draft.save(update_fields=["status"])
        record(by, "discarded", draft, customer_id=draft.customer_id, draft=draft.pk)
    return draft


@transaction.atomic
def settle_draft(draft: Draft, *, arrived: bool, by: Teammate) -> Draft:
    """Say what became of one that Uptake cannot know of.

    One that may have been sent: it arrived, or it did not and is a draft again, to be approved. One that is approved:
    the teammate sent it by their own mail program. Raises NotAllowed, and DraftChanged while it is being handed over.
    """
    states = (DraftStatus.SENDING, DraftStatus.APPROVED) if arrived else (DraftStatus.SENDING,)
    draft = _held(draft, by, states)
    if draft.status == DraftStatus.SENDING and not is_stranded(draft):
        raise DraftChanged("It is being handed to the mail server right now. Look again in ten minutes.")
    if arrived:
        draft.status, draft.sent_at, draft.error = DraftStatus.SENT, draft.sending_at or timezone.now(), ""
    else:
        _unapprove(draft)
    draft.save()
    record(by, "settled", draft, customer_id=draft.customer_id, draft=draft.pk, arrived=arrived)
    return draft


def is_stranded(draft: Draft) -> bool:
    """Whether it was broken off while it was handed over."""
    if draft.status != DraftStatus.SENDING or draft.sending_at is None:
        return False
    return bool(draft.error) or draft.sending_at < timezone.now() - HANDING_OVER


def _unapprove(draft: Draft) -> None:
    """A draft like a new one: nothing of an earlier approval or attempt is left."""
    draft.status, draft.error, draft.attempts = DraftStatus.DRAFT, "", 0
    draft.approved_by = draft.approved_at = draft.try_again_at = draft.sending_at = draft.sent_at = None
    draft.reply_to = draft.message_id = draft.provider_id = ""


def _require(by: Teammate, customer: Customer) -> None:
    require(by, Right.SEE_PEOPLE)
    if not may_change(by, customer):
        raise NotAllowed(f"{customer} is not yours to change.")


def _held(draft: Draft, by: Teammate, states: tuple[DraftStatus, ...], seen: str = "") -> Draft:
    """The draft as it is now, held until the transaction ends."""
    current = Draft.objects.select_for_update(of=("self",)).select_related("customer").get(pk=draft.pk)
    _require(by, current.customer)
    if current.status not in states:
        raise DraftChanged(f"This e-mail is {_STATES[DraftStatus(current.status)]}.")
    if seen and seen != current.seen:
        raise DraftChanged("Somebody changed this e-mail while you had it open. Read it again, then decide.")
    return current


_STATES = {
    DraftStatus.DRAFT: "a draft and was not approved",
    DraftStatus.APPROVED: "approved already",
    DraftStatus.SENDING: "being sent, or may have been sent, and cannot be changed",
    DraftStatus.SENT: "sent and cannot be changed any more",
    DraftStatus.FAILED: "one that could not be sent",
    DraftStatus.DISCARDED: "discarded",
}
