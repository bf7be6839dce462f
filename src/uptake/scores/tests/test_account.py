"""The account score, with its arithmetic written out."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from uptake.kit.days import Period
from uptake.metrics.registry import METRICS
from uptake.metrics.tests.engines import by
from uptake.scores.adoption import adoption_scores
from uptake.scores.explain import explain
from uptake.scores.models import ACCOUNT, needs_sessions
from uptake.scores.reasons import why
from uptake.scores.tests.by_hand import World
from uptake.scores.tests.worlds import tables

D = date(2026, 3, 31)  # a Tuesday; 30 days back: Monday 2 March, 22 working days; 30 more: Saturday 31 January, 20
MARCH_2, FEB_2, JAN_2 = date(2026, 3, 2), date(2026, 2, 2), date(2026, 1, 2)

WORLD = World(
    usage=[
        (1, "ann", "A", MARCH_2, 44),
        (1, "bob", "B", MARCH_2, 22),
        (1, "ann", "A", FEB_2, 40),
        (1, "ann", "C", JAN_2, 1),
        (2, "cem", "A", JAN_2, 5),  # history, nothing in the period
        (3, "dee", "A", MARCH_2, 5),  # 30 days of history: no trend; no sessions, no entitlements
    ]
)


def session(customer, visitor, day, minutes):
    start = datetime(day.year, day.month, day.day, 9)
    return customer, visitor, start, start + timedelta(minutes=minutes)


CAME = [session(1, "ann", MARCH_2, 20), *[session(1, "bob", MARCH_2, 5)] * 3, session(2, "cem", JAN_2, 5)]


def scored(engine, model=ACCOUNT):
    given = tables(
        engine,
        WORLD,
        customers=(1, 2, 3),
        seats=[(1, 8, None, None), (2, 4, None, None)],
        granted=[(1, "Reports", 44, None, "B", "period")],
        came=CAME,
    )
    found = adoption_scores(given, as_of=[D], period=Period(30), model=model)
    return by(engine.rows(found), "customer_id")


def test_the_five_parts_and_their_total(engine):
    row = scored(engine)[1]
    values = {part.name: row[f"{part.name}_value"] for part in ACCOUNT.components}
    trend = ((44 + 22) / 22 - 40 / 20) / (40 / 20)  # 3 uses a working day, 2 before: +50%
    assert trend == 0.5
    assert values == {
        "activation": pytest.approx(100 * 2 / 8),
        "breadth": pytest.approx(100 * 2 / 3),  # A and B, of A, B and C
        "depth": 100,  # 66 uses in 4 sessions: more than 15
        "trend": 100,
        "entitlements": pytest.approx(100 * (2 / 8 + 22 / 44) / 2),  # seats and reports
    }
    total = 0.25 * 25 + 0.25 * 200 / 3 + 0.20 * 100 + 0.15 * 100 + 0.15 * 37.5
    assert (row["score"], row["present"]) == (pytest.approx(total), 1)


def test_who_stopped_has_zero_and_not_nothing(engine):
    row = scored(engine)[2]
    values = {part.name: row[f"{part.name}_value"] for part in ACCOUNT.components}
    # no uses in either period: nothing to compare, so the trend gives its weight away
    assert values == {"activation": 0, "breadth": 0, "depth": 0, "trend": None, "entitlements": 0}
    assert (row["score"], row["present"], row["band"]) == (0, 0.85, "poor")
    assert why(row, ACCOUNT) == "no use in this period"


def test_too_little_measured_is_no_score(engine):
    row = scored(engine)[3]
    assert (row["score"], row["present"], row["reason"]) == (None, 0.5, "not enough data")


def test_every_formula_has_its_values_put_in(engine):
    told = explain(scored(engine)[1], ACCOUNT)
    assert [part.formula for part in told.parts] == [
        "100 × min(1, 2 active of 8 seats)",
        "100 × 2 of 3 features",
        "100 × min(1, 66 uses ÷ 4 sessions ÷ 15)",
        "100 × clip((0.5 + 0.5) ÷ 0.7, 0, 1): 3 uses a working day, 2 before",
        "100 × 0.75 ÷ 2 limited entitlements, each at most 1",
    ]
    assert sum(part.points for part in told.parts) == pytest.approx(told.score)


def test_its_metrics_are_in_the_registry_and_sessions_are_asked_for():
    assert {part.metric for part in ACCOUNT.components} <= {metric.slug for metric in METRICS}
    assert needs_sessions(ACCOUNT)
    [depth] = [part for part in ACCOUNT.components if part.name == "depth"]
    others = tuple(part for part in ACCOUNT.components if part != depth)
    assert not needs_sessions(replace(ACCOUNT, components=others))


def test_the_version_is_the_same_in_every_process():
    assert ACCOUNT.version == "5cec96e3"
