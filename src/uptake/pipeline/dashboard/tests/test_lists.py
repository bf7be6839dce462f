"""Every number opens the list behind it, and the list is as long as the number says."""

import pytest

from uptake.kit.days import Period
from uptake.pipeline.dashboard import behind, dashboard
from uptake.pipeline.dashboard.asking import NothingBehind
from uptake.pipeline.dashboard.lists import LISTS
from uptake.pipeline.dashboard.tests.by_hand import ADA, LAST
from uptake.pipeline.dashboard.tests.lists_hold import told_apart

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("period", ["7d", "30d", "all"])
def test_every_number_of_a_full_dashboard(dorado, period):
    shown = dashboard(dorado.ann, dorado.dorado.pk, period=Period.parse(period))
    assert told_apart(shown, dorado.ann) == []


def test_every_number_of_sparse_ones(workspace):
    for customer in (workspace.acme, workspace.borealis, workspace.cobalt):
        shown = dashboard(workspace.lea, customer.pk)
        assert told_apart(shown, workspace.lea) == []


def test_a_list_says_what_it_is(dorado):
    made = behind(dorado.ann, dorado.dorado.pk, "feature:search")
    assert (made.title, made.noun, made.count, made.as_of) == ("Users of Search in the last 30 days", "user", 3, LAST)
    assert next((person.visitor_id, person.uses) for person in made.people) == (ADA, 22)  # of Search, not of all
    sessions = behind(dorado.ann, dorado.dorado.pk, "sessions")
    assert [name for name, _ in sessions.columns] == ["user", "day", "started_at", "amount", "with_others"]
    assert behind(dorado.ann, dorado.dorado.pk, "logins").rows[0] == {"user": ADA, "amount": 5}


def test_what_is_no_list_is_refused(dorado):
    for key in ("", "nothing", "feature:no-such", "funnel:basic", "hour:9:1", "hour:a:b", "week:2020-01-01", "tag:x"):
        with pytest.raises(NothingBehind):
            behind(dorado.ann, dorado.dorado.pk, key)
    assert behind(dorado.ann, dorado.dorado.pk, "lifecycle:1999-01-01:new").count == 0


def test_there_is_a_list_for_every_status():
    assert {"status_active", "status_engaged", "status_at_risk", "status_dormant", "status_undated"} <= set(LISTS)
