"""The same command gives the same digits on Spark as on DuckDB, from the same home."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.stories import demo_csv

pytestmark = pytest.mark.spark


def told(home, engine: str, *arguments: str) -> dict:
    settings = {
        key: value for key, value in os.environ.items() if not key.startswith("UPTAKE_") and key != "DATABASE_URL"
    }
    done = subprocess.run(
        [sys.executable, "-m", "uptake.pipeline.cli", *arguments, "--json"],
        env=settings | {"UPTAKE_HOME": str(home), "UPTAKE_ENGINE": engine},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_scores_and_rows_are_equal_on_both_engines(tmp_path):
    file = demo_csv(tmp_path, customers=12, events=4_000)
    home = tmp_path / "home"
    told(home, "duckdb", "import", str(file), "--yes")
    on_duckdb = asked(home, "duckdb")
    forget_scores(home)  # those that are kept would answer for Spark
    assert asked(home, "local[2]") == on_duckdb


def asked(home, engine: str) -> list[dict]:
    """A period whose days do not divide evenly shows a division that is not made in doubles."""
    return [told(home, engine, "score", "--period", "20d"), told(home, engine, "explain", "TechCorp", "--rows")]


def forget_scores(home) -> None:
    with closing(sqlite3.connect(home / "uptake.sqlite3")) as database:
        database.execute("DELETE FROM lake_datafile WHERE \"table\" = 'scores'")
        database.commit()
