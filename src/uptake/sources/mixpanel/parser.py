"""Mixpanel raw events -> canonical events: the export API's JSON lines, mixpanel-utils' CSV, and warehouse tables.

One row is one event. Properties stand in an object (JSON lines, warehouse) or in columns (CSV). ``time`` is
seconds or milliseconds for the whole file, and local time in projects made before 2023 (``clock``). The customer is a
property that each project names as it likes, mostly a list: ``company_id: ["acme"]``.

Rows: sample/export.jsonl, sample/export_utils.csv
"""

from collections.abc import Sequence

from uptake.sources.companies import choose_customer
from uptake.sources.domains import is_address
from uptake.sources.events import event_reading
from uptake.sources.fields import Fields, Keys
from uptake.sources.mixpanel.clock import Clock, project_clock
from uptake.sources.picks import Pick, pick, top
from uptake.sources.reading import Answers, Reading, Table

OWN_SIGNS = (
    "$insert_id",
    "insert_id",
    "mp_reserved_insert_id",
    "mp_processing_time_ms",
    "mp_lib",
    "$browser",
    "$os",
    "$city",
)


class RawEvents:
    slug = "mixpanel_events"
    platform = "mixpanel"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        layout = Layout.of(fields)
        return layout.reading(answers, self.platform) if layout else None


class Layout:
    """Where one of the layouts keeps Mixpanel's properties."""

    def __init__(self, fields: Fields, name: str, title: str, confidence: float, event: Keys) -> None:
        self.fields = fields
        self.name = name
        self.title = title
        self.confidence = confidence
        self.event = event
        self.properties = (fields.find("properties") or "",) if fields.has("properties") else None

    @classmethod
    def of(cls, fields: Fields) -> "Layout | None":
        """The layout by its columns; None: not Mixpanel's, or PostHog's, which has a ``uuid`` beside the properties."""
        if fields.find("uuid", "messageid"):
            return None
        event = top(fields, "event")
        if event and fields.has("properties") and {"time", "distinct_id"} <= _inner(fields, "properties"):
            return cls(fields, "mixpanel_export", "Mixpanel raw export", 0.99, event)
        named = top(fields, "event_name", "name")
        if named and fields.has("distinct_id", "insert_id", "properties", "time"):
            return cls(fields, "mixpanel_table", "Mixpanel events from a warehouse or connector", 0.97, named)
        if event and fields.has("time", "distinct_id"):
            sure = 0.97 if fields.find(*OWN_SIGNS) else 0.7
            return cls(fields, "mixpanel_csv", "Mixpanel raw events, a column per property", sure, event)
        return None

    def find(self, *spellings: str) -> Keys | None:
        """A property under its first spelling that there is: a column of its own, or inside the properties."""
        column = self.fields.find(*spellings)
        if column:
            return (column,)
        if not self.properties:
            return None
        inside = {key.lower(): key for key in self.fields.inner_keys(*self.properties)}
        return next(((*self.properties, inside[name]) for name in spellings if name in inside), None)

    def reading(self, answers: Answers, platform: str) -> Reading:
        fields = self.fields
        visitor = self.find("distinct_id", "mp_reserved_distinct_id")
        person = pick(fields, answers, "visitor", visitor)
        places: list[Keys] = [(), self.properties] if self.properties else [()]
        customer = choose_customer(fields, answers, tiers=[places], person=self._addresses(visitor))
        feature = pick(fields, answers, "feature", self.event)
        time = pick(fields, answers, "timestamp", self.find("time"))
        clock = self._clock(answers, time)
        return event_reading(
            fields,
            answers,
            platform=platform,
            layout=self.name,
            title=self.title,
            confidence=self.confidence,
            customer=customer,
            visitor=person,
            feature=feature,
            timestamp=time,
            when=clock.when,
            event_id=pick(fields, answers, "event_id", self.find("$insert_id", "insert_id", "mp_reserved_insert_id")),
            duration=pick(fields, answers, "duration", self.find("$duration")),  # seconds, of events the SDK timed
            questions=clock.questions,
            warnings=clock.warnings,
        )

    def _clock(self, answers: Answers, time: Pick) -> Clock:
        values = self.fields.values(*time.keys)
        return project_clock(time.expression, values, self._received(), answers)

    def _received(self) -> Sequence[object]:
        """When Mixpanel got each sampled event, in true UTC; empty where the file does not say."""
        found = self.find("$mp_api_timestamp_ms", "mp_processing_time_ms")
        return self.fields.values(*found) if found else ()

    def _addresses(self, visitor: Keys | None) -> list[Keys]:
        """Where e-mail addresses stand, for customers by domain."""
        there = [keys for keys in (self.find("$email", "email"), visitor, self.find("$user_id")) if keys]
        used = [keys for keys in there if any(is_address(value) for value in self.fields.values(*keys))]
        return used or there[-1:]


def _inner(fields: Fields, column: str) -> set[str]:
    return {key.lower() for key in fields.inner_keys(fields.find(column) or "")}
