"""A refusal on the command line names what is typed there; the same import's page and API name what is done there."""

import pytest

from tests.command import Home
from tests.test_bad_input import HEADER, rows, thirty_percent_broken

NOTHING = "Zeile,Kram,Ding,Wann\n" + "".join(f"K-{n % 3},P{n % 4},F{n % 5},2025-03-{n + 1:02}\n" for n in range(20))


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "its-home")


def refusal(home, folder, text, *options):
    path = folder / "usage.csv"
    path.write_text(text)
    said = home.run("import", path, *options, "--json")
    assert said.code == 1
    assert said.json == {"error": said.err.strip()}
    return said.err.strip()


def test_a_table_that_says_nothing_is_refused_with_the_way_to_map_it(home, tmp_path):
    said = refusal(home, tmp_path, NOTHING)
    assert "usage.csv does not look like usage: no column says what was used or by whom." in said
    assert said.endswith("--map customer=COLUMN --map visitor=COLUMN --map feature=COLUMN --map timestamp=COLUMN.")
    mapped = ("--map", "customer=Zeile", "--map", "visitor=Kram", "--map", "feature=Ding", "--map", "timestamp=Wann")
    assert home.imported(tmp_path / "usage.csv", *mapped)["rowsRead"] == 20


def test_many_bad_rows_are_refused_with_the_option_that_takes_the_others(home, tmp_path):
    said = refusal(home, tmp_path, thirty_percent_broken())
    assert said.endswith("Nothing was imported; answer --yes to import the others, or --map the right columns.")


def test_what_is_live_in_another_way_is_refused_with_the_command_that_undoes_it(home, tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text(HEADER + "".join(rows(20)))
    number = home.imported(path)["importId"]
    said = refusal(home, tmp_path, path.read_text(), "--map", "customer=user", "--map", "visitor=customer")
    assert (
        said
        == f"usage.csv is live already as import {number}, read in another way. Undo that first: uptake undo {number}"
    )


def test_what_was_assumed_and_is_said_now_is_the_same_reading(home, tmp_path):
    path = tmp_path / "usage.csv"
    path.write_text(
        "customer,user,feature,timestamp\n"
        + "".join(f"Acme,u{n},Export,2025-08-{n:02} 09:15:00\n" for n in range(1, 21))
    )
    number = home.imported(path, "--yes")["importId"]
    again = home.imported(path, "--map", "timezone=UTC")
    assert (again["importId"], again["alreadyLive"]) == (number, True)
    said = home.run("import", path, "--map", "timezone=Europe/Berlin", "--json")
    assert (said.code, "read in another way" in said.err) == (1, True)


def test_a_question_says_what_may_be_typed_for_all_rows(home, tmp_path):
    said = refusal(home, tmp_path, "User Email,Feature,Occurred At\nann@acme.example,export,2025-08-01T09:15:00Z\n" * 2)
    assert "@domain: the domain of the addresses in “User Email”." in said
    assert "For all rows: --map customer==NAME." in said
    assert said.endswith("Answer with --map customer=….")
