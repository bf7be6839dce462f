import pyarrow as pa
import pytest

from uptake.metrics.tests.engines import by
from uptake.scores.adoption import PORTFOLIO
from uptake.scores.total import total

SCHEMA = pa.schema(
    [("customer_id", pa.int64()), ("history_days", pa.int64())]
    + [(name, pa.float64()) for name in ("breadth", "depth", "recency", "stickiness")]
)


def scored(engine, *rows, model=PORTFOLIO):
    return by(engine.rows(total(engine.table(list(rows), SCHEMA), model)), "customer_id")


def test_metrics_become_values_between_0_and_100(engine):
    rows = scored(engine, (1, 99, 0.25, 5.0, 0.4, 0.1), (2, 99, 1.0, 60.0, 0.0, 0.9), (3, 99, 0.0, 0.0, 1.0, 0.0))
    values = {key: [row[f"{part.name}_value"] for part in PORTFOLIO.components] for key, row in rows.items()}
    assert values == {1: pytest.approx([25, 25, 60, 20]), 2: [100, 100, 100, 100], 3: [0, 0, 0, 0]}


def test_a_total_is_the_weighted_mean_and_its_points_add_up(engine):
    row = scored(engine, (1, 99, 0.25, 5.0, 0.4, 0.1))[1]
    points = [row[f"{part.name}_points"] for part in PORTFOLIO.components]
    assert points == pytest.approx([0.3 * 25, 0.3 * 25, 0.2 * 60, 0.2 * 20])
    assert row["score"] == pytest.approx(31)
    assert (row["present"], row["band"], row["reason"]) == (1, "poor", None)


def test_an_absent_component_gives_its_weight_to_the_others(engine):
    row = scored(engine, (1, 99, 0.25, None, 0.4, 0.1))[1]
    assert row["present"] == pytest.approx(0.7)  # just enough
    assert row["score"] == pytest.approx((30 * 25 + 20 * 60 + 20 * 20) / 70)
    assert row["depth_points"] is None
    assert row["breadth_points"] == pytest.approx(30 / 70 * 25)


def test_a_score_is_withheld_with_a_reason(engine):
    rows = scored(
        engine,
        (1, None, None, None, None, None),
        (2, 13, 0.5, 5.0, 0.0, 0.5),
        (3, 14, 0.5, 5.0, 0.0, 0.5),
        (4, 99, 0.5, 5.0, None, None),  # 60% present
        (5, 13, 0.5, None, None, None),
    )
    assert {key: row["reason"] for key, row in rows.items()} == {
        1: "no history",
        2: "under 14 days of history",
        3: None,
        4: "not enough data",
        5: "under 14 days of history",
    }
    assert [key for key, row in rows.items() if row["score"] is not None] == [3]
    assert [key for key, row in rows.items() if row["band"] is not None] == [3]
    assert [key for key, row in rows.items() if row["breadth_points"] is not None] == [3]
    assert rows[4]["breadth_value"] == 50  # what is known is shown all the same


def test_zero_is_a_score_and_none_is_not(engine):
    rows = scored(engine, (1, 99, 0.0, 0.0, 1.0, 0.0), (2, 99, None, None, None, None))
    assert (rows[1]["score"], rows[1]["band"]) == (0, "poor")
    assert (rows[2]["score"], rows[2]["present"], rows[2]["reason"]) == (None, 0, "not enough data")


def test_bands_begin_at_their_lowest_score(engine):
    shares = (1.0, 0.8, 0.799, 0.6, 0.599, 0.4, 0.399, 0.0)
    model = PORTFOLIO.with_weights({"depth": 0, "recency": 0, "stickiness": 0})
    rows = scored(engine, *[(key, 99, share, 0.0, 0.0, 0.0) for key, share in enumerate(shares)], model=model)
    bands = [rows[key]["band"] for key in range(len(shares))]
    assert bands == ["excellent", "excellent", "good", "good", "fair", "fair", "poor", "poor"]


def test_a_component_without_weight_is_shown_and_counts_nothing(engine):
    model = PORTFOLIO.with_weights({"stickiness": 0})
    rows = scored(engine, (1, 99, 0.5, 10.0, 0.5, 1.0), (2, 99, 0.5, 10.0, 0.5, None), model=model)
    assert rows[1]["score"] == rows[2]["score"] == pytest.approx(50)
    assert (rows[1]["stickiness_value"], rows[1]["stickiness_points"]) == (100, 0)
    assert rows[2]["present"] == 1
