"""What numbers depend on, as a token that is cheap to ask for, and a small cache in this process that goes by it.

Every change of data leaves an audit record in its own transaction, so the newest record names the state of the
database; the lake's live files, which days have come, the day and the settings are the rest.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from datetime import datetime
from typing import Generic, TypeVar

from django.conf import settings

from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline.still import once_while_still
from uptake.pipeline.sync.arrived import what_came
from uptake.pipeline.workspace import workspace_week, yesterday
from uptake.signals.models import AlertRun
from uptake.team.models import AuditRecord

T = TypeVar("T")

NO_NUMBER_VERBS = frozenset(
    {
        *("made task", "changed task", "did task", "dropped task", "reopened task", "ticked", "unticked"),
        *("drafted", "edited", "approved", "took back", "discarded", "sent", "put off", "could not send"),
        *("may have sent", "settled", "opened", "clicked", "bounced", "rejected", "failed", "complained"),
        *("unsubscribed", "uploaded", "saved a view", "deleted a view", "annotated", "removed annotation"),
        *("shared", "took back share link of", "scheduled report of", "ended schedule of"),
        *("trusts format", "trusts no more", "cancelled", "asked to undo", "asked to bring back"),
        *("added webhook", "removed webhook", "switched webhook on", "switched webhook off", "tested webhook"),
        *("replayed webhook", "asked to sync", "connected", "checked accuracy of"),
        *("raised alert", "resolved alert", "acknowledged alert", "dismissed alert", "snoozed alert", "woke alert"),
        *("opened incident", "released incident", "dropped incident", "cleared incident"),
        *("changed alert rule", "set alert budget", "told of alerts", "could not tell of alerts"),
        *("made key", "revoked key", "changed password of", "reset password of", "connected single sign-on of"),
    }
)
"""Changes that no number of the portfolio depends on. One that is missing here costs time, never a wrong number."""

ALERT_VERBS = frozenset({"raised alert", "resolved alert", "dismissed alert", "released incident", "dropped incident"})
"""Changes of which alerts are open: no number but health depends on them."""

TOLD_VERBS = frozenset({"updated health of", "published health weights"})
"""Changes of health as it was told, and of its weights: what is weighed stays."""

HEALTH_VERBS = TOLD_VERBS | {"rated"}
"""Changes that no measure of usage depends on."""

LOOK_BACK = 1_000


def state() -> str:
    """Changes with everything that a number of the portfolio depends on, and with the day."""
    return _token(NO_NUMBER_VERBS)


@once_while_still
def measured_state() -> str:
    """For health: as ``state``, but stays when it was only told or weighed anew (what names the weights stands beside it),
    and changes with alerts and with each look for them.
    """
    last = AlertRun.objects.order_by("-pk").values_list("pk", flat=True).first()
    return f"{_token((NO_NUMBER_VERBS | TOLD_VERBS) - ALERT_VERBS)}-{last or 0}"


def usage_state() -> str:
    """As ``state``, but stays when only health was updated, rated or weighed anew."""
    return _token(NO_NUMBER_VERBS | HEALTH_VERBS)


@once_while_still
def _token(besides: Collection[str]) -> str:
    options = settings.UPTAKE
    told = (
        _newest_change(besides),
        files.state_token(DataFile.Table.USAGE_DAILY),
        what_came(),
        yesterday(),
        workspace_week(),
        options.time_zone,
        options.internal_domains,
        str(files.root()),
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _newest_change(besides: Collection[str]) -> tuple[int, datetime | None, int]:
    """The newest audit record and its time, and how many there are shortly before it.

    Numbers are given out before transactions end: an older record may appear after a newer one, then the count grows;
    and the number of one that was rolled back may be given out again, then the time differs.
    """
    records = AuditRecord.objects.exclude(verb__in=besides)
    newest, at = records.order_by("-pk").values_list("pk", "at").first() or (0, None)
    return newest, at, records.filter(pk__gt=newest - LOOK_BACK, pk__lte=newest).order_by().count()


class ByState(Generic[T]):
    """The last few values that were worked out, each once, whichever thread asks first; gone when the state changes."""

    def __init__(self, token: Callable[[], str], size: int) -> None:
        self._token, self._size = token, size
        self._values: OrderedDict[tuple[str, Hashable], T] = OrderedDict()
        self._building, self._looking = threading.Lock(), threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of the key as of now. What ``make`` raises is raised, and nothing is kept."""
        full = (self._token(), key)
        found = self._find(full)
        if found is not None:
            return found
        with self._building:
            found = self._find(full)  # somebody else may have made it while we waited
            if found is None:
                # Careful: the token is older than the value. If something changes in between, the next one who asks
                # has another token and makes it again.
                found = make()
                self._hold(full, found)
        return found

    def _find(self, full: tuple[str, Hashable]) -> T | None:
        with self._looking:
            if full in self._values:
                self._values.move_to_end(full)
            return self._values.get(full)

    def _hold(self, full: tuple[str, Hashable], value: T) -> None:
        with self._looking:
            for old in [each for each in self._values if each[0] != full[0]]:
                del self._values[old]
            self._values[full] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
