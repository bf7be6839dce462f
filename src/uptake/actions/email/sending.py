"""An approved draft goes out, at most once.

The draft moves from approved to sending by a conditional update: of two workers one wins, and the other does nothing.
The Message-ID is kept in that same update. A process that dies in between leaves “sending”, which nobody sends again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import formataddr, make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from uptake.actions.delivery import DeliveryError, MayHaveBeenSent
from uptake.actions.email.mail import hand_over, mail_is_set_up
from uptake.actions.email.models import Draft, DraftStatus
from uptake.customers.access import may_change
from uptake.customers.models import Customer
from uptake.team.models import Teammate
from uptake.team.rights import Right, may
from uptake.team.services import record

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
"""After the first, second … attempt that a busy server turned away; after the last one it has failed."""

APPROVAL_LASTS = timedelta(days=7)
"""What could not go out for so long (mail was not set up, say) is read and approved again first."""


def due_drafts(now: datetime | None = None) -> list[int]:
    """The approved drafts that may go out now, the longest waiting first. None while mail is not set up."""
    if not mail_is_set_up():
        return []
    due = Q(try_again_at__isnull=True) | Q(try_again_at__lte=now or timezone.now())
    return list(
        Draft.objects.filter(due, status=DraftStatus.APPROVED)
        .order_by("approved_at", "pk")
        .values_list("pk", flat=True)[:50]
    )


def send_draft(draft_id: int) -> None:
    """Hand an approved draft to the mail server. Does nothing for one that is not approved, or that another sends.

    Call it outside a transaction. Afterwards the draft is sent; failed, with a sentence; approved, to be tried again
    at ``try_again_at``; or still sending, where nobody can tell.
    """
    if not mail_is_set_up():
        return
    draft = _claimed(draft_id)
    if draft is None:
        return
    try:
        provider_id = hand_over(_message(draft))
    except DeliveryError as why:
        _turned_away(draft, why)
    except MayHaveBeenSent as why:
        _now(draft, "may have sent", error=str(why))
    else:
        _now(draft, "sent", status=DraftStatus.SENT, sent_at=timezone.now(), provider_id=provider_id, error="")


def answers_to(customer: Customer, by: Teammate) -> str:
    """The customer's owner, else who approved it."""
    owner = customer.owner
    return (owner.email if owner and owner.is_active else "") or by.email


def _claimed(draft_id: int) -> Draft | None:
    """The draft, when it was approved and is now ours to send; None when it was not, or another worker has it."""
    now = timezone.now()
    known = Draft.objects.select_related("customer__owner", "approved_by")
    draft = known.filter(pk=draft_id, status=DraftStatus.APPROVED).first()
    if draft is None:
        return None
    approved = Draft.objects.filter(pk=draft_id, status=DraftStatus.APPROVED, approved_at=draft.approved_at)
    if why := _no_longer(draft, now):
        _take_back(draft, approved, f"{why} Read it again and approve it again.")
        return None
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    claimed = approved.update(
        status=DraftStatus.SENDING,
        message_id=make_msgid("uptake", domain=domain or "uptake.invalid"),
        sending_at=now,
        attempts=F("attempts") + 1,
        try_again_at=None,
        error="",
    )
    return Draft.objects.select_related("customer").get(pk=draft_id) if claimed else None


def _no_longer(draft: Draft, now: datetime) -> str:
    """Why the approval does not hold any more; empty where it does."""
    by, customer = draft.approved_by, draft.customer
    if draft.approved_at is not None and draft.approved_at < now - APPROVAL_LASTS:
        return f"It was approved, but could not go out for {APPROVAL_LASTS.days} days."
    if customer.is_archived:
        return f"{customer} was archived after it was approved."
    if by is None or not by.is_active or not may(by, Right.APPROVE_OUTREACH):
        return f"{by or 'Somebody'}, who approved it, may not approve e-mails any more."
    if not may_change(by, customer) or draft.reply_to != answers_to(customer, by):
        return f"{customer} was given to somebody else after it was approved."
    return ""


@transaction.atomic
def _take_back(draft: Draft, approved: QuerySet[Draft], why: str) -> None:
    """A draft again, with the reason for whoever reads it."""
    cleared = {"approved_at": None, "approved_by": None, "try_again_at": None, "attempts": 0, "reply_to": ""}
    if approved.update(status=DraftStatus.DRAFT, error=why, **cleared):
        record(None, "took back", draft, customer_id=draft.customer_id, draft=draft.pk, error=why)


def _message(draft: Draft) -> EmailMessage:
    """Exactly what was approved: plain text, and the PDF that was attached to it."""
    message = EmailMessage(
        subject=draft.subject,
        body=draft.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((draft.to_name, draft.to_email))],
        reply_to=[draft.reply_to] if draft.reply_to else None,
        headers={"Message-ID": draft.message_id},
    )
    if draft.attachment_name:
        message.attach(draft.attachment_name, bytes(draft.file.content), "application/pdf")
    return message


def _turned_away(draft: Draft, why: DeliveryError) -> None:
    if why.permanent or draft.attempts > len(PAUSES):
        times = "" if draft.attempts == 1 else f" It was tried {draft.attempts} times."
        _now(draft, "could not send", status=DraftStatus.FAILED, error=f"{why}{times}")
    else:
        again = timezone.now() + PAUSES[draft.attempts - 1]
        _now(draft, "put off", status=DraftStatus.APPROVED, try_again_at=again, error=str(why))


@transaction.atomic
def _now(draft: Draft, verb: str, **values: Any) -> None:
    """Write down what came of it; only the worker that claimed the draft does."""
    changed: Mapping[str, Any] = values
    Draft.objects.filter(pk=draft.pk, status=DraftStatus.SENDING, message_id=draft.message_id).update(**changed)
    told = {"error": values["error"]} if values.get("error") else {}
    record(None, verb, draft, customer_id=draft.customer_id, draft=draft.pk, **told)
