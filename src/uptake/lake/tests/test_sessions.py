"""Sessions: gaps under 30 minutes, or the platform's own id; derived when they are first asked for."""

from datetime import datetime

import pyarrow as pa

from uptake.lake import derive, files
from uptake.lake.derive import derive_daily, derive_sessions
from uptake.lake.schemas import SESSIONS
from uptake.lake.tests.conftest import MARCH, NO_ZONES


def sessions(engine) -> list[tuple]:
    """(visitor, first, last, uses, features), as HH:MM."""
    table = engine.files("sessions", files.selections(files.live("sessions")), SESSIONS)
    rows = engine.arrow(table).to_pylist()
    return sorted(
        (row["visitor_id"], clock(row["started_at"]), clock(row["ended_at"]), row["uses"], row["feature_count"])
        for row in rows
    )


def clock(at: datetime) -> str:
    return at.strftime("%H:%M")


def test_a_session_on_the_next_day_of_a_customers_own_zone_is_not_lost(engine, bring):
    bring({"at": "2026-03-02T23:30"})
    tokyo = pa.table({"source": ["pendo"], "account_id": ["acme"], "zone": ["Asia/Tokyo"]})
    derive_daily(engine, "pendo", MARCH, tokyo)
    derive_sessions(engine, "pendo", tokyo)
    assert sessions(engine) == [("ann", "23:30", "23:30", 1, 1)]


def test_a_gap_of_30_minutes_parts_sessions(engine, bring):
    bring(
        {"at": "2026-03-02T09:00"},
        {"at": "2026-03-02T09:29", "event_name": "Share", "event_count": 2},
        {"at": "2026-03-02T09:59"},  # 30 minutes later: a new session
        {"at": "2026-03-02T09:10", "visitor_id": "bob"},
        {"at": "2026-03-02T09:11", "visitor_id": None},  # nobody's session
    )
    derive_sessions(engine, "pendo", NO_ZONES)
    assert sessions(engine) == [
        ("ann", "09:00", "09:29", 3, 2),
        ("ann", "09:59", "09:59", 1, 1),
        ("bob", "09:10", "09:10", 1, 1),
    ]


def test_many_facts_are_brought_in_order_some_visitors_at_a_time(engine, bring, monkeypatch):
    monkeypatch.setattr(derive, "ROWS_AT_ONCE", 2)
    bring(
        *(
            {"at": f"2026-03-02T09:{minute:02d}", "visitor_id": who}
            for who in ("ann", "bob", "cem")
            for minute in (0, 5)
        ),
        {"at": "2026-03-02T10:00", "visitor_id": "bob"},
    )
    derive_sessions(engine, "pendo", NO_ZONES)
    assert sessions(engine) == [
        ("ann", "09:00", "09:05", 2, 1),
        ("bob", "09:00", "09:05", 2, 1),
        ("bob", "10:00", "10:00", 1, 1),
        ("cem", "09:00", "09:05", 2, 1),
    ]


def test_the_platforms_own_session_holds_whatever_the_gap(engine, bring):
    bring(
        {"at": "2026-03-02T09:00", "session_id": "s1", "duration_seconds": 7200.0},  # long, but not the last
        {"at": "2026-03-02T11:00", "session_id": "s1", "duration_seconds": 120.0},
        {"at": "2026-03-02T11:01", "session_id": "s2"},
    )
    derive_sessions(engine, "pendo", NO_ZONES)
    assert sessions(engine) == [("ann", "09:00", "11:02", 2, 1), ("ann", "11:01", "11:01", 1, 1)]


def test_a_session_over_midnight_belongs_to_the_day_it_started(engine, bring):
    bring({"at": "2026-03-02T23:50"}, {"at": "2026-03-03T00:10"})
    assert derive_sessions(engine, "pendo", NO_ZONES) == 1
    assert derive_sessions(engine, "pendo", NO_ZONES) == 0  # nothing is out of date


def test_new_facts_make_only_their_days_sessions_new(engine, bring):
    bring({"at": "2026-03-02T09:00"}, {"at": "2026-03-20T09:00"})
    derive_sessions(engine, "pendo", NO_ZONES)
    bring({"at": "2026-03-20T09:10"})
    derive_daily(engine, "pendo", [(MARCH[0][0].replace(day=20), MARCH[0][0].replace(day=20))], NO_ZONES)
    assert derive_sessions(engine, "pendo", NO_ZONES) == 1
    assert sessions(engine) == [("ann", "09:00", "09:00", 1, 1), ("ann", "09:00", "09:10", 2, 1)]
