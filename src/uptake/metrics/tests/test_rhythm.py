from datetime import date, datetime

import pyarrow as pa

from uptake.kit.days import Period
from uptake.metrics.rhythm import hourly_uses, uses_by_hour
from uptake.metrics.tests.engines import customers, day, facts
from uptake.metrics.windows import windows

EVENTS = pa.schema([("customer_id", pa.int64()), ("occurred_at", pa.timestamp("us")), ("event_count", pa.int64())])
HOURLY = pa.schema([("customer_id", pa.int64()), ("day", pa.date32()), ("hour", pa.int64()), ("uses", pa.int64())])


def hours(engine, *instants, zone="Europe/Berlin"):
    events = engine.table([(1, datetime.fromisoformat(text), 1) for text in instants], EVENTS)
    rows = engine.rows(hourly_uses(events, zone, date(2026, 1, 1), date(2026, 12, 31)))
    return {(str(row["day"])[5:], row["hour"]): row["uses"] for row in rows}


def test_hours_are_those_on_the_wall(engine):
    assert hours(engine, "2026-01-15T23:30", "2026-07-15T22:30") == {("01-16", 0): 1, ("07-16", 0): 1}


def test_the_day_of_23_hours_has_no_third_hour(engine):
    # 29 March 2026: at 02:00 the clock goes to 03:00
    assert hours(engine, "2026-03-29T00:59", "2026-03-29T01:00") == {("03-29", 1): 1, ("03-29", 3): 1}


def test_the_day_of_25_hours_has_one_hour_twice(engine):
    # 25 October 2026: at 03:00 the clock goes back to 02:00
    assert hours(engine, "2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:00") == {
        ("10-25", 2): 2,
        ("10-25", 3): 1,
    }


def test_uses_by_weekday_and_hour_of_the_window(engine):
    hourly = engine.table(
        [
            (1, day("03-23"), 9, 4),  # a Monday
            (1, day("03-16"), 9, 2),  # the Monday before
            (1, day("03-29"), 23, 1),  # a Sunday, the last day
            (1, day("03-30"), 9, 99),  # after it
            (1, day("02-27"), 9, 99),  # before the window
            (2, day("03-23"), 9, 99),  # not asked about
        ],
        HOURLY,
    )
    usage = facts(engine, (1, "ann", "A", "01-01"))
    window = windows(usage, customers(engine, 1), as_of=[day("03-29")], period=Period(30))
    rows = engine.rows(uses_by_hour(hourly, window))
    found = {(row["weekday"], row["hour"]): (row["uses_by_hour"], row["active_days"]) for row in rows}
    assert found == {(0, 9): (6, 2), (6, 23): (1, 1)}
