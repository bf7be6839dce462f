"""What waits in the spool, as tables: one per source and day received, its rows in the order they came."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa

from uptake.lake.wall_clock import workspace_zone
from uptake.pipeline.home import home
from uptake.pipeline.live.models import MovedSegment
from uptake.pipeline.live.spool import Frames
from uptake.sources.live.messages import Row, columns_of, dumped

log = logging.getLogger(__name__)

SHAPE = 1  # of a frame; a later version reads the older ones too
ROUND_BYTES = 24 << 20  # of the spool, taken together: some 200,000 events, which fit into memory
CHUNK_ROWS = 10_000  # held as Python's own values; to pack them keeps the door waiting for some milliseconds

COLUMNS = pa.schema(
    [
        ("kind", pa.string()),
        ("event_id", pa.string()),
        ("visitor_id", pa.string()),
        ("other_id", pa.string()),
        ("account_id", pa.string()),
        ("event_name", pa.string()),
        ("occurred", pa.int64()),
        ("uses", pa.int64()),
        ("seconds", pa.float64()),
        ("session_id", pa.string()),
        ("email", pa.string()),
        ("name", pa.string()),
        ("domain", pa.string()),
        ("reason", pa.string()),
        ("text", pa.string()),
        ("moved", pa.bool_()),
        ("received", pa.int64()),
    ]
)
USUAL = Row()._asdict()


def frame_of(connection_id: int, rows: Sequence[Row], *, received: int) -> bytes:
    """What the door spools for one request."""
    told = {"shape": SHAPE, "connection": connection_id, "received": received, "count": len(rows)}
    return dumped({**told, "rows": columns_of(rows)})


@dataclass(frozen=True)
class Arrived:
    """What came from one source on one day."""

    connection_id: int
    day: date  # in the workspace's zone
    rows: pa.Table  # COLUMNS
    segments: tuple[str, ...]


@dataclass
class _Gathered:
    """Rows on their way into a table, chunk by chunk."""

    segments: dict[str, None] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in COLUMNS.names})
    chunks: list[pa.RecordBatch] = field(default_factory=list)

    def add(self, segment: str, frame: dict[str, Any]) -> None:
        self.segments[segment] = None
        count, rows = frame["count"], frame["rows"]
        for name, usual in USUAL.items():
            self.values[name].extend(rows.get(name) or [usual] * count)
        self.values["received"].extend([frame["received"]] * count)
        if len(self.values["received"]) >= CHUNK_ROWS:
            self.pack()

    def pack(self) -> None:
        if self.values["received"]:
            arrays = [pa.array(self.values[name], COLUMNS.field(name).type) for name in COLUMNS.names]
            self.chunks.append(pa.RecordBatch.from_arrays(arrays, schema=COLUMNS))
            self.values = {name: [] for name in COLUMNS.names}


def of_one_round(paths: Sequence[Path]) -> list[Path]:
    """The first segments that together fit into one round; at least one."""
    chosen, size = list[Path](), 0
    for path in paths:
        size += path.stat().st_size
        if chosen and size > ROUND_BYTES:
            break
        chosen.append(path)
    return chosen


def arrived(paths: Iterable[Path]) -> list[Arrived]:
    """What these segments hold and is not moved yet."""
    gathered: dict[tuple[int, date], _Gathered] = {}
    for path in paths:
        moved = set(MovedSegment.objects.filter(segment=path.name).values_list("connection_id", "day"))
        for frame in _frames(path):
            key = (frame["connection"], _day(frame["received"]))
            if key not in moved:
                gathered.setdefault(key, _Gathered()).add(path.name, frame)
    return [_arrived(connection_id, day, found) for (connection_id, day), found in sorted(gathered.items())]


def _arrived(connection_id: int, day: date, found: _Gathered) -> Arrived:
    found.pack()
    return Arrived(connection_id, day, pa.Table.from_batches(found.chunks, COLUMNS), tuple(found.segments))


def _frames(path: Path) -> list[dict[str, Any]]:
    frames = Frames(path)
    found = [orjson.loads(payload) for payload in frames]
    if frames.torn:
        log.warning("%s ends in %s bytes that were never answered: its process was killed.", path.name, frames.torn)
    if frames.lost:
        _keep_damaged(path, frames.lost)
    return found


def _keep_damaged(path: Path, lost: int) -> None:
    """Events that were answered cannot be read any more. The file stays, for people."""
    kept = home() / "live" / "damaged"
    kept.mkdir(parents=True, exist_ok=True)
    if not (kept / path.name).exists():
        (kept / path.name).hardlink_to(path)
        log.error("%s bytes of %s are damaged; what else it holds is taken. It is kept in %s.", lost, path.name, kept)


def _day(received: int) -> date:
    return datetime.fromtimestamp(received / 1_000_000, tz=UTC).astimezone(ZoneInfo(workspace_zone())).date()
