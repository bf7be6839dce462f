"""The job of the product, in a browser: an export is dropped into the chat, and customers are helped."""

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import UPTAKE, Mailbox, Served, log_in, shot

SENTENCE = "Update health scores and create tasks for the 3 laggards"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    size = ["--customers", "30", "--events", "20000", "--days", "90"]
    subprocess.run(
        [str(UPTAKE), "demo", "--export-dir", str(folder), *size], check=True, capture_output=True, timeout=120
    )
    return folder / "usage_events.csv"


def say(page: Page, text: str) -> None:
    page.fill("textarea[name=text]", text)
    page.click("#composer button.main")


def answer(page: Page):
    """The last thing Uptake said."""
    return page.locator("#talk > article:not(.mine)").last


def imported(page: Page, file: Path, text: str = "") -> None:
    page.set_input_files("input#files", file)
    say(page, text)
    expect(page.locator("form.mapping")).to_be_visible()
    page.locator("form.mapping button.main").click()
    expect(page.locator(".result h2").last).to_be_visible(timeout=60_000)


def test_from_an_export_to_helped_customers(empty: Served, context: BrowserContext, mailbox, export: Path):
    box: Mailbox = mailbox[0]
    page = log_in(context, empty, "lena")
    shot(page, "chat-empty")
    page.set_input_files("input#files", export)
    say(page, "Calculate adoption scores from this usage data")
    expect(page.locator("form.mapping")).to_contain_text("Customer")
    shot(page, "chat-mapping")
    page.locator("form.mapping button.main").click()
    expect(page.locator(".result h2").last).to_contain_text(re.compile(r"Adoption stands at \d"), timeout=60_000)
    expect(page.locator("#ledger")).to_contain_text("Rows read")
    shot(page, "chat-results")

    say(page, SENTENCE)
    expect(answer(page)).to_contain_text("Shall I?")  # nothing is changed before the word
    answer(page).locator("button.main").click()
    expect(answer(page)).to_contain_text(re.compile(r"Health updated for \d+ customers.*3 tasks for"), timeout=60_000)
    shot(page, "chat-health-and-tasks")

    page.goto(f"{empty.url}/tasks/")
    expect(page.locator("main")).to_contain_text("Open 3")
    shot(page, "tasks")

    page.goto(f"{empty.url}/")
    say(page, "Draft outreach for the 3 laggards")
    answer(page).locator("button.main").click()
    expect(answer(page)).to_contain_text("not sent")
    page.goto(f"{empty.url}/outreach/")
    shot(page, "outreach")
    page.locator("main tbody a.row-link").first.click()
    page.fill("input[name=to_email]", "mara@customer.example")
    subject = page.input_value("input[name=subject]")
    assert box.mail == []  # nothing went out yet
    page.click("button[name=approve]")
    [(to, mail)] = box.wait_for(1)
    assert to == ["mara@customer.example"]
    assert mail["Subject"] == subject
    page.reload()
    expect(page.locator("main")).to_contain_text("Sent")

    page.goto(f"{empty.url}/portfolio/")
    shot(page, "portfolio")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.locator("a[href*='export.xlsx']").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert page.complaints == []
