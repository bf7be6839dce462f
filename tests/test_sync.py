"""A platform in sync: what it holds is what Uptake counts, whatever goes wrong on the way."""

import hashlib
import hmac
import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.standins.amplitude import AmplitudeStandIn, AmplitudeTruth
from tests.standins.faults import Faults
from tests.standins.mixpanel import MixpanelStandIn, MixpanelTruth
from tests.standins.pendo import PendoStandIn
from tests.standins.pendo_truth import GuideEvent, PendoTruth
from tests.syncing import connected, import_whole, sync, uses
from uptake.customers.models import Account, Customer
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.kit.http import Patience
from uptake.kit.secrets import seal
from uptake.lake.models import Import
from uptake.pipeline import imports, scoring
from uptake.pipeline.alerts.facts import found_by
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.freshness import late_customers
from uptake.pipeline.insight_view import insights_for, recommendations_for
from uptake.pipeline.published import published
from uptake.pipeline.sync import connections, platforms, running, telling
from uptake.pipeline.sync.accounts import use_of
from uptake.pipeline.sync.accuracy import NothingToCheck, check_accuracy
from uptake.pipeline.sync.connections import (
    AlreadyConnected,
    change_key,
    client_of,
    connect,
    pause,
    remove,
    secrets_of,
)
from uptake.pipeline.sync.guides import guides_of
from uptake.pipeline.sync.models import Connection, SyncRun, SyncWindow
from uptake.pipeline.tests.by_hand import import_usage, teammate
from uptake.signals.settings import rule_setting
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db
LAST = datetime.now(tz=ZoneInfo("America/New_York")).date() - timedelta(days=1)  # over where the stand-in's days are
FIRST = LAST - timedelta(days=39)


@pytest.fixture
def truth():
    return PendoTruth(1, first=FIRST, days=40, rows=12)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch):
    """Waiting is the client's own tests' matter."""
    quick = Patience(tries=12, first_wait=0.01, longest_wait=0.05, throttled_wait=0.05, silence=0.5)
    monkeypatch.setattr(platforms, "PATIENCE", quick)
    monkeypatch.setattr(connections, "SOON", quick)


@pytest.fixture
def server(truth, settings):
    was = settings.UPTAKE.pendo_url
    with PendoStandIn(truth) as opened:
        yield opened
    settings.UPTAKE.pendo_url = was


def test_what_the_platform_holds_is_what_is_counted(server, truth):
    connection = connected(server)
    assert connection.found["counts"]["features"] == 7  # of eight one was deleted
    assert connection.found["time_zone"] == "America/New_York"
    run = sync(connection, truth.first, truth.last)
    assert (run.state, run.message) == ("done", "")
    assert uses() == truth.totals()
    told = telling.run_json(run)
    assert [window["state"] for window in told["windows"]] == ["done", "done"]
    assert told["received"] == told["kept"] + told["duplicates"] + told["setAside"]
    assert told["lagSeconds"] > 0
    assert AuditRecord.objects.filter(verb="synced").count() == 1


def test_customers_are_called_as_the_platform_calls_its_accounts(server, truth):
    sync(connected(server), truth.first, truth.last)
    names = set(Customer.objects.values_list("name", flat=True))
    assert {"Northwind Traders", "Fabrikam", "<b>Adatum</b>"} <= names
    assert "acct_000" not in names


def test_new_accounts_wait_where_the_workspace_says_so(server, truth):
    connection = connected(server)
    connection.options["makes_customers"] = False
    connection.save()
    sync(connection, truth.first, truth.last)
    assert Customer.objects.count() == 0
    assert Account.objects.filter(customer=None).count() == 5


def test_a_late_correction_of_a_past_day_replaces_it(server, truth):
    connection = connected(server)
    sync(connection, truth.first, truth.last)
    day = truth.last - timedelta(days=2)
    truth.correct(day)
    gone = truth.last - timedelta(days=1)
    truth.uses = [use for use in truth.uses if use.day != gone]  # a whole day has gone
    sync(connection, day, truth.last)
    assert uses() == truth.totals()


def test_days_that_the_platform_no_longer_knows_of_are_empty(server, truth):
    connection = connected(server)
    sync(connection, truth.first, truth.last)
    truth.uses, truth.guide_events = [], []
    run = sync(connection, truth.first, truth.last)
    assert run.state == "done"
    assert uses() == {}


def test_asked_again_nothing_changes(server, truth):
    connection = connected(server)
    sync(connection, truth.first, truth.last)
    before = Import.objects.filter(state=Import.State.LIVE).count()
    run = sync(connection, truth.first, truth.last)
    assert {window.state for window in run.windows.all()} == {SyncWindow.State.SAME}
    assert Import.objects.filter(state=Import.State.LIVE).count() == before
    assert uses() == truth.totals()


def test_an_import_of_a_sync_can_be_undone_and_brought_back(server, truth):
    connection = connected(server)
    sync(connection, truth.first, truth.last)
    newest = Import.objects.filter(state=Import.State.LIVE).order_by("-last_day").first()
    first, last = (date.fromisoformat(day) for day in newest.whole_days[0])
    imports.retire(newest.pk)
    assert not [day for day, _, _ in uses() if first <= day <= last]
    imports.restore(newest.pk)
    assert uses() == truth.totals()


def test_guides_are_counted_per_account(server, truth):
    sync(connected(server), truth.first, truth.last)
    account = Account.objects.get(account_id="acct_000")
    mine = [event for event in truth.guide_events if event.account == "acct_000"]
    assert mine
    _, _, found = guides_of([account], period=whole_period(truth))
    for guide in truth.guides:
        of = [event for event in mine if event.guide == guide.id]
        [told] = [each for each in found if each.guide_id == guide.id]
        assert told.name == guide.name
        assert told.views == sum(event.type == "guideSeen" for event in of)
        assert told.dismissed == sum(event.type == "guideDismissed" for event in of)
        ended = {event.visitor for event in of if (event.type, event.step) == ("guideAdvanced", guide.steps[-1])}
        assert told.completed == len(ended)


def whole_period(truth):
    return Period((truth.last - truth.first).days + 1)


def test_a_sync_that_fails_says_why_and_keeps_what_came(server, truth):
    connection = connected(server)
    server.key = "another"
    run = sync(connection, truth.first, truth.last)
    assert run.state == "failed"
    assert "does not know this integration key" in run.message
    assert connection.trouble == run.message
    assert connection.failures == 1
    assert uses() == {}
    server.key = secrets_of(connection)["key"]
    assert sync(connection, truth.first, truth.last).state == "done"
    connection.refresh_from_db()
    assert (connection.trouble, connection.failures) == ("", 0)
    assert uses() == truth.totals()


def test_what_was_killed_in_between_goes_on(server, truth):
    connection = connected(server)
    run = running.begin(connection, SyncRun.Kind.BY_HAND, truth.first, truth.last)
    first, second = running.windows_of(run.pk)
    pulled = running.pull_window(first)  # killed here: the import is there, and nothing of it is done
    assert running.pull_window(first) == pulled
    import_whole(pulled)
    assert running.pull_window(first) == pulled
    import_whole(pulled)  # done already: nothing happens
    assert running.close_window(first)
    assert running.windows_of(run.pk) == [second]
    import_whole(running.pull_window(second))
    running.close_window(second)
    running.close_run(run.pk)
    assert uses() == truth.totals()


def test_a_key_that_does_not_do_is_not_kept(server):
    with pytest.raises(ProductError, match="does not know this integration key"):
        connected(server, key="wrong-key")
    assert not Connection.objects.exists()


def test_the_key_is_kept_encrypted_and_gone_when_removed(server, truth):
    connection = connected(server)
    assert server.key not in connection.sealed
    assert connection.hint == server.key[-4:]
    assert not AuditRecord.objects.filter(details__icontains=server.key).exists()
    lea = connection.created_by
    with pytest.raises(AlreadyConnected):
        connected_again(server, lea)
    sync(connection, truth.first, truth.last)
    assert remove(lea, connection, with_facts=False) == []
    connection.refresh_from_db()
    assert (connection.sealed, connection.hint, connection.state) == ("", "", "removed")
    assert uses() == truth.totals()


def connected_again(server, lea):
    connect(lea, "pendo", {"key": server.key})


def test_only_leaders_connect(server):
    connection = connected(server)
    ann = teammate("ann@ours.example")
    for ask in (lambda: connected_again(server, ann), lambda: pause(ann, connection, paused=True)):
        with pytest.raises(NotAllowed):
            ask()


def test_pseudonyms_are_the_same_person_and_name_nobody(server, truth):
    connection = connected(server, people="pseudonyms")
    sync(connection, truth.first, truth.last)
    account = Account.objects.get(account_id="acct_000")
    people = {use.visitor for use in truth.uses if use.account == "acct_000"}
    assert use_of(account, period=whole_period(truth)).mau == len(
        {u.visitor for u in truth.uses if u.account == "acct_000" and u.day > truth.last - timedelta(days=30)}
    )
    assert people
    for path in (running.home() / "lake").rglob("*.parquet"):
        assert b"@company0.example" not in path.read_bytes()


def test_pseudonyms_outlive_a_change_of_key(server, truth):
    connection = connected(server, people="pseudonyms")
    lea, before = connection.created_by, client_of(connection).pseudonym("ann@acme.example")
    server.key = "another-integration-key"
    changed = change_key(lea, connection, {"key": server.key})
    assert secrets_of(changed)["key"] == "another-integration-key"
    assert client_of(changed).pseudonym("ann@acme.example") == before


def test_connections_of_before_keep_the_pseudonyms_that_came_of_their_key(server, settings):
    connection = connected(server, people="pseudonyms")
    connection.sealed = seal(json.dumps({"key": server.key}), key=settings.SECRET_KEY)
    connection.save()
    of_key = hashlib.sha256(f"pseudonyms {server.key}".encode()).digest()
    ann = "user-" + hmac.new(of_key, b"ann@acme.example", hashlib.sha256).hexdigest()[:20]
    assert client_of(connection).pseudonym("ann@acme.example") == ann
    server.key = "another-integration-key"
    changed = change_key(connection.created_by, connection, {"key": server.key})
    assert client_of(changed).pseudonym("ann@acme.example") == ann


def test_who_knows_the_key_cannot_tell_who_a_pseudonym_is(server):
    connection = connected(server, people="pseudonyms")
    of_key = hashlib.sha256(f"pseudonyms {server.key}".encode()).digest()
    guessed = "user-" + hmac.new(of_key, b"ann@acme.example", hashlib.sha256).hexdigest()[:20]
    assert client_of(connection).pseudonym("ann@acme.example") != guessed


# Accuracy


def test_days_are_compared_with_what_the_platform_says(server, truth):
    connection = connected(server)
    lea = connection.created_by
    with pytest.raises(NothingToCheck):
        check_accuracy(lea, connection)
    sync(connection, truth.first, truth.last)
    found = check_accuracy(lea, connection)
    assert len(found) == 3
    assert {each.day: each.ours for each in found} == {each.day: truth.per_day()[each.day] for each in found}
    assert all(each.theirs == each.ours for each in found)
    truth.uses = truth.uses[::2]
    assert any(each.theirs < each.ours for each in check_accuracy(lea, connection))


# When


def test_what_is_due_and_how_far_back(server, truth, settings):
    connection = connected(server)
    last = running.last_whole_day(connection)
    assert running.days_due(connection) == (timezone.localdate() - timedelta(days=90), last)
    running.begin_what_is_due()
    run = connection.runs.get()
    assert run.kind == SyncRun.Kind.HISTORY
    run.windows.update(state=SyncWindow.State.DONE)
    running.close_run(run.pk)
    connection.refresh_from_db()
    assert connection.next_at is not None
    assert running.days_due(connection) == (last - timedelta(days=2), last)  # the last three days are asked again


def test_a_failure_is_tried_again_soon_then_daily(server):
    connection = connected(server)
    server.key = "another"
    waits = []
    for _ in range(5):
        run = running.begin(connection, SyncRun.Kind.DAILY, FIRST, FIRST)
        for window in running.windows_of(run.pk):
            running.pull_window(window)
            running.close_window(window)
        running.close_run(run.pk)
        connection.refresh_from_db()
        run.refresh_from_db()
        waits.append(connection.next_at - run.finished_at)
    assert waits[0] <= timedelta(minutes=16)
    assert waits[0] <= waits[1] <= waits[2]
    assert waits[4] <= timedelta(days=1)


def test_windows_are_at_most_thirty_days_the_newest_first():
    found = running.windows(date(2026, 1, 1), date(2026, 3, 31))
    assert found == [
        (date(2026, 3, 2), date(2026, 3, 31)),
        (date(2026, 1, 31), date(2026, 3, 1)),
        (date(2026, 1, 1), date(2026, 1, 30)),
    ]


def test_guides_that_changed_come_though_the_usage_did_not(server, truth):
    """And those that cannot be taken are counted with their reason."""
    sync(connected(server), truth.first, truth.last)
    account = Account.objects.get(account_id="acct_000")
    _, _, before = guides_of([account], period=whole_period(truth))
    user = next(visitor for visitor, whose in truth.visitors.items() if whose == "acct_000")
    guide, day = truth.guides[0], truth.last - timedelta(days=1)
    for kind in ("guideSeen", "guideOfTomorrow"):
        truth.guide_events.append(GuideEvent(day, 60, "acct_000", user, guide.id, guide.steps[0], kind))
    run = sync(Connection.objects.get(), truth.first, truth.last)
    assert [window.state for window in run.windows.order_by("first_day")] == ["same", "done"]
    _, _, after = guides_of([account], period=whole_period(truth))
    assert sum(each.views for each in after) == sum(each.views for each in before) + 1
    newest = Import.objects.filter(state=Import.State.LIVE).first()
    assert "1 guide event left out: a kind of event that is not known." in newest.report["warnings"]
    assert uses() == truth.totals()


def test_removed_with_its_facts_while_it_is_asked_nothing_comes_after(server, truth):
    connection = connected(server)
    run = running.begin(connection, SyncRun.Kind.BY_HAND, truth.first, truth.last)
    first, second = running.windows_of(run.pk)
    begun = running.pull_window(first)
    remove(connection.created_by, connection, with_facts=True)
    import_whole(begun)
    assert running.pull_window(second) is None
    assert Import.objects.filter(state=Import.State.LIVE).count() == 0
    assert uses() == {}


def test_an_undone_sync_of_nothing_can_be_brought_back(server, truth):
    connection = connected(server)
    sync(connection, truth.first, truth.last)
    told = truth.totals()
    truth.uses, truth.guide_events = [], []
    sync(connection, truth.first, truth.last)
    empty = Import.objects.filter(connection_id=connection.pk, state=Import.State.LIVE, rows_read=0)
    numbers = list(empty.values_list("pk", flat=True))
    for number in numbers:
        imports.retire(number)
    assert uses() == told
    for number in numbers:
        imports.restore(number)
    assert uses() == {}


@pytest.mark.parametrize("platform", ["amplitude", "mixpanel"])
def test_platforms_that_tell_single_events_count_each_once(platform, settings):
    """Asked twice and in other windows: what they hold is what is counted."""
    made, stand_in = OTHERS[platform]
    was = getattr(settings.UPTAKE, f"{platform}_url")
    truth = made(4, first=LAST - timedelta(days=9), days=10)
    with stand_in(truth) as opened:
        connection = connected(opened, platform=platform, **said_to(opened))
        run = sync(connection, LAST - timedelta(days=9), LAST)
        assert (run.state, run.message) == ("done", "")
        once = uses()
        assert sum(once.values()) == sum(truth.totals().values())
        assert sync(connection, LAST - timedelta(days=4), LAST).state == "done"
        assert uses() == once
    setattr(settings.UPTAKE, f"{platform}_url", was)


OTHERS = {"amplitude": (AmplitudeTruth, AmplitudeStandIn), "mixpanel": (MixpanelTruth, MixpanelStandIn)}


def said_to(server):
    """What a person says to connect this stand-in, beside its key."""
    return {name: getattr(server, name) for name in ("secret", "user", "project") if hasattr(server, name)}


# Alerts


def test_guides_that_are_dismissed_raise_an_alert(server, truth):
    """Over 60% of at least 20 views in 30 days, of the guide events that came with the sync."""
    busy = [event for event in truth.guide_events if event.account == "acct_000"]
    day = truth.last - timedelta(days=1)
    users = [visitor for visitor, account in truth.visitors.items() if account == "acct_000"][:3]
    closed = [
        GuideEvent(
            day - timedelta(days=back), 3600 + n, "acct_000", user, truth.guides[0].id, truth.guides[0].steps[0], kind
        )
        for back in range(10)
        for n, user in enumerate(users)
        for kind in ("guideSeen", "guideDismissed")
    ]
    truth.guide_events = [event for event in truth.guide_events if event not in busy] + closed
    sync(connected(server), truth.first, truth.last)
    found = found_by(rule_setting("guide_dismissal"), published(), (truth.last,))
    northwind = Customer.objects.get(name="Northwind Traders")
    assert northwind.pk in {row["customer_id"] for row in found if row["state"] == "holds"}


# Freshness


def test_what_has_not_come_makes_nobody_red(server, truth, tmp_path):
    """Pendo is late and a file is not: Pendo's customers have no score on the file's newest day, and the reason."""
    connection = connected(server)
    sync(connection, truth.first, truth.last - timedelta(days=3))
    day = truth.last
    rows = [("Hanse", "h@hanse.example", "Search", day - timedelta(days=back), 3) for back in range(40)]
    import_usage(tmp_path, rows)
    found = {row["customer"]: row for row in scoring.scores().rows}
    assert scoring.newest_day() == day
    assert found["Hanse"]["score"] is not None
    late = found["Northwind Traders"]
    reason = f"usage from Pendo has come up to {_words(day - timedelta(days=3))} only"
    assert (late["score"], late["band"], late["change"], late["reason"]) == (None, None, None, reason)
    assert scoring.scores(as_of=day - timedelta(days=3)).rows[0]["score"] is not None
    sync(connection, day, day)  # the newest day alone: two days before it are still missing
    assert late_customers(day)[late["customer_id"]] == reason
    health = {row["customer"]: row for row in scoring.scores(model=scoring.model_named("health")).rows}
    assert health["Northwind Traders"]["score"] is None
    lea = connection.created_by
    theirs = {row["customer_id"] for row in found.values() if row["reason"] == reason}
    assert theirs
    assert not [each for each in insights_for(lea) if each.customer_id in theirs]
    assert not recommendations_for(lea, list(theirs))
    tile = dashboard(lea, late["customer_id"]).score.data
    assert (tile.score, tile.band, tile.reason) == (None, None, reason)
    sync(connection, truth.last - timedelta(days=2), truth.last)
    assert {row["customer"]: row["score"] for row in scoring.scores().rows}["Northwind Traders"] is not None


def test_a_score_is_late_no_longer_once_its_usage_has_come_though_older_days_fail(tmp_path):
    """A failed sync may have brought the newest days, and no audit record says that they came."""
    day = date(2026, 6, 30)
    import_usage(tmp_path, [("Acme", "a@acme.example", "Search", day - timedelta(days=back)) for back in range(40)])
    connection = Connection.objects.create(platform="pendo", name="Pendo", source=Account.objects.get().source)
    before = SyncRun.objects.create(connection=connection, kind="daily", state="done", first_day=day, last_day=day)
    span = {"first_day": day - timedelta(days=90), "last_day": day - timedelta(days=3)}
    SyncWindow.objects.create(run=before, state=SyncWindow.State.DONE, **span)
    run = SyncRun.objects.create(connection=connection, kind="daily", state="running", first_day=day, last_day=day)
    newest = SyncWindow.objects.create(run=run, first_day=day - timedelta(days=2), last_day=day)
    older = SyncWindow.objects.create(run=run, **span)
    assert [row["score"] for row in scoring.scores(as_of=day).rows] == [None]
    assert running.close_window(newest.pk)
    assert [row["score"] for row in scoring.scores(as_of=day).rows] != [None]  # before any record is written
    running.fail_window(older.pk)
    running.close_run(run.pk)
    assert [row["score"] for row in scoring.scores(as_of=day).rows] != [None]


def _words(day):
    return f"{day.day} {day:%b %Y}"


# The soak


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_90_days_under_random_faults_end_with_the_servers_truth(seed, settings):
    """Whatever the network does, what was kept in the end is what the server holds: per day, account and thing."""
    truth = PendoTruth(seed, first=LAST - timedelta(days=89), days=90, rows=8)
    faults = Faults(
        seed=seed, throttle=0.08, throttle_bare=0.04, server_error=0.05, stall=0.01, stall_seconds=0.7, reset=0.04, cut=0.05,
        wrong_json=0.04, repeat=0.1, reorder=0.2,
    )  # fmt: skip
    was = settings.UPTAKE.pendo_url
    with PendoStandIn(truth, faults) as server:
        connection = connected(server)
        for _ in range(12):
            run = sync(connection, truth.first, truth.last)
            if run.state == SyncRun.State.DONE:
                break
        assert run.state == SyncRun.State.DONE
        truth.correct(truth.last - timedelta(days=40))
        for _ in range(12):
            if sync(connection, truth.first, truth.last).state == SyncRun.State.DONE:
                break
        assert uses() == truth.totals()
    settings.UPTAKE.pendo_url = was
