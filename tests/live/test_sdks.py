"""Real SDKs, from their registries, against the real server, which is killed and started in between: every event once.

``make test-sdk`` installs the one for Node into build/; those for Python are among the development requirements.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.live.served import PATIENCE_SECONDS, Served, until
from tests.stories import Stage, stage

__all__ = ["stage"]

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
NODE = HERE.parent.parent / "build" / "node"
SENDERS = {
    "segment-analytics-python": [sys.executable, str(HERE / "send_segment.py")],
    "rudder-sdk-python": [sys.executable, str(HERE / "send_rudder.py")],
    "@segment/analytics-node": ["node", str(HERE / "node" / "send.mjs")],
}
COUNT, SECONDS, KILLS = 400, 12.0, 2


@pytest.fixture
def served(stage: Stage):
    made = Served.of(stage)
    made.start()
    yield made
    made.kill()


def sending(sdk: str, served: Served, *more: object) -> "subprocess.Popen[str]":
    command = [*SENDERS[sdk], served.host, served.key, *map(str, more)]
    folder = NODE if sdk.startswith("@") else None
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: "subprocess.Popen[str]") -> None:
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    assert json.loads(out.splitlines()[-1]) == {"failed": 0}, err


def facts(stage: Stage) -> list[dict[str, object]]:
    columns = ["event_id", "event_name", "account_id", "visitor_id"]
    paths = stage.rows("SELECT path FROM lake_datafile WHERE \"table\" = 'usage_events' AND retired_at IS NULL")
    return [row for (path,) in paths for row in pq.read_table(stage.path / "lake" / path, columns=columns).to_pylist()]


def holds_every_event_once(served: Served, count: int) -> None:
    """``count`` tracks and a page are facts of Acme; identify and group are counted as no use."""
    until(lambda: served.is_moved() and served.ledger()["imported"] >= count + 1)
    ledger, rows = served.ledger(), facts(served.stage)
    assert ledger["imported"] == count + 1
    assert ledger["refused"] == 2
    assert ledger["setAside"] == 0
    assert ledger["rowsRead"] == ledger["imported"] + ledger["duplicates"] + ledger["refused"]
    assert len({row["event_id"] for row in rows}) == len(rows) == count + 1
    assert served.stage.facts_counted() == count + 1
    assert {(row["account_id"], row["visitor_id"]) for row in rows} == {("acme", "ann")}


@pytest.mark.parametrize("sdk", SENDERS)
def test_every_event_counts_once_although_the_server_is_killed(sdk: str, served: Served):
    process = sending(sdk, served, COUNT, SECONDS)
    for _ in range(KILLS):
        time.sleep(SECONDS / (KILLS + 1))
        served.kill()
        time.sleep(1)
        served.start()
    ended(process)
    holds_every_event_once(served, COUNT)
    names = Counter(row["event_name"] for row in facts(served.stage))
    assert names == {"Feature 0": 134, "Feature 1": 133, "Feature 2": 133, "Viewed Docs Home Page": 1}


def test_the_largest_batch_that_an_sdk_sends_is_taken(served: Served):
    """It gathers until there are 4 MiB, and one message of nearly 4 MiB on top."""
    process = sending("rudder-sdk-python", served, 3, 0.1, (4 << 20) - 2_000)
    ended(process)
    holds_every_event_once(served, 5)


def test_an_sdk_reads_why_it_was_refused(served: Served):
    """And gives up at once, where trying again would help nobody."""
    served.key = "upw_wrong"
    process = sending("rudder-sdk-python", served, 1, 0.1)
    began = time.monotonic()
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert json.loads(out.splitlines()[-1])["failed"] == 4
    assert time.monotonic() - began < 30
