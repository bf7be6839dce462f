from uptake.kit.days import Period
from uptake.metrics.catalogue import catalogue
from uptake.metrics.journeys import journey, milestones
from uptake.metrics.reach import reach
from uptake.metrics.tests.engines import EVENT_NAMES, customers, day, entitlements, facts
from uptake.metrics.windows import windows

FEATURES = [
    ("A", "core", None),
    ("B", "core", "report"),
    ("C", "power", "api"),
    ("D", "power", "api"),
    ("E", "core", None),
]


def features(engine):
    rows = [("generic", name, name, name, category, 50, tags, "feature") for name, category, tags in FEATURES]
    return catalogue(engine.table(rows, EVENT_NAMES))


def spans(engine, usage, *as_of, ids=(1,)):
    return windows(usage, customers(engine, *ids), as_of=[day(each) for each in as_of], period=Period(7))


def test_a_journey_is_features_in_the_order_of_first_use(engine):
    usage = facts(
        engine,
        (1, "ann", "B", "01-05", 2),
        (1, "ann", "A", "01-03", 3),
        (1, "ann", "A", "01-09", 4),
        (1, "ann", "C", "01-05"),  # the same day: by name
        (1, "ann", None, "01-01"),  # a log-in is no step
        (1, "ann", "D", "01-01", 5, "month"),  # in January, nobody knows when
        (1, "ann", "D", "01-20"),  # maybe not the first
        (1, "ann", "E", "03-05"),  # after the as-of day
        (1, "bob", "B", "01-02"),
        (2, "ann", "A", "01-02"),  # another customer's ann
    )
    rows = engine.rows(journey(usage, spans(engine, usage, "03-01")))
    ann = sorted((row for row in rows if row["visitor_id"] == "ann"), key=lambda row: row["journey"])
    assert [(row["feature_id"], row["first_on"], row["uses"], row["active_days"]) for row in ann] == [
        ("A", day("01-03"), 7, 2),
        ("B", day("01-05"), 2, 1),
        ("C", day("01-05"), 1, 1),
        ("D", None, 6, 1),
    ]
    assert [row["journey"] for row in ann] == [1, 2, 3, 4]
    assert [row["journey"] for row in rows if row["visitor_id"] == "bob"] == [1]


def told(engine, usage, as_of, granted=()):
    window = spans(engine, usage, as_of)
    cells = reach(usage, window, entitlements=entitlements(engine, *granted))
    rows = engine.rows(milestones(usage, window, cells=cells, features=features(engine)))
    return {
        row["kind"] + (f" {row['feature_id']}" if row["feature_id"] else ""): (row["milestones"], row["amount"])
        for row in rows
    }


def test_first_uses_and_records(engine):
    usage = facts(
        engine,
        (1, "ann", None, "01-01"),  # the first ever usage is a log-in
        (1, "ann", "A", "01-05", 3),
        (1, "bob", "A", "01-05", 3),
        (1, "ann", "B", "01-09", 9),
        (1, "ann", "C", "02-02"),
        (1, "ann", "D", "02-01"),
        (1, "bob", "A", "02-01"),  # two users again: the first such day stays
        (1, "ann", "E", "03-05", 20),
    )
    assert told(engine, usage, "03-01") == {
        "first_use": (day("01-01"), None),
        "core A": (day("01-05"), None),
        "core B": (day("01-09"), None),
        "all_core": (day("01-09"), None),  # E was seen nowhere yet
        "report": (day("01-09"), None),
        "api": (day("02-01"), None),
        "most_users": (day("01-05"), 2),
        "most_uses": (day("01-09"), 9),
    }
    later = told(engine, usage, "03-31")
    assert (later["all_core"], later["most_uses"]) == ((day("03-05"), None), (day("03-05"), 20))
    granted = [(1, "A", None, None), (1, "B", None, None)]
    assert told(engine, usage, "03-31", granted)["all_core"] == (day("01-09"), None)


def test_what_a_month_total_may_hold_is_not_told(engine):
    usage = facts(
        engine,
        (1, "ann", "A", "01-05"),
        (1, "ann", "B", "01-06"),
        (1, "ann", "C", "02-01", 50, "month"),  # the first API use, perhaps
        (1, "ann", "D", "02-20"),
    )
    found = told(engine, usage, "03-15")
    assert set(found) == {"first_use", "core A", "core B", "all_core", "report", "most_users", "most_uses"}
    assert found["most_uses"] == (day("01-05"), 1)
