"""Commands side by side in one home, and names that mean harm."""

import csv
import json
import unicodedata
from pathlib import Path

import pytest

from tests.command import Said
from tests.stories import Stage, days_of_use, demo_csv, stage, table

__all__ = ["stage"]

BIDI = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
HOSTILE = {
    "formula": "=cmd()|'/c calc'!A1",
    "markup": "<script>alert(1)</script>",
    "console markup": "[bold red]Acme[/bold red]",
    "turned around": "Acme \u202egpj.exe\u202c",
    "escape": "Acme \x1b[31mred\x1b[0m \x07",
    "long": "A" * 300,
    "lines": 'Acme\r\nand "Sons"',
}


def counted_once(stage: Stage, rows: int) -> None:
    assert stage.facts_held() == rows
    assert stage.facts_counted() == rows
    assert {step for _, step in stage.states().values()} == {""}
    assert stage.leftovers == []


def test_two_first_imports_at_once(stage: Stage, tmp_path: Path):
    """In a home that neither finds there: one does the work, the other follows."""
    acme = days_of_use(["Acme", "Globex"], 60, 0)
    hooli = days_of_use(["Hooli", "Initech"], 60, 0, salt=5)
    files = [table(tmp_path / "acme.csv", acme), table(tmp_path / "hooli.csv", hooli)]
    both = [stage.start("import", file, "--yes", "--json") for file in files]
    ended = [each.ended() for each in both]
    assert [said.code for said in ended] == [0, 0], ended
    assert [json.loads(said.out)["imported"] for said in ended] == [len(acme), len(hooli)]
    counted_once(stage, len(acme) + len(hooli))

    one_by_one = Stage(tmp_path / "one-by-one")
    for file in files:
        one_by_one.imported(file, "--yes")
    assert stage.scores() == one_by_one.scores()


def test_the_same_file_twice_at_once(stage: Stage, tmp_path: Path):
    rows = days_of_use(["Acme", "Globex"], 60, 0)
    file = table(tmp_path / "acme.csv", rows)
    both = [stage.start("import", file, "--yes", "--json") for _ in range(2)]
    ended = [each.ended() for each in both]
    assert [said.code for said in ended] == [0, 0], ended
    assert sorted(json.loads(said.out)["alreadyLive"] for said in ended) == [False, True]
    counted_once(stage, len(rows))


@pytest.mark.slow
def test_scores_beside_a_running_import_are_whole(stage: Stage, tmp_path: Path):
    acme = table(tmp_path / "acme.csv", days_of_use(["Acme", "Globex"], 60, 0))
    stage.imported(acme, "--yes")
    before = stage.scores()
    big = demo_csv(tmp_path)
    running = stage.start("import", big, "--yes", "--json")
    assert stage.wait_for(lambda s: s.states().get(2, ("", ""))[1] == "convert", running)
    beside = stage.scores()
    ended = running.ended()
    assert ended.code == 0, ended.err
    after = stage.scores()
    assert after != before
    assert beside in {before, after}  # all of the new import or none of it


@pytest.mark.slow
def test_an_undo_beside_an_import(stage: Stage, tmp_path: Path):
    acme = table(tmp_path / "acme.csv", days_of_use(["Acme", "Globex"], 60, 0))
    stage.imported(acme, "--yes")
    big = demo_csv(tmp_path, customers=20, events=20_000)
    running = stage.start("import", big, "--yes", "--json")
    assert stage.wait_for(lambda s: s.states().get(2, ("", ""))[1] == "convert", running)
    assert stage.told("undo", "1")["state"] == "undone"
    ended = running.ended()
    assert ended.code == 0, ended.err
    alone = Stage(tmp_path / "alone")
    alone.imported(big, "--yes")
    assert stage.scores() == alone.scores()
    counted_once(stage, json.loads(ended.out)["imported"])


@pytest.mark.slow
def test_an_import_undone_before_it_is_scored(stage: Stage, tmp_path: Path):
    """The undo is asked for while the import's own work is under way: it waits its turn and is done."""
    big = demo_csv(tmp_path, customers=20, events=20_000)
    running = stage.start("import", big, "--yes", "--json")
    assert stage.wait_for(lambda s: s.states().get(1, ("", ""))[0] == "live", running)
    assert stage.told("undo", "1")["state"] == "undone"
    running.ended()
    assert stage.states() == {1: ("undone", "")}
    assert stage.run("score").code == 1
    assert stage.facts_counted() == 0


@pytest.mark.slow
def test_who_follows_takes_over_when_the_holder_is_killed(stage: Stage, tmp_path: Path):
    big = demo_csv(tmp_path)
    small = days_of_use(["Acme", "Globex"], 60, 0)
    holder = stage.start("import", big, "--yes", "--json")
    assert stage.wait_for(lambda s: s.states().get(1, ("", ""))[1] in {"stage", "convert"}, holder)
    follower = stage.start("import", table(tmp_path / "small.csv", small), "--yes", "--json")
    assert stage.wait_for(lambda s: s.states().get(2, ("", ""))[0] == "running", follower)
    holder.kill()
    ended = follower.ended()
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["imported"] == len(small)
    stage.scores()  # goes on with what the killed one began
    assert {number: state for number, (state, _) in stage.states().items()} == {1: "live", 2: "live"}
    total = sum(each["imported"] for each in stage.imports())
    counted_once(stage, total)


@pytest.mark.slow
def test_a_holder_that_is_done_hands_over_what_others_wait_for(stage: Stage, tmp_path: Path):
    """The small import holds the lock and ends while the big one, which it began, is still read."""
    small = table(tmp_path / "small.csv", days_of_use(["Acme"], 40, 0))
    big = demo_csv(tmp_path)
    holder = stage.start("import", small, "--yes", "--json")
    follower = stage.start("import", big, "--yes", "--json")
    first, second = holder.ended(), follower.ended()
    assert (first.code, second.code) == (0, 0), (first.err, second.err)
    counted_once(stage, json.loads(first.out)["imported"] + json.loads(second.out)["imported"])


def test_hostile_names_stay_names(stage: Stage, tmp_path: Path):
    rows = [row for name in HOSTILE.values() for row in days_of_use([name], 60, 0)]
    broken = [[name, "user0@0.example", "Reports", "not a date"] for name in HOSTILE.values()]
    file = table(tmp_path / "hostile.csv", rows + broken)
    said = stage.run("import", file, "--yes")
    harmless(said)
    assert f"{len(rows):,} usage events for {len(HOSTILE)} customers" in " ".join(said.out.split())
    for arguments in (["imports"], ["score", "--history"]):
        harmless(stage.run(*arguments))
    names = stage.customers()
    assert len(names) == len(HOSTILE)
    for name in (HOSTILE["formula"], HOSTILE["markup"]):
        assert name in names
        told = stage.told("explain", name, "--rows")
        assert told["customer"] == name
        assert {row["account"] for row in told["rows"]} == {name}
    for name in names - {HOSTILE["markup"], HOSTILE["formula"]}:
        harmless(stage.run("explain", name, "--rows"))
    set_aside_is_disarmed(stage, len(broken))


def set_aside_is_disarmed(stage: Stage, count: int) -> None:
    """No cell of the file that a spreadsheet would calculate; the formula's text is still there to read."""
    [path] = (stage.path / "set-aside").glob("*.csv")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    assert len(rows) == count
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert any(cell.startswith("'=cmd()") for row in rows for cell in row)


def harmless(said: Said, *, code: int = 0) -> None:
    """The command worked, and what it printed steers no terminal."""
    assert said.code == code, said.err
    shown = (said.out + said.err).replace("\n", "")
    assert not [char for char in shown if unicodedata.category(char) == "Cc" or char in BIDI]
    assert "Traceback" not in said.err
