"""The Tasks pages, with and without htmx, for the owner, a fellow CSM and a viewer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from uptake.actions.task.calendar import calendar_token
from uptake.actions.task.models import Task, today
from uptake.actions.task.services import create_task
from uptake.customers.services import create_customer
from uptake.team.models import Role
from uptake.team.services import switch_teammate
from uptake.web.tasks.forms import possible_owners
from uptake.web.tasks.tests.conftest import browser, teammate

HTMX = {"HX-Request": "true"}
PAGE = "/tasks/"


def test_the_list_says_what_presses_and_why(call, acme, ann):
    create_task(customer=acme, title="Late one", due_on=today() - timedelta(days=1), by=ann)
    page = browser(ann).get(PAGE).content.decode()
    assert "<h1>One task is late</h1>" in page
    assert "Begin with “Late one”" in page
    assert page.index("<b>Late one</b>") < page.index("Call &lt;b&gt;them")
    assert "Use fell." in page
    assert 'data-tone="bad">Late</span>' in page


def test_hostile_names_stay_text(call, ann):
    for path in (
        PAGE,
        f"{PAGE}{call.pk}/",
        f"{PAGE}?customer={call.customer_id}",
        f"{PAGE}new?customer={call.customer_id}",
    ):
        page = browser(ann).get(path).content.decode()
        assert "<script>alert" not in page
        assert "<b>them" not in page
        assert "Acme &lt;script&gt;" in page


@pytest.fixture
def several(acme, ann) -> None:
    day = today()
    for title, due, priority in (
        ("A late", -3, "low"),
        ("B today", 0, "high"),
        ("C soon", 5, "medium"),
        ("D far", 90, "high"),
    ):
        create_task(
            customer=acme, title=title, due_on=day + timedelta(days=due), priority=priority, why=f"why {title}", by=ann
        )
    create_task(customer=create_customer(name="Birch"), title="E free", due_on=day, by=ann)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", "ABCDE"),
        ("due=late", "A"),
        ("due=today", "BE"),
        ("due=week", "BCE"),
        ("priority=high", "BD"),
        ("priority=high&due=week", "B"),
        ("search=birch", "E"),
        ("search=WHY+C", "C"),
        ("status=done", ""),
    ],
)
def test_filters_stand_in_the_address(several, ann, query, titles):
    shown = browser(ann).get(f"{PAGE}?{query}").context["tasks"]
    assert sorted(task.title[0] for task in shown) == list(titles)


def test_mine_and_all(call, several, ann, ben):
    mine = browser(ben).get(PAGE)
    assert "You have no open tasks" in mine.content.decode()
    shown = browser(ben).get(f"{PAGE}?whose=all").context["tasks"]
    assert [task.title for task in shown] == ["E free"]


@pytest.mark.parametrize("query", ["status=gone", "due=never", "customer=x", "page=x", "priority=1"])
def test_an_address_that_says_nothing_is_refused_with_a_sentence(ann, query):
    found = browser(ann).get(f"{PAGE}?{query}")
    assert found.status_code == 400
    assert "Traceback" not in found.content.decode()


def test_long_lists_come_in_pages(acme, ann, django_assert_max_num_queries):
    for number in range(60):
        create_task(customer=acme, title=f"Task {number}", by=ann)
    client = browser(ann)
    with django_assert_max_num_queries(16):
        first = client.get(PAGE)
    assert (len(first.context["tasks"]), "1–50 of 60 tasks" in first.content.decode()) == (50, True)
    assert len(client.get(f"{PAGE}?page=2").context["tasks"]) == 10
    assert len(client.get(f"{PAGE}?page=99").context["tasks"]) == 10


def test_done_by_a_plain_form_and_by_htmx(call, ann):
    url = reverse("tasks:close", args=[call.pk, "done"])
    plain = browser(ann).post(url, {"next": "/tasks/?due=week"})
    assert (plain.status_code, plain["Location"]) == (302, "/tasks/?due=week")
    assert Task.objects.get().status == "done"
    part = browser(ann).post(reverse("tasks:close", args=[call.pk, "reopen"]), headers=HTMX).content.decode()
    assert part.lstrip().startswith(f'<tr id="task-{call.pk}"')
    assert "Mark as done" in part
    assert Task.objects.get().is_open


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_button_leads_nowhere_else(call, ann, elsewhere):
    found = browser(ann).post(reverse("tasks:close", args=[call.pk, "done"]), {"next": elsewhere})
    assert found["Location"] == f"/tasks/{call.pk}/"


def test_the_checklist_is_ticked(call, ann):
    url = reverse("tasks:tick", args=[call.pk])
    assert browser(ann).post(url, {"item": "1", "done": "1"})["Location"] == f"/tasks/{call.pk}/"
    part = browser(ann).post(url, {"item": "0", "done": "1"}, headers=HTMX).content.decode()
    assert part.count(" checked") == 2
    assert Task.objects.get().ticked == 2
    assert browser(ann).post(url, {"item": "7", "done": "1"}).status_code == 409
    assert browser(ann).post(url, {"item": "x"}).status_code == 400


def test_a_task_is_made_by_hand(acme, ann):
    client = browser(ann)
    assert "Who is the task for?" in client.get(f"{PAGE}new").content.decode()
    assert client.get(f"{PAGE}new?customer=acme").status_code == 200
    given = {"customer": acme.pk, "title": "Call", "priority": "high", "owner": ann.pk, "checklist": "One\n\n Two "}
    made = client.post(f"{PAGE}new", given)
    task = Task.objects.get()
    assert made["Location"] == f"/tasks/{task.pk}/"
    assert [item["text"] for item in task.checklist] == ["One", "Two"]
    assert client.post(f"{PAGE}new", {**given, "title": ""}).status_code == 400


def test_a_task_is_changed_and_keeps_its_ticks(call, ann):
    client = browser(ann)
    client.post(reverse("tasks:tick", args=[call.pk]), {"item": "1", "done": "1"})
    given = {
        "title": "Write",
        "why": "",
        "priority": "low",
        "owner": "",
        "due_on": "2026-12-01",
        "checklist": "New\nCall",
    }
    assert client.post(reverse("tasks:change", args=[call.pk]), given).status_code == 302
    task = Task.objects.get()
    assert (task.title, task.owner, str(task.due_on)) == ("Write", None, "2026-12-01")
    assert task.checklist == [{"text": "New", "done": False}, {"text": "Call", "done": True}]
    wrong = client.post(reverse("tasks:change", args=[call.pk]), {**given, "due_on": "soon"})
    assert (wrong.status_code, "Enter a valid date" in wrong.content.decode()) == (400, True)


def everything(call: Task) -> list[tuple[str, str]]:
    return [
        ("get", reverse("tasks:task", args=[call.pk])),
        ("get", f"{PAGE}new?customer={call.customer_id}"),
        ("post", reverse("tasks:change", args=[call.pk])),
        ("post", reverse("tasks:tick", args=[call.pk])),
        *(("post", reverse("tasks:close", args=[call.pk, verb])) for verb in ("done", "reopen", "drop")),
    ]


def asked(client: Client, method: str, url: str):
    return client.get(url) if method == "get" else client.post(url, {"item": "0", "done": "1"})


def test_a_stranger_gets_404(call, ben):
    for method, url in everything(call):
        assert asked(browser(ben), method, url).status_code == 404, url
    assert Task.objects.get().is_open


def test_a_viewer_reads_without_names_and_changes_nothing(call, cem):
    client = browser(cem)
    page = client.get(PAGE).content.decode()
    assert "Call &lt;b&gt;them" not in page
    assert "Task for Acme &lt;script" in page
    assert "Use fell." not in page
    assert "Mark as done" not in page
    one = client.get(f"{PAGE}{call.pk}/").content.decode()
    assert "your role does not show them" in one
    assert "Use fell." not in one
    for method, url in everything(call)[1:]:
        assert asked(client, method, url).status_code == 403, url
    assert [*client.get(f"{PAGE}?search=fell").context["tasks"]] == []


def test_the_calendar_needs_its_secret_and_no_login(call, ann, client):
    address = browser(ann).get(f"{PAGE}calendar").context["address"]
    assert address.endswith(f"/calendar/{calendar_token(ann)}.ics")
    found = client.get(address)
    assert (found.status_code, found["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert b"SUMMARY:Acme <script>" in found.content
    browser(ann).post(f"{PAGE}calendar")
    gone = client.get(address)
    assert (gone.status_code, gone["Content-Type"]) == (404, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "query", ["", "?priority=high", "?priority=low&due=late", "?search=why+A", "?whose=mine&due=today"]
)
def test_every_count_opens_a_list_of_as_many(several, ann, query):
    create_task(customer=create_customer(name="Cobalt"), title="F done", priority="high", by=ann)
    old = Task.objects.get(title="F done")
    Task.objects.filter(pk=old.pk).update(status="done", done_at=timezone.now() - timedelta(days=40))
    client = browser(ann)
    context = client.get(f"{PAGE}{query}").context
    ways = [(url, number) for _, url, number, _ in context["tabs"]] + [(each[1], each[2]) for each in context["stats"]]
    for url, number in ways:
        assert client.get(f"{PAGE}{url}").context["page"].paginator.count == number, url


def test_a_task_keeps_an_owner_who_is_no_choice_any_more(call, ann, lea):
    switch_teammate(ann, active=False)
    form = browser(lea).get(f"{PAGE}{call.pk}/").context["form"]
    assert str(ann.pk) in dict(form.fields["owner"].choices)
    said = {"title": "Call them today", "priority": "low", "owner": str(ann.pk)}
    assert browser(lea).post(f"{PAGE}{call.pk}/change", said).status_code == 302
    call.refresh_from_db()
    assert (call.title, call.owner) == ("Call them today", ann)
    browser(lea).post(f"{PAGE}{call.pk}/change", {**said, "owner": ""})
    call.refresh_from_db()
    assert call.owner is None


def test_possible_owners_are_found_by_one_question(acme, django_assert_num_queries):
    for name in "DEFG":
        teammate(f"{name}a", Role.CSM)
    with django_assert_num_queries(1):
        assert len(possible_owners(acme)) == 1
