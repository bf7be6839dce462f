"""Events go out to whom they are told: a loop beside the executor."""

import logging
import threading

from django.db import close_old_connections
from django.utils import timezone

from uptake.actions.webhook.sending import send
from uptake.actions.webhook.services import due_deliveries, note_events

LOOK_EVERY_SECONDS = 3.0
log = logging.getLogger(__name__)


def tell_what_happens(stop: threading.Event) -> None:
    """Until ``stop`` is set. Any number of processes may run it: each delivery is claimed by one of them."""
    while not stop.is_set():
        close_old_connections()
        try:
            tell_the_due(stop)
        except Exception:  # one odd answer, or a busy database, must not end all telling until somebody restarts
            log.exception("Telling webhooks failed; going on.")
        stop.wait(LOOK_EVERY_SECONDS)
    close_old_connections()


def tell_the_due(stop: threading.Event) -> int:
    """One round; how many were sent."""
    note_events()
    sent = 0
    for delivery_id in due_deliveries(timezone.now()):
        if stop.is_set():
            break
        sent += send(delivery_id)
    return sent
