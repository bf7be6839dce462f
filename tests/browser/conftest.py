"""A served home, a browser of the system, and a mail server: all real, all on loopback."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

UPTAKE = Path(sys.executable).parent / "uptake"
SHOTS = Path(os.environ.get("UPTAKE_SHOTS", Path(__file__).parents[2] / "build" / "screenshots"))
PASSWORD = "uptake-demo"
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder is opt-in: make test-browser."""
    for item in items:
        if Path(str(item.fspath)).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@dataclass
class Served:
    """``uptake serve`` on a home, that can be killed and started again."""

    home: Path
    port: int
    settings: dict[str, str]
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        env = {**os.environ, "UPTAKE_HOME": str(self.home), **self.settings}
        env.pop("DJANGO_SETTINGS_MODULE", None)
        env.pop("DATABASE_URL", None)
        log = (self.home.parent / "serve.log").open("a")
        self.process = subprocess.Popen(
            [str(UPTAKE), "serve", "--port", str(self.port)],
            env=env,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2)
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        pytest.fail((self.home.parent / "serve.log").read_text())

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, loaded once; tests take copies."""
    home = tmp_path_factory.mktemp("demo") / "home"
    env = {**os.environ, "UPTAKE_HOME": str(home)}
    env.pop("DATABASE_URL", None)
    subprocess.run([str(UPTAKE), "demo", "--json"], env=env, check=True, capture_output=True, timeout=300)
    return home


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo's teammates and nothing else."""
    home = tmp_path_factory.mktemp("empty") / "home"
    env = {**os.environ, "UPTAKE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "uptake.config.settings"}
    env.pop("DATABASE_URL", None)
    make = "import django; django.setup(); from uptake.pipeline import home, first_start; home.prepare(); first_start.make_demo_team()"
    subprocess.run([sys.executable, "-c", make], env=env, check=True, capture_output=True, timeout=120)
    return home


class Mailbox:
    """Keeps what the mail server received."""

    def __init__(self) -> None:
        self.mail: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's word
        self.mail.append((envelope.rcpt_tos, BytesParser(policy=default).parsebytes(envelope.content)))
        return "250 OK"

    def wait_for(self, count: int, seconds: float = 30) -> list[tuple[list[str], EmailMessage]]:
        until = time.monotonic() + seconds
        while len(self.mail) < count and time.monotonic() < until:
            time.sleep(0.1)
        return list(self.mail)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, port
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _served(home: Path, tmp_path: Path, settings: dict[str, str]) -> Iterator[Served]:
    copy = tmp_path / "served"
    shutil.copytree(home, copy)
    served = Served(copy, free_port(), settings)
    served.start()
    yield served
    served.stop()


@pytest.fixture
def demo(demo_home: Path, tmp_path: Path) -> Iterator[Served]:
    yield from _served(demo_home, tmp_path, {})


@pytest.fixture
def empty(empty_home: Path, tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[Served]:
    """An empty home that can send mail to the test's mail server."""
    mail = {
        "UPTAKE_MAIL_HOST": "127.0.0.1",
        "UPTAKE_MAIL_PORT": str(mailbox[1]),
        "UPTAKE_MAIL_TLS": "false",
        "UPTAKE_MAIL_FROM": "dana@us.example",
    }
    yield from _served(empty_home, tmp_path, mail)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((name for name in ("chromium", "chromium-browser", "google-chrome") if shutil.which(name)), None)
    if found is None:
        pytest.fail("There is no Chromium on this machine; apt-get install chromium.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which(found), args=CHROMIUM)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    made.set_default_timeout(20_000)
    yield made
    made.close()


def log_in(context: BrowserContext, served: Served, who: str = "dana") -> Page:
    """A page of a demo teammate, just logged in; anything the browser complains of fails the test at its end."""
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda why: page.complaints.append(str(why)))  # type: ignore[attr-defined]
    page.goto(f"{served.url}/accounts/login/")
    page.fill("input[name=login]", f"{who}@demo.uptake.local")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_url(f"{served.url}/**")
    return page


def shot(page: Page, name: str) -> None:
    """A screenshot of the whole page, kept as an artefact."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical, with where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['html'][:120]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"][:5]
    ]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
