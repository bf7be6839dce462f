"""The canonical tables: every column with its type, unit and meaning."""

import pyarrow as pa

MISSING = (
    "",
    "-",
    "[]",
    "{}",
    "(none)",
    "(not set)",
    "undefined",
    "null",
    "<null>",
    "none",
    "nan",
    "n/a",
    "empty",
    "account-unique-id",
    "visitor-unique-id",
)
"""What platforms write where there is nothing, in lower case; none of these is a customer, a visitor or a feature."""


def _column(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"meaning": meaning})


USAGE_EVENTS = pa.schema(
    [
        _column("source", pa.string(), "platform that wrote the row: pendo, amplitude, mixpanel, …, generic"),
        _column("account_id", pa.string(), "the customer as that platform writes it; null: the row names none"),
        _column("visitor_id", pa.string(), "the person as that platform writes it; null: the row names none"),
        _column("event_name", pa.string(), "what was used, as the platform writes it"),
        _column("occurred_at", pa.timestamp("us"), "instant in UTC; for totals the start of their hour, day or month"),
        _column("occurred_on", pa.date32(), "calendar day of a daily or monthly total; null for anything finer"),
        _column("grain", pa.string(), "event, hour, day, month: what one row stands for"),
        _column("event_count", pa.int64(), "uses the row stands for, at least 1"),
        _column("duration_seconds", pa.float64(), "seconds of use; null: not measured"),
        _column("session_id", pa.string(), "the platform's own session; null: it has none"),
        _column("event_id", pa.string(), "the platform's own id of the event; null: it has none"),
        _column("import_id", pa.int64(), "the import that brought the row"),
        _column("file_number", pa.int32(), "which file of the import, from 1"),
        _column("row_number", pa.int64(), "row in that file, as a spreadsheet numbers it"),
    ]
)

GUIDE_KINDS = ("seen", "advanced", "dismissed", "snoozed", "timed out", "clicked")
"""What somebody can do with a guide that is shown to them."""

GUIDE_EVENTS = pa.schema(
    [
        _column("source", pa.string(), "platform that showed the guide"),
        _column("account_id", pa.string(), "as in usage_events"),
        _column("visitor_id", pa.string(), "as in usage_events"),
        _column("guide_id", pa.string(), "the guide, as the platform writes it"),
        _column("step_id", pa.string(), "the step of it; null: not told"),
        _column("kind", pa.string(), "seen, advanced, dismissed, snoozed, timed out, clicked"),
        _column("occurred_at", pa.timestamp("us"), "instant in UTC"),
        _column("day", pa.date32(), "calendar day in the platform's own time zone"),
        _column("import_id", pa.int64(), "the import that brought the row"),
        _column("row_number", pa.int64(), "row of what came, from 1"),
    ]
)

USAGE_DAILY = pa.schema(
    [
        _column("source", pa.string(), "as in usage_events"),
        _column("account_id", pa.string(), "as in usage_events"),
        _column("visitor_id", pa.string(), "as in usage_events"),
        _column("event_name", pa.string(), "as in usage_events"),
        _column("day", pa.date32(), "calendar day in the customer's, else the workspace's time zone"),
        _column("grain", pa.string(), "the coarsest grain among the rows behind it"),
        _column("uses", pa.int64(), "sum of event_count, duplicates counted once"),
        _column("fact_rows", pa.int64(), "usage_events rows behind it, duplicates counted once"),
        _column("sum_duration_seconds", pa.float64(), "seconds; null: none of the rows measured it"),
    ]
)

SESSIONS = pa.schema(
    [
        _column("source", pa.string(), "as in usage_events"),
        _column("account_id", pa.string(), "as in usage_events"),
        _column("visitor_id", pa.string(), "as in usage_events"),
        _column("day", pa.date32(), "calendar day on which the session started"),
        _column("session_id", pa.string(), "the platform's own id; null: found by gaps of 30 minutes"),
        _column("started_at", pa.timestamp("us"), "first event, UTC"),
        _column("ended_at", pa.timestamp("us"), "last event plus its own duration where known, UTC"),
        _column("uses", pa.int64(), "sum of event_count"),
        _column("feature_count", pa.int64(), "distinct event names"),
    ]
)
