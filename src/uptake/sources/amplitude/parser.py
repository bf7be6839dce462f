"""Amplitude raw events (Export API, S3 or GCS export, warehouse and connector copies) -> canonical events.

One row is one event. ``event_time`` is UTC, mostly without saying so. The customer is a group whose type each project
names as it likes, ``{"org id": ["Acme"]}``, or a property. ``session_id`` is the session's start, so two people can share
one, and -1 stands outside any. A repeat has its device's ``$insert_id`` again; overlapping hours repeat ``uuid``.

Rows: sample/export_api.zip
"""

from uptake.sources.companies import choose_customer
from uptake.sources.events import NONE, event_reading
from uptake.sources.fields import Fields
from uptake.sources.picks import Pick, pick, top
from uptake.sources.reading import Answers, Reading, Table
from uptake.sources.times import recorded

GROUPS = "groups"
PROPERTIES = ("user_properties", "group_properties", "event_properties")
INSERT_ID = ("$insert_id", "_insert_id", "insert_id")


class RawEvents:
    slug = "amplitude_events"
    platform = "amplitude"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        if not fields.has("event_type", "event_time", "amplitude_id"):
            return None
        groups = top(fields, GROUPS)
        properties = [keys for name in PROPERTIES if (keys := top(fields, name))]
        user = top(fields, "user_id")
        time = pick(fields, answers, "timestamp", top(fields, "event_time"))
        return event_reading(
            fields,
            answers,
            platform=self.platform,
            layout=self.slug,
            title="Amplitude raw events",
            confidence=0.99,
            customer=choose_customer(
                fields,
                answers,
                tiers=[[()], [groups] if groups else [], properties],
                groups=groups,
                person=[user] if user else [],
            ),
            visitor=pick(fields, answers, "visitor", user, top(fields, "amplitude_id"), top(fields, "device_id")),
            feature=pick(fields, answers, "feature", top(fields, "event_type")),
            timestamp=time,
            when=recorded(time.expression, fields.values(*time.keys)),
            session=_session(fields),
            event_id=_event_id(fields),
        )


def _session(fields: Fields) -> Pick:
    session, person = fields.find("session_id"), fields.find("amplitude_id")
    if not (session and person):
        return NONE
    return Pick(f"{fields.text(person)} || '/' || nullif(nullif({fields.text(session)}, '-1'), '')", session)


def _event_id(fields: Fields) -> Pick:
    device, inserted, uuid = fields.find("device_id"), fields.find(*INSERT_ID), fields.find("uuid")
    own = Pick(fields.text(uuid), uuid) if uuid else NONE
    if not (device and inserted):
        return own
    both = f"nullif({fields.text(device)}, '') || '/' || nullif({fields.text(inserted)}, '')"
    return Pick(f"coalesce({both}, nullif({own.expression}, ''))" if uuid else both, inserted)
