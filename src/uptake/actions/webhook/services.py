"""Endpoints and deliveries: made, told, tried again, replayed."""

import base64
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from uptake.actions.webhook.models import Delivery, Endpoint
from uptake.actions.webhook.signing import PREFIX, checked_url
from uptake.kit.errors import ProductError
from uptake.kit.secrets import seal
from uptake.team.models import AuditRecord, Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

TYPES: Mapping[str, str] = {
    "health.updated": "A customer's health was updated",
    "task.created": "A task was made",
    "task.done": "A task was done",
    "task.dropped": "A task was dropped",
    "task.reopened": "A task was opened again",
    "alert.raised": "A usage alert was raised",
    "alert.closed": "A usage alert was closed",
    "test": "A test, sent by hand",
}
VERBS: Mapping[str, str] = {
    "updated health of": "health.updated",
    "made task": "task.created",
    "did task": "task.done",
    "dropped task": "task.dropped",
    "reopened task": "task.reopened",
    "raised alert": "alert.raised",
    "resolved alert": "alert.closed",
    "dismissed alert": "alert.closed",
    "tested webhook": "test",
}
"""Verbs of the audit trail that are events; every change leaves its line there, so nothing can happen unheard."""

WAITS = tuple(
    timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)  # after each try that failed, as Standard Webhooks advises
LOOK_BACK = 2_000  # records: transactions end in another order than their numbers
MOST_ENDPOINTS = 20


class UnknownEndpoint(ProductError):
    """There is no such webhook or delivery."""

    status = 404


class BadEndpoint(ProductError):
    """A webhook that cannot be."""


def access_endpoints(teammate: Teammate) -> QuerySet[Endpoint]:
    """Raises NotAllowed."""
    require(teammate, Right.MANAGE_TEAM)
    return Endpoint.objects.select_related("created_by")


def access_endpoint(teammate: Teammate, endpoint_id: int) -> Endpoint:
    """Raises NotAllowed and UnknownEndpoint."""
    found = access_endpoints(teammate).filter(pk=endpoint_id).first()
    if found is None:
        raise UnknownEndpoint(f"There is no webhook {endpoint_id}.")
    return found


def add_endpoint(teammate: Teammate, url: str, types: Collection[str]) -> tuple[Endpoint, str]:
    """Tell an address of these events from now on; its secret is returned this once.

    Raises NotAllowed, BadEndpoint and BadAddress.
    """
    require(teammate, Right.MANAGE_TEAM)
    chosen = _chosen(types)
    checked = checked_url(url, private=settings.UPTAKE.webhook_private)
    secret = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        if Endpoint.objects.count() >= MOST_ENDPOINTS:
            raise BadEndpoint(f"There are {MOST_ENDPOINTS} webhooks already; remove one first.")
        made = Endpoint.objects.create(
            url=checked, types=chosen, sealed=seal(secret, key=settings.SECRET_KEY), created_by=teammate
        )
        record(teammate, "added webhook", made, endpoint=made.pk, types=chosen)
    return made, secret


def _chosen(types: Collection[str]) -> list[str]:
    if unknown := [each for each in types if each not in TYPES]:
        raise BadEndpoint(f"There is no event “{unknown[0][:40]}”.")
    if not types:
        raise BadEndpoint("Choose at least one event.")
    return sorted(set(types))


@transaction.atomic
def switch_endpoint(teammate: Teammate, endpoint: Endpoint, *, on: bool) -> None:
    """Tell it no more, or again; what waits is sent then. Raises NotAllowed."""
    require(teammate, Right.MANAGE_TEAM)
    Endpoint.objects.filter(pk=endpoint.pk).update(is_on=on, trouble="")
    record(teammate, "switched webhook on" if on else "switched webhook off", endpoint, endpoint=endpoint.pk)


@transaction.atomic
def remove_endpoint(teammate: Teammate, endpoint: Endpoint) -> None:
    """With what was told to it. Raises NotAllowed."""
    require(teammate, Right.MANAGE_TEAM)
    record(teammate, "removed webhook", endpoint, endpoint=endpoint.pk)
    endpoint.delete()


@transaction.atomic
def send_test(teammate: Teammate, endpoint: Endpoint) -> Delivery:
    """An event that says nothing, to see whether it arrives. Raises NotAllowed."""
    require(teammate, Right.MANAGE_TEAM)
    made = record(teammate, "tested webhook", endpoint, endpoint=endpoint.pk)
    return Delivery.objects.create(**_delivery(endpoint, made, "test"))


@transaction.atomic
def replay(teammate: Teammate, endpoint: Endpoint, delivery_id: int) -> Delivery:
    """Send a message once more, with its id: who keeps ids knows it again. Raises NotAllowed and UnknownEndpoint."""
    require(teammate, Right.MANAGE_TEAM)
    found = endpoint.deliveries.select_for_update().filter(pk=delivery_id).first()
    if found is None:
        raise UnknownEndpoint(f"There is no delivery {delivery_id}.")
    found.state, found.tries, found.next_at = Delivery.State.WAITING, 0, timezone.now()
    found.save(update_fields=["state", "tries", "next_at"])
    record(teammate, "replayed webhook", endpoint, endpoint=endpoint.pk, delivery=found.pk)
    return found


def note_events() -> int:
    """Make a delivery of every new event for every endpoint that is told of it. Returns how many."""
    return sum(_note_events_for(endpoint) for endpoint in Endpoint.objects.filter(is_on=True))


def _note_events_for(endpoint: Endpoint) -> int:
    """From where it was looked at last, and a little before; however many changes came at once."""
    newest = AuditRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    since = endpoint.heard_to - LOOK_BACK
    lately = AuditRecord.objects.filter(pk__gt=since, pk__lte=newest, at__gte=endpoint.created_at, verb__in=VERBS)
    known = set(endpoint.deliveries.filter(record_id__gt=since).values_list("record_id", flat=True))
    events = (each for each in lately.select_related("teammate").order_by("pk") if each.pk not in known)
    rows = [
        Delivery(**_delivery(endpoint, each, VERBS[each.verb])) for each in events if VERBS[each.verb] in endpoint.types
    ]
    Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)  # another process may be at it too
    Endpoint.objects.filter(pk=endpoint.pk, heard_to__lt=newest).update(heard_to=newest)
    return len(rows)


def _delivery(endpoint: Endpoint, told: AuditRecord, kind: str) -> dict[str, Any]:
    return {
        "endpoint": endpoint,
        "record_id": told.pk,
        "message_id": f"msg_{endpoint.pk}_{told.pk}_{secrets.token_hex(6)}",
        "type": kind,
        "payload": _payload(told, kind),
        "next_at": told.at,
    }


def _payload(told: AuditRecord, kind: str) -> dict[str, Any]:
    """What is told: the event, when, about which customer, by whom, and its own values."""
    return {
        "type": kind,
        "timestamp": told.at.isoformat(),
        "data": {
            "subject": told.subject,
            "customerId": told.customer_id,
            "by": str(told.teammate) if told.teammate else None,
            **{name: value for name, value in told.details.items() if name not in {"endpoint"}},
        },
    }


def due_endpoints(now: datetime) -> Sequence[int]:
    """Those for which something may be sent now."""
    return list(_due(now).order_by().values_list("endpoint_id", flat=True).distinct())


def due_deliveries(now: datetime, *, endpoint_id: int | None = None) -> Sequence[int]:
    """Those that may be sent now, the oldest first: of one endpoint, or of all."""
    due = _due(now) if endpoint_id is None else _due(now).filter(endpoint=endpoint_id)
    return list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:500])


def _due(now: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, endpoint__is_on=True)


def claim(delivery_id: int, now: datetime) -> Delivery | None:
    """Take a delivery that is due for this process alone; None: another one did. It is due again in a minute."""
    waiting = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.WAITING, next_at__lte=now)
    if not waiting.update(next_at=now + timedelta(minutes=1)):
        return None
    return Delivery.objects.select_related("endpoint").get(pk=delivery_id)


@transaction.atomic
def note_answer(delivery: Delivery, *, answered: int | None, message: str) -> None:
    """What came of a try: delivered, to be tried again, given up; 410 switches the endpoint off."""
    now = timezone.now()
    current = Delivery.objects.select_for_update().get(pk=delivery.pk)
    current.tries += 1
    current.answered, current.message = answered, message[:300]
    if answered is not None and 200 <= answered < 300:
        current.state, current.delivered_at, current.message = Delivery.State.DELIVERED, now, ""
    elif answered == 410 or current.tries > len(WAITS):
        current.state = Delivery.State.FAILED
    else:
        current.next_at = now + WAITS[current.tries - 1]
    current.save()
    if answered == 410:
        Endpoint.objects.filter(pk=current.endpoint_id).update(is_on=False, trouble="It says that it is gone (410).")
