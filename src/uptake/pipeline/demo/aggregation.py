"""What the stand-in answers to a pipeline: the few stages that Uptake's own client sends, over the rows it holds."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
Held = Mapping[str, Any]
"""A subscription as ``mobile`` writes it."""


class BadPipeline(Exception):
    """What Pendo answers 400 to."""


def answered(held: Held, pipeline: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows a pipeline yields. Raises BadPipeline."""
    if not pipeline or "source" not in pipeline[0]:
        raise BadPipeline("the first stage must be a source")
    rows = _source(held, pipeline[0]["source"])
    for stage in pipeline[1:]:
        [(name, argument)] = stage.items()
        if name not in STAGES:
            raise BadPipeline(f"this stand-in has no stage {name}")
        rows = STAGES[name](rows, argument)
    return rows


def _source(held: Held, source: Mapping[str, Any]) -> list[Row]:
    series = source.get("timeSeries")
    [name] = [name for name in source if name != "timeSeries"]
    if name in ("accounts", "visitors"):
        return list(held[name])
    kinds = held["events"]
    wanted = [rows for kind, rows in kinds.items() if kind != "guideEvents"] if name == "events" else [kinds.get(name)]
    if series is None or None in wanted:
        raise BadPipeline(f"this stand-in has no source {name}")
    first, last = _days(series)
    return [row for rows in wanted for row in rows if first <= row["day"] <= last]


def _days(series: Mapping[str, Any]) -> tuple[int, int]:
    """First and last midnight, in milliseconds; the subscription keeps UTC."""
    found = re.fullmatch(r"date\((\d+),(\d+),(\d+)\)", str(series.get("first")))
    count = series.get("count")
    if series.get("period") != "dayRange" or found is None or not isinstance(count, int) or count < 1:
        raise BadPipeline("this stand-in reads days only: dayRange, date(Y,M,D), and how many")
    year, month, day = (int(part) for part in found.groups())
    first = date(year, month, day)
    return _midnight(first), _midnight(first + timedelta(days=count - 1))


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _group(rows: list[Row], argument: Mapping[str, Any]) -> list[Row]:
    keys = argument["group"]
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        grouped.setdefault(tuple(row.get(key) for key in keys), []).append(row)
    fields = {name: how for field in argument["fields"] for name, how in field.items()}
    return [dict(zip(keys, values, strict=True)) | _added(members, fields) for values, members in grouped.items()]


def _added(rows: Sequence[Row], fields: Mapping[str, Mapping[str, Any]]) -> Row:
    found: Row = {}
    for name, how in fields.items():
        [(aggregator, field)] = how.items()
        if aggregator not in ("sum", "count"):
            raise BadPipeline(f"this stand-in has no aggregator {aggregator}")
        found[name] = len(rows) if aggregator == "count" else sum(row[field] for row in rows)
    return found


STAGES: Mapping[str, Callable[[list[Row], Any], list[Row]]] = {
    "identified": lambda rows, field: [row for row in rows if row.get(field)],
    "group": _group,
    "reduce": lambda rows, fields: [_added(rows, fields)] if rows else [],
    "sort": lambda rows, keys: sorted(rows, key=lambda row: tuple(row[key] for key in keys)),
    "limit": lambda rows, most: rows[:most],
}
