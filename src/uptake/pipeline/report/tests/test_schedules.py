"""A scheduled report is drafted once on its day, with its PDF, and goes out only after a person approved it."""

import threading
from datetime import date, timedelta

import pytest
from django.db import close_old_connections
from django.utils import timezone

from uptake.actions.email.models import Draft, DraftFile, DraftStatus
from uptake.actions.email.services import discard_draft
from uptake.customers.access import UnknownCustomer
from uptake.customers.models import Stakeholder
from uptake.pipeline.dashboard.tests.by_hand import ADA
from uptake.pipeline.models import ReportSchedule
from uptake.pipeline.report import schedules
from uptake.pipeline.report.schedules import BadSchedule, UnknownSchedule, draft_the_due, following
from uptake.pipeline.report.tests.reading import text_of
from uptake.pipeline.tests.by_hand import pendo_came_up_to
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The day it is; set ``day`` to let time pass."""

    class Clock:
        day = TODAY

        def today(self):
            return self.day

    made = Clock()
    monkeypatch.setattr(timezone, "localdate", made.today)
    return made


def scheduled(dorado, **other):
    to = Stakeholder.objects.get(customer=dorado.dorado, email=ADA).pk
    asked = {"to": to, "every": "month", "next_on": TODAY, **other}
    return schedules.schedule_report(dorado.ann, dorado.dorado.pk, **asked)


def test_on_its_day_a_draft_is_made_once_with_the_customers_edition(dorado, clock):
    schedule = scheduled(dorado, next_on=date(2026, 7, 2))
    draft_the_due()
    assert not Draft.objects.exists()  # not yet
    clock.day = date(2026, 7, 2)
    for _ in range(2):
        draft_the_due()
    [draft] = Draft.objects.all()
    assert (draft.to_email, draft.to_name, draft.template) == (ADA, "Ada Lovelace", "report")
    assert (draft.status, draft.approved_at, draft.created_by) == (DraftStatus.DRAFT, None, dorado.ann)
    assert draft.subject == "Dorado: your product use, 30 days to 30 Jun 2026"
    # June: ada 22 Search and 22 Reports, ben 2 Search and 1 Export, cem 1 Search
    assert "In the last 30 days 3 people used the product 48 times." in draft.body
    assert draft.attachment_name == "dorado-2026-06-30.pdf"
    text = text_of(bytes(draft.file.content))
    assert "Users in the last 30 days 3 users" in text
    assert not [word for word in ("internal", "score", "dorado.example", "Dan Brown") if word in text]
    schedule.refresh_from_db()
    assert (schedule.next_on, schedule.trouble) == (date(2026, 8, 2), "")
    discard_draft(draft, by=dorado.ann)  # while it is open, the same words again would be the same draft
    clock.day = date(2026, 8, 2)
    draft_the_due()
    assert Draft.objects.count() == 2  # the next month's


def test_two_processes_that_find_the_same_day_make_one_draft(dorado):
    schedule = scheduled(dorado)
    both_are_ready = threading.Barrier(2, timeout=60)
    claim = schedules.outreach_facts

    def wait_for_the_other(*given):
        found = claim(*given)
        both_are_ready.wait()  # both have worked the report out, neither has claimed the day
        return found

    def draft():
        schedules.draft_report(schedule.pk)
        close_old_connections()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedules, "outreach_facts", wait_for_the_other)
        threads = [threading.Thread(target=draft) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Draft.objects.count() == DraftFile.objects.count() == 1


def test_killed_between_claim_and_draft_nothing_is_lost(dorado, monkeypatch):
    schedule = scheduled(dorado)

    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(schedules, "draft_email", die)
        with pytest.raises(Killed):
            draft_the_due()
    schedule.refresh_from_db()
    assert schedule.next_on == TODAY
    assert not Draft.objects.exists()
    draft_the_due()
    assert Draft.objects.count() == 1


def test_after_a_long_pause_one_draft_is_made_of_the_newest(dorado, clock):
    schedule = scheduled(dorado, every="quarter")
    clock.day = date(2027, 2, 10)
    draft_the_due()
    [draft] = Draft.objects.all()
    assert "90 days to " in draft.subject
    schedule.refresh_from_db()
    assert schedule.next_on == date(2027, 4, 1)


@pytest.mark.parametrize(
    ("every", "first", "today", "then"),
    [
        ("month", date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 28)),
        ("month", date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31)),  # chosen was the 31st
        ("month", date(2026, 12, 31), date(2026, 12, 31), date(2027, 1, 31)),
        ("quarter", date(2026, 11, 30), date(2026, 11, 30), date(2027, 2, 28)),
        ("quarter", date(2024, 1, 31), date(2026, 11, 30), date(2027, 1, 31)),
    ],
)
def test_the_day_of_the_month_stays(every, first, today, then):
    day = 30 if first.month == 11 else 31
    assert following(ReportSchedule(every=every, next_on=first, day=day), today) == then


def test_who_may_schedule_what(dorado):
    ada = Stakeholder.objects.get(customer=dorado.dorado, email=ADA).pk
    asked = {"to": ada, "every": "month", "next_on": TODAY}
    for teammate, refusal in ((dorado.ben, UnknownCustomer), (dorado.vic, NotAllowed)):
        with pytest.raises(refusal):
            schedules.schedule_report(teammate, dorado.dorado.pk, **asked)
    stranger = Stakeholder.objects.create(customer=dorado.dorado, name="No address").pk
    wrong = [{"to": 0}, {"to": stranger}, {"every": "day"}, {"next_on": None}]
    wrong += [{"next_on": TODAY - timedelta(days=1)}, {"next_on": TODAY + timedelta(days=400)}]
    for other in wrong:
        with pytest.raises(BadSchedule):
            scheduled(dorado, **other)
    made = scheduled(dorado)
    assert scheduled(dorado) == made  # pressed twice
    with pytest.raises(BadSchedule, match="already"):
        scheduled(dorado, every="quarter")
    for teammate, refusal in ((dorado.ben, UnknownCustomer), (dorado.vic, NotAllowed)):
        with pytest.raises(refusal):
            schedules.end_schedule(teammate, dorado.dorado.pk, made.pk)
    schedules.end_schedule(dorado.lea, dorado.dorado.pk, made.pk)
    with pytest.raises(UnknownSchedule):
        schedules.end_schedule(dorado.lea, dorado.dorado.pk, made.pk)
    draft_the_due()
    assert not Draft.objects.exists()
    verbs = AuditRecord.objects.filter(customer_id=dorado.dorado.pk).values_list("verb", "teammate")
    assert ("scheduled report of", dorado.ann.pk) in verbs
    assert ("ended schedule of", dorado.lea.pk) in verbs


def test_trouble_is_told_and_tried_again(dorado):
    schedule = scheduled(dorado)
    dorado.ann.is_active = False
    dorado.ann.save()
    draft_the_due()
    schedule.refresh_from_db()
    assert "no owner who may" in schedule.trouble
    assert schedule.next_on == TODAY
    dorado.dorado.owner = dorado.lea
    dorado.dorado.save()
    Stakeholder.objects.filter(email=ADA).delete()
    draft_the_due()
    schedule.refresh_from_db()
    assert (schedule.trouble, schedule.next_on) == ("", date(2026, 8, 1))
    [draft] = Draft.objects.all()
    assert (draft.to_email, draft.created_by) == ("", dorado.lea)  # ada is gone: a person says to whom


def test_a_report_waits_for_usage_that_has_not_come(dorado):
    schedule = scheduled(dorado)
    connection = pendo_came_up_to("Dorado", date(2026, 6, 27))
    draft_the_due()
    schedule.refresh_from_db()
    assert not Draft.objects.exists()
    assert schedule.trouble == "Usage of Dorado has come up to 27 Jun 2026 only; the report waits for the rest."
    assert schedule.next_on == TODAY
    pendo_came_up_to("Dorado", date(2026, 6, 30), connection)
    draft_the_due()
    schedule.refresh_from_db()
    assert (Draft.objects.count(), schedule.trouble) == (1, "")


def test_an_archived_customers_report_waits(dorado):
    scheduled(dorado)
    dorado.dorado.is_archived = True
    dorado.dorado.save()
    draft_the_due()
    assert not Draft.objects.exists()
    assert ReportSchedule.objects.get().trouble == ""
