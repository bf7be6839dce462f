"""The dashboard's numbers are the portfolio's and the metrics' own, customer by customer."""

import pytest

from uptake.kit.days import Period
from uptake.pipeline import scoring
from uptake.pipeline.dashboard import board as boards
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.board import board, known_now
from uptake.pipeline.dashboard.facts import WITHOUT_TOP, Asked, desk
from uptake.pipeline.dashboard.tests.by_hand import LAST
from uptake.pipeline.feature_use import feature_use
from uptake.scores.models import ACCOUNT

pytestmark = pytest.mark.django_db(transaction=True)

OF_THE_PORTFOLIO = {"power_users", "power_share", "threshold_uses"}
PERIODS = [Period(30), Period(None)]


def same(row, other):
    """The same columns and values, fractions to the last digits that the order of adding up may change."""
    assert row.keys() == other.keys()
    for name, value in row.items():
        expected = pytest.approx(other[name]) if isinstance(value, float) else other[name]
        assert value == expected, name
    return True


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_one_customers_own_facts_give_what_all_together_give(workspace, period):
    """The same expressions over the customer's facts alone: what a page falls back on, and that nothing leaks."""
    everybody = board(LAST, period)
    for customer in (workspace.acme, workspace.borealis, workspace.cobalt):
        with desk(known_now(), Asked(customer.pk, LAST, period), everybody.seen) as opened:
            figures, cells = (answer.to_pylist() for answer in opened.ask("figures", "features"))
        mine = {row["as_of"]: row for row in figures if row["customer_id"] == customer.pk}
        for day, row in everybody.rows(customer.pk).items():
            assert same(mine[day], {name: row[name] for name in row if name not in OF_THE_PORTFOLIO})
        theirs = everybody.cells_of(customer.pk)
        assert len(cells) == len(theirs)
        assert all(same(cell, other) for cell, other in zip(cells, theirs, strict=True))
        [without] = [row for row in figures if row["customer_id"] == WITHOUT_TOP and row["as_of"] == LAST]
        assert without["score"] == pytest.approx(everybody.score_less_top(customer.pk))


def test_scores_are_those_of_the_score_command(workspace, dorado_too):
    rows = scoring.scores(model=ACCOUNT).rows
    assert len(rows) == 4
    for row in rows:
        shown = dashboard(workspace.lea, row["customer_id"])
        assert shown.score.data.score == pytest.approx(row["score"])
        assert shown.score.data.change == pytest.approx(row["change"])
        assert shown.score.data.reason == row["reason"]


def test_features_are_those_of_the_portfolios_matrix(workspace, dorado_too):
    use = feature_use()
    for customer_id, cells in use.cells.items():
        lines = dashboard(workspace.lea, customer_id).features.data.lines
        assert {line.feature_id: (line.users, line.uses, line.reach, line.is_adopted) for line in lines} == {
            name: (cell.users, cell.uses, cell.reach, cell.is_adopted) for name, cell in cells.items()
        }
    rates = {each.feature_id: each.level for each in use.adoption(list(use.cells))}
    assert {line.feature_id: line.level for line in lines} == {
        line.feature_id: rates[line.feature_id] for line in lines
    }


def test_without_waiting_for_all_customers_the_customers_own_numbers_are_the_same(workspace, monkeypatch):
    """With very much usage and a day that nobody asked for yet: peers come later, nothing else differs."""
    whole = dashboard(workspace.lea, workspace.acme.pk)
    monkeypatch.setattr(boards, "MADE_IN_A_MOMENT", 0)
    monkeypatch.setattr(boards, "_make_beside", lambda *_: None)  # it would be done before we look
    day = LAST.replace(day=29)
    early = dashboard(workspace.lea, workspace.acme.pk, as_of=day)
    assert (whole.is_whole, early.is_whole) == (True, False)
    assert (early.queries, early.peer_view.data) == (6, None)
    assert early.rhythm.data is not None  # it was worked out for the day before
    monkeypatch.undo()
    late = dashboard(workspace.lea, workspace.acme.pk, as_of=day)
    assert late.is_whole
    own = {each.slug: each.value for each in late.figures.data if each.slug != "power_users"}
    assert {each.slug: each.value for each in early.figures.data} == pytest.approx(own)
    assert early.score.data.score == pytest.approx(late.score.data.score)
    assert early.concentration.data.score_without == pytest.approx(late.concentration.data.score_without)
    assert [line.uses for line in early.features.data.lines] == [line.uses for line in late.features.data.lines]
