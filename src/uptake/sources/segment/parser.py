"""Segment (and RudderStack) warehouse table ``tracks`` -> canonical events.

One row is one event, ``id`` its id. ``event`` is a slug and ``event_text`` the name as it was sent. There is no column of
its own for the customer: ``context_group_id``, a trait, or a property. Times are UTC; a query tool may print “ UTC” behind
them.

Rows: sample/tracks.csv
"""

from collections.abc import Iterable

from uptake.sources.companies import Customer, choose_customer, taken
from uptake.sources.events import event_reading
from uptake.sources.fields import Fields, Keys
from uptake.sources.picks import Pick, pick, top
from uptake.sources.reading import Answers, Reading, Table
from uptake.sources.times import recorded

TIMES = ("timestamp", "original_timestamp", "received_at", "sent_at")
GROUPS = ("context_group_id", "context_groupid", "group_id")
PREFIXES = ("context_traits_", "context_", "traits_", "properties_")


class Tracks:
    slug = "segment_tracks"
    platform = "segment"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        if not (fields.has("id", "event", "event_text") and fields.find("timestamp", "received_at")):
            return None
        user, anonymous = top(fields, "user_id"), top(fields, "anonymous_id")
        addresses = [keys for keys in (top(fields, "context_traits_email", "email"), user) if keys]
        time = pick(fields, answers, "timestamp", _filled(fields, TIMES))
        return event_reading(
            fields,
            answers,
            platform=self.platform,
            layout=self.slug,
            title="Segment warehouse table of tracked events",
            confidence=0.98,
            customer=_customer(fields, answers, addresses),
            visitor=pick(fields, answers, "visitor", user, anonymous),
            feature=pick(fields, answers, "feature", top(fields, "event_text"), top(fields, "event")),
            timestamp=time,
            when=recorded(time.expression, fields.values(*time.keys)),
            session=_session(fields, anonymous),
            event_id=pick(fields, answers, "event_id", top(fields, "id")),
        )


def _customer(fields: Fields, answers: Answers, person: list[Keys]) -> Customer:
    group = _filled(fields, GROUPS)
    if group and fields.present(*group) and "customer" not in answers.columns:
        return taken(fields, group)
    return choose_customer(fields, answers, tiers=[[()]], person=person, prefixes=PREFIXES)


def _filled(fields: Fields, names: Iterable[str]) -> Keys | None:
    """The first of these columns that has any value in the sample, else the first that there is."""
    there = [keys for name in names if (keys := top(fields, name))]
    return next((keys for keys in there if fields.present(*keys)), there[0] if there else None)


def _session(fields: Fields, anonymous: Keys | None) -> Pick:
    """RudderStack counts sessions per device by their start, so that two devices can share a number."""
    session = fields.find("context_session_id", "context_sessionid")
    if not (session and anonymous):
        return Pick("NULL")
    return Pick(f"{fields.text(*anonymous)} || '/' || nullif({fields.text(session)}, '')", session)
