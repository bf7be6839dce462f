"""The digest over a real mail server, and Slack over real HTTP: who hears what, when, and how often."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from uptake.customers.models import Customer
from uptake.customers.services import create_customer
from uptake.pipeline.alerts.run import release_held, tell_slack
from uptake.pipeline.alerts.telling import PAUSES, address, make_digests, send_notice, send_notices
from uptake.pipeline.tests.by_hand import teammate
from uptake.signals.models import Alert, AlertStatus, Incident, Notice
from uptake.team.models import AuditRecord, Role
from uptake.team.services import switch_teammate

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 6, 30)


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
def acme(ann):
    return create_customer(name="Acme", owner=ann)


def quiet(customer: Customer, **more) -> Alert:
    found = {
        "as_of": "2026-06-30", "last_on": "2026-05-20", "quiet_days": 41, "days_there": 9, "subject": "7",
        "people": {"name": "Marta Heinze", "role": "COO", "visitor_key": "marta@acme.example"},
    }  # fmt: skip
    return Alert.objects.create(
        customer=customer, rule="champion_quiet", subject="7", severity="high", evidence=found,
        raised_on=DAY, as_of=DAY, **more,
    )  # fmt: skip


def at(hour: int, days: int = 0) -> datetime:
    """So late on a day of the workspace, today by default."""
    return timezone.localtime().replace(hour=hour, minute=0) + timedelta(days=days)


def test_the_owner_gets_one_digest_with_what_is_new(acme, ann, ben, lea, post_office):
    alert = quiet(acme)
    free = quiet(create_customer(name="Nobody’s"))
    quiet(create_customer(name="Birch", owner=ben), snoozed_until=timezone.localdate() + timedelta(days=3))
    assert make_digests(at(23)) == 2
    assert make_digests(at(23)) == 0
    send_notices()
    send_notices()
    assert sorted(map(tuple, post_office.recipients)) == [("ann@us.example",), ("lea@us.example",)]
    to = {mail["To"]: mail for mail in post_office.mail}
    mine, leaders = (to[who].get_content().replace("\r\n", "\n") for who in ("ann@us.example", "lea@us.example"))
    assert to["ann@us.example"]["Subject"] == "1 new alert at 1 customer"
    assert "High: Marta Heinze, champion at Acme, has been away for 41 days" in mine
    assert address(f"/signals/{alert.pk}/") in mine
    assert "Nobody’s" not in mine
    assert address(f"/signals/{free.pk}/") in leaders
    assert {notice.state for notice in Notice.objects.all()} == {"sent"}
    assert AuditRecord.objects.filter(verb="told of alerts").count() == 2


def test_the_next_day_only_what_came_since(acme, ann, post_office):
    quiet(acme)
    make_digests(at(23))
    assert make_digests(at(23, days=1)) == 0
    later = Alert.objects.create(
        customer=acme, rule="no_login", severity="low", raised_on=DAY, as_of=DAY,
        evidence={"as_of": "2026-06-30", "last_on": "2026-06-01", "quiet_days": 29, "known_users": None},
    )  # fmt: skip
    assert make_digests(at(23, days=1)) == 1
    assert Notice.objects.order_by("pk").last().alerts == [later.pk]


def test_what_was_held_back_is_told_when_it_is_released(acme, ann, lea, post_office):
    """It was raised before the digest that went out meanwhile; that digest could not tell it."""
    incident = Incident.objects.create(as_of=DAY, fallen=5, customers=6)
    held = quiet(acme, status=AlertStatus.HELD, incident=incident)
    told = Alert.objects.create(
        customer=acme, rule="no_login", severity="low", raised_on=DAY, as_of=DAY,
        evidence={"as_of": "2026-06-30", "last_on": "2026-06-01", "quiet_days": 29, "known_users": None},
    )  # fmt: skip
    Alert.objects.update(raised_at=timezone.now() - timedelta(hours=30))
    Alert.objects.filter(pk=told.pk).update(raised_at=timezone.now() - timedelta(hours=29))
    yesterday = Notice.objects.create(channel="email", teammate=ann, on=at(7, -1).date(), alerts=[told.pk])
    Notice.objects.filter(pk=yesterday.pk).update(made_at=timezone.now() - timedelta(hours=24))
    assert make_digests(at(23)) == 0  # still held back
    release_held(incident, by=lea)
    assert make_digests(at(23)) == 1
    assert Notice.objects.get(teammate=ann, on=at(23).date()).alerts == [held.pk]


def test_what_was_held_back_for_days_is_told_in_a_first_digest(acme, ann, lea, post_office):
    incident = Incident.objects.create(as_of=DAY, fallen=5, customers=6)
    held = quiet(acme, status=AlertStatus.HELD, incident=incident)
    Alert.objects.update(raised_at=timezone.now() - timedelta(days=5))
    release_held(incident, by=lea)
    make_digests(at(23))
    assert Notice.objects.get(teammate=ann).alerts == [held.pk]


def test_what_was_raised_while_a_digest_was_made_is_in_the_next(acme, ann, post_office):
    """Its transaction ended after the digest had looked, and its time is before the digest's."""
    quiet(acme)
    make_digests(at(23))
    late = Alert.objects.create(
        customer=acme, rule="no_login", severity="low", raised_on=DAY, as_of=DAY,
        evidence={"as_of": "2026-06-30", "last_on": "2026-06-01", "quiet_days": 29, "known_users": None},
    )  # fmt: skip
    Alert.objects.filter(pk=late.pk).update(raised_at=timezone.now() - timedelta(seconds=30))
    assert make_digests(at(23, days=1)) == 1
    assert Notice.objects.order_by("pk").last().alerts == [late.pk]


def test_not_before_seven(acme, post_office):
    quiet(acme)
    assert make_digests(at(6)) == 0


def test_without_a_mail_server_none_is_made(acme, ann):
    quiet(acme)
    assert make_digests(at(23)) == 0
    assert not Notice.objects.exists()


def test_what_resolved_meanwhile_is_not_told(acme, ann, post_office):
    alert = quiet(acme)
    make_digests(at(23))
    Alert.objects.filter(pk=alert.pk).update(status="resolved", closed_on=DAY)
    send_notices()
    assert post_office.mail == []


def test_nobody_hears_of_customers_that_are_not_theirs_any_more(acme, ann, ben, post_office):
    quiet(acme)
    make_digests(at(23))
    Customer.objects.filter(pk=acme.pk).update(owner=ben)
    switch_teammate(ben, active=False)
    send_notices()
    assert post_office.mail == []


def test_a_busy_mail_server_is_tried_again(acme, ann, post_office):
    quiet(acme)
    make_digests(at(23))
    post_office.answers = ["451 later", "550 never"]
    send_notices()
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == ("waiting", 1)
    assert notice.try_again_at > timezone.now() + PAUSES[0] - timedelta(seconds=10)
    send_notices()
    assert Notice.objects.get().attempts == 1  # not yet
    Notice.objects.update(try_again_at=timezone.now())
    send_notices()
    assert (Notice.objects.get().state, "550" in Notice.objects.get().error) == ("failed", True)
    assert post_office.mail == []


def test_a_claimed_one_is_never_sent_again(acme, ann, post_office):
    """Killed between claim and answer: only the recipient knows."""
    quiet(acme)
    make_digests(at(23))
    Notice.objects.update(state="sending")
    send_notices()
    send_notice(Notice.objects.get().pk)
    assert post_office.mail == []


@pytest.fixture
def channel(slack, settings):
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"slack_webhook": slack.url, "address": "https://up.example"})
    return slack


def test_slack_hears_of_what_was_raised_and_names_nobody(acme, channel):
    tell_slack([quiet(acme).pk])
    send_notices()
    [sent] = channel.posts
    assert sent["text"] == "1 new alert at 1 customer: A champion at Acme has been away for 41 days"
    assert "https://up.example/signals/" in str(sent["blocks"])
    assert "Marta" not in str(sent)
    assert "marta@" not in str(sent)


def test_slack_that_asks_to_wait_is_waited_for(acme, channel):
    tell_slack([quiet(acme).pk])
    channel.answers = [(429, "", {"Retry-After": "90"})]
    send_notices()
    notice = Notice.objects.get()
    assert (notice.state, notice.error) == ("waiting", "Slack asks to wait.")
    assert timedelta(seconds=60) < notice.try_again_at - timezone.now() <= timedelta(seconds=90)


def test_a_channel_that_is_gone_is_told_where_leaders_look(acme, channel, lea, client):
    tell_slack([quiet(acme).pk])
    channel.answers = [(404, "channel_not_found")]
    send_notices()
    client.force_login(lea)
    page = client.get("/signals/").content.decode()
    assert "Slack did not take 1 alert" in page
    assert "the channel is gone" in page
    assert channel.url not in page
    tell_slack([Alert.objects.get().pk])
    send_notices()
    assert "did not take" not in client.get("/signals/").content.decode()


def test_without_a_webhook_nothing_waits(acme, ann):
    tell_slack([quiet(acme).pk])
    assert not Notice.objects.exists()
