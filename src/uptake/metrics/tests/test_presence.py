import pytest

from uptake.kit.days import Period
from uptake.metrics.presence import calendar_stickiness, dau, recency, stickiness
from uptake.metrics.tests.engines import by, customers, day, facts
from uptake.metrics.windows import windows

D = day("03-31")  # a Tuesday; 30 days back: Monday 2 March; 22 working days


def spans(engine, usage, *ids, days=30, as_of=D, weeks=None):
    return windows(usage, customers(engine, *ids, weeks=weeks), as_of=[as_of], period=Period(days))


def test_recency_counts_expected_days_since_the_last_active_day(engine):
    usage = facts(
        engine,
        *[(customer, "ann", "A", "01-05") for customer in (1, 2, 3, 4)],
        (1, "ann", "A", "03-31"),
        (2, "ann", None, "03-27"),  # a log-in on Friday: Monday and Tuesday have passed
        (3, None, "A", "03-28"),  # Saturday, nobody named: the same two days
    )
    rows = by(engine.rows(recency(spans(engine, usage, 1, 2, 3, 4, 5))), "customer_id")
    assert {key: row["quiet_days"] for key, row in rows.items()} == {1: 0, 2: 2, 3: 2, 4: 61, 5: None}
    assert {key: row["recency"] for key, row in rows.items()} == {
        1: 0,
        2: pytest.approx(2 / 22),
        3: pytest.approx(2 / 22),
        4: 1,  # at most
        5: None,
    }
    assert (rows[3]["last_active_on"], rows[3]["days_since_active"]) == (day("03-28"), 3)


def test_weekends_pass_without_lowering_recency(engine):
    usage = facts(engine, (1, "ann", "A", "01-05"), (1, "ann", "A", "03-27"))
    friday, sunday = (engine.rows(recency(spans(engine, usage, 1, as_of=day(end))))[0] for end in ("03-27", "03-29"))
    assert friday["recency"] == sunday["recency"] == 0


def test_recency_needs_an_expected_day(engine):
    usage = facts(engine, (1, "ann", "A", "01-05"))
    assert engine.rows(recency(spans(engine, usage, 1, days=1, as_of=day("03-29"))))[0]["recency"] is None


def test_dau_is_the_mean_over_expected_days(engine):
    usage = facts(
        engine,
        (1, "ann", "A", "01-05"),
        (1, "ann", "A", "03-23"),
        (1, "bob", "A", "03-23"),
        (1, "ann", "B", "03-23"),  # the same person and day
        (1, "ann", "A", "03-24"),
        (1, "cem", "A", "03-28"),  # Saturday
    )
    [row] = engine.rows(dau(usage, spans(engine, usage, 1, days=7, as_of=day("03-29"))))
    assert (row["expected_visitor_days"], row["expected_days"], row["dau"]) == (3, 5, pytest.approx(3 / 5))


def test_stickiness_counts_visitor_days_on_expected_days(engine):
    usage = facts(
        engine,
        (1, "ann", "A", "01-05"),
        *[(1, "ann", "A", f"03-{number:02}") for number in (2, 3, 4, 5, 6)],
        (1, "bob", "A", "03-30"),
        (1, "cem", "A", "03-29"),  # only on a Sunday: neither above nor below the line
        (1, "dee", "A", "03-01"),  # before the 30 days
    )
    [row] = engine.rows(stickiness(usage, spans(engine, usage, 1)))
    assert (row["dau"], row["sticky_visitors"]) == (pytest.approx(6 / 22), 2)
    assert row["stickiness"] == pytest.approx(6 / 22 / 2)
    [calendar] = engine.rows(calendar_stickiness(usage, spans(engine, usage, 1)))
    assert calendar["calendar_stickiness"] == pytest.approx(7 / 30 / 3)


def test_stickiness_is_always_over_thirty_days(engine):
    usage = facts(engine, (1, "ann", "A", "01-05"), (1, "ann", "A", "03-03"), (1, "ann", "A", "03-31"))
    for days in (7, 90, None):
        assert engine.rows(stickiness(usage, spans(engine, usage, 1, days=days)))[0]["stickiness"] == pytest.approx(
            2 / 22
        )


def test_stickiness_of_a_young_customer_starts_on_its_first_day(engine):
    usage = facts(engine, (1, "ann", "A", "03-25"), (1, "ann", "A", "03-26"), (1, "bob", "A", "03-31"))
    [row] = engine.rows(stickiness(usage, spans(engine, usage, 1)))
    assert row["stickiness"] == pytest.approx(3 / 5 / 2)  # Wednesday 25 to Tuesday 31 March: 5 working days


def test_stickiness_is_zero_with_history_and_nobody_and_none_without(engine):
    usage = facts(
        engine,
        (1, "ann", "A", "01-05"),  # gone
        (2, "bob", "A", "01-05"),
        (2, "bob", "A", "03-29"),  # only on a Sunday
        (3, None, "A", "03-30"),  # never says who
    )
    rows = by(engine.rows(stickiness(usage, spans(engine, usage, 1, 2, 3, 4))), "customer_id")
    assert {key: row["stickiness"] for key, row in rows.items()} == {1: 0, 2: 0, 3: None, 4: None}


def test_a_customer_that_works_all_days_is_expected_on_all(engine):
    usage = facts(engine, (1, "ann", "A", "01-05"), (1, "ann", "A", "03-29"))
    window = spans(engine, usage, 1, weeks={1: "1111111"})
    assert engine.rows(stickiness(usage, window))[0]["stickiness"] == pytest.approx(1 / 30)
    assert engine.rows(recency(window))[0]["recency"] == pytest.approx(2 / 30)
