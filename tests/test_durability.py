"""Whenever a command is killed, what it began is finished or gone afterwards, and nothing counts twice.

Each kill is SIGKILL to the command's whole process group. Minutes long: ``make test-kill``.
"""

import random
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stories import Running, Stage, days_of_use, demo_csv, stage, table

__all__ = ["stage"]

pytestmark = pytest.mark.slow

KILLS = 20
SHARES = [(place + random.Random(f"kill {place}").random()) / KILLS for place in range(KILLS)]  # of the whole length
STEPS = ("stage", "convert", "commit", "score")
UNDO_SHARES = (0.25, 0.45, 0.6, 0.75, 0.9)


@dataclass(frozen=True)
class Never:
    """An import that nobody killed."""

    file: Path
    archive: Path
    seconds: float  # how long it took
    rows: int
    scores: str


@pytest.fixture(scope="module")
def never(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Never]:
    folder = tmp_path_factory.mktemp("never")
    file = demo_csv(folder, customers=40, events=60_000)
    archive = folder / "usage_events.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.write(file, file.name)
    whole = Stage(folder / "home")
    began = time.monotonic()
    told = whole.imported(file, "--yes")
    seconds = time.monotonic() - began
    assert told["rowsRead"] == told["imported"]
    yield Never(file, archive, seconds, told["imported"], whole.scores())
    shutil.rmtree(folder)


@pytest.mark.parametrize("place", range(KILLS), ids=[f"at {share:.0%}" for share in SHARES])
def test_an_import_killed_at_any_moment(stage: Stage, never: Never, place: int):
    running = stage.start("import", never.file, "--yes", "--json")
    kill_after(running, SHARES[place] * never.seconds)
    settles(stage, never, never.file, first=("score", "import", "imports")[place % 3])


@pytest.mark.parametrize("step", STEPS)
def test_an_import_killed_in_each_step(stage: Stage, never: Never, step: str):
    running = stage.start("import", never.file, "--yes", "--json")
    reached = STEPS[STEPS.index(step) :]
    assert stage.wait_for(lambda s: any(now in reached for _, now in s.states().values()), running)
    running.kill()
    settles(stage, never, never.file, first="score")


@pytest.mark.parametrize("share", [0.35, 0.55, 0.75])
def test_an_archive_killed_while_it_is_unpacked_or_read(stage: Stage, never: Never, share: float):
    running = stage.start("import", never.archive, "--yes", "--json")
    kill_after(running, share * never.seconds)
    settles(stage, never, never.archive, first="score")


def test_an_import_killed_four_times_over(stage: Stage, never: Never):
    running = stage.start("import", never.file, "--yes", "--json")
    for step in ("convert", "commit", "score"):
        assert stage.wait_for(lambda s, step=step: any(now == step for _, now in s.states().values()), running)
        running.kill()
        running = stage.start("score", "--json")
    running.kill()
    settles(stage, never, never.file, first="score")


def test_a_preview_that_is_killed_leaves_nothing(stage: Stage, never: Never):
    running = stage.start("import", never.archive, "--yes", "--json")
    assert stage.wait_for(lambda s: any(state == "preview" for state, _ in s.states().values()), running)
    running.kill()
    if any(state != "preview" for state, _ in stage.states().values()):
        pytest.fail("the preview was confirmed before the kill came; the machine is too quick for this test")
    said = stage.run("score", "--json")
    assert said.code == 1
    assert said.err == "There is no usage yet. Start with: uptake import FILE\n"
    assert stage.states() == {}
    assert stage.imports() == []
    assert stage.leftovers == []
    assert stage.facts == []


@pytest.fixture(scope="module")
def two_live(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stage, str, str, float]:
    """A home with two imports, its scores with both and with the first alone, and how long an undo takes."""
    folder = tmp_path_factory.mktemp("two")
    home = Stage(folder / "home")
    home.imported(table(folder / "a.csv", days_of_use(["Acme", "Globex"], 80, 5)), "--yes")
    alone = home.scores()
    home.imported(table(folder / "b.csv", days_of_use(["Globex", "Hooli"], 60, 0, salt=3)), "--yes")
    both = home.scores()
    again = Stage(folder / "again")
    shutil.copytree(home.path, again.path)
    began = time.monotonic()
    again.told("undo", "2")
    return home, both, alone, time.monotonic() - began


@pytest.mark.parametrize("share", UNDO_SHARES)
def test_an_undo_killed_at_any_moment(stage: Stage, two_live: tuple[Stage, str, str, float], share: float):
    home, both, alone, seconds = two_live
    shutil.copytree(home.path, stage.path)
    running = stage.start("undo", "2", "--json")
    kill_after(running, share * seconds)
    scores = stage.scores()
    state = {each["importId"]: each["state"] for each in stage.imports()}[2]
    assert (state, scores) in {("live", both), ("undone", alone)}
    if state == "live":
        stage.told("undo", "2")
    assert stage.scores() == alone
    assert_clean(stage)


@pytest.mark.parametrize("step", ["retire", "score"])
def test_an_undo_that_was_asked_for_is_done_whoever_is_killed(
    stage: Stage, two_live: tuple[Stage, str, str, float], step: str
):
    home, _, alone, _ = two_live
    shutil.copytree(home.path, stage.path)
    running = stage.start("undo", "2", "--json")
    steps = ("retire", "score", "finish")
    reached = steps[steps.index(step) :]
    assert stage.wait_for(lambda s: s.states()[2][1] in reached, running)
    running.kill()
    assert stage.scores() == alone
    assert stage.states() == {1: ("live", ""), 2: ("undone", "")}
    assert_clean(stage)


def kill_after(running: Running, seconds: float) -> None:
    """Kill it then, or find that it was done by then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not running.is_over:
        time.sleep(0.005)
    running.kill()


def settles(stage: Stage, never: Never, file: Path, *, first: str) -> None:
    """After the next commands the home is as if nothing had been killed."""
    was_confirmed = any(state != "preview" for state, _ in stage.states().values())
    if first == "imports":
        stage.imports()  # says what there is, whatever that is
    if first == "import":
        stage.imported(file, "--yes")
    elif was_confirmed:
        assert stage.scores() == never.scores  # the command that comes next goes on with it
        again = stage.imported(file, "--yes")
        assert (again["alreadyLive"], again["imported"]) == (True, 0)
    else:
        assert stage.run("score").code == 1  # there is nothing yet, and nothing is left
        assert stage.states() == {}
        assert stage.leftovers == []
        assert stage.facts == []
        assert stage.imported(file, "--yes")["imported"] == never.rows
    assert stage.scores() == never.scores
    told = stage.imports()
    assert [each["imported"] for each in told if each["state"] == "live"] == [never.rows]
    assert {each["state"] for each in told} <= {"live", "refused"}
    assert stage.facts_held() == never.rows
    assert stage.facts_counted() == never.rows
    assert_clean(stage)


def assert_clean(stage: Stage) -> None:
    """Nothing is stuck, nothing is staged, and the lake holds no file that the catalogue does not list."""
    assert {step for _, step in stage.states().values()} == {""}
    assert [path.parent.name for path in stage.unlisted() if path.parent.name != "scores"] == []
    assert stage.leftovers == []
    assert list((stage.path / "staging").iterdir() if (stage.path / "staging").is_dir() else ()) == []
    if stage.unlisted():  # half-written scores may be somebody's; an hour later they are nobody's
        stage.age_unlisted()
        small = table(stage.path.parent / "one-more.csv", days_of_use(["Sweeper"], 3, 0))
        stage.imported(small, "--yes")
        assert stage.unlisted() == []
