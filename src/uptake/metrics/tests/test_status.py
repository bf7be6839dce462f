from uptake.kit.days import Period
from uptake.metrics.activity import mau, wau
from uptake.metrics.status import visitor_status, visitors_by_status
from uptake.metrics.tests.engines import by, customers, day, facts
from uptake.metrics.windows import windows


def spans(engine, usage, *ids):
    return windows(usage, customers(engine, *ids), as_of=[day("03-31")], period=Period(90))


def edges(engine):
    return facts(
        engine,
        (1, "on day 1", "A", "03-31"),
        (1, "on day 7", "A", "03-25"),
        (1, "on day 8", "A", "03-24"),
        (1, "on day 14", "A", "03-18"),
        (1, "on day 15", "A", "03-17"),
        (1, "on day 30", None, "03-02"),
        (1, "on day 31", "A", "03-01"),
        (1, "on day 1", "A", "01-01"),  # the last day counts
        (1, "tomorrow", "A", "04-01"),
        (2, None, "A", "03-31"),
    )


def test_status_goes_by_the_last_day(engine):
    usage = edges(engine)
    people = by(engine.rows(visitors_by_status(usage, spans(engine, usage, 1, 2))), "visitor_id")
    assert {name.removeprefix("on day "): row["status"] for name, row in people.items()} == {
        "1": "active",
        "7": "active",
        "8": "engaged",
        "14": "engaged",
        "15": "at_risk",
        "30": "at_risk",
        "31": "dormant",
    }
    assert people["on day 7"]["days_quiet"] == 6


def test_active_is_wau_and_up_to_at_risk_is_mau(engine):
    usage = edges(engine)
    window = spans(engine, usage, 1, 2, 3)
    statuses = by(engine.rows(visitor_status(usage, window)), "customer_id")
    row = statuses[1]
    assert [row[name] for name in ("active", "engaged", "at_risk", "dormant")] == [2, 2, 2, 1]
    assert row["active"] == by(engine.rows(wau(usage, window)), "customer_id")[1]["wau"]
    assert (
        row["active"] + row["engaged"] + row["at_risk"] == by(engine.rows(mau(usage, window)), "customer_id")[1]["mau"]
    )
    assert statuses[2]["active"] is None  # never says who
    assert statuses[3]["active"] is None  # never any usage
