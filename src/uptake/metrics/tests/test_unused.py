import pyarrow as pa
import pytest

from uptake.kit.days import Period
from uptake.metrics.reach import reach
from uptake.metrics.tests.engines import customers, day, entitlements, facts
from uptake.metrics.unused import peers_reach, unused_features
from uptake.metrics.windows import windows

D = day("03-29")
PEERS = pa.schema([("customer_id", pa.int64()), ("peer_id", pa.int64())])


def small(engine):
    return facts(
        engine,
        # 1 has 20 people, all in A
        *[(1, f"user {number}", "A", "03-02") for number in range(20)],
        (1, "user 0", "B", "03-02"),  # reach 5%
        *[(1, f"user {number}", "D", "03-02") for number in range(2)],  # reach 10%: adopted
        # peers: C reaches half of 2, all of 3, none of 4
        *[(2, who, "A", "03-02") for who in ("ann", "bob")],
        *[(3, who, "A", "03-02") for who in ("cem", "dee", "eve", "fay")],
        (4, "gus", "A", "03-02"),
        (2, "ann", "C", "03-02"),
        *[(3, who, "C", "03-02") for who in ("cem", "dee", "eve", "fay")],
        (3, "cem", "B", "03-02"),  # 0, 25% and nothing: the middle is 0
        *[(customer, who, "D", "03-02") for customer, who in ((2, "ann"), (3, "cem"), (4, "gus"))],
        (5, "hal", "A", "01-02"),  # history, nobody active in the window
        (6, None, "A", "03-02"),  # never says who
    )


def unused(engine, customer, peers=(2, 3, 4), granted=()):
    usage = small(engine)
    window = windows(usage, customers(engine, 1, 2, 3, 4, 5, 6), as_of=[D], period=Period(30))
    cells = reach(usage, window, entitlements=entitlements(engine, *granted))
    pairs = engine.table([(customer, peer) for peer in peers], PEERS)
    rows = engine.rows(unused_features(cells, peers_reach(cells, pairs)))
    return {
        row["feature_id"]: (row["peers_median_reach"], row["gap"]) for row in rows if row["customer_id"] == customer
    }


def test_unused_is_under_ten_percent_where_peers_are_twenty_points_ahead(engine):
    # C: 50%, 100% and 0% of the peers' people: the middle is 50%
    assert unused(engine, 1) == {"C": (pytest.approx(0.5), pytest.approx(0.5))}


def test_exactly_twenty_points_ahead_is_enough(engine):
    # B reaches 25% of customer 3, 5% of customer 1
    assert unused(engine, 1, peers=(3,))["B"] == (0.25, pytest.approx(0.2))


def test_what_is_not_available_is_not_unused(engine):
    assert unused(engine, 1, granted=[(1, "A", None, None)]) == {}


def test_nobody_active_is_no_reach_and_nobody_named_is_not_known(engine):
    assert set(unused(engine, 5)) == {"A", "C", "D"}
    assert unused(engine, 6) == {}


def test_peers_with_nobody_active_do_not_count(engine):
    assert unused(engine, 1, peers=(3, 5)) == unused(engine, 1, peers=(3,))
