"""Small worlds to watch, written as tuples; the tables are those that the lake and the database publish."""

from datetime import date, timedelta

import pyarrow as pa

from uptake.lake.schemas import SESSIONS, USAGE_DAILY
from uptake.metrics.tests.engines import (
    ACCOUNTS,
    ENTITLEMENTS,
    EVENT_NAMES,
    LIMITS,
    READINGS,
    SEATS,
    customers,
    day,
)
from uptake.scores.tables import Tables
from uptake.signals.rule import Rule
from uptake.signals.watched import Watched

CHAMPIONS = pa.schema([("customer_id", pa.int64()), ("stakeholder_id", pa.int64()), ("email_key", pa.string())])
TOLD = pa.schema([("source", pa.string()), ("visitor_id", pa.string()), ("email_key", pa.string())])
GUIDES = pa.schema(
    [
        ("source", pa.string()),
        ("account_id", pa.string()),
        ("visitor_id", pa.string()),
        ("guide_id", pa.string()),
        ("step_id", pa.string()),
        ("kind", pa.string()),
        ("occurred_at", pa.timestamp("us")),
        ("day", pa.date32()),
        ("import_id", pa.int64()),
        ("row_number", pa.int64()),
    ]
)
D = day("03-31")  # a Tuesday; the 30 days ending on it have 22 working days, the 30 before 20


def watched(engine, *usage, weeks=None, importance=None, champions=(), told=(), guides=(), rules=()):
    """usage: (customer_id, visitor, feature, day[, uses[, grain[, source]]]); guides: (customer_id, visitor, guide, kind, day)."""
    rows, sources, features = [], set(), set()
    for row in usage:
        customer, visitor, feature, on, uses, grain, source = row + (1, "event", "generic")[len(row) - 4 :]
        rows.append((source, str(customer), visitor, feature, day(on), grain, uses, uses, None))
        sources.add((source, str(customer), customer))
        features.add((source, feature))
    for customer, *_ in guides:
        sources.add(("generic", str(customer), customer))
    names = [(s, f, f.lower(), f, None, (importance or {}).get(f, 50), None, "feature") for s, f in sorted(features)]
    ids = sorted({customer for *_, customer in sources})
    tables = Tables(
        daily=engine.table(rows, USAGE_DAILY),
        accounts=engine.table(sorted(sources), ACCOUNTS),
        customers=customers(engine, *ids, weeks=weeks),
        event_names=engine.table(names, EVENT_NAMES),
        seats=engine.table([], SEATS),
        feature_entitlements=engine.table([], ENTITLEMENTS),
        limits=engine.table([], LIMITS),
        readings=engine.table([], READINGS),
        sessions=engine.table([], SESSIONS),
        rules=rules,
    )
    seen = [
        ("generic", str(customer), visitor, guide, "1", kind, None, day(on), 1, number)
        for number, (customer, visitor, guide, kind, on) in enumerate(guides)
    ]
    return Watched(
        tables, engine.table(list(champions), CHAMPIONS), engine.table(list(told), TOLD), engine.table(seen, GUIDES)
    )


def found(engine, rule: Rule, world: Watched, *days: date, week="1111100", **values):
    """What the rule gives, by customer and as-of day."""
    table = rule.find(world, days or (D,), rule.with_defaults(values), week)
    rows = sorted(engine.rows(table), key=lambda row: (row["customer_id"], row["as_of"], row["subject"]))
    assert len({(row["customer_id"], row["as_of"], row["subject"]) for row in rows}) == len(rows)
    return rows


def states(rows):
    return {row["customer_id"]: row["state"] for row in rows}


def workdays(first: str, last: str) -> list[str]:
    """Monday to Friday, both ends in, as ISO text."""
    start, days = day(first), (day(last) - day(first)).days
    every = [start + timedelta(days=ahead) for ahead in range(days + 1)]
    return [each.isoformat() for each in every if each.weekday() < 5]


def steadily(customer, visitor, feature, first, last, uses=1):
    """The same uses on every working day."""
    return [(customer, visitor, feature, on, uses) for on in workdays(first, last)]
