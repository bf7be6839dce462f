from datetime import date, timedelta

import pyarrow as pa
import pytest

from uptake.kit.days import Period
from uptake.metrics.tests.engines import by
from uptake.scores.explain import explain
from uptake.scores.health import Alerts, health_measures, health_scores, why_health
from uptake.scores.health_words import why_changed
from uptake.scores.models import HEALTH
from uptake.scores.tests.by_hand import World, score_by_hand
from uptake.scores.tests.worlds import tables

D = date(2026, 6, 30)  # a Tuesday; 30 days ending on it have 22 working days, the 30 before (2 to 31 May) have 20
RATINGS = pa.schema([("customer_id", pa.int64()), ("as_of", pa.date32()), ("csm_rating", pa.float64())])
EVENTS = pa.schema([("customer_id", pa.int64()), ("as_of", pa.date32()), ("event_engagement", pa.float64())])


def every_day(customer, first, last, uses):
    days = range((last - first).days + 1)
    return [(customer, "ann", "A", first + timedelta(days=ahead), uses) for ahead in days]


WORLD = World(
    [
        *every_day(1, date(2026, 5, 2), date(2026, 5, 31), 10),
        *every_day(1, date(2026, 6, 1), D, 9),  # a tenth less a working day
        *every_day(2, date(2026, 6, 10), D, 5),  # 21 days of history: no trend yet
        *every_day(3, date(2026, 6, 20), D, 5),  # 11 days: too young
    ]
)


def health(engine, ratings=(), events=None, model=HEALTH):
    measures = health_measures(tables(engine, WORLD), as_of=[D], period=Period(30))
    attended = None if events is None else engine.table(events, EVENTS)
    found = health_scores(measures, ratings=engine.table(list(ratings), RATINGS), events=attended, model=model)
    return by(engine.rows(found), "customer_id")


def test_health_is_the_weighted_mean_of_the_parts_present(engine):
    row = health(engine)[1]
    adoption = score_by_hand(WORLD, 1, D, 30)["score"]
    assert row["adoption_value"] == pytest.approx(adoption)
    assert row["engagement_value"] == 100  # ann is there on every working day: 1, full from 0.5
    assert row["usage_trend"] == pytest.approx(-0.1)
    assert row["trajectory_value"] == pytest.approx(100 * 0.4 / 0.7)
    assert (row["events_value"], row["rating_value"]) == (None, None)
    # 40, 20 and 20 of 100 are there
    assert row["present"] == pytest.approx(0.8)
    assert row["score"] == pytest.approx((40 * adoption + 20 * 100 + 20 * 40 / 0.7) / 80)


def test_ratings_and_events_count_once_they_are_known(engine):
    before = health(engine)[1]
    rated = health(engine, ratings=[(1, D, 30.0)])[1]
    assert rated["score"] == pytest.approx((80 * before["score"] + 10 * 30) / 90)
    both = health(engine, ratings=[(1, D, 30.0)], events=[(1, D, 50.0)])[1]
    assert both["score"] == pytest.approx((80 * before["score"] + 10 * 30 + 10 * 50) / 100)
    other_day = health(engine, ratings=[(1, D - timedelta(days=30), 30.0)])[1]
    assert other_day["score"] == pytest.approx(before["score"])


def test_without_a_trend_the_rating_makes_the_difference(engine):
    unrated = health(engine)[2]  # adoption and engagement: 60% of the weight
    assert (unrated["score"], unrated["reason"]) == (None, "not enough data")
    rated = health(engine, ratings=[(2, D, 50.0)])[2]  # 70%
    adoption = score_by_hand(WORLD, 2, D, 30)["score"]
    assert rated["score"] == pytest.approx((40 * adoption + 20 * 100 + 10 * 50) / 70)


def test_a_rating_alone_makes_no_score(engine):
    found = health(engine, ratings=[(3, D, 90.0), (4, D, 90.0)])
    assert found[3]["reason"] == "under 14 days of history"
    assert found[4]["reason"] == "no history"


def test_health_opens_like_any_score(engine):
    row = health(engine, ratings=[(1, D, 30.0)])[1]
    opened = explain(row, HEALTH)
    assert sum(part.points for part in opened.parts if part.points is not None) == pytest.approx(opened.score)
    formulas = {part.name: part.formula for part in opened.parts}
    assert formulas["trajectory"] == "100 × clip((−0.1 + 0.5) ÷ 0.7, 0, 1): 9 uses a working day, 10 before"
    assert formulas["rating"] == "the rating, 30 of 100"
    assert formulas["events"] == "not measured"
    assert formulas["adoption"].startswith("the adoption score, ")
    assert why_health(row, HEALTH).endswith("daily habit, use stable")


ALERTS = pa.schema(
    [("customer_id", pa.int64()), ("raised_on", pa.date32()), ("closed_on", pa.date32()), ("points", pa.int64())]
)
LOOKS = pa.schema([("as_of", pa.date32())])
LATE = pa.schema([("customer_id", pa.int64()), ("as_of", pa.date32())])


def burdened(engine, *alerts, looks=((D,),), late=(), model=HEALTH):
    measures = health_measures(tables(engine, WORLD), as_of=[D - timedelta(days=1), D], period=Period(30))
    told = Alerts(engine.table(list(alerts), ALERTS), engine.table(list(looks), LOOKS), engine.table(list(late), LATE))
    found = health_scores(measures, ratings=engine.table([], RATINGS), alerts=told, model=model)
    return {(row["customer_id"], row["as_of"]): row for row in engine.rows(found)}


def test_open_alerts_take_from_a_hundred(engine):
    day = timedelta(days=1)
    rows = burdened(
        engine,
        (1, D, None, 40),
        (1, D - 9 * day, D + day, 15),  # closed the day after
        (1, D - 9 * day, D, 25),  # closed on the day itself
        (1, D + day, None, 25),  # raised the day after
        (3, D, None, 40), (3, D, None, 40), (3, D, None, 25),
        looks=((D - day,), (D,)),
        late=((2, D),),
    )  # fmt: skip
    assert [rows[1, D][name] for name in ("alert_burden", "open_alerts")] == [100 - 40 - 15, 2]
    assert [rows[1, D - day][name] for name in ("alert_burden", "open_alerts")] == [100 - 15 - 25, 2]
    assert (rows[2, D]["alert_burden"], rows[2, D - day]["alert_burden"]) == (None, 100)  # late; free of alerts
    assert rows[3, D]["alert_burden"] == 0  # 105 are more than 100


def test_alerts_count_by_the_weight_they_are_given(engine):
    alert = (1, D, None, 40)
    plain = health(engine)[1]["score"]
    assert burdened(engine, alert)[1, D]["score"] == pytest.approx(plain)
    weighed = HEALTH.with_weights({"alerts": 20})
    row = burdened(engine, alert, model=weighed)[1, D]
    # 80 of 120 of the weight were there, and 20 are: 83% present
    assert row["present"] == pytest.approx(100 / 120)
    assert row["score"] == pytest.approx((80 * plain + 20 * 60) / 100)
    [part] = [part for part in explain(row, weighed).parts if part.name == "alerts"]
    assert (part.formula, part.points) == ("100 − 40, 1 alert open", pytest.approx(20 * 60 / 100))
    absent = burdened(engine, alert, looks=(), model=weighed)[1, D]  # nobody looked: 80 of 120 is under 70%
    assert (absent["alert_burden"], absent["score"], absent["reason"]) == (None, None, "not enough data")


def test_a_part_without_weight_changes_no_version_and_is_not_shown(engine):
    assert HEALTH.version == "df63ef50"  # as before alerts could be weighed: scores told then stay comparable
    assert HEALTH.with_weights({"alerts": 5}).version != HEALTH.version
    assert "alerts" not in {part.name for part in explain(burdened(engine)[1, D], HEALTH).parts}


def told(row, version=HEALTH.version):
    parts = explain(row, HEALTH).parts
    return {"score": row["score"], "version": version, "parts": [vars(part) for part in parts]}


def test_a_change_names_the_part_that_moved_most(engine):
    before = health(engine, ratings=[(1, D, 90.0)])[1]
    now = health(engine, ratings=[(1, D, 30.0)])[1]
    assert (
        why_changed(now, told(before), HEALTH) == "CSM rating took 6.7 points: rated 30 of 100, before rated 90 of 100."
    )
    unrated = health(engine)[1]
    assert why_changed(now, told(unrated), HEALTH).startswith("CSM rating is measured now and took ")
    assert why_changed(unrated, told(now), HEALTH).startswith("CSM rating is not measured any more, which gave ")
    first = why_changed(now, None, HEALTH)
    assert first.startswith("First health score: Adoption brings most, ")


def test_new_weights_are_named_as_the_cause(engine):
    before = health(engine, ratings=[(1, D, 30.0)])[1]
    heavier = HEALTH.with_weights({"rating": 110})
    now = health(engine, ratings=[(1, D, 30.0)], model=heavier)[1]
    # 30 at a weight of 110 of 190, against 10 of 90
    lost = why_changed(now, told(before), heavier)
    assert lost.startswith("New weights: Adoption now gives ")
    back = why_changed(before, told(now, heavier.version) | {"parts": _parts(now, heavier)}, HEALTH)
    assert back.startswith("New weights: Adoption now gives ")


def _parts(row, model):
    return [vars(part) for part in explain(row, model).parts]
