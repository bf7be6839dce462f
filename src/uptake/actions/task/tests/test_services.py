"""Tasks are made, changed, ticked and closed; who may, and what is refused."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from uptake.actions.task import inputs
from uptake.actions.task.models import Task, today
from uptake.actions.task.services import (
    BadTask,
    TaskClosed,
    change_task,
    complete_task,
    create_task,
    drop_task,
    reopen_task,
    tick,
    working_day_after,
)
from uptake.insights import recommendations
from uptake.team.models import AuditRecord, Teammate
from uptake.team.rights import NotAllowed
from uptake.team.services import switch_teammate


@pytest.fixture
def call(acme, ann) -> Task:
    return create_task(
        customer=acme, title="Call Acme", checklist=["Look at Reports", "Call"], rule="usage-drop", by=ann
    )


def test_a_task_says_all_it_was_given(acme, ann, ben, lea):
    task = create_task(
        customer=acme,
        title="  Show   Reports ",
        why="3 of 40 use it.",
        owner=lea,
        due_on=date(2026, 8, 3),
        priority="high",
        checklist=["Ask", {"text": "Show", "done": True}, " "],
        rule="unused-feature:reports",
        by=ann,
    )
    task.refresh_from_db()
    assert (task.title, task.why, task.owner, task.due_on) == ("Show Reports", "3 of 40 use it.", lea, date(2026, 8, 3))
    assert task.checklist == [{"text": "Ask", "done": False}, {"text": "Show", "done": True}]
    assert (task.ticked, task.status, task.created_by, task.rule) == (1, "open", ann, "unused-feature:reports")
    [line] = AuditRecord.objects.filter(verb="made task")
    assert (line.teammate, line.customer_id, line.details["task"]) == (ann, acme.pk, task.pk)


def test_the_owner_is_the_customers_else_who_makes_it_else_nobody(acme, ann, lea, key):
    assert create_task(customer=acme, title="A", by=lea).owner == ann
    acme.owner = None
    acme.save()
    assert create_task(customer=acme, title="B", by=lea).owner == lea
    assert create_task(customer=acme, title="C", by=key).owner is None


@pytest.mark.parametrize(("priority", "days"), [("critical", 1), ("high", 3), ("medium", 5), ("low", 10)])
def test_without_a_day_the_priority_says_by_when(acme, ann, priority, days):
    assert create_task(customer=acme, title="A", priority=priority, by=ann).due_on == working_day_after(today(), days)


def test_due_days_follow_the_customers_working_week(acme, ann):
    acme.working_days = "all days"
    task = create_task(customer=acme, title="A", due_days=7, by=ann)
    assert (task.due_on - today()).days == 7


def test_a_recommendation_makes_one_open_task(acme, ann, birch, lea, call):
    assert create_task(customer=acme, title="Call them again", rule="usage-drop", by=lea) == call
    assert create_task(customer=birch, title="Call Birch", rule="usage-drop", by=lea) != call
    complete_task(call, by=ann)
    assert create_task(customer=acme, title="Once more", rule="usage-drop", by=ann) != call


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": "  "}, "needs a title"),
        ({"title": "x" * 201}, "201 characters"),
        ({"priority": "urgent"}, "critical, high, medium, low"),
        ({"due_days": -1}, "0 to 1000"),
        ({"due_on": date(1, 1, 1)}, "no day to do"),
        ({"checklist": ["x" * 301]}, "too long"),
        ({"checklist": [str(n) for n in range(31)]}, "30 is the most"),
        ({"why": "x" * 4001}, "4000"),
    ],
)
def test_what_cannot_be_is_refused(acme, ann, wrong, sentence):
    with pytest.raises(BadTask, match=sentence):
        create_task(customer=acme, by=ann, **{"title": "A", **wrong})
    assert not Task.objects.exists()


def test_only_who_sees_the_customer_can_own_its_task(acme, ann, ben, lea, key):
    for somebody, sentence in ((ben, "does not see Acme"), (key, "does not log in")):
        with pytest.raises(BadTask, match=sentence):
            create_task(customer=acme, title="A", owner=somebody, by=ann)
    switch_teammate(lea, active=False)
    with pytest.raises(BadTask, match="does not log in"):
        create_task(customer=acme, title="A", owner=Teammate.objects.get(pk=lea.pk), by=ann)


def test_a_task_is_ticked_item_by_item(call, ann):
    assert tick(call, 1, True, by=ann).checklist[1]["done"]
    assert tick(call, 0, True, by=ann).ticked == 2
    assert Task.objects.get(pk=call.pk).is_open
    assert tick(call, 1, False, by=ann).ticked == 1
    with pytest.raises(TaskClosed, match="no item 3"):
        tick(call, 2, True, by=ann)


def test_a_task_is_done_and_reopened(call, ann):
    done = complete_task(call, by=ann)
    assert (done.status, done.done_at is not None) == ("done", True)
    assert complete_task(call, by=ann).done_at == done.done_at
    with pytest.raises(TaskClosed, match="was done meanwhile"):
        tick(call, 0, True, by=ann)
    with pytest.raises(TaskClosed, match="was done meanwhile"):
        drop_task(call, by=ann)
    again = reopen_task(call, by=ann)
    assert (again.is_open, again.done_at) == (True, None)
    verbs = list(AuditRecord.objects.order_by("pk").filter(details__task=call.pk).values_list("verb", flat=True))
    assert verbs == ["made task", "did task", "reopened task"]


def test_a_dropped_task_does_not_come_back_beside_its_successor(call, acme, ann):
    drop_task(call, by=ann)
    create_task(customer=acme, title="Call Acme", rule="usage-drop", by=ann)
    with pytest.raises(TaskClosed, match="since; use that one"):
        reopen_task(call, by=ann)


def test_a_task_is_changed(call, ann, lea):
    changed = change_task(call, by=ann, title="Write to Acme", owner=lea, priority="low", checklist=["Write"])
    changed.refresh_from_db()
    assert (changed.title, changed.owner, changed.priority, changed.ticked) == ("Write to Acme", lea, "low", 0)
    [line] = AuditRecord.objects.filter(verb="changed task")
    assert line.details["changed"] == ["checklist", "owner", "priority", "title"]
    change_task(call, by=ann, title="Write to Acme")
    assert AuditRecord.objects.filter(verb="changed task").count() == 1
    assert change_task(call, by=ann, owner=None).owner is None


def test_late_is_what_is_open_after_its_day(call):
    call.due_on = date(2020, 1, 1)
    assert call.is_late
    call.status = "done"
    assert not call.is_late
    call.status, call.due_on = "open", today()
    assert not call.is_late


def test_only_who_may_change_the_customer_touches_its_tasks(call, acme, ann, ben, cem, pia, lea):
    for stranger in (ben, cem, pia):
        for attempt in (
            lambda who: create_task(customer=acme, title="A", by=who),
            lambda who: change_task(call, by=who, title="B"),
            lambda who: complete_task(call, by=who),
            lambda who: reopen_task(call, by=who),
            lambda who: drop_task(call, by=who),
            lambda who: tick(call, 0, True, by=who),
        ):
            with pytest.raises(NotAllowed, match="Acme is not yours to change"):
                attempt(stranger)
    assert Task.objects.get().title == "Call Acme"
    assert complete_task(call, by=lea).status == "done"


def test_most_urgent_first(acme, ann):
    for title, day, priority in (("late low", 1, "low"), ("late high", 1, "high"), ("soon critical", 2, "critical")):
        create_task(customer=acme, title=title, due_on=date(2026, 7, day), priority=priority, by=ann)
    assert [task.title for task in Task.objects.most_urgent_first()] == ["late high", "late low", "soon critical"]


def test_making_a_task_asks_few_questions(acme, ann):
    with CaptureQueriesContext(connection) as queries:
        create_task(customer=acme, title="A", rule="r", by=ann)
    assert len(queries) <= 6


def test_the_same_task_a_moment_later_is_a_button_pressed_twice(acme, ann, lea):
    one = create_task(customer=acme, title="By hand", by=ann)
    assert create_task(customer=acme, title="By hand", by=ann) == one
    assert create_task(customer=acme, title="By hand", by=lea) != one
    assert create_task(customer=acme, title="By hand", priority="low", by=ann) != one
    Task.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert create_task(customer=acme, title="By hand", by=ann) != one


def test_recommendations_fit_into_tasks():
    room = (recommendations.TITLE, recommendations.REASON, recommendations.STEP)
    assert room == (inputs.LONGEST_TITLE, inputs.LONGEST_WHY, inputs.LONGEST_ITEM)
