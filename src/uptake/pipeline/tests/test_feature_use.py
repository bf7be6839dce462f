"""The matrix, worked out by hand (the usage stands in conftest): Search and Export, three customers.

June: Acme's one user uses both; Borealis' one user Search; nobody at Cobalt is there.
"""

from datetime import date

import pytest

from uptake.customers.features import define_features
from uptake.customers.inputs import NewEntitlement, NewFeature
from uptake.customers.services import grant_entitlements
from uptake.pipeline.explaining import open_score
from uptake.pipeline.feature_use import Cell, feature_use
from uptake.pipeline.tests.by_hand import LAST

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = date(2025, 1, 1)


def test_cells_say_who_uses_what(workspace):
    use = feature_use()
    assert use.as_of == LAST
    assert [(each.feature_id, each.name, each.category, each.importance) for each in use.features] == [
        ("export", "Export", "", 50),
        ("search", "Search", "", 50),
    ]
    assert use.cells[workspace.acme.pk] == {
        "export": Cell(users=1, uses=220, reach=1.0, is_available=True, is_adopted=True),
        "search": Cell(users=1, uses=220, reach=1.0, is_available=True, is_adopted=True),
    }
    assert use.cells[workspace.borealis.pk] == {
        "export": Cell(users=0, uses=0, reach=0.0, is_available=True, is_adopted=False),
        "search": Cell(users=1, uses=55, reach=1.0, is_available=True, is_adopted=True),
    }
    assert use.cells[workspace.cobalt.pk]["search"] == Cell(0, 0, None, True, False)  # nobody active: no reach
    assert 999 not in use.cells
    assert sorted(use.cells) == sorted([workspace.acme.pk, workspace.borealis.pk, workspace.cobalt.pk])


def test_cells_are_those_of_an_opened_score(workspace):
    for customer in (workspace.acme, workspace.borealis):
        opened = {cell["feature_id"]: cell for cell in open_score(customer.name).features}
        cells = feature_use().cells[customer.pk]
        assert {name: (cell.users, cell.uses, cell.reach) for name, cell in cells.items()} == {
            name: (cell["users"], cell["uses"], cell["reach"]) for name, cell in opened.items()
        }


def test_adoption_is_counted_over_the_customers_given(workspace):
    everybody = [workspace.acme.pk, workspace.borealis.pk, workspace.cobalt.pk]
    found = feature_use().adoption(everybody)
    assert [(each.feature, each.adopted, each.available, each.level) for each in found] == [
        ("Search", 2, 3, "High"),
        ("Export", 1, 3, "Medium"),
    ]
    assert [each.rate for each in found] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    # Ben's two: Search by one of two, Export by none
    bens = feature_use().adoption([workspace.borealis.pk, workspace.cobalt.pk])
    assert [(each.feature, each.rate, each.level) for each in bens] == [("Search", 0.5, "Medium"), ("Export", 0, "Low")]
    assert [(each.rate, each.level) for each in feature_use().adoption([])] == [(None, None), (None, None)]


def test_a_feature_that_is_granted_and_never_used_stands_there_too(workspace):
    [alerts] = define_features([NewFeature("Alerts", category="core", importance=80)])
    grant_entitlements([NewEntitlement(workspace.acme, "feature", starts_on=FIRST, feature=alerts)])
    use = feature_use()
    first = use.features[0]
    assert (first.name, first.category, first.importance) == ("Alerts", "core", 80)
    cells = use.cells[workspace.acme.pk]
    assert cells["alerts"] == Cell(0, 0, 0.0, True, False)
    assert not cells["search"].is_available  # used, and not granted
    found = {each.feature: (each.adopted, each.available) for each in use.adoption([workspace.acme.pk])}
    assert found == {"Alerts": (0, 1), "Search": (0, 0), "Export": (0, 0)}


def test_a_past_day_is_counted_as_of_then(workspace):
    use = feature_use(as_of=date(2026, 5, 31))
    assert [each.name for each in use.features] == ["Search"]  # Export was first used in June
    assert use.cells[workspace.borealis.pk]["search"].uses == 290  # 2 to 30 May, ten a day
