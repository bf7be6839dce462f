"""Every page in the browser: accessible, no wider than its window, light enough, without complaints of the browser."""

import time

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Served, log_in, overflow, serious, shot

PAGES = {
    "chat": "/",
    "portfolio": "/portfolio/",
    "across": "/portfolio/adoption/",
    "customer": "/customers/1/",
    "adoption": "/customers/1/adoption/",
    "tasks": "/tasks/",
    "outreach": "/outreach/",
    "imports": "/imports/",
    "import": "/imports/1/",
    "settings": "/settings/",
}
MOST_BYTES = 120_000  # of a first load, without the chart bundle


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_or_is_too_wide(demo: Served, browser: Browser, scheme: str):
    faults = {}
    for width in (1440, 375):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = log_in(context, demo, "ada")
        for name, path in PAGES.items():
            answer = page.goto(demo.url + path)
            assert answer is not None
            assert answer.ok, (name, answer.status)
            page.wait_for_load_state("networkidle")
            shot(page, f"{name}-{width}-{scheme}")
            found = serious(page) + ([f"{overflow(page)} px too wide"] if overflow(page) > 0 else []) + page.complaints
            if found:
                faults[f"{name} at {width}"] = found
            page.complaints.clear()
        context.close()
    assert faults == {}


def test_the_first_load_of_a_page_is_light(demo: Served, browser: Browser):
    weights = {name: _weight(demo, browser, path) for name, path in PAGES.items()}
    assert {name: size for name, size in weights.items() if size > MOST_BYTES} == {}
    assert all(size > 0 for size in weights.values())


def _weight(demo: Served, browser: Browser, path: str) -> int:
    """Bytes over the wire for a page in a browser that has nothing yet, without the chart bundle."""
    context = browser.new_context()
    page = log_in(context, demo, "ada")
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    urls: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.responseReceived", lambda got: urls.update({got["requestId"]: got["response"]["url"]}))
    session.on("Network.loadingFinished", lambda got: sizes.update({got["requestId"]: got["encodedDataLength"]}))
    page.goto(demo.url + path)
    page.wait_for_load_state("networkidle")
    context.close()
    return int(sum(size for request, size in sizes.items() if "/charts/" not in urls.get(request, "")))


def test_without_javascript_the_pages_still_work(demo: Served, browser: Browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo.url}/accounts/login/")
    page.fill("input[name=login]", "lena@demo.uptake.local")
    page.fill("input[name=password]", "uptake-demo")
    page.click("main button.main")
    page.fill("textarea[name=text]", "who is lagging behind?")
    page.click("#composer button.main")
    expect(page.locator("#talk")).to_contain_text("Laggards", ignore_case=True)
    page.goto(f"{demo.url}/portfolio/?band=poor")
    expect(page.locator("main")).to_contain_text("Poor")
    context.close()


def test_a_server_killed_while_it_imports_goes_on(empty: Served, browser: Browser, tmp_path):
    export = tmp_path / "usage.csv"
    rows = [
        f"Customer {n % 400},user{n % 9000}@c{n % 400}.example,Feature {n % 40},2026-{1 + n % 9:02}-{1 + n % 28:02}"
        for n in range(1_500_000)
    ]
    export.write_text("customer,user,feature,date\n" + "\n".join(rows) + "\n")
    context = browser.new_context()
    page = log_in(context, empty, "lena")
    page.set_input_files("input#files", export)
    page.click("#composer button.main")
    page.locator("form.mapping button.main").click(timeout=60_000)
    expect(page.locator("ol.steps")).to_be_visible()
    address = page.url
    time.sleep(0.5)
    empty.kill()
    empty.start()
    page.goto(address)
    expect(page.locator(".result h2").last).to_be_visible(timeout=120_000)
    expect(page.locator("#ledger")).to_contain_text("1,500,000")
    context.close()
