"""``uptake demo`` has a Pendo that really was asked over HTTP, and can be asked again by any process."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.command import Home

SIZE = ("--customers", "24", "--events", "8000")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("demo") / "home")
    made.told("demo", *SIZE)
    return made


def test_asked_again_by_another_process_it_says_the_same(home: Home):
    before = home.told("score")["scores"]
    again = home.told("sync", "pendo", "--days", "90")
    assert again["state"] == "done"
    assert {window["state"] for window in again["windows"]} == {"same"}
    assert again["received"] > 100
    assert home.told("score")["scores"] == before


def test_a_demo_of_long_ago_has_its_own_days_fetched(tmp_path: Path):
    until = date.today() - timedelta(days=400)
    home = Home(tmp_path / "home")
    home.told("demo", *SIZE, "--until", until.isoformat())
    imports = home.told("imports")["imports"]
    pendo = [each for each in imports if each["platform"] == "pendo"]
    assert len(pendo) == 3
    assert max(each["to"][:10] for each in pendo) <= until.isoformat()


def test_the_smallest_demo_has_none(tmp_path: Path):
    home = Home(tmp_path / "home")
    home.told("demo", "--customers", "4", "--events", "800")
    assert home.run("sync", "pendo").code == 1
