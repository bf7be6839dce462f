"""What the page says of measurements: ratios, goals met or missed and by how much, and what went wrong."""

import pytest

from bench.goals import GOALS, Goal
from bench.report import goals, section, shared


def took(seconds, peak=100.0, cpu=None):
    return {
        "seconds": seconds,
        "fastest": seconds,
        "slowest": seconds,
        "cpu_seconds": seconds if cpu is None else cpu,
        "peak_mb": peak,
        "runs": 3,
    }


@pytest.fixture
def job():
    return {
        "job": "10M-csv",
        "title": "10M events, CSV",
        "measuredAt": "2026-01-02T03:04+00:00",
        "commit": "commit abc",
        "machine": {"cores": 2, "memoryGib": 23.5, "cpu": "CPU", "versions": "Python 3"},
        "recipe": {"customers": 2000},
        "files": 1,
        "bytes": 820_000_000,
        "rows": 10_000_000,
        "contestants": {"floor": took(10.0), "pandas": took(60.0), "ours": took(16.0, cpu=24.0)},
        "errors": {},
        "ours": None,
        "floorParts": None,
        "othersShare": 0.0,
        "agreement": {
            "compared": 2000,
            "withheld": 3,
            "against": ["pandas"],
            "differ": [],
            "differCount": 0,
            "repeatDiffer": 0,
            "rowsAgree": True,
        },
    }


def test_a_goal_says_by_how_much_it_was_missed(job):
    told = goals({"10M-csv": job})
    assert "| 10M CSV: at most 1.5 × the floor | 1.60 × | **missed by 7%** |" in told  # 16 / 10 / 1.5
    assert "| 10M CSV: at least 3 × faster than pandas | 3.75 × | met |" in told  # 60 / 16
    assert "| 100M CSV: under 120 s | – | not measured |" in told
    job["contestants"]["ours"] = took(30.0)
    assert "| 3.00 × | **missed by a factor of 2.00** |" in goals({"10M-csv": job})  # 30 / 10 / 1.5


def test_a_goal_barely_missed_is_missed():
    goal = Goal("", lambda _: None, 1.5)
    assert not goal.met(1.5001)
    assert goal.met(1.5)
    assert Goal("", lambda _: None, 3.0, at_least=True).missed_by(2.0) == pytest.approx(0.5)


def test_time_per_event_compares_rows_not_files(job):
    small = {**job, "rows": 1_000_000, "contestants": {"ours": took(1.0)}}
    large = {**job, "rows": 100_000_000, "contestants": {"ours": took(150.0)}}
    [growth] = [goal for goal in GOALS if goal.words.startswith("Time per event")]
    assert growth.measure({"1M-csv": small, "100M-csv": large}) == pytest.approx(1.5)


def test_a_jobs_section_gives_the_ratios_and_says_that_the_scores_agree(job):
    told = section(job)
    assert "Uptake ÷ floor = **1.60** · pandas ÷ Uptake = **3.75** · by CPU seconds, Uptake ÷ floor = 2.40" in told
    assert "All 2,000 scores (3 of them withheld) equal those of pandas to 0.01." in told
    assert "shared" not in told
    assert shared({"10M-csv": job}) == ""


def test_scores_that_differ_and_a_busy_machine_cannot_be_overlooked(job):
    job["agreement"] |= {"differ": [["Acme", 50.0, None]], "differCount": 1, "rowsAgree": False}
    job["othersShare"] = 0.4
    told = section(job)
    assert "**Scores that differ from the rival's: 1** (rival's and Uptake's: Acme: 50.0 and None)" in told
    assert "**not equal**" in told
    assert "other processes used 40% of its cores" in told
    assert shared({"10M-csv": job}).startswith("**Careful: 10M-csv ran while other processes")


def test_a_contestant_that_failed_has_no_number(job):
    del job["contestants"]["ours"]
    job["errors"] = {"ours": "not done after 600 s"}
    told = section(job)
    assert "Uptake, import + score: not done after 600 s." in told
    assert "Uptake ÷ floor" not in told
    assert "| 10M CSV: at most 1.5 × the floor | – | not measured |" in goals({"10M-csv": job})
