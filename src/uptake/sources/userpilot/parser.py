"""Userpilot event export (JSON or CSV) -> canonical events.

One row is one event: ``company_id``, ``user_id``, ``event_type`` with ``event_name``, ``inserted_at`` in UTC.

Rows: sample/events.csv
"""

from uptake.sources.companies import answered_customer, taken
from uptake.sources.events import event_reading
from uptake.sources.fields import Fields
from uptake.sources.picks import pick, top
from uptake.sources.reading import Answers, Reading, Table
from uptake.sources.times import recorded


class Events:
    slug = "userpilot_events"
    platform = "userpilot"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        company, user = top(fields, "company_id"), top(fields, "user_id")
        if not (company and user and fields.has("event_type", "event_name", "inserted_at")):
            return None
        time = pick(fields, answers, "timestamp", top(fields, "inserted_at"))
        event_id = pick(fields, answers, "event_id", top(fields, "internal_event_id"))
        return event_reading(
            fields,
            answers,
            platform=self.platform,
            layout=self.slug,
            title="Userpilot events",
            confidence=0.97 if event_id.name else 0.85,
            customer=answered_customer(fields, answers, [user]) or taken(fields, company),
            visitor=pick(fields, answers, "visitor", user),
            feature=pick(fields, answers, "feature", top(fields, "event_name"), top(fields, "event_type")),
            timestamp=time,
            when=recorded(time.expression, fields.values(*time.keys)),
            event_id=event_id,
        )
