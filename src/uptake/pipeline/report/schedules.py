"""Reports that are drafted as an e-mail every month or quarter. A person approves each one before it goes out.

The day stands in the database: what is due is found there by whoever looks, after any pause. The draft, its PDF and the
next day are one transaction that begins by claiming the day, so that a process that is killed leaves either all of them
or nothing, and of two that find the same day one makes the draft.
"""

import calendar
import logging
import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, transaction
from django.utils import timezone

from uptake.actions.email.models import Draft
from uptake.actions.email.services import Attached, draft_email
from uptake.customers.access import access_own_customer, may_change
from uptake.customers.models import Customer, Stakeholder
from uptake.insights import words
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.models import ReportEdition, ReportEvery, ReportSchedule
from uptake.pipeline.outreach_facts import outreach_facts
from uptake.pipeline.report.customer_safe import safe_report
from uptake.pipeline.report.making import Report, checked, made_of
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require
from uptake.team.services import record

if TYPE_CHECKING:
    from django.db.models import QuerySet

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 60.0
TEMPLATE = "report"
MONTHS = {ReportEvery.MONTH: 1, ReportEvery.QUARTER: 3}
PERIODS = {ReportEvery.MONTH: Period(30), ReportEvery.QUARTER: Period(90)}
LATEST = timedelta(days=366)
FAILED = "The report could not be made; the reason is in the server's log. It is tried again."


class BadSchedule(ProductError):
    """A report cannot be scheduled like that."""


class UnknownSchedule(ProductError):
    """The customer has no such schedule."""

    status = 404


class UsageIsMissing(ProductError):
    """The customer's usage has not come: figures that went out now would be wrong."""

    status = 409


class NobodyToDraft(ProductError):
    """Neither who scheduled the report nor the customer's owner may write to the customer."""

    status = 409


@transaction.atomic
def schedule_report(
    teammate: Teammate, customer_id: int, *, to: int, every: str, next_on: date | None, paper: str = "a4"
) -> ReportSchedule:
    """Have the customer's edition drafted to one of its stakeholders, first on ``next_on``, then every month or quarter.

    ``to``: the stakeholder's number. Asking for the same again changes nothing. Raises UnknownCustomer, NotAllowed,
    UnknownPaper and BadSchedule.
    """
    customer = access_own_customer(teammate, customer_id)
    require(teammate, Right.APPROVE_OUTREACH)
    checked(ReportEdition.CUSTOMER, paper)
    if every not in MONTHS:
        raise BadSchedule("A report is drafted every month or every quarter.")
    person = Stakeholder.objects.filter(customer=customer, pk=to).exclude(email="").first()
    if person is None:
        raise BadSchedule(f"Choose somebody at {customer} who has an e-mail address.")
    today = timezone.localdate()
    if next_on is None or not today <= next_on <= today + LATEST:
        raise BadSchedule("Choose the day of the first draft: today or later, within a year.")
    Customer.objects.select_for_update().get(pk=customer.pk)  # one after the other: the second finds the first
    found = schedules_of(customer.pk).filter(to_email=person.email).first()
    if found is not None:
        if (found.every, found.next_on, found.paper) == (every, next_on, paper):
            return found
        raise BadSchedule(f"A report to {person.name} is scheduled already; stop that one first.")
    made = ReportSchedule.objects.create(
        customer=customer,
        edition=ReportEdition.CUSTOMER,
        every=every,
        to_name=person.name,
        to_email=person.email,
        paper=paper,
        next_on=next_on,
        day=next_on.day,
        created_by=teammate,
    )
    record(
        teammate, "scheduled report of", customer, customer_id=customer.pk, schedule=made.pk,
        every=every, next_on=str(next_on), paper=paper,
    )  # fmt: skip
    return made


@transaction.atomic
def end_schedule(teammate: Teammate, customer_id: int, schedule_id: int) -> None:
    """No further drafts; those that stand there stay. Raises UnknownCustomer, NotAllowed and UnknownSchedule."""
    customer = access_own_customer(teammate, customer_id)
    found = schedules_of(customer.pk).select_for_update().filter(pk=schedule_id).first()
    if found is None:
        raise UnknownSchedule(f"{customer} has no schedule {schedule_id}.")
    record(teammate, "ended schedule of", customer, customer_id=customer.pk, schedule=schedule_id)
    found.delete()


def schedules_of(customer_id: int) -> "QuerySet[ReportSchedule]":
    """A customer's schedules, the next first. Only for who may see its people."""
    return ReportSchedule.objects.filter(customer=customer_id, edition=ReportEdition.CUSTOMER)


def draft_what_is_due(stop: threading.Event) -> None:
    """Draft reports on their day until ``stop`` is set. Any number of processes may run it."""
    while not stop.is_set():
        close_old_connections()
        try:
            draft_the_due(stop)
        except Exception:  # a busy database must not end all reports until somebody restarts
            log.exception("Drafting reports failed; going on.")
        stop.wait(LOOK_EVERY_SECONDS)
    close_old_connections()


def draft_the_due(stop: threading.Event | None = None) -> None:
    """One round: every report whose day has come. An archived customer's waits until it is restored."""
    due = ReportSchedule.objects.filter(next_on__lte=timezone.localdate(), customer__is_archived=False)
    for schedule_id in list(due.order_by("next_on", "pk").values_list("pk", flat=True)):
        if stop is not None and stop.is_set():
            return
        try:
            draft_report(schedule_id)
        except ProductError as why:
            _tell(schedule_id, str(why))
        except Exception:  # one customer's trouble is not the others'
            log.exception("The report of schedule %s failed.", schedule_id)
            _tell(schedule_id, FAILED)


def draft_report(schedule_id: int) -> Draft | None:
    """Draft the report that is due; None where none is, or another process has made it.

    After a pause over several of its days one draft is made, of the newest. Raises what ``dashboard`` and
    ``draft_email`` raise, NobodyToDraft and UsageIsMissing.
    """
    today = timezone.localdate()
    schedule = ReportSchedule.objects.select_related("customer__owner", "created_by").filter(pk=schedule_id).first()
    if schedule is None or schedule.next_on > today:
        return None
    customer, by = schedule.customer, _who(schedule)
    told = dashboard(by, customer.pk, period=PERIODS[ReportEvery(schedule.every)])
    if told.late_until is not None:
        raise UsageIsMissing(
            f"Usage of {customer} has come up to {words.day(told.late_until)} only; the report waits for the rest."
        )
    made, safe = made_of(told, ReportEdition.CUSTOMER, paper=schedule.paper), safe_report(told)
    facts = {**outreach_facts(by, [customer.pk])[customer.pk], "report": safe.head.period, "report_says": safe.deck}
    with transaction.atomic():
        is_ours = ReportSchedule.objects.filter(pk=schedule.pk, next_on=schedule.next_on).update(
            next_on=following(schedule, today), trouble=""
        )
        return _drafted(schedule, made, facts, by) if is_ours else None


def _drafted(schedule: ReportSchedule, made: Report, facts: dict[str, object], by: Teammate) -> Draft:
    """To the stakeholder as known today; to nobody yet where they are no stakeholder any more."""
    to = Stakeholder.objects.filter(customer=schedule.customer, email=schedule.to_email).first()
    attached = Attached(made.file_name, made.pdf)
    return draft_email(customer=schedule.customer, template=TEMPLATE, facts=facts, to=to, by=by, attached=attached)


def _who(schedule: ReportSchedule) -> Teammate:
    """Under whose name the draft stands: who scheduled it, else the customer's owner."""
    customer = schedule.customer
    for teammate in (schedule.created_by, customer.owner):
        if teammate is not None and may_change(teammate, customer) and may(teammate, Right.SEE_PEOPLE):
            return teammate
    raise NobodyToDraft(f"Who scheduled this may not write to {customer} any more, and it has no owner who may.")


def following(schedule: ReportSchedule, today: date) -> date:
    """The schedule's first day after today: on its day of the month, on the last of a month that is too short."""
    day, months = schedule.next_on, MONTHS[ReportEvery(schedule.every)]
    while day <= today:
        years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        day = date(years, month + 1, min(schedule.day, calendar.monthrange(years, month + 1)[1]))
    return day


def _tell(schedule_id: int, trouble: str) -> None:
    """Where people look; it stays due."""
    ReportSchedule.objects.filter(pk=schedule_id).update(trouble=words.shortened(trouble, 300))
