from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from uptake.kit.days import Period
from uptake.scores.adoption import PORTFOLIO, adoption_scores
from uptake.scores.explain import explain, what_moved
from uptake.scores.tests.by_hand import World
from uptake.scores.tests.worlds import tables

NAMES = ("breadth", "depth", "recency", "stickiness")
WEIGHTS = {part.name: part.weight for part in PORTFOLIO.components}
D = date(2026, 3, 31)


def row(**values: float | None) -> dict:
    """A row of scores from its values, weighed as the definitions say."""
    weight = sum(WEIGHTS[name] for name, value in values.items() if value is not None)
    points = {name: None if value is None else WEIGHTS[name] * value / weight for name, value in values.items()}
    score = sum(part for part in points.values() if part is not None)
    return {f"{name}_value": value for name, value in values.items()} | {
        **{f"{name}_points": part for name, part in points.items()},
        "score": score,
    }


def test_contributions_are_the_changes_of_points_when_all_parts_are_there():
    before = row(breadth=50, depth=50, recency=50, stickiness=50)
    now = row(breadth=60, depth=50, recency=0, stickiness=55)
    moves = [(move.name, pytest.approx(move.points)) for move in what_moved(now, before, PORTFOLIO)]
    assert moves == [("recency", -10), ("breadth", 3), ("stickiness", 1), ("depth", 0)]


def test_a_part_that_appears_does_not_blame_the_others():
    before = row(breadth=40, depth=40, recency=80, stickiness=None)
    now = row(breadth=40, depth=40, recency=80, stickiness=10)
    moves = {move.name: (move.points, move.how) for move in what_moved(now, before, PORTFOLIO)}
    assert moves["stickiness"] == (pytest.approx(now["score"] - before["score"]), "appeared")
    assert [moves[name][0] for name in ("breadth", "depth", "recency")] == [0, 0, 0]
    back = {move.name: move for move in what_moved(before, now, PORTFOLIO)}
    assert (back["stickiness"].how, back["breadth"].points) == ("disappeared", 0)
    assert back["stickiness"].points == pytest.approx(before["score"] - now["score"])


value = st.floats(0, 100)
some_row = st.one_of(
    st.fixed_dictionaries(dict.fromkeys(NAMES, value)),
    *[
        st.fixed_dictionaries({name: st.none() if name == absent else value for name in NAMES})
        for absent in ("depth", "recency", "stickiness")
    ],
).map(lambda values: row(**values))


@given(some_row, some_row)
def test_contributions_add_up_to_the_change(now, before):
    moves = what_moved(now, before, PORTFOLIO)
    assert sum(move.points for move in moves) == pytest.approx(now["score"] - before["score"], abs=1e-9)


def usage(customer=1):
    """ann and bob on working days of March, ann also before; the rest of the numbers follow."""
    ann = [(customer, "ann", "A", D - timedelta(days=ago), 3) for ago in range(90, 8, -1)]
    bob = [(customer, "bob", "B", D - timedelta(days=ago), 2) for ago in range(20, 8, -1)]
    return [*ann, *bob, (customer, "ann", "C", date(2026, 1, 15), 1)]


def explained(engine, as_of, before=None):
    days = [as_of, *([before] if before else [])]
    rows = {
        row["as_of"]: row
        for row in engine.rows(adoption_scores(tables(engine, World(usage()), (1,)), as_of=days, period=Period(30)))
    }
    return explain(rows[as_of], PORTFOLIO, rows[before] if before else None)


def test_formulas_have_the_values_put_in(engine):
    found = {part.name: part for part in explained(engine, D).parts}
    # 2 to 31 March: ann on the 21 days up to 22 March, bob on 12 days; A and B of A, B and C
    assert found["breadth"].formula == "100 × 2 of 3 features"
    assert (
        found["depth"].formula == "100 × min(1, 43.5 uses of the middle user ÷ 4.286 weeks ÷ 20)"
    )  # median of 63 and 24
    # last on Sunday 22 March: 7 working days since, of 22
    assert found["recency"].formula == "100 × (1 − min(1, 7 of 22 working days without use))"
    # working days: ann 2 – 20 March 15, bob 11 – 20 March 8
    assert found["stickiness"].formula == "100 × min(1, 1.045 a day ÷ 2 users ÷ 0.5)"
    assert found["breadth"].value == pytest.approx(200 / 3)
    assert found["depth"].value == pytest.approx(100 * 43.5 / (30 / 7) / 20)
    assert found["recency"].value == pytest.approx(100 * 15 / 22)
    assert found["stickiness"].value == 100  # 23 / 22 / 2 is over a half


def test_an_explanation_adds_up(engine):
    opened = explained(engine, D, D - timedelta(days=30))
    assert sum(part.points for part in opened.parts) == pytest.approx(opened.score)
    assert sum(part.share for part in opened.parts) == pytest.approx(1)
    assert sum(move.points for move in opened.moves) == pytest.approx(opened.change)
    assert opened.change == pytest.approx(opened.score - opened.previous_score)
    assert opened.version == PORTFOLIO.version


def test_a_withheld_score_opens_too(engine):
    opened = explained(engine, D - timedelta(days=80), D - timedelta(days=88))  # 11 days of history, and 3
    assert (opened.score, opened.reason, opened.change, opened.moves) == (None, "under 14 days of history", None, ())
    assert [part.points for part in opened.parts] == [None] * 4
    assert opened.parts[0].value == 100  # A of what was seen by then
    nothing = explained(engine, D - timedelta(days=200))
    assert {part.formula for part in nothing.parts} == {"not measured"}
