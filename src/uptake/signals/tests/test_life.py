"""The life of an alert: in place, cooldown, snooze, resolve, hold; who may do what about it. Days are of usage."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from uptake.customers.models import Customer
from uptake.customers.services import create_customer, update_customer
from uptake.signals.access import UnknownAlert, access_alerts, access_own_alert, evidence_for, routed_to
from uptake.signals.applying import Finding, apply_day, incident_for, is_wide_fall
from uptake.signals.life import Step, step
from uptake.signals.models import Alert, AlertStatus, Incident, today
from uptake.signals.rule import BadThreshold
from uptake.signals.services import (
    AlertClosed,
    BadAlert,
    IncidentDecided,
    acknowledge_alert,
    dismiss_alert,
    drop_incident,
    release_incident,
    snooze_alert,
    wake_alert,
)
from uptake.signals.settings import alert_budget, change_rule, rule_setting, set_alert_budget
from uptake.team.models import AuditRecord, Role
from uptake.team.rights import NotAllowed
from uptake.team.services import add_teammate, switch_teammate

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)
COOLDOWN = 30


def teammate(email, role=Role.CSM):
    return add_teammate(email=email, role=role, name=email.partition("@")[0].title())[0]


@pytest.fixture
def ann():
    return teammate("ann@us.example")


@pytest.fixture
def ben():
    return teammate("ben@us.example")


@pytest.fixture
def lea():
    return teammate("lea@us.example", Role.LEADER)


@pytest.fixture
def vic():
    return teammate("vic@us.example", Role.VIEWER)


@pytest.fixture
def acme(ann) -> Customer:
    return create_customer(name="Acme", owner=ann)


def silence(customer, day, *, state="holds", severity="high"):
    found = {"as_of": str(day), "last_on": "2026-03-01", "quiet_days": (day - date(2026, 3, 1)).days, "known_users": 3}
    return Finding("no_login", customer.pk, "", state, found, severity, 1000.0)


def days_on(ahead):
    return DAY + timedelta(days=ahead)


def apply(ahead, *findings, incident=None, cooldown=COOLDOWN):
    with transaction.atomic():
        return apply_day(days_on(ahead), findings, cooldowns={"no_login": cooldown}, incident=incident)


def holding(acme, ahead, **more):
    return apply(ahead, silence(acme, days_on(ahead), **more))


def the_alert() -> Alert:
    return Alert.objects.get()


def test_an_open_alert_is_updated_in_place(acme):
    first, second = holding(acme, 0), holding(acme, 1, severity="critical")
    alert = the_alert()
    assert (len(first.raised), len(second.raised), second.updated) == (1, 0, 1)
    assert (alert.raised_on, alert.as_of, alert.severity) == (DAY, days_on(1), "critical")
    assert alert.evidence["quiet_days"] == 31
    assert AuditRecord.objects.filter(verb="raised alert", customer_id=acme.pk).count() == 1


def test_a_day_done_again_changes_nothing(acme):
    holding(acme, 0)
    again = holding(acme, 0)
    assert (len(again.raised), again.resolved, Alert.objects.count()) == (0, 0, 1)


def test_it_resolves_by_itself_with_the_day(acme):
    holding(acme, 0)
    assert apply(3).resolved == 1
    alert = the_alert()
    assert (alert.status, alert.closed_on, alert.closed_by) == ("resolved", days_on(3), None)


@pytest.mark.parametrize("state", ["late", "young", "unmeasured"])
def test_what_nobody_can_tell_leaves_it_as_it_was(acme, state):
    apply(0, silence(acme, DAY, state=state))
    assert not Alert.objects.exists()
    holding(acme, 1)
    apply(2, silence(acme, days_on(2), state=state))
    assert (the_alert().status, the_alert().as_of) == ("open", days_on(1))


def test_a_season_ends_it(acme):
    holding(acme, 0)
    apply(1, silence(acme, days_on(1), state="seasonal"))
    assert (the_alert().status, the_alert().words) == ("resolved", "The same weeks a year ago fell alike.")


def test_the_cooldown_holds_to_its_last_day(acme, ann):
    holding(acme, 0)
    dismiss_alert(the_alert(), reason="agreed", by=ann)
    assert [len(holding(acme, ahead).raised) for ahead in (1, COOLDOWN - 1, COOLDOWN)] == [0, 0, 1]
    assert Alert.objects.count() == 2
    apply(COOLDOWN + 1)
    assert [len(holding(acme, ahead).raised) for ahead in (COOLDOWN + 2, 2 * COOLDOWN, 2 * COOLDOWN + 1)] == [0, 0, 1]


def test_another_subject_has_a_life_of_its_own(acme, ann):
    def feature(name):
        return Finding("no_login", acme.pk, name, "holds", {})

    apply(0, feature("a"))
    dismiss_alert(the_alert(), reason="data", by=ann)
    assert len(apply(1, feature("a"), feature("b")).raised) == 1


def test_the_database_refuses_a_second_live_one(acme):
    holding(acme, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(customer=acme, rule="no_login", evidence={}, raised_on=DAY, as_of=DAY, severity="low")


def test_taken_up_it_stays_in_place(acme, ann):
    holding(acme, 0)
    acknowledge_alert(the_alert(), by=ann)
    acknowledge_alert(the_alert(), by=ann)
    holding(acme, 1)
    assert (the_alert().status, the_alert().acknowledged_by, the_alert().as_of) == ("acknowledged", ann, days_on(1))
    assert AuditRecord.objects.filter(verb="acknowledged alert").count() == 1


def test_a_snooze_ends_on_its_day(acme, ann, monkeypatch):
    holding(acme, 0)
    until = today() + timedelta(days=2)
    snooze_alert(the_alert(), until=until, by=ann)
    assert (list(access_alerts(ann).shown()), access_alerts(ann).snoozed().count()) == ([], 1)
    holding(acme, 1)
    assert (the_alert().is_snoozed, the_alert().as_of) == (True, days_on(1))  # updated beneath
    monkeypatch.setattr("uptake.signals.models.today", lambda: until)
    assert access_alerts(ann).shown().count() == 1
    assert not the_alert().is_snoozed


def test_a_snoozed_one_wakes_and_resolves(acme, ann):
    holding(acme, 0)
    snooze_alert(the_alert(), until=today() + timedelta(days=9), by=ann)
    wake_alert(the_alert(), by=ann)
    assert access_alerts(ann).shown().count() == 1
    snooze_alert(the_alert(), until=today() + timedelta(days=9), by=ann)
    apply(1)
    assert access_alerts(ann).closed().count() == 1


@pytest.mark.parametrize("ahead", [0, -1, 400])
def test_a_snooze_needs_a_day_to_come(acme, ann, ahead):
    holding(acme, 0)
    with pytest.raises(BadAlert):
        snooze_alert(the_alert(), until=today() + timedelta(days=ahead), by=ann)


def test_a_dismissal_needs_a_reason(acme, ann):
    holding(acme, 0)
    for reason, words in (("", ""), ("because", ""), ("other", " \x00"), ("data", "x" * 501)):
        with pytest.raises(BadAlert):
            dismiss_alert(the_alert(), reason=reason, words=words, by=ann)
    assert dismiss_alert(the_alert(), reason="other", words="They  move\x00 house", by=ann).words == "They move house"
    assert dismiss_alert(the_alert(), reason="other", words="pressed twice", by=ann).words == "They move house"


def test_what_closed_meanwhile_is_told(acme, ann):
    holding(acme, 0)
    stale = the_alert()
    apply(1)
    for act in (
        lambda: acknowledge_alert(stale, by=ann),
        lambda: dismiss_alert(stale, reason="data", by=ann),
        lambda: snooze_alert(stale, until=today() + timedelta(days=1), by=ann),
    ):
        with pytest.raises(AlertClosed):
            act()


def test_strangers_do_not_find_it_and_readers_do_not_change_it(acme, ann, ben, vic, lea):
    holding(acme, 0)
    alert = the_alert()
    assert access_own_alert(ann, alert.pk) == access_own_alert(lea, alert.pk) == alert
    with pytest.raises(UnknownAlert):
        access_own_alert(ben, alert.pk)
    with pytest.raises(NotAllowed):
        access_own_alert(vic, alert.pk)
    with pytest.raises(NotAllowed):
        acknowledge_alert(alert, by=vic)
    assert the_alert().status == "open"


def test_it_goes_to_the_owner_and_nobodys_to_the_leaders(acme, ann, ben, lea):
    holding(acme, 0)

    def whose():
        return [who.first_name for who in (ann, ben, lea) if routed_to(access_alerts(who), who).exists()]

    assert whose() == ["Ann"]
    update_customer(acme, owner=ben)
    assert whose() == ["Ben"]
    update_customer(acme, owner=None)
    assert whose() == ["Lea"]
    update_customer(acme, owner=ben)
    switch_teammate(ben, active=False)
    assert routed_to(access_alerts(lea), lea).exists()


def test_names_are_only_for_who_may_read_them(acme):
    holding(acme, 0)
    alert = the_alert()
    alert.evidence["people"] = {"name": "Marta"}
    assert "people" in evidence_for(alert, with_people=True)
    assert "people" not in evidence_for(alert, with_people=False)


# A fall of many at once


@pytest.mark.parametrize(
    ("fallen", "customers", "wide"),
    [(3, 19, True), (3, 20, False), (16, 100, True), (15, 100, False), (2, 3, False), (0, 0, False)],
)
def test_over_15_percent_of_customers_and_not_just_two(fallen, customers, wide):
    assert is_wide_fall(fallen, customers) is wide


def wide_fall(ahead, fallen=5, customers=20):
    with transaction.atomic():
        return incident_for(days_on(ahead), fallen=fallen, customers=customers)


def test_alerts_are_held_and_what_stands_open_stays(acme, ann, lea):
    birch = create_customer(name="Birch", owner=ann)
    holding(acme, 0)
    incident = wide_fall(1)
    done = apply(1, silence(birch, days_on(1)), incident=incident)  # Acme's is gone, but who believes that
    assert (len(done.raised), done.held, done.resolved) == (0, 1, 0)
    assert [alert.customer.name for alert in access_alerts(ann)] == ["Acme"]
    assert wide_fall(2, fallen=0) == incident  # the next day is no way out by itself
    with pytest.raises(NotAllowed):
        release_incident(incident, by=ann)
    assert release_incident(incident, by=lea) == 1
    assert [alert.status for alert in access_alerts(ann).filter(customer=birch)] == ["open"]
    assert wide_fall(1) is None  # somebody has decided about this day
    with pytest.raises(IncidentDecided):
        drop_incident(incident, by=lea)


def test_dropped_they_are_closed_and_cool_down(acme, lea):
    incident = wide_fall(0)
    apply(0, silence(acme, DAY), incident=incident)
    assert drop_incident(incident, by=lea) == 1
    assert (the_alert().status, the_alert().reason) == ("dismissed", "data")
    assert [len(holding(acme, ahead).raised) for ahead in (1, COOLDOWN)] == [0, 1]


def test_the_data_came_and_the_fall_was_gone(acme, ann):
    incident = wide_fall(0)
    apply(0, silence(acme, DAY), incident=incident)
    assert wide_fall(0, fallen=1) is None
    incident.refresh_from_db()
    assert (incident.state, Alert.objects.count()) == (Incident.State.CLEARED, 0)
    assert len(apply(0, silence(acme, DAY)).raised) == 1  # what holds all the same


# Rules


def test_rules_are_set_by_leaders_and_versions_stay_in_the_trail(acme, ann, lea):
    with pytest.raises(NotAllowed):
        change_rule("usage_drop", is_on=True, values={"fall": 30}, by=ann)
    with pytest.raises(BadThreshold):
        change_rule("usage_drop", is_on=True, values={"fall": 300}, by=lea)
    assert (rule_setting("usage_drop").version, rule_setting("usage_drop").values["fall"]) == (0, 20)
    change_rule("usage_drop", is_on=True, values={"fall": 30}, by=lea)
    change_rule("usage_drop", is_on=True, values={"fall": 30}, by=lea)  # pressed twice
    now = rule_setting("usage_drop")
    assert (now.version, now.values["fall"], now.changed_by) == (1, 30, lea)
    [record] = AuditRecord.objects.filter(verb="changed alert rule")
    assert record.details["before"]["thresholds"]["fall"] == 20
    assert record.details["thresholds"]["fall"] == 30


def test_switched_off_its_alerts_are_closed(acme, lea):
    holding(acme, 0)
    change_rule("no_login", is_on=False, values={}, by=lea)
    assert (the_alert().status, the_alert().words) == ("resolved", "The rule was switched off.")
    assert not rule_setting("no_login").is_on


def test_the_budget_is_a_number_a_week(ann, lea):
    assert alert_budget() == 10
    assert set_alert_budget(4, by=lea) == alert_budget() == 4
    with pytest.raises(BadThreshold):
        set_alert_budget(0, by=lea)
    with pytest.raises(NotAllowed):
        set_alert_budget(5, by=ann)


def test_the_steps_of_a_day():
    def todo(state, live, closed=None):
        return step(state, is_live=live, closed_on=closed, day=DAY, cooldown_days=10)

    assert todo("holds", False) == Step.RAISE
    assert todo("holds", True) == Step.UPDATE
    assert todo(None, True) == Step.RESOLVE
    assert todo("late", True) == Step.KEEP
    assert todo("late", False) == todo(None, False) == Step.NOTHING
    assert todo("holds", False, DAY - timedelta(days=9)) == Step.NOTHING
    assert todo("holds", False, DAY - timedelta(days=10)) == Step.RAISE
    assert AlertStatus.HELD in AlertStatus
