"""Whose visitor ids they are: addresses that Pendo tells, kept as long as its connection keeps people."""

from datetime import date, timedelta

import pytest

from tests.standins.pendo import PendoStandIn
from tests.standins.pendo_truth import PendoTruth
from tests.syncing import connected, sync
from uptake.customers.models import Account, Stakeholder
from uptake.pipeline import scoring
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.insight_view import view_for
from uptake.pipeline.live.models import LivePerson
from uptake.pipeline.published import published
from uptake.pipeline.stakeholders import stakeholder_use
from uptake.pipeline.sync.connections import change_key, remove
from uptake.pipeline.sync.models import Connection, Platform, VisitorEmail
from uptake.pipeline.sync.visitors import ToldEmail, told_emails
from uptake.team.models import Teammate

pytestmark = pytest.mark.django_db
LAST = date.today() - timedelta(days=1)
FIRST = LAST - timedelta(days=39)
MARTA = "marta@northwind.example"


@pytest.fixture
def truth():
    found = PendoTruth(1, first=FIRST, days=40, rows=12)
    plain = [each for each in found.visitors if "@" not in each and not each.startswith("_PENDO_T_")]
    found.marta = next(each for each in plain if found.visitors[each] == "acct_000")
    found.emails = {found.marta: f" {MARTA.upper()} "}
    return found


@pytest.fixture
def server(truth, settings):
    was = settings.UPTAKE.pendo_url
    with PendoStandIn(truth) as opened:
        yield opened
    settings.UPTAKE.pendo_url = was


def marta_at(account_id):
    customer = Account.objects.get(source="pendo", account_id=account_id).customer
    return Stakeholder.objects.create(customer=customer, name="Marta Heinze", email=MARTA, is_champion=True)


def told():
    return dict(VisitorEmail.objects.filter(source="pendo").values_list("visitor_id", "email_key"))


def test_a_champion_is_known_by_what_pendo_tells(server, truth):
    sync(connected(server), truth.first, truth.last)
    assert told() == {truth.marta: MARTA}
    marta, other = marta_at("acct_000"), marta_at("4711")  # the same address at another customer
    mine = {use.day for use in truth.uses if use.visitor == truth.marta and use.account == "acct_000"}
    day = scoring.newest_day()
    use = stakeholder_use(published(), day)
    assert other.pk not in use
    assert (use[marta.pk].last_on, use[marta.pk].visitor_ids) == (max(mine), [truth.marta])
    assert use[marta.pk].active_days == len({each for each in mine if 0 <= (day - each).days < 30})
    lea = Teammate.objects.get(email="lea@ours.example")
    assert [(each.name, each.last_on) for each in view_for(lea).champions] == [("Marta Heinze", max(mine))]
    board = dashboard(lea, marta.customer_id)
    assert [each.visitor_id for each in board.concentration.data.champions] == [truth.marta]


def test_the_newest_sync_replaces_what_was_told(server, truth):
    connection = connected(server)
    sync(connection, truth.first, truth.last)
    other = "user0@company0.example"  # an id that looks like an address of its own
    truth.emails = {other: "ada@acme.example", truth.marta: "no address"}
    sync(connection, truth.last, truth.last)
    assert told() == {other: "ada@acme.example"}


@pytest.mark.parametrize("people", ["pseudonyms", "none"])
def test_nothing_is_kept_of_people_who_stay_unknown(server, truth, people):
    run = sync(connected(server, people=people), truth.last, truth.last)
    assert (run.state, told()) == ("done", {})


def test_removing_and_hiding_people_forgets_them(server, truth):
    connection = connected(server)
    lea = Teammate.objects.get(email="lea@ours.example")
    sync(connection, truth.last, truth.last)
    assert told()
    connection = change_key(lea, connection, {"people": "pseudonyms"})
    assert told() == {}
    connection = change_key(lea, connection, {"people": "names"})
    sync(connection, truth.last, truth.last)
    assert told()
    remove(lea, connection, with_facts=False)
    assert told() == {}


def test_what_identify_told_of_live_people_counts_too():
    live = Connection.objects.create(platform=Platform.LIVE, name="Web", source="live-web")
    LivePerson.objects.create(connection_id=live.pk, person="u1", email="Ada@Acme.example")
    LivePerson.objects.create(connection_id=live.pk, person="ada@acme.example", email="ada@acme.example")
    assert told_emails({"ada@acme.example"}) == [ToldEmail("live-web", "u1", "ada@acme.example")]
    Connection.objects.update(state=Connection.State.REMOVED)
    assert told_emails({"ada@acme.example"}) == []
