"""What the tools answer, to whom, and what they change."""

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import resolve

from uptake.actions.email.models import Draft, DraftStatus
from uptake.actions.task.models import Task
from uptake.chat.answers import Answer, Buttons, Changes, Confirm, FeatureShares, Heat, Items, Lines, Stats, Table
from uptake.chat.grammar import Understood, understand
from uptake.chat.tests.world import make_world
from uptake.chat.tools.examples import example_for
from uptake.chat.tools.registry import CHANGING, TOOLS, tool_named
from uptake.chat.tools.replying import press, reply, suggestions
from uptake.chat.tools.results import results_answer
from uptake.chat.tools.tool import BadArguments
from uptake.customers.access import UnknownCustomer, access_customers
from uptake.customers.features import define_features
from uptake.customers.inputs import NewContract, NewCustomer, NewFeature
from uptake.customers.services import add_contracts, create_customer, create_customers, update_customer
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.models import HealthScore
from uptake.pipeline.tests.by_hand import LAST, import_usage
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(tmp_path_factory, django_db_setup, django_db_blocker):
    """The world once for all tests: each test's own changes are rolled back to here, and these at the end."""
    folder = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), override_settings(UPTAKE_HOME=folder / "home"), transaction.atomic():
        (folder / "home").mkdir()
        yield make_world(folder), folder / "home"
        transaction.set_rollback(True)


@pytest.fixture
def world(made, db, settings):
    world, settings.UPTAKE_HOME = made
    return world


def part(answer, kind, place=0):
    return [each for each in answer.parts if isinstance(each, kind)][place]


def told(answer):
    return json.dumps(answer.to_json(), ensure_ascii=False)


# Who may: Ann owns Acme, Ben is her fellow CSM, Cem is a stranger who owns nothing, Vic only reads.

OK, UNKNOWN, REFUSED = "ok", UnknownCustomer, NotAllowed
NAMING_ACME = {
    "upload_help": None,  # names nobody
    "scores": None,
    "leaders": None,
    "laggards": None,
    "explain_score": (OK, UNKNOWN, UNKNOWN, OK),
    "why_changed": (OK, UNKNOWN, UNKNOWN, OK),
    "customer_adoption": (OK, UNKNOWN, UNKNOWN, OK),
    "quiet_users": (OK, UNKNOWN, UNKNOWN, OK),
    "guides": (OK, UNKNOWN, UNKNOWN, OK),
    "feature_adoption": (OK, UNKNOWN, UNKNOWN, OK),
    "unused_features": (OK, UNKNOWN, UNKNOWN, OK),
    "heatmap": (OK, UNKNOWN, UNKNOWN, OK),
    "feature_shares": None,
    "compare_customers": (OK, UNKNOWN, UNKNOWN, OK),
    "trend": (OK, UNKNOWN, UNKNOWN, OK),
    "alerts": (OK, UNKNOWN, UNKNOWN, OK),
    "customers_at_risk": (OK, UNKNOWN, UNKNOWN, OK),
    "insights": (OK, UNKNOWN, UNKNOWN, OK),
    "renewals": (OK, UNKNOWN, UNKNOWN, OK),
    "revenue": None,
    "health": (OK, UNKNOWN, UNKNOWN, OK),
    "update_health": (OK, UNKNOWN, UNKNOWN, REFUSED),
    "create_tasks": (OK, UNKNOWN, UNKNOWN, REFUSED),
    "draft_outreach": (OK, UNKNOWN, UNKNOWN, REFUSED),
    "export": (OK, UNKNOWN, UNKNOWN, REFUSED),
    "open_page": (OK, UNKNOWN, UNKNOWN, OK),
    "what_can_you_do": None,
    "several": (OK, UNKNOWN, UNKNOWN, REFUSED),
}
"""Tool -> what Ann, Ben, Cem and Vic get who name Acme. A tool that is added to the registry needs its line here."""


def naming(world, tool):
    acme = {"customers": [world.acme.pk]}
    if tool == "compare_customers":
        return {"customers": [world.acme.pk, world.delta.pk]}
    return {"steps": [["update_health", acme], ["create_tasks", acme]]} if tool == "several" else acme


def test_every_tool_has_its_line():
    assert set(NAMING_ACME) == {tool.name for tool in TOOLS}


@pytest.mark.parametrize("tool", [name for name, line in NAMING_ACME.items() if line])
def test_who_may_name_acme(world, tool):
    for who, expected in zip((world.ann, world.ben, world.cem, world.vic), NAMING_ACME[tool], strict=True):
        if expected == OK:
            assert isinstance(press(who, tool, naming(world, tool)), Answer)
            continue
        before = (Task.objects.count(), Draft.objects.count(), HealthScore.objects.count(), AuditRecord.objects.count())
        with pytest.raises(expected) as refused, transaction.atomic():
            press(who, tool, naming(world, tool))
        if expected is UNKNOWN:
            assert "Acme" not in str(refused.value)
        assert before == (
            Task.objects.count(),
            Draft.objects.count(),
            HealthScore.objects.count(),
            AuditRecord.objects.count(),
        )


@pytest.mark.parametrize("tool", sorted(NAMING_ACME))
def test_nobody_is_told_of_others_customers(world, tool):
    """Ben asks without naming anybody: nothing of Ann's customers is in the answer."""
    try:
        answer = press(world.ben, tool, {})
    except (BadArguments, NotAllowed):
        return
    for name in ("Acme", "Cobalt", "Delta", "Echo", "Fox", "user@acme"):
        assert name not in told(answer)


def test_viewers_neither_export_nor_change(world):
    for tool in ("export", *CHANGING - {"several"}):
        with pytest.raises(NotAllowed):
            press(world.vic, tool, {})
    assert "create_tasks" not in told(press(world.vic, "laggards", {}))


def test_people_are_named_only_to_those_who_may_see_them(world):
    asked = {"customers": [world.acme.pk]}
    assert "user@acme.example" in told(press(world.ann, "explain_score", asked))
    for tool in (
        "explain_score",
        "customer_adoption",
        "quiet_users",
        "customers_at_risk",
        "insights",
        "feature_adoption",
    ):
        answer = told(press(world.vic, tool, asked))
        assert "user@acme.example" not in answer
        assert "Dora" not in answer


def test_a_customer_that_is_not_there_and_one_that_is_not_theirs_get_the_same_sentence(world):
    said = []
    for name in ("acme", "nosuch"):
        said.append(reply(world.ben, f"why did {name} drop").headline.replace(name, "X"))
    assert said == ["There is no customer “X”."] * 2


# What they answer


def test_scores_say_who_leads_and_who_falls(world):
    """Ann sees five: four alike, and Delta, which nearly stopped."""
    answer = reply(world.ann, "show adoption scores")
    assert "Acme leads with" in answer.headline
    assert answer.headline.endswith("and falling")
    assert "Delta is at" in answer.headline
    leaders, laggards = (part(answer, Table, place) for place in (0, 1))
    assert [row[0].text for row in leaders.rows] == ["Acme", "Cobalt"]
    assert laggards.rows[0][0].text == "Delta"
    assert laggards.rows[0][4].way == "down"
    assert laggards.rows[0][2].text == "1"
    assert laggards.rows[0][2].of == "/2"  # first@ and user@
    assert laggards.rows[0][2].note == "50%"
    assert laggards.rows[0][3].text + laggards.rows[0][3].of == "1/2"


def test_numbers_and_periods_reach_the_tool(world):
    assert len(part(reply(world.ann, "top 2"), Table).rows) == 2
    assert "1 to 31 May 2026" in told(reply(world.ann, "laggards in may"))


def test_a_score_opens_into_parts_that_add_up(world):
    answer = reply(world.ann, "why is delta so low")
    table = part(answer, Table)
    shown = float(answer.headline.split(" stands at ")[1].split(":")[0])
    assert abs(sum(row[3].value for row in table.rows) - shown) < 0.6
    assert {row[0].text for row in table.rows} == {"Breadth", "Depth", "Recency", "Stickiness"}


def test_what_moved_a_score(world):
    answer = reply(world.ann, "why did delta drop")
    assert answer.headline.startswith("Delta fell from ")
    assert answer.headline.endswith(" in 30 days")
    assert part(answer, Table).rows[0][1].way == "down"
    assert part(answer, Lines).series[0].name == "Delta"


def test_features_of_a_customer(world):
    assert reply(world.ann, "which features does acme use").headline == "Acme has adopted 2 of 2 features"
    answer = reply(world.ann, "does delta use export")
    assert answer.headline == "Nobody at Delta uses Export"


def test_unused_features_against_peers(world):
    """Export: Delta 0%, the median of the others 100%."""
    answer = reply(world.ann, "what is delta not using")
    assert answer.headline == "Delta leaves 1 feature unused that its peers use: Export"
    assert [cell.text for cell in part(answer, Table).rows[0]][:3] == ["Export", "0%", "100%"]
    assert "leaves no feature unused" in reply(world.ann, "what is acme not using").headline


def test_heatmap_and_shares(world):
    """Of Ann's five customers all have adopted Search, and four Export."""
    heat = part(reply(world.ann, "heatmap"), Heat)
    assert heat.features == ("Search", "Export")
    assert [(row.customer, row.cells) for row in heat.rows][-1] == ("Delta", (1.0, 0.0))
    shares = part(reply(world.ann, "feature adoption across all customers"), FeatureShares)
    assert [(each.feature, each.adopted, each.available, each.level) for each in shares.rows] == [
        ("Search", 5, 5, "High"),
        ("Export", 4, 5, "High"),
    ]


def test_two_side_by_side_and_over_time(world):
    answer = reply(world.ann, "compare acme and delta")
    assert "ahead of Delta" in answer.headline
    assert [series.name for series in part(answer, Lines).series] == ["Acme", "Delta"]
    lines = part(reply(world.ann, "trend of delta last 4 weeks"), Lines)
    assert [point.day for point in lines.series[0].points] == [
        "2026-06-02",
        "2026-06-09",
        "2026-06-16",
        "2026-06-23",
        "2026-06-30",
    ]
    assert len(part(reply(world.ann, "trend of delta since last july"), Lines).series[0].points) > 13


def test_who_is_at_risk(world):
    assert "Delta" in reply(world.ann, "who is at risk").headline


def files_of(world, who, text):
    """The sentence's headline, and the customers of the file behind its first button."""
    answer = reply(who, text)
    client = Client()
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    given = client.get(part(answer, Buttons).buttons[0].href)
    assert given.status_code == 200
    lines = csv.DictReader(io.StringIO(given.content.decode("utf-8-sig")))
    return answer.headline, [line["customer"] for line in lines]


def test_a_file_holds_whom_the_sentence_names(world):
    assert files_of(world, world.ann, "export acme as csv") == ("Acme as CSV is ready", ["Acme"])
    headline, names = files_of(world, world.ann, "download acme and delta as csv")
    assert (headline, sorted(names)) == ("Acme and Delta as CSV is ready", ["Acme", "Delta"])
    assert len(files_of(world, world.ann, "export the portfolio as csv")[1]) == 5
    assert len(files_of(world, world.lea, "export the portfolio as csv")[1]) == 6
    assert files_of(world, world.ann, "csv of the worst customer")[1][-1:] == ["Delta"]


def test_a_file_holds_what_the_filters_leave(world):
    update_customer(world.echo, segment="Enterprise")
    update_customer(world.fox, segment="Enterprise", region="EMEA")
    assert files_of(world, world.ann, "export enterprise as csv")[1] == ["Echo", "Fox"]
    assert files_of(world, world.ann, "csv of enterprise customers in emea")[1] == ["Fox"]
    answer = reply(world.ann, "export customers without a score")
    assert answer.headline == "There is nothing to export"


def test_one_customer_comes_with_its_rows(world):
    """June: 22 working days, Search and Export on each."""
    answer = reply(world.ann, "export acme to csv")
    client = Client()
    client.force_login(world.ann, backend="allauth.account.auth_backends.AuthenticationBackend")
    given = client.get(part(answer, Buttons, 1).buttons[0].href)
    rows = list(csv.DictReader(io.StringIO(given.content.decode("utf-8-sig"))))
    assert len(rows) == 44
    assert sum(int(row["uses"]) for row in rows) == 440
    assert {row["user"] for row in rows} == {"user@acme.example"}


# What they change


def test_a_sentence_changes_nothing_before_it_is_confirmed(world):
    before = AuditRecord.objects.count()
    for text in ("update health scores", "create tasks for the 3 laggards", "draft an email to delta"):
        answer = reply(world.ann, text)
        assert answer.confirm is not None
    assert AuditRecord.objects.count() == before
    assert not Task.objects.exists()
    assert not Draft.objects.exists()


def test_the_confirmation_names_whom_it_is_for_and_does_no_more(world):
    confirm = reply(world.ann, "create tasks for the worst two").confirm
    assert "Delta" in confirm.sentence
    assert len(confirm.arguments["customers"]) == 2
    answer = press(world.ann, confirm.tool, confirm.arguments)
    made = Task.objects.get(customer=world.delta)
    assert made.created_by == world.ann
    assert made.due_on is not None
    assert set(Task.objects.values_list("customer_id", flat=True)) <= set(confirm.arguments["customers"])
    assert "Delta" in part(answer, Items).items[0].title


def test_pressing_again_makes_no_second_task(world):
    for _ in range(2):
        press(world.ann, "create_tasks", {"customers": [world.delta.pk]})
    assert Task.objects.count() == 1


def test_all_customers_get_tasks_after_their_count_was_confirmed(world):
    create_customers([NewCustomer(name=f"Small {number}", owner=world.ann) for number in range(62)])
    confirm = reply(world.ann, "Create tasks for all customers").confirm
    assert "67 customers" in confirm.sentence
    answer = press(world.ann, "create_tasks", confirm.arguments)
    assert Task.objects.filter(customer=world.delta).exists()
    assert "No task" not in answer.headline
    create_customers([NewCustomer(name=f"Tiny {number}", owner=world.ann) for number in range(500)])
    with pytest.raises(BadArguments, match=r"567 customers at once; 500 is the most.*laggards"):
        reply(world.ann, "Create tasks for all customers")


def test_health_before_and_after(world):
    answer = press(world.ann, "update_health", {})
    assert "for the first time" in answer.headline
    changes = part(answer, Changes)
    assert {each.title for each in changes.items} == {"Acme", "Cobalt", "Delta", "Echo", "Fox"}
    assert {each.before for each in changes.items} == {"–"}
    assert press(world.ann, "update_health", {}).headline == "Health is up to date; nothing changed"


def test_drafts_are_written_and_not_sent(world, mailoutbox):
    answer = press(world.ann, "draft_outreach", {"customers": [world.delta.pk]})
    draft = Draft.objects.get()
    assert draft.status == DraftStatus.DRAFT
    assert draft.to_email == "dora@delta.example"
    assert draft.template == "re_engagement"  # it fell
    assert "not sent" in answer.headline
    assert mailoutbox == []


def test_two_things_in_one_sentence(world):
    confirm = reply(world.ann, "Update health scores and create tasks for the 3 laggards").confirm
    assert confirm.tool == "several"
    assert not HealthScore.objects.exists()
    answer = press(world.ann, confirm.tool, confirm.arguments)
    assert HealthScore.objects.count() == 5
    assert Task.objects.filter(customer=world.delta).exists()
    assert part(answer, Changes)
    assert part(answer, Items)


def test_a_step_that_is_refused_leaves_nothing_done(world):
    steps = [["update_health", {}], ["create_tasks", {"customers": [world.borealis.pk]}]]
    with pytest.raises(UnknownCustomer), transaction.atomic():
        press(world.ann, "several", {"steps": steps})
    assert not HealthScore.objects.exists()


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("nosuch", {}),
        ("scores", {"customers": [1]}),
        ("leaders", {"number": 0}),
        ("leaders", {"number": "5"}),
        ("leaders", {"number": 10**9}),
        ("scores", {"period": "fortnight"}),
        ("scores", {"as_of": "yesterday"}),
        ("explain_score", {}),
        ("explain_score", {"customers": "1"}),
        ("explain_score", {"customers": [True]}),
        ("explain_score", {"customers": ["1 or 1=1"]}),
        ("create_tasks", {}),
        ("create_tasks", {"group": "everybody"}),
        ("several", {"steps": [["several", {"steps": []}]]}),
        ("several", {"steps": [["scores", {}]]}),
        ("several", {"steps": []}),
        ("scores", []),
        ("export", {"format": "exe"}),
        ("open_page", {"page": "../admin"}),
    ],
)
def test_odd_arguments_of_a_button_are_refused(world, tool, arguments):
    with pytest.raises(BadArguments):
        press(world.ann, tool, arguments)


def test_not_understood_offers_what_there_is(world):
    answer = reply(world.ann, "sing me a song")
    assert "did not understand" in answer.headline
    buttons = part(answer, Buttons).buttons
    assert buttons
    for button in buttons:
        press(world.ann, button.tool, button.arguments)


def test_examples_name_the_askers_own_customers_or_none(world):
    create_customer(name="OldCorp", owner=world.cem)
    own = set(access_customers(world.ann).filter(owner=world.ann).values_list("name", flat=True))
    said = [example_for(world.ann, tool) for tool in TOOLS]
    assert not any("OldCorp" in text or "TechCorp" in text for text in said)
    assert any(f"Why is {name} so low?" in said for name in own)
    assert "OldCorp" not in repr(reply(world.ann, "why is qwxyz so low"))
    access_customers(world.cem).delete()
    without = {tool.name: example_for(world.cem, tool) for tool in TOOLS}
    assert (without["explain_score"], without["heatmap"]) == ("", "Show the feature heatmap")


def test_every_button_of_every_answer_leads_somewhere(world):
    for tool in TOOLS:
        if tool.changes:
            continue
        try:
            answer = press(world.ann, tool.name, {} if NAMING_ACME[tool.name] is None else naming(world, tool.name))
        except BadArguments:
            continue
        for each in [each for one in answer.parts if isinstance(one, Buttons) for each in one.buttons]:
            assert each.tool or each.href is not None
            if each.tool and each.tool not in CHANGING:
                press(world.ann, each.tool, each.arguments)
            elif each.tool:
                tool_named(each.tool).ask(world.ann, tool_named(each.tool).arguments.from_json(each.arguments))


def test_the_results_of_an_import(world):
    answer = results_answer(world.ann, world.batch.pk)
    assert "Delta is at" in answer.headline
    assert {type(each) for each in answer.parts} >= {Table, FeatureShares, Heat, Items, Buttons}
    labels = {button.tool or button.label for button in part(answer, Buttons).buttons}
    assert labels >= {"update_health", "create_tasks", "draft_outreach", "Open portfolio"}
    assert Answer.from_json(json.loads(json.dumps(answer.to_json()))) == answer
    assert "Borealis" not in told(answer)


def test_the_results_of_an_import_are_those_of_its_customers(world, tmp_path):
    """Delta lags far behind; the second file holds Echo and Fox only, and nothing else is spoken of."""
    rows = [(name, f"user@{name.lower()}.example", "Search", LAST, uses) for name, uses in (("Echo", 3), ("Fox", 4))]
    answer = results_answer(world.ann, import_usage(tmp_path, rows).pk)
    text = told(answer)
    assert "The customers of this import: 2 customers" in text
    assert "You see 5 customers in all." in text
    assert {"Echo", "Fox"} <= {row[0].text for table in answer.parts if isinstance(table, Table) for row in table.rows}
    for name in ("Acme", "Cobalt", "Delta"):
        assert name not in text
    assert [each.href for each in part(answer, Stats).items if each.label == "Average score"] == [""]
    assert "All 5 customers" in text


def test_links_are_paths_of_this_workspace(world):
    """Every link leads to a page on the same day as the figure, wherever the workspace has that page."""
    links = re.findall(r'"(?:href|more_url)": "([^"]+)"', told(results_answer(world.ann, world.batch.pk)))
    assert f"/customers/{world.delta.pk}/?as_of=2026-06-30" in links
    for link in links:
        assert resolve(link.partition("?")[0].partition("#")[0])


def test_results_for_those_who_only_read_offer_nothing_to_change(world):
    assert not {button.tool for button in part(results_answer(world.vic), Buttons).buttons} & CHANGING
    assert results_answer(world.cem).headline == "None of the customers is yours to see"


def test_examples_of_every_tool_are_understood_as_that_tool(world):
    for name in ("TechCorp", "OldCorp", "DataPro", "SmallBiz"):
        create_customer(name=name, owner=world.ann)
    define_features([NewFeature(name="Webhooks")])
    for tool in TOOLS:
        for text in tool.examples:
            found = understand(text, world.ann)
            assert isinstance(found, Understood), (text, found)
            assert found.tool == tool.name, text
    assert len(suggestions(world.ann)) == 5


def test_every_confirm_comes_from_a_changing_tool(world):
    assert all((tool.confirm is not None) == tool.changes for tool in TOOLS)
    confirm = tool_named("update_health").ask(world.ann, tool_named("update_health").arguments())
    assert isinstance(confirm, Confirm)


# The adoption dashboard. Acme's first@ came once a year ago, user@ every working day.


def test_a_customers_adoption_is_the_dashboards(world):
    answer = press(world.ann, "customer_adoption", {"customers": [world.acme.pk]})
    page = dashboard(world.ann, world.acme.pk)
    assert (
        answer.headline == f"Acme has no account adoption score: {page.score.data.reason}"
    )  # nothing says how many seats
    stats = {each.label: each for each in part(answer, Stats).items}
    for figure in page.figures.data:
        if figure.title in stats:
            assert stats[figure.title].value.removesuffix("%") == figure.shown
            assert figure.opens in stats[figure.title].href
    assert {"Active users", "Daily active users"} <= set(stats)
    names = [row[0].text for row in part(answer, Table).rows]
    assert sorted(names) == ["Export", "Search"]


def test_who_went_quiet_is_named_with_the_day(world):
    answer = press(world.ann, "quiet_users", {"customers": [world.acme.pk]})
    assert answer.headline == "1 user of 2 at Acme went quiet"
    counts = {each.label: each.value for each in part(answer, Stats).items}
    assert counts == {"Active": "1", "Engaged": "0", "At risk": "0", "Dormant": "1"}
    [row] = part(answer, Table).rows
    assert (row[0].text, row[1].text) == ("first@acme.example", "30 Jun 2025")


def test_where_nobody_went_quiet_it_says_so(world):
    asked = {"customers": [world.acme.pk], "as_of": "2025-06-30"}
    assert press(world.ann, "quiet_users", asked).headline == "Nobody of 1 at Acme went quiet"


# Contracts


def contract(customer, renews_on, arr, currency="USD"):
    add_contracts([NewContract(customer, starts_on=date(2026, 1, 1), renews_on=renews_on, arr=arr, currency=currency)])


def test_renewals_ahead_with_their_scores(world):
    contract(world.acme, LAST + timedelta(days=20), 120_000)
    contract(world.delta, LAST + timedelta(days=80), 40_000)
    contract(world.echo, LAST + timedelta(days=91), 10_000)
    contract(world.borealis, LAST + timedelta(days=10), 5_000)  # Ben's
    answer = press(world.ann, "renewals", {})
    assert answer.headline == "2 customers renew in the next 90 days, $160k of ARR; adoption is poor at Delta"
    table = part(answer, Table)
    assert [[cell.text for cell in row[:2]] for row in table.rows] == [
        ["Acme", "20 Jul 2026"],
        ["Delta", "18 Sep 2026"],
    ]
    assert "No renewal is known of 2 customers." in told(answer)
    sooner = press(world.ann, "renewals", {"period": "30d"})
    assert sooner.headline == "1 customer renews in the next 30 days, $120k of ARR"
    named = press(world.ann, "renewals", {"customers": [world.echo.pk]})
    assert named.headline.startswith("Echo renews on 29 Sep 2026, adoption ")
    assert press(world.ann, "renewals", {"customers": [world.fox.pk]}).headline == "No renewal of Fox is known"


def test_revenue_by_band_in_each_currency(world):
    assert press(world.ann, "revenue", {}).headline == "No contract says what a customer pays"
    contract(world.acme, None, 120_000)
    contract(world.delta, None, 40_000)
    contract(world.echo, None, 10_000, "EUR")
    contract(world.borealis, None, 999_000)
    answer = press(world.ann, "revenue", {})
    assert answer.headline == "ARR is $160k and €10k; $40k of it at 1 customer with poor adoption"
    assert "It is not known of 2 customers." in told(answer)
    assert sum(row[1].value for row in part(answer, Table).rows) == 5
