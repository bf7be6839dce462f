"""Live events as whole stories: served, moved, scored, undone, by one process or several."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.live.served import WITHIN_SECONDS, Served, free_port, until
from tests.stories import LAST_DAY, Stage, days_of_use, stage, table

__all__ = ["stage"]


@pytest.fixture
def served(stage: Stage):
    made = Served.of(stage)
    made.start()
    yield made
    made.kill()


def events(rows) -> list[dict[str, str]]:
    return [
        {"id": f"e{number}", "customer": customer, "user": user, "feature": feature, "timestamp": at}
        for number, (customer, user, feature, at) in enumerate(rows)
    ]


def scores(stage: Stage) -> list[dict[str, object]]:
    return json.loads(stage.scores())["scores"]


def test_use_that_was_sent_scores_as_the_same_use_from_a_file(served: Served, tmp_path):
    """To the digit; it is there within a minute, and an undo takes it back."""
    rows = days_of_use(["Acme", "Globex"], 80, 0)
    sent = events(rows)
    for start in range(0, len(sent), 500):
        status, told = served.post("/api/v1/usage", {"events": sent[start : start + 500]})
        assert (status, told["success"]) == (200, True)
    took = until(lambda: served.ledger()["imported"] == len(rows), seconds=WITHIN_SECONDS)
    assert took < WITHIN_SECONDS
    assert served.stage.facts_counted() == len(rows)
    file = Stage(tmp_path / "file-home")
    file.imported(table(tmp_path / "usage.csv", rows), "--yes")
    day = ("--as-of", LAST_DAY.isoformat())
    assert served.stage.told("score", *day)["scores"] == file.told("score", *day)["scores"]
    [batch] = served.stage.imports()
    assert batch["files"][0].startswith("Live events of Web app, ")
    assert served.stage.told("undo", str(batch["importId"]))["state"] == "undone"
    assert served.stage.run("score", "--json").code == 1


def test_two_processes_take_events_and_one_makes_them_facts(served: Served):
    second = Served(served.stage, free_port(), served.key)
    second.start()
    try:
        now = datetime.now(tz=UTC)
        for number in range(40):
            at = (now - timedelta(minutes=number)).isoformat()
            event = {"id": f"e{number // 2}", "customer": "Acme", "user": "ann", "feature": "Export", "timestamp": at}
            assert (served, second)[number % 2].post("/api/v1/usage", event)[0] == 200
        until(lambda: served.ledger()["rowsRead"] == 40)
        assert (served.ledger()["imported"], served.ledger()["duplicates"]) == (20, 20)
        served.kill()  # the one that makes facts: the other takes over
        assert second.post("/api/v1/usage", [{"customer": "Acme", "user": "bo", "feature": "Export"}])[0] == 200
        until(lambda: second.ledger()["imported"] == 21)
    finally:
        second.kill()


def test_a_server_that_is_killed_leaves_what_it_answered_to_the_next(served: Served):
    answered = 0
    for number in range(300):
        status, _ = served.post("/v1/track", {"userId": "ann", "event": "Export", "messageId": f"m{number}"})
        answered += status == 200
    served.kill()
    assert served.ledger()["imported"] <= answered == 300
    served.start()
    until(lambda: served.ledger()["imported"] == 300)
    assert served.stage.facts_counted() == 300


def test_an_import_of_a_file_and_live_events_do_not_disturb_each_other(served: Served, tmp_path):
    """Both change what is live; the days of each are whole whichever comes first."""
    rows = days_of_use(["Acme", "Globex", "Hooli"], 60, 0)
    running = served.stage.start("import", table(tmp_path / "usage.csv", rows), "--yes", "--json")
    sent = events(days_of_use(["Acme"], 60, 0, salt=5))
    for start in range(0, len(sent), 7):
        assert served.post("/api/v1/usage", sent[start : start + 7])[0] == 200
    said = running.ended()
    assert said.code == 0, said.err
    until(lambda: served.ledger()["imported"] == len(rows) + len(sent))
    assert served.stage.facts_counted() == served.stage.facts_held() == len(rows) + len(sent)


def test_the_pages_and_the_api_are_still_there(served: Served):
    assert served.post("/api/usage/process", {})[0] == 401
    status, told = served.post("/api/v1/usage", b"not json")
    assert (status, told["code"]) == (400, "invalid_json")
