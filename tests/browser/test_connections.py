"""Connections and alerts in the browser, on the demo's home: connecting, mapping, the audit of syncs, the alerts page."""

import re
from base64 import b64encode

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import Served, log_in, overflow, serious, shot
from uptake.pipeline.demo.stand_in import KEY

PENDO = "/integrations/1/"
HELIO = "Helio Systems"
PUBLIC = "1.1.1.1"  # not in a private network, and no name that would have to be asked for
SLOW = 60_000  # ms: work that the server does in the background
PAGES = {
    "integrations": "/integrations/",
    "connection": PENDO,
    "connect": "/integrations/connect/amplitude/",
    "accounts": "/integrations/accounts/",
    "live": "/integrations/live/",
    "signals": "/signals/?whose=all",
    "alert": "/signals/1/",
    "rules": "/signals/rules/",
    "rule": "/signals/rules/usage_drop/",
    "webhooks": "/settings/webhooks/",
}


def looked_at(page: Page, demo: Served) -> None:
    """Wait until the server has looked for alerts once."""
    page.goto(f"{demo.url}/signals/?whose=all")
    for _ in range(60):
        if page.locator("ol.signals li").count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    pytest.fail("No alert was raised.")


def faults_of(page: Page) -> list[str]:
    found = serious(page) + ([f"{overflow(page)} px too wide"] if overflow(page) > 0 else []) + page.complaints
    page.complaints.clear()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_or_is_too_wide(demo: Served, browser: Browser, scheme: str):
    faults = {}
    for width in (1440, 375):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = log_in(context, demo, "ada")
        page.set_default_navigation_timeout(SLOW)
        looked_at(page, demo)
        for name, path in PAGES.items():
            answer = page.goto(demo.url + path)
            assert answer is not None
            assert answer.ok, (name, answer.status)
            page.wait_for_load_state("networkidle")
            shot(page, f"{name}-{width}-{scheme}")
            if found := faults_of(page):
                faults[f"{name} at {width}"] = found
        context.close()
    assert faults == {}


@pytest.fixture
def page(demo: Served, context: BrowserContext) -> Page:
    """Lena, a leader."""
    made = log_in(context, demo, "lena")
    made.set_default_navigation_timeout(SLOW)
    return made


def said(page: Page) -> Locator:
    """The notices of the last action."""
    return page.locator("#notices")


def synced(page: Page) -> None:
    """Wait until what is under way is over; the page asks for itself again."""
    expect(page.locator("h1")).not_to_contain_text("is being asked", timeout=SLOW)


def test_a_connection_from_its_key_to_its_end(demo: Served, page: Page):
    page.goto(f"{demo.url}{PENDO}remove")
    page.get_by_label("goes: every import of it is undone").check()
    page.get_by_role("button", name="Remove Pendo (stand-in)").click()
    expect(said(page)).to_contain_text("3 of its imports are being undone")

    page.get_by_role("link", name="Connect Pendo").click()
    expect(page.locator(".deck")).to_contain_text("stand-in for Pendo on this machine")
    page.get_by_label("Integration key").fill("this-is-somebody-elses-key")
    page.get_by_role("button", name="Try the key and connect").click()
    expect(page.locator("main")).to_contain_text("Nothing was kept")
    expect(page.locator("main")).to_contain_text(re.compile("Pendo does not (take|accept|know)|key", re.IGNORECASE))
    assert page.get_by_label("Integration key").input_value() == ""  # what was typed is not sent back
    shot(page, "connect-wrong-key")
    page.complaints.clear()  # the browser tells of the 400

    expect(page.get_by_label("History to fetch")).to_have_value("90")  # what was chosen stays chosen
    page.get_by_label("Integration key").fill(KEY)
    page.get_by_label("Make a customer of every account").uncheck()
    page.get_by_role("button", name="Try the key and connect").click()
    page.wait_for_url(re.compile(r"/integrations/\d+/$"))
    expect(said(page)).to_contain_text("Pendo (stand-in) is connected")
    expect(page.locator("h1")).to_have_text("Pendo (stand-in) is being asked")
    assert KEY not in page.content()
    expect(page.locator(".ledger")).to_contain_text("…d-in")
    synced(page)  # without anybody loading the page anew
    expect(page.locator("h1")).to_contain_text("rows of usage")
    audit = page.get_by_role("region", name="Syncs")
    expect(audit.locator("tbody tr").first).to_contain_text("history")
    audit.get_by_text(re.compile(r"^\d parts$")).first.click()
    expect(audit.locator("details a").first).to_have_attribute("href", re.compile(r"/imports/\d+/"))

    page.get_by_label("How many days").select_option("3")
    page.get_by_role("button", name="Sync now").click()
    expect(said(page)).to_contain_text("is being asked for the last 3 days")
    synced(page)
    expect(audit.locator("tbody tr").first).to_contain_text("by hand")
    expect(audit.locator("tbody tr").first).to_contain_text("Lena Okafor")

    page.get_by_role("button", name="Pause").click()
    expect(said(page)).to_contain_text("is paused: it is not asked by itself")
    expect(page.locator(".deck")).to_contain_text("not by itself")
    page.get_by_role("button", name="Go on").click()
    expect(said(page)).to_contain_text("it is asked every day")
    page.get_by_role("link", name="Key and options").click()
    assert KEY not in page.get_by_label("Integration key").evaluate("field => field.outerHTML")
    assert page.complaints == []


def test_the_audit_opens_to_imports_and_the_platforms_totals_are_ours(demo: Served, page: Page):
    page.goto(f"{demo.url}/integrations/")
    expect(page.locator("#connections")).to_contain_text("Pendo (stand-in)")
    page.get_by_role("link", name="Pendo (stand-in)").click()
    audit = page.get_by_role("region", name="Syncs")
    received, kept = (
        audit.locator("tbody tr").first.locator("td.num").nth(1),
        audit.locator("tbody tr").first.locator("td.num").nth(2),
    )
    assert received.inner_text() == kept.inner_text()
    page.get_by_role("button", name="Check accuracy").click()
    expect(said(page)).to_contain_text("count the same uses")
    checked = page.locator("table.dense", has=page.get_by_role("columnheader", name="Uptake"))
    expect(checked.locator("tbody tr")).to_have_count(3)
    expect(checked.get_by_text("alike")).to_have_count(3)
    shot(page, "connection-checked")
    assert faults_of(page) == []
    audit.get_by_text("3 parts").click()
    audit.locator("details a").first.click()
    expect(page.locator("main")).to_contain_text("What became of the rows")
    assert page.complaints == []


def test_an_account_finds_its_customer_and_history_follows_at_once(demo: Served, page: Page):
    def uses() -> str:
        page.goto(f"{demo.url}/customers/{helio}/")
        return page.locator("main").inner_text()

    page.goto(f"{demo.url}/integrations/accounts/?show=mapped&q=helio")
    helio = str(page.get_by_role("link", name=HELIO).first.get_attribute("href")).strip("/").split("/")[-1]
    before = uses()
    page.goto(f"{demo.url}/integrations/accounts/")
    expect(page.locator("h1")).to_have_text("3 accounts wait for a customer")
    row = page.locator("tr", has_text="helio-emea-7731")
    expect(row).to_contain_text("“Helio Systems EMEA” is spelt nearly like it")
    expect(row.locator("td.num").first).to_contain_text(re.compile(r"^\d{2,}$"))
    row.get_by_role("button", name="It is Helio Systems").click()
    expect(said(page)).to_contain_text("1 account mapped; every score counts them so at once")
    expect(page.locator("h1")).to_have_text("2 accounts wait for a customer")
    mapped = uses()
    assert mapped != before
    page.goto(f"{demo.url}/integrations/accounts/")
    page.get_by_role("button", name="Take it back").first.click()
    expect(said(page)).to_contain_text("It is taken back")
    assert uses() == before

    page.goto(f"{demo.url}/integrations/accounts/")
    for account in ("qa-sandbox", "pilot-0917"):
        page.get_by_label(f"Choose {account}").check()
    page.get_by_role("button", name="The ticked are nobody's").click()
    expect(said(page)).to_contain_text("2 accounts mapped")
    expect(page.locator("h1")).to_have_text("1 account waits for a customer")
    page.get_by_label("Customer of helio-emea-7731").fill("Nobody of that name")
    page.get_by_role("button", name="Map those with a name").click()
    expect(said(page)).to_contain_text("There is no customer “Nobody of that name”")
    assert page.complaints == []


def test_alerts_are_filtered_taken_up_snoozed_and_dismissed(demo: Served, page: Page):
    looked_at(page, demo)
    expect(page.locator("ol.signals")).to_be_visible()
    page.locator("#kind").select_option("guide_dismissal")
    page.wait_for_url("**kind=guide_dismissal**")
    alert = page.locator("ol.signals > li")
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("Isarwerk dismisses")
    expect(alert).to_contain_text("“Turn on notifications” most often")
    alert.get_by_role("button", name="Take it up").click()
    expect(alert).to_contain_text("Taken up by Lena Okafor")
    alert.get_by_role("button", name="Snooze").click()
    page.locator("form[id^=snooze]").get_by_role("button").first.click()
    page.goto(f"{demo.url}/signals/?whose=all&state=snoozed")
    expect(page.locator("ol.signals > li")).to_contain_text("Isarwerk")
    page.get_by_role("button", name="Wake").click()
    page.goto(f"{demo.url}/signals/?whose=all&kind=no_login")
    first = page.locator("ol.signals > li").first
    name = first.locator(".way-in").inner_text()
    first.get_by_role("button", name="Dismiss").click()
    menu = page.locator("form[id^=dismiss]:popover-open")
    menu.get_by_label("In your words").fill("They moved to another plan")
    menu.get_by_role("button", name="Dismiss alert").click()
    page.goto(f"{demo.url}/signals/?whose=all&state=closed")
    closed = page.locator("ol.signals > li", has_text=name)
    expect(closed).to_contain_text("Dismissed")
    expect(closed).to_contain_text("They moved to another plan")
    assert page.complaints == []


def test_alerts_by_keyboard_alone(demo: Served, page: Page):
    looked_at(page, demo)
    row = page.locator("ol.signals > li").first
    identity = str(row.get_attribute("id"))
    row.get_by_role("button", name="Dismiss").focus()
    page.keyboard.press("Enter")
    menu = page.locator("form[id^=dismiss]:popover-open")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    row.get_by_role("button", name="Take it up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{identity}")).to_contain_text("Taken up by")
    page.locator("input[name=whose]:checked").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**whose=mine**")
    assert page.complaints == []


def test_a_rule_is_simulated_before_it_is_saved(demo: Served, page: Page):
    looked_at(page, demo)
    page.goto(f"{demo.url}/signals/rules/no_login/")
    expect(page.locator("main")).to_contain_text("What would it have raised?")
    page.get_by_label("Weeks to look back").fill("4")
    page.locator("form.stack input[type=number]").first.fill("21")
    page.get_by_role("button", name="Simulate").click(timeout=SLOW)
    expect(page.locator("figure.chart")).to_contain_text("new alerts a week", timeout=SLOW)
    expect(page.locator("main")).to_contain_text("Load by CSM")
    shot(page, "rule-simulated")
    assert faults_of(page) == []
    page.get_by_role("button", name="Save these thresholds").click()
    expect(page.locator(".eyebrow")).to_contain_text("version 1")
    assert page.complaints == []


def test_a_source_that_sends_is_made_its_key_shown_once(demo: Served, page: Page):
    page.goto(f"{demo.url}/integrations/live/")
    page.get_by_label("What sends").fill("Web app")
    page.get_by_role("button", name="Make a write key").click()
    expect(page.locator("h1")).to_have_text("Web app may send")
    secret = str(page.locator("pre").inner_text()).split("curl -u ")[1].split(":")[0]
    shot(page, "live-key")
    assert faults_of(page) == []
    event = '{"id": "1", "customer": "TechCorp", "user": "ann@techcorp.example", "feature": "Export"}'
    answer = page.request.post(
        f"{demo.url}/api/v1/usage",
        data=event,
        headers={
            "Content-Type": "application/json",
            "Authorization": "Basic " + b64encode(f"{secret}:".encode()).decode(),
        },
    )
    assert answer.ok, answer.text()
    page.get_by_role("link", name="See what comes").click()
    assert secret not in page.content()
    for _ in range(40):
        if "1 row of usage" in page.locator("h1").inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("h1")).to_have_text("Web app has brought 1 row of usage")
    assert page.complaints == []


def test_a_webhook_is_added_and_told_of_nothing_private(demo: Served, context: BrowserContext):
    page = log_in(context, demo, "ada")
    page.goto(f"{demo.url}/settings/webhooks/")
    page.get_by_label("Address").fill("http://127.0.0.1:9/inside")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main")).to_contain_text("Nothing was added")
    page.complaints.clear()  # the browser tells of the 400
    page.get_by_label("Address").fill(f"https://{PUBLIC}/uptake")
    for box in page.locator("fieldset.ticks input").all()[:-1]:
        box.uncheck()
    page.get_by_label("A task was opened again").check()  # which nobody does here: nothing is sent
    page.get_by_label("A usage alert was closed").uncheck()
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main")).to_contain_text("Shown this once")
    shot(page, "webhook-added")
    assert faults_of(page) == []
    page.get_by_role("link", name=f"https://{PUBLIC}/uptake").click()
    expect(page.locator("main")).to_contain_text("Nothing was told to it yet")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("button", name="Switch on")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("Nobody is told yet")
    assert page.complaints == []
