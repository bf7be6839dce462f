"""Guides by hand, through a sync: per guide and customer, onboarding, the lists behind, and who may see whom.

Northwind (acct_000), in the last days: the tour has three steps, the news one.
  ann   tour: passes 1, 2 and 3: completed; news: completed
  bob   tour: sees 1, passes it, sees 2, dismisses it: stopped at 2
  cy    tour: sees 1 and dismisses it: stopped at 1
  dee   tour: sees 1 (45 days ago, before the 30 days), passes it, sees 2: stopped at 2
  test@vendor.example is no customer's person.
Company 1 (4711): eve sees the tour once.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client

from tests.standins.pendo import PendoStandIn
from tests.standins.pendo_truth import GuideEvent, PendoTruth
from tests.syncing import connected, sync
from uptake.chat.tools.replying import press
from uptake.customers.models import Account
from uptake.kit.days import Period
from uptake.pipeline.dashboard import behind, dashboard
from uptake.pipeline.dashboard.asking import NothingBehind
from uptake.pipeline.sync.guides import guides_of, mark_onboarding
from uptake.pipeline.sync.models import Guide
from uptake.pipeline.sync.onboarding import onboarding_of
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import AuditRecord, Role, Teammate
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db
LAST = date.today() - timedelta(days=1)
FIRST = LAST - timedelta(days=59)
ANN, BOB, CY, DEE = (f"user{n}@company0.example" for n in range(4))
EVE = "user0@company1.example"
TEST = "svc-test@company0.example"


def did(visitor, guide, *events, account="acct_000", back=3):
    return [
        GuideEvent(LAST - timedelta(days=back), 3600 + n, account, visitor, guide, step, f"guide{kind}")
        for n, (kind, step) in enumerate(events)
    ]


@pytest.fixture
def truth():
    found = PendoTruth(1, first=FIRST, days=60, rows=6)
    tour, news = found.guides[0], found.guides[1]
    found.guides = [
        replace(tour, id="tour", name="First steps", steps=("s1", "s2", "s3")),
        replace(news, id="news", name="<b>News</b>", steps=("n1",)),
    ]
    found.guide_events = [
        *did(ANN, "tour", ("Seen", "s1"), ("Advanced", "s1"), ("Seen", "s2"), ("Advanced", "s2"), ("Seen", "s3"),
             ("Advanced", "s3")),
        *did(ANN, "news", ("Seen", "n1"), ("Advanced", "n1")),
        *did(BOB, "tour", ("Seen", "s1"), ("Advanced", "s1"), ("Seen", "s2"), ("Dismissed", "s2")),
        *did(CY, "tour", ("Seen", "s1"), ("Dismissed", "s1")),
        *did(DEE, "tour", ("Seen", "s1"), ("Advanced", "s1"), ("Seen", "s2"), back=45),
        *did(TEST, "tour", ("Seen", "s1")),
        *did(EVE, "tour", ("Seen", "s1"), account="4711"),
    ]  # fmt: skip
    return found


@pytest.fixture
def world(truth, settings):
    was = settings.UPTAKE.pendo_url
    with PendoStandIn(truth) as server:
        run = sync(connected(server), truth.first, truth.last)
        assert (run.state, run.message) == ("done", "")
        yield Account.objects.get(source="pendo", account_id="acct_000").customer
    settings.UPTAKE.pendo_url = was


@pytest.fixture
def lea(world):
    return Teammate.objects.get(email="lea@ours.example")


def mark(lea, *names):
    return mark_onboarding(lea, Guide.objects.filter(name__in=names).values_list("pk", flat=True))


def test_each_guide_is_told_with_its_numbers_and_their_lists(world, lea):
    told = dashboard(lea, world.pk).guides.data
    tour, news = told.lines
    # seen by Ann three times, by Bob twice, by Cy once; Dee was before the period, the test user does not count
    assert (tour.views, tour.viewers, tour.dismissed, tour.completed) == (6, 3, 2, 1)
    assert (tour.dismissal_rate, tour.completion_rate, tour.is_few) == (2 / 6, 1 / 3, True)
    assert (news.views, news.completed, news.last_on) == (1, 1, LAST - timedelta(days=3))
    assert told.sentence == "2 guides were shown 7 times and dismissed 2 times."
    viewers = behind(lea, world.pk, f"guide_viewers:{tour.key}")
    assert [(row["visitor"], row["amount"]) for row in viewers.rows] == [(ANN, 3), (BOB, 2), (CY, 1)]
    assert sum(row["amount"] for row in viewers.rows) == tour.views
    closed = behind(lea, world.pk, f"guide_dismissals:{tour.key}")
    assert (closed.count, sum(row["amount"] for row in closed.rows)) == (2, tour.dismissed)
    assert [row["visitor"] for row in behind(lea, world.pk, f"guide_completions:{tour.key}").rows] == [ANN]
    rows = behind(lea, world.pk, f"guide_rows:{tour.key}")
    assert rows.count == 6 + 4 + 2
    longer = dashboard(lea, world.pk, period=Period(90)).guides.data.lines[0]
    assert (longer.views, longer.viewers) == (8, 4)
    for wrong in ("guide_stopped:x:pendo:tour", "onboarded:any", "onboarded:nothing"):
        with pytest.raises(NothingBehind):
            behind(lea, world.pk, wrong)


def test_onboarding_is_only_what_the_workspace_calls_so(world, lea):
    assert dashboard(lea, world.pk).guides.data.onboarding is None
    assert mark(lea, "First steps") == 1
    assert mark(lea, "First steps") == 0
    record = AuditRecord.objects.get(verb="marked onboarding guides")
    assert record.details["marked"] == ["First steps"]
    told = dashboard(lea, world.pk).guides.data
    assert [line.is_onboarding for line in told.lines] == [True, False]
    found = told.onboarding
    # over all time: Dee counts too. Ann completed it; Bob and Dee stopped at the second step, Cy at the first
    assert (found.people, found.done, found.under_way, found.not_one) == (4, 1, 0, 3)
    assert [(stop.step, stop.steps, stop.people, stop.begun) for stop in found.stops] == [(2, 3, 2, 4), (1, 3, 1, 4)]
    assert found.sentence == (
        "1 of 4 users shown one completed the onboarding guide. Most stop at step 2 of 3 of First steps: 2 users."
    )
    stopped = behind(lea, world.pk, found.stops[0].opens)
    assert {row["visitor"] for row in stopped.rows} == {BOB, DEE}
    assert [row["visitor"] for row in behind(lea, world.pk, "onboarded:done").rows] == [ANN]
    assert behind(lea, world.pk, "onboarded:any").count == 4
    before = onboarding_of([*world.accounts.all()], as_of=LAST - timedelta(days=10))
    assert (before.people, before.done) == (1, 0)  # Dee alone had begun
    mark(lea, "First steps", "<b>News</b>")
    both = dashboard(lea, world.pk).guides.data.onboarding
    assert (both.guides, both.done, both.under_way, both.not_one) == (2, 1, 0, 3)


def test_a_mark_outlives_the_next_sync_and_needs_the_right(world, lea, truth):
    mark(lea, "First steps")
    account = Account.objects.get(source="pendo", account_id="acct_000")
    _, _, found = guides_of([account])
    assert found[0].is_onboarding
    with pytest.raises(NotAllowed):
        mark_onboarding(teammate("ann@ours.example"), [])
    assert Guide.objects.filter(is_onboarding=True).count() == 1


def test_without_the_right_nobody_is_named(world, lea):
    mark(lea, "First steps")
    vic = teammate("vic@ours.example", Role.VIEWER)
    told = dashboard(vic, world.pk).guides.data
    keys = [f"guide_{part}:{told.lines[0].key}" for part in ("viewers", "dismissals", "completions", "rows")]
    lists = [behind(vic, world.pk, key) for key in (*keys, "onboarded:any", told.onboarding.stops[0].opens)]
    answer = press(vic, "guides", {"customers": [world.pk]}).to_json()
    assert "company0.example" not in repr((told, lists, answer))
    assert lists[0].count == 3


def test_the_page_the_api_and_the_chat_say_the_same(world, lea):
    client = Client()
    client.force_login(lea, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(f"/customers/{world.pk}/adoption/").content.decode()
    assert "No guide shown here is marked as onboarding" in page
    marked = client.post("/integrations/guides/", {"word": "first"})
    assert (marked.status_code, Guide.objects.get(is_onboarding=True).name) == (302, "First steps")
    shown = client.get("/integrations/guides/").content.decode()
    assert "1 of 2 guides marked" in shown
    assert "&lt;b&gt;News" in shown
    page = client.get(f"/customers/{world.pk}/adoption/").content.decode().partition('id="guides"')[2]
    assert "1 of 4 users shown one completed the onboarding guide." in page
    assert f"/customers/{world.pk}/adoption/behind/guide_stopped:2:pendo:tour/" in page
    listed = client.get(f"/customers/{world.pk}/adoption/behind/guide_stopped:2:pendo:tour/").content.decode()
    assert BOB in listed
    told = client.get("/api/pendo/accounts/acct_000/guides").json()
    assert told["onboarding"]["completedAll"] == 1
    assert told["onboarding"]["stops"][0] == {
        "guideId": "tour", "guide": "First steps", "step": 2, "steps": 3, "people": 2, "begun": 4,
    }  # fmt: skip
    assert [each["isOnboarding"] for each in told["guides"]] == [True, False]
    whole = client.get(f"/api/intelligence/adoption/{world.pk}").json()["guides"]["data"]
    assert [line["views"] for line in whole["lines"]] == [6, 1]
    assert press(lea, "guides", {"customers": [world.pk]}).headline == (
        f"1 of 4 users at {world.name} completed onboarding"
    )
    other = Account.objects.get(source="pendo", account_id="4711").customer
    assert (
        press(lea, "guides", {"customers": [other.pk]}).headline == f"0 of 1 user at {other.name} completed onboarding"
    )
    assert client.post("/integrations/guides/", {"guide": "999"}).status_code == 400


def test_a_workspace_without_guides_says_nothing_of_them(world, lea, truth):
    lonely = (
        Account.objects.exclude(account_id__in=("acct_000", "4711")).filter(customer__isnull=False).first().customer
    )
    told = dashboard(lea, lonely.pk).guides
    assert (told.data, told.absent) == (None, "No guide was shown to this customer’s users in this period.")
    answer = press(lea, "guides", {"customers": [lonely.pk]})
    assert answer.headline == f"No guides at {lonely.name}"
