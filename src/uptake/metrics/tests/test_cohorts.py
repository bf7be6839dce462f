from uptake.kit.days import Period
from uptake.metrics.cohorts import cohort_visitors_behind, cohorts
from uptake.metrics.tests.engines import by, customers, day, facts
from uptake.metrics.windows import windows


def spans(engine, usage, *as_of, ids=(1, 2)):
    return windows(usage, customers(engine, *ids), as_of=[day(each) for each in as_of], period=Period(7))


def small(engine):
    return facts(
        engine,
        (1, "ann", "A", "2025-12-31"),  # December's cohort
        (1, "ann", None, "01-01"),
        (1, "ann", "A", "01-31"),  # twice in January: once counted
        (1, "bob", "A", "2025-12-01"),
        (1, "bob", "A", "03-10"),  # away for January and February
        (1, "cem", "A", "02-10"),
        (1, None, "A", "02-10"),
        (1, "dee", "A", "03-20"),  # after the first of the as-of days
        (9, "zoe", "A", "02-10"),  # not asked about
    )


def test_people_by_month_of_first_use_and_month_since(engine):
    usage = small(engine)
    rows = by(engine.rows(cohorts(usage, spans(engine, usage, "03-15"))), "customer_id", "cohort_month", "months_since")
    found = {
        (str(month), since): (row["cohort_visitors"], row["cohort_size"], row["cohorts"])
        for (_, month, since), row in rows.items()
    }
    assert found == {
        ("2025-12-01", 0): (2, 2, 1.0),
        ("2025-12-01", 1): (1, 2, 0.5),
        ("2025-12-01", 2): (0, 2, 0.0),
        ("2025-12-01", 3): (1, 2, 0.5),
        ("2026-02-01", 0): (1, 1, 1.0),
        ("2026-02-01", 1): (0, 1, 0.0),
    }
    assert {customer for customer, *_ in rows} == {1}


def test_each_as_of_day_knows_what_was_known_then(engine):
    usage = small(engine)
    rows = engine.rows(cohorts(usage, spans(engine, usage, "03-15", "03-31")))
    months = {str(row["as_of"]): set() for row in rows}
    for row in rows:
        months[str(row["as_of"])].add(str(row["cohort_month"]))
    assert months == {
        "2026-03-15": {"2025-12-01", "2026-02-01"},
        "2026-03-31": {"2025-12-01", "2026-02-01", "2026-03-01"},
    }


def test_the_people_behind_are_as_many_as_the_numbers(engine):
    usage = small(engine)
    window = spans(engine, usage, "03-31")
    people = engine.rows(cohort_visitors_behind(usage, window))
    for row in engine.rows(cohorts(usage, window)):
        key = (row["cohort_month"], row["months_since"])
        named = {each["visitor_id"] for each in people if (each["cohort_month"], each["months_since"]) == key}
        assert len(named) == row["cohort_visitors"]


def test_a_month_total_counts_once_its_month_is_over(engine):
    usage = facts(engine, (1, "ann", "A", "02-01", 5, "month"))
    assert engine.rows(cohorts(usage, spans(engine, usage, "02-27"))) == []
    [row] = engine.rows(cohorts(usage, spans(engine, usage, "02-28")))
    assert (row["cohort_month"], row["months_since"], row["cohort_visitors"]) == (day("02-01"), 0, 1)
