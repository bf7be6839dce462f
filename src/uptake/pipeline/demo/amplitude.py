"""Usage events as Amplitude's Export API gives them: JSON lines in a gz file per hour, the account in ``groups``."""

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol

import numpy as np
import pyarrow as pa

from uptake.pipeline.demo import noise
from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.events import EventBlock
from uptake.pipeline.demo.noise import Integers
from uptake.pipeline.demo.portfolio import Plan
from uptake.pipeline.demo.words import (
    Column,
    Words,
    chosen,
    digits,
    filled,
    joined,
    json_text,
    number,
    row_bytes,
    slices,
    spans,
    uuids,
)

NAME = "amplitude_export.zip"
PROJECT = 100011
ARCHIVE_UNTIL = 1_000_000
"""Events in 90 days; above that the gz files stand loose in a folder, as Amplitude puts them into a bucket."""

OWN_NAMES = ("session_start", "$identify")
"""Events that Amplitude's SDK sends by itself; no use of a feature."""

_THREE = pa.array([f"{value:03}" for value in range(1000)])


def write(plan: Plan, crowd: Crowd, blocks: Iterator[EventBlock], folder: Path) -> list[Path]:
    """``amplitude_export.zip``, or the gz files in ``100011/``."""
    words = Words(plan, crowd, json_text)
    names = [json_text(name) for name in (*(feature.name for feature in plan.features), *OWN_NAMES)]
    with _Archive(folder) if plan.events < ARCHIVE_UNTIL else _Loose(folder) as place:
        complete = (_with_own(block, len(plan.features)) for block in blocks)
        for hour, packed in _packed_hours(slices(complete), words, names, plan.seed):
            at = datetime.fromtimestamp(hour * 3600, tz=UTC)
            place.add(f"{PROJECT}_{at:%Y-%m-%d}_{at.hour}#0.json.gz", at, packed)
    return place.paths


def _packed_hours(
    blocks: Iterator[EventBlock], words: Words, names: list[str], seed: int
) -> Iterator[tuple[int, bytes]]:
    """The gz file of each hour. One that was cut between two blocks has two members, which gz reads as one file."""
    pieces: list[bytes] = []
    current = None
    for block in blocks:
        lines = _lines(block, words, names, seed)
        begin = 0
        for hour, events in spans(block, 3600):
            if pieces and hour != current:
                yield current or 0, b"".join(pieces)
                pieces = []
            current = hour
            pieces.append(gzip.compress(row_bytes(lines.slice(begin, len(events))), 1, mtime=0))
            begin += len(events)
    if pieces:
        yield current or 0, b"".join(pieces)


class _Place(Protocol):
    paths: list[Path]

    def add(self, name: str, at: datetime, packed: bytes) -> None: ...


class _Archive(AbstractContextManager[_Place]):
    """A zip whose members stand in a folder named after the project."""

    def __init__(self, folder: Path) -> None:
        self.paths = [folder / NAME]
        self._zip = zipfile.ZipFile(self.paths[0], "w")

    def add(self, name: str, at: datetime, packed: bytes) -> None:
        member = zipfile.ZipInfo(f"{PROJECT}/{name}", date_time=(at.year, at.month, at.day, at.hour, 0, 0))
        self._zip.writestr(member, packed)

    def __enter__(self) -> "_Archive":
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()


class _Loose(AbstractContextManager[_Place]):
    """A folder of gz files."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[Path] = []
        self._folder = folder / str(PROJECT)
        self._folder.mkdir(exist_ok=True)

    def add(self, name: str, at: datetime, packed: bytes) -> None:
        path = self._folder / name
        path.write_bytes(packed)
        self.paths.append(path)

    def __enter__(self) -> "_Loose":
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        """Nothing to close."""


def _with_own(block: EventBlock, session_start: int) -> EventBlock:
    """The block with the events that the SDK sends when somebody starts a session."""
    starts = block.where(block.starts_session & ~block.anonymous)
    identified = starts.where(starts.key % np.uint64(10) == 0)
    every = EventBlock.joined([starts.renamed(session_start), identified.renamed(session_start + 1), block])
    return every.where(np.argsort(every.second, kind="stable"))


def _lines(block: EventBlock, words: Words, names: list[str], seed: int) -> Column:
    thousandth: Integers = (block.key % np.uint64(1000)).astype(np.int64)
    at = joined(words.day(block), " ", words.time(block), ".", _THREE.take(pa.array(thousandth)), "000")
    device = uuids(noise.words(seed, "device", block.person), noise.words(seed, "device 2", block.person))
    name, company = chosen(names, block.feature), words.customer(block)
    groups = filled(joined('{"company":[', company, "]}"), "{}")
    properties = filled(joined('{"company":', company, ',"role":"member","referrer":"EMPTY"}'), "{}")
    return joined(
        *('{"$insert_id":"', digits(block.key), '","$insert_key":null,"$schema":null,"adid":null,'),
        *('"amplitude_attribution_ids":null,"amplitude_event_type":null,"amplitude_id":'),
        *(number(45_000_000_000 + block.person), f',"app":{PROJECT},"city":null,"client_event_time":"', at),
        *('","client_upload_time":"', at, '","country":null,"data":{"path":"/2/httpapi"},"data_type":"event",'),
        *('"device_brand":null,"device_carrier":null,"device_family":"Windows","device_id":"', device),
        *('","device_manufacturer":null,"device_model":null,"device_type":"Windows","dma":null,"event_id":'),
        *(number((block.key % np.uint64(100_000)).astype(np.int64)), ',"event_properties":{},"event_time":"', at),
        *('","event_type":', name, ',"global_user_properties":null,"group_properties":{},"groups":', groups),
        *(',"idfa":null,"ip_address":"203.0.113.10","is_attribution_event":null,"language":"English",'),
        *('"library":"amplitude-ts/2.16.1","location_lat":null,"location_lng":null,"os_name":"Chrome",'),
        *('"os_version":"141","partner_id":null,"paying":null,"plan":{},"platform":"Web","processed_time":"', at),
        *('","region":null,"sample_rate":null,"server_received_time":"', at, '","server_upload_time":"', at),
        *(
            '","session_id":',
            number(block.session * 1000),
            ',"source_id":null,"start_version":null,"user_creation_time":null,',
        ),
        *('"user_id":', filled(words.visitor(block), "null"), ',"user_properties":', properties, ',"uuid":"'),
        *(uuids(block.key, noise.words(seed, "uuid", block.key)), '","version_name":null}\n'),
    )
