"""Usage events as Mixpanel's raw export: JSON lines, seconds, UTC, the account in the group key ``company_id``."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from uptake.pipeline.demo import noise
from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.events import EventBlock
from uptake.pipeline.demo.noise import Integers
from uptake.pipeline.demo.portfolio import Plan
from uptake.pipeline.demo.words import Words, chosen, digits, filled, joined, json_text, number, rows, slices, uuids

NAME = "mixpanel_export.jsonl"
PAGE_VIEW = "$mp_web_page_view"  # sent by the SDK itself; no use of a feature


def write(plan: Plan, crowd: Crowd, blocks: Iterator[EventBlock], folder: Path) -> list[Path]:
    """One file in the order of time. Every fifth session starts with a page view that the SDK sent by itself."""
    words = Words(plan, crowd, json_text)
    names = [json_text(name) for name in (*(feature.name for feature in plan.features), PAGE_VIEW)]
    path = folder / NAME
    with path.open("wb") as file:
        for block in slices(blocks):
            file.write(_lines(_with_page_views(block, len(plan.features)), words, names, plan.seed))
    return [path]


def _with_page_views(block: EventBlock, name: int) -> EventBlock:
    views = block.where(block.starts_session & (block.key % np.uint64(5) == 0)).renamed(name)
    both = EventBlock.joined([views, block])
    return both.where(np.argsort(both.second, kind="stable"))


def _lines(block: EventBlock, words: Words, names: list[str], seed: int) -> memoryview:
    device = uuids(noise.words(seed, "device", block.person), noise.words(seed, "device 2", block.person))
    nobody = joined('"$device:', device, '"')
    who = filled(words.visitor(block), nobody)
    account = filled(joined('"company_id": [', words.key(block), "], "), "")
    late: Integers = block.second * 1000 + (block.key % np.uint64(900)).astype(np.int64)
    return rows(
        *('{"event": ', chosen(names, block.feature), ', "properties": {"time": ', number(block.second)),
        *(', "distinct_id": ', who, ', "$browser": "Chrome", "$device_id": "', device, '", "$insert_id": "'),
        *(digits(block.key), '", "$mp_api_endpoint": "api-js.mixpanel.com", "$mp_api_timestamp_ms": ', number(late)),
        *(', "$os": "Windows", ', account, '"mp_lib": "web", "mp_processing_time_ms": ', number(late + 500), "}}\n"),
    )
