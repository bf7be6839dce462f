"""Events go out to whom they are told: a loop beside the executor, and a thread for each endpoint that has something due."""

import logging
import threading
import time

from django.db import close_old_connections, connections
from django.utils import timezone

from uptake.actions.webhook.sending import send
from uptake.actions.webhook.services import due_deliveries, due_endpoints, note_events

LOOK_EVERY_SECONDS = 3.0
LEAVE_WITHIN_SECONDS = 5.0  # what is under way then is sent again after the start, with the same id
log = logging.getLogger(__name__)


def tell_what_happens(stop: threading.Event) -> None:
    """Until ``stop`` is set. Any number of processes may run it: each delivery is claimed by one of them."""
    lanes = Lanes(stop)
    while not stop.is_set():
        close_old_connections()
        try:
            lanes.tell_the_due()
        except Exception:  # one odd answer, or a busy database, must not end all telling until somebody restarts
            log.exception("Telling webhooks failed; going on.")
        stop.wait(LOOK_EVERY_SECONDS)
    lanes.leave()
    close_old_connections()


class Lanes:
    """One for each endpoint, so that one that answers slowly holds nobody else up; there are few endpoints."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._under_way: dict[int, threading.Thread] = {}

    def tell_the_due(self) -> None:
        """One round: send what is due to every endpoint that is not being sent to already."""
        note_events()
        self._under_way = {number: lane for number, lane in self._under_way.items() if lane.is_alive()}
        for endpoint_id in due_endpoints(timezone.now()):
            if endpoint_id not in self._under_way:
                # A daemon: the process may leave although an endpoint does not answer.
                lane = threading.Thread(
                    target=self._tell, args=(endpoint_id,), name=f"webhook-{endpoint_id}", daemon=True
                )
                self._under_way[endpoint_id] = lane
                lane.start()

    def leave(self) -> None:
        """Wait for what is being sent, but not for long."""
        until = time.monotonic() + LEAVE_WITHIN_SECONDS
        for lane in self._under_way.values():
            lane.join(max(0.0, until - time.monotonic()))

    def _tell(self, endpoint_id: int) -> None:
        try:
            for delivery_id in due_deliveries(timezone.now(), endpoint_id=endpoint_id):
                if self._stop.is_set():
                    return
                send(delivery_id)
        except Exception:  # whatever it was, the next round begins anew
            log.exception("Telling webhook %s failed; going on.", endpoint_id)
        finally:
            connections.close_all()
