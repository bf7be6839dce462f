"""An import can be taken back, given again and given in pieces; every number is then what the facts say."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.command import Home
from tests.stories import Stage, days_of_use, pendo_totals, stage, table
from uptake.lake.models import Import
from uptake.pipeline import imports

__all__ = ["stage"]

OURS = ("Acme", "Globex", "Initech")
THEIRS = ("Globex", "Hooli", "Umbrella")


def csv_pair(folder: Path) -> tuple[Path, Path]:
    """Two files of single events that share days, a customer, and some of that customer's very rows."""
    first = days_of_use(OURS, 80, 10)
    shared = [row for row in first if row[0] == "Globex" and row[3] >= "2026-06-01"]
    second = shared + days_of_use(THEIRS, 50, 0, salt=4)
    return table(folder / "first.csv", first), table(folder / "second.csv", second)


def pendo_pair(folder: Path) -> tuple[Path, Path]:
    """Two files of daily totals: where they name the same visitor, feature and day, the second one's total is larger."""
    first = [(each, f"ann@{each}", "ft_a", back, 2 + back % 3) for each in OURS for back in range(80, 10, -1)]
    changed = [("Globex", "ann@Globex", "ft_a", back, 9) for back in range(30, 20, -1)]
    more = [(each, f"bob@{each}", "ft_b", back, 4) for each in THEIRS for back in range(50, 0, -1)]
    return pendo_totals(folder / "first.json", first), pendo_totals(folder / "second.json", changed + more)


PAIRS = {"single events": csv_pair, "daily totals": pendo_pair}


@pytest.mark.parametrize("kind", PAIRS)
def test_undo_makes_every_number_what_it_was(stage: Stage, tmp_path: Path, kind: str):
    first, second = PAIRS[kind](tmp_path)
    stage.imported(first, "--yes")
    before, explained = stage.scores(), stage.explained("Globex")

    second_id = stage.imported(second, "--yes")["importId"]
    assert stage.scores() != before
    assert stage.explained("Globex") != explained
    assert stage.customers() == {*OURS, *THEIRS}

    undone = stage.told("undo", str(second_id))
    assert (undone["importId"], undone["state"]) == (second_id, "undone")
    assert stage.scores() == before
    assert stage.explained("Globex") == explained
    assert stage.customers() == set(OURS)  # those that only the second import knew are gone


@pytest.mark.parametrize("kind", PAIRS)
def test_undoing_the_older_import_leaves_what_the_newer_alone_says(stage: Stage, tmp_path: Path, kind: str):
    first, second = PAIRS[kind](tmp_path)
    alone = Stage(tmp_path / "alone")
    alone.imported(second, "--yes")

    first_id = stage.imported(first, "--yes")["importId"]
    stage.imported(second, "--yes")
    stage.told("undo", str(first_id))
    assert stage.customers() == set(THEIRS)
    assert stage.scores() == alone.scores()


def test_a_total_that_replaced_another_gives_way_again(stage: Stage, tmp_path: Path):
    one = [("Acme", "ann", "ft_a", back, 2) for back in range(40, 0, -1)]
    two = [("Acme", "ann", "ft_a", 5, 50)]
    stage.imported(pendo_totals(tmp_path / "one.json", one), "--yes")
    assert uses_of(stage, "Acme") == 2 * 30  # the last 30 days with usage, two a day
    second = stage.imported(pendo_totals(tmp_path / "two.json", two), "--yes")
    assert uses_of(stage, "Acme") == 2 * 29 + 50
    stage.told("undo", str(second["importId"]))
    assert uses_of(stage, "Acme") == 2 * 30


def uses_of(stage: Stage, customer: str) -> int:
    return sum(person["uses"] for person in stage.told("explain", customer)["visitors"])


def test_undo_says_no_in_one_sentence(stage: Stage, tmp_path: Path):
    first, _ = csv_pair(tmp_path)
    number = stage.imported(first, "--yes")["importId"]
    stage.told("undo", str(number))
    again = stage.run("undo", str(number))
    assert (again.code, again.out, again.err) == (1, "", f"Import {number} is not live: it is undone.\n")
    unknown = stage.run("undo", "77")
    assert (unknown.code, unknown.out, unknown.err) == (1, "", "There is no import 77.\n")
    # Nothing is left to score, and an undone file may come again.
    assert stage.run("score").code == 1
    assert stage.imported(first, "--yes")["alreadyLive"] is False


@pytest.mark.django_db
def test_an_undo_that_is_asked_for_stops_the_import_that_is_under_way():
    batch = Import.objects.create(state=Import.State.LIVE, step="score")
    imports.ask_for_undo(batch.pk)
    assert imports.begin_step(batch.pk, "score") is False  # the import's own work is not gone on with
    imports.finish(batch.pk)
    batch.refresh_from_db()
    assert batch.step == "retire"  # still due, whoever is killed now
    assert imports.begin_step(batch.pk, "retire") is True


@pytest.mark.django_db
@pytest.mark.parametrize("state", [Import.State.LIVE, Import.State.UNDONE])
def test_work_that_was_asked_for_twice_is_done_once(state):
    batch = Import.objects.create(state=state, step="finish")
    imports.finish(batch.pk)
    assert imports.begin_step(batch.pk, "retire" if state == Import.State.UNDONE else "score") is False
    batch.refresh_from_db()
    assert batch.step == ""


def test_what_changes_is_seen_whole_or_not_at_all(stage: Stage, tmp_path: Path):
    first, second = csv_pair(tmp_path)
    stage.imported(first, "--yes")
    alone = stage.scores()
    stage.imported(second, "--yes")
    third = table(tmp_path / "third.csv", days_of_use(("Stark",), 20, 0))
    days = stage.path / "lake" / "usage_daily"
    kept = days.rename(days.with_name("kept"))
    days.write_text("a file where the folder should be: days cannot be derived")

    assert stage.run("import", third, "--yes").code == 1
    assert stage.run("undo", "2").code == 1
    assert stage.customers() == {*OURS, *THEIRS}  # the third import's customer did not come, nor did the second's go
    assert [state for state, _ in stage.states().values()].count("live") == 2

    days.unlink()
    kept.rename(days)
    assert stage.scores() == alone  # the undo that was asked for is done now
    assert stage.customers() == set(OURS)


def test_a_list_of_names_stays_as_long_as_an_import_that_brought_it(stage: Stage, tmp_path: Path):
    rows = [("Acme", "ann", "ft_a", back, 2) for back in range(40, 0, -1)]
    names = {"results": [{"id": "ft_a", "name": "Reports"}]}
    first, second = tmp_path / "one", tmp_path / "two"
    for folder, salt in ((first, 0), (second, 1)):
        folder.mkdir()
        pendo_totals(folder / "uses.json", [(*row[:4], row[4] + salt) for row in rows])
        (folder / "features.json").write_text(json.dumps(names))
        stage.imported(folder / "uses.json", folder / "features.json", "--yes")
    features = lambda: {each["feature"] for each in stage.told("explain", "Acme")["features"]}  # noqa: E731
    assert features() == {"Reports"}
    stage.told("undo", "1")
    assert features() == {"Reports"}
    stage.told("undo", "2")
    assert stage.rows("SELECT * FROM customers_featurename") == []


def test_the_same_file_again_changes_nothing(stage: Stage, tmp_path: Path):
    first, _ = csv_pair(tmp_path)
    told = stage.imported(first, "--yes")
    scores, files = stage.scores(), stage.facts
    copy = tmp_path / "another-name.csv"
    copy.write_bytes(first.read_bytes())
    for path in (first, copy):
        again = stage.imported(path, "--yes")
        assert again["alreadyLive"] is True
        assert (again["importId"], again["imported"], again["rowsRead"]) == (told["importId"], 0, told["rowsRead"])
        assert again["duplicates"] == told["rowsRead"]
    assert stage.scores() == scores
    assert stage.facts == files
    assert stage.facts_counted() == told["rowsRead"]


@pytest.mark.parametrize("with_ids", [True, False], ids=["event ids", "no ids"])
def test_halves_that_overlap_are_the_whole(stage: Stage, tmp_path: Path, with_ids: bool):
    more = ("event_id",) if with_ids else ()
    rows = days_of_use(OURS, 80, 0)
    rows = [[*row, f"e{number}"] for number, row in enumerate(rows)] if with_ids else rows + rows[100:140]
    rows.sort(key=lambda row: row[3])
    days = sorted({row[3][:10] for row in rows})
    early, late = days[len(days) // 3], days[2 * len(days) // 3]
    first = [row for row in rows if row[3][:10] <= late]
    second = [row for row in rows if row[3][:10] >= early]

    whole = Stage(tmp_path / "whole")
    assert whole.imported(table(tmp_path / "whole.csv", rows, *more), "--yes")["imported"] == len(rows)
    stage.imported(table(tmp_path / "first.csv", first, *more), "--yes")
    told = stage.imported(table(tmp_path / "second.csv", second, *more), "--yes")
    assert told["imported"] == len(rows) - len(first)
    assert told["duplicates"] == len(first) + len(second) - len(rows)
    assert stage.facts_counted() == len(rows)
    assert stage.scores() == whole.scores()


def test_equal_rows_of_one_file_are_all_uses(stage: Stage, tmp_path: Path):
    rows = days_of_use(["Acme"], 40, 0, users=1)
    twice = [*rows, *rows]
    told = stage.imported(table(tmp_path / "twice.csv", twice), "--yes")
    assert (told["imported"], told["duplicates"]) == (2 * len(rows), 0)
    last = date.fromisoformat(max(row[3] for row in rows)[:10])
    in_period = [row for row in rows if row[3][:10] > (last - timedelta(days=30)).isoformat()]
    assert uses_of(stage, "Acme") == 2 * len(in_period)
    # A file that holds each row once brings nothing; one that holds each three times brings one more of each.
    assert stage.imported(table(tmp_path / "once.csv", rows), "--yes")["imported"] == 0
    assert stage.imported(table(tmp_path / "thrice.csv", [*twice, *rows]), "--yes")["imported"] == len(rows)
    assert uses_of(stage, "Acme") == 3 * len(in_period)


def test_a_refused_file_leaves_nothing(tmp_path: Path):
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    home = Home(tmp_path / "refusing")
    said = home.run("import", picture, "--yes", "--json")
    assert said.code == 1
    assert list(json.loads(said.out)) == ["error"]
    assert home.facts == []
    assert home.leftovers == []
