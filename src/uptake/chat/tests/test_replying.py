"""The chat in a workspace where nothing was imported yet."""

import pytest

from uptake.chat.tools.replying import choose, reply, suggestions
from uptake.pipeline.scoring import NothingToScore
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role

pytestmark = pytest.mark.django_db


def test_without_usage_it_says_how_to_begin():
    eve = teammate("eve@ours.example")
    with pytest.raises(NothingToScore):
        reply(eve, "show scores")
    assert "Drop a usage export" in reply(eve, "how do i upload a file").headline


def test_suggestions_are_what_the_role_may_do():
    eve, vic = teammate("eve@ours.example"), teammate("vic@ours.example", Role.VIEWER)
    assert "Create tasks for the 3 laggards" in suggestions(eve)
    assert "Create tasks for the 3 laggards" not in suggestions(vic)


def test_choosing_a_change_still_asks():
    assert choose(teammate("eve@ours.example"), "update_health", {}).confirm is not None
