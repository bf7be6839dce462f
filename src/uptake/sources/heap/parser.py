"""Heap Connect table ``all_events`` -> canonical events.

One row is one event *under one of its definitions*: an ``event_id`` that fits two definitions stands there twice, so id
and definition together tell an event. ``session_time`` is the time since the session's start, not a length.

Rows: sample/all_events.csv
"""

from uptake.sources.companies import choose_customer
from uptake.sources.events import event_reading
from uptake.sources.fields import Fields
from uptake.sources.picks import Pick, pick, top
from uptake.sources.reading import Answers, NotUsage, Reading, Table
from uptake.sources.times import recorded

MIGRATION_COLUMNS = 5  # two ids, a time, and what a loader adds


class AllEvents:
    slug = "heap_all_events"
    platform = "heap"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NotUsage for Heap's user migrations, NoSuchColumn."""
        fields = Fields(table)
        if fields.has("from_user_id", "to_user_id", "time") and len(fields.names) <= MIGRATION_COLUMNS:
            raise NotUsage(
                f"{table.name} tells which Heap users were merged; it holds no usage. Take all_events instead."
            )
        number, definition = fields.find("event_id"), fields.find("event_table_name")
        user = top(fields, "user_id")
        if not (number and definition and user and fields.has("time")):
            return None
        time = pick(fields, answers, "timestamp", top(fields, "time"))
        return event_reading(
            fields,
            answers,
            platform=self.platform,
            layout=self.slug,
            title="Heap table of all events",
            confidence=0.95,
            customer=choose_customer(fields, answers, tiers=[[()]], person=[top(fields, "email", "identity") or user]),
            visitor=pick(fields, answers, "visitor", top(fields, "identity"), user),
            feature=pick(fields, answers, "feature", top(fields, "event_name"), (definition,)),
            timestamp=time,
            when=recorded(time.expression, fields.values(*time.keys)),
            session=pick(fields, answers, "session", top(fields, "session_id")),
            event_id=Pick(f"{fields.text(number)} || '/' || {fields.text(definition)}", number),
        )
