"""Usage drop. D is Tuesday 31 March 2026: 22 working days from 2 March on, 20 in the 30 days before."""

from datetime import timedelta

import pytest

from uptake.metrics.activity import usage_trend
from uptake.metrics.tests.engines import by, day
from uptake.signals.tests.small import D, found, states, steadily, watched, workdays
from uptake.signals.usage_drop import RULE, without_people

NOW, BEFORE = workdays("03-02", "03-31"), workdays("01-31", "03-01")


def world(engine, now, before, *more, **kinds):
    """Customer 1 with so many uses a working day, now and in the 30 days before; its first use lies long back."""
    return watched(
        engine,
        (1, "ann", "A", "2025-12-01"),
        *[(1, "ann", "A", on, before) for on in BEFORE],
        *[(1, "ann", "A", on, now) for on in NOW],
        *more,
        **kinds,
    )


def test_it_fires_on_uses_per_working_day(engine):
    assert (len(NOW), len(BEFORE)) == (22, 20)
    [row] = found(engine, RULE, world(engine, 7, 10))
    assert (row["state"], row["subject"], row["as_of"]) == ("holds", "", D)
    # 22 × 7 = 154 uses on 22 days, 20 × 10 = 200 on 20: 7 a day against 10
    assert (row["uses"], row["days"], row["uses_before"], row["days_before"]) == (154, 22, 200, 20)
    assert row["change"] == pytest.approx(-0.3)
    assert row["change_year_ago"] is None


def test_exactly_a_fifth_less_is_not_more_than_a_fifth(engine):
    assert found(engine, RULE, world(engine, 8, 10)) == []
    assert states(found(engine, RULE, world(engine, 8, 10), fall=19)) == {1: "holds"}


def test_growth_is_never_an_alert(engine):
    assert found(engine, RULE, world(engine, 30, 10)) == []


def test_few_uses_before_are_no_drop(engine):
    quiet = [(1, "ann", "A", "2025-12-01"), *[(1, "ann", "A", on, 7) for on in BEFORE[:7]]]
    begun = (2, "x", "A", "03-31")
    assert states(found(engine, RULE, watched(engine, *quiet, begun))) == {2: "young"}  # 7 × 7 = 49 uses before
    one_more = watched(engine, *quiet, (1, "ann", "A", BEFORE[8], 1), begun)
    assert states(found(engine, RULE, one_more))[1] == "holds"


def test_the_week_that_the_customer_works_decides(engine):
    """Whoever works every day used it at week-ends too; by Monday to Friday alone nothing fell."""
    weekend = [
        (1, "ann", "A", on, 40) for on in ("01-31", "02-01", "02-07", "02-08", "02-14", "02-15", "02-21", "02-22")
    ]
    plain = world(engine, 10, 10, *weekend)
    assert found(engine, RULE, plain) == []
    every_day = world(engine, 10, 10, *weekend, weeks={1: "1111111"})
    [row] = found(engine, RULE, every_day)
    # 22 × 10 = 220 in 30 days; 20 × 10 + 8 × 40 = 520 in the 30 before
    assert (row["state"], row["uses"], row["uses_before"], row["days"]) == ("holds", 220, 520, 30)
    assert (
        found(engine, RULE, plain, week="1111111")[0]["state"] == "holds"
    )  # the workspace's week holds for who has none


def a_year_ago(now, before):
    then = [(day(on) - timedelta(days=364)).isoformat() for on in NOW]
    earlier = [(day(on) - timedelta(days=364)).isoformat() for on in BEFORE]
    return [
        (1, "ann", "A", "2024-06-03"),
        *[(1, "ann", "A", on, now) for on in then],
        *[(1, "ann", "A", on, before) for on in earlier],
    ]


@pytest.mark.parametrize(
    ("then", "state"),
    [
        (7, "seasonal"),  # −30% then, −35% now: within ten points
        (6, "seasonal"),  # it fell more then
        (8, "holds"),  # −20% then: fifteen points apart
        (12, "holds"),  # it grew then
    ],
)
def test_the_same_weeks_a_year_ago_excuse_a_fall_that_is_alike(engine, then, state):
    rows = found(engine, RULE, world(engine, 6.5 * 2, 20, *a_year_ago(then * 2, 20)))
    assert states(rows) == {1: state}
    assert rows[0]["change_year_ago"] == pytest.approx(then / 10 - 1)


def test_growth_a_year_ago_excuses_nothing_however_wide_the_tolerance(engine):
    grew = world(engine, 13, 20, *a_year_ago(24, 20))  # −35% now, +20% then
    assert states(found(engine, RULE, grew, alike=60)) == {1: "holds"}


def test_a_year_ago_needs_the_same_volume_to_excuse(engine):
    few = [(1, "ann", "A", "2024-06-03"), (1, "ann", "A", "2025-02-20", 49)]
    assert states(found(engine, RULE, world(engine, 6, 10, *few))) == {1: "holds"}


def test_young_customers_are_young(engine):
    """59 days of history: no two periods."""
    rows = found(
        engine, RULE, watched(engine, *steadily(1, "ann", "A", "02-02", "02-20", 50), (1, "ann", "A", "03-31"))
    )
    assert states(rows) == {1: "young"}
    assert rows[0]["history_days"] == 58


def test_totals_of_months_are_not_measured_by_day(engine):
    usage = [
        (1, "ann", "A", "2025-10-01", 500, "month"),
        (1, "ann", "A", "02-01", 500, "month"),
        (1, "ann", "A", "03-31"),
    ]
    assert states(found(engine, RULE, watched(engine, *usage))) == {1: "unmeasured"}


def test_late_data_is_late_and_nothing_else(engine):
    """Pendo stopped on 26 March, five days before; the other source goes on. Who comes from there only is not late."""
    pendo = [(*row[:4], row[4], "event", "pendo") for row in steadily(1, "ann", "A", "2025-12-01", "03-01", 10)]
    pendo += [(1, "ann", "A", "03-26", 1, "event", "pendo")]
    other = [*steadily(2, "bob", "A", "2025-12-01", "03-01", 10), (2, "bob", "A", "03-31")]
    rows = by(found(engine, RULE, watched(engine, *pendo, *other)), "customer_id")
    assert {key: row["state"] for key, row in rows.items()} == {1: "late", 2: "holds"}
    assert (rows[1]["late_source"], rows[1]["arrived_until"]) == ("pendo", day("03-26"))
    in_time = by(found(engine, RULE, watched(engine, *pendo, *other), day("03-29")), "customer_id")
    assert in_time[1]["state"] == "holds"  # three days on a Sunday are no delay


def test_many_days_at_once_are_as_each_alone(engine):
    made = world(engine, 7, 10, *steadily(2, "bob", "A", "2025-12-01", "03-10", 9))
    days = [D - timedelta(days=back) for back in range(0, 30, 3)]
    apart = [row for each in reversed(days) for row in found(engine, RULE, made, each)]
    together = found(engine, RULE, made, *reversed(days))
    key = lambda row: (row["customer_id"], row["as_of"])  # noqa: E731
    assert sorted(apart, key=key) == together
    assert {row["state"] for row in together} >= {"holds"}


def test_uses_without_names_are_the_uses_of_the_metric(engine):
    facts = watched(engine, *world_rows()).tables
    spans = watched(engine, *world_rows()).windows(facts.facts, [D], 30, "1111100")
    plain, nameless = (engine.rows(usage_trend(each, spans)) for each in (facts.facts, without_people(facts.facts)))
    assert by(plain, "customer_id") == by(nameless, "customer_id")


def world_rows():
    return [
        *steadily(1, "ann", "A", "2025-12-01", "03-20", 3),
        *steadily(1, None, "B", "2026-01-01", "03-31", 2),
        *steadily(2, "bob", "A", "2026-01-01", "03-31", 2),
        (2, "cem", "B", "02-01", 30, "month"),
    ]
