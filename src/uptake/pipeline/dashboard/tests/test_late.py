"""Dorado's last three days have not come: nothing of its page is red or green for want of data, and its papers say so."""

from datetime import date, timedelta

import pytest

from uptake.pipeline import scoring
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.leader.view import Asked, leader_view
from uptake.pipeline.published import published
from uptake.pipeline.report import report
from uptake.pipeline.report.customer_safe import safe_report
from uptake.pipeline.report.tests.reading import text_of
from uptake.pipeline.tests.by_hand import pendo_came_up_to

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 6, 30)
SAID = "Usage has come up to 27 Jun 2026 only"


def test_no_figure_is_met_or_missed_before_its_usage_has_come(dorado):
    connection = pendo_came_up_to("Dorado", DAY - timedelta(days=3))
    told = dashboard(dorado.ann, dorado.dorado.pk, as_of=DAY)
    assert told.late_until == date(2026, 6, 27)
    assert told.figure("mau").value is not None
    assert {figure.is_met for figure in told.figures.data} == {None}
    pendo_came_up_to("Dorado", DAY, connection)
    told = dashboard(dorado.ann, dorado.dorado.pk, as_of=DAY)
    assert told.late_until is None
    assert {figure.is_met for figure in told.figures.data} >= {True, None}


def test_weeks_end_where_usage_does(dorado):
    before = scoring.weeks(published(), as_of=DAY)[dorado.dorado.pk]
    pendo_came_up_to("Dorado", DAY - timedelta(days=3))
    assert before[-1] is not None
    assert scoring.weeks(published(), as_of=DAY)[dorado.dorado.pk] == [*before[:-1], None]
    assert leader_view(dorado.lea, Asked(as_of=DAY)).total.weeks[-1] is None
    assert dashboard(dorado.ann, dorado.dorado.pk, as_of=DAY).score.data.weeks[-1][1] is None
    newest = [row for row in scoring.history(as_of=DAY) if row["as_of"] == DAY]
    assert [(row["score"], row["band"]) for row in newest] == [(None, None)]


@pytest.mark.parametrize("edition", ["internal", "customer"])
def test_both_editions_say_up_to_which_day_usage_has_come(dorado, edition):
    connection = pendo_came_up_to("Dorado", DAY - timedelta(days=3))
    assert SAID in text_of(report(dorado.ann, dorado.dorado.pk, edition=edition, as_of=DAY).pdf)
    assert safe_report(dashboard(dorado.ann, dorado.dorado.pk, as_of=DAY)).head.late == SAID
    pendo_came_up_to("Dorado", DAY, connection)
    assert "has come up to" not in text_of(report(dorado.ann, dorado.dorado.pk, edition=edition, as_of=DAY).pdf)
