"""A customer's page: who may open it, what adds up, what can be done there. The usage stands in
``pipeline/tests/conftest.py``: Acme 100, Borealis 73 (100 in May), Cobalt 0.
"""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest

from uptake.actions.email.models import Draft, DraftStatus
from uptake.actions.email.services import discard_draft, draft_email, edit_draft
from uptake.actions.task.models import Task
from uptake.actions.task.services import complete_task, create_task
from uptake.customers.models import Customer, Stakeholder
from uptake.customers.services import add_contract, archive_customer, create_customer, update_customer
from uptake.customers.visitor_rules import add_visitor_rule
from uptake.pipeline import scoring
from uptake.pipeline.health import publish_weights, update_health
from uptake.pipeline.insight_view import recommendations_for
from uptake.pipeline.published import published
from uptake.pipeline.stakeholders import stakeholder_use
from uptake.pipeline.sync.models import VisitorEmail
from uptake.pipeline.tests.by_hand import import_usage, teammate
from uptake.signals.models import Alert, AlertRun
from uptake.team.models import Role
from uptake.web.portfolio.tests.conftest import browser

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("", "users/", "rows/")
FORMS = ("rate", "health", "task", "draft")
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def address(customer, part=""):
    return f"/customers/{customer.pk}/{part}"


def text_of(client, customer, part=""):
    response = client.get(address(customer, part))
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_pages_of_another_csms_customer_are_not_there(ann, ben, cem, lea, workspace):
    for part in PAGES:
        assert ann.get(address(workspace.acme, part)).status_code == 200
        assert lea.get(address(workspace.acme, part)).status_code == 200
        for stranger in (ben, cem):
            refused = stranger.get(address(workspace.acme, part))
            assert refused.status_code == 404
            assert "Acme" not in refused.content.decode()
        assert ann.get("/customers/999999/" + part).status_code == 404


def test_forms_of_another_csms_customer_change_nothing(ben, cem, vic, workspace):
    for part in FORMS:
        answers = [who.post(address(workspace.acme, part), {"rating": "1"}).status_code for who in (ben, cem, vic)]
        assert answers == [404, 404, 403], part
    workspace.acme.refresh_from_db()
    assert workspace.acme.csm_rating is None
    assert not workspace.acme.health_scores.exists()
    assert not Task.objects.exists()
    assert not Draft.objects.exists()


def test_the_parts_and_the_moves_add_up(ben, workspace):
    page = text_of(ben, workspace.borealis)
    score = page.partition('id="score"')[2].partition("</section>")[0]
    adds = [float(each) for each in re.findall(r'<td class="num"><b>([\d.]+)</b></td>', score)]
    # 0.3 × 50 + 0.3 × 64.1667 + 0.2 × 95.4545 + 0.2 × 100 = 15 + 19.25 + 19.0909 + 20 = 73.3409
    assert sorted(adds) == [15.0, 19.1, 19.2, 20.0] or sorted(adds) == [15.0, 19.0, 19.3, 20.0]
    assert sum(adds) == pytest.approx(73.3)
    assert "100 × 1 of 2 features" in score
    moves = page.partition('id="moves"')[2].partition("</figure>")[0]
    assert "From 100 to 73" in moves
    points = [float(each.replace("−", "-")) for each in re.findall(r'data-way="\w+">([−+]?[\d.]+)<', moves)]
    assert sum(points) == pytest.approx(-26.7)
    assert "−26.7</td></tr></tfoot>" in moves
    assert (
        "Adoption is good and falling: 73, down 27 points on the 30 days before. Breadth moved it most, by −15.0 points."
        in page
    )


def test_another_day_and_period_are_in_the_address(ben, workspace):
    page = text_of(ben, workspace.borealis, "?as_of=2026-05-31&period=7d")
    assert "7 days to Sun 31 May 2026" in page
    assert "Adoption is excellent" in page
    for query in ("?as_of=2999-01-01", "?period=x", "?as_of=x"):
        assert ben.get(address(workspace.borealis) + query).status_code == 400


def test_features_people_and_rows_stand_behind_it(ben, workspace):
    page = text_of(ben, workspace.borealis)
    features = page.partition('id="features"')[2].partition("</section>")[0]
    assert re.search(r"Search</a></th><td><span class=\"stage\" data-stage=\"adopted\">", features)
    assert re.search(r"Export</a></th><td><span class=\"stage\" data-stage=\"not_started\">Unused", features)
    assert "bo@borealis.example" in page.partition('id="people"')[2]
    rows = text_of(ben, workspace.borealis, "rows/")
    assert "11 rows behind the score" in rows  # every other working day of June
    assert rows.count("usage.csv") == 11
    # Borealis' first row of June stands after the head, 3 first uses, and Acme's 44 of June and 30 of May
    assert re.search(
        r'<td class="num">79</td><td class="num">1 Jun 2026</td><td class="second">bo@borealis.example</td>', rows
    )
    assert "No row fits" in text_of(ben, workspace.borealis, "rows/?feature=export")
    assert "11 rows behind one user" in text_of(ben, workspace.borealis, "rows/?user=bo@borealis.example")
    assert "bo@borealis.example" in text_of(ben, workspace.borealis, "users/")


def test_who_is_left_out_is_told_with_its_rule(ben, workspace):
    add_visitor_rule(kind="test", pattern="^bo@", title="Bo tests")
    page = text_of(ben, workspace.borealis)
    # 11 rows of June on 11 days; nobody else was there in June
    found = {text: url for url, text in links(page).items() if "reason=" in url}
    assert re.search(r"Not counted: <a [^>]+>11 rows</a> of 1 user, test \(Bo tests\)\.", page)
    assert heading(ben, found["11 rows"]) == "11 rows not counted of Borealis"
    assert "bo@borealis.example" not in page


def test_a_stakeholder_stands_with_what_they_did_under_all_their_ids(ann, vic, workspace):
    marta = Stakeholder.objects.create(
        customer=workspace.acme, name="Marta Heinze", email="Marta@acme.example", is_champion=True
    )
    Stakeholder.objects.create(customer=workspace.acme, name="Zoe Never", email="zoe@acme.example")
    [source] = set(workspace.acme.accounts.values_list("source", flat=True))
    VisitorEmail.objects.create(source=source, visitor_id="ada@acme.example", email_key="marta@acme.example")
    use = stakeholder_use(published(), scoring.newest_day())[marta.pk]
    # Ada was there on the 22 working days of June, two features ten times each, and from 2 May (the 60th day) on 29 days
    assert (use.active_days, use.uses, use.features, use.active_days_before) == (22, 22 * 2 * 10, 2, 29)
    page = text_of(ann, workspace.acme)
    people = page.partition('id="contract"')[2]
    assert people.index("Marta Heinze") < people.index("Zoe Never")
    assert f'as_of={use.last_on}&amp;user=ada%40acme.example">22</a>' in people
    assert "before: 29" in people
    assert "not seen" in people
    assert "Marta" not in text_of(vic, workspace.acme)


def test_the_alerts_behind_health_stand_on_a_page(ann, ben, workspace):
    day = scoring.newest_day()
    alert = Alert.objects.create(
        customer=workspace.acme, rule="no_login", severity="high", evidence={}, raised_on=day, as_of=day
    )
    page = text_of(ann, workspace.acme, "alerts/")
    assert "1 alert takes 25 of 100; 75 are left. In health they have no weight" in page
    assert f'href="/signals/{alert.pk}/">No log-in</a>' in page
    assert "None was open." in text_of(ann, workspace.acme, f"alerts/?as_of={day - timedelta(days=1)}")
    publish_weights({"alerts": 15}, by=workspace.lea)
    assert "In health this part weighs 15." in text_of(ann, workspace.acme, "alerts/")
    AlertRun.objects.create(as_of=day, token="t")
    update_health([workspace.acme.pk], by=workspace.ann)
    health = text_of(ann, workspace.acme).partition('id="health"')[2]
    assert f'/alerts/?as_of={day}">Usage alerts</a>' in health
    assert "100 − 25, 1 alert open" in health


def test_a_viewer_reads_counts_and_sees_neither_names_nor_forms(vic, workspace):
    Stakeholder.objects.create(customer=workspace.acme, name="Ada Abel", email="ada@acme.example")
    page = text_of(vic, workspace.acme)
    assert "Ada Abel" not in page
    assert "ada@acme.example" not in page
    assert "1 stakeholder" in page
    main = page.partition('<main class="page"')[2]
    assert 'method="post"' not in main
    rows = text_of(vic, workspace.acme, "rows/")
    assert "ada@acme.example" not in rows
    assert "usage.csv" in rows
    assert vic.get(address(workspace.acme, "users/")).status_code == 403
    assert vic.get(address(workspace.acme, "rows/?user=ada@acme.example")).status_code == 403


def test_the_csm_rates_apart_from_the_score(ann, workspace):
    before = re.findall(r'class="gauge-value"><b>(\d+)', text_of(ann, workspace.acme))
    answer = ann.post(address(workspace.acme, "rate"), {"rating": "30"})
    assert answer["Location"] == address(workspace.acme) + "#health"
    assert Customer.objects.get(pk=workspace.acme.pk).csm_rating == 30
    page = text_of(ann, workspace.acme)
    assert "30 of 100, since" in page
    assert re.findall(r'class="gauge-value"><b>(\d+)', page) == before == ["100"]
    ann.post(address(workspace.acme, "rate"), {"rating": ""})
    assert Customer.objects.get(pk=workspace.acme.pk).csm_rating is None


def test_a_rating_that_cannot_be_is_refused(ann, workspace):
    for rating in ("101", "-1", "many", "3.5", "９"):
        assert ann.post(address(workspace.acme, "rate"), {"rating": rating}).status_code == 400, rating
    assert Customer.objects.get(pk=workspace.acme.pk).csm_rating is None


def test_health_is_told_with_its_cause_and_followed(ann, workspace):
    assert "No health yet" in text_of(ann, workspace.acme)
    ann.post(address(workspace.acme, "health"))
    ann.post(address(workspace.acme, "rate"), {"rating": "0"})
    ann.post(address(workspace.acme, "health"))
    health = text_of(ann, workspace.acme).partition('id="health"')[2]
    assert health.count("Updated on the customer’s page") + health.count("Updated on the customer&#x27;s page") == 2
    # adoption 40, engagement 20 and trajectory 20 are present, then the rating of 0 at 10 of 90
    first, second = (each.score for each in workspace.acme.health_scores.order_by("pk"))
    assert second == pytest.approx(first * 80 / 90)
    assert re.search(rf"{first:.0f} → <b>{second:.0f}</b>", health)
    ann.post(address(workspace.acme, "health"))
    assert workspace.acme.health_scores.count() == 2  # nothing changed


def test_a_recommendation_becomes_one_task(ben, workspace):
    advice = recommendations_for(workspace.ben, [workspace.borealis.pk])
    assert advice
    page = text_of(ben, workspace.borealis)
    assert "Make a task" in page
    chosen = {"rule": advice[0].rule, "feature": advice[0].feature_id or ""}
    for _ in range(2):
        assert ben.post(address(workspace.borealis, "task"), chosen).status_code == 302
    [task] = Task.objects.all()
    assert (task.customer, task.title, task.rule) == (workspace.borealis, advice[0].title, advice[0].rule)
    assert ben.post(address(workspace.borealis, "task"), {"rule": "none such"}).status_code == 400


def test_a_draft_is_written_to_the_champion_and_waits(ben, workspace):
    Stakeholder.objects.create(customer=workspace.borealis, name="Abe", email="abe@borealis.example")
    Stakeholder.objects.create(customer=workspace.borealis, name="Zoe", email="zoe@borealis.example", is_champion=True)
    answer = ben.post(address(workspace.borealis, "draft"))
    [draft] = Draft.objects.all()
    assert answer["Location"] == f"/outreach/{draft.pk}/"
    assert (draft.customer, draft.to_email, draft.status) == (
        workspace.borealis,
        "zoe@borealis.example",
        DraftStatus.DRAFT,
    )
    assert draft.subject in text_of(ben, workspace.borealis)


def test_markup_of_names_users_and_features_is_text(lea, workspace):
    import_usage(workspace.folder, [("Acme", HOSTILE, HOSTILE, "2026-06-30", 3)], name="<b>odd.csv")
    update_customer(workspace.acme, name=HOSTILE)
    Stakeholder.objects.create(customer=workspace.acme, name=HOSTILE, role=HOSTILE)
    for part in PAGES:
        page = text_of(lea, workspace.acme, part)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b>odd" not in page
        assert "&lt;script&gt;" in page
        assert not re.search(r"\sstyle=|\son\w+=", re.sub(r"&lt;.*?&gt;", "", page))


def test_a_customer_without_usage_says_what_is_missing(lea, workspace):
    young = create_customer(name="Dorado")
    page = text_of(lea, young)
    assert "There is no score: no history." in page
    archive_customer(workspace.cobalt, by=workspace.lea)
    assert "archived, so it is not scored any more" in text_of(lea, workspace.cobalt)


def test_before_any_usage_the_page_is_there(db):
    lone = create_customer(name="Lone")
    page = text_of(browser(teammate("lea@ours.example", Role.LEADER)), lone)
    assert "There is no usage yet." in page
    assert "Open the chat" in page


def test_health_history_of_everybody_is_told_by_whom(lea, workspace):
    update_health(None, by=workspace.lea, cause="asked in the chat")
    assert "Asked in the chat, Lea" in text_of(lea, workspace.acme)


# Every count is a way in: the list behind it holds as many


def links(part):
    found = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', part, re.DOTALL)
    return {unescape(url): " ".join(re.sub(r"<[^>]+>", " ", text).split()) for url, text in found}


def heading(client, url):
    response = client.get(url)
    assert response.status_code == 200, response.content.decode()
    return " ".join(
        re.sub(r"<[^>]+>", "", response.content.decode().partition("<h1>")[2].partition("</h1>")[0]).split()
    )


@pytest.fixture
def busy(workspace):
    """Besides Ada, who is there every day: one user last there 10 days ago, two 20 days ago."""
    rows = [("Acme", "eve@acme.example", "Search", "2026-06-21", 3)]
    rows += [("Acme", f"{name}@acme.example", "Alerts", "2026-06-11", 2) for name in ("fay", "gus")]
    import_usage(workspace.folder, rows, name="more.csv")


def test_users_and_their_states_are_listed_as_often_as_counted(ann, busy, workspace):
    people = text_of(ann, workspace.acme).partition('id="people"')[2].partition("</section>")[0]
    found = links(people)
    assert heading(ann, address(workspace.acme, "users/")) == "4 users of Acme"
    assert found[address(workspace.acme, "users/")] in {"All 4 users", "Active users"}
    states = {url: text for url, text in found.items() if "status=" in url}
    assert sorted(states.values()) == ["1", "1", "2"]
    for url, text in states.items():
        assert heading(ann, url).startswith(f"{text} user")
        assert ann.get(url).content.decode().count('class="row-link"') == int(text)
    assert ann.get(address(workspace.acme, "users/?status=gone")).status_code == 400


def test_uses_of_a_feature_and_of_a_user_are_those_of_their_rows(ann, busy, workspace):
    page = text_of(ann, workspace.acme)
    table = page.partition('id="features"')[2].partition("</section>")[0]
    lines = re.findall(r'href="([^"]+)">([^<]+)</a></th>.*?<td class="num third">([\d,–]+)</td></tr>', table)
    assert {name for _, name, _ in lines} == {"Search", "Export", "Alerts"}
    for url, name, uses in lines:
        behind = ann.get(unescape(url)).content.decode()
        assert f"Together {uses} use" in behind, name
    users = text_of(ann, workspace.acme, "users/")
    lines = re.findall(r'href="([^"]+)">[^<]+</a></th><td class="num">(\d+)</td>', users)
    assert len(lines) == 4
    for url, uses in lines:
        assert f"Together {uses} use" in ann.get(unescape(url)).content.decode()


def test_rows_are_paged_by_the_server(ann, workspace):
    """Acme's 44 rows of June and 60 more make three pages; the count of the head is that of all of them."""
    rows = [("Acme", "ada@acme.example", "Alerts", "2026-06-11", number) for number in range(1, 61)]
    import_usage(workspace.folder, rows, name="sixty.csv")
    assert heading(ann, address(workspace.acme, "rows/")) == "104 rows behind the score of Acme"
    counts = [text_of(ann, workspace.acme, f"rows/?page={page}").count('<tr><th scope="row">') for page in (1, 2, 3)]
    assert counts == [50, 50, 4]
    assert heading(ann, address(workspace.acme, "rows/?feature=alerts")) == "60 rows behind Alerts of Acme"
    second = text_of(ann, workspace.acme, "rows/?feature=alerts&page=2")
    assert second.count('<tr><th scope="row">') == 10
    assert "51–60 of 60 rows" in second
    assert "101–104 of 104 rows" in text_of(ann, workspace.acme, "rows/?page=99")


def test_rows_are_taken_away_as_a_file(ann, ben, vic, lea, workspace):
    given = ann.get(address(workspace.acme, "rows/export.csv?feature=export"))
    lines = list(csv.DictReader(io.StringIO(given.content.decode("utf-8-sig"))))
    assert (len(lines), sum(int(line["uses"]) for line in lines)) == (22, 220)
    assert {line["user"] for line in lines} == {"ada@acme.example"}
    assert (lines[0]["day"], lines[0]["feature"], lines[0]["file"]) == ("2026-06-30", "Export", "usage.csv")
    assert [who.get(address(workspace.acme, "rows/export.csv")).status_code for who in (ben, vic)] == [404, 403]
    pia = browser(teammate("pia@ours.example", Role.PRODUCT_MANAGER))  # may export, and sees no names
    given = pia.get(address(workspace.acme, "rows/export.csv"))
    assert given.status_code == 200
    assert b"ada@acme.example" not in given.content
    assert lea.get(address(workspace.acme, "rows/export.pdf")).status_code == 400


def test_idle_features_are_named_as_often_as_counted(ben, workspace):
    """Export: Borealis 0%, the middle of the three customers is 0% or 100% by who was active; told only where it is."""
    page = text_of(ben, workspace.borealis)
    told = re.search(r'href="#idle">Features <span class="count">(\d+) idle', page)
    listed = links(page.partition('id="idle"')[2].partition("</p>")[0]) if told else {}
    assert len(listed) == (int(told[1]) if told else 0)


def test_tasks_and_e_mails_behind_their_counts(ann, lea, workspace):
    for number in range(10):
        create_task(customer=workspace.acme, title=f"Call {number}", owner=workspace.lea, by=workspace.lea)
    complete_task(Task.objects.first(), by=workspace.lea)
    drafts = []
    for number in range(3):
        draft = draft_email(customer=workspace.acme, template="check_in", facts={}, to=None, by=workspace.ann)
        drafts.append(edit_draft(draft, by=workspace.ann, subject=f"Note {number}"))
    discard_draft(drafts[0], by=workspace.ann)
    for who in (ann, lea):
        page = text_of(who, workspace.acme)
        assert "<p>9 open</p>" in page
        assert "<p>2 e-mails</p>" in page
        found = {text: url for url, text in links(page).items()}
        assert len(who.get(found["All tasks"]).context["tasks"]) == 9
        assert len(who.get(found["All e-mails"]).context["drafts"]) == 2
        assert "Show other customers than Acme too" in who.get(found["All e-mails"]).content.decode()


def test_the_contract_is_that_of_the_day(ann, workspace):
    add_contract(
        workspace.acme, starts_on=date(2025, 1, 1), ends_on=date(2026, 5, 31), arr=Decimal(10_000), plan="Starter"
    )
    add_contract(workspace.acme, starts_on=date(2026, 6, 1), arr=Decimal(90_000), plan="Scale")
    assert "<dt>ARR on 30 Jun 2026</dt><dd>$90k</dd>" in text_of(ann, workspace.acme)
    then = text_of(ann, workspace.acme, "?as_of=2026-05-31")
    assert "<dt>ARR on 31 May 2026</dt><dd>$10k</dd>" in then
    assert "<dt>Plan</dt><dd>Starter</dd>" in then


def test_a_leader_gives_the_customer_away_and_a_csm_does_not(workspace, ann, ben, lea):
    acme = workspace.acme
    assert "Change CSM" in text_of(lea, acme)
    assert "Change CSM" not in text_of(ann, acme)
    said = {"owner": str(workspace.ben.pk), "segment": "Small", "region": "Asia"}
    assert ann.post(address(acme, "keep"), said).status_code == 403
    assert ben.post(address(acme, "keep"), said).status_code == 404
    assert lea.post(address(acme, "keep"), said).status_code == 302
    acme.refresh_from_db()
    assert (acme.owner, acme.segment, acme.region) == (workspace.ben, "Small", "Asia")
    assert ann.get(address(acme)).status_code == 404
    assert lea.post(address(acme, "keep"), {"owner": str(workspace.vic.pk)}).status_code == 400
    lea.post(address(acme, "keep"), {"owner": "none", "segment": "Small", "region": "Asia"})
    acme.refresh_from_db()
    assert acme.owner is None


def test_a_suggestion_of_a_past_day_becomes_a_task_and_keeps_its_evidence(workspace, ben):
    past = "?period=7d&as_of=2026-05-29"
    page = unescape(text_of(ben, workspace.borealis, past))
    found = re.search(
        r'action="([^"]+)"><input[^>]*><input type="hidden" name="rule" value="([^"]*)"><input [^>]*value="([^"]*)"',
        page,
    )
    where, rule, feature = found.groups()
    assert where == address(workspace.borealis, f"task{past}")
    made = ben.post(where, {"rule": rule, "feature": feature})
    assert (made.status_code, made["Location"]) == (302, address(workspace.borealis, f"{past}#tasks"))
    assert Task.objects.get().rule == rule
