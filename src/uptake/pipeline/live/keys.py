"""Sources that send live events, and their write keys: shown once, only their hash is kept."""

import hashlib
import secrets
import threading
import time
from dataclasses import dataclass

from django.db import DatabaseError, transaction
from django.utils import timezone

from uptake.customers.names import name_key
from uptake.kit.errors import ProductError
from uptake.lake.models import DataFile, Import
from uptake.pipeline.sync.models import Connection, Platform
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

KEY_PREFIX = "upw_"
SHOWN_OF_KEY = 4
LONGEST_SOURCE = 40  # as a row of the file catalogue keeps it
LOOKED_UP_EVERY_SECONDS = 2.0
FORGET = "facts_removed"  # in the options of a source that was removed with its facts


class BadSource(ProductError):
    """A name that says nothing, or that is taken."""


class NoSuchSource(ProductError):
    """The source was removed, or the connection is of another kind."""

    status = 404


@transaction.atomic
def create_live_source(name: str, by: Teammate | None) -> tuple[Connection, str]:
    """A source that may send, and its write key, which is returned this once. Raises BadSource, NotAllowed.

    Its facts are called by the name's slug, which no other platform or source ever had: events of two are never mixed.
    """
    if by is not None:
        require(by, Right.CONNECT)
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise BadSource("A source needs a name of 1 to 100 characters, such as “Web app”.")
    key = _new_key()
    made = Connection.objects.create(
        platform=Platform.LIVE, name=name, source=_free_slug(name), history_days=0, created_by=by, **_kept(key)
    )
    record(by, "connected", made, connection=made.pk)
    return made, key


@transaction.atomic
def new_key(connection: Connection, by: Teammate | None) -> tuple[Connection, str]:
    """Another write key; the old one is refused from now on. Raises NoSuchSource, NotAllowed."""
    current = _current(connection, by)
    key = _new_key()
    for field, value in _kept(key).items():
        setattr(current, field, value)
    current.save(update_fields=["sha256", "hint"])
    record(by, "changed key of", current, connection=current.pk)
    return current, key


@transaction.atomic
def pause(connection: Connection, by: Teammate | None, *, paused: bool = True) -> Connection:
    """Take nothing more from it, or again. What was answered becomes facts all the same."""
    current = _current(connection, by)
    wanted = Connection.State.PAUSED if paused else Connection.State.ACTIVE
    if current.state == wanted:
        return current
    current.state = wanted
    current.save(update_fields=["state"])
    record(by, "paused" if paused else "resumed", current, connection=current.pk)
    return current


def remove(connection: Connection, by: Teammate | None, *, with_facts: bool = False) -> list[int]:
    """Its key opens nothing any more. ``with_facts``: all it brought is undone, also what still waits in the spool.

    Returns the imports that are being undone. Raises NoSuchSource, NotAllowed.
    """
    from uptake.pipeline import durable  # it starts what works in this room

    with transaction.atomic():
        current = _current(connection, by)
        current.state, current.removed_at = Connection.State.REMOVED, timezone.now()
        current.sha256 = current.hint = ""
        current.options = {**current.options, FORGET: with_facts}
        current.save(update_fields=["state", "removed_at", "sha256", "hint", "options"])
        live = Import.objects.filter(connection_id=current.pk, state=Import.State.LIVE)
        undone = list(live.order_by("-pk").values_list("pk", flat=True)) if with_facts else []
        record(by, "removed", current, connection=current.pk, undone=undone)
    for import_id in undone:
        durable.start("undo", import_id)
    return undone


def _current(connection: Connection, by: Teammate | None) -> Connection:
    if by is not None:
        require(by, Right.CONNECT)
    current = Connection.objects.select_for_update().filter(pk=connection.pk, platform=Platform.LIVE).first()
    if current is None or current.state == Connection.State.REMOVED:
        raise NoSuchSource(f"There is no source “{connection}” any more.")
    return current


def _new_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(24)


def _kept(key: str) -> dict[str, str]:
    return {"sha256": hash_of(key), "hint": key[-SHOWN_OF_KEY:]}


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _free_slug(name: str) -> str:
    """By this name nothing was ever kept: an account or a fact of it would be taken for one of the new source."""
    taken = {
        *Platform.values,
        *PLATFORMS_OF_FILES,
        *Connection.objects.values_list("source", flat=True),
        *DataFile.objects.order_by().values_list("source", flat=True).distinct(),
    }
    plain = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in name_key(name)).strip("-")
    slug = "live-" + (plain[: LONGEST_SOURCE - 10].strip("-") or "source")
    return next(each for each in (slug, *(f"{slug}-{n}" for n in range(2, 10_000))) if each not in taken)


PLATFORMS_OF_FILES = ("amplitude", "ga4", "generic", "heap", "mixpanel", "pendo", "posthog", "segment", "userpilot")


# The door


@dataclass(frozen=True)
class Known:
    """A source as the door knows it."""

    connection_id: int
    is_active: bool


class KnownKeys:
    """Who holds which key, as it was a moment ago: read as a whole, so that guessing keys costs the database nothing."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._read_at = float("-inf")
        self._turn = threading.Lock()

    def at_hand(self, key: str) -> tuple[bool, Known | None]:
        """(whether that is fresh, the source). Never asks the database."""
        return time.monotonic() - self._read_at < LOOKED_UP_EVERY_SECONDS, self._known.get(hash_of(key))

    def find(self, key: str) -> Known | None:
        """Ask the database where that was not done just now. While it cannot be asked, who was known stays known."""
        with self._turn:
            if time.monotonic() - self._read_at >= LOOKED_UP_EVERY_SECONDS:
                try:
                    self._known = _sources()
                except DatabaseError:
                    if not self._known:
                        raise
                self._read_at = time.monotonic()
            return self._known.get(hash_of(key))


def _sources() -> dict[str, Known]:
    rows = Connection.objects.filter(platform=Platform.LIVE).exclude(sha256="").values_list("sha256", "pk", "state")
    return {sha256: Known(pk, state == Connection.State.ACTIVE) for sha256, pk, state in rows}
