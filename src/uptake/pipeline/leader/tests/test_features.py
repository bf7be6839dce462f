"""Features by group and common gaps, worked out by hand.

Of June and May, both 22 and 21 working days:
  Acme      (Enterprise) Search and Export in June, Search in May
  Borealis  (Small)      Search in both
  Cobalt                 nothing in either, used Search a year ago
  Elm       (Small)      Export in May by its one user, in June only Search: Export fell out of use
  Fir       (Small)      as Elm, but its first use was on 15 May: no two periods of history
Nobody has an entitlement, so both features are available to everybody.
"""

from datetime import date
from decimal import Decimal

import pytest

from uptake.customers.features import define_features
from uptake.customers.inputs import NewEntitlement, NewFeature
from uptake.customers.services import add_contract, grant_entitlements
from uptake.kit.days import Period
from uptake.pipeline.feature_use import feature_use
from uptake.pipeline.leader import Asked, leader_view
from uptake.pipeline.leader import features as of_features
from uptake.pipeline.tests.by_hand import JUNE, LAST, WORKDAYS, daily_use, import_usage, own
from uptake.pipeline.tests.conftest import people, usage, workspace

__all__ = ["people", "usage", "workspace"]

pytestmark = pytest.mark.django_db(transaction=True)

MAY = [day.replace(month=5) for day in JUNE]


@pytest.fixture
def trees(workspace):
    rows = [
        ("Elm", "first@old.example", "Search", LAST.replace(year=2025)),
        *daily_use("Elm", "e@elm.example", "Export", MAY),
        *daily_use("Fir", "f@fir.example", "Export", MAY[14:]),
        *daily_use("Elm", "e@elm.example", "Search", WORKDAYS),
        *daily_use("Fir", "f@fir.example", "Search", WORKDAYS),
    ]
    import_usage(workspace.folder, rows, name="trees.csv")
    workspace.elm, workspace.fir = own("Elm", segment="Small"), own("Fir", segment="Small")
    return workspace


def shares(who, measure, **asked):
    """Feature -> (share of all, how many, of how many, share by group)."""
    view = leader_view(who, Asked(**asked))
    titles = [group.title for group in view.side_by_side.groups]
    return {
        line.feature.name: (
            line.total.value, line.total.count, line.among.count,
            dict(zip(titles, (cell.value for cell in line.cells), strict=True)),
        )
        for line in of_features.table(view, measure, view.side_by_side)
    }  # fmt: skip


def test_what_fell_out_of_use(trees):
    found = shares(trees.lea, "lapsed")
    assert list(found) == ["Export", "Search"]  # the most customers first
    # Export: only Elm had adopted it with two periods of history; it no longer does
    assert found["Export"] == (1.0, 1, 1, {"Small": 1.0, "Enterprise": None, "Not set": None})
    # Search: Acme and Borealis had, and still do
    assert found["Search"] == (0.0, 0, 2, {"Small": 0.0, "Enterprise": 0.0, "Not set": None})


def test_the_whole_time_has_no_period_before(trees):
    assert shares(trees.lea, "lapsed", period=Period(None)) == {}


def test_adopted_is_the_rate_of_the_portfolio(trees):
    found = shares(trees.lea, "adopted")
    ids = [customer.pk for customer in (trees.acme, trees.borealis, trees.cobalt, trees.elm, trees.fir)]
    assert {name: share for name, (share, *_) in found.items()} == {
        each.feature: each.rate for each in feature_use().adoption(ids)
    }
    # of three Small all use Search; Cobalt, where nobody is active, adopted nothing
    assert found["Search"] == (4 / 5, 4, 5, {"Small": 1.0, "Enterprise": 1.0, "Not set": 0.0})
    assert found["Export"] == (1 / 5, 1, 5, {"Small": 0.0, "Enterprise": 1.0, "Not set": 0.0})


def test_shares_by_arr(trees):
    for customer, arr in ((trees.acme, 100), (trees.borealis, 300)):
        add_contract(customer, arr=Decimal(arr), currency="EUR", starts_on=date(2026, 1, 1))
    found = shares(trees.lea, "adopted", weight="arr")
    assert found["Export"] == (0.25, 1, 2, {"Small": 0.0, "Enterprise": 1.0, "Not set": None})


def gaps(who, **asked):
    return {
        gap.feature.name: (gap.known.count, gap.gap.count, gap.paid.count, gap.wanted.count, gap.arr.value)
        for gap in of_features.gaps(leader_view(who, Asked(**asked)))
    }


def test_a_paid_feature_that_nobody_uses_is_a_gap(trees):
    """Borealis' contract names Alerts and Search: Alerts is paid for and not used, Export is no longer available."""
    alerts = define_features([NewFeature("Alerts")])[0]
    search = define_features([NewFeature("Search", event_names=(("*", "Search"),))])[0]
    for feature in (alerts, search):
        grant_entitlements([NewEntitlement(trees.borealis, "feature", starts_on=date(2025, 1, 1), feature=feature)])
    add_contract(trees.borealis, arr=Decimal(5_000), currency="EUR", starts_on=date(2025, 1, 1))
    found = gaps(trees.lea)
    assert found["Alerts"] == (1, 1, 1, 0, 5_000)
    assert set(found) == {"Alerts", "Search"}  # Search: Cobalt is behind its peers; see below


def test_behind_the_peers(trees):
    """All are peers, fewer than eight of a segment. Of those active the middle reach of Search is 1: Cobalt, where
    nobody is active, is behind with it. Of Export it is 0."""
    assert gaps(trees.lea) == {"Search": (5, 1, 0, 1, None)}


def test_peers_are_the_same_whoever_looks(trees):
    """Ben owns Borealis and Cobalt, and sees the trees that nobody owns."""
    assert gaps(trees.ben) == {"Search": (4, 1, 0, 1, None)}
    assert gaps(trees.ann) == {}
