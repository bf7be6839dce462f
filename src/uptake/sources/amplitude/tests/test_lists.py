"""Amplitude's lists are refused as usage."""

from pathlib import Path

import pytest

from uptake.sources.amplitude.lists import AmplitudeLists
from uptake.sources.reading import Answers, NotUsage
from uptake.sources.tests.by_hand import csv_table, json_table

GROUPS = Path(__file__).parents[1] / "sample" / "microscope_groups.csv"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (GROUPS.read_text(encoding="utf-8"), "group list"),
        ("user_id,amplitude_id,company\nann,45,Acme\n", "user list"),
        ("amplitude_id,user_id\n45,ann\n", "user list"),
    ],
)
def test_lists_in_files(tmp_path, text, what):
    with pytest.raises(NotUsage, match=what):
        AmplitudeLists().read(csv_table(tmp_path, text), Answers())


def test_merged_ids(tmp_path):
    record = {
        "amplitude_id": 1,
        "merged_amplitude_id": 2,
        "merge_server_time": "2025-03-10 09:15:04",
        "merge_event_time": 1,
    }
    with pytest.raises(NotUsage, match="merged"):
        AmplitudeLists().read(json_table(tmp_path, [record]), Answers())


def test_events_with_other_headers_are_left_to_others(tmp_path):
    table = csv_table(tmp_path, "amplitude_id,event_name,occurred_at\n45,Export,2025-01-01\n")
    assert AmplitudeLists().read(table, Answers()) is None
