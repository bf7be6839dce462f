import pytest

from uptake.kit.days import Period
from uptake.metrics.entitlements import entitlement_use, utilization
from uptake.metrics.tests.engines import by, customers, day, facts, limits, readings, seats
from uptake.metrics.windows import windows

D = day("03-29")  # a Sunday; 7 days back: Monday 23 March, five working days; 30 days back: 28 February


def spans(engine, usage, *ids, days=7, as_of=(D,)):
    return windows(usage, customers(engine, *ids), as_of=as_of, period=Period(days))


def small(engine):
    return facts(
        engine,
        (1, "ann", "api", "03-23", 20),
        (1, "bob", "api", "03-24", 30),
        (1, "ann", "api", "03-28", 900),  # a Saturday: uses, but of no working day
        (1, "ann", "api", "03-10", 50),  # in the 30 days, not in the 7
        (1, "ann", "report", "03-24", 4),
        (2, "cem", "api", "01-10", 4),  # history, nothing in the period
        (3, "dee", "api", "03-01", 4, "month"),  # says nothing about these days
    )


def lines(engine, usage, *, ids=(1,), days=7, as_of=(D,), **tables):
    given = {"seats": seats(engine), "limits": limits(engine), "readings": readings(engine), **tables}
    found = engine.rows(entitlement_use(usage, spans(engine, usage, *ids, days=days, as_of=as_of), **given))
    return by(found, "customer_id", "name")


def test_seats_are_used_by_whoever_was_active(engine):
    usage = small(engine)
    granted = seats(
        engine,
        (1, 3, "2026-01-01", None, 300.0),
        (1, 5, "2026-03-01", None, 500.0),  # adds up
        (1, 90, "2025-01-01", "2026-03-28", 1.0),  # ended
        (2, 4, None, None, 400.0),
        (3, 4, None, None),
        (4, 4, None, None),
        (9, 4, None, None),  # not asked about
    )
    rows = lines(engine, usage, ids=(1, 2, 3, 4), seats=granted)
    acme = rows[1, "Seats"]
    assert (acme["kind"], acme["used"], acme["granted"], acme["utilization"]) == ("seats", 2, 8, 2 / 8)
    assert (acme["price"], acme["unused_value"]) == (800, pytest.approx(800 * 6 / 8))
    assert acme["basis"] == "users active in the period"
    assert (rows[2, "Seats"]["used"], rows[2, "Seats"]["unused_value"]) == (0, 400)
    assert (rows[3, "Seats"]["used"], rows[3, "Seats"]["utilization"]) == (None, None)
    assert rows[4, "Seats"]["used"] is None
    assert set(rows) == {(customer, "Seats") for customer in (1, 2, 3, 4)}


def test_an_unlimited_one_is_used_and_not_measured_against_anything(engine):
    usage = small(engine)
    rows = lines(engine, usage, seats=seats(engine, (1, 3, None, None, 300.0), (1, None, None, None, 100.0)))
    row = rows[1, "Seats"]
    assert (row["used"], row["granted"], row["utilization"], row["unused_value"]) == (2, None, None, None)


def test_limits_are_counted_by_uses_of_their_feature(engine):
    usage = small(engine)
    granted = limits(
        engine,
        (1, "calls a day", 20, 1000.0, "api", "day"),
        (1, "calls a month", 2000, None, "api", "month"),
        (1, "reports", 2, 50.0, "report", "period"),
        (1, "never used", 10, 100.0, "webhook", "period"),
        (1, "storage", 100, None, None, None),
        (2, "calls a day", 20, 1000.0, "api", "day"),
        (3, "calls a day", 20, 1000.0, "api", "day"),
        (3, "calls a month", 20, 1000.0, "api", "month"),
        (4, "calls a day", 20, 1000.0, "api", "day"),
    )
    rows = lines(engine, usage, ids=(1, 2, 3, 4), limits=granted)
    assert (rows[1, "calls a day"]["used"], rows[1, "calls a day"]["utilization"]) == ((20 + 30) / 5, 0.5)
    assert (rows[1, "calls a day"]["unused_value"], rows[1, "calls a day"]["basis"]) == (500, "uses a working day")
    assert (rows[1, "calls a month"]["used"], rows[1, "calls a month"]["basis"]) == (1000, "uses in 30 days")
    reports = rows[1, "reports"]
    assert (reports["used"], reports["utilization"], reports["unused_value"]) == (4, 2, 0)  # more than granted
    assert (rows[1, "never used"]["used"], rows[1, "never used"]["unused_value"]) == (0, 100)
    assert (rows[1, "storage"]["used"], rows[1, "storage"]["basis"]) == (None, "not measured")
    assert rows[2, "calls a day"]["used"] == 0
    assert rows[3, "calls a day"]["used"] is None
    assert rows[4, "calls a day"]["used"] is None  # no usage ever


def test_a_month_total_counts_for_a_month_and_not_for_a_day(engine):
    usage = small(engine)
    granted = limits(engine, (3, "a day", 20, None, "api", "day"), (3, "a month", 20, None, "api", "month"))
    rows = lines(engine, usage, ids=(3,), days=30, as_of=(day("03-31"),), limits=granted)
    assert (rows[3, "a day"]["used"], rows[3, "a month"]["used"]) == (None, 4)


def test_readings_stand_where_nothing_is_counted(engine):
    usage = small(engine)
    granted = limits(
        engine,
        (1, "storage", 100, None, None, None),
        (1, "calls", 20, None, "api", "period"),
        (3, "calls", 20, None, "api", "day"),
    )
    read = readings(
        engine,
        (1, "storage", 80, "03-01"),
        (1, "storage", 60, "03-20"),  # the newest up to the day
        (1, "storage", 99, "03-30"),  # after it
        (1, "calls", 7, "03-20"),  # uses are known: they stand
        (3, "calls", 7, "03-20"),  # uses are not known
        (2, "storage", 5, "03-20"),  # of somebody else
    )
    rows = lines(engine, usage, ids=(1, 3), limits=granted, readings=read)
    storage = rows[1, "storage"]
    assert (storage["used"], storage["basis"], storage["measured_on"]) == (60, "as read", day("03-20"))
    assert rows[1, "calls"]["used"] == 950
    assert (rows[3, "calls"]["used"], rows[3, "calls"]["measured_on"]) == (7, day("03-20"))
    earlier = lines(engine, usage, as_of=(day("03-19"),), limits=granted, readings=read)
    assert earlier[1, "storage"]["used"] == 80  # as of then


def test_utilization_is_the_mean_over_limited_and_measured_ones(engine):
    usage = small(engine)
    window = spans(engine, usage, 1, 2, 3)
    tables = {
        "seats": seats(engine, (1, 8, None, None), (3, None, None, None)),
        "limits": limits(
            engine,
            (1, "calls", 100, None, "api", "period"),  # 950: counts as 1
            (1, "storage", 100, None, None, None),  # not measured: not counted
            (1, "reports", None, None, "report", "period"),  # unlimited: not counted
            (1, "nothing", 0, None, "report", "period"),  # nothing granted
            (3, "calls", None, None, "api", "period"),
        ),
        "readings": readings(engine),
    }
    rows = by(engine.rows(utilization(usage, window, **tables)), "customer_id")
    assert rows[1]["utilization"] == pytest.approx((2 / 8 + 1) / 2)
    assert (rows[1]["entitlements_measured"], rows[1]["entitlements_limited"]) == (2, 3)
    assert (rows[2]["utilization"], rows[2]["entitlements_limited"]) == (None, 0)  # no entitlements at all
    assert rows[3]["utilization"] is None  # only unlimited ones
