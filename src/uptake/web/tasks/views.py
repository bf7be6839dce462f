"""The list of tasks, one task, and the calendar."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from uptake.actions.task.access import hide_people
from uptake.actions.task.calendar import UnknownCalendar
from uptake.actions.task.models import Priority, Task, TaskStatus
from uptake.actions.task.services import (
    access_own_task,
    access_task,
    access_tasks,
    calendar_of,
    calendar_token,
    change_task,
    complete_task,
    create_task,
    drop_task,
    renew_calendar,
    reopen_task,
    tick,
)
from uptake.customers.access import access_customer, access_customers, access_own_customer, find_customer, may_change
from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.team.rights import Right, may, require
from uptake.web.tasks.asked import DONE_DAYS, DUE, LATELY, WHOSE, Asked, teammate_of
from uptake.web.tasks.forms import TaskForm, values_of
from uptake.web.tasks.telling import deck, figures, headline

PER_PAGE = 50
VERBS = {"done": complete_task, "reopen": reopen_task, "drop": drop_task}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list."""
    asked, teammate = Asked.of(request), teammate_of(request)
    theirs = access_tasks(teammate)
    among = asked.among(theirs, teammate)
    found = figures(among)
    shown = Paginator(asked.chosen(theirs, teammate), PER_PAGE).get_page(asked.page)
    tasks = hide_people(list(shown), teammate)
    mark_changeable(tasks, request)
    context = {
        "asked": asked,
        "figures": found,
        "headline": headline(found, asked),
        "deck": deck(found, among, teammate),
        "tasks": tasks,
        "page": shown,
        "pages": [
            (number, asked.query(page=number) if isinstance(number, int) else "")
            for number in shown.paginator.get_elided_page_range(shown.number)
        ],
        "tabs": _tabs(asked, found),
        "stats": _stats(asked, found),
        "customer": access_customer(teammate, asked.customer) if asked.customer else None,
        "whose": WHOSE.items(),
        "due": [*DUE.items()] if asked.status == TaskStatus.OPEN else [(LATELY, f"Closed in {DONE_DAYS} days")],
        "priorities": Priority.choices,
        "may_make": may(teammate, Right.CHANGE_OWN),
        "clear": Asked(whose=asked.whose, status=asked.status).query(),
        "everything": Asked(whose="all").query(),
    }
    return render(request, "tasks/page.html", context)


def mark_changeable(tasks: list[Task], request: HttpRequest) -> None:
    """Each task with whether the reader may change it, for the row's buttons."""
    teammate = teammate_of(request)
    for task in tasks:
        task.is_mine_to_change = may_change(teammate, task.customer)  # type: ignore[attr-defined]


def _tabs(asked: Asked, found: Any) -> list[tuple[str, str, int, bool]]:
    numbers = {TaskStatus.OPEN: found.open, TaskStatus.DONE: found.done, TaskStatus.DROPPED: found.dropped}
    return [
        (status.label, asked.query(status=status.value, due=""), number, asked.status == status)
        for status, number in numbers.items()
    ]


def _stats(asked: Asked, found: Any) -> list[tuple[str, str, int, str, str]]:
    """Label, way in, figure, unit, note."""
    openly = {"status": "open"}
    share = f"{found.done_in_time} of them by their day" if found.done_lately else "none yet"
    return [
        ("Late", asked.query(**openly, due="late"), found.late, "tasks", "due before today"),
        ("Due today", asked.query(**openly, due="today"), found.today, "tasks", "by the end of the day"),
        ("Due within 7 days", asked.query(**openly, due="week"), found.week, "tasks", "today counts"),
        ("Done", asked.query(status="done", due=LATELY), found.done_lately, f"in {DONE_DAYS} days", share),
    ]


@require_safe
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """One task, with its checklist and the form to change it."""
    return _task_page(request, access_task(teammate_of(request), task_id))


def _task_page(request: HttpRequest, task: Task, form: TaskForm | None = None, status: int = 200) -> HttpResponse:
    teammate = teammate_of(request)
    hide_people([task], teammate)
    context = {
        "task": task,
        "may_change": may_change(teammate, task.customer),
        "sees_people": may(teammate, Right.SEE_PEOPLE),
        "form": form or TaskForm(initial=values_of(task), customer=task.customer, current=task.owner),
        "is_editing": form is not None,
    }
    return render(request, "tasks/task.html", context, status=status)


@require_POST
def change(request: HttpRequest, task_id: int) -> HttpResponse:
    """Say something else of it."""
    teammate = teammate_of(request)
    changing = access_own_task(teammate, task_id)
    form = TaskForm(request.POST, customer=changing.customer, current=changing.owner)
    if not form.is_valid():
        return _task_page(request, changing, form, status=400)
    day = form.cleaned_data["due_on"] or changing.due_on
    change_task(changing, by=teammate, due_on=day, **form.said(changing.checklist))
    return HttpResponseRedirect(reverse("tasks:task", args=[task_id]))


@require_POST
def tick_item(request: HttpRequest, task_id: int) -> HttpResponse:
    """Tick an item, or take the tick back."""
    teammate = teammate_of(request)
    item, done = request.POST.get("item", ""), request.POST.get("done") == "1"
    if not item.isdecimal() or len(item) > 4:
        raise ProductError("Say which item of the checklist.")
    ticked = tick(access_own_task(teammate, task_id), int(item), done, by=teammate)
    if request.headers.get("HX-Request"):
        return render(request, "tasks/_checklist.html", {"task": ticked, "may_change": True, "ticked_now": int(item)})
    return HttpResponseRedirect(reverse("tasks:task", args=[task_id]))


@require_POST
def close(request: HttpRequest, task_id: int, verb: str) -> HttpResponse:
    """Done, not to be done, or to be done after all. For htmx the row as it is now."""
    if verb not in VERBS:
        raise ProductError(f"A task can be {', '.join(VERBS)}.")
    teammate = teammate_of(request)
    closed = VERBS[verb](access_own_task(teammate, task_id), by=teammate)
    back = _back(request, closed)
    if request.headers.get("HX-Request"):
        mark_changeable([closed], request)
        return render(request, "tasks/_row.html", {"task": closed, "here": back, "just_now": True})
    return HttpResponseRedirect(back)


def _back(request: HttpRequest, task: Task) -> str:
    """Where the button stood, if that is a page of ours."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if ours else reverse("tasks:task", args=[task.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a task by hand: first for whom, then what."""
    teammate = teammate_of(request)
    require(teammate, Right.CHANGE_OWN)
    customer = _customer(request)
    if customer is None:
        return render(
            request, "tasks/for_whom.html", {"customers": access_customers(teammate).filter(is_archived=False)[:500]}
        )
    form = TaskForm(request.POST or None, customer=customer, initial={"owner": customer.owner_id or teammate.pk})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["due_on"]
        made = create_task(customer=customer, due_on=day, by=teammate, **form.said([]))
        return HttpResponseRedirect(reverse("tasks:task", args=[made.pk]))
    return render(request, "tasks/new.html", {"form": form, "customer": customer}, status=400 if form.errors else 200)


def _customer(request: HttpRequest) -> Customer | None:
    """By number, or as somebody typed it. Raises UnknownCustomer, AmbiguousCustomer and NotAllowed."""
    asked = (request.POST.get("customer") or request.GET.get("customer", "")).strip()
    if not asked:
        return None
    teammate = teammate_of(request)
    if asked.isdecimal() and len(asked) < 16:
        return access_own_customer(teammate, int(asked))
    return access_own_customer(teammate, find_customer(asked, among=access_customers(teammate)).pk)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The secret address of the teammate's calendar; a POST renews it."""
    teammate = teammate_of(request)
    if request.method == "POST":
        renew_calendar(teammate)
        return HttpResponseRedirect(reverse("tasks:calendar"))
    address = request.build_absolute_uri(reverse("tasks:feed", args=[calendar_token(teammate)]))
    return render(request, "tasks/calendar.html", {"address": address})


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What calendar programs read: no login, the secret in the address is the key."""
    try:
        calendar = calendar_of(token)
    except UnknownCalendar as why:  # in words that a calendar program shows, not a page
        return HttpResponse(str(why), status=why.status, content_type="text/plain; charset=utf-8")
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="uptake-tasks.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response
