"""Usage events as Pendo's aggregation API gives them: daily totals per visitor and feature, ids instead of names.

The demo's Pendo subscription keeps UTC, so its days are the days of the other formats.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from uptake.pipeline.demo import noise
from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.events import DAY, EventBlock
from uptake.pipeline.demo.noise import Integers
from uptake.pipeline.demo.portfolio import Plan
from uptake.pipeline.demo.words import Words, chosen, digits, filled, joined, json_text, number, pieces, rows, spans

FEATURES_NAME = "pendo_features.json"
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
)


def feature_id(number: int) -> str:
    """What Pendo calls the feature with this number."""
    return f"ft_{int(noise.words(0, 'pendo feature', number)):016x}"


def write(plan: Plan, crowd: Crowd, blocks: Iterator[EventBlock], folder: Path) -> list[Path]:
    """``pendo_features.json``, and ``pendo_feature_events_<day>.json`` for each day with usage events."""
    names = [{"id": feature_id(place), "name": feature.name} for place, feature in enumerate(plan.features)]
    lookup = folder / FEATURES_NAME
    lookup.write_text(json.dumps({"results": names}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    words = Words(plan, crowd, json_text)
    paths = [lookup]
    for block in blocks:
        for day, events in spans(block, DAY):
            path = folder / f"pendo_feature_events_{date(1970, 1, 1) + timedelta(days=day)}.json"
            _write_day(path, events, words, crowd)
            paths.append(path)
    return paths


def _write_day(path: Path, events: EventBlock, words: Words, crowd: Crowd) -> None:
    totals, uses, minutes = _totals(events)
    with path.open("wb") as file:
        file.write(b'{"results": [')
        before = b"\n"
        for piece in pieces(len(uses)):
            records = _records(totals.where(piece), uses[piece], minutes[piece], words, crowd)
            file.write(before + bytes(records)[:-2])
            before = b",\n"
        file.write(b"\n]}\n")


def _totals(events: EventBlock) -> tuple[EventBlock, Integers, Integers]:
    """The first event of each person and feature, how many there were, and in how many minutes they fell.

    Who was not logged in is somebody of their own each time.
    """
    somebody = events.person * 64 + events.feature
    nobody = -1 - np.arange(len(events))
    key = np.where(events.anonymous, nobody, somebody)
    _, first, group, uses = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    group_minutes = np.unique(group * (DAY // 60) + events.second % DAY // 60)
    minutes = np.bincount(group_minutes // (DAY // 60), minlength=len(first))
    return events.where(first), uses, minutes


def _records(events: EventBlock, uses: Integers, minutes: Integers, words: Words, crowd: Crowd) -> memoryview:
    """Rows of the answer, each ending in a comma and a line break."""
    visitor = filled(words.visitor(events), joined('"_PENDO_T_', digits(events.key), '"'))
    ids = [feature_id(place) for place in range(int(events.feature.max()) + 1)]
    address = crowd.customer[events.person] % 250 + 1
    return rows(
        *('{"accountId": ', filled(words.key(events), '""'), ', "appId": -323232, "day": '),
        *(number(events.second // DAY * DAY * 1000), ', "featureId": "', chosen(ids, events.feature)),
        *('", "numEvents": ', number(uses), ', "numMinutes": ', number(minutes), ', "remoteIp": "203.0.113.'),
        *(number(address), '", "server": "app.example.com", "userAgent": "'),
        *(chosen(list(_AGENTS), events.person % len(_AGENTS)), '", "visitorId": ', visitor, "},\n"),
    )
