"""Who sees which tasks, and what of them."""

import pytest

from uptake.actions.task.access import UnknownTask, access_own_task, access_task, access_tasks, hide_people
from uptake.actions.task.services import change_task, create_task
from uptake.customers.services import create_customer
from uptake.team.rights import NotAllowed


@pytest.fixture
def call(acme, ann, marta):
    return create_task(customer=acme, title="Call Marta Heinze", why="u17@acme.example is away.", by=ann)


def test_a_csm_sees_their_own_and_the_unowned(call, ann, ben, lea, cem):
    nobodys = create_customer(name="Nobody's")
    free = create_task(customer=nobodys, title="Find an owner", by=lea)
    assert set(access_tasks(ann)) == {call, free}
    assert set(access_tasks(ben)) == {free}
    assert set(access_tasks(lea)) == set(access_tasks(cem)) == {call, free}


def test_another_csms_task_is_not_there(call, ann, ben, cem):
    assert access_own_task(ann, call.pk) == call
    with pytest.raises(UnknownTask):
        access_task(ben, call.pk)
    assert access_task(cem, call.pk) == call
    with pytest.raises(NotAllowed):
        access_own_task(cem, call.pk)


def test_where_csms_see_all_they_only_look(call, ben, settings):
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"csm_sees": "all"})
    assert access_task(ben, call.pk) == call
    with pytest.raises(NotAllowed):
        access_own_task(ben, call.pk)


def test_a_persons_own_words_are_read_only_by_who_may_see_people(call, ann, cem, pia):
    [seen] = hide_people([access_task(ann, call.pk)], ann)
    assert (seen.title, seen.why) == ("Call Marta Heinze", "u17@acme.example is away.")
    for reader in (cem, pia):
        [seen] = hide_people([access_task(reader, call.pk)], reader)
        assert (seen.title, seen.why, seen.checklist) == ("Task for Acme", "", [])


def test_a_title_made_without_people_is_read_by_everybody_until_somebody_writes_another(acme, ann, cem):
    task = create_task(
        customer=acme, title="Widen the annual use beyond Ann", title_without_people="Widen the annual use", by=ann
    )
    assert [each.title for each in hide_people([access_task(cem, task.pk)], cem)] == ["Widen the annual use"]
    change_task(task, by=ann, priority="high")
    assert [each.title for each in hide_people([access_task(cem, task.pk)], cem)] == ["Widen the annual use"]
    change_task(task, by=ann, title="Ask Jo")
    assert [each.title for each in hide_people([access_task(cem, task.pk)], cem)] == ["Task for Acme"]
