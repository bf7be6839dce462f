"""A source, and what comes from it: through the spool into facts, as in a served home."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow.parquet as pq
import pytest

from uptake.lake import files
from uptake.lake.models import DataFile, Import
from uptake.pipeline.live.arrivals import frame_of
from uptake.pipeline.live.keys import create_live_source
from uptake.pipeline.live.moving import Mover
from uptake.pipeline.live.spool import Spool
from uptake.pipeline.sync.models import Connection
from uptake.sources.live.bodies import Sent
from uptake.sources.live.messages import rows_of

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@dataclass
class Source:
    """A live source. Each ``send`` is a request; ``move`` is what the executor does next."""

    connection: Connection
    mover: Mover = field(default_factory=Mover)

    def send(self, *messages, at=NOW, kind=None, **sent):
        received = round((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
        rows = rows_of(Sent(list(messages), **sent), received=received, kind=kind)
        spool = Spool()
        spool.put(frame_of(self.connection.pk, rows, received=received)).result(5)
        spool.close()

    def move(self):
        while self.mover.move()[0]:
            pass

    def sent(self, *messages, **how):
        self.send(*messages, **how)
        self.move()

    @property
    def imports(self) -> list[Import]:
        return list(Import.objects.filter(connection_id=self.connection.pk).order_by("pk"))

    @property
    def batch(self) -> Import:
        [only] = self.imports
        return only

    def facts(self, columns="event_name, account_id, visitor_id, event_count"):
        """Rows of the live fact files, in the order they came."""
        paths = [str(files.root() / file.path) for file in files.live("usage_events", source=self.connection.source)]
        if not paths:
            return []
        with duckdb.connect() as con:
            query = f"SELECT {columns} FROM read_parquet(?) ORDER BY import_id, row_number"
            return con.execute(query, [paths]).fetchall()

    def uses(self) -> dict[str, int]:
        """Uses by day, as metrics read them."""
        found: dict[str, int] = {}
        for file in files.live("usage_daily", source=self.connection.source):
            hidden = [(a, b) for a, b in file.hidden_ranges]
            for row in pq.read_table(files.root() / file.path).to_pylist():
                if not any(a <= str(row["day"]) <= b for a, b in hidden):
                    found[str(row["day"])] = found.get(str(row["day"]), 0) + row["uses"]
        return found

    @property
    def ledger(self) -> tuple[int, int, int, int, int]:
        """Rows read, imported, duplicates, set aside, refused: of all its imports."""
        told = [
            (batch.rows_read, batch.imported_count, batch.duplicate_count, batch.set_aside_count, batch.refused_count)
            for batch in self.imports
        ]
        return tuple(map(sum, zip(*told, strict=True)))


def event(number=0, **said):
    return {"id": f"e{number}", "customer": "Acme", "user": "ann", "feature": "Export", **said}


@pytest.fixture
def source(db):
    return Source(create_live_source("Web app", None)[0])


def live_files(source) -> list[DataFile]:
    return files.live("usage_events", source=source.connection.source)
