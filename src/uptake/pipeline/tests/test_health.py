"""Health, worked out by hand (the usage stands in conftest).

Uses per working day: Acme 20 in June and in May, a trend of 0, so trajectory is 100 × 0.5 / 0.7; Borealis 2.5 after 10,
−75%, so trajectory is 0. Both are there on half of the working days or more: engagement is 100.
  Acme      (40 × 100 + 20 × 100 + 20 × 71.43) / 80
  Borealis  (40 × its adoption + 20 × 100 + 20 × 0) / 80
  Cobalt    adoption and engagement 0, no trend from nothing to nothing: 60% present, withheld
"""

import random
from datetime import timedelta

import ibis
import numpy as np
import pyarrow as pa
import pytest
from django.utils import timezone

from uptake.customers.access import UnknownCustomer
from uptake.customers.services import update_customer
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.explaining import open_score
from uptake.pipeline.health import (
    access_health_history,
    current_model,
    health_rows,
    publish_weights,
    rate_customer,
    update_health,
    what_if,
)
from uptake.pipeline.models import HealthModel, HealthScore
from uptake.pipeline.portfolio import portfolio
from uptake.pipeline.tests.by_hand import LAST
from uptake.pipeline.tests.test_portfolio import BOREALIS as BOREALIS_ADOPTION
from uptake.pipeline.what_if import parts_of, weigh
from uptake.scores.health import health_scores
from uptake.scores.model import BadWeights
from uptake.scores.models import HEALTH
from uptake.signals.burden import alerts_counted
from uptake.signals.models import Alert, AlertRun
from uptake.signals.services import dismiss_alert
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)

ACME = (40 * 100 + 20 * 100 + 20 * 100 * 0.5 / 0.7) / 80
BOREALIS = (40 * BOREALIS_ADOPTION + 20 * 100 + 20 * 0) / 80


def by_name(rows):
    return {row["customer"]: row for row in rows}


def test_health_by_hand(workspace):
    found = by_name(health_rows())
    assert found["Acme"]["score"] == pytest.approx(ACME)
    assert found["Borealis"]["score"] == pytest.approx(BOREALIS)
    assert (found["Cobalt"]["score"], found["Cobalt"]["reason"]) == (None, "not enough data")
    assert found["Acme"]["present"] == pytest.approx(0.8)
    assert found["Borealis"]["why"] == "good adoption, daily habit, use falling"
    assert found["Acme"]["band"] == "excellent"


def test_a_rating_counts_from_the_day_it_was_given_on(workspace):
    rate_customer(workspace.cobalt, 40, by=workspace.ben)
    # 40% and 20% of the weight at 0, 10% at 40
    assert by_name(health_rows())["Cobalt"]["score"] == pytest.approx(10 * 40 / 70)
    past = by_name(health_rows(as_of=LAST - timedelta(days=1)))["Cobalt"]
    assert (past["score"], past["csm_rating"]) == (None, None)  # nobody had said so by then


def test_the_score_and_explain_commands_speak_of_health(workspace):
    model = scoring.model_named("health")
    found = scoring.scores(model=model)
    assert found.average == pytest.approx((ACME + BOREALIS) / 2)
    opened = open_score("Borealis", model=model)
    assert opened.explanation.score == pytest.approx(BOREALIS)
    moves = {move.name: move.points for move in opened.explanation.moves}
    assert sum(moves.values()) == pytest.approx(opened.explanation.change)
    history = scoring.history(model=model)
    assert [row["score"] for row in history if row["customer"] == "Acme"][-1] == pytest.approx(ACME)
    with pytest.raises(ProductError, match=r"portfolio, .*health"):
        scoring.model_named("wealth")


def test_only_who_may_sets_weights(workspace):
    for who in (workspace.ann, workspace.cem, workspace.vic):
        with pytest.raises(NotAllowed, match="publish score weights"):
            publish_weights({"rating": 50}, by=who)
    assert HealthModel.objects.count() == 0
    published = publish_weights({"rating": 50}, by=workspace.lea)
    assert published.weights == {
        "adoption": 40,
        "engagement": 20,
        "trajectory": 20,
        "events": 10,
        "rating": 50,
        "alerts": 0,
    }
    assert published.version == current_model().version != HEALTH.version
    assert publish_weights({"rating": 50}, by=workspace.lea) == published  # nothing new
    again = publish_weights({"adoption": 0}, by=workspace.lea)  # the others stay as they are now
    assert (again.weights["adoption"], again.weights["rating"]) == (0, 50)
    assert list(HealthModel.objects.filter(is_current=True)) == [again]
    record = AuditRecord.objects.filter(verb="published health weights").latest("pk")
    assert (record.teammate, record.details["before"]["adoption"], record.details["after"]["adoption"]) == (
        workspace.lea, 40, 0
    )  # fmt: skip


@pytest.mark.parametrize("wrong", [{"mood": 3}, {"rating": -1}, {"rating": float("nan")}, dict.fromkeys(
    ("adoption", "engagement", "trajectory", "events", "rating"), 0)])  # fmt: skip
def test_weights_that_cannot_be_are_refused(workspace, wrong):
    with pytest.raises(BadWeights):
        what_if(wrong)
    with pytest.raises(BadWeights):
        publish_weights(wrong, by=workspace.lea)
    assert current_model() == HEALTH


def test_open_alerts_are_a_part_where_they_weigh(workspace):
    raised = {"rule": "usage_drop", "raised_on": LAST, "as_of": LAST, "evidence": {}}
    grave = Alert.objects.create(customer=workspace.acme, severity="critical", **raised)
    Alert.objects.create(customer=workspace.acme, severity="low", subject="x", status="held", **raised)
    Alert.objects.create(
        customer=workspace.borealis, severity="high", status="dismissed", reason="data", closed_on=LAST,
        **raised | {"raised_on": LAST - timedelta(days=3)},
    )  # fmt: skip
    publish_weights({"alerts": 20}, by=workspace.lea)
    assert by_name(health_rows())["Acme"]["alert_burden"] is None  # nobody has looked yet
    AlertRun.objects.create(as_of=LAST, token="t")
    found = by_name(health_rows())
    assert (found["Acme"]["alert_burden"], found["Borealis"]["alert_burden"]) == (60, 100)
    assert found["Acme"]["score"] == pytest.approx((80 * ACME + 20 * 60) / 100)
    assert [(each.alert, each.points) for each in alerts_counted(workspace.ann, workspace.acme, LAST)] == [(grave, 40)]
    assert alerts_counted(workspace.cem, workspace.acme, LAST) == []
    tried = what_if({"alerts": 0})
    assert tried.average_after == pytest.approx((ACME + BOREALIS) / 2)
    dismiss_alert(grave, reason="agreed", by=workspace.ann)  # closes with the day it was found on
    assert by_name(health_rows())["Acme"]["alert_burden"] == 100


def test_what_if_by_hand(workspace):
    found = what_if({"trajectory": 0})
    # Acme: 100; Borealis: (40 × adoption + 20 × 100) / 60; still 60 of 80 of the weight
    borealis = (40 * BOREALIS_ADOPTION + 2000) / 60
    assert found.average_before == pytest.approx((ACME + BOREALIS) / 2)
    assert found.average_after == pytest.approx((100 + borealis + 0) / 3)  # Cobalt has a score now
    assert found.moved == [
        {"customer_id": workspace.borealis.pk, "customer": "Borealis", "before": pytest.approx(BOREALIS),
         "after": pytest.approx(borealis), "band_before": "good", "band_after": "excellent"},
        # adoption and engagement alone are now 75%
        {"customer_id": workspace.cobalt.pk, "customer": "Cobalt", "before": None, "after": 0.0,
         "band_before": None, "band_after": "poor"},
    ]  # fmt: skip
    assert (found.scored_before, found.scored_after) == (2, 3)
    assert (found.before[12], found.before[18], sum(found.before)) == (1, 1, 2)  # 60–65 and 90–95
    assert (found.after[0], found.after[16], found.after[19], sum(found.after)) == (1, 1, 1, 3)


def test_what_if_is_what_publishing_then_gives(workspace):
    rate_customer(workspace.acme, 20, by=workspace.ann)
    luck = random.Random(3)
    for _ in range(4):
        weights = {part.name: luck.choice([0, 5, 10.5, 40, 70]) for part in HEALTH.components} | {"adoption": 33.3}
        tried = what_if(weights)
        publish_weights(weights, by=workspace.lea)
        rows = health_rows()
        scores = [row["score"] for row in rows if row["score"] is not None]
        assert tried.version_after == current_model().version
        assert tried.scored_after == len(scores)
        if scores:
            assert tried.average_after == pytest.approx(sum(scores) / len(scores), abs=1e-9)
        bands = {row["customer_id"]: (row["score"], row["band"]) for row in rows}
        for moved in tried.moved:
            score, band = bands[moved["customer_id"]]
            assert moved["band_after"] == band
            assert (moved["after"] is None) == (score is None)
            assert score is None or moved["after"] == pytest.approx(score, abs=1e-9)


def test_weighing_gives_the_engines_digits():
    """numpy against Ibis on DuckDB, on values and absences of all kinds."""
    luck = random.Random(11)
    ids = range(400)

    def some(low, high):
        return [luck.choice([None, low, high, luck.uniform(low, high)]) for _ in ids]

    def table(every=1, **columns):
        days = pa.array([LAST] * len(ids[::every]), pa.date32())
        return ibis.memtable(pa.table({"customer_id": list(ids[::every]), "as_of": days, **columns}))

    measures = table(
        history_days=pa.array([luck.choice([None, 5, 13, 14, 400]) for _ in ids], pa.int64()),
        adoption=pa.array(some(0.0, 100.0), pa.float64()),
        stickiness=pa.array(some(0.0, 1.0), pa.float64()),
        usage_trend=pa.array(some(-1.0, 3.0), pa.float64()),
    )
    ratings = table(2, csm_rating=[luck.uniform(0, 100) for _ in ids[::2]])
    events = table(3, event_engagement=[luck.uniform(0, 100) for _ in ids[::3]])
    connection = ibis.duckdb.connect()
    parts = None
    for weights in ({}, {"events": 0, "rating": 0}, {"adoption": 7.5, "trajectory": 0.1}, {"adoption": 0}):
        model = HEALTH.with_weights(weights)
        found = health_scores(measures, ratings=ratings, events=events, model=model).order_by("customer_id")
        rows = [{**row, "customer": "one"} for row in connection.to_pyarrow(found).to_pylist()]
        parts = parts or parts_of(rows, model)
        expected = np.asarray([row["score"] for row in rows], np.float64)
        np.testing.assert_allclose(weigh(parts, model), expected, rtol=0, atol=1e-9)
        assert 50 < np.isfinite(expected).sum() < 350


def test_update_health_writes_what_changed_and_why(workspace):
    rate_customer(workspace.acme, 90, by=workspace.ann)
    [first] = update_health([workspace.acme.pk], by=workspace.ann, cause="usage.csv")
    score = (80 * ACME + 10 * 90) / 90
    assert (first.customer, first.before, first.after) == ("Acme", None, pytest.approx(score))
    assert first.why == "First health score: Adoption brings most, 44.4 points (adoption score 100)."
    assert update_health([workspace.acme.pk], by=workspace.ann) == []  # nothing new
    rate_customer(workspace.acme, 0, by=workspace.ann)
    [second] = update_health([workspace.acme.pk], by=workspace.ann, cause="a call")
    assert second.before == pytest.approx(score)
    assert second.after == pytest.approx(80 * ACME / 90)
    assert (second.band_before, second.band_after) == ("excellent", "excellent")
    assert second.why == "CSM rating took 10 points: rated 0 of 100, before rated 90 of 100."
    kept = list(access_health_history(workspace.ann, workspace.acme.pk))
    assert [(each.score, each.cause, each.why, each.updated_by) for each in kept] == [
        (pytest.approx(first.after), "usage.csv", first.why, workspace.ann),
        (pytest.approx(second.after), "a call", second.why, workspace.ann),
    ]
    assert sum(part["points"] for part in kept[1].parts if part["points"] is not None) == pytest.approx(kept[1].score)
    record = AuditRecord.objects.filter(verb="updated health of").latest("pk")
    assert (record.teammate, record.customer_id) == (workspace.ann, workspace.acme.pk)
    assert record.details["after"] == pytest.approx(second.after)
    assert record.details["cause"] == "a call"


def test_new_weights_and_a_lost_score_are_causes_too(workspace):
    rate_customer(workspace.cobalt, 40, by=workspace.ben)
    update_health(None, by=None)
    publish_weights({"trajectory": 0}, by=workspace.lea)
    changes = {change.customer: change for change in update_health(None, by=None)}
    assert changes["Borealis"].why.startswith("New weights: Adoption now gives ")
    publish_weights({"trajectory": 20}, by=workspace.lea)
    update_health(None, by=None)
    rate_customer(workspace.cobalt, None, by=workspace.ben)
    [lost] = update_health([workspace.cobalt.pk], by=workspace.ben)
    assert (lost.after, lost.band_after, lost.why) == (
        None, None, "There is no health score any more: not enough data."
    )  # fmt: skip
    assert update_health([workspace.cobalt.pk], by=workspace.ben) == []
    rate_customer(workspace.cobalt, 40, by=workspace.ben)
    [back] = update_health([workspace.cobalt.pk], by=workspace.ben)
    assert (back.before, back.why[:32]) == (None, "There is a health score again: C")


def test_nobody_updates_the_health_of_others_customers(workspace, settings):
    for who, refusal in (
        (workspace.ben, UnknownCustomer),
        (workspace.cem, UnknownCustomer),
        (workspace.vic, NotAllowed),
    ):
        with pytest.raises(refusal):
            update_health([workspace.acme.pk], by=who)
        with pytest.raises(UnknownCustomer) if who != workspace.vic else pytest.raises(NotAllowed):
            update_health([workspace.acme.pk, workspace.borealis.pk], by=who)
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"csm_sees": "all"})
    with pytest.raises(NotAllowed, match="Acme is not yours to change"):  # seen, not owned
        update_health([workspace.acme.pk], by=workspace.ben)
    assert HealthScore.objects.count() == 0
    assert update_health([], by=workspace.ann) == []
    assert [change.customer for change in update_health(None, by=workspace.ben)] == ["Borealis"]
    assert [change.customer for change in update_health(None, by=workspace.lea)] == ["Acme"]
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"csm_sees": "own"})
    with pytest.raises(UnknownCustomer):
        access_health_history(workspace.cem, workspace.acme.pk)


def test_the_rating_is_kept_apart_and_noted(workspace):
    update_customer(workspace.acme, csm_rating=70)
    rated = rate_customer(workspace.acme, 55, by=workspace.ann)
    assert (rated.csm_rating, rated.csm_rated_on) == (55, timezone.localdate())
    record = AuditRecord.objects.latest("pk")
    assert (record.verb, record.customer_id, record.details) == ("rated", rated.pk, {"before": 70, "after": 55})
    for who in (workspace.ben, workspace.cem, workspace.vic):
        with pytest.raises(NotAllowed):
            rate_customer(workspace.acme, 1, by=who)
    for wrong in (-1, 101, True):
        with pytest.raises(ProductError):
            rate_customer(workspace.acme, wrong, by=workspace.ann)
    assert rate_customer(workspace.acme, None, by=workspace.ann).csm_rated_on is None
    assert by_name(health_rows())["Acme"]["score"] == pytest.approx(
        ACME
    )  # computed from what is known, not from the rating


def test_the_portfolio_shows_health_as_it_was_told(workspace):
    row = portfolio(workspace.lea).rows[0]
    assert row["health"] is None
    update_health(None, by=workspace.lea)
    row = portfolio(workspace.lea).rows[0]
    assert (row["health"], row["health_band"], row["health_on"]) == (pytest.approx(ACME), "excellent", LAST)
    past = portfolio(workspace.lea, as_of=LAST - timedelta(days=1)).rows[0]
    assert past["health"] is None  # not told by then
