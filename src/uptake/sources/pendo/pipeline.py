"""Questions to Pendo's Aggregation API, in the shapes that it takes.

A pipeline is a list of stages, the first of them a source. ``timeSeries`` stands beside the source's name, needs its
``period``, and begins at an expression, never at a bare date. Without ``appId`` only the subscription's default app is read.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

ALL_APPS = {"appId": 'expandAppIds("*")'}

Stage = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of usage: the source that has its events, its id in a row, the list that names its ids, its file's name."""

    source: str
    key: str
    list_path: str
    plural: str


KINDS = (
    Kind("featureEvents", "featureId", "/api/v1/feature", "features"),
    Kind("pageEvents", "pageId", "/api/v1/page", "pages"),
    Kind("trackEvents", "trackTypeId", "/api/v1/tracktype", "track types"),
)


def question(name: str, stages: Iterable[Stage]) -> Stage:
    """The body of one request; ``name`` is shown in Pendo's own log."""
    return {
        "response": {"mimeType": "application/json"},
        "request": {"requestId": name, "name": name, "pipeline": list(stages)},
    }


def events(source: str, first: date, last: date) -> Stage:
    """The events of some days of the subscription, both in, of all its apps."""
    days = (last - first).days + 1
    beginning = f"date({first.year},{first.month},{first.day})"
    return {
        "source": {source: ALL_APPS, "timeSeries": {"period": "dayRange", "first": beginning, "count": days}},
    }


def catalogue(source: str) -> Stage:
    """A source without time: accounts, visitors."""
    return {"source": {source: None}}


def per(keys: Sequence[str]) -> Stage:
    """One row for each different combination of these values, with its uses and minutes."""
    return {
        "group": {
            "group": list(keys),
            "fields": [{"numEvents": {"sum": "numEvents"}}, {"numMinutes": {"sum": "numMinutes"}}],
        }
    }


def added_up() -> Stage:
    """All rows as one: how many there are and their uses."""
    return {"reduce": {"rows": {"count": None}, "uses": {"sum": "numEvents"}}}


def how_many() -> Stage:
    """All rows as one: how many there are."""
    return {"reduce": {"rows": {"count": None}}}


def page(keys: Sequence[str], conditions: Sequence[str], limit: int) -> list[Stage]:
    """The first rows in the order of these keys, of those that meet all conditions."""
    chosen = [{"filter": " && ".join(conditions)}] if conditions else []
    return [*chosen, {"sort": list(keys)}, {"limit": limit}]


def literal(value: str | float) -> str:
    """A value inside an expression."""
    return json.dumps(value, ensure_ascii=False)
