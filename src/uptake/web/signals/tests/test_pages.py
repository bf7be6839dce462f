"""The Signals pages, with and without htmx, for the owner, a fellow CSM, a viewer and a leader."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from uptake.actions.task.models import Task
from uptake.customers.inputs import NewContract
from uptake.customers.models import Customer
from uptake.customers.services import add_contracts, create_customer
from uptake.pipeline.tests.conftest import people, usage, workspace
from uptake.signals.models import Alert, AlertRun, Incident
from uptake.signals.settings import rule_setting
from uptake.web.tasks.tests.conftest import ann, ben, browser, cem, lea

__all__ = ["ann", "ben", "cem", "lea", "people", "usage", "workspace"]
HTMX = {"HX-Request": "true"}
DAY = date(2026, 6, 30)
PAGE = "/signals/"


@pytest.fixture
def acme(ann) -> Customer:
    made = create_customer(name="Acme <script>alert(1)</script>", owner=ann)
    add_contracts([NewContract(made, starts_on=date(2020, 1, 1), arr=184_000)])
    return made


def alert_of(customer, rule="usage_drop", severity="high", **more) -> Alert:
    found = {
        "usage_drop": {
            "as_of": "2026-06-30", "change": -0.5, "change_year_ago": 0.1, "uses": 110, "days": 22, "uses_before": 220,
            "days_before": 22, "working_week": "1111100", "period": 30, "subject": "",
        },
        "key_feature": {
            "as_of": "2026-06-30", "feature": "Re<b>ports", "importance": 80, "uses_before": 16, "users_before": 2,
            "last_on": "2026-06-12", "quiet_days": 18, "quiet": 14, "weeks": 4, "subject": "re<b>ports",
        },
        "champion_quiet": {
            "as_of": "2026-06-30", "last_on": "2026-05-20", "quiet_days": 41, "days_there": 9, "subject": "7",
            "people": {"name": "Marta Heinze", "role": "COO", "visitor_key": "marta@acme.example"},
        },
    }[rule]  # fmt: skip
    return Alert.objects.create(
        customer=customer, rule=rule, subject=found["subject"], severity=severity, evidence=found, arr=184_000.0,
        raised_on=DAY, as_of=DAY, **more,
    )  # fmt: skip


def text(who, path=PAGE, status=200):
    answer = browser(who).get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_says_what_stands_open_and_what_is_behind(acme, ann):
    alert_of(acme)
    alert_of(acme, "champion_quiet", "critical")
    page = text(ann)
    assert "<h1>Two alerts at one customer, and $184k of ARR behind them</h1>" in page
    assert page.index("Marta Heinze, champion at") < page.index("Use at Acme")  # the critical one first
    assert (
        "110 uses on the 22 working days up to 30 Jun 2026, 220 on the 22 working days before: 50% less a day." in page
    )
    assert "In the same weeks a year ago it grew by 10%." in page
    assert "1 more alert" in page
    assert 'count">2<span class="sr"> open' in page  # in the navigation


def test_hostile_names_stay_text(acme, ann):
    one = alert_of(acme, "key_feature")
    for path in (PAGE, f"{PAGE}{one.pk}/", f"{PAGE}?customer={acme.pk}"):
        page = text(ann, path)
        assert "<script>alert" not in page
        assert "Re<b>" not in page
        assert "Re&lt;b&gt;ports" in page


def test_evidence_opens_the_same_days_and_filters(acme, ann):
    page = text(ann, f"{PAGE}{alert_of(acme, 'key_feature').pk}/")
    assert f"/customers/{acme.pk}/rows/?as_of=2026-06-12&amp;feature=re%3Cb%3Eports&amp;period=28d" in page
    page = text(ann, f"{PAGE}{alert_of(acme).pk}/")
    assert f"/customers/{acme.pk}/users/?as_of=2026-06-30&amp;period=30d&amp;status=dormant" in page


def test_every_way_to_evidence_leads_somewhere(workspace):
    """On real facts, for each kind: what the links open is there."""
    from uptake.lake.models import Import
    from uptake.pipeline.alerts.run import run_what_is_due

    Import.objects.update(step="")
    run_what_is_due()
    assert Alert.objects.count() >= 2
    for alert in Alert.objects.all():
        from uptake.web.signals.shown import links

        for link in links(alert, with_people=True):
            assert browser(workspace.lea).get(link.url).status_code == 200, link


def test_who_sees_no_people_reads_no_names(acme, cem):
    one = alert_of(acme, "champion_quiet")
    for path in (PAGE, f"{PAGE}{one.pk}/"):
        page = text(cem, path)
        assert "A champion at Acme" in page
        assert "Marta" not in page
        assert "marta@" not in page
        assert "Take it up" not in page
        assert f"/customers/{acme.pk}/users/" not in page  # a way that would be refused


def test_filters_stand_in_the_address(acme, ann, ben, lea):
    birch = create_customer(name="Birch", owner=ben)
    alert_of(acme)
    alert_of(birch, "champion_quiet", "low")
    assert "Use at Acme" in text(lea)
    assert "at Birch" in text(lea)
    assert "at Birch" not in text(lea, f"{PAGE}?kind=usage_drop")
    assert "Use at Acme" not in text(lea, f"{PAGE}?severity=low")
    assert "Use at Acme" not in text(lea, f"{PAGE}?search=birch")
    assert "No alert fits these filters" in text(lea, f"{PAGE}?kind=key_feature")
    assert "at Birch" not in text(ann, f"{PAGE}?whose=all")
    for wrong in ("kind=x", "whose=x", "customer=x", "severity=x"):
        assert "nothing to filter by" in (page := text(lea, f"{PAGE}?{wrong}", 400)) or "is no number" in page


def test_empty_pages_say_what_to_do(ann, lea):
    assert "Nobody has looked yet" in text(ann)
    AlertRun.objects.create(as_of=DAY, token="x")
    assert "All rules were checked for usage up to Tue 30 Jun 2026" in text(ann)
    assert "Nothing is snoozed" in text(ann, f"{PAGE}?state=snoozed")
    assert "Nothing was closed yet" in text(lea, f"{PAGE}?state=closed")


def test_taking_up_answers_with_the_row_or_goes_back(acme, ann):
    one = alert_of(acme)
    row = browser(ann).post(f"{PAGE}{one.pk}/acknowledge", headers=HTMX).content.decode()
    assert row.lstrip().startswith(f'<li id="alert-{one.pk}"')
    assert "Taken up by Ann Test" in row
    plain = browser(ann).post(f"{PAGE}{one.pk}/acknowledge", {"next": f"{PAGE}?kind=usage_drop"})
    assert plain["Location"] == f"{PAGE}?kind=usage_drop"
    elsewhere = browser(ann).post(f"{PAGE}{one.pk}/acknowledge", {"next": "//evil.example"})
    assert elsewhere["Location"] == f"{PAGE}{one.pk}/"


def test_dismissed_with_a_reason_it_stands_among_the_closed(acme, ann):
    one = alert_of(acme)
    refused = browser(ann).post(f"{PAGE}{one.pk}/dismiss", {"reason": "other"})
    assert refused.status_code == 400
    assert "Say in a sentence why" in refused.content.decode()
    browser(ann).post(f"{PAGE}{one.pk}/dismiss", {"reason": "agreed", "words": "They pause."})
    closed = text(ann, f"{PAGE}?state=closed")
    assert "Known and agreed with the customer." in closed
    assert "They pause." in closed
    assert "Dismissed alert" in text(ann, f"{PAGE}{one.pk}/")


def test_snoozed_it_is_out_of_sight_until_its_day(acme, ann):
    one = alert_of(acme)
    until = timezone.localdate() + timedelta(days=3)
    assert browser(ann).post(f"{PAGE}{one.pk}/snooze", {"until": "soon"}).status_code == 400
    browser(ann).post(f"{PAGE}{one.pk}/snooze", {"until": str(until)})
    assert "Use at Acme" not in text(ann)
    assert "Snoozed until" in text(ann, f"{PAGE}?state=snoozed")
    browser(ann).post(f"{PAGE}{one.pk}/wake")
    assert "Use at Acme" in text(ann)


def test_a_task_out_of_an_alert_is_one_task(acme, ann):
    one = alert_of(acme, "champion_quiet")
    for _ in range(2):
        browser(ann).post(f"{PAGE}{one.pk}/task")
    [task] = Task.objects.all()
    assert task.title == f"Marta Heinze, champion at {acme}, has been away for 41 days"
    assert "Marta" not in task.title_without_people
    assert len(task.checklist) == 3
    assert task.priority == "high"


def test_held_alerts_are_shown_to_nobody_and_a_leader_decides(acme, ann, lea):
    incident = Incident.objects.create(as_of=DAY, fallen=12, customers=66)
    one = alert_of(acme, status="held", incident=incident)
    page = text(ann)
    assert "1 alert is held back" in page
    assert "12 of 66 customers (18%) fell by more than five points at once" in page
    assert "Use at Acme" not in page
    assert "raise them" not in page
    text(lea, f"{PAGE}{one.pk}/", 404)
    assert "raise them" in text(lea)
    assert browser(ann).post(f"{PAGE}incidents/{incident.pk}/release").status_code == 403
    browser(lea).post(f"{PAGE}incidents/{incident.pk}/release")
    one.refresh_from_db()
    assert one.status == "open"
    assert browser(lea).post(f"{PAGE}incidents/{incident.pk}/drop").status_code == 409
    assert browser(lea).post(f"{PAGE}incidents/99999/drop").status_code == 404


def test_customers_that_are_not_judged_are_named_to_who_sees_them(acme, ann, ben):
    AlertRun.objects.create(as_of=DAY, token="x", unjudged={"usage_drop": {"young": [acme.pk], "late": [999_999]}})
    assert "Young: not enough history yet" in text(ann)
    assert "Not judged" not in text(ben)


# Rules


def test_rules_say_when_they_fire_and_are_set_by_leaders(ann, lea):
    text(ann, f"{PAGE}rules/", 403)
    assert "fell by more than 20% against the 30 days before" in text(lea, f"{PAGE}rules/")
    saved = browser(lea).post(f"{PAGE}rules/usage_drop/", {"fall": "35", "do": "save"})
    assert saved["Location"] == f"{PAGE}rules/usage_drop/"
    page = text(lea, f"{PAGE}rules/")
    assert "fell by more than 35% against" in page
    browser(lea).post(f"{PAGE}rules/usage_drop/", {"do": "off", "fall": "50"})
    page = text(lea, f"{PAGE}rules/usage_drop/")
    assert "Version 2, off" in page
    assert "more than 35%" in page  # switching off sets nothing else
    browser(lea).post(f"{PAGE}rules/usage_drop/", {"do": "on"})
    assert "watched" in text(lea, f"{PAGE}rules/usage_drop/")


@pytest.mark.parametrize("typed", ["x", "0", "100", "1e9", "nan", "20.5"])
def test_a_threshold_that_cannot_be_is_told(lea, typed):
    answer = browser(lea).post(f"{PAGE}rules/usage_drop/", {"fall": typed, "do": "save"})
    assert answer.status_code == 400
    assert "Fall that is too much" in answer.content.decode()


def test_a_simulation_shows_what_would_have_been(workspace):
    page = text(workspace.lea, f"{PAGE}rules/usage_drop/?fall=10&weeks=4")
    assert "Use at Borealis fell by" in page
    assert "Save these thresholds" in page
    assert "Load by CSM" in page
    assert "weeks cannot be simulated" in text(workspace.lea, f"{PAGE}rules/usage_drop/?weeks=99")
    assert not Alert.objects.exists()


def test_the_budget_is_kept(lea):
    browser(lea).post(f"{PAGE}rules/budget", {"per_week": "4"})
    assert 'value="4"' in text(lea, f"{PAGE}rules/")
    assert browser(lea).post(f"{PAGE}rules/budget", {"per_week": "many"}).status_code == 400


def test_simulate_leaves_the_forms_token_out_of_the_address(workspace):
    client = Client()
    client.force_login(workspace.lea)
    said = {"do": "simulate", "fall": "10", "weeks": "4", "csrfmiddlewaretoken": "secret"}
    answer = client.post(f"{PAGE}rules/usage_drop/", said)
    assert answer.status_code == 302
    assert "fall=10" in answer.url
    assert "weeks=4" in answer.url
    assert "secret" not in answer.url
    assert rule_setting("usage_drop").values["fall"] == 20  # nothing was saved
