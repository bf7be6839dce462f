"""The customers behind every figure are as many as it says, and the figure is theirs."""

import numpy as np
import pytest

from uptake.customers.services import create_customer
from uptake.kit.errors import ProductError
from uptake.pipeline.leader import Asked, behind, features, leader_view, movers, spread
from uptake.pipeline.leader.behind import UnknownCell
from uptake.pipeline.leader.groups import GROUPINGS, UnknownGroup

pytestmark = pytest.mark.django_db(transaction=True)


def figures(view):
    """Every figure of the page."""
    for line in (*view.lines, view.total):
        yield from (line.customers, line.scored, line.withheld, line.average, line.weighted, line.arr)
        yield from (line.active, line.seats, line.change)
        for pairs in (line.reasons, line.bands, line.parts):
            yield from (figure for _, figure in pairs)
    for measure in features.MEASURES:
        for line in features.table(view, measure, view.side_by_side):
            yield from (line.total, line.among, *line.cells)
    for gap in features.gaps(view):
        yield from (gap.known, gap.gap, gap.paid, gap.wanted, gap.arr)
    for day in spread.table(view):
        yield from (day.scored, *(figure for _, figure in day.bands))
    for line in (*movers.table(view, view.groups), *movers.table(view, view.everybody)):
        yield from (line.average, *(figure for _, figure in line.ways))


@pytest.mark.parametrize("weight", ["customers", "arr"])
def test_as_many_as_the_figure_says(portfolio_of_four, weight):
    create_customer(name="Lone")
    seen = 0
    for by in GROUPINGS:
        view = leader_view(portfolio_of_four.lea, Asked(by=by, weight=weight))
        for figure in figures(view):
            found = behind(view, figure.cell, figure.group)
            assert len(found.places) == figure.count, (by, figure)
            seen += bool(figure.count)
    assert seen > 300


MEANS = {
    "average": "score",
    "change": "change",
    **{f"part:{name}": f"{name}_value" for name in ("breadth", "depth", "recency", "stickiness")},
}


@pytest.mark.parametrize("weight", ["customers", "arr"])
def test_the_mean_is_that_of_the_list(portfolio_of_four, weight):
    view = leader_view(portfolio_of_four.lea, Asked(weight=weight))
    for line in (*view.lines, view.total):
        for figure in (line.average, line.change, *(figure for _, figure in line.parts)):
            rows = [view.found.rows[place] for place in behind(view, figure.cell, figure.group).places]
            values = [row[MEANS[figure.cell]] for row in rows]
            weights = [1.0 if weight == "customers" else row["arr"] for row in rows]
            assert figure.value == (pytest.approx(np.average(values, weights=weights)) if rows else None)
        rows = [view.found.rows[place] for place in behind(view, "active", line.group.key).places]
        assert sum(row["active_visitors"] for row in rows) == line.active.value
        rows = [view.found.rows[place] for place in behind(view, "arr", line.group.key).places]
        assert sum(row["arr"] for row in rows) == (line.arr.value or 0)


def test_nobody_finds_another_ones_customers(portfolio_of_four):
    for who in (portfolio_of_four.ann, portfolio_of_four.ben, portfolio_of_four.cem):
        view = leader_view(who)
        names = {row["customer"] for row in view.found.rows}
        theirs = {"Ann": {"Acme"}, "Ben": {"Borealis", "Cobalt"}, "Cem": set()}[str(who)] | {"Dorado"}
        assert names == theirs
        for figure in figures(view):
            places = behind(view, figure.cell, figure.group).places
            assert {view.found.rows[place]["customer"] for place in places} <= theirs
    with pytest.raises(UnknownGroup):
        behind(leader_view(portfolio_of_four.ann), "customers", "=Small")  # Borealis' alone


ODD = (
    "", "none", "band:", "band:great", "part:score", "feature:lapsed:nothing", "feature:most:search", "gap:lapsed:search",
    "day:x:scored", "day:2026-06-30", "day:2020-01-01:scored", "moved:up", "customers\x00:x" * 20,
)  # fmt: skip


def test_no_such_figure_and_no_such_group(portfolio_of_four):
    view = leader_view(portfolio_of_four.lea)
    for cell in ODD:
        with pytest.raises(ProductError):
            behind(view, cell)
    for group in ("=Nowhere", "+", "+0", "+3", "Enterprise", "=", "+99999999"):
        with pytest.raises(UnknownGroup):
            behind(view, "customers", group)


def test_a_reason_that_nobody_has_is_of_nobody(portfolio_of_four):
    assert behind(leader_view(portfolio_of_four.lea), "withheld:bad luck").places == []
    assert UnknownCell("x").status == 404
