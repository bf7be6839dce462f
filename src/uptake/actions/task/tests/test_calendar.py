"""The calendar feed: the teammate's own open tasks, at a secret address."""

from datetime import date

import pytest
from icalendar import Calendar

from uptake.actions.task.calendar import UnknownCalendar, calendar_of, calendar_token, renew_calendar
from uptake.actions.task.services import complete_task, create_task
from uptake.team.services import switch_teammate


def events(token: str) -> dict[str, object]:
    return {str(event["summary"]): event for event in Calendar.from_ical(calendar_of(token)).walk("VEVENT")}


@pytest.fixture
def call(acme, ann):
    return create_task(customer=acme, title="Call", due_on=date(2026, 7, 3), why="Use fell.", checklist=["Ask"], by=ann)


def test_open_tasks_of_the_teammate_and_no_others(call, acme, ann, lea, birch, ben):
    complete_task(create_task(customer=acme, title="Done", by=ann), by=ann)
    create_task(customer=acme, title="Lea's", owner=lea, by=ann)
    create_task(customer=birch, title="Ben's", by=ben)
    found = events(calendar_token(ann))
    assert list(found) == ["Acme: Call"]
    event = found["Acme: Call"]
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2026, 7, 3), date(2026, 7, 4))
    assert str(event["description"]) == "Use fell.\n[ ] Ask"


def test_an_event_keeps_its_uid(call, ann):
    before = events(calendar_token(ann))["Acme: Call"]["uid"]
    call.title = "Call soon"
    call.save()
    assert events(renew_calendar(ann))["Acme: Call soon"]["uid"] == before


def test_a_customer_that_changed_hands_takes_its_tasks_out_of_the_calendar(call, acme, ann, ben):
    acme.owner = ben
    acme.save()
    assert events(calendar_token(ann)) == {}


def test_text_cannot_add_lines_of_its_own(acme, ann):
    create_task(customer=acme, title="A;B,C\\n", why="x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:forged", by=ann)
    assert list(events(calendar_token(ann))) == ["Acme: A;B,C\\n"]


def test_a_renewed_address_ends_the_old_one(call, ann):
    old = calendar_token(ann)
    assert calendar_token(ann) == old
    new = renew_calendar(ann)
    assert new != old
    assert len(new) > 40
    for token in (old, "", "x", "\x00"):
        with pytest.raises(UnknownCalendar):
            calendar_of(token)


def test_somebody_locked_out_has_no_calendar(call, ann):
    token = calendar_token(ann)
    switch_teammate(ann, active=False)
    with pytest.raises(UnknownCalendar):
        calendar_of(token)
