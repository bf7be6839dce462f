"""Whose visitor ids these are: the e-mail addresses that platforms tell of visitors."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction

from uptake.pipeline.live.models import LivePerson
from uptake.pipeline.sync.models import Connection, VisitorEmail
from uptake.sources.pull import VisitorTold
from uptake.team.services import record

LONGEST_ID, LONGEST_ADDRESS = 500, 254
AT_ONCE = 500
AS_THEY_ARE = "names"  # the option under which a platform's people are kept as it has them


@dataclass(frozen=True)
class ToldEmail:
    """A visitor of one source and the address that is told of them."""

    source: str
    visitor_id: str
    email_key: str


def email_key(text: str) -> str:
    """An address as it is compared."""
    return text.strip().lower()


def keeps_people(connection: Connection) -> bool:
    """Whether people are kept as the platform has them: neither as pseudonyms nor left out."""
    return bool(connection.options.get("people", AS_THEY_ARE) == AS_THEY_ARE)


def note_visitors(connection: Connection, told: Iterable[VisitorTold]) -> int:
    """What is told now takes the place of what was told before. Returns how many addresses are known so.

    Nothing is kept of a connection that was removed meanwhile, or keeps people only as pseudonyms or not at all.
    """
    wanted = dict(_usable(told)) if keeps_people(connection) else {}
    with transaction.atomic():
        current = Connection.objects.select_for_update().get(pk=connection.pk)
        if current.state == Connection.State.REMOVED or not keeps_people(current):
            wanted = {}
        there = dict(VisitorEmail.objects.filter(source=current.source).values_list("visitor_id", "email_key"))
        _forget(current.source, [visitor for visitor in there if visitor not in wanted])
        changed = [(visitor, email) for visitor, email in wanted.items() if there.get(visitor) != email]
        VisitorEmail.objects.bulk_create(
            (VisitorEmail(source=current.source, visitor_id=visitor, email_key=email) for visitor, email in changed),
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["source", "visitor_id"],
            update_fields=["email_key"],
        )
        if changed or there.keys() - wanted.keys():
            record(None, "learned addresses from", current, connection=current.pk, known=len(wanted))
    return len(wanted)


def forget_visitors(connection: Connection) -> None:
    """Nothing is known of this source's visitors any more."""
    gone, _ = VisitorEmail.objects.filter(source=connection.source).delete()
    if gone:
        record(None, "learned addresses from", connection, connection=connection.pk, known=0)


def told_emails(emails: Collection[str]) -> list[ToldEmail]:
    """What is told of visitors by one of these addresses, and of those whose id is one of them but who have another.

    ``emails``: as ``email_key`` gives them.
    """
    known = frozenset(emails)
    if not known:
        return []
    found = {*_by_address(known), *_by_id(known), *_live(known)}
    return sorted(found, key=lambda each: (each.source, each.visitor_id, each.email_key))


def _usable(told: Iterable[VisitorTold]) -> Iterator[tuple[str, str]]:
    """Without what is no address, and where the id says the same already."""
    for each in told:
        email = email_key(each.email)
        fits = len(each.visitor_id) <= LONGEST_ID and len(email) <= LONGEST_ADDRESS
        if "@" in email and fits and "\x00" not in each.visitor_id + email and email_key(each.visitor_id) != email:
            yield each.visitor_id, email


def _forget(source: str, visitors: Collection[str]) -> None:
    for some in _some(list(visitors)):
        VisitorEmail.objects.filter(source=source, visitor_id__in=some).delete()


def _some(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + AT_ONCE] for start in range(0, len(texts), AT_ONCE))


def _by_address(known: frozenset[str]) -> Iterator[ToldEmail]:
    for some in _some(sorted(known)):
        rows = VisitorEmail.objects.filter(email_key__in=some)
        yield from (ToldEmail(*row) for row in rows.values_list("source", "visitor_id", "email_key"))


def _by_id(known: frozenset[str]) -> Iterator[ToldEmail]:
    rows = VisitorEmail.objects.filter(visitor_id__contains="@").values_list("source", "visitor_id", "email_key")
    yield from (ToldEmail(*row) for row in rows.iterator() if email_key(row[1]) in known)


def _live(known: frozenset[str]) -> Iterator[ToldEmail]:
    """What ``identify`` told of people of live sources."""
    sources = dict(
        Connection.objects.exclude(state=Connection.State.REMOVED).filter(platform="live").values_list("pk", "source")
    )
    if not sources:
        return
    rows = LivePerson.objects.filter(email__contains="@", connection_id__in=sources)
    for connection_id, person, email in rows.values_list("connection_id", "person", "email").iterator():
        is_told = email_key(email) != email_key(person)
        if is_told and (email_key(email) in known or email_key(person) in known):
            yield ToldEmail(sources[connection_id], person, email_key(email))
