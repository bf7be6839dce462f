"""Which feature an event name stands for, if any.

First what a teammate said, for the platform before for all; then the catalogue's features by their key; then the rules
(``event_rules``); and where nothing is known, each name is its own feature. A feature that only a platform's own list
of names made, such as Pendo's “Login”, says nothing about the events of other platforms: there the rules come first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa

from uptake.customers.event_rules import FEATURE, Kind, Verdict, verdict
from uptake.customers.models import ANY_SOURCE, Feature, FeatureName, SetAsideName
from uptake.customers.names import most_readable, name_key

DEFAULT_IMPORTANCE = 50

EVENT_NAMES = pa.schema(
    [
        pa.field("source", pa.string(), metadata={"meaning": "platform, as in the lake"}),
        pa.field("event_name", pa.string(), metadata={"meaning": "as the platform writes it"}),
        pa.field("feature_id", pa.string(), metadata={"meaning": "stable key of the feature; null unless a feature"}),
        pa.field("feature", pa.string(), metadata={"meaning": "name for people; null unless a feature"}),
        pa.field("category", pa.string(), metadata={"meaning": "core, advanced, power; null: nobody said"}),
        pa.field("importance", pa.int64(), metadata={"meaning": "0-100, 50 until edited; null unless a feature"}),
        pa.field("tags", pa.string(), metadata={"meaning": "of models.TAGS, with commas between; null: none"}),
        pa.field("kind", pa.string(), metadata={"meaning": "feature, login, set_aside"}),
        pa.field("reason", pa.string(), metadata={"meaning": "why it is set aside; null otherwise"}),
    ]
)


class _Row(NamedTuple):
    """One row of EVENT_NAMES."""

    source: str
    event_name: str
    feature_id: str | None
    feature: str | None
    category: str | None
    importance: int | None
    tags: str | None
    kind: Kind
    reason: str | None


class _Known(NamedTuple):
    """A feature as the catalogue has it."""

    key: str
    name: str
    category: str
    importance: int
    tags: str


@dataclass(frozen=True)
class _Catalogue:
    features: Mapping[str, _Known]  # by key
    named: Mapping[tuple[str, str], str]  # (source, event key) -> feature key
    set_aside: Mapping[tuple[str, str], str]  # (source, event key) -> reason
    only_listed: Mapping[str, Set[str]]  # features that nobody meant but a platform's list -> the platforms

    def judge(self, source: str, event_name: str) -> tuple[Verdict, str]:
        """What the name is, and the feature's key (without meaning unless a feature)."""
        key = name_key(event_name)
        for said_for in (source, ANY_SOURCE):
            if (said_for, key) in self.named:
                return FEATURE, self.named[said_for, key]
            if (said_for, key) in self.set_aside:
                return Verdict("set_aside", self.set_aside[said_for, key] or "set aside by a teammate"), key
        if key in self.features and source in self.only_listed.get(key, {source}):
            return FEATURE, key
        return verdict(source, event_name), key


def resolve_event_names(pairs: Iterable[tuple[str, str]]) -> pa.Table:
    """EVENT_NAMES for each distinct (source, event name), sorted by both.

    Names that differ in case, spaces, underscores and hyphens only are one feature. A feature that nobody defined is
    called by the most readable of the spellings given, so give all that there are.
    """
    catalogue = _catalogue()
    judged = [(source, event_name, *catalogue.judge(source, event_name)) for source, event_name in sorted(set(pairs))]
    spellings: dict[str, list[str]] = {}
    for _, event_name, what, key in judged:
        if what.kind == "feature":
            spellings.setdefault(key, []).append(event_name)
    known = {key: catalogue.features.get(key) or _unknown(key, texts) for key, texts in spellings.items()}
    rows = [_row(source, event_name, what, known.get(key)) for source, event_name, what, key in judged]
    columns = list(zip(*rows, strict=True)) or [()] * len(EVENT_NAMES)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, EVENT_NAMES, strict=True)], EVENT_NAMES
    )


def _catalogue() -> _Catalogue:
    features = Feature.objects.values_list("key", "name", "category", "importance", "tags")
    named = FeatureName.objects.values_list("source", "event_key", "feature__key")
    aside = SetAsideName.objects.values_list("source", "event_key", "reason")
    only_listed: dict[str, set[str]] = defaultdict(set)
    nobodys = FeatureName.objects.filter(
        feature__is_edited=False, feature__entitlements=None, feature__counted_by=None, feature__resources=None
    )
    for source, feature in nobodys.values_list("source", "feature__key"):
        only_listed[feature].add(source)
    return _Catalogue(
        {row[0]: _Known(*row) for row in features},
        {(source, key): feature for source, key, feature in named},
        {(source, key): reason for source, key, reason in aside},
        only_listed,
    )


def _unknown(key: str, spellings: Iterable[str]) -> _Known:
    return _Known(key, most_readable(spellings), "", DEFAULT_IMPORTANCE, "")


def _row(source: str, event_name: str, what: Verdict, feature: _Known | None) -> _Row:
    if what.kind != "feature" or feature is None:
        return _Row(source, event_name, None, None, None, None, None, what.kind, what.reason)
    return _Row(
        source,
        event_name,
        feature.key,
        feature.name,
        feature.category or None,
        feature.importance,
        feature.tags or None,
        what.kind,
        None,
    )
