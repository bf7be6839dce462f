"""Facts for the lake's tests, written as real Parquet files and listed in the catalogue."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from uptake.lake import files
from uptake.lake.engine import DuckDBEngine, Engine, SparkEngine
from uptake.lake.models import Import
from uptake.lake.schemas import USAGE_EVENTS

NO_ZONES = pa.table({name: pa.array([], pa.string()) for name in ("source", "account_id", "zone")})


@pytest.fixture(scope="session")
def spark() -> Iterator[Engine]:
    opened = SparkEngine("local[2]")
    yield opened
    opened.close()


@pytest.fixture
def duck(db) -> Iterator[Engine]:
    opened = DuckDBEngine()
    yield opened
    opened.close()


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request, db) -> Iterator[Engine]:
    if request.param == "spark":
        yield request.getfixturevalue("spark")
        return
    opened = DuckDBEngine()
    yield opened
    opened.close()


@pytest.fixture
def bring(db) -> Callable[..., Import]:
    """An import that is live, with one fact file; rows give what differs from a plain event."""

    def bring_rows(*rows: dict, has_repeats: bool = False) -> Import:
        batch = Import.objects.create(state=Import.State.LIVE)
        full = [_fact(row, batch.pk, number) for number, row in enumerate(rows, start=2)]
        path = files.new_path("usage_events", str(batch.pk))
        pq.write_table(pa.Table.from_pylist(full, USAGE_EVENTS), path)
        days = [row["occurred_on"] or row["occurred_at"].date() for row in full]
        files.list_facts(batch, [files.NewFile(Path(path), "pendo", len(full), min(days), max(days), has_repeats)])
        return batch

    return bring_rows


def _fact(given: dict, import_id: int, row_number: int) -> dict:
    row = {
        "source": "pendo", "account_id": "acme", "visitor_id": "ann", "event_name": "Export", "occurred_on": None,
        "grain": "event", "event_count": 1, "duration_seconds": None, "session_id": None, "event_id": None,
        "file_number": 1, "import_id": import_id, "row_number": row_number,
    } | given  # fmt: skip
    row["occurred_at"] = datetime.fromisoformat(row.pop("at", "2026-03-02T09:00"))
    return row


def daily_rows(engine: Engine) -> list[dict]:
    """usage_daily as it is shown now, in a stable order."""
    from uptake.lake.schemas import USAGE_DAILY

    table = engine.files("usage_daily", files.selections(files.live("usage_daily")), USAGE_DAILY)
    rows = engine.arrow(table).to_pylist()
    return sorted(rows, key=lambda row: (str(row["account_id"]), str(row["visitor_id"]), row["event_name"], row["day"]))


MARCH = [(date(2026, 3, 1), date(2026, 3, 31))]
