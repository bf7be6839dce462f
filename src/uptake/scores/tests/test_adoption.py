"""The portfolio score against the same definitions counted by hand, on made and on generated worlds."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uptake.kit.days import Period
from uptake.metrics.breadth import features_behind
from uptake.metrics.tests.engines import DuckDB, by
from uptake.metrics.visitors import visitors_behind
from uptake.metrics.windows import windows
from uptake.scores.adoption import PORTFOLIO, adoption_scores
from uptake.scores.history import weekly
from uptake.scores.tests.by_hand import WEIGHTS, World, score_by_hand
from uptake.scores.tests.worlds import FEATURES, tables

CUSTOMERS = (1, 2, 3, 4)
START = date(2026, 1, 5)  # a Monday


def assert_same(rows: list[dict], world: World, as_of: list[date], period: int | None) -> None:
    """Every number that is counted by hand, to 1e-9; and that the points add up."""
    found = by(rows, "customer_id", "as_of")
    assert set(found) == {(customer, day) for customer in CUSTOMERS for day in as_of}
    for (customer, day), row in found.items():
        for name, expected in score_by_hand(world, customer, day, period).items():
            if isinstance(expected, str) or expected is None:
                assert row[name] == expected, (customer, day, name)
            else:
                assert row[name] == pytest.approx(expected, abs=1e-9), (customer, day, name)
        points = [row[f"{name}_points"] for name in WEIGHTS]
        if row["score"] is None:
            assert points == [None] * 4
            assert row["band"] is None
        else:
            assert sum(part for part in points if part is not None) == pytest.approx(row["score"], abs=1e-9)


def made_world(seed: int) -> World:
    """Four customers of different rhythm: busy, weekend only, never naming anybody, begun lately."""
    draw = random.Random(seed)
    usage = []
    for _ in range(400):
        customer = draw.choice(CUSTOMERS)
        day = START + timedelta(days=draw.randint(70 if customer == 4 else 0, 90))
        if customer == 2:
            day += timedelta(days=5 - day.weekday())  # to the Saturday
        visitor = None if customer == 3 else draw.choice(["ann", "bob", "cem", "dee", None])
        feature = draw.choice([*FEATURES[: customer + 3], None])
        usage.append((customer, visitor, feature, day, draw.randint(1, 40)))
    granted = [(1, "A", None, None), (1, "C", START, None), (1, "D", START, START + timedelta(days=60))]
    return World(usage, weeks={2: "1111111"}, entitlements=granted)


@pytest.mark.parametrize("period", ["7d", "30d", "90d", "all"])
def test_scores_are_those_counted_by_hand(engine, period):
    world, length = made_world(seed=4), Period.parse(period)
    as_of = [START + timedelta(days=days) for days in (3, 20, 41, 62, 83, 90, 97)]
    rows = engine.rows(adoption_scores(tables(engine, world), as_of=as_of, period=length))
    assert_same(rows, world, as_of, length.days)
    assert any(row["score"] is not None for row in rows)


usage_rows = st.tuples(
    st.sampled_from(CUSTOMERS[:3]),
    st.sampled_from(["ann", "bob", "cem", None]),
    st.sampled_from(["A", "B", "C", "D", None]),
    st.integers(0, 75).map(lambda days: START + timedelta(days=days)),
    st.integers(1, 60),
)
some_days = st.none() | st.integers(0, 90).map(lambda days: START + timedelta(days=days))
worlds = st.builds(
    World,
    usage=st.lists(usage_rows, min_size=1, max_size=45),
    weeks=st.dictionaries(st.sampled_from(CUSTOMERS), st.text("01", min_size=7, max_size=7), max_size=2),
    entitlements=st.lists(
        st.tuples(st.sampled_from(CUSTOMERS), st.sampled_from("ABE"), some_days, some_days), max_size=3
    ),
)


@pytest.fixture(scope="module")
def duckdb_engine() -> DuckDB:
    return DuckDB()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    world=worlds,
    ends=st.sets(st.integers(0, 90), min_size=1, max_size=6),
    period=st.sampled_from([1, 7, 30, 90, None]),
)
def test_scores_of_any_world_are_those_counted_by_hand(duckdb_engine, world, ends, period):
    as_of = sorted(START + timedelta(days=days) for days in ends)
    rows = duckdb_engine.rows(adoption_scores(tables(duckdb_engine, world), as_of=as_of, period=Period(period)))
    assert_same(rows, world, as_of, period)


def test_the_lists_behind_are_as_long_as_the_numbers(engine):
    world, as_of = made_world(seed=5), [START + timedelta(days=90)]
    all_tables = tables(engine, world)
    rows = engine.rows(adoption_scores(all_tables, as_of=as_of, period=Period(30)))
    spans = windows(all_tables.facts, all_tables.customers, as_of=as_of, period=Period(30))
    features = engine.rows(features_behind(all_tables.facts, spans, entitlements=all_tables.feature_entitlements))
    people = engine.rows(visitors_behind(all_tables.facts, spans))
    for row in rows:
        customer = row["customer_id"]
        assert sum(feature["customer_id"] == customer for feature in features) == row["features_used"]
        assert sum(person["customer_id"] == customer for person in people) == (row["active_visitors"] or 0)


def test_a_score_knows_nothing_of_later_days(engine):
    world, as_of = made_world(seed=6), START + timedelta(days=50)
    until_then = World([row for row in world.usage if row[3] <= as_of], world.weeks, world.entitlements)
    now, then = (
        by(engine.rows(adoption_scores(tables(engine, some), as_of=[as_of], period=Period(30))), "customer_id")
        for some in (world, until_then)
    )
    assert now == then


def test_one_query_for_all_weeks_gives_what_a_query_a_week_gives(engine):
    world, all_tables = made_world(seed=7), tables(engine, made_world(seed=7))
    last = START + timedelta(days=80)
    days = weekly(min(row[3] for row in world.usage), last)
    together = by(engine.rows(adoption_scores(all_tables, as_of=days, period=Period(30))), "customer_id", "as_of")
    assert {day for _, day in together} == set(days)
    for day in (days[2], days[-1]):
        for row in engine.rows(adoption_scores(all_tables, as_of=[day], period=Period(30))):
            assert together[row["customer_id"], day] == row


def test_weeks_go_back_to_the_first_data():
    assert weekly(date(2026, 3, 2), date(2026, 3, 16)) == [date(2026, 3, day) for day in (2, 9, 16)]
    assert weekly(date(2026, 3, 3), date(2026, 3, 16)) == [date(2026, 3, day) for day in (9, 16)]
    assert weekly(date(2026, 3, 3), date(2026, 3, 2)) == []


def test_other_weights_give_other_scores_from_the_same_parts(engine):
    world, as_of = made_world(seed=4), [START + timedelta(days=90)]
    all_tables = tables(engine, world)
    model = PORTFOLIO.with_weights({"depth": 0, "recency": 0, "stickiness": 0})
    for row in engine.rows(adoption_scores(all_tables, as_of=as_of, period=Period(30), model=model)):
        if row["score"] is not None:
            assert row["score"] == pytest.approx(row["breadth_value"])


def test_seats_and_people_stand_beside_the_score(engine):
    world = World(
        [(1, visitor, "A", START + timedelta(days=day), 1) for visitor in ("ann", "bob") for day in range(20)]
    )
    all_tables = tables(engine, world, customers=(1,), seats=[(1, 8, None, None)])
    [row] = engine.rows(adoption_scores(all_tables, as_of=[START + timedelta(days=20)], period=Period(30)))
    assert (row["active_visitors"], row["seats_or_known"], row["active_share"]) == (2, 8, 0.25)
    assert (row["features_used"], row["features_available"]) == (1, 1)
    assert row["last_active_on"] == START + timedelta(days=19)
