"""Runs of processes, and whether contestants did the same work."""

import os
import sys

import pytest

from bench.job import Measured, agreement
from bench.measure import Run, run, summary
from bench.ours import Both

PYTHON = [sys.executable, "-c"]


def done(answer, seconds=1.0, peak=1.0):
    return Run(0.0, seconds, seconds, peak, 0.0, answer, None)


def both(scores, rows=3):
    return Both(done(None), 1.0, 1.0, None, {"rowsRead": rows, "imported": rows}, scores)


def agreed(theirs, mine, *, rows=3):
    runs = {"floor": [done({"rows": 3})], "pandas": [done({"scores": theirs})]}
    return agreement(Measured(runs=runs, both=[both(mine, rows)]))


def test_scores_agree_to_a_hundredth():
    assert agreed({"a": 50.0, "b": None}, {"a": 50.009, "b": None})["differCount"] == 0
    assert agreed({"a": 50.0}, {"a": 50.011})["differ"] == [["a", 50.0, 50.011]]


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [({"a": 0.0}, {"a": None}), ({"a": None}, {"a": 0.0}), ({"a": 1.0, "b": 1.0}, {"a": 1.0}), ({}, {"a": None})],
)
def test_withheld_is_not_zero_and_a_missing_customer_is_a_difference(theirs, mine):
    assert agreed(theirs, mine)["differCount"] == 1


def test_rows_that_were_lost_are_noticed():
    assert agreed({"a": 1.0}, {"a": 1.0})["rowsAgree"] is True
    assert agreed({"a": 1.0}, {"a": 1.0}, rows=2)["rowsAgree"] is False


def test_another_run_with_other_scores_is_noticed():
    runs = {"floor": [done({"rows": 3})], "pandas": [done({"scores": {"a": 1.0}})]}
    told = agreement(Measured(runs=runs, both=[both({"a": 1.0}), both({"a": 2.0})]))
    assert (told["differCount"], told["repeatDiffer"]) == (0, 1)


def test_a_run_tells_time_and_peak_memory_of_the_process():
    code = "import time; block = bytearray(200 << 20); time.sleep(0.3); print(len(block) >> 20)"
    told = run([*PYTHON, code], env=os.environ, limit_seconds=20)
    assert told.answer == 200
    assert 0.3 <= told.seconds < 10
    assert 200 < told.peak_mb < 400


def test_a_run_that_fails_or_takes_too_long_says_so():
    assert run([*PYTHON, "raise SystemExit('no such file')"], env=os.environ, limit_seconds=20).error == "no such file"
    late = run([*PYTHON, "import time; time.sleep(30)"], env=os.environ, limit_seconds=1)
    assert late.error == "not done after 1 s"
    assert late.seconds < 10


def test_a_run_ends_before_it_takes_the_memory_of_others(monkeypatch):
    monkeypatch.setattr("bench.measure.LARGEST_SHARE", 0.0)
    told = run([*PYTHON, "import time; time.sleep(30)"], env=os.environ, limit_seconds=20)
    assert told.error == "ended at 0.0 GiB of memory, 0% of what was free"
    assert told.seconds < 10


def test_the_number_of_a_contestant_is_its_median_and_its_peak_the_highest():
    told = summary([done(None, 3.0, 10), done(None, 1.0, 30), done(None, 9.0, 20)])
    assert (told.seconds, told.fastest, told.slowest, told.peak_mb, told.runs) == (3.0, 1.0, 9.0, 30, 3)
