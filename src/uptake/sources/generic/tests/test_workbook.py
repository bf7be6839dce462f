"""A sheet of monthly totals, from the workbook to the rows."""

from pathlib import Path

import duckdb

from uptake.sources.generic.parser import GenericFormat
from uptake.sources.limits import Limits
from uptake.sources.reading import Answers, Member
from uptake.sources.tables import open_tables
from uptake.sources.tests.by_hand import rows

SAMPLE = Path(__file__).parents[1] / "sample" / "generic_monthly_usage.xlsx"


def test_monthly_totals_of_a_workbook(tmp_path):
    with duckdb.connect() as con:
        [table] = open_tables(Member(SAMPLE, SAMPLE.name), tmp_path, Limits(max_bytes=10**9, max_ratio=1000), con)
    reading = GenericFormat().read(table, Answers())
    assert reading.mapping == {
        "customer": "Account",
        "feature": "Feature",
        "timestamp": "Month",
        "count": "Total Uses",
        "duration": "Minutes",
    }
    assert (reading.grain, reading.questions) == ("month", ())
    first = rows(table, reading)[0]
    # As the sheet shows it: Acme Logistics, August 2025, 238 uses, 320 minutes
    assert (first.customer, first.at.isoformat(), first.count, first.seconds) == (
        "Acme Logistics",
        "2025-08-01T00:00:00",
        238,
        19200,
    )
