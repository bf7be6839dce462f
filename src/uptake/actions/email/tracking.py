"""What a mail provider reports of sent mail (django-anymail's webhooks, signed by the provider)."""

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from uptake.actions.email.models import Draft
from uptake.team.services import record

FIRST = {EventType.OPENED: "opened_at", EventType.CLICKED: "clicked_at"}
TROUBLE = {
    EventType.BOUNCED: "It bounced",
    EventType.REJECTED: "The provider refused it",
    EventType.FAILED: "The provider could not send it",
    EventType.COMPLAINED: "The recipient marked it as spam",
    EventType.UNSUBSCRIBED: "The recipient wants no more mail",
}


@receiver(tracking, dispatch_uid="uptake.actions.email")
@transaction.atomic
def note(sender: Any, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """Keep the first opening, the first click, and what went wrong. Reports of other mail are ignored."""
    draft = _draft_of(event)
    if draft is None:
        return
    if field := FIRST.get(event.event_type):
        at = event.timestamp or timezone.now()
        if Draft.objects.filter(pk=draft.pk, **{f"{field}__isnull": True}).update(**{field: at}):
            record(None, event.event_type, draft, customer_id=draft.customer_id, draft=draft.pk)
    elif words := TROUBLE.get(event.event_type):
        reason = " ".join(str(event.description or event.reject_reason or "").split())[:300]
        Draft.objects.filter(pk=draft.pk).update(error=f"{words}: {reason}" if reason else f"{words}.")
        record(None, event.event_type, draft, customer_id=draft.customer_id, draft=draft.pk)


def _draft_of(event: AnymailTrackingEvent) -> Draft | None:
    """By the provider's id or ours; providers write ours with or without its angle brackets."""
    if not event.message_id:
        return None
    bare = str(event.message_id).strip("<>")
    ids = [bare, f"<{bare}>"]
    found = Draft.objects.select_related("customer").filter(Q(provider_id__in=ids) | Q(message_id__in=ids))
    return found.exclude(sending_at=None).first()
