"""Files in the browser: dropped on the page, mapped by hand, broken off half-way, found again on return."""

import socket
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import Served, log_in, overflow, serious, shot

DAYS = [f"2026-{1 + n % 6:02}-{1 + n % 28:02}" for n in range(240)]
CLEAR = "customer,user,feature,date\n" + "".join(
    f"Acme {n % 7},ann{n % 11}@acme{n % 7}.example,Reports {n % 4},{day}\n" for n, day in enumerate(DAYS)
)
DUMB = "Zeile,Kram,Ding,Wann\n" + "".join(f"K-{n % 7},P{n % 11},F{n % 4},{day}\n" for n, day in enumerate(DAYS))


def dropped(page: Page, paths: Sequence[Path]) -> None:
    """Let go of real files (or folders) over the page, as a file manager does."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 500, "y": 300, "data": data})
    session.detach()


def test_files_are_dropped_on_the_chat_and_imported(empty: Served, context: BrowserContext, tmp_path: Path):
    export = tmp_path / "usage.csv"
    export.write_text(CLEAR)
    page = log_in(context, empty, "lena")
    dropped(page, [tmp_path])
    expect(page.locator("[data-chosen] .wrong")).to_have_text(
        f"{tmp_path.name} is a folder; please drop the files in it, or a zip of them."
    )
    dropped(page, [export])
    expect(page.locator("[data-chosen] .chip")).to_contain_text("usage.csv")
    expect(page.locator("[data-chosen] .wrong")).to_have_count(0)
    page.click("#composer button.main")
    page.locator("form.mapping button.main").click(timeout=60_000)
    expect(page.locator(".result h2").last).to_be_visible(timeout=60_000)
    expect(page.locator("#ledger")).to_contain_text("240")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_table_that_says_nothing_is_mapped_by_hand(empty: Served, browser: Browser, tmp_path: Path):
    export = tmp_path / "kram.csv"
    export.write_text(DUMB)
    context = browser.new_context(viewport={"width": 375, "height": 900})
    page = log_in(context, empty, "lena")
    page.set_input_files("input#files", export)
    page.click("#composer button.main")
    form = page.locator("form.mapping")
    expect(form).to_contain_text("Which one does?", timeout=60_000)
    assert overflow(page) <= 0
    assert serious(page) == []
    shot(page, "chat-by-hand-375")
    for word, column in {"customer": "Zeile", "visitor": "Kram", "feature": "Ding"}.items():
        form.locator(f"select[name=told-{word}]").select_option(column)
    form.locator("select[name=means-3]").select_option("timestamp")
    form.locator("button.main").click()
    expect(page.locator(".result h2").last).to_be_visible(timeout=60_000)
    assert page.complaints == []  # type: ignore[attr-defined]
    context.close()


def test_more_files_than_are_taken_are_not_sent(empty: Served, context: BrowserContext, tmp_path: Path):
    paths = [tmp_path / f"{n}.csv" for n in range(101)]
    for path in paths:
        path.write_text(CLEAR)
    page = log_in(context, empty, "lena")
    page.set_input_files("input#files", paths)
    expect(page.locator("[data-chosen] .wrong")).to_contain_text("More than 100 files")
    page.click("#composer button.main")
    assert urlsplit(page.url).path == "/"
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("[data-chosen]")).to_be_hidden()


def begin_to_send(page: Page, served: Served, path: str, *, of: int, sent: int) -> socket.socket:
    """The first bytes of an upload that says it is longer, in the name of who is logged in."""
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    token = page.input_value("#composer input[name=csrfmiddlewaretoken]")
    part = 'Content-Disposition: form-data; name="{}"'
    fields = (
        f"--x\r\n{part.format('csrfmiddlewaretoken')}\r\n\r\n{token}\r\n--x\r\n{part.format('text')}\r\n\r\nmarch\r\n"
    )
    head = f'{fields}--x\r\n{part.format("files")}; filename="usage.csv"\r\nContent-Type: text/csv\r\n\r\n'
    request = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nOrigin: {served.url}\r\nContent-Length: {of}\r\n"
        f"Cookie: {'; '.join(f'{name}={value}' for name, value in cookies.items())}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    made = socket.create_connection(("127.0.0.1", served.port))
    made.sendall((request + head).encode() + CLEAR.encode()[:sent])
    return made


def test_an_upload_that_breaks_off_leaves_the_conversation_as_it_was(
    empty: Served, context: BrowserContext, tmp_path: Path
):
    page = log_in(context, empty, "lena")
    page.fill("textarea[name=text]", "what can you do?")
    page.click("#composer button.main")
    expect(page.locator("#talk > article")).to_have_count(2)
    connection = begin_to_send(page, empty, urlsplit(page.url).path + "say/", of=1_000_000, sent=5_000)
    time.sleep(0.5)
    connection.close()
    time.sleep(0.5)
    page.reload()
    expect(page.locator("#talk > article")).to_have_count(2)
    page.goto(f"{empty.url}/imports/")
    expect(page.locator("main")).to_contain_text("Nothing was imported yet")
    assert not [path for path in (empty.home / "uploads").rglob("*") if path.is_file()]
    export = tmp_path / "usage.csv"  # and the same file can be sent again
    export.write_text(CLEAR)
    page.go_back()
    page.set_input_files("input#files", export)
    page.click("#composer button.main")
    expect(page.locator("form.mapping")).to_be_visible(timeout=60_000)


def test_a_browser_that_is_closed_half_way_finds_the_truth_on_return(empty: Served, browser: Browser, tmp_path: Path):
    export = tmp_path / "usage.csv"
    export.write_text("customer,user,feature,date\n" + CLEAR.partition("\n")[2] * 2_000)
    first = browser.new_context()
    page = log_in(first, empty, "lena")
    page.set_input_files("input#files", export)
    page.click("#composer button.main")
    expect(page.locator("#talk > article")).to_have_count(2, timeout=60_000)
    address = page.url
    first.close()  # while it is looked at

    second = browser.new_context()
    page = log_in(second, empty, "lena")
    page.goto(address)
    page.locator("form.mapping button.main").click(timeout=60_000)
    expect(page.locator("ol.steps")).to_be_visible()
    second.close()  # while it is worked on

    third = browser.new_context()
    page = log_in(third, empty, "lena")
    page.goto(address)
    expect(page.locator(".result h2").last).to_be_visible(timeout=120_000)
    expect(page.locator("#ledger")).to_contain_text("480,000")
    assert page.locator("#talk > article").count() == 2
    third.close()


def test_what_is_typed_or_sent_while_an_answer_is_on_its_way_is_not_lost(empty: Served, context: BrowserContext):
    page = log_in(context, empty, "lena")
    box = page.locator("textarea[name=text]")
    box.fill("what can you do?")
    box.press("Enter")
    expect(page.locator("#talk > article[id]")).to_have_count(2)
    expect(box).to_have_value("")

    def late(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.route("**/say/", late)
    for sentence in ("first question", "second question", "third question"):
        box.fill(sentence)
        box.press("Enter")
    box.fill("half a thou")
    expect(page.locator("#talk > article.mine[id]")).to_have_count(4, timeout=20_000)
    said = page.locator("#talk > article.mine[id] p").all_inner_texts()
    assert said == ["what can you do?", "first question", "second question", "third question"]
    expect(page.locator("[data-pending-now]")).to_have_count(0)
    expect(box).to_have_value("half a thou")

    page.unroute("**/say/")
    page.route("**/say/", lambda route: route.abort())  # nothing is taken over: nothing is cleared
    box.fill("refused")
    box.press("Enter")
    expect(page.locator("[data-pending-now]")).to_have_count(0)
    expect(box).to_have_value("refused")


def test_what_is_typed_while_the_conversation_begins_is_carried_over(empty: Served, context: BrowserContext):
    page = log_in(context, empty, "lena")
    box = page.locator("textarea[name=text]")

    def late(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.route("**/*", lambda route: late(route) if route.request.method == "POST" else route.continue_())
    for sentence in ("first question", "second question"):
        box.fill(sentence)
        box.press("Enter")
    box.fill("half a thou")
    expect(page.locator("#talk > article.mine[id]")).to_have_count(2, timeout=20_000)
    expect(box).to_have_value("half a thou")
    assert page.locator("#talk > article.mine[id] p").all_inner_texts() == ["first question", "second question"]
