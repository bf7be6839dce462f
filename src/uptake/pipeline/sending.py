"""What was approved goes out: a loop beside the executor."""

import logging
import threading

from django.db import close_old_connections

from uptake.actions.email.services import due_drafts, send_draft

LOOK_EVERY_SECONDS = 2.0
log = logging.getLogger(__name__)


def send_what_is_approved(stop: threading.Event) -> None:
    """Send approved drafts one by one until ``stop`` is set.

    Any number of processes may run it: each draft is claimed by one of them. Retries and their growing pauses are
    kept with the draft, so they outlive a restart.
    """
    while not stop.is_set():
        close_old_connections()
        try:
            send_the_due(stop)
        except Exception:  # one odd draft, or a busy database, must not end all mail until somebody restarts
            log.exception("Sending mail failed; going on.")
        stop.wait(LOOK_EVERY_SECONDS)
    close_old_connections()


def send_the_due(stop: threading.Event) -> None:
    """One round: every draft that may go out now."""
    for draft_id in due_drafts():
        if stop.is_set():
            return
        send_draft(draft_id)
