"""The Adoption tab of three demo customers in the browser: one rich, one declining, one barely started."""

import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import UPTAKE, Served, log_in, overflow, serious, shot

CUSTOMERS = {"TechCorp": 1, "OldCorp": 2, "StartupABC": 3}
SLOW = 120_000  # ms; the first page of a home also works out what all customers share


def open_tab(page: Page, demo: Served, customer: str, query: str = "") -> None:
    page.set_default_navigation_timeout(SLOW)
    page.goto(f"{demo.url}/customers/{CUSTOMERS[customer]}/adoption/{query}")
    expect(page.locator("h1")).to_have_text(customer)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_three_customers_light_dark_wide_and_narrow(demo: Served, browser: Browser, scheme: str):
    faults = {}
    for width in (1440, 375):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = log_in(context, demo, "lena")
        for customer in CUSTOMERS:
            open_tab(page, demo, customer)
            page.wait_for_function(
                "document.querySelectorAll('[data-chart]').length === document.querySelectorAll('[data-chart] svg').length"
            )
            shot(page, f"adoption-{customer}-{width}-{scheme}")
            found = serious(page) + ([f"{overflow(page)} px too wide"] if overflow(page) > 0 else []) + page.complaints
            if found:
                faults[f"{customer} at {width}"] = found
            page.complaints.clear()
        context.close()
    assert faults == {}


def test_period_and_comparison_are_chosen_by_keyboard_and_stand_in_the_address(demo: Served, browser: Browser):
    context = browser.new_context()
    page = log_in(context, demo, "lena")
    open_tab(page, demo, "OldCorp")
    page.locator("input[type=radio][name=period][value='30d']").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/adoption/?period=90d")
    expect(page.locator(".eyebrow")).to_contain_text("90 days to")
    page.locator("#comparison").select_option("all")
    page.wait_for_url("**comparison=all**")
    expect(page.locator(".eyebrow")).to_contain_text("compared with all")
    context.close()


def test_quick_actions_leave_drafts_and_tasks_and_lists_equal_numbers(demo: Served, browser: Browser):
    context = browser.new_context()
    page = log_in(context, demo, "omar")
    open_tab(page, demo, "OldCorp")
    row = page.locator("#users tr", has_text="At risk")
    number = int(row.locator("td b").inner_text())
    row.locator("a").click()
    expect(page.locator(".deck")).to_contain_text(re.compile(rf"^{number} users? at OldCorp"))
    expect(page.locator("tbody tr")).to_have_count(number)
    page.get_by_role("button", name="Create re-engagement campaign").click()
    page.wait_for_url("**/outreach/**")
    expect(page.locator("#notices")).to_contain_text("nothing goes out before somebody approves it")
    open_tab(page, demo, "OldCorp")
    page.locator("#unused button", has_text="Schedule training").first.click()
    expect(page.locator("#notices")).to_contain_text("is a task, due")
    page.locator("#advice button", has_text="Make a task").first.click()
    expect(page.locator("#notices")).to_contain_text("is a task, due")
    page.fill("#note-text", "New sponsor")
    page.get_by_role("button", name="Add a note").click()
    expect(page.locator("#growth")).to_contain_text("New sponsor")
    context.close()


def test_a_report_is_handed_over_and_read_without_a_login(demo: Served, browser: Browser):
    context = browser.new_context()
    page = log_in(context, demo, "omar")
    open_tab(page, demo, "OldCorp")
    with page.expect_download() as got:
        page.get_by_role("button", name="Get the PDF").click()
    assert got.value.path().read_bytes().startswith(b"%PDF-")
    page.get_by_role("button", name="Make a link").click()
    address = str(page.get_by_role("link", name="See what they see").get_attribute("href"))
    context.close()
    stranger = browser.new_context(viewport={"width": 375, "height": 800})
    outside = stranger.new_page()
    outside.goto(address)
    expect(outside.locator("h1")).to_contain_text("OldCorp")
    shot(outside, "shared-375-light")
    assert overflow(outside) <= 0
    assert serious(outside) == []
    stranger.close()


def _newcomers(demo: Served, folder: Path) -> dict[str, int]:
    """Customers who have hardly begun, and their numbers: one of the demo, one of three days, one that never came."""
    until = date.today() - timedelta(days=2)
    days = [(until - timedelta(days=ago)).isoformat() for ago in range(3)]
    rows = [f"Three Days,{who}@three.example,Dashboard,{day}T10:00:00Z,2" for day in days for who in ("ann", "bo")]
    file = folder / "three.csv"
    file.write_text("customer,user,feature,timestamp,count\n" + "\n".join(rows) + "\n")
    env = {**os.environ, "UPTAKE_HOME": str(demo.home), "DJANGO_SETTINGS_MODULE": "uptake.config.settings"}
    env.pop("DATABASE_URL", None)
    subprocess.run([str(UPTAKE), "import", str(file), "--yes"], env=env, check=True, capture_output=True, timeout=120)
    make = (
        "import django, json; django.setup()\n"
        "from uptake.customers.models import Customer\n"
        "from uptake.customers.services import create_customer\n"
        "create_customer(name='Not Begun')\n"
        "names = ('Ridgeway', 'Three Days', 'Not Begun')\n"
        "print(json.dumps({each.name: each.pk for each in Customer.objects.filter(name__in=names)}))"
    )
    done = subprocess.run([sys.executable, "-c", make], env=env, check=True, capture_output=True, timeout=60, text=True)
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_who_has_hardly_begun_has_a_whole_page_that_says_so(demo: Served, browser: Browser, tmp_path: Path):
    newcomers = _newcomers(demo, tmp_path)
    assert len(newcomers) == 3
    faults = {}
    for width in (1440, 375):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = log_in(context, demo, "lena")
        page.set_default_navigation_timeout(SLOW)
        for name, number in newcomers.items():
            page.goto(f"{demo.url}/customers/{number}/adoption/")
            page.wait_for_load_state("networkidle")
            expect(page.locator("h1")).to_have_text(name)
            assert "could not be worked out" not in page.locator("main").inner_text()
            assert not re.search(r"\b(nan|None|inf)\b", page.locator("main").inner_text())
            shot(page, f"adoption-{name.replace(' ', '-')}-{width}")
            found = serious(page) + ([f"{overflow(page)} px too wide"] if overflow(page) > 0 else []) + page.complaints
            if found:
                faults[f"{name} at {width}"] = found
            page.complaints.clear()
        context.close()
    assert faults == {}
